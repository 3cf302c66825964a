"""Lists of returns: those that are recorded and those that are due, a return's versions, an initiative's forecasts.

A list reads the returns and the initiatives from where its page begins, and no further than the page goes. One of a state
that is recorded reads no initiatives; one of a single initiative reads that one and its returns; one of a grant reads
the grant's balances, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from heapq import merge
from itertools import takewhile

from chalicelib.context import Context
from chalicelib.domain import forecasts, returns
from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import START, Kind, Name
from chalicelib.domain.errors import Missing
from chalicelib.domain.forecasts import Accuracy
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.domain.reminders import Due
from chalicelib.domain.return_reports import NOTHING_SAID, Difference, Report, differences
from chalicelib.domain.returns import Return, ReturnState, ReturnSubmitted, Review
from chalicelib.domain.values import Struct
from chalicelib.services import reading, registers
from chalicelib.services.returns import due_on, standing
from chalicelib.services.unit import Held, View
from chalicelib.storage import items
from chalicelib.storage.store import Wanted

AT_ONCE = 16
"""How many of one initiative's returns are read together: those of four years."""


class Only(Struct, frozen=True, kw_only=True):
    """Which returns are meant; None is any."""

    quarter: str | None = None
    initiative_id: str | None = None
    grant_id: str | None = None
    partner_id: str | None = None
    state: ReturnState | None = None


class Listed(Struct, frozen=True, kw_only=True):
    """A return in a list, and the day it is due."""

    held: Held[Return]
    due_on: date | None


def find_all(context: Context, only: Only, after: str = "") -> Iterator[Listed]:
    """The returns that the actor may see, in order of id, after the id given."""
    paid = None if only.grant_id is None else _paid_by(context, only.grant_id)
    for held in _every(context, only, after):
        if registers.visible(context, held) and _matches(only, paid, held.state):
            yield Listed(held=held, due_on=due_on(context, Quarter.parse(held.state.quarter)))


_WAITING = {
    ReturnState.DUE: "Nothing of it has been written yet.",
    ReturnState.DRAFT: "A draft has been written, and not handed in.",
    ReturnState.CHANGES_REQUESTED: "It was handed in, and the office has asked for changes.",
}
"""How a return stands that waits for its partner, by state."""


def outstanding(context: Context) -> Iterator[Due]:
    """Every return that has a due date and waits for its partner. Reads what the whole list reads."""
    if context.settings.return_working_days is None:
        return
    for listed in find_all(context, Only()):
        held = listed.held.state
        if listed.due_on and held.state in _WAITING:
            what = f"the quarterly return on {held.initiative_id} for {held.quarter}"
            yield Due(
                about=listed.held.name, organisation_id=held.partner_id, due_on=listed.due_on, what=what, standing=_WAITING[held.state]
            )


def _matches(only: Only, paid: frozenset[str] | None, held: Return) -> bool:
    return (
        only.quarter in (None, held.quarter)
        and only.initiative_id in (None, held.initiative_id)
        and only.partner_id in (None, held.partner_id)
        and only.state in (None, held.state)
        and (paid is None or held.initiative_id in paid)
    )


def _paid_by(context: Context, grant_id: str) -> frozenset[str]:
    """The initiatives that a grant pays for."""
    named = (Cell.parse(each.cell).initiative_id for each in context.store.balances(grant_id) if any(each.counters.values()))
    return frozenset(each for each in named if each is not None)


def _every(context: Context, only: Only, after: str) -> Iterator[Held[Return]]:
    """Recorded and due returns in order of id. What is recorded is no longer due, whoever may see it."""
    last = ""
    for held in merge(_recorded(context, only, after), _due(context, only, after), key=lambda each: each.name.id):
        if held.name.id != last:
            yield held
        last = held.name.id


def _recorded(context: Context, only: Only, after: str) -> Iterator[Held[Return]]:
    if only.initiative_id is not None:
        return recorded_of(context, only.initiative_id, after)
    return registers.every(context, Return, after)


def recorded_of(context: Context, initiative_id: str, after: str = "") -> Iterator[Held[Return]]:
    """The recorded returns of one initiative in order of quarter, after the id given, whoever asks."""
    begin = f"{initiative_id}."
    last, more = max(begin, after), True
    while more:
        heads = tuple(context.store.heads(Kind.RETURN, after=last, limit=AT_ONCE))
        own = tuple(takewhile(lambda head: head.name.id.startswith(begin), heads))
        for head in own:
            yield Held(head.name, head.position, items.state_of(Return, head))
        more = len(own) == AT_ONCE
        last = own[-1].name.id if own else last


