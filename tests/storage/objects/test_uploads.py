"""Uploads past the app: what a link lets its holder put, and what it does not."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from chalicelib.domain.values import replace
from chalicelib.storage.objects import (
    FolderObjects,
    LinkRefused,
    NameUnusable,
    ObjectExists,
    Objects,
    S3Objects,
    Stored,
    Upload,
    UploadDiffers,
    attachment,
)
from tests.storage.objects.streams import HELLO_SHA256, MEGABYTE, put, trickle

NOW = datetime(2023, 11, 1, 9, 0, tzinfo=UTC)
KEY = "evidence/entry.ssf-5-warwickshire.42.1f"
HELLO = Stored(key=KEY, size=5, sha256=HELLO_SHA256)
PDF = "application/pdf"


def upload_of(objects: Objects, announced: Stored = HELLO) -> Upload:
    return objects.upload(announced, content_type=PDF, seconds=60, now=NOW)


def parts(upload: Upload) -> tuple[str, dict[str, str]]:
    """What follows the link's base, and its query."""
    link = urlsplit(upload.url)
    return link.path.removeprefix("/objects/"), {name: values[0] for name, values in parse_qs(link.query).items()}


def take(folder: FolderObjects, upload: Upload, content: bytes, content_type: str = PDF, now: datetime = NOW) -> Stored:
    path, query = parts(upload)
    return folder.take(path, urlencode(query), io.BytesIO(content), content_type=content_type, now=now)


def test_nothing_is_there_until_something_was_put(objects: Objects) -> None:
    assert upload_of(objects).method == "PUT"
    assert not objects.exists(KEY)


@pytest.mark.parametrize("seconds", [0, 604_801])
def test_an_upload_link_lasts_a_second_to_a_week(objects: Objects, seconds: int) -> None:
    with pytest.raises(ValueError, match="a link lasts 1 to 604800 seconds"):
        objects.upload(HELLO, content_type=PDF, seconds=seconds, now=NOW)


def test_nothing_can_be_put_where_no_key_leads(objects: Objects) -> None:
    with pytest.raises(NameUnusable):
        upload_of(objects, replace(HELLO, key="../a"))


def test_s3_is_made_to_check_size_type_bytes_and_an_empty_place(bucket: S3Objects) -> None:
    upload = upload_of(bucket)
    query = parse_qs(urlsplit(upload.url).query)

    # What a signature covers, S3 compares with what was sent; with the checksum it then compares the bytes.
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host;if-none-match;x-amz-checksum-sha256;x-amz-meta-sha256"]
    assert query["X-Amz-Expires"] == ["60"]
    assert upload.headers == {
        "Content-Type": "application/pdf",
        "If-None-Match": "*",
        "x-amz-checksum-sha256": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
        "x-amz-meta-sha256": HELLO_SHA256,
    }


def test_what_was_put_to_the_bucket_is_there_and_nothing_replaces_it(bucket: S3Objects) -> None:
    upload = upload_of(bucket)

    first = requests.put(upload.url, data=b"hello", headers=dict(upload.headers), timeout=5)
    second = requests.put(upload.url, data=b"other", headers=dict(upload.headers), timeout=5)

    assert (first.status_code, second.status_code) == (200, 412)
    assert bucket.get(KEY) == b"hello"
    assert put(bucket, KEY, b"hello") == HELLO


def test_what_was_put_to_the_folder_is_there_and_the_same_again_changes_nothing(folder: FolderObjects) -> None:
    upload = upload_of(folder)

    assert upload.headers == {"Content-Type": PDF}
    assert take(folder, upload, b"hello") == HELLO
    assert take(folder, upload, b"hello") == HELLO
    assert folder.get(KEY) == b"hello"


@pytest.mark.parametrize(
    ("content", "content_type"), [(b"hallo", PDF), (b"hell", PDF), (b"hello!", PDF), (b"", PDF), (b"hello", "text/html"), (b"hello", "")]
)
def test_the_folder_keeps_nothing_but_what_was_announced(folder: FolderObjects, content: bytes, content_type: str) -> None:
    with pytest.raises(UploadDiffers, match=f"Nothing was kept under {KEY}"):
        take(folder, upload_of(folder), content, content_type)

    assert not folder.exists(KEY)
    assert list(folder.root.rglob("*draft*")) == []


