"""The most memory that a fresh process takes to write the entries, or to add them up: the same, however many there are.

`python -m bench.peak_memory ENDPOINT FOLDER TABLE WHAT` is one of these processes: it prints its peak in bytes.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.ledgers import Ledger, Ledgers
from bench.office import YEAR, context_on
from chalicelib.domain.exports import Asked, ExportFormat, ExportKind, Scope
from chalicelib.domain.publications import File
from chalicelib.domain.values import replace
from chalicelib.services import exports
from chalicelib.services.export_entries import Ledger as Records
from chalicelib.services.positions import Past
from chalicelib.storage.dynamo import DynamoStore, dynamodb_client

NAME = "peak memory"
_FOLD = "fold"
_WHAT = (*(as_what.value for as_what in (ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.JSON)), _FOLD)
_MOST = 256
"""Megabytes, whatever the size."""

_FLAT = 1.25
"""How much more the longest ledger may take than one of a tenth: what a process takes besides is never quite the same."""


def measure(ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """Each of them beside what is allowed, and beside a ledger of a tenth."""
    tenth = max(1, entries // 10)
    for what in _WHAT:
        peak, less = _peak(ledgers.of(entries), what), _peak(ledgers.of(tenth), what)
        allowed = f"{what}, {entries:,} entries, beside what is allowed"
        yield Figure(benchmark=NAME, what=allowed, ours=peak, theirs=_MOST, unit="MB", at_most=1)
        flat = f"{what}, {entries:,} entries beside {tenth:,}"
        yield Figure(benchmark=NAME, what=flat, ours=peak, theirs=less, unit="MB", at_most=_FLAT)


def _peak(ledger: Ledger, what: str) -> float:
    place = ledger.place
    given = (place.endpoint_url, str(place.folder), place.ours, what)
    said = subprocess.run([sys.executable, "-m", "bench.peak_memory", *given], check=True, capture_output=True, text=True)
    return int(said.stdout) / 1e6


def main(endpoint_url: str, folder: str, table: str, what: str) -> None:
    """Do it, and print the peak."""
    store = DynamoStore(dynamodb_client(region="eu-west-2", endpoint_url=endpoint_url), table)
    context = context_on(store, Path(folder) / table)
    asked = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.CSV if what == _FOLD else ExportFormat(what))
    export = exports.prepared(replace(context, new_id=lambda: f"peak-{what}"), Scope(financial_year=YEAR), asked)
    if what == _FOLD:
        assert sum(1 for _ in Records(Past(context, export.position), export.scope).sums())
    else:
        with Path("/dev/null").open("wb") as nowhere:
            exports.rebuild(context, replace(export, files=(File(name="entries", sha256="", size=0),)), nowhere)
    print(_peak_bytes())


def _peak_bytes() -> int:
    """Of this process alone: where a process is started, what is counted elsewhere begins with the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
