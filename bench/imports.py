"""An extract of the office's ledger: its rows read and checked, its documents put together, and the memory that a preview takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from bench import conventional_import
from bench.conventional_import import Error
from bench.extracts import PROFILE, TODAY, write_extract
from bench.figures import Figure, times
from bench.ledgers import Ledgers
from bench.measuring import rounds_for, side_by_side
from chalicelib.domain.extract_documents import Documents
from chalicelib.domain.extract_reading import read
from chalicelib.domain.extract_sheets import Complaint
from chalicelib.extracts.sheets import Look, Source, sheets
from chalicelib.services.preview_scratch import Scratch
from chalicelib.services.sifting import sift
from chalicelib.storage.objects import measured

NAME = "import"
_AT_MOST = 1 / 2
_MOST_MEMORY = 256
_FLAT = 1.2
_MANY = 500_000
_ROOT = Path(__file__).resolve().parent.parent

Checked = tuple[int, int, list[Error]]
"""How many rows can be read, what they come to in pence, and what is wrong with the others."""

PutTogether = tuple[int, dict[tuple[str, str], int], list[Error]]
"""How many documents there are, what each grant and initiative is charged, and everything that is wrong."""


def measure(_ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """Rows, both ways; then documents, both ways; then the most memory that each of our steps takes, in a process of its own.

    Both must find the same errors: row, column and what is wrong. The conventional way keeps every document in memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "extract.csv")
        write_extract(path, entries)
        # A million rows take so long that a busy moment meets both ways in any case.
        rounds = rounds_for(entries) if entries < _MANY else 1
        checked = side_by_side(partial(_our_rows, path), partial(_their_rows, path), _same, rounds=rounds)
        together = side_by_side(partial(_our_documents, path), partial(_their_documents, path), _same, rounds=1)
    yield from times(NAME, f"{entries:,} rows, parsing and checking", checked, cpu_at_most=_AT_MOST)
    yield from times(NAME, "and putting documents together", together)
    for step in ("check", "preview"):
        few, many = peak_megabytes(step, max(entries // 10, 1)), peak_megabytes(step, entries)
        what = "parsing and checking" if step == "check" else "the whole preview"
        yield Figure(
            benchmark=NAME, what=f"peak memory of {what}, beside what is allowed", ours=many, theirs=_MOST_MEMORY, unit="MB", at_most=1
        )
        yield Figure(
            benchmark=NAME, what=f"peak memory of {what}, beside a tenth of the rows", ours=many, theirs=few, unit="MB", at_most=_FLAT
        )


def peak_megabytes(step: str, rows: int) -> float:
    """The most memory that a fresh process takes for a step."""
    command = (sys.executable, "-m", "bench.import_memory", step, str(rows))
    ended = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)
    return float(ended.stdout)


def looked_at(path: Path) -> tuple[Source, Look]:
    """A file as the preview takes it: looked at once, and open to be read."""
    look = Look()
    with path.open("rb") as content:
        measured(path.name, content, look)
    return lambda: path.open("rb"), look


def _our_rows(path: Path) -> Checked:
    count = pence = 0
    errors: list[Error] = []
    for found in read(sheets(*looked_at(path), PROFILE), PROFILE):
        if not isinstance(found, Complaint):
            count, pence = count + len(found.numbers), pence + sum(found.pence)
            errors += map(_error, found.complaints)
    return count, pence, errors


def _their_rows(path: Path) -> Checked:
    count = pence = 0
    errors: list[Error] = []
    for _, row in conventional_import.rows(path, errors):
        count, pence = count + 1, pence + row.pence
    return count, pence, errors


def _our_documents(path: Path) -> PutTogether:
    count, errors = 0, list[Error]()
    charged: dict[tuple[str, str], int] = {}
    with Scratch() as scratch:
        sift(scratch, sheets(*looked_at(path), PROFILE), PROFILE)
        for document in scratch.documents(Documents(PROFILE, TODAY)):
            count += 1
            errors += map(_error, document.complaints)
            for line in () if document.complaints else document.lines:
                coded = line.grant_id, line.initiative_id
                charged[coded] = charged.get(coded, 0) + line.net_pence
        errors += map(_error, chain.from_iterable(scratch.wrong()))
    return count, charged, errors


def _their_documents(path: Path) -> PutTogether:
    errors: list[Error] = []
    count, charged = conventional_import.documents(path, errors)
    return count, charged, errors


def _error(complaint: Complaint) -> Error:
    return complaint.row, complaint.column, complaint.wrong


def _same(ours: Checked | PutTogether, theirs: Checked | PutTogether) -> bool:
    return ours[:2] == theirs[:2] and sorted(ours[2]) == sorted(theirs[2])
