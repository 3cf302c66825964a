"""Closing quarters of a grant, reopening them, and showing what was reported beside what is known now."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chalicelib.context import Context
from chalicelib.domain import closing
from chalicelib.domain.cells import NO_INITIATIVE, Cell, Counters, added
from chalicelib.domain.chain import START, Kind, Name, Position, unbroken
from chalicelib.domain.columns import Cells, Columns, columns, in_quarter, quarterly
from chalicelib.domain.entries import Entry
from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.domain.quarter_states import Period, PeriodFact
from chalicelib.domain.values import Struct, replace
from chalicelib.services import reading, registers, waiting
from chalicelib.services.unit import Held, Part, Plan, View, Written, change, expect, one, version_of, view_of
from chalicelib.storage import items
from chalicelib.storage.store import Wanted

Decide = Callable[[View, Grant], tuple[PeriodFact, ...]]


class Shown(Struct, frozen=True, kw_only=True):
    """One quarter of a grant, and its counters now, in pence."""

    grant: Held[Grant] | Written[Grant]
    quarter: Quarter
    period: Period
    counters: Counters

    @property
    def as_corrected(self) -> dict[str, int]:
        """Its measures as they are known now, in pence."""
        return quarterly(self.counters)

    @property
    def columns(self) -> Columns | None:
        """What it reported beside what is known now; None where it was never closed."""
        return columns(self.period.closing.reported, self.counters) if self.period.closing else None


def every(context: Context, grant_id: str) -> Iterator[Shown]:
    """Every quarter of a grant, in order. Raises Missing."""
    grant = registers.find(context, Grant, grant_id)
    live = _live(context, grant_id)
    return (_shown(grant, quarter, live) for quarter in closing.quarters(grant.state))


def find(context: Context, grant_id: str, quarter: Quarter) -> Shown:
    """One quarter of a grant. Raises Missing, NoSuchPeriod."""
    return _shown(registers.find(context, Grant, grant_id), quarter, _live(context, grant_id))


class Share(Struct, frozen=True, kw_only=True):
    """One initiative's part of a quarter (`place` is `-` for money for none), now and as reported, in pence."""

    place: str
    counters: Counters
    reported: Counters | None

    @property
    def initiative_id(self) -> str | None:
        """Whose part it is."""
        return None if self.place == NO_INITIATIVE else self.place

    @property
    def as_corrected(self) -> dict[str, int]:
        """Its measures as they are known now, in pence."""
        return quarterly(self.counters)

    @property
    def columns(self) -> Columns | None:
        """What was reported of it beside what is known now; None where the quarter was never closed."""
        return None if self.reported is None else columns(self.reported, self.counters)


def shares(context: Context, grant_id: str, quarter: Quarter) -> tuple[Share, ...]:
    """Each initiative's part of a quarter, in order. Raises Missing, NoSuchPeriod, ChainBroken."""
    grant = registers.find(context, Grant, grant_id)
    closing.period(grant.state, quarter)
    reported = reading.reported(context, (grant,), str(quarter)).get(grant_id)
    was = _by_place(reported[str(quarter)]) if reported else None
    now = _by_place(in_quarter({each.cell: each.counters for each in context.store.balances(grant_id)}, str(quarter)))
    return tuple(
        Share(place=place, counters=now.get(place, {}), reported=None if was is None else was.get(place, {}))
        for place in sorted(now.keys() | (was or {}).keys())
    )


def _by_place(cells: Cells) -> dict[str, dict[str, int]]:
    parts: dict[str, list[Counters]] = {}
    for key, counters in cells.items():
        parts.setdefault(Cell.parse(key).initiative_id or NO_INITIATIVE, []).append(counters)
    return {place: added(each) for place, each in parts.items()}


def hold(context: Context, grant_id: str, quarter: Quarter, reason: str) -> Shown:
    """Let only finance post into a quarter. Raises Missing, StaleView, NoSuchPeriod, NotInState, IllegalMove, ReopeningNeeded."""
    return _change(context, grant_id, quarter, lambda _view, grant: (closing.hold(grant, quarter),), reason)


def free(context: Context, grant_id: str, quarter: Quarter, reason: str) -> Shown:
    """Hold a quarter no longer. Raises what `hold` raises."""
    return _change(context, grant_id, quarter, lambda _view, grant: (closing.free(grant, quarter),), reason)


def close(context: Context, grant_id: str, quarter: Quarter, reason: str) -> Shown:
    """Close a quarter. What it reports is made from the grant's records, each checked against the chain.

    Costs one read of every record of the grant; whatever is posted meanwhile moves the head, and is read, too.
    Raises what `hold` raises, EarlierPeriodOpen, QuarterNotOver, SuspenseNotEmpty, ChainBroken; DifferenceUnexplained,
    AgreementNotSigned, AgreementOutdated, and by the office's policy AgreementMissing.
    """
    today = london_date(context.now)
    waiting.require_nothing(context, grant_id, quarter)

    def decide(view: View, grant: Grant) -> tuple[PeriodFact, ...]:
        demanded = context.settings.agreement_demanded
        return (closing.close(grant, quarter, view.purse(grant_id).cells, today, context.actor, demanded=demanded),)

    return _change(context, grant_id, quarter, decide, reason, look=Folding(context, grant_id).look)


