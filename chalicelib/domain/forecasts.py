"""Forecasts: what the ledger says of an initiative, which quarters a forecast is wanted for, and how good the last one was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import MAXYEAR, date

from chalicelib.domain.cells import Cell, Counters
from chalicelib.domain.grants import Grant
from chalicelib.domain.measures import spent
from chalicelib.domain.periods import Quarter
from chalicelib.domain.return_reports import Forecast
from chalicelib.domain.values import Struct


class Funding(Struct, frozen=True, kw_only=True):
    """What the ledger says of an initiative: pence spent by quarter, over all its grants, and the last day that any of
    them pays for (None: no grant has money for it).
    """

    spent: Mapping[str, int]
    ends: date | None

    def spent_in(self, quarter: Quarter) -> int:
        """Pence spent in a quarter."""
        return self.spent.get(str(quarter), 0)

    def spent_to(self, quarter: Quarter) -> int:
        """Pence spent up to and including a quarter."""
        return sum(pence for each, pence in self.spent.items() if Quarter.parse(each) <= quarter)

    def remaining(self, quarter: Quarter) -> tuple[str, ...]:
        """The quarters after this one in which a grant still pays: those that a forecast is wanted for."""
        if self.ends is None:
            return ()
        # A grant may end after the last whole financial year there is.
        last = Quarter.of(min(self.ends, date(MAXYEAR, 3, 31)))
        found: list[str] = []
        while quarter < last:
            quarter = quarter.next()
            found.append(str(quarter))
        return tuple(found)


Cells = Mapping[str, Mapping[str, Counters]]
"""An initiative's counters: by grant, then by cell."""


def cells_of(balances: Iterable[tuple[str, str, Counters]], initiative_id: str) -> dict[str, dict[str, Counters]]:
    """An initiative's own among the balances; what comes to nothing is left out."""
    found: dict[str, dict[str, Counters]] = {}
    for grant_id, cell, counters in balances:
        if Cell.parse(cell).initiative_id == initiative_id and any(counters.values()):
            found.setdefault(grant_id, {})[cell] = counters
    return found


def funding(cells: Cells, grants: Iterable[Grant]) -> Funding:
    """What the ledger says of the initiative that these cells are of; `grants` are those that pay for it."""
    by_quarter: dict[str, int] = {}
    for counters_by_cell in cells.values():
        for cell, counters in counters_by_cell.items():
            quarter = Cell.parse(cell).quarter
            if quarter is not None:
                by_quarter[quarter] = by_quarter.get(quarter, 0) + spent(counters)
    return Funding(spent=by_quarter, ends=max((grant.ends for grant in grants), default=None))


class Accuracy(Struct, frozen=True, kw_only=True):
    """What a return forecast for a quarter, beside what was spent in it, in pence."""

    set_by: str
    quarter: str
    forecast_pence: int
    spent_pence: int

    @property
    def difference_pence(self) -> int:
        """Spent, less forecast."""
        return self.spent_pence - self.forecast_pence


def accuracy(set_by: str, forecasts: Iterable[Forecast], ledger: Funding) -> tuple[Accuracy, ...]:
    """The forecasts that a return set, each beside what was spent in its quarter."""
    return tuple(
        Accuracy(
            set_by=set_by,
            quarter=each.quarter,
            forecast_pence=each.amount_pence,
            spent_pence=ledger.spent_in(Quarter.parse(each.quarter)),
        )
        for each in forecasts
    )
