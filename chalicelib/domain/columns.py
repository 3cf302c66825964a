"""The three columns of what was reported: as reported, as corrected, and the difference between them.

    as reported     the quarter's measures when it was last closed; they never move
    as corrected    the same measures as they are known now
    difference      as corrected, less as reported

They are sums like every other, so they add up over initiatives, quarters and grants. A quarter that was never closed has
no part in any of them; one that was reopened has, until it closes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chalicelib.domain.cells import Cell, Counter, Counters, added
from chalicelib.domain.measures import MEASURES, Measure
from chalicelib.domain.values import Struct

_BY_THE_YEAR = frozenset({Counter.AWARDED, Counter.ALLOCATED})

QUARTERLY: dict[str, Measure] = {
    name: measure for name, measure in MEASURES.items() if not _BY_THE_YEAR.intersection((*measure.plus, *measure.minus))
}
"""The measures that a quarter has. Awards and allocations are held by the year, so no quarter has its share of them."""

Cells = Mapping[str, Counters]
"""Counters in pence by cell."""

Reported = Mapping[str, Cells]
"""What a grant's quarters reported when they were last closed: their cells, by quarter. One never closed is not there."""


class Columns(Struct, frozen=True, kw_only=True):
    """The quarterly measures in pence, by name, three times."""

    as_reported: Mapping[str, int]
    as_corrected: Mapping[str, int]
    difference: Mapping[str, int]

    def by_name(self) -> tuple[tuple[str, Mapping[str, int]], ...]:
        """The columns with what they are called, in the order in which they are shown."""
        return ("as_reported", self.as_reported), ("as_corrected", self.as_corrected), ("difference", self.difference)


class ReportedQuarter(Struct, frozen=True, kw_only=True):
    """A quarter of a grant that was closed, with its columns."""

    grant_id: str
    quarter: str
    columns: Columns


def quarterly(counters: Counters) -> dict[str, int]:
    """Every measure that a quarter has, in pence, by name."""
    return {name: measure.of(counters) for name, measure in QUARTERLY.items()}


def columns(was: Counters, now: Counters) -> Columns:
    """The columns of counters as they were reported, and as they are now."""
    reported, corrected = quarterly(was), quarterly(now)
    return Columns(as_reported=reported, as_corrected=corrected, difference={name: corrected[name] - reported[name] for name in QUARTERLY})


def in_quarter(cells: Cells, quarter: str) -> dict[str, dict[str, int]]:
    """A quarter's own cells; what comes to nothing is left out."""
    own = {key: added((counters,)) for key, counters in sorted(cells.items()) if Cell.parse(key).quarter == quarter}
    return {key: counters for key, counters in own.items() if counters}


def reported_quarters(cells: Mapping[str, Cells], reported: Mapping[str, Reported]) -> Iterator[ReportedQuarter]:
    """Every quarter that was closed, in order of grant and quarter; `cells` are all that is known now. Both are by grant."""
    for grant_id, quarters in sorted(reported.items()):
        for quarter, was in sorted(quarters.items()):
            now = in_quarter(cells.get(grant_id, {}), quarter)
            yield ReportedQuarter(grant_id=grant_id, quarter=quarter, columns=columns(added(was.values()), added(now.values())))


def together(parts: Iterable[Columns]) -> Columns:
    """Several columns as one: measures are sums, so their columns add up."""
    each = tuple(parts)
    return Columns(
        as_reported=_summed(part.as_reported for part in each),
        as_corrected=_summed(part.as_corrected for part in each),
        difference=_summed(part.difference for part in each),
    )


def _summed(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = dict.fromkeys(QUARTERLY, 0)
    for part in parts:
        for name, pence in part.items():
            total[name] += pence
    return total
