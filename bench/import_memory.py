"""`python -m bench.import_memory check|preview ROWS`: the most memory, in megabytes, that this process has taken when it is done."""

from __future__ import annotations

import re
import resource
import sys
import tempfile
from pathlib import Path

from bench.extracts import PROFILE, write_extract
from bench.imports import looked_at
from bench.office import context_on, open_office
from chalicelib.domain.extract_reading import read
from chalicelib.domain.file_types import FileType
from chalicelib.extracts.sheets import sheets
from chalicelib.services import imports, profiles
from chalicelib.services.evidence import Announced
from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from chalicelib.storage.objects import measured
from local.embedded import embedded_dynamodb
from local.table import ensure_table_with

_TABLE = "imports"
_STATUS = Path("/proc/self/status")
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def check(path: Path) -> None:
    """Read and check every row."""
    for _ in read(sheets(*looked_at(path), PROFILE), PROFILE):
        pass


def preview(path: Path, folder: Path) -> None:
    """Announce an extract, put it where it belongs, and preview it beside an office's ledger on the embedded DynamoDB."""
    with embedded_dynamodb() as dynamodb:
        client = dynamodb_client(region="eu-west-2", endpoint_url=dynamodb.endpoint_url)
        ensure_table_with(client, _TABLE)
        context = context_on(DynamoStore(client, _TABLE), folder)
        open_office(context)
        profiles.add(context, PROFILE)
        with path.open("rb") as file:
            there = measured(path.name, file)
        announced = Announced(file_name=path.name, content_type=FileType.CSV, size=there.size, sha256=there.sha256)
        held = imports.announce(context, PROFILE.id, announced).held.state
        with path.open("rb") as file:
            context.objects.put(imports.source_key(held.id), file, content_type=FileType.CSV.value)
        made = imports.preview(context, held.id).state.preview
        if made is None or not made.counts["added"].documents:
            raise SystemExit("nothing was previewed")


def main(step: str, rows: int) -> None:
    """Take the step with an extract of so many rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "extract.csv")
        write_extract(path, rows)
        if step == "check":
            check(path)
        else:
            preview(path, Path(folder, "objects"))
    print(_peak_kilobytes() / 1024)


def _peak_kilobytes() -> int:
    """The most that this process had in memory. `ru_maxrss` would begin with what its parent had when it was started."""
    told = _PEAK.search(_STATUS.read_text()) if _STATUS.exists() else None
    return int(told[1]) if told else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
