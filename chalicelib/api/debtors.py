"""Debtors: what the Home Office owes for a grant's financial years."""

from __future__ import annotations

from chalicelib.api.duties import READ
from chalicelib.api.fields import FinancialYearText, ShownPence, Slug
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Shown
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.services import debtors as services
from chalicelib.services.debtors import Debtor

debtors = Routes("debtors")


class DebtorView(Shown, frozen=True, kw_only=True):
    """What the Home Office owes for one financial year: at its last day (or so far, while it goes on), and now.

    `claimed_pence` is what was claimed for the year, whenever that was; `received_by_year_end_pence` what had come by its last day.
    """

    financial_year: FinancialYearText
    claimed_pence: ShownPence
    received_by_year_end_pence: ShownPence
    debtor_pence: ShownPence
    received_later_pence: ShownPence
    outstanding_pence: ShownPence

    @classmethod
    def of(cls, debtor: Debtor) -> DebtorView:
        """As the API shows it."""
        return cls(
            financial_year=debtor.financial_year,
            claimed_pence=debtor.claimed_pence,
            received_by_year_end_pence=debtor.received_by_year_end_pence,
            debtor_pence=debtor.debtor_pence,
            received_later_pence=debtor.received_later_pence,
            outstanding_pence=debtor.outstanding_pence,
        )


@debtors.listing(
    "/grants/{grant_id}/debtors",
    allow=READ,
    gives=DebtorView.of,
    summary="List what is owed for a grant's years",
    problems=(Missing, ChainBroken),
)
def list_debtors(call: Call, grant_id: Slug, query: PageQuery) -> Page[Debtor]:
    """What the Home Office owed at each financial year's end, for what was claimed for it; and what it owes now."""
    return Page.of(services.of_grant(call.context, grant_id, call.after), limit=query.limit, key=lambda debtor: debtor.financial_year)
