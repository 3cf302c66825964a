"""The cell: where a sum of money belongs within a grant.

A cell is one initiative (or none), one period and one nature, written as a key:

    hanley-cctv#2023-24-Q3#capital     money that moved in a quarter
    hanley-cctv#2023-24#capital        the initiative's allocation, which is promised by the year
    -#2023-24#not_stated               the award line itself, which belongs to no initiative

Entries carry the key as text, so a fold over a million entries never builds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from chalicelib.domain.periods import FinancialYear, Quarter

NO_INITIATIVE = "-"


class Nature(StrEnum):
    """What an award line may buy: assets, running costs, or whatever the award leaves open."""

    CAPITAL = "capital"
    REVENUE = "revenue"
    NOT_STATED = "not_stated"


class Counter(StrEnum):
    """The sums a cell keeps, in pence. Measures (`chalicelib.domain.measures`) are made of these."""

    AWARDED = "awarded"
    ALLOCATED = "allocated"
    COMMITTED = "committed"
    ACCRUED = "accrued"
    PAID = "paid"
    CORRECTED = "corrected"
    REFUNDED = "refunded"
    MATCH_CASH = "match_cash"
    MATCH_IN_KIND = "match_in_kind"
    CLAIMED = "claimed"
    RECEIVED = "received"


Counters = Mapping[str, int]


class Cell(NamedTuple):
    """A cell taken apart. `quarter` is None where money is held by the year."""

    initiative_id: str | None
    financial_year: str
    quarter: str | None
    nature: Nature

    @property
    def key(self) -> str:
        """The cell as text."""
        return f"{self.initiative_id or NO_INITIATIVE}#{self.quarter or self.financial_year}#{self.nature}"

    @property
    def line(self) -> tuple[str, Nature]:
        """The award line the cell draws on."""
        return self.financial_year, self.nature

    @classmethod
    def parse(cls, key: str) -> Cell:
        """The cell a key names. Raises ValueError for anything that is not a key."""
        return _parsed(key)

    @classmethod
    def of_year(cls, initiative_id: str | None, financial_year: str, nature: Nature) -> Cell:
        """The cell that holds a year's award or allocation."""
        return cls(initiative_id, str(FinancialYear.parse(financial_year)), None, nature)

    @classmethod
    def of_quarter(cls, initiative_id: str | None, quarter: Quarter, nature: Nature) -> Cell:
        """The cell in which a quarter's money moves."""
        return cls(initiative_id, str(quarter.year), str(quarter), nature)


@lru_cache(maxsize=65_536)
def _parsed(key: str) -> Cell:
    initiative, period, nature = key.split("#")
    if not initiative:
        raise ValueError(f"{key!r} names no initiative: write {NO_INITIATIVE!r} for none")
    initiative_id = None if initiative == NO_INITIATIVE else initiative
    if "Q" in period:
        return Cell.of_quarter(initiative_id, Quarter.parse(period), Nature(nature))
    return Cell.of_year(initiative_id, period, Nature(nature))


def year_and_quarters(initiative_id: str, financial_year: str, nature: Nature) -> tuple[str, ...]:
    """The keys of all five cells an allocation's availability is made of: the year's own and its quarters'."""
    quarters = FinancialYear.parse(financial_year).quarters()
    cells = [Cell.of_year(initiative_id, financial_year, nature)]
    return tuple(cell.key for cell in (*cells, *(Cell.of_quarter(initiative_id, quarter, nature) for quarter in quarters)))


def added(parts: Iterable[Counters]) -> dict[str, int]:
    """The counters of several cells as one; counters that come to nothing are left out."""
    total: dict[str, int] = {}
    for part in parts:
        for counter, pence in part.items():
            total[counter] = total.get(counter, 0) + pence
    return {counter: pence for counter, pence in total.items() if pence}
