"""Positions: how far every chain had come, and what the ledger said there, whatever has been recorded since."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from chalicelib.context import Context
from chalicelib.domain import chain
from chalicelib.domain.aggregates import State, apply
from chalicelib.domain.alike import Alike, Entries, take
from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import START, Kind, Link, Name, unbroken
from chalicelib.domain.columns import Cells, Reported
from chalicelib.domain.entries import PUTTING_RIGHT, entry_id, parse_entry_id
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.grants import Grant
from chalicelib.domain.payment_status import Paid, PaymentsPaid
from chalicelib.domain.periods import london_date
from chalicelib.domain.quarter_states import PeriodClosed
from chalicelib.domain.statutory_lists import SpentLine
from chalicelib.domain.values import Struct
from chalicelib.domain.waivers import PublicWaiver, Publishable
from chalicelib.reports.bodies import ENTRY_KINDS, Body, decode
from chalicelib.reports.spent_lines import SpentLines
from chalicelib.services import registers
from chalicelib.services.reading import readable
from chalicelib.services.unit import S
from chalicelib.storage import items
from chalicelib.storage.store import Wanted

Position = Mapping[str, int]
"""The number of each chain's last record, by `grant#ssf-4-staffordshire`. What is not named was not there."""

# Grants first: whatever a grant's entries name was recorded before them, so it cannot be missing from what is read after.
_COVERED = (Kind.GRANT, Kind.INITIATIVE, Kind.FUND, Kind.ORGANISATION, Kind.DISCLOSURE)


def position_now(context: Context) -> dict[str, int]:
    """How far the chain of every grant, initiative, fund, organisation and disclosure has come.

    Each chain is whole to its position. A document split over several grants that is posted while this reads may
    be in for one of them only; the next position has the rest.
    """
    return {str(head.name): head.position.seq for kind in _COVERED for head in context.store.heads(kind)}


def ids_in(position: Position, kind: Kind) -> tuple[str, ...]:
    """The ids of one kind that a position names, in order."""
    found = (key.split("#", 1) for key in position)
    return tuple(sorted(aggregate_id for each, aggregate_id in found if each == kind))


class GrantThen(Struct, frozen=True, kw_only=True):
    """A grant at a position: its details (not what is allocated or used of its lines), and what its entries add up to.

    `cells` holds counters in pence by cell; `entries` every entry, those together that are alike; `firsts` when the first entry
    of each initiative was recorded, and its number; `reasons` why later entries put something right, by their number;
    `reported` what each quarter that was closed reported when it last was; `waivers` those that may be published; `spending`
    its lines of spending.
    """

    grant: Grant
    cells: Cells
    entries: Entries
    firsts: Mapping[str, tuple[datetime, int]]
    reasons: Mapping[int, str]
    reported: Reported
    waivers: tuple[PublicWaiver, ...] = ()
    spending: Sequence[SpentLine] = ()


def first_entries(grants: Mapping[str, GrantThen]) -> dict[str, str]:
    """The id of the entry that was first recorded of each initiative, by the initiative's: it says what is meant, and nothing of it."""
    found: dict[str, tuple[datetime, str, int]] = {}
    for grant_id, then in grants.items():
        for initiative_id, (at, seq) in then.firsts.items():
            found[initiative_id] = min(found.get(initiative_id, (at, grant_id, seq)), (at, grant_id, seq))
    return {initiative_id: entry_id(grant_id, seq) for initiative_id, (_, grant_id, seq) in found.items()}


