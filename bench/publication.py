"""A whole publication of a large ledger: drafted as the schedule does it, then the draft published; each in a process of its own.

A process of its own, so that its peak of memory is the publication's and nobody else's. What Lambda allows is what is required.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.bulk import BulkWriter
from bench.figures import Figure
from bench.growth import Growth
from bench.ledgers import Ledgers, caches, item
from bench.office import context_on
from bench.public_office import Size, close_quarters, open_office, planned
from bench.publishing import Took
from chalicelib.context import Context
from chalicelib.domain.grants import Grant
from chalicelib.services import registers
from chalicelib.storage import keys
from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from local.embedded import embedded_dynamodb
from local.table import ensure_table_with

NAME = "publication"
TABLE = "public"

SECONDS, MEGABYTES = 900, 2048
"""What one run of a Lambda function may take, and the memory that the publishing function has."""

STEPS = {"draft": "drafted", "publish": "draft published", "next": "next draft, compared with it"}
"""The steps, by what `bench.publishing` calls them, as the table does."""

_ENTRIES_OF_A_GRANT = 5_000
_INITIATIVES_OF_A_GRANT = 10
_ROOT = Path(__file__).resolve().parent.parent


def measure(_ledgers: Ledgers, entries: int, grants: int | None = None, initiatives: int | None = None) -> Iterator[Figure]:
    """Time, memory and what came out. Without being told, as many grants as have 5,000 entries each, and ten initiatives a grant."""
    size = sized(entries, grants, initiatives)
    with tempfile.TemporaryDirectory() as name, embedded_dynamodb(Path(name) / "dynamodb") as dynamodb:
        folder = Path(name)
        started = time.perf_counter()
        make_ledger(dynamodb.endpoint_url, folder, size)
        print(f"  (made {told(size)} in {time.perf_counter() - started:.0f} s)", flush=True)
        for step, what in STEPS.items():
            yield from figures(f"{told(size)}, {what}", in_a_process(dynamodb.endpoint_url, folder, step))


def sized(entries: int, grants: int | None, initiatives: int | None) -> Size:
    """How much is published, where not all of it was said."""
    many = grants or max(2, min(200, entries // _ENTRIES_OF_A_GRANT))
    return Size(grants=many, initiatives=initiatives or many * _INITIATIVES_OF_A_GRANT, entries=entries)


def told(size: Size) -> str:
    """The size in words."""
    return f"{size.grants:,} grants, {size.initiatives:,} initiatives, {size.entries:,} entries"


def make_ledger(endpoint_url: str, folder: Path, size: Size) -> None:
    """Fill an empty DynamoDB."""
    client = dynamodb_client(region="eu-west-2", endpoint_url=endpoint_url)
    ensure_table_with(client, TABLE)
    context = context_on(DynamoStore(client, TABLE), folder)
    open_office(context, size)
    _grow(context, endpoint_url, size)
    close_quarters(context, size)


def _grow(context: Context, endpoint_url: str, size: Size) -> None:
    with BulkWriter(endpoint_url) as write:
        for grant in planned(size):
            held = registers.find(context, Grant, grant.id)
            cells = {balance.cell: dict(balance.counters) for balance in context.store.balances(grant.id)}
            growth = Growth(held.state, held.position, cells, grant.delivery)
            # The first grants take one more where the entries do not divide evenly.
            for posted in growth.post(size.entries // size.grants + (grant.number < size.entries % size.grants)):
                record = item(keys.record(growth.name, posted.link.seq), {"body": posted.link.body, "hash": posted.link.hash})
                write.put(TABLE, record)
            for cache in caches(growth):
                write.put(TABLE, cache)


def in_a_process(endpoint_url: str, folder: Path, step: str) -> Took:
    """What a step of publishing took in a fresh process."""
    command = [sys.executable, "-m", "bench.publishing", endpoint_url, TABLE, str(folder), step]
    ran = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"publishing failed: {ran.stderr}")
    return Took(**json.loads(ran.stdout))


def figures(what: str, took: Took) -> Iterator[Figure]:
    """What it took, beside what Lambda allows."""
    yield _beside_the_most(f"{what}, clock", took.wall, SECONDS, "s")
    yield _beside_the_most(f"{what}, CPU", took.cpu, SECONDS, "s")
    yield _beside_the_most(f"{what}, peak memory", took.peak_bytes / 2**20, MEGABYTES, "MiB")
    print(f"  ({what}: {took.files:,} files, {took.bytes:,} bytes)", flush=True)


def _beside_the_most(what: str, took: float, most: float, unit: str) -> Figure:
    return Figure(benchmark=NAME, what=what, ours=took, theirs=most, unit=unit, at_most=1.0)
