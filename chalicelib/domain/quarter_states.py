"""What has become of a grant's quarters: open, held or closed; the facts that say so, and the fold over them.

    open --held--> held --closed--> closed
      ^              |                 |
      +---freed------+                 |
      +---reopened (two people)--------+

A quarter of which nothing was recorded is open. Closed quarters are the grant's first ones, without a gap: closing goes
from the earliest on, reopening from the latest back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.agreements import Agreement, AgreementFact
from chalicelib.domain.agreements import after as agreement_after
from chalicelib.domain.agreements import overridden as agreement_overridden
from chalicelib.domain.cells import Counters, added
from chalicelib.domain.matters import Matter, Override, OverrideGiven
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import Struct, field, replace


class PeriodState(StrEnum):
    """Who may post into a period: everybody whose role lets them, finance alone, or nobody."""

    OPEN = "open"
    HELD = "held"
    CLOSED = "closed"


class Closing(Struct, frozen=True, kw_only=True):
    """How a period was last closed: by whom, as which record of the grant's chain, and its counters then, in pence.

    `agreed_in` is the record of the signature that it rests on; None where no control totals were stated.
    """

    closed_by: str
    position: int
    reported: Counters = field(default_factory=dict)
    agreed_in: int | None = None


class Reopening(Struct, frozen=True, kw_only=True):
    """A request to reopen a period, which waits for a second person; `requested_in` is its record."""

    requested_by: str
    reason: str
    override: Override | None = None
    requested_in: int | None = None


class Period(Struct, frozen=True, kw_only=True):
    """One quarter of one grant. `closing` stays when it is reopened: what was reported was reported.

    `decided` are the records that decided its reopenings. `agreement` holds the office's ledger beside ours, where that was done.
    """

    state: PeriodState = PeriodState.OPEN
    closing: Closing | None = None
    reopening: Reopening | None = None
    decided: tuple[int, ...] = ()
    agreement: Agreement | None = None


Periods = Mapping[str, Period]
"""Periods by quarter, `2023-24-Q3`; those of which nothing was recorded are left out."""

OPEN = Period()


class PeriodHeld(Struct, frozen=True, kw_only=True):
    """From now on only finance posts into the quarter."""

    KIND: ClassVar = "period_held"

    quarter: str


class PeriodFreed(Struct, frozen=True, kw_only=True):
    """The quarter is no longer held."""

    KIND: ClassVar = "period_freed"

    quarter: str


class PeriodClosed(Struct, frozen=True, kw_only=True):
    """The quarter was closed. `cells` are its cells with their counters in pence, as the records before this one make them.

    `agreed_in` is the record of the signature under the agreement that it rests on; None where no control totals were stated.
    """

    KIND: ClassVar = "period_closed"

    quarter: str
    closed_by: str
    cells: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    agreed_in: int | None = None


class PeriodReopenRequested(Struct, frozen=True, kw_only=True):
    """Somebody asked to reopen the quarter."""

    KIND: ClassVar = "period_reopen_requested"

    quarter: str
    requested_by: str
    reason: str


class PeriodReopened(Struct, frozen=True, kw_only=True):
    """A second person reopened the quarter; or the one who asked, whom a second person let."""

    KIND: ClassVar = "period_reopened"

    quarter: str
    requested_by: str = ""
    override: Override | None = None


class PeriodReopenRejected(Struct, frozen=True, kw_only=True):
    """A second person refused to reopen the quarter; or the one who asked, whom a second person let."""

    KIND: ClassVar = "period_reopen_rejected"

    quarter: str
    requested_by: str = ""
    override: Override | None = None


PeriodMoved = PeriodHeld | PeriodFreed | PeriodClosed | PeriodReopenRequested | PeriodReopened | PeriodReopenRejected
PeriodFact = PeriodMoved | AgreementFact


def after(periods: Periods, fact: PeriodFact, seq: int) -> dict[str, Period]:
    """The periods after a fact, which was record `seq`."""
    period = periods.get(fact.quarter, OPEN)
    if isinstance(fact, AgreementFact):
        return {**periods, fact.quarter: replace(period, agreement=agreement_after(period.agreement, fact, seq))}
    return {**periods, fact.quarter: _after(period, fact, seq)}


def _after(period: Period, fact: PeriodMoved, seq: int) -> Period:
    match fact:
        case PeriodHeld():
            return replace(period, state=PeriodState.HELD)
        case PeriodFreed():
            return replace(period, state=PeriodState.OPEN)
        case PeriodClosed():
            closing = Closing(closed_by=fact.closed_by, position=seq, reported=added(fact.cells.values()), agreed_in=fact.agreed_in)
            return Period(state=PeriodState.CLOSED, closing=closing, decided=period.decided, agreement=period.agreement)
        case PeriodReopenRequested():
            return replace(period, reopening=Reopening(requested_by=fact.requested_by, reason=fact.reason, requested_in=seq))
        case PeriodReopened():
            return replace(period, state=PeriodState.OPEN, reopening=None, decided=(*period.decided, seq))
        case PeriodReopenRejected():
            return replace(period, reopening=None, decided=(*period.decided, seq))


def overridden(periods: Periods, fact: OverrideGiven) -> dict[str, Period]:
    """The periods once a second person let whoever asked to reopen one, or prepared its agreement, decide that."""
    period = periods[fact.id]
    if fact.matter is Matter.AGREEMENT:
        return {**periods, fact.id: replace(period, agreement=agreement_overridden(period.agreement, fact))}
    return {**periods, fact.id: replace(period, reopening=period.reopening and replace(period.reopening, override=fact.override))}


def quarter_of(periods: Periods, on: date, state: PeriodState) -> Quarter | None:
    """The quarter in this state in which a day lies, or None when the day lies in no such quarter."""
    quarters = (Quarter.parse(text) for text, period in periods.items() if period.state is state)
    return next((quarter for quarter in quarters if quarter.first_day <= on <= quarter.last_day), None)


def last_closed(periods: Periods) -> Quarter | None:
    """The latest closed quarter, or None when none is closed."""
    return max((Quarter.parse(text) for text, period in periods.items() if period.state is PeriodState.CLOSED), default=None)


def first_open_day(periods: Periods, on: date) -> date:
    """The day itself, unless it lies in a closed quarter: then the day after the last of them."""
    last = last_closed(periods)
    if last is None or quarter_of(periods, on, PeriodState.CLOSED) is None:
        return on
    return last.last_day + timedelta(days=1)
