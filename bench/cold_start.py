"""A cold start: fresh interpreters, bytecode in place, that import the app and, beyond that, build its first backend."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, times
from bench.ledgers import Ledgers
from bench.measuring import NOTHING_YET, Cost, Pair

NAME = "cold start"
_ROOT = Path(__file__).resolve().parent.parent
_AT_MOST = 0.6
_ROUNDS = 12
_FEW = 1

_BARE = "import bench.bare_app"
_WAYS = {
    "import app": ("import app", _AT_MOST),
    "import app and build the backend": ("import app; app.backend()", None),
}

_MEASURED = """
import time
wall, cpu = time.perf_counter(), time.process_time()
{statement}
print(time.perf_counter() - wall, time.process_time() - cpu)
"""

_ENVIRONMENT = {
    "PATH": os.defpath,
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_ACCESS_KEY_ID": "anyone",
    "AWS_SECRET_ACCESS_KEY": "anyone",
    "AWS_EC2_METADATA_DISABLED": "true",
    "STREETLIGHT_OFFICE_NAME": "Example Commissioner's Office",
    "STREETLIGHT_CODE_VERSION": "bench",
    "STREETLIGHT_TABLE": "bench",
    "STREETLIGHT_BUCKET": "bench",
    "STREETLIGHT_TOKEN_ISSUER": "https://issuer.example",
    "STREETLIGHT_TOKEN_AUDIENCE": "streetlight",
    "STREETLIGHT_TOKEN_JWKS_URL": "https://issuer.example/jwks.json",
}


def measure(_ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """From the first statement on: the interpreter's own start, alike for both, is not in it."""
    rounds = _ROUNDS if entries > 1_000 else _FEW
    statements = (_BARE, *(statement for statement, _ in _WAYS.values()))
    for statement in statements:
        _started(statement)  # leaves the bytecode in place
    best = dict.fromkeys(statements, NOTHING_YET)
    for _ in range(rounds):
        for statement in statements:
            best[statement] = best[statement].best(_started(statement))
    for what, (statement, at_most) in _WAYS.items():
        yield from times(NAME, what, Pair(best[statement], best[_BARE]), cpu_at_most=at_most)


def _started(statement: str) -> Cost:
    command = (sys.executable, "-c", _MEASURED.format(statement=statement))
    ended = subprocess.run(command, cwd=_ROOT, env=_ENVIRONMENT, check=True, capture_output=True, text=True)
    wall, cpu = ended.stdout.split()
    return Cost(float(wall), float(cpu))
