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

from bench import cold_start, csv_export, imports, live_summary, posting, publication, whole_fold
from bench.figures import Figure, table
from bench.ledgers import Ledgers
from local.embedded import embedded_dynamodb

Measure = Callable[[Ledgers, int], Iterator[Figure]]

BENCHMARKS: dict[str, Measure] = {
    "posting": posting.measure,
    "summary": live_summary.measure,
    "export": csv_export.measure,
    "fold": whole_fold.measure,
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
    given = parser.parse_args(arguments)
    if unknown := sorted(set(given.names) - BENCHMARKS.keys()):
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    print(_machine(), flush=True)
    sized = partial(publication.measure, grants=given.grants, initiatives=given.initiatives)
    found = list(run(given.names or list(BENCHMARKS), given.entries, {**BENCHMARKS, "publication": sized}))
    print(f"\n{table(found)}\n\n{_machine()}")
    return 1 if any(figure.missed for figure in found) else 0


def run(names: list[str], entries: int, benchmarks: Mapping[str, Measure]) -> Iterator[Figure]:
    """The figures of those named, on ledgers of up to so many entries."""
    with tempfile.TemporaryDirectory() as folder, embedded_dynamodb() as dynamodb:
        ledgers = Ledgers(dynamodb.endpoint_url, Path(folder))
        for name in names:
            print(f"{name} ...", flush=True)
            yield from benchmarks[name](ledgers, entries)


def _machine() -> str:
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, load average {load}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