def test_an_upload_that_breaks_off_leaves_nothing(folder: FolderObjects) -> None:
    announced = Stored(key=KEY, size=3 * MEGABYTE, sha256=hashlib.sha256(bytes(3 * MEGABYTE)).hexdigest())
    path, query = parts(upload_of(folder, announced))

    with pytest.raises(ConnectionError):
        folder.take(path, urlencode(query), trickle(2, then_fails=True), content_type=PDF, now=NOW)

    assert list(folder.list("")) == []
    assert folder.take(path, urlencode(query), trickle(3), content_type=PDF, now=NOW) == announced


def test_the_folder_replaces_nothing(folder: FolderObjects) -> None:
    put(folder, KEY, b"other")

    with pytest.raises(ObjectExists):
        take(folder, upload_of(folder), b"hello")


def test_a_link_into_the_folder_takes_a_file_until_it_expires(folder: FolderObjects) -> None:
    with pytest.raises(LinkRefused, match="has expired"):
        take(folder, upload_of(folder), b"hello", now=NOW + timedelta(seconds=60))
    assert take(folder, upload_of(folder), b"hello", now=NOW + timedelta(seconds=59)) == HELLO


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "9999999999"},
        {"expires": "soon"},
        {"size": "6"},
        {"size": "many"},
        {"sha256": "0" * 64},
        {"type": "text/html"},
        {"signature": "0" * 64},
        {"signature": ""},
    ],
)
def test_an_upload_link_that_was_changed_is_refused(folder: FolderObjects, change: dict[str, str]) -> None:
    path, query = parts(upload_of(folder))

    with pytest.raises(LinkRefused, match="was not signed here, or was changed since"):
        folder.take(path, urlencode({**query, **change}), io.BytesIO(b"hello"), content_type=PDF, now=NOW)
    assert not folder.exists(KEY)


@pytest.mark.parametrize("path", ["", "evidence/other", f"/{KEY}", f"../{KEY}", f"PUT /{KEY}"])
def test_an_upload_link_leads_to_no_other_place(folder: FolderObjects, path: str) -> None:
    _, query = parts(upload_of(folder))

    with pytest.raises(LinkRefused):
        folder.take(path, urlencode(query), io.BytesIO(b"hello"), content_type=PDF, now=NOW)


def test_a_link_that_opens_a_file_puts_none_and_one_that_puts_opens_none(folder: FolderObjects) -> None:
    path, upload = parts(upload_of(folder))
    put(folder, KEY, b"hello")
    opens = urlsplit(folder.link(KEY, seconds=60, now=NOW, filename="a.pdf")).query

    with pytest.raises(LinkRefused):
        folder.take(path, opens, io.BytesIO(b"hello"), content_type=PDF, now=NOW)
    for disguise in (path, f"PUT /{path}"):
        with pytest.raises(LinkRefused):
            folder.check(disguise, urlencode({**upload, "filename": "\n".join((upload["size"], upload["sha256"], PDF))}), NOW)


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("Invoice 1041.pdf", 'attachment; filename="Invoice 1041.pdf"'),
        ("Smith & Co.pdf", "attachment; filename=\"Smith _ Co.pdf\"; filename*=UTF-8''Smith%20%26%20Co.pdf"),
        (
            "T\N{LATIN SMALL LETTER Y WITH CIRCUMFLEX}.pdf",
            "attachment; filename=\"Ty.pdf\"; filename*=UTF-8''T%C5%B7.pdf",
        ),
    ],
)
def test_a_download_keeps_the_name_that_people_gave_it(filename: str, header: str) -> None:
    assert attachment(filename) == header
    assert header.isascii()


def test_a_link_saves_a_file_under_a_name_in_any_script(objects: Objects) -> None:
    put(objects, KEY, b"hello")

    link = objects.link(KEY, seconds=60, now=NOW, filename="\N{CYRILLIC SMALL LETTER A}.pdf")

    assert link.isascii()
    assert "%D0%B0.pdf" in link or "%25D0%25B0.pdf" in link
