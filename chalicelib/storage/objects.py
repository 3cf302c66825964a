"""Files that are written once and never changed: one protocol, kept in an S3 bucket or in a folder.

A key is a relative path such as `publications/0000000003/summary.csv`. Under a key there is nothing or there
is one whole object: no reader sees a part of one, and no second writer replaces it. Putting the same bytes
again succeeds quietly, so that an interrupted job may simply be run again.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NotRequired, Protocol, TypedDict, cast
from urllib.parse import parse_qsl, urlencode

from botocore.exceptions import ClientError

from chalicelib.domain.errors import Conflict, Forbidden, NotFound, Refused

LONGEST_LINK_SECONDS = 7 * 24 * 60 * 60
"""S3 signs no link for longer."""

_CHUNK_BYTES = 1024 * 1024
_PUT_ATTEMPTS = 3
_SEGMENT = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}"
_KEY = re.compile(rf"(?!.*\.\.){_SEGMENT}(?:/{_SEGMENT}){{0,9}}")
_FILENAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9 ._()-]{0,199}")


@dataclass(eq=False)
class ObjectMissing(NotFound):
    """There is no such file."""

    key: str

    @property
    def detail(self) -> str:
        return f"Nothing is kept under {self.key}."


@dataclass(eq=False)
class ObjectExists(Conflict):
    """Another file is kept under this key, and files are never overwritten."""

    key: str
    kept_sha256: str
    offered_sha256: str

    @property
    def detail(self) -> str:
        return f"{self.key} holds other bytes (SHA-256 {self.kept_sha256}) than those offered ({self.offered_sha256}): choose another key."


@dataclass(eq=False)
class NameUnusable(Refused):
    """A file cannot have this name."""

    name: str
    right: str

    @property
    def detail(self) -> str:
        return f"{self.name!r} cannot name a file: {self.right}"


@dataclass(eq=False)
class LinkRefused(Forbidden):
    """This link does not open the file."""

    why: str

    @property
    def detail(self) -> str:
        return f"The link {self.why}: ask for a new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a key holds: its size in bytes and its SHA-256 in hexadecimal."""

    key: str
    size: int
    sha256: str


class Objects(Protocol):
    """A place for files. Every method raises NameUnusable for a key that is none."""

    def put(self, key: str, content: BinaryIO, *, content_type: str) -> Stored:
        """Keep what is left to read of a stream, in flat memory; all of it or, if reading fails, nothing.

        Raises ObjectExists when the key holds other bytes already.
        """
        ...

    def get(self, key: str) -> bytes:
        """The whole object. Raises ObjectMissing."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The object as a stream, for the caller to close. Raises ObjectMissing."""
        ...

    def exists(self, key: str) -> bool:
        """Whether anything is kept under the key."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """The keys that start with the prefix, sorted by their characters; an empty prefix means all."""
        ...

    def link(self, key: str, *, seconds: int, now: datetime, filename: str) -> str:
        """An address that saves the object as a file of that name to whoever holds it, for so many seconds from now.

        Raises ObjectMissing, NameUnusable for the filename, and ValueError for a span outside 1 second to 7 days.
        """
        ...


def attachment(filename: str) -> str:
    """The Content-Disposition header that saves a download under a name. Raises NameUnusable."""
    if not _FILENAME.fullmatch(filename):
        raise NameUnusable(filename, "use letters, digits, spaces and . _ - ( ), up to 200 characters, and no leading dot.")
    return f'attachment; filename="{filename}"'


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise NameUnusable(key, "use up to ten parts of letters, digits and . _ - between slashes, none empty, hidden or with '..'.")
    return key


def _checked_prefix(prefix: str) -> str:
    if prefix:
        _checked(prefix.removesuffix("/"))
    return prefix


def _checked_span(seconds: int) -> int:
    if not 1 <= seconds <= LONGEST_LINK_SECONDS:
        raise ValueError(f"a link lasts 1 to {LONGEST_LINK_SECONDS} seconds, not {seconds}")
    return seconds


def _copied(key: str, content: BinaryIO, onto: BinaryIO | None = None) -> Stored:
    """Read a stream to its end, measure it, and write it onto another where there is one."""
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        if onto is not None:
            onto.write(chunk)
    return Stored(key=key, size=size, sha256=digest.hexdigest())


# --- S3 ---------------------------------------------------------------------------------------------------------------


class S3Object(TypedDict):
    """What S3 says of one object; `Body` comes with get_object only."""

    Metadata: Mapping[str, str]
    Body: NotRequired[io.RawIOBase]


class S3Key(TypedDict):
    """One line of S3's list."""

    Key: str


class S3Page(TypedDict):
    """One page of S3's list; a page without objects has no `Contents`."""

    Contents: NotRequired[list[S3Key]]


class S3Pages(Protocol):
    """What pages through S3's list."""

    def paginate(self, **request: object) -> Iterator[S3Page]: ...


class S3Client(Protocol):
    """The calls that are made of botocore's S3 client."""

    def put_object(self, **request: object) -> object: ...
    def head_object(self, **request: object) -> S3Object: ...
    def get_object(self, **request: object) -> S3Object: ...
    def get_paginator(self, operation_name: str) -> S3Pages: ...
    def generate_presigned_url(self, ClientMethod: str, Params: Mapping[str, str], ExpiresIn: int) -> str: ...  # noqa: N803  AWS's names


@dataclass(frozen=True, slots=True)
class S3Objects:
    """Files in an S3 bucket.

    Make the client with `Config(s3={"addressing_style": "virtual"})`: otherwise botocore signs links for the global
    endpoint, which redirects away from a young bucket and breaks the signature. The role needs `s3:ListBucket` beside
    `s3:GetObject` and `s3:PutObject`: without it S3 answers 403 for what is missing.
    """

    client: S3Client
    bucket: str

    def put(self, key: str, content: BinaryIO, *, content_type: str) -> Stored:
        """Keep a stream of up to 5 GB in one conditional request; see `Objects.put`."""
        _checked(key)
        with _rewindable(content) as body:
            start = body.tell()
            stored = _copied(key, body)
            for attempt in range(_PUT_ATTEMPTS):
                body.seek(start)
                try:
                    self._put_new(stored, body, content_type)
                except ClientError as error:
                    if _status(error) == 412:
                        self._refuse_other_bytes(stored)
                        break
                    # 409: a rival put or delete of this key was under way; S3 asks to try again.
                    if _status(error) != 409 or attempt == _PUT_ATTEMPTS - 1:
                        raise
                else:
                    break
        return stored

    def _put_new(self, stored: Stored, body: BinaryIO, content_type: str) -> None:
        checksum = bytes.fromhex(stored.sha256)
        self.client.put_object(
            Bucket=self.bucket,
            Key=stored.key,
            Body=body,
            ContentLength=stored.size,
            ContentType=content_type,
            IfNoneMatch="*",
            ChecksumSHA256=_base64(checksum),  # S3 refuses a body that changed on its way
            Metadata={"sha256": stored.sha256},
        )
