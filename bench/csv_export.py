"""Finance's CSV of a year's entries: read, turned into rows, written to a file."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from bench import conventional
from bench.figures import Figure, times
from bench.ledgers import Ledger, Ledgers
from bench.measuring import rounds_for, side_by_side
from bench.office import YEAR
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.exports import Export, Scope
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.services import exports, registers

NAME = "csv export"
_AT_MOST = 1 / 20


def measure(ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """Ours is the whole of `POST /exports`: hashes checked, formulas defused, control totals, two files and a record."""
    with tempfile.TemporaryDirectory() as folder:
        ways = _Ways(ledgers.of(entries), Path(folder))
        pair = side_by_side(ways.ours, ways.theirs, ways.same, rounds=rounds_for(entries))
        read = side_by_side(ways.our_reading, ways.their_reading, lambda ours, theirs: ours == theirs, rounds=rounds_for(entries))
    yield from times(NAME, f"{entries:,} entries", pair, cpu_at_most=_AT_MOST)
    yield from times(NAME, "of which reading them", read)


class _Ways:
    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger = ledger
        self._folder = folder
        self._numbers = count(1)
        self._known = conventional.Directory(
            grants=ledger.grants,
            initiatives={each.name.id: each.state for each in registers.every(ledger.context, Initiative)},
            names={each.name.id: each.state.name for each in registers.every(ledger.context, Organisation)},
        )

    def ours(self) -> Export:
        number = next(self._numbers)
        context = replace(self._ledger.context, new_id=lambda: f"bench-{number}")
        return exports.make(context, Scope(financial_year=YEAR)).state

    def theirs(self) -> Path:
        path = self._folder / "conventional.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            conventional.export(self._ledger.table, self._known, file)
        return path

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

    def same(self, ours: Export, theirs: Path) -> bool:
        with self._ledger.context.objects.open(exports.key_of(ours.id, ours.files[0].name)) as kept:
            made = kept.read().decode("utf-8-sig")
        with theirs.open(encoding="utf-8", newline="") as file:
            return all(row == other for row, other in zip(csv.reader(made.splitlines()), csv.reader(file), strict=True))
