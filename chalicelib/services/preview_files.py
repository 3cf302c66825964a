"""The files of a preview's rows: lines of JSON, so many to a file, each status in files of its own."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO

import msgspec

from chalicelib.context import Context
from chalicelib.domain.previews import PreviewRow, Status
from chalicelib.domain.publications import File
from chalicelib.services.imports import BLOCK, key_of
from chalicelib.services.preview_scratch import Scratch

_encode = msgspec.json.Encoder().encode


class PreviewFiles:
    """Takes the rows of each status in their order. A file that is full waits in the scratch database until all have their name."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._lines: dict[Status, list[bytes]] = {status: [] for status in Status}
        self._digests: dict[Status, list[str]] = {status: [] for status in Status}

    def add(self, row: PreviewRow) -> None:
        """Take the next row."""
        lines = self._lines[row.status]
        lines.append(_encode(row))
        if len(lines) == BLOCK:
            self._finish(row.status)

    def finished(self) -> Mapping[str, str]:
        """The SHA-256 of every file, by its name, once there are no other rows."""
        for status, lines in self._lines.items():
            if lines:
                self._finish(status)
        return {_name(status, place): digest for status, digests in self._digests.items() for place, digest in enumerate(digests)}

    def _finish(self, status: Status) -> None:
        block = b"\n".join(self._lines[status]) + b"\n"
        self._scratch.add_block(_name(status, len(self._digests[status])), block)
        self._digests[status].append(sha256(block).hexdigest())
        self._lines[status] = []

    def put(self, context: Context, import_id: str, folder: str) -> tuple[File, ...]:
        """Keep the files that are finished with their import."""
        return tuple(self._put(context, import_id, f"{folder}/{name}", self._scratch.block(name)) for name in self.finished())

    def _put(self, context: Context, import_id: str, name: str, block: bytes) -> File:
        stored = context.objects.put(key_of(import_id, name), BytesIO(block), content_type="application/x-ndjson")
        return File(name=name, sha256=stored.sha256, size=stored.size)


def _name(status: Status, place: int) -> str:
    return f"{status}-{place + 1:04}.jsonl"
