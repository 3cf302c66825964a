"""The match position: what is required of each award and of what was spent of it so far, beside what partners contributed."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.cells import Counter, Counters
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant
from chalicelib.domain.measures import spent
from chalicelib.reports.tables import Column, Row, Shape, Table, pounds, text

_COLUMNS = (
    *text("fund", "grant", width=22),
    *text("grant_title", width=30),
    *text("required_by"),
    Column("per_cent", Shape.PER_CENT, 10),
    *text("base"),
    *pounds("awarded", "required_of_award", "spent", "required_of_spent"),
    *pounds("cash", "in_kind", "match", "short_of_award", "short_of_spent"),
)


def match_table(grants: Iterable[tuple[Grant, Fund, Counters]]) -> Table:
    """A row for each grant, with its fund and its counters in pence.

    Where neither grant nor fund requires match, nothing is said of what is required.
    """
    return Table(title="Match", columns=_COLUMNS, rows=(_row(*each) for each in grants))


def _row(grant: Grant, fund: Fund, counters: Counters) -> Row:
    by, rule = ("grant", grant.match) if grant.match else ("fund", fund.rules.match)
    awarded, so_far = grant.awarded_pence, spent(counters)
    cash, in_kind = (counters.get(counter, 0) for counter in (Counter.MATCH_CASH, Counter.MATCH_IN_KIND))
    of_award, of_spent = (None if rule is None else rule.required_pence(max(0, pence)) for pence in (awarded, so_far))
    return (
        *(fund.id, grant.id, grant.title),
        *((by, rule.basis_points, rule.base.value) if rule else (None, None, None)),
        *(awarded, of_award, so_far, of_spent),
        *(cash, in_kind, cash + in_kind),
        *(None if required is None else max(0, required - cash - in_kind) for required in (of_award, of_spent)),
    )
