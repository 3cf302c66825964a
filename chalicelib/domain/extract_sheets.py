"""The sheets of a ledger extract, and what is found on them beside money: complaints, totals of the file's own, rows passed over."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.values import Struct


class Sheet(Struct, frozen=True):
    """The rows of a sheet, or of a CSV (whose name is empty), as the texts of their cells; blank rows are among them.

    They can be gone through once: a file's rows are read as they are asked for.
    """

    name: str
    rows: Iterable[list[str]]


class Complaint(Struct, frozen=True, kw_only=True):
    """One thing wrong in a file: the sheet, the row as a spreadsheet numbers it, the column, what stands there and what would be right.

    Row 0 is the sheet as a whole. The column is empty where the row as a whole is meant.
    """

    sheet: str
    row: int
    column: str
    value: str
    wrong: str
    right: str


class Passed(Struct, kw_only=True):
    """How many rows say nothing of money: those above the header, blank ones, headings again, and totals."""

    title: int = 0
    blank: int = 0
    heading: int = 0
    total: int = 0


class Footer(Struct, frozen=True, kw_only=True):
    """A total that the file states of itself, beside what the rows before it come to, in pence, as the file counts."""

    sheet: str
    row: int
    stated_pence: int
    counted_pence: int

    @property
    def difference_pence(self) -> int:
        """How much more the file says than its rows do."""
        return self.stated_pence - self.counted_pence
