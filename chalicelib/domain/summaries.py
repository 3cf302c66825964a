"""Summaries: the measures over any grouping of balances. Rows and totals are made of the same figures, so they add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.cells import Cell, Counters
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.measures import figures


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


@dataclass(frozen=True, slots=True)
class Directory:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One group: its value for each dimension (None where money belongs to none), and every measure in pence."""

    group: Mapping[Dimension, str | None]
    measures: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The groups in order, and the total over all of them."""

    by: tuple[Dimension, ...]
    only: Mapping[Dimension, str]
    rows: tuple[Row, ...]
    total: Mapping[str, int]


def summarise(
    balances: Iterable[Held],
    directory: Directory,
    by: tuple[Dimension, ...],
    only: Mapping[Dimension, str],
) -> Summary:
    """Sum balances into groups, keeping those that match every filter."""
    sums: dict[tuple[str | None, ...], dict[str, int]] = {}
    total: dict[str, int] = {}
    for grant_id, key, counters in balances:
        place = Cell.parse(key)
        if any(_READ[dimension](directory, grant_id, place) != wanted for dimension, wanted in only.items()):
            continue
        group = tuple(_READ[dimension](directory, grant_id, place) for dimension in by)
        into = sums.setdefault(group, {})
        for counter, pence in counters.items():
            into[counter] = into.get(counter, 0) + pence
            total[counter] = total.get(counter, 0) + pence
    # Money that belongs to no group (an award line to no initiative) comes last.
    order = sorted(sums, key=lambda group: tuple((value is None, value or "") for value in group))
    rows = tuple(Row(group=dict(zip(by, group, strict=True)), measures=figures(sums[group])) for group in order)
    return Summary(by=by, only=only, rows=rows, total=figures(total))


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
