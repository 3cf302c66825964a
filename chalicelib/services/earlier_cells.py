"""A grant's cells as they were at an earlier record, kept while its chain is read on: one reading tells then and now."""

from __future__ import annotations

from chalicelib.domain.columns import Cells
from chalicelib.reports.bodies import ENTRY_KINDS


class EarlierCells:
    """Keeps the cells as they were at an earlier record while a chain is read on, and counts the entries after it, by kind."""

    def __init__(self, seq: int) -> None:
        """`seq` is the earlier record's number."""
        self._seq = seq
        self._cells: Cells | None = None
        self.since: dict[str, int] = {}

    def pass_by(self, seq: int, cells: Cells, kind: str) -> None:
        """Look at a record of this kind, before it moves anything."""
        if seq <= self._seq:
            return
        if self._cells is None:
            self._cells = {cell: dict(counters) for cell, counters in cells.items()}
        if kind in ENTRY_KINDS:
            self.since[kind] = self.since.get(kind, 0) + 1

    def cells(self, now: Cells) -> Cells:
        """The cells at the earlier record: those of now, where nothing came after it."""
        return now if self._cells is None else self._cells
