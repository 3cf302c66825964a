"""One sheet of an extract, read so many rows at a time: its header is looked for in the first of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from chalicelib.domain.extract_header import Header, locate, nothing_beneath
from chalicelib.domain.extract_rows import RowReader, Rows
from chalicelib.domain.extract_sheets import Complaint, Sheet
from chalicelib.domain.profiles import Profile

AT_ONCE = 2_000
"""So many rows are in memory at a time. A header is looked for in far fewer."""


def read(sheets: Iterable[Sheet], profile: Profile) -> Iterator[Rows | Complaint]:
    """What the sheets' rows say, some thousand at a time; and what is wrong with a sheet as a whole, unless nothing stands on it."""
    for sheet in sheets:
        reading = _Reading(sheet.name, profile)
        rows = iter(sheet.rows)
        while piece := list(islice(rows, AT_ONCE)):
            if found := reading.read(piece):
                yield found
        if complaint := reading.complaint():
            yield complaint


class _Reading:
    """A sheet as it is read. `_filled` is whether anything stands where rows should: beneath the header or, without one, anywhere."""

    def __init__(self, sheet: str, profile: Profile) -> None:
        self._sheet, self._profile = sheet, profile
        self._found: Header | Complaint | None = None
        self._reader: RowReader | None = None
        self._seen = self._blank = 0
        self._filled = False

    def read(self, piece: list[list[str]]) -> Rows | None:
        """What the next rows say, where they stand beneath a header and are not the blank ones that follow it."""
        first = self._seen + 1
        self._seen += len(piece)
        if self._found is None:
            self._found = locate(self._sheet, piece, self._profile.columns)
            if isinstance(self._found, Header):
                first, piece = self._found.at + 2, piece[self._found.at + 1 :]
        began = self._filled
        self._filled = began or any(map(any, piece))
        if not isinstance(self._found, Header):
            return None
        if not self._filled:
            self._blank += len(piece)
            return None
        self._reader = self._reader or RowReader(self._sheet, self._found, self._profile)
        rows = self._reader.read(piece, first)
        if not began:
            rows.passed.title, rows.passed.blank = self._found.at, rows.passed.blank + self._blank
        return rows

    def complaint(self) -> Complaint | None:
        """What is wrong with the sheet as a whole, once it has been read."""
        if isinstance(self._found, Header):
            return None if self._filled else nothing_beneath(self._sheet, self._found)
        return self._found if self._filled else None
