"""What is the folder's own: drafts, crashes, rivals and signed links."""

import io
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from chalicelib.domain.errors import Forbidden
from chalicelib.storage.objects import FolderObjects, LinkRefused, NameUnusable, ObjectExists
from tests.storage.objects.streams import HELLO_SHA256, KEY, put

NOW = datetime(2023, 11, 1, 9, 0, tzinfo=UTC)


def test_nobody_sees_a_file_before_it_is_whole(folder: FolderObjects) -> None:
    class Looking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            seen.append((folder.exists(KEY), list(folder.list(""))))
            return super().read(size)

    seen: list[tuple[bool, list[str]]] = []
    folder.put(KEY, Looking(b"hello"), content_type="text/csv")

    assert seen == [(False, []), (False, [])]
    assert [path.name for path in (folder.root / KEY).parent.iterdir()] == ["summary.csv"]


def test_a_process_killed_in_the_middle_of_a_put_leaves_no_file(folder: FolderObjects) -> None:
    script = """
import io, os, pathlib, signal, sys
from chalicelib.storage.objects import FolderObjects

class Killer(io.BytesIO):
    def read(self, size=-1):
        return super().read(5) or os.kill(os.getpid(), signal.SIGKILL)

FolderObjects(pathlib.Path(sys.argv[1]), "", bytes(32)).put(sys.argv[2], Killer(b"hello"), content_type="text/csv")
"""
    command = [sys.executable, "-c", script, str(folder.root), KEY]
    ended = subprocess.run(command, env={"PYTHONPATH": os.pathsep.join(sys.path)}, check=False)

    assert ended.returncode == -signal.SIGKILL
    assert [path.name.startswith(".draft-") for path in (folder.root / KEY).parent.iterdir()] == [True]
    assert not folder.exists(KEY)
    assert list(folder.list("")) == []
    assert put(folder, KEY, b"hello").sha256 == HELLO_SHA256


def test_of_many_writers_of_one_key_exactly_one_wins(folder: FolderObjects) -> None:
    def write(number: int) -> bool:
        try:
            put(folder, KEY, b"%d" % number)
        except ObjectExists:
            return False
        return True

    with ThreadPoolExecutor(8) as writers:
        won = list(writers.map(write, range(8)))

    assert won.count(True) == 1
    assert folder.get(KEY) == b"%d" % won.index(True)


def test_a_folder_cannot_hold_a_file_and_files_below_it(folder: FolderObjects) -> None:
    put(folder, "a/b", b"hello")

    for key in ("a", "a/b/c", "a/b/c/d"):
        with pytest.raises(NameUnusable, match="already, so choose another"):
            put(folder, key, b"hello")


def signed(folder: FolderObjects, *, seconds: int = 60) -> tuple[str, dict[str, str]]:
    put(folder, KEY, b"hello")
    link = urlsplit(folder.link(KEY, seconds=seconds, now=NOW, filename="Spend so far.csv"))
    assert f"{link.scheme}://{link.netloc}{link.path}" == f"http://127.0.0.1:8000/objects/{KEY}"
    return KEY, {name: values[0] for name, values in parse_qs(link.query).items()}


def test_a_link_into_the_folder_opens_its_file_until_it_expires(folder: FolderObjects) -> None:
    path, query = signed(folder, seconds=60)

    assert query["filename"] == "Spend so far.csv"
    assert folder.check(path, urlencode(query), NOW) == KEY
    assert folder.check(path, urlencode(query), NOW + timedelta(seconds=59)) == KEY
    with pytest.raises(LinkRefused, match="The link has expired: ask for a new one") as refusal:
        folder.check(path, urlencode(query), NOW + timedelta(seconds=60))
    assert isinstance(refusal.value, Forbidden)


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "9999999999"},
        {"expires": "soon"},
        {"expires": ""},
        {"filename": "other.csv"},
        {"filename": "\N{SNOWMAN}"},
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "\N{SNOWMAN}"},
    ],
)
def test_a_link_that_was_changed_is_refused(folder: FolderObjects, change: dict[str, str]) -> None:
    path, query = signed(folder)

    with pytest.raises(LinkRefused, match="was not signed here, or was changed since"):
        folder.check(path, urlencode({**query, **change}), NOW)


@pytest.mark.parametrize("path", ["", "other.csv", f"/{KEY}", f"../{KEY}", "publications/0000000003/../0000000003/summary.csv"])
def test_a_link_opens_no_other_file(folder: FolderObjects, path: str) -> None:
    _, query = signed(folder)

    with pytest.raises(LinkRefused):
        folder.check(path, urlencode(query), NOW)


@pytest.mark.parametrize("query", ["", "&&&", "signature=%ff", "signature=\udcff", "expires=1&" * 500])
def test_a_link_without_its_signature_is_refused(folder: FolderObjects, query: str) -> None:
    put(folder, KEY, b"hello")

    with pytest.raises(LinkRefused):
        folder.check(KEY, query, NOW)


def test_a_link_signed_with_another_key_is_refused(folder: FolderObjects) -> None:
    path, query = signed(folder)
    stranger = FolderObjects(folder.root, folder.link_base, b"another sixteen bytes")

    with pytest.raises(LinkRefused):
        stranger.check(path, urlencode(query), NOW)


def test_a_signing_key_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs 16 bytes or more, not 6"):
        FolderObjects(tmp_path, "", b"secret")


def test_the_signing_key_is_never_printed(folder: FolderObjects) -> None:
    assert "sixteen" not in repr(folder)
