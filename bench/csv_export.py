"""Finance's CSV of a year's entries: read, turned into rows, written to a file."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import count
from pathlib import Path

from bench import conventional
from bench.figures import Figure, times
from bench.ledgers import Ledger, Ledgers
from bench.measuring import Pair, rounds_for, side_by_side, timed
from bench.office import YEAR
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.exports import Export, Scope
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.values import replace
from chalicelib.services import exports, registers

NAME = "csv export"
_AT_MOST = 1 / 20


def measure(ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """Rows in a file, both ways; then the whole of `POST /exports`; then reading alone, which is where the ways part.

    Both keep texts from being formulas and add the columns up; the two files and the sums must agree.
    """
    rounds = rounds_for(entries)
    with tempfile.TemporaryDirectory() as folder:
        ways = _Ways(ledgers.of(entries), Path(folder))
        rows = side_by_side(ways.ours, ways.theirs, _same, rounds=rounds)
        whole = Pair(min((timed(ways.whole)[1] for _ in range(rounds)), key=lambda cost: cost.cpu), rows.theirs)
        read = side_by_side(ways.our_reading, ways.their_reading, lambda ours, theirs: ours == theirs, rounds=rounds)
    yield from times(NAME, f"{entries:,} entries, rows in a file", rows, cpu_at_most=_AT_MOST)
    yield from times(NAME, "with both files stored and the record", whole)
    yield from times(NAME, "reading alone", read)


Made = tuple[Path, Mapping[str, int | Decimal]]
"""A file, and what its columns of money add up to in pence."""


class _Ways:
    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger = ledger
        self._folder = folder
        self._numbers = count(1)
        self._export = self.whole()
        self._known = conventional.Directory(
            grants=ledger.grants,
            initiatives={each.name.id: each.state for each in registers.every(ledger.context, Initiative)},
            names={each.name.id: each.state.name for each in registers.every(ledger.context, Organisation)},
        )

    def ours(self) -> Made:
        path = self._folder / "ours.csv"
        with path.open("wb") as file:
            totals = exports.rebuild(self._ledger.context, self._export, file)
        return path, {column: money["pence"] for column, money in json.loads(totals)["columns"].items()}

    def whole(self) -> Export:
        number = next(self._numbers)
        context = replace(self._ledger.context, new_id=lambda: f"bench-{number}")
        return exports.make(context, Scope(financial_year=YEAR)).state

    def theirs(self) -> Made:
        path = self._folder / "conventional.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            totals = conventional.export(self._ledger.table, self._known, file)
        return path, totals

    def our_reading(self) -> dict[str, int]:
        """Every record as it comes from the store, its hash not looked at; the number of each grant's last."""
        store, last = self._ledger.context.store, {}
        for grant_id in self._ledger.grants:
            for link in store.links(Name(Kind.GRANT, grant_id)):
                last[grant_id] = link.seq
        return last

    def their_reading(self) -> dict[str, int]:
        last = {}
        for grant_id in self._ledger.grants:
            for item in conventional.entries(self._ledger.table, grant_id):
                last[grant_id] = int(item["entry_id"].rpartition(".")[2])
        return last


def _same(ours: Made, theirs: Made) -> bool:
    return _same_rows(ours[0], theirs[0]) and all(pence == theirs[1].get(column, 0) for column, pence in ours[1].items())


def _same_rows(ours: Path, theirs: Path) -> bool:
    with ours.open(encoding="utf-8-sig", newline="") as ours_open, theirs.open(encoding="utf-8", newline="") as theirs_open:
        return all(row == other for row, other in zip(csv.reader(ours_open), csv.reader(theirs_open), strict=True))
