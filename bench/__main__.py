"""`python -m bench [names] [--entries N] [--grants N] [--initiatives N]`: measure, and print a table of ratios."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from bench import cold_start, entry_files, imports, live_summary, peak_memory, posting, publication, whole_fold
from bench.figures import Figure, said, table
from bench.ledgers import Ledgers
from local.embedded import embedded_dynamodb

Measure = Callable[[Ledgers, int], Iterator[Figure]]

BENCHMARKS: dict[str, Measure] = {
    "posting": posting.measure,
    "summary": live_summary.measure,
    "export": entry_files.measure_csv,
    "json": entry_files.measure_json,
    "xlsx": entry_files.measure_xlsx,
    "fold": whole_fold.measure,
    "memory": peak_memory.measure,
    "imports": imports.measure,
    "publication": publication.measure,
    "cold": cold_start.measure,
}


def main(arguments: list[str]) -> int:
    """Run the benchmarks named, or all; 1 when a requirement was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Each hot path beside the conventional way of doing the same.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which to run: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--entries", type=int, default=100_000, help="how long the longest ledger is (default: 100000)")
    parser.add_argument("--grants", type=int, help="how many grants are published (default: one for every 5,000 entries)")
    parser.add_argument("--initiatives", type=int, help="how many initiatives are published (default: ten for each grant)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the ledgers there, and use those that an earlier run kept")
    given = parser.parse_args(arguments)
    if unknown := sorted(set(given.names) - BENCHMARKS.keys()):
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    print(_machine(), flush=True)
    sized = partial(publication.measure, grants=given.grants, initiatives=given.initiatives)
    benchmarks: dict[str, Measure] = {**BENCHMARKS, "publication": sized}
    found = []
    for figure in run(given.names or list(benchmarks), given.entries, benchmarks, given.keep):
        print(f"  {said(figure)}", flush=True)  # a long run that is broken off has told what it found
        found.append(figure)
    print(f"\n{table(found)}\n\n{_machine()}")
    return 1 if any(figure.missed for figure in found) else 0


def run(names: list[str], entries: int, benchmarks: Mapping[str, Measure], keep: Path | None = None) -> Iterator[Figure]:
    """The figures of these benchmarks, on ledgers of up to so many entries; those are kept in a folder, where one is given."""
    with tempfile.TemporaryDirectory() as folder, embedded_dynamodb(keep) as dynamodb:
        ledgers = Ledgers(dynamodb.endpoint_url, keep or Path(folder))
        for name in names:
            print(f"{name} ...", flush=True)
            yield from benchmarks[name](ledgers, entries)


def _machine() -> str:
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, load average {load}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
