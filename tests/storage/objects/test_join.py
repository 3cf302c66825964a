"""Files that are put together of what follows one another: one contract, kept by a bucket's uploads in parts and by a folder."""

import hashlib
import os
import signal
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import pytest
from botocore.exceptions import ClientError

from chalicelib.domain.errors import TooBusy
from chalicelib.storage.objects import FolderObjects, NameUnusable, ObjectExists, Objects, S3Client, S3Objects, Stored
from chalicelib.storage.objects.multipart import PlaceTaken, blocks
from tests.storage.objects.streams import HELLO_SHA256, KEY, MEGABYTE, put
from tests.storage.objects.test_bucket import refused


def join(objects: Objects, *chunks: bytes) -> Stored:
    return objects.join(KEY, chunks, content_type="text/csv")


def long(megabytes: int = 17) -> Iterator[bytes]:
    """So many megabytes, no two of them the same: without being told two whole parts of an upload, and some of a third."""
    return (bytes([number]) * MEGABYTE for number in range(megabytes))


def test_what_follows_one_another_is_kept_as_one_file(objects: Objects) -> None:
    assert join(objects, b"he", b"", b"l", b"lo") == Stored(key=KEY, size=5, sha256=HELLO_SHA256)
    assert objects.get(KEY) == b"hello"


def test_nothing_at_all_is_a_file(objects: Objects) -> None:
    assert join(objects).size == 0
    assert objects.get(KEY) == b""


@pytest.mark.parametrize("megabytes", [7, 8, 9, 16, 40])
def test_a_long_file_is_kept_whole(objects: Objects, megabytes: int) -> None:
    stored = objects.join(KEY, long(megabytes), content_type="text/csv")

    content = objects.get(KEY)
    assert content == b"".join(long(megabytes))
    assert stored == Stored(key=KEY, size=megabytes * MEGABYTE, sha256=hashlib.sha256(content).hexdigest())


def test_the_same_again_succeeds_quietly(objects: Objects) -> None:
    first = objects.join(KEY, long(), content_type="text/csv")

    assert objects.join(KEY, long(), content_type="text/csv") == first
    assert join(objects, objects.get(KEY)) == first


def test_other_bytes_never_replace_a_file(objects: Objects) -> None:
    put(objects, KEY, b"hello")

    for chunks in (iter((b"other",)), long()):
        with pytest.raises(ObjectExists) as refusal:
            objects.join(KEY, chunks, content_type="text/csv")
        assert refusal.value.kept_sha256 == HELLO_SHA256
    assert objects.get(KEY) == b"hello"


@pytest.mark.parametrize("megabytes", [0, 1, 9, 17])
def test_what_fails_half_way_leaves_nothing(objects: Objects, megabytes: int) -> None:
    def breaking_off() -> Iterator[bytes]:
        yield from long(megabytes)
        raise ConnectionError("the source went away")

    with pytest.raises(ConnectionError):
        objects.join(KEY, breaking_off(), content_type="text/csv")

    assert not objects.exists(KEY)
    assert list(objects.list("")) == []
    assert unfinished(objects) == 0


def unfinished(objects: Objects) -> int:
    """How many uploads, or drafts, are left over."""
    if isinstance(objects, S3Objects):
        uploads = objects.client.list_multipart_uploads(Bucket=objects.bucket)  # type: ignore[attr-defined]  # the owner's client has it
        return len(uploads.get("Uploads", ()))
    assert isinstance(objects, FolderObjects)
    return len(list(objects.root.rglob(".draft-*")))


def test_nobody_sees_a_long_file_before_it_is_whole(objects: Objects) -> None:
    seen: list[bool] = []

    def looking() -> Iterator[bytes]:
        for chunk in long():
            seen.append(objects.exists(KEY))
            yield chunk

    objects.join(KEY, looking(), content_type="text/csv")

    assert seen == [False] * 17
    assert objects.exists(KEY)


def test_a_key_that_could_lead_astray_is_refused(objects: Objects) -> None:
    with pytest.raises(NameUnusable):
        objects.join("../a", (b"hello",), content_type="text/csv")


def test_a_process_killed_on_the_way_leaves_no_file(folder: FolderObjects) -> None:
    def killed() -> Iterator[bytes]:
        yield from long(3)
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:  # pragma: no cover  it does not live to tell
        folder.join(KEY, killed(), content_type="text/csv")
    assert os.waitpid(child, 0)[1] == signal.SIGKILL

    assert not folder.exists(KEY)
    assert join(folder, b"hello").sha256 == HELLO_SHA256


