"""An export in parts on the deployed stack: cut smaller than the schedule would cut it, and made by the deployed workers."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from chalicelib.backend import backend_from
from chalicelib.context import Context, random_id, the_time, wait_a_moment
from chalicelib.domain.export_parts import parts_of
from chalicelib.domain.exports import ENTRIES_AS_CSV, Done, ExportBegun, ExportSplit, ExportState, Scope
from chalicelib.domain.people import SCHEDULE
from chalicelib.domain.values import replace
from chalicelib.services import export_parts, exports
from chalicelib.services.export_entries import records_in
from chalicelib.services.export_records import record
from local.example.calls import Api
from local.machine import REGION
from local.packaging.cloud import Cloud

RECORDS_EACH = 20
SECONDS_TO_MAKE = 120.0


def made_in_parts(running: Cloud, outputs: Mapping[str, str], url: str, everybody: Mapping[str, str], year: str) -> tuple[bool, str]:
    """Have a year exported in parts; whether these were several, and the SHA-256 of the file. Raises TimeoutError."""
    with _as_its_owner(running, outputs) as context:
        begun = exports.prepared(context, Scope(financial_year=year), ENTRIES_AS_CSV)
        done = Done(records=0, of=records_in(begun.position))
        exports.begin(context, ExportBegun(export=replace(begun, background=ExportState.WAITING, done=done)))
        parts = parts_of(begun.position, RECORDS_EACH)
        export_parts.see_to(context, record(context, begun.id, ExportSplit(parts=parts)).state)
    return len(parts) > 1, _sha256(url, everybody, begun.id)


def _sha256(url: str, everybody: Mapping[str, str], export_id: str) -> str:
    deadline = time.monotonic() + SECONDS_TO_MAKE
    with Api(url, everybody) as api:
        while (shown := api.get(f"/exports/{export_id}", "finance").body)["state"] == ExportState.WAITING:
            if time.monotonic() > deadline:
                raise TimeoutError(f"The export's parts were not made in {SECONDS_TO_MAKE:.0f} seconds: {shown['done']}")
            time.sleep(0.5)
    return sha256_of(shown)


def sha256_of(shown: Mapping[str, object]) -> str:
    """The SHA-256 of an export's file; its state where it has none."""
    files = cast("list[Mapping[str, str]]", shown["files"])
    return files[0]["sha256"] if files else str(shown["state"])


@contextmanager
def _as_its_owner(running: Cloud, outputs: Mapping[str, str]) -> Iterator[Context]:
    """The context of whoever owns the account, on what the stack made."""
    owner = {"AWS_ENDPOINT_URL": running.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    before = dict(os.environ)
    os.environ.update(owner)
    try:
        backend = backend_from(
            {
                "AWS_REGION": REGION,
                "STREETLIGHT_OFFICE_NAME": "Smoke Test Office",
                "STREETLIGHT_CODE_VERSION": "smoke",
                "STREETLIGHT_TABLE": outputs["LedgerTableName"],
                "STREETLIGHT_BUCKET": outputs["FilesBucketName"],
                "STREETLIGHT_TOKEN_ISSUER": "unused",
                "STREETLIGHT_TOKEN_AUDIENCE": "unused",
                "STREETLIGHT_TOKEN_JWKS_URL": "unused",
                "STREETLIGHT_PIECES_BUCKET": outputs["PiecesBucketName"],
                "STREETLIGHT_PARTS_QUEUE": outputs["PartsQueueURL"],
            }
        )
        yield Context(
            actor=SCHEDULE,
            now=the_time(),
            request_id="smoke",
            store=backend.store,
            objects=backend.objects,
            settings=backend.settings,
            new_id=random_id,
            pause=wait_a_moment,
            workshop=backend.workshop,
        )
    finally:
        os.environ.clear()
        os.environ.update(before)
