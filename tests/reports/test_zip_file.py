"""ZIP files: the same bytes for the same files, and as a stream that holds no copy of them."""

import tracemalloc
from io import SEEK_END, BytesIO
from zipfile import ZipFile

import pytest

from chalicelib.reports.zip_file import unzipped, zipped, zipped_stream

FILES = {"b.csv": b"one,two\r\n" * 1_000, "a/index.html": b"<p>Streets</p>", "empty.txt": b""}


def test_a_stream_gives_the_bytes_of_the_file_however_it_is_read() -> None:
    whole = zipped(FILES)

    assert unzipped(whole) == FILES
    with ZipFile(BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a/index.html", "b.csv", "empty.txt"]
    for size in (1, 7, 4_096):
        stream = zipped_stream(FILES)
        assert b"".join(iter(lambda stream=stream, size=size: stream.read(size), b"")) == whole  # type: ignore[misc]  # bound early


def test_a_stream_can_be_read_again_from_anywhere() -> None:
    stream, whole = zipped_stream(FILES), zipped(FILES)

    assert stream.read() == whole
    assert stream.seek(0) == 0
    assert stream.read(100) == whole[:100]
    assert stream.seek(-10, SEEK_END) == len(whole) - 10
    assert stream.read() == whole[-10:]


def test_a_stream_takes_no_memory_beside_the_files() -> None:
    large = {f"{number}.csv": bytes(1_000_000) for number in range(20)}
    tracemalloc.start()
    try:
        stream = zipped_stream(large)
        while stream.read(65_536):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 3_000_000


def test_a_piece_of_a_stream_is_replaced_whole_or_not_at_all() -> None:
    stream = zipped_stream(FILES)
    raw = stream.raw  # type: ignore[attr-defined]  # what it reads from
    raw.seek(1)

    with pytest.raises(ValueError, match="only a whole piece"):
        raw.write(b"X")