@dataclass
class Answering:
    """Completes an upload as it is told, and hands everything else to a true client."""

    client: S3Client
    answer: ClientError
    completes_first: bool = False
    parts: list[dict[str, object]] = field(default_factory=list)

    def upload_part(self, **request: object) -> object:
        self.parts.append(request)
        return self.client.upload_part(**request)

    def complete_multipart_upload(self, **request: object) -> object:
        if self.completes_first:
            self.client.complete_multipart_upload(**request)
        raise self.answer

    def __getattr__(self, name: str) -> object:
        return getattr(self.client, name)


def answering(bucket: S3Objects, status: int, *, completes_first: bool = False) -> S3Objects:
    client = Answering(bucket.client, refused(status), completes_first)
    return S3Objects(cast("S3Client", client), bucket.bucket)


def test_an_upload_that_met_a_rival_is_given_up(bucket: S3Objects) -> None:
    with pytest.raises(TooBusy):
        answering(bucket, 409).join(KEY, long(), content_type="text/csv")

    assert (bucket.exists(KEY), unfinished(bucket)) == (False, 0)


@pytest.mark.parametrize("status", [404, 412])
def test_a_lost_answer_that_is_asked_for_again_is_no_failure(bucket: S3Objects, status: int) -> None:
    stored = answering(bucket, status, completes_first=True).join(KEY, long(), content_type="text/csv")

    assert hashlib.sha256(bucket.get(KEY)).hexdigest() == stored.sha256


def test_an_upload_that_is_gone_is_not_taken_for_success(bucket: S3Objects) -> None:
    with pytest.raises(PlaceTaken):
        answering(bucket, 404).join(KEY, long(), content_type="text/csv")


def test_what_s3_forbids_is_not_taken_for_success(bucket: S3Objects) -> None:
    with pytest.raises(ClientError):
        answering(bucket, 403).join(KEY, long(), content_type="text/csv")
    assert unfinished(bucket) == 0


def test_s3_checks_the_bytes_of_every_part(bucket: S3Objects) -> None:
    client = Answering(bucket.client, refused(403))
    with pytest.raises(ClientError):
        S3Objects(cast("S3Client", client), bucket.bucket).join(KEY, long(17), content_type="text/csv")

    assert [(part["PartNumber"], len(cast("bytes", part["Body"]))) for part in client.parts] == [
        (1, 8 * MEGABYTE),
        (2, 8 * MEGABYTE),
        (3, MEGABYTE),
    ]
    assert client.parts[2]["ChecksumSHA256"] == "kweC0HLEYdLUbSbYJ9Y3AW0sXc+0uVQPK65ycZFt7aY="


@pytest.mark.parametrize(
    ("chunks", "given"),
    [
        ((), []),
        ((b"",), []),
        ((b"ab", b"c"), [b"abc"]),
        ((b"abcd",), [b"abcd"]),
        ((b"ab", b"cdefghi", b"j"), [b"abcd", b"efgh", b"ij"]),
    ],
)
def test_blocks_are_of_one_size_but_the_last(chunks: tuple[bytes, ...], given: list[bytes]) -> None:
    assert list(blocks(chunks, 4)) == given


class Drain:
    """An S3 that takes every part and keeps none."""

    class exceptions:  # noqa: N801  botocore's own name
        ClientError = ClientError

    def head_object(self, **_: object) -> object:
        raise ClientError({"Error": {"Code": "404"}}, "HeadObject")

    def create_multipart_upload(self, **_: object) -> dict[str, str]:
        return {"UploadId": "1"}

    def upload_part(self, **_: object) -> dict[str, str]:
        return {"ETag": "etag"}

    def complete_multipart_upload(self, **_: object) -> object:
        return {}


@pytest.mark.parametrize("kind", ["bucket", "folder"])
def test_a_long_file_is_put_together_in_flat_memory(kind: str, folder: FolderObjects) -> None:
    objects: Objects = folder if kind == "folder" else S3Objects(cast("S3Client", Drain()), "streetlight")

    tracemalloc.start()
    stored = objects.join(KEY, long(160), content_type="text/csv")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert stored.size == 160 * MEGABYTE
    assert peak < 60 * MEGABYTE
