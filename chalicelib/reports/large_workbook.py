"""Workbooks of a million rows: XLSX files written in one pass from rows that are XML already, nothing of which is kept.

For the one table that grows with the ledger. Every other is small, and written by `chalicelib.reports.workbook`; both look alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import BinaryIO

from chalicelib.domain.values import Struct
from chalicelib.reports.sheet_cells import STYLES, heading
from chalicelib.reports.tables import Column
from chalicelib.reports.workbook import BUTTON, FORMATS, HEADER, LEFT, MOST_ROWS
from chalicelib.reports.zip_stream import ZipStream

MOST_CHARACTERS = 1_000_000_000
"""How long a sheet may be before another goes on: a part of a ZIP file holds 4 GB, and a character takes up to four bytes."""

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_FROZEN = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    '<selection pane="bottomLeft"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
)
_ON_PAPER = (
    '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    "<headerFooter><oddFooter>&amp;L&amp;A&amp;RPage &amp;P of &amp;N</oddFooter></headerFooter>"
)


class _Written(Struct, frozen=True, kw_only=True):
    """A sheet that is written: its title, and the cells that its header and its rows take up."""

    title: str
    last_column: str
    rows: int


class LargeWorkbook:
    """A workbook on its way onto a file that only takes bytes."""

    def __init__(self, onto: BinaryIO) -> None:
        self._zip = ZipStream(onto)
        self._sheets: list[_Written] = []
        self._put("_rels/.rels", _relationships((("officeDocument", "xl/workbook.xml"),)))

    def add(self, title: str, columns: tuple[Column, ...], rows: Iterable[list[str]]) -> None:
        """Write a table as it comes, some rows at a time: as a sheet, and as many further ones as it takes."""
        waiting = _Rows(rows)
        for number in count(1):
            sheet = f"xl/worksheets/sheet{len(self._sheets) + 1}.xml"
            taken = waiting.sheet(MOST_ROWS)
            self._zip.write(sheet, (text.encode() for text in _sheet(columns, taken, waiting)))
            named = title if number == 1 else f"{title} {number}"
            self._sheets.append(_Written(title=named, last_column=_letters(len(columns)), rows=waiting.taken + 1))
            if waiting.ended:
                return

    def close(self) -> None:
        """Write what holds the sheets together, which ends the file."""
        parts = tuple(f"worksheets/sheet{number}.xml" for number, _ in enumerate(self._sheets, start=1))
        self._put("xl/workbook.xml", _workbook(self._sheets))
        self._put("xl/_rels/workbook.xml.rels", _relationships((*(("worksheet", part) for part in parts), ("styles", "styles.xml"))))
        self._put("xl/styles.xml", _styles())
        self._put("[Content_Types].xml", _content_types(parts))
        self._zip.close()

    def _put(self, name: str, xml: str) -> None:
        self._zip.write(name, (f"{_XML}{xml}".encode(),))


class _Rows:
    """Rows that are given to one sheet after the other."""

    def __init__(self, rows: Iterable[list[str]]) -> None:
        self._rows = iter(rows)
        self._left: list[str] = []
        self.ended = False
        self.taken = 0

    def sheet(self, most: int) -> Iterator[str]:
        """So many rows at most, some at a time; `taken` counts them."""
        self.taken = characters = 0
        while characters < MOST_CHARACTERS:
            some: list[str] | None = self._left or next(self._rows, None)
            if some is None:
                self.ended = True
                return
            room = most - self.taken
            now, self._left = some[:room], some[room:]
            text = "".join(now)
            self.taken, characters = self.taken + len(now), characters + len(text)
            yield text
            if self._left:
                return


def _sheet(columns: tuple[Column, ...], rows: Iterator[str], counted: _Rows) -> Iterator[str]:
    """A sheet's text. Where its filters end is known once the rows have passed."""
    widths = enumerate((max(column.width, len(column.name) + BUTTON) for column in columns), start=1)
    yield f'{_XML}<worksheet {_MAIN}><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>{_FROZEN}<cols>'
    yield from (f'<col min="{place}" max="{place}" width="{width}.7109375" customWidth="1"/>' for place, width in widths)
    yield f"</cols><sheetData>{heading(columns)}"
    yield from rows
    yield f'</sheetData><autoFilter ref="A1:{_letters(len(columns))}{counted.taken + 1}"/>{_ON_PAPER}</worksheet>'


def _letters(place: int) -> str:
    """What a spreadsheet calls a column: 27 is AA."""
    before, last = divmod(place - 1, 26)
    return f"{_letters(before) if before else ''}{chr(ord('A') + last)}"


def _workbook(sheets: list[_Written]) -> str:
    listed = "".join(f'<sheet name="{sheet.title}" sheetId="{number}" r:id="rId{number}"/>' for number, sheet in enumerate(sheets, start=1))
    filters = (
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
        f"'{sheet.title}'!$A$1:${sheet.last_column}${sheet.rows}</definedName>"
        for place, sheet in enumerate(sheets)
    )
    headers = (
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">\'{sheet.title}\'!$1:$1</definedName>'
        for place, sheet in enumerate(sheets)
    )
    names = f"<definedNames>{''.join(filters)}{''.join(headers)}</definedNames>"
    return f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>{names}</workbook>'


def _styles() -> str:
    """The styles by the numbers that cells call them by: plain, 1 for headings, then `STYLES`."""
    formats = [FORMATS[shape] for shape in STYLES]
    numbered = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in enumerate(formats, start=164))
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    heading_fill = f'<fill><patternFill patternType="solid"><fgColor rgb="FF{HEADER[1:]}"/><bgColor indexed="64"/></patternFill></fill>'
    plain = '<xf numFmtId="{}" fontId="{}" fillId="{}" borderId="0" xfId="0"{}'
    headings = plain.format(0, 1, 2, ' applyFont="1" applyFill="1"/>')
    shown = "".join(
        plain.format(number, 0, 0, ' applyNumberFormat="1"')
        + (' applyAlignment="1"><alignment horizontal="left"/></xf>' if shape in LEFT else "/>")
        for number, shape in enumerate(STYLES, start=164)
    )
    return (
        f'<styleSheet {_MAIN}><numFmts count="{len(formats)}">{numbered}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        f"{heading_fill}</fills>"
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{2 + len(formats)}">{plain.format(0, 0, 0, "/>")}'
        f"{headings}{shown}</cellXfs>"
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _relationships(targets: tuple[tuple[str, str], ...]) -> str:
    each = (
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(each)}</Relationships>'


def _content_types(parts: tuple[str, ...]) -> str:
    each = (f'<Override PartName="/xl/{part}" ContentType="{_TYPE}.worksheet+xml"/>' for part in parts)
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{"".join(each)}</Types>'
    )
