"""Budget monitoring: for each grant, initiative and financial year the budget, what was spent of it, and what will have been.

    original budget      what was first allocated to the initiative of each year and nature
    latest budget        what is allocated now, after every virement
    budget to date       the part of the latest budget that falls up to and including a quarter
    actual to date       spent: paid, with corrections, less refunds
    variance             actual and accrued, less budget to date
    forecast outturn     spent in the quarters that a return reports, and what it forecasts for the others of the year
    outturn variance     latest forecast outturn, less latest budget

What of an award belongs to no initiative has a row of its own, so that the rows add up to the award. How a year's budget falls
on its quarters, and when a variance is amber or red, is local policy: where nobody has said, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.domain.cells import Cell, Counter, added
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.exports import AMBER, PHASING, RED
from chalicelib.domain.measures import MEASURES, spent
from chalicelib.domain.money import parse_pounds, split
from chalicelib.domain.periods import FinancialYear, Quarter
from chalicelib.domain.values import Struct, field, replace

_WHOLE = 10_000
"""A whole, in hundredths of a per cent."""


class Flag(StrEnum):
    """How far an outturn is from its budget."""

    AMBER = "amber"
    RED = "red"


class Policy(Struct, frozen=True, kw_only=True):
    """The office's own policy; what is None nobody has said.

    `phasing` are the per cents of a year's budget that fall on its four quarters. A variance, above or below, of so many
    hundredths of a per cent of the budget is amber, or red.
    """

    phasing: tuple[int, ...] | None = None
    amber_basis_points: int | None = None
    red_basis_points: int | None = None

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Policy:
        """What the office's settings say, by their names: `20,25,25,30` and `2.5`."""
        phasing = settings.get(PHASING)
        return cls(
            phasing=tuple(map(int, phasing.split(","))) if phasing else None,
            amber_basis_points=_basis_points(settings.get(AMBER)),
            red_basis_points=_basis_points(settings.get(RED)),
        )

    def flag(self, basis_points: int | None) -> Flag | None:
        """What a variance of so many hundredths of a per cent is; None where there is nothing to say of it."""
        if basis_points is None:
            return None
        for flag, least in ((Flag.RED, self.red_basis_points), (Flag.AMBER, self.amber_basis_points)):
            if least is not None and abs(basis_points) >= least:
                return flag
        return None


def _basis_points(per_cent: str | None) -> int | None:
    # A per cent of two decimals, as hundredths: what pounds are to pence.
    return parse_pounds(per_cent) if per_cent else None


class Forecasts(Struct, frozen=True, kw_only=True):
    """What an accepted return forecast: pence by quarter, and the quarter that it reports."""

    quarter: str
    pence: Mapping[str, int]


class Monitored(Struct, frozen=True, kw_only=True):
    """One row, in pence; what is None is not known. `initiative_id` is None for money that belongs to no initiative.

    `previous` and `latest` are the quarters of the returns that the forecast outturns are made of.
    """

    grant_id: str
    initiative_id: str | None
    financial_year: str
    original_pence: int
    latest_pence: int
    to_date_pence: int | None
    actual_pence: int
    committed_pence: int
    accrued_pence: int
    previous: str | None = None
    previous_outturn_pence: int | None = None
    latest: str | None = None
    latest_outturn_pence: int | None = None

    @property
    def variance_pence(self) -> int | None:
        """Actual and accrued, less the budget to date."""
        return None if self.to_date_pence is None else self.actual_pence + self.accrued_pence - self.to_date_pence

    @property
    def outturn_variance_pence(self) -> int | None:
        """The latest forecast outturn, less the latest budget."""
        return None if self.latest_outturn_pence is None else self.latest_outturn_pence - self.latest_pence

    @property
    def outturn_variance_basis_points(self) -> int | None:
        """The outturn variance in hundredths of a per cent of the latest budget, rounded towards nothing; None without a budget."""
        variance = self.outturn_variance_pence
        if variance is None or self.latest_pence <= 0:
            return None
        share = abs(variance) * _WHOLE // self.latest_pence
        return share if variance >= 0 else -share


class _Watched(Struct, kw_only=True):
    """What the entries of one grant, initiative and year come to: counters by quarter ("" holds what is held by the year)."""

    counters: dict[str, dict[str, int]] = field(default_factory=dict)
    allocated_first: dict[str, int] = field(default_factory=dict)
    awarded_first: int = 0

    def total(self, until: Quarter | None = None) -> dict[str, int]:
        """The counters of the year, or of its quarters up to and including one."""
        quarters = (quarter for quarter in self.counters if until is None or not quarter or Quarter.parse(quarter) <= until)
        return added(self.counters[quarter] for quarter in quarters)


ALLOTTED = frozenset({EntryKind.ALLOCATION, EntryKind.AWARD})
"""The kinds of entry that make the original budget: of these the first is told apart from later ones."""

Key = tuple[str, str | None, str]
"""A row's grant, initiative and financial year."""


