"""Making an import's preview: the file is read, its documents looked up in the ledger, and what would become of each is kept.

The digest is a SHA-256 over the file, every row of the preview, and how far the chains had come that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO

import msgspec

from chalicelib.context import Context
from chalicelib.domain.imports import Import
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.periods import london_date
from chalicelib.domain.previewing import counts_of, rows_of, sift, totals_of
from chalicelib.domain.previews import Preview, PreviewRow, Status
from chalicelib.domain.profiles import Profile
from chalicelib.domain.publications import File
from chalicelib.extracts.sheets import sheets
from chalicelib.services import ledger_documents, registers
from chalicelib.services.imports import BLOCK, key_of


def preview_of(context: Context, held: Import, content: bytes) -> Preview:
    """Read an extract, hold it against the ledger, and keep what would become of its rows. Raises ExtractUnreadable, ChainBroken."""
    profile = registers.find(context, Profile, held.profile_id)
    payer = registers.find(context, Organisation, profile.state.payer_id)
    sifted = sift(sheets(content, profile.state), profile.state, london_date(context.now))
    wanted = [each for each in sifted.documents if each.lines and not each.complaints]
    known = ledger_documents.known(context, wanted)
    found = list(rows_of(sifted, known.entered, payer.state.vat_status))
    read = {str(each.name): each.position.seq for each in (profile, payer)}
    position = dict(sorted({**read, **known.position}.items()))
    blocks = dict(_blocks(found))
    rests_on = {"source": held.sha256, "position": position, "rows": {name: sha256(block).hexdigest() for name, block in blocks.items()}}
    digest = sha256(msgspec.json.encode(rests_on, order="sorted")).hexdigest()
    files = tuple(_put(context, held.id, f"{digest[:16]}/{name}", block) for name, block in blocks.items())
    return Preview(
        digest=digest,
        position=position,
        counts=counts_of(found),
        totals=totals_of(found, payer.state.vat_status, known.codes),
        footers=tuple(sifted.footers),
        passed=sifted.passed,
        repaired=len({(each.sheet, each.row) for each in sifted.repaired}),
        files=files,
    )


def _blocks(found: list[PreviewRow]) -> Iterator[tuple[str, bytes]]:
    """The rows of each status as lines of JSON, so many to a file."""
    encode = msgspec.json.Encoder().encode
    for status in Status:
        lines = [encode(row) for row in found if row.status is status]
        for place in range(0, len(lines), BLOCK):
            yield f"{status}-{place // BLOCK + 1:04}.jsonl", b"\n".join(lines[place : place + BLOCK]) + b"\n"


def _put(context: Context, import_id: str, name: str, block: bytes) -> File:
    stored = context.objects.put(key_of(import_id, name), BytesIO(block), content_type="application/x-ndjson")
    return File(name=name, sha256=stored.sha256, size=stored.size)
