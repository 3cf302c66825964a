"""Files in an S3 bucket."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypedDict, cast

from chalicelib.domain.errors import TooBusy
from chalicelib.domain.values import Struct
from chalicelib.storage.objects.contract import (
    ObjectExists,
    ObjectMissing,
    Stored,
    Upload,
    attachment,
    checked_key,
    checked_prefix,
    checked_span,
    measured,
    measured_chunks,
)
from chalicelib.storage.objects.multipart import PART_BYTES, MultipartClient, PlaceTaken, Uploading, blocks

if TYPE_CHECKING:
    # botocore takes a quarter of a second to import: only who makes a client pays.
    from botocore.exceptions import ClientError

_PUT_ATTEMPTS = 3
_SPOOL_BYTES = 8 * 1024 * 1024
_TAKEN, _RIVALLED = 412, 409


class S3Head(TypedDict):
    """What is used of S3's answer about one object."""

    Metadata: Mapping[str, str]


class S3Body(TypedDict):
    """What is used of S3's answer with one object in it."""

    Body: io.RawIOBase


class S3Listed(TypedDict):
    """One object in a page of S3's list."""

    Key: str


class S3Page(TypedDict, total=False):
    """One page of S3's list; an empty page has no `Contents`."""

    Contents: list[S3Listed]


class S3Pages(Protocol):
    """What turns the pages of S3's list."""

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterable[S3Page]: ...  # noqa: N803  AWS's own names, here and below


class S3Errors(Protocol):
    """What botocore's S3 client raises."""

    @property
    def ClientError(self) -> type[ClientError]: ...  # noqa: N802


class S3Client(MultipartClient, Protocol):
    """The calls made of botocore's S3 client, which makes its methods at run time and so has no types of its own."""

    @property
    def exceptions(self) -> S3Errors: ...
    def put_object(self, **request: object) -> object: ...
    def head_object(self, *, Bucket: str, Key: str) -> S3Head: ...  # noqa: N803
    def get_object(self, *, Bucket: str, Key: str) -> S3Body: ...  # noqa: N803
    def get_paginator(self, operation_name: str) -> S3Pages: ...
    def generate_presigned_url(self, ClientMethod: str, *, Params: Mapping[str, object], ExpiresIn: int) -> str: ...  # noqa: N803


def s3_client(*, region: str) -> S3Client:
    """A client whose signed links lead straight to the bucket's region. It is thread safe: make one, and share it."""
    from botocore.config import Config  # noqa: PLC0415

    from chalicelib.storage.sessions import new_session  # noqa: PLC0415

    config = Config(
        # Otherwise links are signed for the global endpoint, which redirects a young bucket's readers to a host
        # where the signature is wrong.
        s3={"addressing_style": "virtual"},
        retries={"mode": "standard", "total_max_attempts": 3},
        connect_timeout=2,
        read_timeout=30,
    )
    return cast("S3Client", new_session().create_client("s3", region, config=config))


def s3_client_on_first_use(*, region: str) -> S3Client:
    """The same client, made when it is first asked for something: most requests never do."""
    return cast("S3Client", _OnFirstUse(lambda: s3_client(region=region)))


class _OnFirstUse:
    """Stands for a client that is still to be made. Two threads may make one each: the last stays, and either serves."""

    def __init__(self, make: Callable[[], S3Client]) -> None:
        self._made = cache(make)

    def __getattr__(self, name: str) -> object:
        return getattr(self._made(), name)


