"""`python -m bench.publishing ENDPOINT TABLE FOLDER STEP`: take one step of publishing in this process, and print what it took."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path

from bench.office import NOW, context_on
from chalicelib.context import Context
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.publications import Publication
from chalicelib.domain.values import Struct, replace
from chalicelib.services import drafts, publications
from chalicelib.storage.dynamo import DynamoStore, dynamodb_client

_PUBLISHER = Actor(subject="publisher", roles=frozenset({Role.PUBLISHER}))
_A_MONTH = timedelta(days=30)
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class Took(Struct, frozen=True, kw_only=True):
    """Seconds by the clock and of this process's CPU, the most memory that it held, and what came of it."""

    wall: float
    cpu: float
    peak_bytes: int
    files: int
    bytes: int


def main(endpoint_url: str, table: str, folder: str, step: str) -> None:
    """Take the step: `draft`, `publish` the draft that is there, or draft the `next` publication, which tells what has changed since."""
    store = DynamoStore(dynamodb_client(region="eu-west-2", endpoint_url=endpoint_url), table)
    context = replace(context_on(store, Path(folder) / "objects"), actor=_PUBLISHER, now=NOW)
    wall, cpu = time.perf_counter(), time.process_time()
    made = _take(context, step)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    place = "published" if step == "publish" else "drafts"
    sizes = [path.stat().st_size for path in (Path(folder) / "objects" / place / made.id).iterdir()]
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_bytes": _peak(), "files": len(sizes), "bytes": sum(sizes)}))


def _take(context: Context, step: str) -> Publication:
    context = replace(context, settings=replace(context.settings, giving_prefix="360G-example"))
    if step == "publish":
        (draft,) = publications.every(context)
        return drafts.publish_draft(context, draft.id)
    later = _A_MONTH if step == "next" else timedelta()
    return publications.publish(replace(context, now=NOW + later), as_draft=True)


def _peak() -> int:
    """In bytes. Linux's own count where there is one: that of `getrusage` begins with what the parent held."""
    status = Path("/proc/self/status")
    if status.exists() and (found := _PEAK.search(status.read_text())):
        return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
