"""What waited in suspense when an export was asked for, as its files say it: it is in none of their rows."""

from __future__ import annotations

from chalicelib.domain.exports import Export
from chalicelib.domain.imports import Waiting
from chalicelib.domain.money import decimal_pounds

WORDS = "in suspense, in no row"
"""How a sheet of totals says it."""


def altogether(export: Export) -> Waiting:
    """All that waited of the export's grants and quarters, in one sum."""
    waits = export.suspended.values()
    return Waiting(documents=sum(each.documents for each in waits), pence=sum(each.pence for each in waits))


def by_quarter(export: Export) -> list[dict[str, object]]:
    """The same, as control totals list it: by grant and quarter, in order."""
    return [
        {**dict(zip(("grant", "quarter"), place.split(" "), strict=True)), "documents": each.documents, "pence": each.pence}
        | {"pounds": decimal_pounds(each.pence)}
        for place, each in sorted(export.suspended.items())
    ]
