"""Closing a quarter of the whole office: every grant that has it, one after another, and what stops each.

How far it is stands in the grants themselves, and nowhere else. So it can be broken off at any moment and gone on with by
anybody, and it tells the truth whoever closed or reopened a grant's quarter meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from hashlib import sha256

from chalicelib.context import Context
from chalicelib.domain import closing as rules
from chalicelib.domain.closing_refusals import ReopeningNeeded
from chalicelib.domain.errors import Conflict
from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.domain.quarter_states import PeriodState
from chalicelib.domain.values import Struct, replace
from chalicelib.services import closing, registers, waiting
from chalicelib.services.unit import Held, expect

GRANTS_AT_ONCE = 25
RECORDS_AT_ONCE = 20_000
"""How much one request works through: a close reads all of a grant's records, and a Lambda function has half a minute.

A single grant may have more records than that; it is closed by itself.
"""


class Readiness(StrEnum):
    """Where a grant is in the closing of a quarter."""

    CLOSED = "closed"
    READY = "ready"
    STOPPED = "stopped"


class Due(Struct, frozen=True, kw_only=True):
    """A grant that has the quarter, and what stops it, where something does."""

    grant: Held[Grant]
    readiness: Readiness
    stop: Conflict | None = None


class Ending(StrEnum):
    """How closing a quarter of one grant ended."""

    CLOSED = "closed"
    CLOSED_BEFORE = "closed before"
    STOPPED = "stopped"


class Outcome(Struct, frozen=True, kw_only=True):
    """How it ended for one grant, and what stopped it, where something did."""

    grant_id: str
    ending: Ending
    stop: Conflict | None = None


class Progress(Struct, frozen=True, kw_only=True):
    """How many grants are closed, ready and stopped; how it just ended for some, and after which to go on (None: none is left).

    `version` says which grants have closed the quarter: it changes whenever one does, or opens it again.
    """

    quarter: Quarter
    closed: int
    ready: int
    stopped: int
    version: str
    outcomes: tuple[Outcome, ...] = ()
    after: str | None = None


def due(context: Context, quarter: Quarter, after: str = "") -> Iterator[Due]:
    """Every grant that has the quarter, in order of id, as its head tells; a broken chain shows only when it is read."""
    waits = waiting.everywhere(context)
    for grant in registers.every(context, Grant, after=after):
        if rules.concerns(grant.state, quarter):
            yield _due(context, grant, quarter, waiting.stops(waits, grant.name.id, quarter))


def _due(context: Context, grant: Held[Grant], quarter: Quarter, waits: Conflict | None) -> Due:
    if rules.period(grant.state, quarter).state is PeriodState.CLOSED:
        return Due(grant=grant, readiness=Readiness.CLOSED)
    demanded = context.settings.agreement_demanded
    stop = rules.stopped_by(grant.state, quarter, london_date(context.now), demanded=demanded) or waits
    return Due(grant=grant, readiness=Readiness.STOPPED if stop else Readiness.READY, stop=stop)


def progress(context: Context, quarter: Quarter) -> Progress:
    """How far the closing of a quarter is."""
    return _progress(quarter, tuple(due(context, quarter)), ())


def go_on(context: Context, quarter: Quarter, reason: str, after: str = "") -> Progress:
    """Close the quarter of as many grants as one request may, those after `after` that nothing stops; then say how far it is.

    Each is closed by itself, so what is broken off in the middle has closed some and left the others as they were.
    Raises StaleView when other grants have closed the quarter than the caller saw.
    """
    every = tuple(due(context, quarter))
    expect(context, _version(every, ()))
    context = replace(context, expected_version=None)  # what the caller saw was the office, not each grant
    ready = tuple(each.grant for each in every if each.readiness is Readiness.READY and each.grant.name.id > after)
    now = tuple(_at_once(ready))
    outcomes = tuple(_closed(context, grant.name.id, quarter, reason) for grant in now)
    return _progress(quarter, every, outcomes, now[-1].name.id if len(now) < len(ready) else None)


def close_everywhere(context: Context, quarter: Quarter, reason: str) -> Iterator[Outcome]:
    """Close the quarter of every grant, however long it takes. Each outcome comes as soon as it is known."""
    for each in due(context, quarter):
        grant_id = each.grant.name.id
        match each.readiness:
            case Readiness.CLOSED:
                yield Outcome(grant_id=grant_id, ending=Ending.CLOSED_BEFORE)
            case Readiness.STOPPED:
                yield Outcome(grant_id=grant_id, ending=Ending.STOPPED, stop=each.stop)
            case Readiness.READY:
                yield _closed(context, grant_id, quarter, reason)


def _at_once(ready: tuple[Held[Grant], ...]) -> Iterator[Held[Grant]]:
    """As many as one request may work through, and one at least."""
    records = 0
    for place, grant in enumerate(ready[:GRANTS_AT_ONCE]):
        records += grant.position.seq
        if place and records > RECORDS_AT_ONCE:
            return
        yield grant


def _closed(context: Context, grant_id: str, quarter: Quarter, reason: str) -> Outcome:
    try:
        closing.hold_and_close(context, grant_id, quarter, reason)
    except ReopeningNeeded:  # somebody else has closed it meanwhile
        return Outcome(grant_id=grant_id, ending=Ending.CLOSED_BEFORE)
    except Conflict as conflict:
        return Outcome(grant_id=grant_id, ending=Ending.STOPPED, stop=conflict)
    return Outcome(grant_id=grant_id, ending=Ending.CLOSED)


def _progress(quarter: Quarter, every: tuple[Due, ...], outcomes: tuple[Outcome, ...], after: str | None = None) -> Progress:
    tally = Counter(each.readiness for each in every)
    stopped = sum(1 for outcome in outcomes if outcome.ending is Ending.STOPPED)
    return Progress(
        quarter=quarter,
        closed=tally[Readiness.CLOSED] + len(outcomes) - stopped,
        ready=tally[Readiness.READY] - len(outcomes),
        stopped=tally[Readiness.STOPPED] + stopped,
        version=_version(every, outcomes),
        outcomes=outcomes,
        after=after,
    )


def _version(every: tuple[Due, ...], outcomes: tuple[Outcome, ...]) -> str:
    closed = {each.grant.name.id for each in every if each.readiness is Readiness.CLOSED}
    closed |= {outcome.grant_id for outcome in outcomes if outcome.ending is not Ending.STOPPED}
    return sha256("\n".join(sorted(closed)).encode()).hexdigest()[:16]
