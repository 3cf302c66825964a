"""The audit trail as a table: histories in words, a row for each field that changed, and one for whatever changed none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.reports.tables import Column, Row, Shape, Table, text
from chalicelib.reports.telling import Happened

_COLUMNS = (
    Column("at", Shape.INSTANT, 20),
    *text("by", "kind"),
    *text("id", width=26),
    Column("record", Shape.NUMBER, 8),
    *text("what", "reason", width=60),
    *text("field", "before", "after", width=24),
)


def audit_table(found: Iterable[Happened]) -> Table:
    """The rows, in the order given. Instants are in UTC."""
    return Table(title="Audit trail", columns=_COLUMNS, rows=_rows(found))


def _rows(found: Iterable[Happened]) -> Iterator[Row]:
    for record, told in found:
        begin = (record.at, record.by, record.name.kind.value, record.name.id, record.seq, told.words, record.reason)
        if not told.changes:
            yield (*begin, None, None, None)
        for each in told.changes:
            yield (*begin, each.field, each.before, each.after)
