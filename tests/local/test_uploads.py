"""Files put to the local server by signed links: kept when they are what was announced, and nothing in their place when not."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chalicelib.storage.objects import FolderObjects, Stored
from local.files import Folder
from local.machine import OBJECTS_PATH, Machine
from local.server import Site, serving
from local.streetlight import signed_links, signed_uploads
from local.uploads import Uploads
from tests.local.calling import Answer, call

KEY = "evidence/entry.ssf-5-warwickshire.42.1f"
CONTENT = bytes(range(256)) * 8000


@dataclass(frozen=True, slots=True)
class Place:
    """A server in front of an object folder."""

    url: str
    objects: FolderObjects

    def link(self, *, minutes_ago: int = 0, content: bytes = CONTENT) -> str:
        announced = Stored(key=KEY, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        now = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        link = urlsplit(self.objects.upload(announced, content_type="image/png", seconds=900, now=now).url)
        return f"{link.path}?{link.query}"

    def put(self, link: str, content: bytes = CONTENT, content_type: str = "image/png") -> Answer:
        return call(self.url, link, method="PUT", body=content, headers={"Content-Type": content_type})


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    machine = Machine(folder=tmp_path)
    files = Folder(machine.objects, prefix=OBJECTS_PATH, guard=signed_links(machine))
    uploads = Uploads(signed_uploads(machine), prefix=OBJECTS_PATH, rest=files)
    with serving(Site({OBJECTS_PATH: uploads}, rest=files)) as url:
        yield Place(url, FolderObjects(machine.objects, machine.objects_url, machine.link_key().encode()))


def test_a_file_that_was_announced_is_kept_and_comes_back_by_a_link(place: Place) -> None:
    answer = place.put(place.link())

    assert (answer.status, answer.body) == (200, b"")
    opens = urlsplit(place.objects.link(KEY, seconds=60, now=datetime.now(UTC), filename="Lamp & post.png"))
    back = call(place.url, f"{opens.path}?{opens.query}")
    assert back.body == CONTENT
    assert back.headers["Content-Disposition"] == "attachment; filename=\"Lamp _ post.png\"; filename*=UTF-8''Lamp%20%26%20post.png"
    assert (back.type, back.headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")


@pytest.mark.parametrize(
    ("content", "content_type", "status", "why"),
    [
        (CONTENT[:-1], "image/png", 400, b"put the very bytes that were announced"),
        (CONTENT[:-1] + b"!", "image/png", 400, b"put the very bytes that were announced"),
        (CONTENT, "text/html", 400, b"put the very bytes that were announced"),
        (b"", "image/png", 400, b"put the very bytes that were announced"),
    ],
)
def test_another_file_than_the_announced_one_is_not_kept(place: Place, content: bytes, content_type: str, status: int, why: bytes) -> None:
    answer = place.put(place.link(), content, content_type)

    assert (answer.status, answer.type) == (status, "application/problem+json")
    assert why in answer.body
    assert list(place.objects.list("")) == []


def test_an_old_link_and_a_changed_one_keep_nothing(place: Place) -> None:
    old, changed = place.put(place.link(minutes_ago=20)), place.put(place.link().replace("size=2048000", "size=1"))

    assert (old.status, changed.status) == (403, 403)
    assert b"has expired" in old.body
    assert list(place.objects.list("")) == []


def test_nothing_is_put_in_the_place_of_another_file(place: Place) -> None:
    assert place.put(place.link()).status == 200

    assert place.put(place.link(content=b"other"), b"other").status == 412
    assert place.objects.get(KEY) == CONTENT


@pytest.mark.parametrize("path", ["/objects/", "/objects/../secret", "/objects/%2e%2e/secret", "/objects/evidence/x"])
def test_without_a_link_nothing_is_kept(place: Place, path: str) -> None:
    assert place.put(path).status == 403


def test_every_other_method_is_still_answered_by_the_folder(place: Place) -> None:
    answer = call(place.url, f"/objects/{KEY}", method="DELETE")

    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
