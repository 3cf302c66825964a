"""A table as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from chalicelib.reports.cells import BOM, line, pounds
from chalicelib.reports.tables import Row, Shape, Table, Value


def table_csv(table: Table, rows: Iterable[Row] | None = None) -> Iterator[bytes]:
    """The file, a row at a time; `rows` are the table's own where others watch them pass."""
    yield BOM + line(column.name for column in table.columns).encode()
    shapes = [column.shape for column in table.columns]
    for row in table.rows if rows is None else rows:
        yield line(_text(value, shape, table.brackets) for value, shape in zip(row, shapes, strict=True)).encode()


def _text(value: Value, shape: Shape, brackets: bool) -> str:  # noqa: FBT001  a table has them or not
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if not isinstance(value, int) or shape is Shape.NUMBER:
        return str(value)
    # Hundredths of a per cent have two decimals, as pounds do.
    return f"({pounds(-value)})" if value < 0 and brackets else pounds(value)