class Monitoring:
    """Takes in every grant's entries, in the order in which they were recorded, and gives the rows."""

    def __init__(self) -> None:
        self._watched: dict[Key, _Watched] = {}

    def take(self, grant_id: str, kind: str, cell: str, moves: Mapping[str, int]) -> None:
        """Take in an entry, or several of a kind that is not `ALLOTTED`: their cell, and what they add to its counters in pence."""
        where = Cell.parse(cell)
        watched = self._watched.setdefault((grant_id, where.initiative_id, where.financial_year), _Watched())
        counters = watched.counters.setdefault(where.quarter or "", {})
        for counter, pence in moves.items():
            counters[counter] = counters.get(counter, 0) + pence
        if kind == EntryKind.ALLOCATION:
            watched.allocated_first.setdefault(cell, moves.get(Counter.ALLOCATED, 0))
        elif kind == EntryKind.AWARD:
            watched.awarded_first += moves.get(Counter.AWARDED, 0)

    def rows(
        self, returns: Mapping[str, tuple[Forecasts, ...]], policy: Policy, now: Quarter, until: Quarter | None = None
    ) -> tuple[Monitored, ...]:
        """The rows in order of grant, initiative (none last) and year.

        `returns` are each initiative's accepted ones in order of quarter. `now` is the quarter up to which the budget is
        counted; with `until` it is that one, and entries and returns are counted up to it, too.
        """
        rows = {key: self._row(key, policy, until or now, until) for key in self._watched}
        by_initiative: dict[str, list[Monitored]] = {}
        for row in rows.values():
            if row.initiative_id is not None:
                by_initiative.setdefault(row.initiative_id, []).append(row)
        for initiative_id, own in by_initiative.items():
            known = [each for each in returns.get(initiative_id, ()) if until is None or Quarter.parse(each.quarter) <= until]
            for row in self._forecast(own, known[-2:]):
                rows[row.grant_id, row.initiative_id, row.financial_year] = row
        return tuple(rows[key] for key in sorted(rows, key=lambda key: (key[0], key[1] is None, key[1] or "", key[2])))

    def _row(self, key: Key, policy: Policy, now: Quarter, until: Quarter | None) -> Monitored:
        grant_id, initiative_id, year = key
        counters = self._watched[key].total(until)
        original, latest = self._budget(key)
        return Monitored(
            grant_id=grant_id,
            initiative_id=initiative_id,
            financial_year=year,
            original_pence=original,
            latest_pence=latest,
            to_date_pence=_to_date(latest, year, now, policy.phasing),
            actual_pence=spent(counters),
            committed_pence=MEASURES["committed"].of(counters),
            accrued_pence=MEASURES["accrued"].of(counters),
        )

    def _budget(self, key: Key) -> tuple[int, int]:
        """What was first budgeted, and what is now: of an award, what is left of it beside its initiatives."""
        watched, allocated = self._watched[key], MEASURES["allocated"]
        if key[1] is not None:
            return sum(watched.allocated_first.values()), allocated.of(watched.total())
        others = [each for (grant_id, held, year), each in self._watched.items() if held and (grant_id, year) == (key[0], key[2])]
        first, now = watched.awarded_first, MEASURES["awarded"].of(watched.total())
        return first - sum(sum(each.allocated_first.values()) for each in others), now - sum(allocated.of(each.total()) for each in others)

    def _forecast(self, own: list[Monitored], returns: list[Forecasts]) -> list[Monitored]:
        """An initiative's rows with the outturns that its last returns forecast; a year that has none yet gets one."""
        found = {(row.financial_year, row.grant_id): row for row in own}
        for place, returned in enumerate(reversed(returns)):
            forecast = {str(Quarter.parse(quarter).year) for quarter, pence in returned.pence.items() if pence}
            for year in sorted(forecast | {year for year, _ in found}):
                there = _paying(found, year)
                ahead = split(_ahead(returned, year), _shares(there))
                for row, pence in zip(there, ahead, strict=True):
                    outturn = self._spent_to(row, returned.quarter) + pence
                    found[year, row.grant_id] = (
                        replace(row, previous=returned.quarter, previous_outturn_pence=outturn)
                        if place
                        else replace(row, latest=returned.quarter, latest_outturn_pence=outturn)
                    )
        return list(found.values())

    def _spent_to(self, row: Monitored, last: str) -> int:
        """Pence spent in a row's year up to and including a quarter."""
        watched = self._watched.get((row.grant_id, row.initiative_id, row.financial_year))
        return spent(watched.total(Quarter.parse(last))) if watched else 0


def _paying(found: Mapping[tuple[str, str], Monitored], year: str) -> list[Monitored]:
    """The rows that a year's forecast falls on; where the year has none, a new one of the last grant that the initiative had."""
    there = [row for (held, _), row in sorted(found.items()) if held == year]
    if there:
        return there
    last = found[max(found)]
    return [
        Monitored(
            grant_id=last.grant_id,
            initiative_id=last.initiative_id,
            financial_year=year,
            original_pence=0,
            latest_pence=0,
            to_date_pence=0,
            actual_pence=0,
            committed_pence=0,
            accrued_pence=0,
        )
    ]


def _shares(rows: list[Monitored]) -> list[int]:
    """By what a forecast is split over the grants that pay: their budgets; all alike where none has any."""
    budgets = [max(0, row.latest_pence) for row in rows]
    return budgets if any(budgets) else [1] * len(rows)


def _ahead(returned: Forecasts, year: str) -> int:
    """What a return forecasts for the quarters of a year after its own."""
    after = (quarter for quarter in FinancialYear.parse(year).quarters() if quarter > Quarter.parse(returned.quarter))
    return sum(returned.pence.get(str(quarter), 0) for quarter in after)


def _to_date(latest: int, year: str, until: Quarter, phasing: tuple[int, ...] | None) -> int | None:
    """A year's budget up to and including a quarter; None in the middle of a year where nobody has said how it falls."""
    quarters = FinancialYear.parse(year).quarters()
    if until >= quarters[-1]:
        return latest
    if until < quarters[0]:
        return 0
    return None if phasing is None else sum(split(latest, phasing)[: until.number])
