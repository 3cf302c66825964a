"""Files in a folder of one machine."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qsl, urlencode

from chalicelib.storage.objects.contract import (
    LinkRefused,
    NameUnusable,
    ObjectExists,
    ObjectMissing,
    Stored,
    Upload,
    UploadDiffers,
    checked_filename,
    checked_key,
    checked_prefix,
    checked_span,
    chunks_of,
    is_key,
    measured,
    measured_chunks,
)

_SHORTEST_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class FolderObjects:
    """Files in a folder; see `Objects` for what the methods promise.

    A put writes a hidden draft beside the file's place, forces it to the disk, and links it into place, which
    fails where something is: so a power cut leaves at most a draft, which no method sees. The content type is
    not kept. Unlike S3, a folder cannot hold both `a` and `a/b`, and refuses the second of them.

    `link_base` is the address that the keys follow, without its closing slash; whoever serves it asks `check`.
    """

    root: Path
    link_base: str
    signing_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.signing_key) < _SHORTEST_KEY_BYTES:
            raise ValueError(f"the key that signs links needs {_SHORTEST_KEY_BYTES} bytes or more, not {len(self.signing_key)}")

    def put(self, key: str, content: BinaryIO, *, content_type: str) -> Stored:
        """Keep a stream; it is on the disk when this returns. Raises ObjectExists."""
        del content_type
        return self._keep(key, chunks_of(content))

    def join(self, key: str, chunks: Iterable[bytes], *, content_type: str) -> Stored:
        """Keep bytes as they come, as `put` does. Raises ObjectExists."""
        del content_type
        return self._keep(key, chunks)

    def _keep(self, key: str, chunks: Iterable[bytes], announced: Stored | None = None) -> Stored:
        import tempfile  # noqa: PLC0415  slow to import, and no folder is used where a cold start counts

        place = self._place_for(key)
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".draft-") as draft:
            stored = measured_chunks(key, chunks, draft)
            if announced not in (None, stored):
                raise UploadDiffers(key)
            draft.flush()
            os.fsync(draft.fileno())
            try:
                os.link(draft.name, place)
            except FileExistsError:
                self._refuse_other_bytes(stored)
        self._sync_folders(place.parent)
        return stored

    def get(self, key: str) -> bytes:
        """The whole file."""
        with self.open(key) as content:
            return content.read()

    def open(self, key: str) -> BinaryIO:
        """The file as a stream from the disk."""
        try:
            return self._place(key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise ObjectMissing(key) from None

    def exists(self, key: str) -> bool:
        """Whether a file is kept under the key."""
        return self._place(key).is_file()

    def list(self, prefix: str) -> Iterator[str]:
        """The keys under a prefix, in S3's order."""
        parent, _, _ = checked_prefix(prefix).rpartition("/")
        files = (path for path in (self.root / parent).rglob("*") if path.is_file())
        keys = (path.relative_to(self.root).as_posix() for path in files)
        return iter(sorted(key for key in keys if key.startswith(prefix) and is_key(key)))

    def link(self, key: str, *, seconds: int, now: datetime, filename: str) -> str:
        """An address under `link_base`, signed together with its expiry and the filename."""
        expires = str(int(now.timestamp()) + checked_span(seconds))
        signature = self._signature(checked_key(key), expires, checked_filename(filename))
        if not self.exists(key):
            raise ObjectMissing(key)
        return f"{self.link_base}/{key}?{urlencode({'expires': expires, 'filename': filename, 'signature': signature})}"

    def upload(self, announced: Stored, *, content_type: str, seconds: int, now: datetime) -> Upload:
        """A PUT to an address under `link_base`, signed together with its expiry and all that `take` holds it to."""
        expires = str(int(now.timestamp()) + checked_span(seconds))
        said = {"expires": expires, "size": str(announced.size), "sha256": announced.sha256, "type": content_type}
        signature = self._upload_signature(checked_key(announced.key), said)
        url = f"{self.link_base}/{announced.key}?{urlencode({**said, 'signature': signature})}"
        return Upload(method="PUT", url=url, headers={"Content-Type": content_type})

    def take(self, path: str, query: str, content: BinaryIO, *, content_type: str, now: datetime) -> Stored:
        """Keep what is put to an upload's address: `path` is what follows `link_base/`, `query` what follows the question mark.

        The same file again succeeds quietly, where S3 answers 412.
        Raises LinkRefused, UploadDiffers when the bytes or the type are not those announced, ObjectExists.
        """
        given = _given(query)
        said = {name: given.get(name, "") for name in ("expires", "size", "sha256", "type")}
        self._check_signed(path, self._upload_signature(path, said), given, now)
        if content_type != said["type"]:
            raise UploadDiffers(path)
        return self._keep(path, chunks_of(content), Stored(key=path, size=int(said["size"]), sha256=said["sha256"]))

    def check(self, path: str, query: str, now: datetime) -> str:
        """The key that a link opens: `path` is what follows `link_base/`, `query` what follows the question mark.

        Raises LinkRefused when it was not signed here, was changed since, or has expired.
        """
        given = _given(query)
        expires, filename = (given.get(name, "") for name in ("expires", "filename"))
        self._check_signed(path, self._signature(path, expires, filename), given, now)
        return path

    def _check_signed(self, path: str, expected: str, given: Mapping[str, str], now: datetime) -> None:
        if not is_key(path) or not hmac.compare_digest(expected.encode(), given.get("signature", "").encode(errors="replace")):
            raise LinkRefused("was not signed here, or was changed since")
        if now.timestamp() >= int(given["expires"]):
            raise LinkRefused("has expired")

    def _signature(self, key: str, *said: str) -> str:
        # A key has no line break and nothing that is signed has one, so no two links sign the same lines.
        lines = "\n".join((key, *said)).encode(errors="replace")
        return hmac.new(self.signing_key, lines, hashlib.sha256).hexdigest()

    def _upload_signature(self, key: str, said: Mapping[str, str]) -> str:
        # No key begins like this, so a link that opens a file never puts one, nor the other way round.
        return self._signature(f"PUT /{key}", *said.values())

    def _place(self, key: str) -> Path:
        return self.root / checked_key(key)

    def _place_for(self, key: str) -> Path:
        """Where a new file goes, with the folders on the way there made."""
        place = self._place(key)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise NameUnusable(key, "a part of it is a file already, so choose another") from None
        if place.is_dir():
            raise NameUnusable(key, "it is a folder of files already, so choose another")
        return place

    def _refuse_other_bytes(self, offered: Stored) -> None:
        with self.open(offered.key) as content:
            kept_sha256 = measured(offered.key, content).sha256
        if kept_sha256 != offered.sha256:
            raise ObjectExists(key=offered.key, kept_sha256=kept_sha256, offered_sha256=offered.sha256)

    def _sync_folders(self, lowest: Path) -> None:
        """Force the names on the way to a new file to the disk, as its bytes have been."""
        for folder in (lowest, *lowest.parents):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if folder == self.root:
                break


def _given(query: str) -> dict[str, str]:
    """What a link's query says; nothing, where it cannot be read."""
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=5))
    except ValueError:
        return {}
