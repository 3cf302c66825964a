"""What a claim says is still to be spent: what the latest accepted return of each of the grant's initiatives forecasts.

An accepted return never changes, so its id and its last record are enough to find the same forecast again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import takewhile

from chalicelib.domain.chain import Position
from chalicelib.domain.closing import quarters
from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import Quarter
from chalicelib.domain.returns import Return
from chalicelib.domain.values import Struct


class Expected(Struct, frozen=True, kw_only=True):
    """What an initiative expects to spend, whichever grant pays: pence by quarter, as the return `set_by` has it, whose
    last record is `at`. A quarter that is not there was not reported, which is not nothing.
    """

    set_by: str
    accepted_on: date
    at: Position
    pence: Mapping[str, int]


def reported(grant: Grant, today: date) -> tuple[Quarter, ...]:
    """The quarters of a grant that returns may be there for: those that have ended, the last day counted."""
    return tuple(takewhile(lambda quarter: quarter.last_day <= today, quarters(grant)))


def remaining(grant: Grant, quarter: Quarter) -> tuple[str, ...]:
    """The quarters after this one in which the grant still pays."""
    return tuple(str(each) for each in quarters(grant) if each > quarter)


def expected(returns: Iterable[tuple[Return, Position]], after: Quarter) -> Expected | None:
    """What the latest accepted of an initiative's returns forecasts for the quarters after one. None where none is accepted."""
    accepted = [(held, on, at) for held, at in returns if (on := held.accepted_on)]
    if not accepted:
        return None
    held, on, at = max(accepted, key=lambda each: each[0].quarter)
    pence = {each.quarter: each.amount_pence for each in held.report.forecasts if Quarter.parse(each.quarter) > after}
    return Expected(set_by=held.id, accepted_on=on, at=at, pence=pence)
