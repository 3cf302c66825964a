"""An export's control totals: what to hold its rows against, so that nothing is lost on the way to another system."""

from __future__ import annotations

from msgspec.structs import asdict

from chalicelib.domain.columns import Cells, ReportedQuarter, reported_quarters
from chalicelib.domain.exports import Export
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.money import decimal_pounds
from chalicelib.domain.periods import Quarter
from chalicelib.reports.entry_totals import Totals
from chalicelib.reports.in_suspense import by_quarter
from chalicelib.reports.json_text import as_json
from chalicelib.reports.quarters import three_columns


def control_totals(export: Export, totals: Totals) -> bytes:
    """The `.totals.json` beside an export's CSV, which is the export's only file so far."""
    (rows,) = export.files
    return as_json(
        {
            "export": export.id,
            "on": str(export.on),
            "scope": {part: value for part, value in asdict(export.scope).items() if value is not None},
            "file": {"name": rows.name, "sha256": rows.sha256, "size": rows.size},
            "rows": totals.rows,
            "by_kind": {kind: {"rows": rows, **_money(pence)} for kind, (rows, pence) in totals.by_kind.items()},
            "columns": {column: _money(pence) for column, pence in totals.columns.items()},
            "measures": {name: {**_money(pence), "meaning": MEASURES[name].meaning} for name, pence in totals.measures.items()},
            "in_suspense": by_quarter(export),
            "closed_quarters": [_closed(each) for each in reported_quarters(totals.cells, _in_scope(export, totals))],
            "position": dict(sorted(export.position.items())),
        }
    )


def _in_scope(export: Export, totals: Totals) -> dict[str, dict[str, Cells]]:
    """What the closed quarters reported whose entries the rows are."""
    return {
        grant_id: {quarter: cells for quarter, cells in quarters.items() if export.scope.takes_in_quarter(Quarter.parse(quarter))}
        for grant_id, quarters in totals.reported.items()
    }


def _closed(quarter: ReportedQuarter) -> dict[str, object]:
    """A closed quarter: what it reported, what its rows come to, and the difference, which the rows dated after it make up."""
    return {"grant": quarter.grant_id, "quarter": quarter.quarter, **three_columns(quarter.columns)}


def _money(pence: int) -> dict[str, object]:
    return {"pence": pence, "pounds": decimal_pounds(pence)}
