"""A claim's pack: its tables, what it is, and a manifest, as one ZIP file that is the same bytes for the same contents."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from chalicelib.domain.cells import Cell
from chalicelib.domain.claims import WORDING_LABEL
from chalicelib.reports.claim_certificate import certificate
from chalicelib.reports.claim_tables import Contents, evidence_list, forecast, line_schedule, match_position, statement
from chalicelib.reports.json_text import as_json
from chalicelib.reports.zip_file import ZIP, zipped

__all__ = ["ZIP", "pack"]

_TABLES = {
    "statement.csv": statement,
    "lines.csv": line_schedule,
    "evidence.csv": evidence_list,
    "match.csv": match_position,
    "forecast.csv": forecast,
}


def pack(contents: Contents) -> bytes:
    """The ZIP file."""
    tables = {name: table(contents) for name, table in _TABLES.items()}
    files = {**tables, "claim.json": _claim(contents), "certificate.txt": certificate(contents)}
    return zipped({**files, "manifest.json": _manifest(contents, files)})


def _claim(contents: Contents) -> bytes:
    grant, fund = contents.grant, contents.fund
    return as_json(
        {
            "claim": contents.claim_id,
            "office": contents.office,
            "fund": {"id": fund.id, "title": fund.title, "funder": fund.funder},
            "grant": {"id": grant.id, "title": grant.title, "project_numbers": list(grant.project_numbers)},
            "lead_recipient": contents.lead_recipient,
            "force_area": grant.force_area,
            "quarter": contents.quarter,
            "prepared_by": contents.prepared_by,
            "prepared_on": contents.prepared_on,
            "note": contents.note,
            "certificate": _wording(contents),
            "lines": len(contents.lines),
            "lines_without_evidence": sum(1 for line in contents.lines if not contents.evidence.get(line.id)),
            "initiatives_without_forecast": sorted(contents.titles.keys() - contents.forecasts.keys()),
            "total_pence": contents.selected.total_pence,
            "asked_for": [_part(cell, pence) for cell, pence in sorted(contents.selected.amounts_pence.items())],
        }
    )


def _wording(contents: Contents) -> dict[str, object]:
    held = contents.wording
    return {"label": WORDING_LABEL, "wording": held.text if held else None, "clause": held.clause if held else None}


def _part(cell: str, pence: int) -> dict[str, object]:
    place = Cell.parse(cell)
    return {"financial_year": place.financial_year, "nature": place.nature.value, "quarter": place.quarter, "pence": pence}


def _manifest(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    """The other files' SHA-256, and where the lines and the forecasts stand, so that they can be held against the chains."""
    return as_json(
        {
            "claim": contents.claim_id,
            "files": [
                {"name": name, "sha256": sha256(content).hexdigest(), "size": len(content)} for name, content in sorted(files.items())
            ],
            "ledger": {
                "grant": contents.grant.id,
                "seq": contents.at.seq,
                "hash": contents.at.hash,
                "lines": [{"quarter": span.quarter, "after": span.after, "until": span.until} for span in contents.selected.spans],
            },
            "forecasts": [
                {"initiative": initiative, "return": told.set_by, "seq": told.at.seq, "hash": told.at.hash}
                for initiative, told in sorted(contents.forecasts.items())
            ],
        }
    )
