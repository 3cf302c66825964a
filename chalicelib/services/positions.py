"""Positions: how far every chain had come, and what the ledger said there, whatever has been recorded since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.context import Context
from chalicelib.domain import chain
from chalicelib.domain.aggregates import State, apply
from chalicelib.domain.chain import START, Kind, Link, Name, unbroken
from chalicelib.domain.columns import Cells, Reported
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import london_date
from chalicelib.domain.quarter_states import PeriodClosed
from chalicelib.domain.values import Struct, field
from chalicelib.domain.waivers import PublicWaiver, Publishable
from chalicelib.reports.bodies import ENTRY_KINDS, decode
from chalicelib.services import registers
from chalicelib.services.earlier_cells import EarlierCells
from chalicelib.services.unit import S
from chalicelib.storage import items

Position = Mapping[str, int]
"""The number of each chain's last record, by `grant#ssf-4-staffordshire`. What is not named was not there."""

# Grants first: whatever a grant's entries name was recorded before them, so it cannot be missing from what is read after.
_COVERED = (Kind.GRANT, Kind.INITIATIVE, Kind.FUND, Kind.ORGANISATION)


def position_now(context: Context) -> dict[str, int]:
    """How far the chain of every grant, initiative, fund and organisation has come.

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

    `cells` holds counters in pence by cell; `entries` how many entries moved which counters; `reported` what each quarter
    that was closed reported when it last was; `waivers` those that may be published. `before` holds the cells at an earlier
    position, where one was asked for, and `since` how many entries of each kind came after it.
    """

    grant: Grant
    cells: Cells
    entries: Mapping[tuple[str, ...], int]
    reported: Reported
    waivers: tuple[PublicWaiver, ...] = ()
    before: Cells = field(default_factory=dict)
    since: Mapping[str, int] = field(default_factory=dict)


class Past:
    """The ledger at a position. Every chain is checked from its first record as it is read, but for `bodies` and `take_heads`.

    `heads` fills with where each chain stood there, by its name.
    """

    def __init__(self, context: Context, position: Position) -> None:
        self._context = context
        self._states: dict[Name, State] = {}
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

    def bodies(self, name: Name) -> Iterator[Sequence[str]]:
        """The bodies of an aggregate's records up to the position, a page at a time, their hashes not looked at.

        Raises ChainBroken when there are too few of them.
        """
        until, read = self.position.get(str(name), 0), 0
        for page in self._context.store.bodies(name, until=until):
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

    def every(self, kind: type[S]) -> dict[str, S]:
        """Every aggregate of a kind as it stood, by id. Raises ChainBroken."""
        return {aggregate_id: self.state(kind, aggregate_id) for aggregate_id in ids_in(self.position, kind.KIND)}

    def grant(self, grant_id: str, since: Position | None = None) -> GrantThen:
        """A grant and its money as they stood, and at an earlier position, if asked, in one reading of its chain.

        Raises Missing, ChainBroken.
        """
        name = Name(Kind.GRANT, grant_id)
        earlier = EarlierCells(0 if since is None else since.get(str(name), 0))
        state: State | None = None
        cells: dict[str, dict[str, int]] = {}
        entries: dict[tuple[str, ...], int] = {}
        reported: dict[str, Cells] = {}
        public = Publishable()
        for link in self.links(name):
            body = decode(link.body, name, link.seq)
            earlier.pass_by(link.seq, cells, body.kind)
            if body.kind not in ENTRY_KINDS:
                record = items.record_of(name, link)
                state = apply(state, record.fact, link.seq)
                public.take(record.fact, london_date(record.at), record.reason)
                if isinstance(record.fact, PeriodClosed):
                    reported[record.fact.quarter] = record.fact.cells
                continue
            moves = body.moves
            cell = cells.setdefault(body.facts.cell, {})
            for counter, pence in moves.items():
                cell[counter] = cell.get(counter, 0) + pence
            moved = tuple(moves)
            entries[moved] = entries.get(moved, 0) + 1
        if not isinstance(state, Grant):
            raise Missing(kind="grant", id=grant_id)
        before = earlier.cells(cells)
        return GrantThen(
            grant=state, cells=cells, entries=entries, reported=reported, waivers=public.waivers, before=before, since=earlier.since
        )
