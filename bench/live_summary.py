"""A live summary by fund and quarter: ours reads balances, the conventional way folds every entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import cast

from bench import conventional
from bench.conventional import LowLevel
from bench.figures import Figure, times
from bench.ledgers import Ledger, Ledgers
from bench.measuring import Cost, Pair, rounds_for, side_by_side, timed
from bench.wiretap import Traffic, tapped
from chalicelib.domain.measures import figures
from chalicelib.domain.summaries import Dimension, Summary
from chalicelib.services import summaries
from chalicelib.services.summaries import AsAt

NAME = "live summary"
_BY = (Dimension.FUND, Dimension.QUARTER)
_FLAT = 1.3
"""How much more the largest ledger's summary may cost than the smallest's: nothing but what a busy machine adds."""

Sums = Mapping[tuple[str, str | None], Mapping[str, Decimal]]


def measure(ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """On three ledgers of the same office: a hundredth, a tenth and all of the entries."""
    sizes = tuple(max(1, entries // part) for part in (100, 10, 1))
    for size in sizes:
        ledger = ledgers.of(size)
        pair = side_by_side(partial(_ours, ledger), partial(_theirs, ledger), _same, rounds=rounds_for(size))
        # Ours takes milliseconds, and so deserves more rounds than theirs can be given.
        yield from times(NAME, f"{size:,} entries", Pair(_best(ledger, pair.ours, size), pair.theirs))
    yield from _flatness(ledgers.of(sizes[-1]), ledgers.of(sizes[0]), f"ours: {sizes[-1]:,} entries beside {sizes[0]:,}")


def _flatness(longest: Ledger, shortest: Ledger, what: str) -> Iterator[Figure]:
    pair = side_by_side(partial(_ours, longest), partial(_ours, shortest), lambda _longest, _shortest: True, rounds=20)
    yield Figure(benchmark=NAME, what=f"{what}, CPU", ours=pair.ours.cpu * 1e3, theirs=pair.theirs.cpu * 1e3, unit="ms", at_most=_FLAT)
    most, least = _traffic(longest).items_read, _traffic(shortest).items_read
    yield Figure(benchmark=NAME, what=f"{what}, items read", ours=most, theirs=least, unit="items", at_most=_FLAT)


def _ours(ledger: Ledger) -> Summary:
    return summaries.summary(ledger.context, _BY, {}, AsAt())


def _theirs(ledger: Ledger) -> Sums:
    funds = {grant_id: grant.fund_id for grant_id, grant in ledger.grants.items()}
    return conventional.fold(ledger.table, ledger.grants, lambda item: (funds[item["grant_id"]], item.get("quarter")))


def _best(ledger: Ledger, best: Cost, entries: int) -> Cost:
    for _ in range(4 * rounds_for(entries)):
        best = best.best(timed(partial(_ours, ledger))[1])
    return best


def _traffic(ledger: Ledger) -> Traffic:
    with tapped(cast("LowLevel", ledger.client).meta.events) as traffic:
        _ours(ledger)
    return traffic


def _same(ours: Summary, theirs: Sums) -> bool:
    found = {(row.group[Dimension.FUND], row.group[Dimension.QUARTER]): row.measures for row in ours.rows}
    return found == {group: figures({name: int(pence) for name, pence in sums.items()}) for group, sums in theirs.items()}
