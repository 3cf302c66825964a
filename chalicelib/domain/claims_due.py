"""Which quarters of a grant are to be claimed, and how far their claims are.

A quarter is to be claimed when it is over, money was spent in it (or a claim of it was begun), and no claim of it, or of a later
quarter, was sent: that would have taken it in. What comes late to a quarter that was claimed is claimed with the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import takewhile

from chalicelib.domain.cells import Cell, Counter, Counters
from chalicelib.domain.claims import ClaimState, GrantClaims
from chalicelib.domain.closing import quarters
from chalicelib.domain.grants import Grant
from chalicelib.domain.ledger import OPEN_FOR_PUTTING_RIGHT
from chalicelib.domain.measures import spent
from chalicelib.domain.values import Struct


class ToClaim(Struct, frozen=True, kw_only=True):
    """A quarter that is to be claimed, and the state of the claim that takes it in; None where none was drafted."""

    quarter: str
    state: ClaimState | None


def to_claim(grant: Grant, held: GrantClaims, cells: Mapping[str, Counters], today: date) -> Iterator[ToClaim]:
    """The quarters of a grant that are to be claimed, in order; `cells` are all of the grant's counters, in pence by cell."""
    if grant.state not in OPEN_FOR_PUTTING_RIGHT:
        return
    moved = _by_quarter(cells)
    claimed = max((*_sent(held), *_claimed_by_hand(moved)), default="")
    begun = {claim.quarter: claim.state for claim in held.claims if claim.stands and not claim.submission}
    over = takewhile(lambda quarter: quarter.last_day < today, quarters(grant))
    for quarter in map(str, over):
        something = quarter in begun or any(spent(counters) for counters in moved.get(quarter, ()))
        if something and quarter > claimed:
            yield ToClaim(quarter=quarter, state=next((begun[each] for each in sorted(begun) if each >= quarter), None))


def _by_quarter(cells: Mapping[str, Counters]) -> dict[str, list[Counters]]:
    found: dict[str, list[Counters]] = {}
    for cell, counters in cells.items():
        if quarter := Cell.parse(cell).quarter:
            found.setdefault(quarter, []).append(counters)
    return found


def _sent(held: GrantClaims) -> Iterator[str]:
    return (claim.quarter for claim in held.claims if claim.stands and claim.submission)


def _claimed_by_hand(moved: Mapping[str, list[Counters]]) -> Iterator[str]:
    """The quarters for which something is claimed now; what a claim of later lines posted is among them, and changes nothing."""
    return (quarter for quarter, counters in moved.items() if any(each.get(Counter.CLAIMED, 0) for each in counters))
