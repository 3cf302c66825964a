"""Tables of values: columns that know what they hold, so that CSV and XLSX say the same, each in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from chalicelib.domain.values import Struct

Value = str | int | date | None
"""A cell: text, a date or an instant, a whole number (pence or hundredths of a per cent, as its column says); None for nothing."""

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
    """A table, whose rows may be had once. `title` is its sheet's name; with `brackets` its CSV has negative amounts in brackets."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    brackets: bool = False
    colouring: Colouring | None = None


class Sums:
    """Adds a table up while its rows pass: how many there are, and of each column of money how many have it, and its pence."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows = 0
        self.columns: dict[str, tuple[int, int]] = {}
        self._money = [(place, column.name) for place, column in enumerate(table.columns) if column.shape is Shape.POUNDS]

    @property
    def totals_pence(self) -> dict[str, int]:
        """What each column of money adds up to, in pence, by name."""
        return {name: pence for name, (_, pence) in self.columns.items()}

    def passing(self) -> Iterator[Row]:
        """The table's rows, each counted as it passes."""
        self.columns = {name: (0, 0) for _, name in self._money}
        for row in self.table.rows:
            self.rows += 1
            for place, name in self._money:
                if isinstance(pence := row[place], int):
                    filled, total = self.columns[name]
                    self.columns[name] = filled + 1, total + pence
            yield row


def text(*names: str, width: int = 14) -> tuple[Column, ...]:
    """Columns of text, all as wide."""
    return tuple(Column(name, Shape.TEXT, width) for name in names)


def dates(*names: str) -> tuple[Column, ...]:
    """Columns of dates."""
    return tuple(Column(name, Shape.DATE, 12) for name in names)


def pounds(*names: str) -> tuple[Column, ...]:
    """Columns of money: `paid` as `paid_pounds`."""
    return tuple(Column(f"{name}_pounds", Shape.POUNDS, 16) for name in names)
