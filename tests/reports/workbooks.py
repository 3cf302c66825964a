"""Workbooks read back as a spreadsheet would: sheets, cells by their type, and how they are shown."""

import re
from functools import reduce
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

_MAIN = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}

Shown = tuple[str, str | float | None]
"""A cell: its type (`text`, `number`, `nothing`, or `formula`), and its value."""


class Workbook:
    """A workbook's sheets, by title."""

    def __init__(self, content: bytes) -> None:
        with ZipFile(BytesIO(content)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
            self.stamps = {info.date_time for info in archive.infolist()}
        found = ET.fromstring(self.parts["xl/workbook.xml"]).findall("m:sheets/m:sheet", _MAIN)  # noqa: S314  our own
        self.titles = [each.attrib["name"] for each in found]

    def xml(self, title: str) -> str:
        """A sheet as it is written."""
        return self.parts[f"xl/worksheets/sheet{self.titles.index(title) + 1}.xml"].decode()

    def rows(self, title: str) -> list[dict[str, Shown]]:
        """The rows below a sheet's header, by its columns; what has no value is not there."""
        header, *others = (
            {_place(cell, place): _shown(cell) for place, cell in enumerate(row)}
            for row in ET.fromstring(self.xml(title)).findall("m:sheetData/m:row", _MAIN)  # noqa: S314  our own
        )
        return [{str(header[place][1]): value for place, value in row.items() if value[0] != "nothing"} for row in others]

    def column(self, title: str, name: str) -> list[str | float | None]:
        """A column's values; None where there is nothing."""
        return [row.get(name, ("nothing", None))[1] for row in self.rows(title)]


def _place(cell: ET.Element, place: int) -> int:
    """In which column a cell stands, from 0 on: what does not say follows the one before."""
    letters = re.sub("[0-9]", "", cell.attrib.get("r", ""))
    return reduce(lambda before, letter: before * 26 + ord(letter) - ord("A") + 1, letters, 0) - 1 if letters else place


def _shown(cell: ET.Element) -> Shown:
    if cell.find("m:f", _MAIN) is not None:
        return "formula", None
    if cell.attrib.get("t") == "inlineStr":
        return "text", "".join(cell.itertext())
    value = cell.find("m:v", _MAIN)
    return ("nothing", None) if value is None else ("number", float(value.text or ""))
