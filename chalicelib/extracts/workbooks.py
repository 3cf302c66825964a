"""XLSX workbooks as sheets of texts: what a cell holds, not how it is shown."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from chalicelib.domain.extract_sheets import Sheet
from chalicelib.domain.import_refusals import ExtractUnreadable

LARGEST_UNPACKED_BYTES = 512 * 1024 * 1024
"""So much a workbook may unpack to: a small file can say that it holds a great deal."""


def workbook(content: bytes) -> list[Sheet]:
    """Every sheet of a workbook, hidden ones too, in its own order. Raises ExtractUnreadable."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > LARGEST_UNPACKED_BYTES:
            raise ExtractUnreadable(
                f"The workbook unpacks to {unpacked:,} bytes and {LARGEST_UNPACKED_BYTES:,} are taken: send it in parts."
            )
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        # With the empty area, so that rows have the numbers that a spreadsheet shows.
        taken = ((name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names)
        return [Sheet(name, [[_text(cell) for cell in row] for row in rows]) for name, rows in taken]
    except (BadZipFile, CalamineError, ZipError) as error:
        raise ExtractUnreadable(f"The file is no XLSX workbook that can be read: {error}.") from error


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
