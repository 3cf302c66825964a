from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from local.answers import documents
from local.files import Folder, NotAllowed
from local.server import Site, serving
from tests.local.calling import call


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("outside")
    root = tmp_path / "objects"
    (root / "2024" / "empty").mkdir(parents=True)
    (root / "2024" / "index.html").write_text("<p>page</p>")
    (root / "2024" / "summary.csv").write_text("a,b\n")
    (root / "2024" / "a b.json").write_text("{}")
    (root / "2024" / "strange.exe").write_bytes(b"MZ")
    (root / ".hidden").write_text("hidden")
    (root / "way-out").symlink_to(tmp_path)
    return root


@pytest.fixture
def url(root: Path) -> Iterator[str]:
    def guard(key: str, query: str) -> Mapping[str, str]:
        if query != f"signed={key}":
            raise NotAllowed("This link is for another file.")
        return {"Content-Disposition": "attachment"}

    places = {"/published/": Folder(root, prefix="/published/"), "/objects/": Folder(root, prefix="/objects/", guard=guard)}
    with serving(Site({**places, **documents({"/keys.json": {"keys": []}})}, rest=Folder(root, prefix="/"))) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "type_", "body"),
    [
        ("/published/2024/", "text/html; charset=utf-8", b"<p>page</p>"),
        ("/published/2024/index.html", "text/html; charset=utf-8", b"<p>page</p>"),
        ("/published/2024/summary.csv", "text/csv; charset=utf-8", b"a,b\n"),
        ("/published/2024/a%20b.json", "application/json", b"{}"),
        ("/published/2024/strange.exe", "application/octet-stream", b"MZ"),
        ("/2024/summary.csv", "text/csv; charset=utf-8", b"a,b\n"),
        ("/objects/2024/summary.csv?signed=2024/summary.csv", "text/csv; charset=utf-8", b"a,b\n"),
        ("/keys.json", "application/json", b'{"keys": []}'),
    ],
)
def test_a_file_is_served_with_its_type(url: str, path: str, type_: str, body: bytes) -> None:
    answer = call(url, path)

    assert (answer.status, answer.type, answer.body) == (200, type_, body)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize("path", ["/published/2024/summary.csv", "/keys.json"])
def test_head_tells_what_get_would(url: str, path: str) -> None:
    got, told = call(url, path), call(url, path, method="HEAD")

    assert (told.status, told.body) == (200, b"")
    assert told.headers["Content-Length"] == got.headers["Content-Length"]


@pytest.mark.parametrize(
    "path",
    [
        "/published/nothing.csv",
        "/published/",
        "/published/2024/empty/",
        "/published/../secret.txt",
        "/published/%2e%2e/secret.txt",
        "/published/..%2fsecret.txt",
        "/published/2024/../../secret.txt",
        "/published/2024//summary.csv",
        "/published//etc/passwd",
        "/published/%2fetc/passwd",
        "/published/..%5csecret.txt",
        "/published/2024%00/summary.csv",
        "/published/.hidden",
        "/published/way-out/secret.txt",
    ],
)
def test_what_is_not_there_or_not_inside_is_not_found(url: str, path: str) -> None:
    answer = call(url, path)

    assert (answer.status, answer.type) == (404, "application/problem+json")


@pytest.mark.parametrize("query", ["", "?signed=", "?signed=2024/index.html"])
def test_a_link_opens_only_the_file_it_was_signed_for(url: str, query: str) -> None:
    answer = call(url, f"/objects/2024/summary.csv{query}")

    assert (answer.status, answer.type) == (403, "application/problem+json")
    assert b"This link is for another file." in answer.body


def test_the_guards_headers_go_with_the_file(url: str) -> None:
    answer = call(url, "/objects/2024/summary.csv?signed=2024/summary.csv")

    assert answer.headers["Content-Disposition"] == "attachment"


@pytest.mark.parametrize("path", ["/published/2024/summary.csv", "/keys.json"])
def test_nothing_can_be_written(url: str, path: str) -> None:
    answer = call(url, path, method="PUT", body=b"x")

    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_a_folder_without_its_slash_leads_to_the_one_with_it(url: str) -> None:
    answer = call(url, "/published/2024")

    assert (answer.status, answer.headers["Location"]) == (308, "/published/2024/")


def test_a_file_larger_than_a_buffer_arrives_whole(url: str, root: Path) -> None:
    content = bytes(range(256)) * 4000
    (root / "large.bin").write_bytes(content)

    assert call(url, "/published/large.bin").body == content


def test_an_absolute_address_is_read_as_its_path(url: str) -> None:
    assert call(url, f"{url}/published/2024/summary.csv").status == 200
