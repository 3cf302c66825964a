"""Money going out and coming in under one grant: allocations, virements, commitments, accruals, match, claims, receipts."""

from __future__ import annotations

from chalicelib.api.duties import ALLOCATE, POST_MONEY, READ
from chalicelib.api.entries import posted
from chalicelib.api.fields import (
    DateField,
    EntryId,
    FinancialYearText,
    NonZeroPence,
    PositivePence,
    QuarterText,
    Reason,
    ShownPence,
    Slug,
    Text,
)
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown
from chalicelib.domain.cells import Nature
from chalicelib.domain.claim_refusals import ClaimsArePrepared
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.entry_refusals import DatedInFuture
from chalicelib.domain.errors import Missing, NotInState
from chalicelib.domain.grants import Grant
from chalicelib.domain.income import MatchGiven, Settlement
from chalicelib.domain.refusals import AllocationExhausted, AwardExhausted, DateOutsidePeriod, NoAwardLine
from chalicelib.domain.spending import Budgeted, Spend
from chalicelib.domain.summaries import Dimension, Row
from chalicelib.domain.values import replace
from chalicelib.services import entries as services
from chalicelib.services import registers, summaries
from chalicelib.services.unit import Written

money = Routes("money")

_SPENDING = (DatedInFuture, Missing, NotInState, DateOutsidePeriod, NoAwardLine, AllocationExhausted, AwardExhausted)
_ALLOCATING = (Missing, NotInState, NoAwardLine, AwardExhausted, AllocationExhausted)


class NewAllocation(Body, frozen=True, kw_only=True):
    """Part of an award line for an initiative; a negative amount gives back what is not used."""

    initiative_id: Slug
    financial_year: FinancialYearText
    nature: Nature
    amount_pence: NonZeroPence
    on: DateField
    reason: Reason
    description: Text | None = None


class AllocationView(Shown, frozen=True, kw_only=True):
    """What one initiative holds of one award line, and what has become of it."""

    initiative_id: Slug
    financial_year: FinancialYearText
    nature: Nature
    allocated_pence: ShownPence
    committed_pence: ShownPence
    accrued_pence: ShownPence
    spent_pence: ShownPence
    available_pence: ShownPence

    @classmethod
    def of(cls, row: Row) -> AllocationView:
        """As the API shows it."""
        figures = row.measures
        return cls(
            initiative_id=row.group[Dimension.INITIATIVE] or "",
            financial_year=row.group[Dimension.FINANCIAL_YEAR] or "",
            nature=Nature(row.group[Dimension.NATURE] or ""),
            allocated_pence=figures["allocated"],
            committed_pence=figures["committed"],
            accrued_pence=figures["accrued"],
            spent_pence=figures["spent"],
            available_pence=figures["available"],
        )


_ALLOCATION = (Dimension.INITIATIVE, Dimension.FINANCIAL_YEAR, Dimension.NATURE)


def _key(row: Row) -> str:
    return "#".join(row.group[dimension] or "" for dimension in _ALLOCATION)


@money.listing(
    "/grants/{grant_id}/allocations",
    allow=READ,
    gives=AllocationView.of,
    summary="List a grant's allocations",
    problems=(Missing,),
)
def list_allocations(call: Call, grant_id: Slug, query: PageQuery) -> Page[Row]:
    """What each initiative holds of each award line of a grant."""
    registers.find(call.context, Grant, grant_id)
    rows = summaries.summary(call.context, _ALLOCATION, {Dimension.GRANT: grant_id}, summaries.AsAt()).rows
    found = sorted((row for row in rows if row.group[Dimension.INITIATIVE]), key=_key)
    return Page.of((row for row in found if _key(row) > call.after), limit=query.limit, key=_key)


@money.post(
    "/grants/{grant_id}/allocations",
    allow=ALLOCATE,
    takes=NewAllocation,
    gives=posted,
    summary="Allocate money to an initiative",
    problems=_ALLOCATING,
)
def allocate(call: Call, grant_id: Slug, body: NewAllocation) -> Written[Grant]:
    """Promise part of an award line to an initiative."""
    share = Budgeted(
        initiative_id=body.initiative_id,
        financial_year=body.financial_year,
        nature=body.nature,
        on=body.on,
        description=body.description or "",
    )
    return services.allocate(call.context, grant_id, share, body.amount_pence, body.reason)


class NewVirement(Body, frozen=True, kw_only=True):
    """Allocated money to move from one initiative to another, within one award line."""

    from_initiative_id: Slug
    to_initiative_id: Slug
    financial_year: FinancialYearText
    nature: Nature
    amount_pence: PositivePence
    on: DateField
    reason: Reason


@money.post(
    "/grants/{grant_id}/virements",
    allow=ALLOCATE,
    takes=NewVirement,
    gives=posted,
    summary="Move money between two allocations",
    problems=_ALLOCATING,
)
def transfer(call: Call, grant_id: Slug, body: NewVirement) -> Written[Grant]:
    """A virement: two entries, one for each leg."""
    share = Budgeted(initiative_id=body.from_initiative_id, financial_year=body.financial_year, nature=body.nature, on=body.on)
    return services.transfer(call.context, grant_id, share, body.to_initiative_id, body.amount_pence, body.reason)