class S3Objects(Struct, frozen=True):
    """Files in an S3 bucket; see `Objects` for what the methods promise.

    The role needs `s3:ListBucket` beside `s3:GetObject` and `s3:PutObject`: without it S3 answers 403, not 404, for
    what is missing.
    """

    client: S3Client
    bucket: str
    part_bytes: int = PART_BYTES

    def put(self, key: str, content: BinaryIO, *, content_type: str) -> Stored:
        """Keep a stream of up to 5 GB, in one conditional request.

        Raises ObjectExists, and TooBusy when rivals kept writing the same key.
        """
        checked_key(key)
        with _rewindable(content) as body:
            stored = measured(key, body)
            if not self._put_new(stored, body, content_type):
                self._refuse_other_bytes(stored)
        return stored

    def join(self, key: str, chunks: Iterable[bytes], *, content_type: str) -> Stored:
        """Keep bytes as they come: what fits one part in one request, and more in an upload of parts, a few of which are held at a time.

        Raises ObjectExists, and TooBusy when a rival wrote the same key meanwhile.
        """
        if self.exists(key):
            stored = measured_chunks(key, chunks)
            self._refuse_other_bytes(stored)
            return stored
        parts = blocks(chunks, self.part_bytes)
        first = next(parts, b"")
        if len(first) < self.part_bytes:
            return self.put(key, io.BytesIO(first), content_type=content_type)
        try:
            return Uploading(self.client, self.client.exceptions.ClientError, self.bucket, key).send(chain((first,), parts), content_type)
        except PlaceTaken as taken:
            if not self.exists(key):
                raise
            self._refuse_other_bytes(taken.offered)
            return taken.offered

    def get(self, key: str) -> bytes:
        """The whole file."""
        with self.open(key) as content:
            return content.read()

    def open(self, key: str) -> BinaryIO:
        """The file as a stream from the network."""
        with self._missing(checked_key(key)):
            return io.BufferedReader(self.client.get_object(Bucket=self.bucket, Key=key)["Body"])

    def exists(self, key: str) -> bool:
        """Whether anything is kept under the key."""
        try:
            self._kept_sha256(checked_key(key))
        except ObjectMissing:
            return False
        return True

    def list(self, prefix: str) -> Iterator[str]:
        """The keys under a prefix, in S3's own order, a page of 1,000 at a time."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=checked_prefix(prefix))
        return (listed["Key"] for page in pages for listed in page.get("Contents", ()))

    def link(self, key: str, *, seconds: int, now: datetime, filename: str) -> str:
        """A presigned GET. botocore signs by its own clock, so `now` is not asked; it dies with the role's session, if sooner."""
        del now
        disposition, span = attachment(filename), checked_span(seconds)
        self._kept_sha256(checked_key(key))
        wanted = {"Bucket": self.bucket, "Key": key, "ResponseContentDisposition": disposition}
        return self.client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=span)

    def upload(self, announced: Stored, *, content_type: str, seconds: int, now: datetime) -> Upload:
        """A presigned PUT, whose signature covers all that S3 then holds the request to: size, type, SHA-256, an empty place.

        A presigned POST could promise a range of sizes, and not that nothing is replaced. The link dies with the role's session.
        """
        del now  # as for `link`
        checked_key(announced.key)
        url = self.client.generate_presigned_url(
            "put_object", Params={"Bucket": self.bucket, **_only_new(announced, content_type)}, ExpiresIn=checked_span(seconds)
        )
        # The signature covers these headers and Content-Length, which every client sends by itself.
        headers = {
            "Content-Type": content_type,
            "If-None-Match": "*",
            "x-amz-checksum-sha256": _in_base64(announced.sha256),
            "x-amz-meta-sha256": announced.sha256,
        }
        return Upload(method="PUT", url=url, headers=headers)

    def _put_new(self, stored: Stored, body: BinaryIO, content_type: str) -> bool:
        """Put a body where nothing is; False when something is there."""
        for _ in range(_PUT_ATTEMPTS):
            body.seek(0)
            try:
                self.client.put_object(Bucket=self.bucket, Body=body, **_only_new(stored, content_type))
            except self.client.exceptions.ClientError as error:
                if _status(error) == _TAKEN:
                    return False
                if _status(error) != _RIVALLED:
                    raise
            else:
                return True
        raise TooBusy

    def _refuse_other_bytes(self, offered: Stored) -> None:
        kept_sha256 = self._kept_sha256(offered.key) or self._measured_sha256(offered.key)
        if kept_sha256 != offered.sha256:
            raise ObjectExists(key=offered.key, kept_sha256=kept_sha256, offered_sha256=offered.sha256)

    def _measured_sha256(self, key: str) -> str:
        with self.open(key) as content:
            return measured(key, content).sha256

    def _kept_sha256(self, key: str) -> str:
        """The SHA-256 noted at the put: no download. Empty for an object that something else put there. Raises ObjectMissing."""
        with self._missing(key):
            return self.client.head_object(Bucket=self.bucket, Key=key)["Metadata"].get("sha256", "")

    @contextmanager
    def _missing(self, key: str) -> Iterator[None]:
        try:
            yield
        except self.client.exceptions.ClientError as error:
            # Not every 404: a bucket that is missing is a fault of the deployment. To a HEAD, S3 tells the status alone.
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                raise ObjectMissing(key) from None
            raise


def _only_new(stored: Stored, content_type: str) -> dict[str, object]:
    """A put of this file that S3 refuses when the bytes changed on their way, or when the key holds something."""
    return {
        "Key": stored.key,
        "ContentLength": stored.size,
        "ContentType": content_type,
        "ChecksumSHA256": _in_base64(stored.sha256),
        "Metadata": {"sha256": stored.sha256},
        "IfNoneMatch": "*",
    }


def _in_base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()


@contextmanager
def _rewindable(content: BinaryIO) -> Iterator[BinaryIO]:
    """The stream itself, or a copy on disk of one that cannot be read twice from position 0, where botocore's retries start."""
    if content.seekable() and content.tell() == 0:
        yield content
        return
    import shutil  # noqa: PLC0415  slow to import, and hardly ever needed
    import tempfile  # noqa: PLC0415

    with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as copy:
        shutil.copyfileobj(content, copy)
        copy.seek(0)
        yield cast("BinaryIO", copy)


def _status(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]
