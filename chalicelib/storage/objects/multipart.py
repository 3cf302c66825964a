"""Files that are longer than one request to S3 takes: uploaded in parts, and put together where nothing is.

    create                    an upload, which nobody sees
    upload part 1, 2, 3 ...   8 MiB each, but the last; S3 checks the SHA-256 of each
    complete                  the file is there, whole, if nothing was there before; or it is not

What breaks off is given up; what is killed is cleared by the bucket's lifecycle rule some days later. The SHA-256 of the whole is
known only when the last part has been read, and S3 takes notes on a file when its upload is created: so none is noted, and whoever
wants to compare reads the file.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, TypedDict

from chalicelib.domain.errors import TooBusy
from chalicelib.domain.values import Struct
from chalicelib.storage.objects.contract import Stored

if TYPE_CHECKING:
    # botocore takes a quarter of a second to import: only who makes a client pays.
    from botocore.exceptions import ClientError

PART_BYTES = 8 * 1024 * 1024
"""S3 takes 10,000 parts of 5 MiB or more, but the last: so files may have 80 GB, and a run holds a few parts at a time."""

_TAKEN, _RIVALLED, _GONE = 412, 409, 404


class MultipartCreated(TypedDict):
    """What is used of S3's answer when an upload begins."""

    UploadId: str


class MultipartPart(TypedDict):
    """What is used of S3's answer to a part."""

    ETag: str


class MultipartClient(Protocol):
    """The calls made of botocore's S3 client."""

    def create_multipart_upload(self, **request: object) -> MultipartCreated: ...
    def upload_part(self, **request: object) -> MultipartPart: ...
    def complete_multipart_upload(self, **request: object) -> object: ...
    def abort_multipart_upload(self, **request: object) -> object: ...


def blocks(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in blocks of one size, but the last, which is never empty."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


class PlaceTaken(Exception):
    """Something is kept under the key already, or the upload is gone: what was `offered` is not kept."""

    def __init__(self, offered: Stored) -> None:
        super().__init__(offered.key)
        self.offered = offered


class Uploading(Struct, frozen=True):
    """Where a file is uploaded to in parts."""

    client: MultipartClient
    error: type[ClientError]
    bucket: str
    key: str

    def send(self, parts: Iterable[bytes], content_type: str) -> Stored:
        """Upload the parts, and put them together where nothing is. Otherwise nothing is kept.

        Raises PlaceTaken, TooBusy when a rival wrote the same key meanwhile, and what botocore raises.
        """
        created = self.client.create_multipart_upload(
            Bucket=self.bucket, Key=self.key, ContentType=content_type, ChecksumAlgorithm="SHA256"
        )
        upload = {"Bucket": self.bucket, "Key": self.key, "UploadId": created["UploadId"]}
        try:
            stored, sent = self._sent(upload, parts)
            self._complete(upload, sent, stored)
        except BaseException:
            with suppress(self.error):
                self.client.abort_multipart_upload(**upload)
            raise
        return stored

    def _sent(self, upload: Mapping[str, str], parts: Iterable[bytes]) -> tuple[Stored, list[dict[str, object]]]:
        digest, size, sent = hashlib.sha256(), 0, list[dict[str, object]]()
        for number, part in enumerate(parts, start=1):
            digest.update(part)
            size += len(part)
            checksum = base64.b64encode(hashlib.sha256(part).digest()).decode()
            answer = self.client.upload_part(**upload, PartNumber=number, Body=part, ChecksumSHA256=checksum)
            sent.append({"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": checksum})
        return Stored(key=self.key, size=size, sha256=digest.hexdigest()), sent

    def _complete(self, upload: Mapping[str, str], sent: list[dict[str, object]], stored: Stored) -> None:
        try:
            self.client.complete_multipart_upload(**upload, MultipartUpload={"Parts": sent}, IfNoneMatch="*")
        except self.error as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == _RIVALLED:
                raise TooBusy from error
            # Gone is what an upload is, too, that was completed by a request whose answer was lost.
            if status in (_TAKEN, _GONE):
                raise PlaceTaken(stored) from error
            raise