def hold_and_close(context: Context, grant_id: str, quarter: Quarter, reason: str) -> None:
    """Close a quarter, and hold it first where it is still open. Costs and raises what `close` does."""
    today = london_date(context.now)
    waiting.require_nothing(context, grant_id, quarter)

    def decide(view: View, grant: Grant) -> tuple[PeriodFact, ...]:
        demanded = context.settings.agreement_demanded
        return closing.hold_and_close(grant, quarter, view.purse(grant_id).cells, today, context.actor, demanded=demanded)

    _written(context, grant_id, decide, reason, look=Folding(context, grant_id).look)


def request_reopening(context: Context, grant_id: str, quarter: Quarter, reason: str) -> Shown:
    """Ask for a closed quarter to be opened again. Raises Missing, StaleView, NoSuchPeriod, NotInState, LaterPeriodClosed."""

    def decide(_view: View, grant: Grant) -> tuple[PeriodFact, ...]:
        return (closing.request_reopening(grant, quarter, reason, context.actor),)

    return _change(context, grant_id, quarter, decide, reason)


def reopen(context: Context, grant_id: str, quarter: Quarter, reason: str) -> Shown:
    """Open a quarter again, as somebody else asked. Raises what `request_reopening` raises, and PreparerCannotApprove."""
    return _change(context, grant_id, quarter, lambda _view, grant: (closing.reopen(grant, quarter, context.actor),), reason)


def keep_closed(context: Context, grant_id: str, quarter: Quarter, reason: str) -> Shown:
    """Refuse to reopen a quarter. Raises Missing, StaleView, NoSuchPeriod, NotInState, PreparerCannotApprove."""
    return _change(context, grant_id, quarter, lambda _view, grant: (closing.keep_closed(grant, quarter, context.actor),), reason)


def _change(
    context: Context,
    grant_id: str,
    quarter: Quarter,
    decide: Decide,
    reason: str,
    *,
    look: Callable[[], View] | None = None,
) -> Shown:
    return _shown(_written(context, grant_id, decide, reason, look=look), quarter, _live(context, grant_id))


def _written(
    context: Context,
    grant_id: str,
    decide: Decide,
    reason: str,
    *,
    look: Callable[[], View] | None = None,
) -> Written[Grant]:
    wanted = Wanted(heads=(Name(Kind.GRANT, grant_id),))

    def plan(view: View) -> Plan:
        held = view.held(Grant, grant_id)
        expect(context, version_of(held))
        return Plan(parts=(Part(held.name, held, decide(view, held.state)),), reason=reason)

    return change(context, look or (lambda: view_of(context, wanted)), plan, one(Grant))


class Folding:
    """A grant's cells as its records make them. Each try reads on from where the last one came to, so rivals cost little.

    Not the balances: they are too many for one atomic read, and what is reported stays for good. Each entry is shown to `also`.
    """

    def __init__(self, context: Context, grant_id: str, also: Callable[[int, Entry], None] | None = None) -> None:
        self._context = context
        self._also = also
        self._name = Name(Kind.GRANT, grant_id)
        self._at = START
        self._cells: dict[str, dict[str, int]] = {}

    def look(self) -> View:
        """The grant's head, and all its cells up to that head. Raises Missing, StaleView, ChainBroken."""
        view = view_of(self._context, Wanted(heads=(self._name,)))
        held = view.held(Grant, self._name.id)
        expect(self._context, version_of(held))
        self._read(held.position)
        return View(replace(view.snapshot, balances={(self._name.id, cell): counters for cell, counters in self._cells.items()}))

    def _read(self, until: Position) -> None:
        links = self._context.store.links(self._name, after=self._at.seq, until=until.seq)
        for link in unbroken(self._name, links, self._at):
            self._at = Position(link.seq, link.hash)
            entry = items.record_of(self._name, link).fact
            if isinstance(entry, Entry):
                self._cells[entry.cell] = added((self._cells.get(entry.cell, {}), entry.moves))
                if self._also:
                    self._also(link.seq, entry)
        if self._at != until:
            raise ChainBroken(aggregate=str(self._name), seq=self._at.seq + 1, why=f"is missing: the head is at record {until.seq}")


def _live(context: Context, grant_id: str) -> dict[str, Counters]:
    """A grant's balances by quarter."""
    parts: dict[str, list[Counters]] = {}
    for balance in context.store.balances(grant_id):
        parts.setdefault(Cell.parse(balance.cell).quarter or "", []).append(balance.counters)
    return {quarter: added(counters) for quarter, counters in parts.items()}


def _shown(grant: Held[Grant] | Written[Grant], quarter: Quarter, live: dict[str, Counters]) -> Shown:
    period = closing.period(grant.state, quarter)
    return Shown(grant=grant, quarter=quarter, period=period, counters=live.get(str(quarter), {}))
