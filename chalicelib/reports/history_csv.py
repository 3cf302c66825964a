"""Histories in words as CSV: a row for each field that changed, and one for whatever changed none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.reports.cells import BOM, line
from chalicelib.reports.telling import Happened

COLUMNS = ("at", "by", "kind", "id", "record", "what", "reason", "field", "before", "after")
"""What each row holds. `at` is an instant in UTC; the last three are empty where nothing was there to change."""


def heading() -> str:
    """What the file begins with."""
    return BOM.decode() + line(COLUMNS)


def rows(found: Iterable[Happened]) -> Iterator[str]:
    """The rows, in the order given."""
    for record, told in found:
        at = f"{record.at:%Y-%m-%dT%H:%M:%SZ}"
        begin = (at, record.by, record.name.kind.value, record.name.id, str(record.seq), told.words, record.reason)
        if not told.changes:
            yield line((*begin, "", "", ""))
        for each in told.changes:
            yield line((*begin, each.field, each.before, each.after))
