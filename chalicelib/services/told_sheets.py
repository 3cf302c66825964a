"""The sheets of an extract, with how much of it was read told on the way: a CSV by its bytes, a workbook by its rows.

How many rows a CSV has nobody knows before it has been read, but its size was announced. A workbook is unpacked as a whole before
it gives a row, so its bytes say nothing of how far it is; and it is small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BufferedReader, RawIOBase
from itertools import count
from typing import TYPE_CHECKING, BinaryIO

from chalicelib.domain.extract_sheets import Sheet
from chalicelib.domain.profiles import Profile
from chalicelib.extracts.sheets import Look, Source, sheets
from chalicelib.services.import_progress import Progress, Stage, told

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_TOLD_BYTES = 256 * 1024
"""So many bytes are read between two times that it is told."""


def told_sheets(source: Source, look: Look, size: int, profile: Profile, progress: Progress) -> Iterator[Sheet]:
    """The sheets of a file of so many bytes, as `sheets` gives them. Raises ExtractUnreadable, also while rows are read."""
    if look.is_archive:
        numbers = count(1)
        for sheet in sheets(source, look, profile):
            yield Sheet(sheet.name, told(sheet.rows, progress, Stage.ROWS, numbers=numbers))
    else:
        yield from sheets(lambda: BufferedReader(_Counted(source(), lambda done: progress(Stage.BYTES, done, size))), look, profile)


class _Counted(RawIOBase):
    """A stream that tells how much of it was read."""

    def __init__(self, content: BinaryIO, tell: Callable[[int], None]) -> None:
        self._content, self._tell = content, tell
        self._done = self._told = 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: WriteableBuffer, /) -> int:
        view = memoryview(into)
        chunk = self._content.read(len(view))
        view[: len(chunk)] = chunk
        self._done += len(chunk)
        # At the end, too; but a reader asks there more than once.
        if self._done - self._told >= _TOLD_BYTES or (not chunk and self._done > self._told):
            self._told = self._done
            self._tell(self._done)
        return len(chunk)

    def close(self) -> None:
        self._content.close()
        super().close()
