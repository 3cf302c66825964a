"""The fold of a whole ledger, entry by entry, into every cell: what an earlier date's summary is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from bench import conventional
from bench.conventional import Item
from bench.figures import Figure, times
from bench.ledgers import Ledger, Ledgers
from bench.measuring import rounds_for, side_by_side
from chalicelib.domain.cells import NO_INITIATIVE
from chalicelib.services import reading

NAME = "fold"

Cells = dict[tuple[str, str], dict[str, int]]
Sums = Mapping[tuple[str, str], Mapping[str, Decimal]]


def measure(ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """Ours with every record's hash checked on the way."""
    ledger = ledgers.of(entries)
    pair = side_by_side(lambda: _ours(ledger), lambda: _theirs(ledger), _same, rounds=rounds_for(entries))
    yield from times(NAME, f"{entries:,} entries, every cell", pair)


def _ours(ledger: Ledger) -> Cells:
    position = reading.position_now(ledger.context)
    return {(each.grant_id, cell): counters for each in reading.fold(ledger.context, position) for cell, counters in each.cells.items()}


def _theirs(ledger: Ledger) -> Sums:
    return conventional.fold(ledger.table, ledger.grants, _cell)


def _cell(item: Item) -> tuple[str, str]:
    period = item.get("quarter") or item["financial_year"]
    return item["grant_id"], f"{item.get('initiative_id', NO_INITIATIVE)}#{period}#{item['nature']}"


def _same(ours: Cells, theirs: Sums) -> bool:
    return ours == {cell: {name: int(pence) for name, pence in counters.items()} for cell, counters in theirs.items()}
