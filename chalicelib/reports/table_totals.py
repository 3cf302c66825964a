"""What a table adds up to: the sheet of totals in its workbook, and the control totals beside its file."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import asdict

from chalicelib.domain.exports import Export
from chalicelib.domain.imports import Waiting
from chalicelib.domain.money import decimal_pounds
from chalicelib.reports.in_suspense import WORDS, by_quarter
from chalicelib.reports.json_text import as_json
from chalicelib.reports.tables import Column, Row, Shape, Sums
from chalicelib.reports.workbook import Sheet, cells_of

_COLUMNS = (Column("total", Shape.TEXT, 34), Column("rows", Shape.NUMBER, 10), Column("amount_pounds", Shape.POUNDS, 18))


def sheets(sums: Sums, waits: Waiting) -> tuple[Sheet, Sheet]:
    """A table as a sheet, and a sheet of its totals: how many rows there are, the sum of each column of money with its rows, and what
    waits in suspense.
    """
    table = sums.table
    rows = Sheet(title=table.title, columns=table.columns, rows=cells_of(table.columns, sums.passing()), colouring=table.colouring)
    return rows, Sheet(title="Totals", columns=_COLUMNS, rows=cells_of(_COLUMNS, _totals(sums, waits)))


def _totals(sums: Sums, waits: Waiting) -> Iterator[Row]:
    """Asked for once the table's rows are written."""
    yield "all rows", sums.rows, None
    yield from ((name, filled, pence) for name, (filled, pence) in sums.columns.items())
    yield WORDS, waits.documents, waits.pence


def table_totals(export: Export, sums: Sums) -> bytes:
    """The `.totals.json` beside an export's file, which is the export's only file so far."""
    (file,) = export.files
    return as_json(
        {
            "export": export.id,
            "on": str(export.on),
            "kind": export.what.kind.value,
            "scope": {part: value for part, value in asdict(export.scope).items() if value is not None},
            "policy": dict(export.what.policy),
            "file": {"name": file.name, "sha256": file.sha256, "size": file.size},
            "rows": sums.rows,
            "columns": {
                name: {"rows": filled, "pence": pence, "pounds": decimal_pounds(pence)} for name, (filled, pence) in sums.columns.items()
            },
            "in_suspense": by_quarter(export),
            "position": dict(sorted(export.position.items())),
        }
    )
