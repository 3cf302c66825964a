"""Exports: files made for finance from one position of the ledger; who took what, when, stays on the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import contradiction, invalid
from chalicelib.domain.periods import Quarter
from chalicelib.domain.publications import File
from chalicelib.domain.values import Struct


class Scope(Struct, frozen=True, kw_only=True):
    """Which entries an export takes in: all that match every part given."""

    financial_year: str | None = None
    quarter: str | None = None
    fund_id: str | None = None
    grant_id: str | None = None

    def takes_in(self, cell: Cell) -> bool:
        """Whether what is posted in a cell lies in the financial year and quarter."""
        return self.financial_year in (None, cell.financial_year) and self.quarter in (None, cell.quarter)

    def takes_in_quarter(self, quarter: Quarter) -> bool:
        """Whether a whole quarter lies in the financial year and quarter."""
        return self.financial_year in (None, str(quarter.year)) and self.quarter in (None, str(quarter))

    def checked(self) -> Scope:
        """Itself. Raises Invalid when nothing is given, Contradictory when the quarter is not in the year."""
        if not any((self.financial_year, self.quarter, self.fund_id, self.grant_id)):
            raise invalid("", "give at least one of financial_year, quarter, fund_id and grant_id")
        if self.financial_year and self.quarter and not self.quarter.startswith(self.financial_year):
            raise contradiction("/quarter", f"{self.quarter} is not in {self.financial_year}")
        return self


class Export(Struct, frozen=True, kw_only=True):
    """One export: its scope, the position it was made at, its files and control totals.

    `position` is how far each chain had come, by `grant#ssf-4-staffordshire`: the grants in the scope, and every initiative
    and organisation, whose names the rows show. `totals_pence` holds every measure over the rows. `code_version` is the
    code that wrote the files: other code may write others.
    """

    KIND: ClassVar = Kind.EXPORT

    id: str
    on: date
    scope: Scope
    position: Mapping[str, int]
    rows: int
    totals_pence: Mapping[str, int]
    files: tuple[File, ...]
    code_version: str = ""


class ExportMade(Struct, frozen=True, kw_only=True):
    """Somebody made an export."""

    KIND: ClassVar = "export_made"

    export: Export


ExportFact = ExportMade


def apply(_export: Export | None, fact: ExportFact, _seq: int) -> Export:
    """The export after a fact."""
    return fact.export
