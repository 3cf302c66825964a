"""The fold of a whole ledger, entry by entry, into every cell: what budget monitoring and an earlier date's summary are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from bench import conventional
from bench.conventional import Item
from bench.entry_files import export_of
from bench.figures import Figure, times
from bench.ledgers import Ledger, Ledgers
from bench.measuring import NOTHING_YET, AnswersDiffer, Pair, rounds_for, side_by_side, timed
from chalicelib.domain.cells import NO_INITIATIVE
from chalicelib.domain.exports import ExportFormat
from chalicelib.reports.sums import add
from chalicelib.services import reading
from chalicelib.services.export_entries import Ledger as Records
from chalicelib.services.positions import Past

NAME = "fold"
_AT_MOST = 1 / 30

Cells = dict[tuple[str, str], dict[str, int]]
Sums = Mapping[tuple[str, str], Mapping[str, Decimal]]


def measure(ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """As reports add it up, which `verify` proves; then with every record's hash checked on the way, as for an earlier day."""
    ledger = ledgers.of(entries)
    rounds = rounds_for(entries)
    pair = side_by_side(lambda: _ours(ledger), lambda: _theirs(ledger), _same, rounds=rounds)
    checked = NOTHING_YET
    for _ in range(rounds):
        cells, cost = timed(lambda: _checked(ledger))
        if cells != _ours(ledger):
            raise AnswersDiffer
        checked = checked.best(cost)
    yield from times(NAME, f"{entries:,} entries, every cell", pair, cpu_at_most=_AT_MOST)
    yield from times(NAME, "with every hash checked", Pair(checked, pair.theirs))


def _ours(ledger: Ledger) -> Cells:
    export = export_of(ledger, ExportFormat.CSV)
    cells: Cells = {}
    for grant_id, each in Records(Past(ledger.context, export.position), export.scope).sums():
        add(cells.setdefault((grant_id, each.cell), {}), each.moves)
    return cells


def _checked(ledger: Ledger) -> Cells:
    position = reading.position_now(ledger.context)
    return {(each.grant_id, cell): counters for each in reading.fold(ledger.context, position) for cell, counters in each.cells.items()}


def _theirs(ledger: Ledger) -> Sums:
    return conventional.fold(ledger.table, ledger.grants, _cell)


def _cell(item: Item) -> tuple[str, str]:
    period = item.get("quarter") or item["financial_year"]
    return item["grant_id"], f"{item.get('initiative_id', NO_INITIATIVE)}#{period}#{item['nature']}"


def _same(ours: Cells, theirs: Sums) -> bool:
    return ours == {cell: {name: int(pence) for name, pence in counters.items()} for cell, counters in theirs.items()}
