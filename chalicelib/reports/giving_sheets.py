"""Onward grants flattened for spreadsheets: 360giving.csv, and 360giving.xlsx, which says of itself what the JSON file does.

Headings are the standard's own, so that its tools read the sheets back into the same data. Each of a grant's places has columns of
its own: as many as the grant with the most of them needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

from chalicelib.reports.cells import BOM, line
from chalicelib.reports.tables import Column, Shape
from chalicelib.reports.workbook import Cells, Sheet, write_workbook

Given = dict[str, object]
Path = tuple[str | int, ...]

_COLUMNS: Mapping[str, Path] = {
    "Identifier": ("id",),
    "Title": ("title",),
    "Description": ("description",),
    "Currency": ("currency",),
    "Amount Awarded": ("amountAwarded",),
    "Amount Disbursed": ("amountDisbursed",),
    "Award Date": ("awardDate",),
    "Recipient Org:Identifier": ("recipientOrganization", 0, "id"),
    "Recipient Org:Name": ("recipientOrganization", 0, "name"),
    "Funding Org:Identifier": ("fundingOrganization", 0, "id"),
    "Funding Org:Name": ("fundingOrganization", 0, "name"),
    "Grant Programme:Code": ("grantProgramme", 0, "code"),
    "Grant Programme:Title": ("grantProgramme", 0, "title"),
}
"""The columns that every file has, by the standard's titles, with where each stands in a grant. Of what is one there, none is numbered."""

_PLACES = "beneficiaryLocation"
_OF_A_PLACE = {"Name": "name", "Geographic Code": "geoCode", "Geographic Code Type": "geoCodeType"}

META = "Meta"
"""The sheet about the package. The standard's tools know it by this name, and read its headings down the first column."""

_MOST_CHARACTERS = 32_767
"""How long a cell's text may be in a workbook."""

_WIDTHS = {"Title": 40, "Description": 60, "Identifier": 36, "Name": 32}


def as_csv(grants: Sequence[Given]) -> bytes:
    """The grants as CSV: amounts with two places, and formulas defused."""
    columns = _columns(grants)
    return BOM + (line(columns) + "".join(line(_text(_at(grant, path)) for path in columns.values()) for grant in grants)).encode()


def as_workbook(about: Mapping[str, object], grants: Sequence[Given]) -> bytes:
    """The grants as a workbook, and on a second sheet what the package says of itself."""
    columns = _columns(grants)
    file = BytesIO()
    sheet = Sheet(title="grants", columns=tuple(map(_column, columns)), rows=_cells(columns, grants))
    write_workbook((sheet, _meta(about)), file)
    return file.getvalue()


def _columns(grants: Sequence[Given]) -> dict[str, Path]:
    most = max(len(held) for grant in grants if isinstance(held := grant[_PLACES], list))
    places = {f"Beneficiary Location:{at}:{title}": (_PLACES, at, name) for at in range(most) for title, name in _OF_A_PLACE.items()}
    return {**_COLUMNS, **places}


def _at(grant: Given, path: Path) -> object:
    """What stands there; None for nothing."""
    held: object = grant
    for step in path:
        if isinstance(held, list) and isinstance(step, int):
            held = held[step] if step < len(held) else None
        else:
            held = held.get(step) if isinstance(held, dict) else None
    return held


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, int | float) else str(value or "")


def _column(title: str) -> Column:
    amount = title.startswith("Amount ")
    return Column(title, Shape.POUNDS if amount else Shape.TEXT, _WIDTHS.get(title.rpartition(":")[2], 14))


def _cells(columns: Mapping[str, Path], grants: Sequence[Given]) -> Iterator[Cells]:
    """The rows. Dates stay texts, as in the JSON file: the standard's tools would read a date's cell as an instant."""
    for grant in grants:
        yield {title: _cell(_at(grant, path)) for title, path in columns.items()}


def _cell(value: object) -> str | float | None:
    if isinstance(value, int | float):
        return float(value)
    text = str(value or "")
    return (text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…") or None


def _meta(about: Mapping[str, object]) -> Sheet:
    """A row for each property, by its name in the JSON file; the first of them is the sheet's header."""
    (name, value), *others = _properties(about)
    columns = (Column(name, width=18), Column(value, width=80))
    return Sheet(title=META, columns=columns, rows=({name: each, value: _cell(held)} for each, held in others))


def _properties(about: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in about.items():
        if isinstance(value, dict):
            yield from ((f"{name}/{part}", str(held)) for part, held in value.items())
        else:
            yield name, str(value)
