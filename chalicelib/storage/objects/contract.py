"""What a place for files does, whatever it is made of.

A key is a relative path such as `publications/0000000003/summary.csv`. Under a key there is nothing or there
is one whole file: no reader sees a part of one, and no second writer replaces it. Putting the same bytes
again succeeds quietly, so that an interrupted job may simply be run again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Protocol
from urllib.parse import quote

from chalicelib.domain.errors import Conflict, Forbidden, NotFound, Refused
from chalicelib.domain.file_names import in_ascii, problem_with
from chalicelib.domain.values import Struct

LONGEST_LINK_SECONDS = 7 * 24 * 60 * 60
"""S3 signs no link for longer."""

_CHUNK_BYTES = 1024 * 1024
_SEGMENT = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}"
_KEY = re.compile(rf"(?!.*\.\.){_SEGMENT}(?:/{_SEGMENT}){{0,9}}")


class ObjectMissing(NotFound):
    """There is no such file."""

    key: str

    @property
    def detail(self) -> str:
        """Which key is empty."""
        return f"Nothing is kept under {self.key}."


class ObjectExists(Conflict):
    """Another file is kept under this key, and files are never overwritten."""

    key: str
    kept_sha256: str
    offered_sha256: str

    @property
    def detail(self) -> str:
        """Which bytes are there, and which were offered."""
        return f"{self.key} holds other bytes (SHA-256 {self.kept_sha256}) than those offered ({self.offered_sha256}): use another key."


class NameUnusable(Refused):
    """A file cannot have this name."""

    name: str
    right: str

    @property
    def detail(self) -> str:
        """Which name, and what a usable one is made of."""
        return f"{self.name!r} cannot name a file: {self.right}."


class LinkRefused(Forbidden):
    """This link does not open the file."""

    why: str

    @property
    def detail(self) -> str:
        """What is wrong with the link."""
        return f"The link {self.why}: ask for a new one."


class UploadDiffers(Refused):
    """The file that was put is not the one that was announced."""

    key: str

    @property
    def detail(self) -> str:
        """Which key stays empty."""
        return f"Nothing was kept under {self.key}: put the very bytes that were announced, with their type."


class Stored(Struct, frozen=True, kw_only=True):
    """What a key holds: its size in bytes and its SHA-256 in hexadecimal."""

    key: str
    size: int
    sha256: str


class Upload(Struct, frozen=True, kw_only=True):
    """How to put a file straight where it is kept: the request to send, with exactly these headers and the file as its body."""

    method: str
    url: str
    headers: Mapping[str, str]


class Objects(Protocol):
    """A place for files. Every method raises NameUnusable for a key that cannot be one."""

    def put(self, key: str, content: BinaryIO, *, content_type: str) -> Stored:
        """Keep what is left to read of a stream, in flat memory: all of it or, where reading fails, nothing.

        Raises ObjectExists when the key holds other bytes already.
        """
        ...

    def join(self, key: str, chunks: Iterable[bytes], *, content_type: str) -> Stored:
        """Keep bytes that follow one another, however many, read once as they come: all of them or, where reading fails, nothing.

        For what is larger than a disk holds, or one request takes. Raises ObjectExists when the key holds other bytes already.
        """
        ...

    def get(self, key: str) -> bytes:
        """The whole file. Raises ObjectMissing."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The file as a stream, for the caller to close. Raises ObjectMissing."""
        ...

    def exists(self, key: str) -> bool:
        """Whether anything is kept under the key."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """The keys that start with the prefix, sorted character by character; an empty prefix means all keys."""
        ...

    def link(self, key: str, *, seconds: int, now: datetime, filename: str) -> str:
        """An address that saves the file under that name for whoever holds it, for so many seconds from now.

        Raises ObjectMissing, NameUnusable for the filename, and ValueError for a span outside 1 second to 7 days.
        """
        ...

    def upload(self, announced: Stored, *, content_type: str, seconds: int, now: datetime) -> Upload:
        """A way for whoever holds it to put one file, for so many seconds from now: those very bytes, of that type, where nothing is.

        Other bytes are refused, as is a second file; a put that breaks off leaves nothing.
        Raises ValueError for a span outside 1 second to 7 days.
        """
        ...


def attachment(filename: str) -> str:
    """The Content-Disposition header that saves a download under a name. Raises NameUnusable.

    A name that ASCII cannot write is sent twice (RFC 6266): nearly so for old programs, and as it is for all others.
    """
    plain = in_ascii(checked_filename(filename))
    whole = "" if plain == filename else f"; filename*=UTF-8''{quote(filename, safe='')}"
    return f'attachment; filename="{plain}"{whole}'


def checked_filename(filename: str) -> str:
    """The name back, when a download can be saved under it; raises NameUnusable."""
    if problem := problem_with(filename):
        raise NameUnusable(filename, f"it {problem}")
    return filename


def is_key(text: str) -> bool:
    """Whether a text is a key: relative, with no part empty, hidden or leading upwards."""
    return _KEY.fullmatch(text) is not None


def checked_key(key: str) -> str:
    """The key back, when it is one; raises NameUnusable."""
    if not is_key(key):
        raise NameUnusable(key, "use up to ten parts with slashes between, each of letters, digits and . _ -, none hidden or with '..'")
    return key


def checked_prefix(prefix: str) -> str:
    """The prefix back, when keys can start with it; raises NameUnusable."""
    if prefix:
        checked_key(prefix.removesuffix("/"))
    return prefix


def checked_span(seconds: int) -> int:
    """The seconds back, when a link can last so long; raises ValueError."""
    if not 1 <= seconds <= LONGEST_LINK_SECONDS:
        raise ValueError(f"a link lasts 1 to {LONGEST_LINK_SECONDS} seconds, not {seconds}")
    return seconds


class Onto(Protocol):
    """What a stream can be written onto while it is read."""

    def write(self, chunk: bytes, /) -> object:
        """Take the next bytes."""
        ...


def measured(key: str, content: BinaryIO, onto: Onto | None = None) -> Stored:
    """Read a stream to its end for its size and SHA-256, and write it onto another where one is given."""
    return measured_chunks(key, chunks_of(content), onto)


def chunks_of(content: BinaryIO) -> Iterator[bytes]:
    """What is left to read of a stream, a megabyte at a time."""
    while chunk := content.read(_CHUNK_BYTES):
        yield chunk


def measured_chunks(key: str, chunks: Iterable[bytes], onto: Onto | None = None) -> Stored:
    """The size and SHA-256 of bytes that follow one another, written onto a stream where one is given."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        if onto is not None:
            onto.write(chunk)
    return Stored(key=key, size=size, sha256=digest.hexdigest())
