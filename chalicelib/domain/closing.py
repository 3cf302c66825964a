"""Closing quarters: who may post when, in which order quarters close and reopen, and who decides.

`admit` is asked about every entry of every change, whoever makes it and by whichever path; nothing else guards a period.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date

from chalicelib.domain import agreeing
from chalicelib.domain.agreements import Agreement
from chalicelib.domain.closing_refusals import (
    EarlierPeriodOpen,
    LaterPeriodClosed,
    NoSuchPeriod,
    PeriodIsClosed,
    PeriodIsHeld,
    QuarterNotOver,
    ReopeningNeeded,
)
from chalicelib.domain.columns import Cells, in_quarter
from chalicelib.domain.entries import Entry
from chalicelib.domain.errors import Conflict, IllegalMove, NotInState
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.people import Actor, Role, second_person
from chalicelib.domain.periods import Quarter
from chalicelib.domain.quarter_states import (
    OPEN,
    Period,
    PeriodClosed,
    PeriodFreed,
    PeriodHeld,
    PeriodReopened,
    PeriodReopenRejected,
    PeriodReopenRequested,
    PeriodState,
    Reopening,
    after,
    first_open_day,
    last_closed,
    quarter_of,
)
from chalicelib.domain.values import replace

_WITH_PERIODS = (GrantState.ACCEPTED, GrantState.ACTIVE, GrantState.CLOSED)
_MOVES = {PeriodState.OPEN: (PeriodState.HELD,), PeriodState.HELD: (PeriodState.OPEN, PeriodState.CLOSED)}


def admit(grant: Grant, entry: Entry, actor: Actor) -> None:
    """Refuse an entry whose date lies in a closed quarter, or in a held one when the actor is not of finance.

    The date decides, for every kind of entry, not the cell: what comes late is dated in an open quarter and may belong to
    a closed one. Raises PeriodIsClosed, PeriodIsHeld.
    """
    if closed := quarter_of(grant.periods, entry.on, PeriodState.CLOSED):
        day = first_open_day(grant.periods, entry.on)
        raise PeriodIsClosed(grant_id=grant.id, quarter=str(closed), on=entry.on, first_open_day=day)
    held = quarter_of(grant.periods, entry.on, PeriodState.HELD)
    if held and Role.FINANCE not in actor.roles:
        raise PeriodIsHeld(grant_id=grant.id, quarter=str(held), on=entry.on)


def quarters(grant: Grant) -> Iterator[Quarter]:
    """The quarters in which a grant has a day, in order."""
    quarter, last = _span(grant)
    while quarter < last:
        yield quarter
        quarter = quarter.next()
    yield last


def _span(grant: Grant) -> tuple[Quarter, Quarter]:
    # A grant may have days at both ends of the calendar that belong to no whole financial year.
    return Quarter.of(max(grant.starts, date(MINYEAR, 4, 1))), Quarter.of(min(grant.ends, date(MAXYEAR, 3, 31)))


def period(grant: Grant, quarter: Quarter) -> Period:
    """A quarter of a grant as it stands. Raises NoSuchPeriod."""
    first, last = _span(grant)
    if not first <= quarter <= last:
        raise NoSuchPeriod(grant_id=grant.id, quarter=str(quarter), first=str(first), last=str(last))
    return grant.periods.get(str(quarter), OPEN)


def hold(grant: Grant, quarter: Quarter) -> PeriodHeld:
    """Let only finance post into a quarter. Raises NoSuchPeriod, NotInState, IllegalMove, ReopeningNeeded."""
    _movable(grant, quarter, PeriodState.HELD)
    return PeriodHeld(quarter=str(quarter))


def free(grant: Grant, quarter: Quarter) -> PeriodFreed:
    """Hold a quarter no longer. Raises NoSuchPeriod, NotInState, IllegalMove, ReopeningNeeded."""
    _movable(grant, quarter, PeriodState.OPEN)
    return PeriodFreed(quarter=str(quarter))


def close(grant: Grant, quarter: Quarter, cells: Cells, today: date, actor: Actor, *, demanded: bool = False) -> PeriodClosed:
    """Close a held quarter that is over, once every earlier quarter of the grant is closed, and its agreement, if it has one, is signed.

    `cells` are all of the grant's; the quarter's own are kept with the fact, as reported. `demanded` is the office's policy: no
    quarter closes without an agreement. Raises NoSuchPeriod, NotInState, IllegalMove, ReopeningNeeded, EarlierPeriodOpen,
    QuarterNotOver, DifferenceUnexplained, AgreementNotSigned, AgreementMissing, AgreementOutdated.
    """
    agreement = _closable(grant, quarter, today, demanded=demanded)
    own = in_quarter(cells, str(quarter))
    if agreement:
        agreeing.require_current(grant.id, str(quarter), agreement, own)
    agreed_in = agreement.signed_in if agreement else None
    return PeriodClosed(quarter=str(quarter), closed_by=actor.subject, cells=own, agreed_in=agreed_in)


def _closable(grant: Grant, quarter: Quarter, today: date, *, demanded: bool) -> Agreement | None:
    _movable(grant, quarter, PeriodState.CLOSED)
    last = last_closed(grant.periods)
    earliest = last.next() if last else _span(grant)[0]
    if earliest < quarter:
        raise EarlierPeriodOpen(grant_id=grant.id, quarter=str(quarter), earlier=str(earliest))
    if today <= quarter.last_day:
        raise QuarterNotOver(quarter=str(quarter), last_day=quarter.last_day)
    agreement = period(grant, quarter).agreement
    agreeing.require_signed(grant.id, str(quarter), agreement, demanded=demanded)
    return agreement


def hold_and_close(
    grant: Grant, quarter: Quarter, cells: Cells, today: date, actor: Actor, *, demanded: bool = False
) -> tuple[PeriodHeld | PeriodClosed, ...]:
    """Close a quarter, and hold it first where it is still open. Raises what `close` raises."""
    if period(grant, quarter).state is not PeriodState.OPEN:
        return (close(grant, quarter, cells, today, actor, demanded=demanded),)
    held = hold(grant, quarter)
    return (held, close(_once_held(grant, held), quarter, cells, today, actor, demanded=demanded))


def _once_held(grant: Grant, held: PeriodHeld) -> Grant:
    return replace(grant, periods=after(grant.periods, held, 0))


def agreeable(grant: Grant, quarter: Quarter) -> Period:
    """A quarter whose agreement may still change: one that is not closed. Raises NoSuchPeriod, NotInState, ReopeningNeeded."""
    grant.require(*_WITH_PERIODS)
    found = period(grant, quarter)
    if found.state is PeriodState.CLOSED:
        raise ReopeningNeeded(grant_id=grant.id, quarter=str(quarter))
    return found


def concerns(grant: Grant, quarter: Quarter) -> bool:
    """Whether a quarter is one that the grant has to close: it has a day in it, and was accepted."""
    first, last = _span(grant)
    return grant.state in _WITH_PERIODS and first <= quarter <= last


def stopped_by(grant: Grant, quarter: Quarter, today: date, *, demanded: bool = False) -> Conflict | None:
    """What would stop the quarter from closing, as far as the grant's head tells; None when nothing does."""
    try:
        is_open = period(grant, quarter).state is PeriodState.OPEN
        _closable(_once_held(grant, hold(grant, quarter)) if is_open else grant, quarter, today, demanded=demanded)
    except Conflict as conflict:
        return conflict
    return None


