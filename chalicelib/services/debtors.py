"""What the Home Office owes at a year's end: what was claimed for the year, less what had come by its last day."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.context import Context
from chalicelib.domain.cells import Counter
from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import FinancialYear
from chalicelib.domain.values import Struct
from chalicelib.services import reading, registers


class Debtor(Struct, frozen=True, kw_only=True):
    """One grant and financial year, in pence: what was claimed for it, whenever that was, and what came for it, and when."""

    financial_year: str
    claimed_pence: int = 0
    received_by_year_end_pence: int = 0
    received_later_pence: int = 0

    @property
    def debtor_pence(self) -> int:
        """What was owed at the year's end; while the year goes on, what is owed so far."""
        return self.claimed_pence - self.received_by_year_end_pence

    @property
    def outstanding_pence(self) -> int:
        """What is owed now."""
        return self.debtor_pence - self.received_later_pence


def of_grant(context: Context, grant_id: str, after: str = "") -> Iterator[Debtor]:
    """The years of a grant for which anything was claimed or received, in order, after the year given.

    Costs one read of the grant's records, each checked against the chain. Raises Missing, ChainBroken.
    """
    held = registers.find(context, Grant, grant_id)
    sums: dict[str, list[int]] = {}
    for _, _, entry in reading.entries(context, grant_id, until=held.position.seq):
        claimed, received = (entry.moves.get(counter, 0) for counter in (Counter.CLAIMED, Counter.RECEIVED))
        if not claimed and not received:
            continue
        year = entry.place.financial_year
        part = sums.setdefault(year, [0, 0, 0])
        part[0] += claimed
        part[1 if entry.on <= FinancialYear.parse(year).last_day else 2] += received
    for year, (claimed, by_year_end, later) in sorted(sums.items()):
        if year > after:
            yield Debtor(financial_year=year, claimed_pence=claimed, received_by_year_end_pence=by_year_end, received_later_pence=later)
