"""Finding the header of a ledger extract beneath its title, and which column says what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.domain.extract_sheets import Complaint
from chalicelib.domain.extract_texts import bare
from chalicelib.domain.profiles import Columns
from chalicelib.domain.values import Struct

LOOKED_THROUGH = 100
"""In so many rows from the top a header is looked for."""

_NOT_NAMED = re.compile(r"[\W_]+")


class Header(Struct, frozen=True, kw_only=True):
    """Where a sheet's header is, from 0, its cells, and the place of each column that a profile names: `amount`, `codes.0`."""

    at: int
    cells: tuple[str, ...]
    places: Mapping[str, int]

    def name(self, column: str) -> str:
        """What the header calls a column."""
        return bare(self.cells[self.places[column]])


def plain(text: str) -> str:
    """A header's name whatever its capitals, spaces, stars and line ends."""
    return _NOT_NAMED.sub("", text.casefold())


def locate(sheet: str, rows: Sequence[Sequence[str]], columns: Columns) -> Header | Complaint:
    """The first of a sheet's first rows that has every column, or what the row that comes nearest has not got."""
    wanted = dict(_wanted(columns))
    best: tuple[int, int, tuple[str, ...]] | None = None
    for at, row in enumerate(rows[:LOOKED_THROUGH]):
        names = [plain(cell) for cell in row]
        found = {column: [place for place, name in enumerate(names) if name in aliases] for column, aliases in wanted.items()}
        missing = tuple(column for column, places in found.items() if not places)
        if not missing:
            return _header(sheet, at, row, found)
        if best is None or len(missing) < best[1]:
            best = (at, len(missing), missing)
    return _without(sheet, columns, best)


def _header(sheet: str, at: int, row: Sequence[str], found: Mapping[str, list[int]]) -> Header | Complaint:
    for places in found.values():
        if len(places) > 1:
            return Complaint(
                sheet=sheet,
                row=at + 1,
                column=bare(row[places[0]]),
                value=", ".join(f"column {place + 1}" for place in places),
                wrong="stands in the header more than once",
                right="one column of each name; name the one that is meant in the profile",
            )
    return Header(at=at, cells=tuple(row), places={column: places[0] for column, places in found.items()})


def nothing_beneath(sheet: str, header: Header) -> Complaint:
    """What is said of a sheet that ends with its header."""
    return _complaint(sheet, header.at + 1, "is the last row: nothing stands beneath the header", "the rows beneath their header")


def _without(sheet: str, columns: Columns, best: tuple[int, int, tuple[str, ...]] | None) -> Complaint:
    if best is None:
        return _complaint(sheet, 0, "has no rows", "a header and rows beneath it")
    names = dict(_names(columns))
    told = "; ".join(" or ".join(names[column]) for column in best[2])
    return _complaint(
        sheet, 0, f"has no header in its first {LOOKED_THROUGH} rows: row {best[0] + 1} comes nearest", f"columns named {told}"
    )


def _complaint(sheet: str, row: int, wrong: str, right: str) -> Complaint:
    return Complaint(sheet=sheet, row=row, column="", value="", wrong=wrong, right=right)


def _names(columns: Columns) -> Iterator[tuple[str, tuple[str, ...]]]:
    for column in Columns.__struct_fields__:
        if column == "codes":
            yield from ((f"codes.{place}", names) for place, names in enumerate(columns.codes))
        elif names := getattr(columns, column):
            yield column, names


def _wanted(columns: Columns) -> Iterator[tuple[str, frozenset[str]]]:
    for column, names in _names(columns):
        yield column, frozenset(map(plain, names))
