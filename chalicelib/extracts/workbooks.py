"""XLSX workbooks as sheets of texts: what a cell holds, not how it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import reduce
from typing import IO, BinaryIO
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from chalicelib.domain.extract_sheets import Sheet
from chalicelib.domain.import_refusals import ExtractUnreadable

LARGEST_UNPACKED_BYTES = 64 * 1024 * 1024
"""So much a workbook may unpack to: some 170,000 rows of seven cells. A sheet is read whole, and takes up twice that."""

MOST_CELLS = 2_000_000
"""So many cells a sheet may have from its first to its last, empty ones too: each takes up room while the sheet is read."""

_CHUNK_BYTES = 1024 * 1024
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["'][^>]*(?<!/)>""")
"""A cell that holds something, and where. Spreadsheets also write cells that have nothing but a colour."""

_SAVE_AS_CSV = "save its sheet as CSV, which may be of any length, or send it in parts"


def workbook(content: BinaryIO) -> Iterator[Sheet]:
    """Every sheet of a workbook, hidden ones too, in its own order. Raises ExtractUnreadable."""
    try:
        _check_sizes(content)
        content.seek(0)
        book = CalamineWorkbook.from_filelike(content)
        for name in book.sheet_names:
            # With the empty area, so that rows have the numbers that a spreadsheet shows.
            rows = book.get_sheet_by_name(name).iter_rows()
            yield Sheet(name, ([_text(cell) for cell in row] for row in rows))
    except (BadZipFile, CalamineError, ZipError) as error:
        raise ExtractUnreadable(f"The file is no XLSX workbook that can be read: {error}.") from error


def _check_sizes(content: BinaryIO) -> None:
    """Raise ExtractUnreadable for a workbook that would not fit into memory: a small file can hold, or say, a great deal."""
    with ZipFile(content) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > LARGEST_UNPACKED_BYTES:
            raise ExtractUnreadable(f"The workbook unpacks to {unpacked:,} bytes and {LARGEST_UNPACKED_BYTES:,} are taken: {_SAVE_AS_CSV}.")
        for part in parts:
            if part.filename.startswith("xl/worksheets/"):
                with archive.open(part) as sheet:
                    rows, columns = _reach(sheet)
                if rows * columns > MOST_CELLS:
                    raise ExtractUnreadable(
                        f"A sheet of the workbook reaches to row {rows:,} and column {columns:,}, and {MOST_CELLS:,} cells are taken. Look "
                        f"for a cell far off that holds something, and clear it; or {_SAVE_AS_CSV}."
                    )


def _reach(sheet: IO[bytes]) -> tuple[int, int]:
    """The last row and the last column of a sheet in which anything stands."""
    rows = columns = 0
    kept = b""
    while chunk := sheet.read(_CHUNK_BYTES):
        text = kept + chunk
        last = text.rfind(b"<")
        found = _CELL.findall(text, 0, last)
        rows = max(rows, max((int(row) for _, row in found), default=0))
        columns = max(columns, max(map(_column, {letters for letters, _ in found}), default=0))
        kept = text[max(last, 0) :]
    return rows, columns


def _column(letters: bytes) -> int:
    """The number of a column: 27 of AA."""
    return reduce(lambda number, letter: number * 26 + letter - 64, letters, 0)


def _text(cell: object) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
    return str(cell)