class Past:
    """The ledger at a position. Every chain is checked from its first record as it is read, but for `bodies` and `take_heads`.

    `heads` fills with where each chain stood there, by its name.
    """

    def __init__(self, context: Context, position: Position) -> None:
        self._context = context
        self._states: dict[Name, State] = {}
        self._paid_in: dict[str, int] = {}
        self.position = position
        self.heads: dict[str, chain.Position] = {}

    def links(self, name: Name) -> Iterator[Link]:
        """An aggregate's links up to the position. Raises ChainBroken, also when the last of them are gone."""
        until = self.position.get(str(name), 0)
        last: Link | None = None
        for last in unbroken(name, self._context.store.links(name, until=until)):
            yield last
        at = chain.Position(last.seq, last.hash) if last else START
        if at.seq != until:
            raise ChainBroken(aggregate=str(name), seq=at.seq + 1, why=f"is missing: the chain had come to record {until}")
        self.heads[str(name)] = at

    def bodies(self, name: Name, after: int = 0, until: int | None = None) -> Iterator[Sequence[str]]:
        """The bodies of an aggregate's records up to the position, a page at a time, their hashes not looked at; or some of them.

        Raises ChainBroken when there are too few of them.
        """
        until, read = self.position.get(str(name), 0) if until is None else until, after
        for page in self._context.store.bodies(name, after=after, until=until):
            read += len(page)
            yield page
        if read != until:
            raise ChainBroken(aggregate=str(name), seq=read + 1, why=f"is missing: the chain had come to record {until}")

    def state(self, kind: type[S], aggregate_id: str) -> S:
        """An aggregate as it stood. Raises Missing, ChainBroken."""
        name = Name(kind.KIND, aggregate_id)
        if name not in self._states:
            state: State | None = None
            for link in self.links(name):
                state = apply(state, items.record_of(name, link).fact, link.seq)
            if state is None:
                raise Missing(kind=name.kind.value, id=aggregate_id)
            self._states[name] = state
        found = self._states[name]
        if not isinstance(found, kind):
            raise TypeError(f"{name} is not a {kind.__name__}")
        return found

    def take_heads(self, kind: type[S]) -> None:
        """Take how a kind's aggregates stood from their heads, unchecked, where these have not moved on: one query for all of them."""
        for held in registers.every(self._context, kind):
            if self.position.get(str(held.name)) == held.position.seq:
                self._states[held.name] = held.state

    def take_payments(self) -> None:
        """Note which record of each grant last said how payments were made: one query."""
        self._paid_in = {held.state.id: held.state.paid_in for held in registers.every(self._context, Grant) if held.state.paid_in}

    def paid(self, name: Name, after: int, until: int) -> dict[int, Paid]:
        """How entries of a grant had been paid, as far as the position knows, by the numbers of their records: those of some records.

        Costs a load for each record that says so, the newest first, and none where nothing was said. Raises ChainBroken.
        """
        found: dict[int, Paid] = {}
        seq = self._paid_in.get(name.id)
        while seq:
            link = self._context.store.load(Wanted(records=((name, seq),))).links.get((name, seq))
            fact = readable(name, link).fact if link else None
            if not isinstance(fact, PaymentsPaid) or (fact.previous or 0) >= seq:
                raise ChainBroken(aggregate=str(name), seq=seq, why="does not say how payments were made")
            if seq <= self.position.get(str(name), 0):
                numbered = ((parse_entry_id(each.entry_id) or ("", 0), each.paid) for each in fact.entries)
                for (_, number), paid in numbered:
                    if after < number <= until:
                        found.setdefault(number, paid)
            seq = fact.previous
        return found

    def every(self, kind: type[S]) -> dict[str, S]:
        """Every aggregate of a kind as it stood, by id. Raises ChainBroken."""
        return {aggregate_id: self.state(kind, aggregate_id) for aggregate_id in ids_in(self.position, kind.KIND)}

    def grant(self, grant_id: str, told_after: int | None = None) -> GrantThen:
        """A grant and its money as they stood, in one reading of its chain; with the reasons of what came after record `told_after`.

        Raises Missing, ChainBroken.
        """
        name = Name(Kind.GRANT, grant_id)
        state: State | None = None
        money = _Money(told_after)
        reported: dict[str, Cells] = {}
        public, spent = Publishable(), SpentLines(grant_id)
        for link in self.links(name):
            body = decode(link.body, name, link.seq)
            if body.kind not in ENTRY_KINDS:
                record = items.record_of(name, link)
                state = apply(state, record.fact, link.seq)
                public.take(record.fact, london_date(record.at), record.reason)
                if isinstance(record.fact, PeriodClosed):
                    reported[record.fact.quarter] = record.fact.cells
                continue
            money.take(body)
            spent.take(body)
        if not isinstance(state, Grant):
            raise Missing(kind="grant", id=grant_id)
        return GrantThen(
            grant=state,
            cells=money.cells,
            entries=money.entries,
            firsts=money.firsts,
            reasons=money.reasons,
            reported=reported,
            waivers=public.waivers,
            spending=spent.lines,
        )


class _Money:
    """What a grant's entries add up to, as they are read."""

    def __init__(self, told_after: int | None) -> None:
        self._told_after = told_after
        self.cells: dict[str, dict[str, int]] = {}
        self.entries: dict[Alike, array[int]] = {}
        self.firsts: dict[str, tuple[datetime, int]] = {}
        self.reasons: dict[int, str] = {}

    def take(self, body: Body) -> None:
        moves, cell = body.moves, body.facts.cell
        counters = self.cells.get(cell)
        if counters is None:
            counters = self._begin(cell, body)
        for counter, pence in moves.items():
            counters[counter] = counters.get(counter, 0) + pence
        take(self.entries, Alike(cell, body.kind, tuple(moves)), body.seq, tuple(moves.values()))
        if self._told_after is not None and body.seq > self._told_after and body.kind in PUTTING_RIGHT:
            self.reasons[body.seq] = body.reason

    def _begin(self, cell: str, body: Body) -> dict[str, int]:
        initiative_id = Cell.parse(cell).initiative_id
        if initiative_id is not None and initiative_id not in self.firsts:
            self.firsts[initiative_id] = (datetime.fromisoformat(body.at), body.seq)
        return self.cells.setdefault(cell, {})
