"""An export's control totals: what to hold its rows against, so that nothing is lost on the way to another system."""

from __future__ import annotations

from dataclasses import asdict

from chalicelib.domain.exports import Export
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.money import decimal_pounds
from chalicelib.reports.entries import Totals
from chalicelib.reports.json_text import as_json


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
            "position": dict(sorted(export.position.items())),
        }
    )


def _money(pence: int) -> dict[str, object]:
    return {"pence": pence, "pounds": decimal_pounds(pence)}