class NewSpend(Body, frozen=True, kw_only=True):
    """What is committed to, or incurred: for which initiative, with whom, under which reference."""

    initiative_id: Slug
    nature: Nature
    on: DateField
    amount_pence: PositivePence
    party: Text | None = None
    reference: Text | None = None
    description: Text | None = None

    def spend(self) -> Spend:
        """As the domain knows it."""
        return Spend(
            initiative_id=self.initiative_id,
            nature=self.nature,
            on=self.on,
            amount_pence=self.amount_pence,
            party=self.party or "",
            reference=self.reference or "",
            description=self.description or "",
        )


@money.post(
    "/grants/{grant_id}/commitments",
    allow=POST_MONEY,
    takes=NewSpend,
    gives=posted,
    summary="Record a commitment",
    problems=_SPENDING,
)
def commit(call: Call, grant_id: Slug, body: NewSpend) -> Written[Grant]:
    """Record a purchase order or a signed onward grant. Payments that name it draw on it; the rest can be released."""
    return services.commit(call.context, grant_id, body.spend())


class NewAccrual(NewSpend, frozen=True, kw_only=True):
    """A cost incurred; of something that was ordered, `commitment` names the order, whose place the accrual takes."""

    commitment: EntryId | None = None

    def spend(self) -> Spend:
        """As the domain knows it."""
        return replace(super().spend(), commitment=self.commitment)


@money.post(
    "/grants/{grant_id}/accruals",
    allow=POST_MONEY,
    takes=NewAccrual,
    gives=posted,
    summary="Record an accrual",
    problems=_SPENDING,
)
def accrue(call: Call, grant_id: Slug, body: NewAccrual) -> Written[Grant]:
    """Record a cost incurred and not yet invoiced. The payment that names it reverses it."""
    return services.accrue(call.context, grant_id, body.spend())


class NewMatch(Body, frozen=True, kw_only=True):
    """A partner's contribution: money (`match_cash`), or things and time at their value (`match_in_kind`)."""

    in_kind: bool
    contributor: Text
    nature: Nature
    on: DateField
    amount_pence: PositivePence
    initiative_id: Slug | None = None
    reference: Text | None = None
    description: Text | None = None


@money.post(
    "/grants/{grant_id}/match",
    allow=POST_MONEY,
    takes=NewMatch,
    gives=posted,
    summary="Record match",
    problems=(Missing, NotInState, DateOutsidePeriod, NoAwardLine),
)
def record_match(call: Call, grant_id: Slug, body: NewMatch) -> Written[Grant]:
    """Record what a partner contributed, in cash or in kind. In kind is never claimable."""
    given = MatchGiven(
        kind=EntryKind.MATCH_IN_KIND if body.in_kind else EntryKind.MATCH_CASH,
        contributor=body.contributor,
        on=body.on,
        amount_pence=body.amount_pence,
        nature=body.nature,
        initiative_id=body.initiative_id,
        reference=body.reference or "",
        description=body.description or "",
    )
    return services.record_match(call.context, grant_id, given)


class NewSettlement(Body, frozen=True, kw_only=True):
    """What was claimed or received for one quarter; `on` is the day it was asked for or arrived."""

    quarter: QuarterText
    nature: Nature
    on: DateField
    amount_pence: PositivePence
    reference: Text
    description: Text | None = None

    def settlement(self, kind: EntryKind) -> Settlement:
        """As the domain knows it."""
        return Settlement(
            kind=kind,
            quarter=self.quarter,
            nature=self.nature,
            on=self.on,
            amount_pence=self.amount_pence,
            reference=self.reference,
            description=self.description or "",
        )


_SETTLING = (Missing, NotInState, DateOutsidePeriod, NoAwardLine)


@money.post(
    "/grants/{grant_id}/claimed",
    allow=POST_MONEY,
    takes=NewSettlement,
    gives=posted,
    summary="Record what was claimed",
    problems=(*_SETTLING, ClaimsArePrepared),
)
def record_claimed(call: Call, grant_id: Slug, body: NewSettlement) -> Written[Grant]:
    """Record what the office asked the Home Office to pay for a quarter, before the grant's claims were prepared here."""
    return services.record_settlement(call.context, grant_id, body.settlement(EntryKind.CLAIMED))


@money.post(
    "/grants/{grant_id}/received",
    allow=POST_MONEY,
    takes=NewSettlement,
    gives=posted,
    summary="Record what was received",
    problems=_SETTLING,
)
def record_received(call: Call, grant_id: Slug, body: NewSettlement) -> Written[Grant]:
    """Record what the Home Office paid for a quarter."""
    return services.record_settlement(call.context, grant_id, body.settlement(EntryKind.RECEIVED))
