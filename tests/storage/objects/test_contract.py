"""Files: one contract, kept by an S3 bucket and by a folder."""

import hashlib
import io
import tracemalloc
from datetime import UTC, datetime
from typing import BinaryIO, cast

import pytest

from chalicelib.domain.errors import Conflict, NotFound, Refused
from chalicelib.storage.objects import (
    FolderObjects,
    NameUnusable,
    ObjectExists,
    ObjectMissing,
    Objects,
    S3Client,
    S3Objects,
    Stored,
    attachment,
)
from tests.storage.objects.streams import HELLO_SHA256, KEY, MEGABYTE, OTHER_SHA256, put, trickle

NOW = datetime(2023, 11, 1, 9, 0, tzinfo=UTC)


def test_what_was_put_can_be_had_back(objects: Objects) -> None:
    stored = put(objects, KEY, b"hello")

    assert stored == Stored(key=KEY, size=5, sha256=HELLO_SHA256)
    assert objects.get(KEY) == b"hello"
    assert objects.exists(KEY)


def test_a_file_can_be_read_as_a_stream(objects: Objects) -> None:
    put(objects, KEY, b"on,pence\n2023-11-01,400000\n")

    with objects.open(KEY) as content:
        assert content.read(3) == b"on,"
        assert content.readline() == b"pence\n"
        assert list(content) == [b"2023-11-01,400000\n"]


def test_an_empty_file_is_a_file(objects: Objects) -> None:
    assert put(objects, KEY, b"").size == 0
    assert objects.exists(KEY)
    assert objects.get(KEY) == b""


def test_putting_the_same_bytes_again_succeeds_quietly(objects: Objects) -> None:
    assert put(objects, KEY, b"hello") == put(objects, KEY, b"hello")


def test_other_bytes_never_replace_a_file(objects: Objects) -> None:
    put(objects, KEY, b"hello")

    with pytest.raises(ObjectExists) as refusal:
        put(objects, KEY, b"other")

    assert isinstance(refusal.value, Conflict)
    assert refusal.value.members == {"key": KEY, "kept_sha256": HELLO_SHA256, "offered_sha256": OTHER_SHA256}
    assert HELLO_SHA256 in refusal.value.detail
    assert objects.get(KEY) == b"hello"


def test_a_stream_that_cannot_be_rewound_is_kept_whole(objects: Objects) -> None:
    stored = objects.put(KEY, trickle(3), content_type="application/octet-stream")

    assert stored.size == 3 * MEGABYTE
    assert stored.sha256 == hashlib.sha256(objects.get(KEY)).hexdigest()


def test_what_is_left_of_a_half_read_stream_is_kept(objects: Objects) -> None:
    content = io.BytesIO(b"heading,hello")
    content.seek(8)

    assert objects.put(KEY, content, content_type="text/csv").sha256 == HELLO_SHA256
    assert objects.get(KEY) == b"hello"


def test_a_put_that_fails_half_way_leaves_nothing(objects: Objects) -> None:
    with pytest.raises(ConnectionError):
        objects.put(KEY, trickle(3, then_fails=True), content_type="text/csv")

    assert not objects.exists(KEY)
    assert list(objects.list("")) == []
    assert put(objects, KEY, b"hello").size == 5


def test_what_is_missing_is_said_to_be(objects: Objects) -> None:
    assert not objects.exists(KEY)
    for use in (
        lambda: objects.get(KEY),
        lambda: objects.open(KEY),
        lambda: objects.link(KEY, seconds=60, now=NOW, filename="summary.csv"),
    ):
        with pytest.raises(ObjectMissing, match=f"Nothing is kept under {KEY}") as refusal:
            use()
        assert isinstance(refusal.value, NotFound)


def test_a_folder_of_files_is_not_a_file(objects: Objects) -> None:
    put(objects, "a/b", b"hello")

    assert not objects.exists("a")
    assert not objects.exists("a/b/c")
    for key in ("a", "a/b/c"):
        with pytest.raises(ObjectMissing):
            objects.get(key)


def test_keys_are_listed_in_one_order_everywhere(objects: Objects) -> None:
    for key in ("a/b/2.csv", "a/b/10.csv", "a/b-1.csv", "a/b.csv", "a/B.csv", "c"):
        put(objects, key, b"hello")

    assert list(objects.list("")) == ["a/B.csv", "a/b-1.csv", "a/b.csv", "a/b/10.csv", "a/b/2.csv", "c"]
    assert list(objects.list("a/b")) == ["a/b-1.csv", "a/b.csv", "a/b/10.csv", "a/b/2.csv"]
    assert list(objects.list("a/b/")) == ["a/b/10.csv", "a/b/2.csv"]
    assert list(objects.list("nothing/here/")) == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        "../a",
        "a/../b",
        "..",
        ".",
        "a/./b",
        ".hidden",
        "a/.hidden/b",
        "a..b",
        "a b",
        "a\\b",
        "a\n",
        "a\0",
        "a%2e",
        "a?b",
        "caf\N{LATIN SMALL LETTER E WITH ACUTE}",
        "a" * 201,
        "a/" * 10 + "a",
    ],
)
def test_a_key_that_could_lead_astray_is_refused_by_every_method(objects: Objects, key: str) -> None:
    for use in (
        lambda: put(objects, key, b"hello"),
        lambda: objects.get(key),
        lambda: objects.open(key),
        lambda: objects.exists(key),
        lambda: objects.link(key, seconds=60, now=NOW, filename="summary.csv"),
    ):
        with pytest.raises(NameUnusable) as refusal:
            use()
        assert isinstance(refusal.value, Refused)
        assert refusal.value.name == key


@pytest.mark.parametrize("prefix", ["/", "../", "a//", ".hidden", "a b"])
def test_a_prefix_that_could_lead_astray_is_refused_at_once(objects: Objects, prefix: str) -> None:
    with pytest.raises(NameUnusable):
        objects.list(prefix)


@pytest.mark.parametrize("filename", ["", ".csv", 'a".csv', "a\r\nSet-Cookie: b", "../a", "a/b", "a;b"])
def test_a_download_cannot_have_a_name_that_changes_its_header(objects: Objects, filename: str) -> None:
    put(objects, KEY, b"hello")

    with pytest.raises(NameUnusable):
        objects.link(KEY, seconds=60, now=NOW, filename=filename)


@pytest.mark.parametrize("seconds", [0, -1, 604_801])
def test_a_link_lasts_a_second_to_a_week(objects: Objects, seconds: int) -> None:
    put(objects, KEY, b"hello")

    with pytest.raises(ValueError, match="a link lasts 1 to 604800 seconds"):
        objects.link(KEY, seconds=seconds, now=NOW, filename="summary.csv")


def test_a_download_is_saved_and_never_shown() -> None:
    assert attachment("Spend 2023-24 (Q1).csv") == 'attachment; filename="Spend 2023-24 (Q1).csv"'


class Drain:
    """An S3 that reads what it is sent and keeps nothing."""

    def put_object(self, **request: object) -> object:
        while cast("BinaryIO", request["Body"]).read(MEGABYTE):
            pass
        return {}


@pytest.mark.parametrize("kind", ["bucket", "folder"])
def test_a_large_file_is_put_in_flat_memory(kind: str, folder: FolderObjects) -> None:
    objects: Objects = folder if kind == "folder" else S3Objects(cast("S3Client", Drain()), "streetlight")

    tracemalloc.start()
    stored = objects.put(KEY, trickle(40), content_type="application/octet-stream")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert stored.size == 40 * MEGABYTE
    assert peak < 12 * MEGABYTE
