"""Finance's entries of a year as CSV, JSON and XLSX: read, turned into rows, written to a file."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import cast

from python_calamine import CalamineWorkbook

from bench import conventional, conventional_files
from bench.figures import Figure, times
from bench.ledgers import Ledger, Ledgers
from bench.measuring import AnswersDiffer, Pair, rounds_for, side_by_side, timed
from bench.office import YEAR
from chalicelib.context import random_id
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.exports import Asked, Export, ExportFormat, ExportKind, Scope
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.publications import File
from chalicelib.domain.values import Struct, replace
from chalicelib.services import exports, registers

_READ_BACK = 10_000
"""Of how many entries workbooks are read back and compared cell by cell: larger ones by what they add up to."""

Made = tuple[Path, Mapping[str, int | Decimal]]
"""A file, and what its columns of money add up to in pence."""


class Way(Struct, frozen=True, kw_only=True):
    """A format: how the conventional way writes it, whether two files of it say the same, and the most that ours may cost of the other."""

    theirs: Callable[[conventional.Table, conventional.Directory, Path], conventional_files.Totals]
    same: Callable[[Path, Path], bool]
    at_most: float


def measure_csv(ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """Rows in a file, both ways; then the whole of `POST /exports`; then reading alone, which is where the ways part.

    Both keep texts from being formulas and add the columns up; the two files and the sums must agree.
    """
    rounds = rounds_for(entries)
    with tempfile.TemporaryDirectory() as folder:
        ways = _Ways(ledgers.of(entries), Path(folder), ExportFormat.CSV)
        rows = side_by_side(ways.ours, ways.theirs, ways.same, rounds=rounds)
        whole = Pair(min((timed(ways.whole)[1] for _ in range(rounds)), key=lambda cost: cost.cpu), rows.theirs)
        read = side_by_side(ways.our_reading, ways.their_reading, lambda ours, theirs: ours == theirs, rounds=rounds)
    yield from times("csv export", f"{entries:,} entries, rows in a file", rows, cpu_at_most=WAYS[ExportFormat.CSV].at_most)
    yield from times("csv export", "with both files stored and the record", whole)
    yield from times("csv export", "reading alone", read)


def measure_json(ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """One document, a line for each entry, both ways; the sums must agree, and both lines of an entry say the same of it.

    Ours ends with the record as it is stored; the conventional way has no such text, and writes what it says as keys.
    """
    yield from _measured(ledgers, entries, ExportFormat.JSON)


def measure_xlsx(ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """A workbook, both ways. Those of a short ledger are read back cell by cell; of the longest the sums must agree."""
    with tempfile.TemporaryDirectory() as folder:
        short = _Ways(ledgers.of(min(entries, _READ_BACK)), Path(folder), ExportFormat.XLSX)
        if not short.same(short.ours(), short.theirs()):
            raise AnswersDiffer
    yield from _measured(ledgers, entries, ExportFormat.XLSX)


def _measured(ledgers: Ledgers, entries: int, as_what: ExportFormat) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        ways = _Ways(ledgers.of(entries), Path(folder), as_what)
        same = ways.same_sums if as_what is ExportFormat.XLSX else ways.same
        pair = side_by_side(ways.ours, ways.theirs, same, rounds=rounds_for(entries))
    yield from times(f"{as_what} export", f"{entries:,} entries, in a file", pair, cpu_at_most=WAYS[as_what].at_most)


class _Ways:
    def __init__(self, ledger: Ledger, folder: Path, as_what: ExportFormat) -> None:
        self._ledger = ledger
        self._folder = folder
        self._as_what = as_what
        self._export = export_of(ledger, as_what)
        self._known = conventional.Directory(
            grants=ledger.grants,
            initiatives={each.name.id: each.state for each in registers.every(ledger.context, Initiative)},
            names={each.name.id: each.state.name for each in registers.every(ledger.context, Organisation)},
        )

    def ours(self) -> Made:
        path = self._folder / "ours"
        with path.open("wb") as file:
            totals = exports.rebuild(self._ledger.context, self._export, file)
        return path, {column: money["pence"] for column, money in json.loads(totals)["columns"].items()}

    def whole(self) -> Export:
        # An id of its own: a ledger that is kept has the exports of earlier runs.
        context = replace(self._ledger.context, new_id=random_id)
        return exports.make(context, Scope(financial_year=YEAR)).state

    def theirs(self) -> Made:
        path = self._folder / "conventional"
        return path, WAYS[self._as_what].theirs(self._ledger.table, self._known, path)

    def same(self, ours: Made, theirs: Made) -> bool:
        return self.same_sums(ours, theirs) and WAYS[self._as_what].same(ours[0], theirs[0])

    def same_sums(self, ours: Made, theirs: Made) -> bool:
        return all(pence == theirs[1].get(column, 0) for column, pence in ours[1].items())

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


def export_of(ledger: Ledger, as_what: ExportFormat) -> Export:
    """The export of the year's entries at the ledger's present position, of which nothing is written."""
    prepared = exports.prepared(ledger.context, Scope(financial_year=YEAR), Asked(kind=ExportKind.ENTRIES, format=as_what))
    return replace(prepared, files=(File(name="entries", sha256="", size=0),))


def _same_rows(ours: Path, theirs: Path) -> bool:
    with ours.open(encoding="utf-8-sig", newline="") as ours_open, theirs.open(encoding="utf-8", newline="") as theirs_open:
        return all(row == other for row, other in zip(csv.reader(ours_open), csv.reader(theirs_open), strict=True))


def _same_lines(ours: Path, theirs: Path) -> bool:
    with ours.open(encoding="utf-8") as ours_open, theirs.open(encoding="utf-8") as theirs_open:
        return all(map(_alike, ours_open, theirs_open)) and not ours_open.readline() and not theirs_open.readline()


def _alike(line: str, other: str) -> bool:
    return line == other or flat(json.loads(line.rstrip(",\n"))) == json.loads(other.rstrip(",\n"))


def flat(line: Mapping[str, object]) -> Mapping[str, object]:
    """A line of ours as the conventional way writes it: without its record, but with everything that this says."""
    record = cast("Mapping[str, object]", line["record"])
    facts = cast("Mapping[str, object]", record["facts"])
    document = cast("Mapping[str, object]", facts.get("document", {}))
    carried = cast("Mapping[str, object]", facts.get("part", document))
    said = {column: value for column, value in line.items() if column != "record"}
    return said | {
        "kind": record["kind"],
        "date": facts["on"],
        "amount_pence": facts["amount_pence"],
        "net_pence": carried.get("net_pence"),
        "vat_pence": carried.get("vat_pence"),
        "document_kind": document.get("kind", ""),
        "document_date": document.get("date", ""),
        "document_total_pence": cast("int", document["net_pence"]) + cast("int", document["vat_pence"]) if document else None,
        "document_number": document.get("number", ""),
        "party": document.get("supplier", facts.get("counterparty", "")),
        "payer": facts.get("payer", ""),
        "reference": document.get("number", facts.get("quoted_reference", "")),
        "entry_named": facts.get("of", ""),
        "description": facts.get("description", ""),
        "reason": record.get("reason", ""),
        "recorded_by": record["by"],
        "recorded_at": record["at"],
    }


def _same_cells(ours: Path, theirs: Path) -> bool:
    read = partial(CalamineWorkbook.from_path, load_tables=False)
    return bool(read(ours).get_sheet_by_name("Entries").to_python() == read(theirs).get_sheet_by_name("Entries").to_python())


WAYS: Mapping[ExportFormat, Way] = {
    ExportFormat.CSV: Way(theirs=conventional_files.csv_file, same=_same_rows, at_most=1 / 20),
    ExportFormat.JSON: Way(theirs=conventional_files.json_file, same=_same_lines, at_most=1 / 25),
    ExportFormat.XLSX: Way(theirs=conventional_files.xlsx_file, same=_same_cells, at_most=1 / 15),
}
"""Each format."""
