"""Cells of a sheet as they stand in a workbook, made from values: texts are texts whatever they begin with, so none is a formula.

A cell says nothing of where it stands: it follows the one before, and an empty one keeps its place.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from chalicelib.reports.cells import pounds
from chalicelib.reports.tables import Column, Row, Shape, Value

EMPTY = "<c/>"

TEXT = '<c t="inlineStr"><is><t>'
TYPED = '<c t="inlineStr"><is><t xml:space="preserve">'
"""Before a text that has no white space around it; and before one that somebody typed, and that may."""

END = "</t></is></c>"

STYLES = {Shape.POUNDS: 2, Shape.DATE: 3, Shape.INSTANT: 4, Shape.NUMBER: 5}
"""How numbers of each shape are shown: which of the workbook's styles. Texts are shown plainly, and 1 is for headings."""

POUNDS = f'<c s="{STYLES[Shape.POUNDS]}"><v>'
NUMBER_END = "</v></c>"

_ZERO = date(1899, 12, 30)
"""The day that a spreadsheet counts from."""

_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What XML cannot hold is written as _x001F_, and so is the line that would begin such a thing where somebody typed it.
_CARE = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

NEEDS_CARE = ("\\", "&", "<", ">", "_x", "\ufffe", "\uffff")
"""Where JSON texts have none of these, what is in them stands in a sheet as it is: they write what XML cannot hold with a backslash."""


def escaped(text: str) -> str:
    """A text as it stands in a sheet."""
    return _CARE.sub(lambda found: _SPECIAL.get(found[0]) or f"_x{ord(found[0]):04X}_", text)


def typed(text: str) -> str:
    """A cell of text that is escaped already."""
    return f"{TYPED}{text}{END}" if text else EMPTY


def text_cell(text: str) -> str:
    """A cell of any text."""
    return typed(escaped(text))


@lru_cache(maxsize=4096)
def day_cell(day: str) -> str:
    """A cell of a date, from 2023-10-02; an empty one from nothing."""
    return f'<c s="{STYLES[Shape.DATE]}"><v>{(date.fromisoformat(day) - _ZERO).days}{NUMBER_END}' if day else EMPTY


@lru_cache(maxsize=4096)
def instant_cell(instant: str) -> str:
    """A cell of an instant in UTC, from 2025-04-07T09:30:00Z: a spreadsheet's times have no zone."""
    at = datetime.fromisoformat(instant)
    seconds = (at.hour * 60 + at.minute) * 60 + at.second + at.microsecond / 1e6
    return f'<c s="{STYLES[Shape.INSTANT]}"><v>{(at.date() - _ZERO).days + seconds / 86_400}{NUMBER_END}'


def row(columns: tuple[Column, ...], values: Row) -> str:
    """A row of any texts, numbers and sums of money in pence."""
    return f"<row>{''.join(map(_cell, columns, values))}</row>"


def heading(columns: tuple[Column, ...]) -> str:
    """The row of the columns' names."""
    names = (f'<c s="1" t="inlineStr"><is><t>{column.name}{END}' for column in columns)
    return f"<row>{''.join(names)}</row>"


def _cell(column: Column, value: Value) -> str:
    if isinstance(value, int):
        number = pounds(value) if column.shape is Shape.POUNDS else value
        return f'<c s="{STYLES[column.shape]}"><v>{number}{NUMBER_END}'
    return text_cell(str(value or ""))
