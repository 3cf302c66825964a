"""Summaries: the measures over any grouping of balances. Rows and totals are made of the same figures, so they add up.

Where quarters are told apart, those that were closed have their three columns beside the measures
(`chalicelib.domain.columns`). The columns are of those quarters only, and add up over the same groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum

from chalicelib.domain.cells import Cell, Counters
from chalicelib.domain.columns import Columns, Reported, columns
from chalicelib.domain.grants import Grant
from chalicelib.domain.imports import Waiting
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.measures import figures
from chalicelib.domain.values import Struct


class Dimension(StrEnum):
    """What a summary can be grouped and filtered by."""

    FUND = "fund"
    GRANT = "grant"
    LEAD_RECIPIENT = "lead_recipient"
    FORCE_AREA = "force_area"
    INITIATIVE = "initiative"
    CATEGORY = "category"
    PARTNER = "partner"
    FINANCIAL_YEAR = "financial_year"
    QUARTER = "quarter"
    NATURE = "nature"


class Directory(Struct, frozen=True):
    """What balances do not say themselves: the grants and initiatives they name, by id."""

    grants: Mapping[str, Grant]
    initiatives: Mapping[str, Initiative]


_OF_INITIATIVES = frozenset({Dimension.INITIATIVE, Dimension.CATEGORY, Dimension.PARTNER})


def without_meaning(dimensions: Iterable[Dimension]) -> frozenset[str]:
    """The measures that say nothing in groups by these dimensions.

    Award lines belong to no initiative, and allocations to no quarter, so what is left of them cannot be told there.
    """
    named = frozenset(dimensions)
    if Dimension.QUARTER in named:
        return frozenset({"unallocated", "available"})
    return frozenset({"unallocated"}) if named & _OF_INITIATIVES else frozenset()


Held = tuple[str, str, Counters]
"""One balance: the grant's id, the cell's key, and its counters in pence."""


class Row(Struct, frozen=True, kw_only=True):
    """One group: its value for each dimension (None where money belongs to none), and every measure in pence.

    `columns` are of those of its quarters that were closed; None where there are none, or nobody asked.
    """

    group: Mapping[Dimension, str | None]
    measures: Mapping[str, int]
    columns: Columns | None = None


class Summary(Struct, frozen=True, kw_only=True):
    """The groups in order, and the total over all of them; `columns` as in a row.

    `waiting` is what waits in suspense of what the filters keep, by grant and quarter: it is in no figure. None where nobody asked.
    """

    by: tuple[Dimension, ...]
    only: Mapping[Dimension, str]
    rows: tuple[Row, ...]
    total: Mapping[str, int]
    columns: Columns | None = None
    waiting: Mapping[str, Waiting] | None = None


Group = tuple[str | None, ...]


class _Sums:
    """Counters in pence by group, and over all groups."""

    def __init__(self) -> None:
        self.groups: dict[Group, dict[str, int]] = {}
        self.total: dict[str, int] = {}

    def add(self, group: Group, counters: Counters) -> None:
        """Add a cell's counters to its group. A group to which nothing is added is one all the same."""
        into, total = self.groups.setdefault(group, {}), self.total
        for counter, pence in counters.items():
            into[counter] = into.get(counter, 0) + pence
            total[counter] = total.get(counter, 0) + pence


def summarise(
    balances: Iterable[Held],
    directory: Directory,
    by: tuple[Dimension, ...],
    only: Mapping[Dimension, str],
    reported: Mapping[str, Reported] | None = None,
) -> Summary:
    """Sum balances into groups, keeping those that match every filter; with what their quarters `reported`, by grant, if asked."""
    sums, was, now = _Sums(), _Sums(), _Sums()
    closed = {(grant_id, quarter) for grant_id, quarters in (reported or {}).items() for quarter in quarters}
    for grant_id, key, counters in balances:
        place = Cell.parse(key)
        if _kept(directory, grant_id, place, only):
            group = tuple(_READ[dimension](directory, grant_id, place) for dimension in by)
            sums.add(group, counters)
            if (grant_id, place.quarter) in closed:
                now.add(group, counters)
    for grant_id, key, counters in _cells(reported or {}):
        place = Cell.parse(key)
        if _kept(directory, grant_id, place, only):
            group = tuple(_READ[dimension](directory, grant_id, place) for dimension in by)
            was.add(group, counters)
            # Even where nothing is left of it now, so that the columns of the rows make those of the total.
            now.add(group, {})
            sums.add(group, {})
    # Money that belongs to no group (an award line to no initiative) comes last.
    order = sorted(sums.groups, key=lambda group: tuple((value is None, value or "") for value in group))
    return Summary(
        by=by,
        only=only,
        rows=tuple(
            Row(group=dict(zip(by, group, strict=True)), measures=figures(sums.groups[group]), columns=_columns(was, now, group))
            for group in order
        ),
        total=figures(sums.total),
        columns=columns(was.total, now.total) if now.groups else None,
    )


def _cells(reported: Mapping[str, Reported]) -> Iterator[Held]:
    for grant_id, quarters in reported.items():
        for cells in quarters.values():
            for key, counters in cells.items():
                yield grant_id, key, counters


def _kept(directory: Directory, grant_id: str, place: Cell, only: Mapping[Dimension, str]) -> bool:
    return all(_READ[dimension](directory, grant_id, place) == wanted for dimension, wanted in only.items())


def _columns(was: _Sums, now: _Sums, group: Group) -> Columns | None:
    return columns(was.groups.get(group, {}), now.groups[group]) if group in now.groups else None


_Read = Callable[[Directory, str, Cell], str | None]


def _category(directory: Directory, _grant_id: str, cell: Cell) -> str | None:
    return directory.initiatives[cell.initiative_id].category.value if cell.initiative_id else None


def _partner(directory: Directory, _grant_id: str, cell: Cell) -> str | None:
    return directory.initiatives[cell.initiative_id].partner_id if cell.initiative_id else None


_READ: dict[Dimension, _Read] = {
    Dimension.FUND: lambda directory, grant_id, _cell: directory.grants[grant_id].fund_id,
    Dimension.GRANT: lambda _directory, grant_id, _cell: grant_id,
    Dimension.LEAD_RECIPIENT: lambda directory, grant_id, _cell: directory.grants[grant_id].lead_recipient_id,
    Dimension.FORCE_AREA: lambda directory, grant_id, _cell: directory.grants[grant_id].force_area,
    Dimension.INITIATIVE: lambda _directory, _grant_id, cell: cell.initiative_id,
    Dimension.CATEGORY: _category,
    Dimension.PARTNER: _partner,
    Dimension.FINANCIAL_YEAR: lambda _directory, _grant_id, cell: cell.financial_year,
    Dimension.QUARTER: lambda _directory, _grant_id, cell: cell.quarter,
    Dimension.NATURE: lambda _directory, _grant_id, cell: cell.nature.value,
}