def _due(context: Context, only: Only, after: str) -> Iterator[Held[Return]]:
    if only.state not in (None, ReturnState.DUE):
        return
    today = london_date(context.now)
    for initiative in _initiatives(context, only, after):
        for quarter in returns.quarters_due(initiative.state, today):
            due = returns.due(initiative.state, quarter)
            if due.id > after:
                yield Held(returns.name_of(due.id), START, due)


def _initiatives(context: Context, only: Only, after: str) -> Iterator[Held[Initiative]]:
    if only.initiative_id is not None:
        return iter(_these(context, (only.initiative_id,)))
    return in_order_of_returns(context, after.rpartition(".")[0])


def in_order_of_returns(context: Context, start: str) -> Iterator[Held[Initiative]]:
    """The initiatives from the one with id `start` on, in the order of their returns' ids.

    A hyphen comes before the full stop: `lighting-hanley.2023-24-Q3` stands before `lighting.2023-24-Q3`, and `lighting`
    before `lighting-hanley`. So each initiative waits until those are through whose ids go on from its own.
    """
    parts = start.split("-")
    waiting = _these(context, tuple("-".join(parts[:count]) for count in range(1, len(parts) + 1))) if start else []
    for initiative in registers.every(context, Initiative, start):
        while waiting and not initiative.name.id.startswith(waiting[-1].name.id + "-"):
            yield waiting.pop()
        waiting.append(initiative)
    while waiting:
        yield waiting.pop()


def _these(context: Context, ids: tuple[str, ...]) -> list[Held[Initiative]]:
    view = View(context.store.load(Wanted(heads=tuple(Name(Kind.INITIATIVE, each) for each in ids))))
    found = (view.find(Initiative, each) for each in ids)
    return [each for each in found if each is not None]


class Version(Struct, frozen=True, kw_only=True):
    """A return as it was submitted once: the first time, the second ... ; what changed since the time before; what was said to it."""

    number: int
    submitted_by: str
    submitted_at: datetime
    report: Report
    differences: tuple[Difference, ...]
    review: Review | None


def versions(context: Context, return_id: str) -> Iterator[Version]:
    """All submissions of a return, from the first. Raises Missing, ReturnNotDue, ChainBroken."""
    initiative_id, _ = returns.parts_of(return_id)
    names = (returns.name_of(return_id), Name(Kind.INITIATIVE, initiative_id))
    held = standing(context, View(context.store.load(Wanted(heads=names))), return_id)
    return _versions(context, held)


def _versions(context: Context, held: Held[Return]) -> Iterator[Version]:
    reviews = {each.position: each.review for each in held.state.submissions}
    number, before = 0, NOTHING_SAID
    for record in reading.records(context, held.name, held.position.seq):
        if isinstance(record.fact, ReturnSubmitted):
            number += 1
            yield Version(
                number=number,
                submitted_by=record.by,
                submitted_at=record.at,
                report=record.fact.report,
                differences=differences(before, record.fact.report) if number > 1 else (),
                review=reviews[record.seq],
            )
            before = record.fact.report


class ForecastSet(Struct, frozen=True, kw_only=True):
    """The forecasts that an accepted return set, each beside what was spent in its quarter."""

    set_by: Held[Return]
    accepted_on: date
    rows: tuple[Accuracy, ...]


def forecasts_of(context: Context, initiative_id: str, after: str = "") -> Iterator[ForecastSet]:
    """Every version of an initiative's forecasts, from the earliest return on; the last one stands.

    Costs the initiative, the balances and its returns. Raises Missing.
    """
    found = _these(context, (initiative_id,))
    if not found or not registers.visible(context, found[0]):
        raise Missing(kind=Kind.INITIATIVE.value, id=initiative_id)
    balances = ((each.grant_id, each.cell, each.counters) for each in context.store.balances())
    ledger = forecasts.funding(forecasts.cells_of(balances, initiative_id), ())
    for held in recorded_of(context, initiative_id, after):
        if held.state.accepted_on and registers.visible(context, held):
            rows = forecasts.accuracy(held.state.id, held.state.report.forecasts, ledger)
            yield ForecastSet(set_by=held, accepted_on=held.state.accepted_on, rows=rows)
