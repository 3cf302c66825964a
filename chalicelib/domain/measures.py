"""Every figure Streetlight shows: one name, one meaning, one sum.

A measure is a sum of a cell's counters, each with a sign, so measures add up over any grouping, and

    awarded = unallocated + available + committed + accrued + spent
"""

from __future__ import annotations

from chalicelib.domain.cells import Counter, Counters
from chalicelib.domain.values import Struct


class Measure(Struct, frozen=True):
    """A named figure, its one-line meaning, and the counters that make it up."""

    name: str
    meaning: str
    plus: tuple[Counter, ...]
    minus: tuple[Counter, ...] = ()

    def of(self, counters: Counters) -> int:
        """The measure's value in pence over these counters."""
        return sum(counters.get(name, 0) for name in self.plus) - sum(counters.get(name, 0) for name in self.minus)


_SPENT = (Counter.PAID, Counter.CORRECTED)
_USED = (Counter.COMMITTED, Counter.ACCRUED, *_SPENT)

_ALL = (
    Measure("awarded", "Grant money awarded, after every approved variation.", (Counter.AWARDED,)),
    Measure("allocated", "Awarded money promised to an initiative.", (Counter.ALLOCATED,)),
    Measure(
        "unallocated",
        "Awarded money not yet promised to an initiative; negative where a reduction left allocations to be cut.",
        (Counter.AWARDED,),
        (Counter.ALLOCATED,),
    ),
    Measure("committed", "Orders and onward grants signed and not yet paid or released.", (Counter.COMMITTED,)),
    Measure("accrued", "Cost incurred and not yet invoiced, less what was reversed.", (Counter.ACCRUED,)),
    Measure("paid", "Money paid out against documents, credit notes taken off.", (Counter.PAID,)),
    Measure("corrected", "What corrections added to payments or took away.", (Counter.CORRECTED,)),
    Measure("refunded", "Money that was paid and came back.", (Counter.REFUNDED,)),
    Measure("spent", "Paid, with corrections, less refunds.", _SPENT, (Counter.REFUNDED,)),
    Measure(
        "available",
        "Allocated money not yet committed, accrued or spent.",
        (Counter.ALLOCATED, Counter.REFUNDED),
        _USED,
    ),
    Measure("claimed", "What the office has asked the Home Office to pay.", (Counter.CLAIMED,)),
    Measure("received", "What the Home Office has paid to the office.", (Counter.RECEIVED,)),
    Measure("match", "What partners contributed, in cash and in kind.", (Counter.MATCH_CASH, Counter.MATCH_IN_KIND)),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
"""Every measure by name, in the order in which figures are shown."""

_USE = Measure("used", "Committed, accrued or spent.", _USED, (Counter.REFUNDED,))


def figures(counters: Counters) -> dict[str, int]:
    """Every measure's value in pence over these counters, by name, in the order of MEASURES."""
    return {name: measure.of(counters) for name, measure in MEASURES.items()}


def available(counters: Counters) -> int:
    """Pence allocated and not yet used."""
    return MEASURES["available"].of(counters)


def spent(counters: Counters) -> int:
    """Pence paid, with corrections, less refunds."""
    return MEASURES["spent"].of(counters)


def used(counters: Counters) -> int:
    """Pence committed, accrued or spent: what an award line cannot be cut below."""
    return _USE.of(counters)
