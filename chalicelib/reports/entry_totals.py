"""What rows of entries add up to. Written for speed: adding up is part of what each row costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from chalicelib.domain.cells import Counter, added
from chalicelib.domain.columns import Cells
from chalicelib.domain.entries import moved
from chalicelib.domain.measures import figures
from chalicelib.domain.quarter_states import PeriodClosed
from chalicelib.domain.values import Struct, field
from chalicelib.reports.bodies import Body, Brief

COUNTERS = tuple(counter.value for counter in Counter)
"""The counters, in the order of their columns."""

Tally = defaultdict[str, list[int]]
"""How many entries of each kind there are, and what they come to in pence."""


def _tally() -> Tally:
    return defaultdict(lambda: [0, 0])


class CellTotals(Struct):
    """What the entries of one cell come to: those that move their kind's own counter alone, and the others, by kind and counter."""

    alone: Tally = field(default_factory=_tally)
    others: Tally = field(default_factory=_tally)
    others_moves: dict[str, int] = field(default_factory=dict)

    def take(self, body: Body) -> Mapping[str, int]:
        """Count an entry. The answer is what it adds to each counter, in pence."""
        entry = body.facts
        if entry.settles or entry.counter:
            return self.take_other(body)
        there = self.alone[body.kind]
        there[0] += 1
        there[1] += entry.amount_pence
        return body.moves

    def take_other(self, body: Body | Brief) -> Mapping[str, int]:
        """Count an entry that moves another counter than its kind's own, or several."""
        there = self.others[body.kind]
        there[0] += 1
        there[1] += body.facts.amount_pence
        moves = body.moves
        for counter, change in moves.items():
            self.others_moves[counter] = self.others_moves.get(counter, 0) + change
        return moves

    @property
    def counters(self) -> dict[str, int]:
        """What they come to by counter, in pence."""
        return added((self.others_moves, *(moved(kind, pence) for kind, (rows, pence) in self.alone.items() if rows)))


class Totals(Struct):
    """What the rows add up to, in pence: by grant and cell, and by column of money.

    `reported` is what each quarter of the grants that was closed reported when it last was, in scope or not.
    """

    of_cells: dict[str, dict[str, CellTotals]] = field(default_factory=dict)
    reported: dict[str, dict[str, Cells]] = field(default_factory=dict)
    net_pence: int = 0
    vat_pence: int = 0

    def of_cell(self, grant_id: str, cell: str) -> CellTotals:
        """The totals of one cell, to add to."""
        return self.of_cells.setdefault(grant_id, {}).setdefault(cell, CellTotals())

    def take(self, of_cell: CellTotals, body: Body) -> Mapping[str, int]:
        """Count an entry with its cell's, which `of_cell` gave. The answer is what it adds to each counter, in pence."""
        entry = body.facts
        if carried := entry.part or entry.document:
            self.net_pence += carried.net_pence
            self.vat_pence += carried.vat_pence
        return of_cell.take(body)

    def take_closing(self, grant_id: str, body: Body | Brief) -> None:
        """Keep what a quarter reported, where a record that is no entry closed one."""
        if body.kind == PeriodClosed.KIND:
            self.reported.setdefault(grant_id, {})[body.facts.quarter] = body.facts.cells or {}

    @property
    def by_kind(self) -> dict[str, tuple[int, int]]:
        """How many rows there are of each kind, and what their amounts come to."""
        found: dict[str, tuple[int, int]] = {}
        for kind, rows, pence in self._tallied():
            there = found.get(kind, (0, 0))
            found[kind] = there[0] + rows, there[1] + pence
        return dict(sorted(found.items()))

    def _tallied(self) -> Iterator[tuple[str, int, int]]:
        for cells in self.of_cells.values():
            for each in cells.values():
                for tally in (each.alone, each.others):
                    yield from ((kind, rows, pence) for kind, (rows, pence) in tally.items())

    @property
    def cells(self) -> dict[str, Cells]:
        """The counters over the rows, by grant and cell."""
        return {grant_id: {cell: each.counters for cell, each in cells.items()} for grant_id, cells in self.of_cells.items()}

    @property
    def counters(self) -> dict[str, int]:
        """Every counter over the rows."""
        summed = added(each.counters for cells in self.of_cells.values() for each in cells.values())
        return dict.fromkeys(COUNTERS, 0) | summed

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(rows for rows, _ in self.by_kind.values())

    @property
    def measures(self) -> dict[str, int]:
        """Every measure over the rows."""
        return figures(self.counters)

    @property
    def columns(self) -> dict[str, int]:
        """The sum of each column of money whose rows add up."""
        amounts = {"amount_pounds": sum(pence for _, pence in self.by_kind.values())}
        amounts |= {"net_pounds": self.net_pence, "vat_pounds": self.vat_pence}
        return amounts | {f"{counter}_pounds": pence for counter, pence in self.counters.items()}
