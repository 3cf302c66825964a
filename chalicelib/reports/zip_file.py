"""ZIP files that are the same bytes for the same contents."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, BytesIO, RawIOBase
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

ZIP = "application/zip"

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first day that a ZIP file can say: when it was made is no part of it."""


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files by name as one ZIP file."""
    return zipped_stream(files).read()


def zipped_stream(files: Mapping[str, bytes]) -> BinaryIO:
    """The same as a stream that takes no memory beside the files': these may be a gigabyte."""
    from zipfile import ZIP_STORED, ZipFile, ZipInfo  # noqa: PLC0415  slow to import, and few requests make one

    onto = _Pieces()
    # Stored, not deflated: versions of zlib do not write the same bytes.
    with ZipFile(cast("BinaryIO", onto), "w", ZIP_STORED) as archive:
        for name in sorted(files):
            about = ZipInfo(name, _EPOCH)
            about.create_system, about.external_attr = 3, 0o644 << 16  # as on Linux, whatever this machine is
            archive.writestr(about, files[name])
    onto.seek(0)
    return cast("BinaryIO", BufferedReader(onto))


class _Pieces(RawIOBase):
    """A file in memory made of the very bytes that were written, none of them copied.

    Writing appends, or puts another piece of the same length where one begins, as a ZIP file's headers are completed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._starts: list[int] = []
        self._size = self._at = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        self._at = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._size}[whence] + offset
        return self._at

    def write(self, data: ReadableBuffer, /) -> int:
        piece = bytes(data)
        if piece and self._at == self._size:
            self._pieces.append(piece)
            self._starts.append(self._at)
            self._size += len(piece)
        elif piece:
            place = bisect_right(self._starts, self._at) - 1
            if self._starts[place] != self._at or len(self._pieces[place]) != len(piece):
                raise ValueError("only a whole piece can be replaced")
            self._pieces[place] = piece
        self._at += len(piece)
        return len(piece)

    def readinto(self, into: WriteableBuffer, /) -> int:
        if self._at >= self._size:
            return 0
        place = bisect_right(self._starts, self._at) - 1
        start, room = self._at - self._starts[place], memoryview(into)
        taken = self._pieces[place][start : start + len(room)]
        room[: len(taken)] = taken
        self._at += len(taken)
        return len(taken)


def unzipped(packed: bytes) -> dict[str, bytes]:
    """The files of a ZIP file by name. Raises zipfile.BadZipFile."""
    from zipfile import ZipFile  # noqa: PLC0415  as above

    with ZipFile(BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
