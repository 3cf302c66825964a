"""Budget monitoring as a table."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.budget_monitoring import Monitored, Policy
from chalicelib.domain.summaries import Directory
from chalicelib.reports.tables import Colouring, Column, Row, Shape, Table, pounds, text

_SHARE = "outturn_variance_per_cent"

_COLUMNS = (
    *text("fund", "grant"),
    *text("grant_title", width=30),
    *text("initiative"),
    *text("initiative_title", width=30),
    *text("category", "partner", "financial_year"),
    *pounds("original_budget", "latest_budget", "budget_to_date", "actual_to_date", "committed", "accrued", "variance"),
    *text("previous_return"),
    *pounds("previous_forecast_outturn"),
    *text("latest_return"),
    *pounds("latest_forecast_outturn", "outturn_variance"),
    Column(_SHARE, Shape.PER_CENT, 14),
    *text("flag", width=8),
)


def budget_table(rows: Iterable[Monitored], directory: Directory, policy: Policy) -> Table:
    """A row for each grant, initiative and year; `flag` is amber or red where the office has said what is."""
    return Table(
        title="Budget monitoring",
        columns=_COLUMNS,
        rows=(_row(each, directory, policy) for each in rows),
        brackets=True,
        colouring=Colouring(_SHARE, policy.amber_basis_points, policy.red_basis_points),
    )


def _row(each: Monitored, directory: Directory, policy: Policy) -> Row:
    grant = directory.grants[each.grant_id]
    initiative = directory.initiatives[each.initiative_id] if each.initiative_id else None
    share = each.outturn_variance_basis_points
    return (
        grant.fund_id,
        grant.id,
        grant.title,
        initiative.id if initiative else None,
        initiative.title if initiative else "Not allocated",
        initiative.category.value if initiative else None,
        initiative.partner_id if initiative else None,
        each.financial_year,
        each.original_pence,
        each.latest_pence,
        each.to_date_pence,
        each.actual_pence,
        each.committed_pence,
        each.accrued_pence,
        each.variance_pence,
        each.previous,
        each.previous_outturn_pence,
        each.latest,
        each.latest_outturn_pence,
        each.outturn_variance_pence,
        share,
        policy.flag(share),
    )