def _movable(grant: Grant, quarter: Quarter, wanted: PeriodState) -> None:
    grant.require(*_WITH_PERIODS)
    state = period(grant, quarter).state
    if state is PeriodState.CLOSED:
        raise ReopeningNeeded(grant_id=grant.id, quarter=str(quarter))
    if wanted not in _MOVES[state]:
        raise IllegalMove(kind="period", state=state, wanted=wanted, allowed=_MOVES[state])


def request_reopening(grant: Grant, quarter: Quarter, reason: str, actor: Actor) -> PeriodReopenRequested:
    """Ask for the latest closed quarter to be opened again. Raises NoSuchPeriod, NotInState, LaterPeriodClosed."""
    found = _reopenable(grant, quarter)
    if found.reopening is not None:
        raise NotInState(kind="reopening", id=_named(grant, quarter), state="requested", needed=("decided",))
    return PeriodReopenRequested(quarter=str(quarter), requested_by=actor.subject, reason=reason)


def reopen(grant: Grant, quarter: Quarter, actor: Actor) -> PeriodReopened:
    """Open a quarter again, as somebody else asked. Raises what requesting raises, and PreparerCannotApprove."""
    asked = _requested(grant, quarter, actor)
    _reopenable(grant, quarter)
    return PeriodReopened(quarter=str(quarter), requested_by=asked.requested_by, override=asked.override)


def keep_closed(grant: Grant, quarter: Quarter, actor: Actor) -> PeriodReopenRejected:
    """Refuse what somebody else asked. Raises NoSuchPeriod, NotInState, PreparerCannotApprove."""
    asked = _requested(grant, quarter, actor)
    return PeriodReopenRejected(quarter=str(quarter), requested_by=asked.requested_by, override=asked.override)


def _requested(grant: Grant, quarter: Quarter, actor: Actor) -> Reopening:
    reopening = period(grant, quarter).reopening
    if reopening is None:
        raise NotInState(kind="reopening", id=_named(grant, quarter), state="not requested", needed=("requested",))
    second_person(actor, prepared_by=reopening.requested_by, override=reopening.override)
    return reopening


def _reopenable(grant: Grant, quarter: Quarter) -> Period:
    found = period(grant, quarter)
    if found.state is not PeriodState.CLOSED:
        raise NotInState(kind="period", id=_named(grant, quarter), state=found.state, needed=(PeriodState.CLOSED,))
    later = last_closed(grant.periods)
    if later is not None and later > quarter:
        raise LaterPeriodClosed(grant_id=grant.id, quarter=str(quarter), later=str(later))
    return found


def _named(grant: Grant, quarter: Quarter) -> str:
    return f"{grant.id}/periods/{quarter}"
