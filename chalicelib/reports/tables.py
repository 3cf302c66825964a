"""Tables of values: columns that know what they hold, so that CSV and XLSX say the same, each in its own way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from chalicelib.domain.values import Struct

Value = str | int | date | None
"""A cell: text, a date, a whole number (pence, or hundredths of a per cent, as its column says); None where there is nothing."""

Row = tuple[Value, ...]


class Shape(StrEnum):
    """What a column holds."""

    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    POUNDS = "pounds"
    PER_CENT = "per_cent"
    NUMBER = "number"


class Column(NamedTuple):
    """A column: what it is called, what it holds, and how wide it is shown, in characters."""

    name: str
    shape: Shape = Shape.TEXT
    width: int = 14


class Colouring(NamedTuple):
    """From how much on, above or below nothing, a column's numbers are coloured: hundredths of a per cent, None for never."""

    column: str
    amber: int | None
    red: int | None


class Table(Struct, frozen=True, kw_only=True):
    """A table that fits in memory. `title` is its sheet's name; `brackets` says that its CSV has negative amounts in brackets."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    brackets: bool = False
    colouring: Colouring | None = None

    @property
    def sums(self) -> dict[str, int]:
        """What each column of money adds up to, in pence, by name."""
        money = [(place, column.name) for place, column in enumerate(self.columns) if column.shape is Shape.POUNDS]
        return {name: sum(_pence(row[place]) for row in self.rows) for place, name in money}


def _pence(value: Value) -> int:
    return value if isinstance(value, int) else 0


def text(*names: str, width: int = 14) -> tuple[Column, ...]:
    """Columns of text, all as wide."""
    return tuple(Column(name, Shape.TEXT, width) for name in names)


def pounds(*names: str) -> tuple[Column, ...]:
    """Columns of money, `paid` as `paid_pounds`."""
    return tuple(Column(f"{name}_pounds", Shape.POUNDS, 16) for name in names)


def rows_of(found: Iterable[Sequence[Value]], key: Callable[[Row], tuple[str, ...]] | None = None) -> tuple[Row, ...]:
    """Rows as a table keeps them; in order of `key` where one is given."""
    rows = tuple(tuple(each) for each in found)
    return tuple(sorted(rows, key=key)) if key else rows
