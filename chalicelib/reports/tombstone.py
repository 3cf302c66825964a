"""withdrawn.json: what stands beside the files of a publication that was withdrawn."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.periods import london_date
from chalicelib.reports.json_text import as_json

TOMBSTONE = "withdrawn.json"


def tombstone(publication_id: str, at: datetime, why: str) -> bytes:
    """The file."""
    return as_json({"publication": publication_id, "withdrawn_on": str(london_date(at)), "why": why})
