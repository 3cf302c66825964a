"""summary.json: every figure of a publication for machines, in whole pence."""

from __future__ import annotations

from dataclasses import asdict

from chalicelib.domain.measures import MEASURES
from chalicelib.reports.contents import Contents, Line, Table, awarded_lines
from chalicelib.reports.initiatives import told
from chalicelib.reports.json_text import as_json


def summary_json(contents: Contents) -> bytes:
    """The file. Each table says which measures it has; `awarded_basis` says how firmly an award is known."""
    return as_json(
        {
            "publication": contents.publication.id,
            "published_on": str(contents.publication.on),
            "office": contents.office,
            "note": contents.note,
            "currency": "GBP",
            "measures": {
                name: {"meaning": each.meaning, "plus": list(each.plus), "minus": list(each.minus)} for name, each in MEASURES.items()
            },
            "total": _line(contents.total),
            **{f"by_{table.by}": _table(table) for table in contents.tables},
            "initiatives": [asdict(each) for each in told(contents)],
            "award_lines": [
                {
                    "grant": grant_id,
                    "financial_year": line.financial_year,
                    "nature": line.nature,
                    "awarded_pence": line.awarded_pence,
                    "basis": line.basis,
                    "note": line.note,
                }
                for grant_id, grant in sorted(contents.grants.items())
                for line in awarded_lines(grant)
            ],
        }
    )


def _table(table: Table) -> dict[str, object]:
    return {"measures": list(table.measures), "rows": [_line(line) for line in table.lines], "total": _line(table.total)}


def _line(line: Line) -> dict[str, object]:
    awarded = {"awarded_basis": line.awarded_basis} if "awarded" in line.figures else {}
    return {"id": line.id, "name": line.name, **awarded, "pence": dict(line.figures)}
