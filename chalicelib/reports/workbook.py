"""Workbooks: XLSX files with typed cells, a header that stays in view, filters and real dates, in flat memory.

Text is written as text, whatever it begins with: no cell is ever a formula. The same values give the same bytes: what the
writer says of the time at which it wrote is replaced.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from chalicelib.domain.values import Struct
from chalicelib.reports.tables import Colouring, Column, Row, Shape, Value

if TYPE_CHECKING:
    from rustpy_xlsxwriter import Format  # it is slow to import, and few requests make a workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_ROWS = 1_048_575
"""How many rows a sheet has below its header."""

Cells = dict[str, str | float | date | datetime | None]
"""A row as the writer takes it: by column, in the same order each time."""

FORMATS = {
    Shape.POUNDS: "#,##0.00;(#,##0.00)",
    Shape.PER_CENT: "0.00%;(0.00%)",
    Shape.DATE: "dd/mm/yyyy",
    Shape.INSTANT: "dd/mm/yyyy hh:mm:ss",
    Shape.NUMBER: "#,##0",
}
"""How numbers and dates look. Negative amounts are in brackets, and numbers all the same."""

LEFT = (Shape.DATE, Shape.INSTANT)
"""What stands to the left: what follows dates is text, and would stand close to them."""

_ON_PAPER = {"landscape": True, "paper_size": 9, "fit_to_pages": (1, 0), "repeat_rows": 0, "footer": "&L&A&RPage &P of &N"}
"""A4, all columns on a page, with the header on each."""

BUTTON = 4
"""How wide a filter's button is beside a column's name, in characters."""

HEADER, _AMBER, _RED = "#D9E1F2", "#FFD966", "#F4B183"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CORE = "docProps/core.xml"
_SAYS_NOTHING_OF_TIME = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)


class Sheet(Struct, frozen=True, kw_only=True):
    """A sheet: its rows are asked for when it is written, after those of the sheets before it."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Cells]
    colouring: Colouring | None = None


def cells_of(columns: tuple[Column, ...], rows: Iterable[Row]) -> Iterator[Cells]:
    """Rows as the writer takes them: pounds for pence, instants without their zone, and nothing for an empty text."""
    for row in rows:
        yield {column.name: _cell(column.shape, value) for column, value in zip(columns, row, strict=True)}


def _cell(shape: Shape, value: Value) -> str | float | date | datetime | None:
    if isinstance(value, int):
        return value / _PARTS.get(shape, 1)
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value or None


_PARTS = {Shape.POUNDS: 100, Shape.PER_CENT: 10_000}
"""By what a whole number is divided to be shown."""


def write_workbook(sheets: Iterable[Sheet], onto: BinaryIO) -> None:
    """Write a file with these sheets. It passes through a folder of its own: the writer needs one, and memory stays flat."""
    import tempfile  # noqa: PLC0415  slow to import, and few requests make a workbook

    from rustpy_xlsxwriter import FastExcel, Format  # noqa: PLC0415  likewise

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        book = FastExcel(str(path)).freeze(row=1)
        header = Format().set_bold().set_background_color(HEADER)
        for sheet in sheets:
            book.sheet(
                sheet.title,
                _with_header(sheet),
                autofilter=True,
                header_format=header,
                column_widths=[float(max(column.width, len(column.name) + BUTTON)) for column in sheet.columns],
                column_formats={column.name: _shown(column.shape, Format()) for column in sheet.columns if column.shape in FORMATS},
                conditional_formats=_coloured(sheet.colouring),
                page_setup=_ON_PAPER,
            )
        book.save()
        _without_time(path)
        with path.open("rb") as made:
            shutil.copyfileobj(made, onto)


def _shown(shape: Shape, plain: Format) -> Format:
    shown = plain.set_num_format(FORMATS[shape])
    return shown.set_align("left") if shape in LEFT else shown


def _with_header(sheet: Sheet) -> Iterator[Cells]:
    """The rows; an empty one where there is none, as the writer takes the header from the first."""
    rows = iter(sheet.rows)
    yield next(rows, dict.fromkeys(column.name for column in sheet.columns))
    yield from rows


def _coloured(colouring: Colouring | None) -> dict[str, list[dict[str, str | float | Format]]] | None:
    """Red before amber: the first rule that holds is the one that shows."""
    if colouring is None:
        return None
    from rustpy_xlsxwriter import Format  # noqa: PLC0415  it is there by now

    rules: list[dict[str, str | float | Format]] = []
    for least, colour in ((colouring.red, _RED), (colouring.amber, _AMBER)):
        if least is not None:
            filled = Format().set_background_color(colour)
            share = least / _PARTS[Shape.PER_CENT]
            rules.append({"type": "cell", "criteria": ">=", "value": share, "format": filled})
            rules.append({"type": "cell", "criteria": "<=", "value": -share, "format": filled})
    return {colouring.column: rules} if rules else None


def _without_time(path: Path) -> None:
    """Replace the file's properties, which say when it was written, by ones that do not.

    They stand near the end: what follows from there on is written anew, and the sheets before it stay where they are.
    """
    from zipfile import ZIP_STORED, ZipFile, ZipInfo  # noqa: PLC0415  slow to import

    with ZipFile(path, "a", ZIP_STORED) as archive:
        names = archive.namelist()
        after = names[names.index(_CORE) + 1 :]
        kept = {name: archive.read(name) for name in after}
        archive.start_dir = archive.getinfo(_CORE).header_offset
        for name in (_CORE, *after):
            archive.filelist.remove(archive.NameToInfo.pop(name))
        for name, content in {_CORE: _SAYS_NOTHING_OF_TIME.encode(), **kept}.items():
            about = ZipInfo(name, _EPOCH)
            about.create_system, about.external_attr = 3, 0o644 << 16  # as on Linux, whatever this machine is
            archive.writestr(about, content)
