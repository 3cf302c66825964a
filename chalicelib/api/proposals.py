"""Proposals: virements and write-offs that need a second person, who posts them by approving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.duties import READ
from chalicelib.api.fields import DateField, EntryId, FinancialYearText, PositivePence, Reason, ShownPence, Slug
from chalicelib.api.paging import number_after
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.api.variations import Decision, Verdict
from chalicelib.domain.answers import RuleBroken
from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import parse_entry_id
from chalicelib.domain.entry_refusals import DatedInFuture, NothingLeft, TooEarly, WrongEntry
from chalicelib.domain.errors import ChainBroken, Missing, NotInState, PreparerCannotApprove, RequestStale
from chalicelib.domain.matters import Matter
from chalicelib.domain.proposals import Proposal, ProposalKind, ProposalState, Transfer
from chalicelib.domain.refusals import AllocationExhausted, NoAwardLine
from chalicelib.domain.separation import Step, may
from chalicelib.services import proposals as services
from chalicelib.services.unit import version_of

proposals = Routes("proposals")

ProposalNumber = Annotated[int, Meta(ge=1, le=100_000, description="The proposal's number within its grant.")]
Figures = Annotated[
    dict[str, ShownPence], Meta(description="Pence that each initiative holds of the award line, or that is left of the entry.")
]


class NewVirementProposal(Body, frozen=True, kw_only=True):
    """Allocated money to move from one initiative to another, once somebody else approves."""

    from_initiative_id: Slug
    to_initiative_id: Slug
    financial_year: FinancialYearText
    nature: Nature
    amount_pence: PositivePence
    on: DateField
    reason: Reason

    def proposal(self) -> Proposal:
        """As the domain knows it; its number and who asked are put in when it is recorded."""
        between = Transfer(
            initiative_id=self.from_initiative_id,
            to_initiative_id=self.to_initiative_id,
            financial_year=self.financial_year,
            nature=self.nature,
        )
        return Proposal(id=0, kind=ProposalKind.VIREMENT, on=self.on, amount_pence=self.amount_pence, requested_by="", transfer=between)


class NewWriteOffProposal(Body, frozen=True, kw_only=True):
    """How much of an entry to give up, once somebody else approves: everything that is left, where no amount is given."""

    on: DateField
    reason: Reason
    amount_pence: PositivePence | None = None


class TransferView(Shown, frozen=True, kw_only=True):
    """Between which allocations a virement would move money."""

    from_initiative_id: Slug
    to_initiative_id: Slug
    financial_year: FinancialYearText
    nature: Nature

    @classmethod
    def of(cls, between: Transfer | None) -> TransferView | None:
        """As the API shows it."""
        if between is None:
            return None
        return cls(
            from_initiative_id=between.initiative_id,
            to_initiative_id=between.to_initiative_id,
            financial_year=between.financial_year,
            nature=between.nature,
        )


class ProposalView(Versioned, frozen=True, kw_only=True):
    """A proposal: what it would post, on which figures, who asked and why, who decided and why.

    `before_pence` are the figures when it was asked for; `after_pence` the same once it was approved.
    """

    id: int
    grant_id: Slug
    kind: ProposalKind
    state: ProposalState
    on: date
    amount_pence: ShownPence
    transfer: TransferView | None
    entry: EntryId | None
    before_pence: Figures
    after_pence: Figures | None
    requested_by: str
    reason: str
    decided_by: str | None
    decision_reason: str | None

    @classmethod
    def of(cls, shown: services.ShownProposal) -> ProposalView:
        """As the API shows it."""
        proposal = shown.proposal
        return cls(
            id=proposal.id,
            grant_id=shown.grant.state.id,
            kind=proposal.kind,
            state=proposal.state,
            on=proposal.on,
            amount_pence=proposal.amount_pence,
            transfer=TransferView.of(proposal.transfer),
            entry=proposal.entry,
            before_pence=dict(proposal.before),
            after_pence=dict(proposal.after) or None,
            requested_by=proposal.requested_by,
            reason=shown.why,
            decided_by=proposal.decided_by,
            decision_reason=shown.decision or None,
            version=version_of(shown.grant),
        )


@proposals.listing(
    "/grants/{grant_id}/proposals",
    allow=READ,
    gives=ProposalView.of,
    summary="List a grant's proposals",
    problems=(Missing, ChainBroken),
)
def list_proposals(call: Call, grant_id: Slug, query: PageQuery) -> Page[services.ShownProposal]:
    """The virements and write-offs proposed under one grant, in the order in which they were asked for."""
    found = services.every(call.context, grant_id, number_after(call.after), query.at_once)
    return Page.of(found, limit=query.limit, key=lambda shown: str(shown.proposal.id))


@proposals.post(
    "/grants/{grant_id}/virement-proposals",
    allow=may(Matter.VIREMENT, Step.PREPARE),
    takes=NewVirementProposal,
    gives=ProposalView.of,
    at="/grants/{grant_id}/proposals/{id}",
    summary="Propose a virement",
    problems=(Missing, NotInState, NoAwardLine, AllocationExhausted, DatedInFuture, RuleBroken),
)
def propose_virement(call: Call, grant_id: Slug, body: NewVirementProposal) -> services.ShownProposal:
    """Ask for a virement above the grant's limit, or for any. It is tried at once, and posted when somebody else approves."""
    return services.request(call.context, grant_id, body.proposal(), body.reason)


@proposals.post(
    "/entries/{entry_id}/write-off-proposals",
    allow=may(Matter.WRITE_OFF, Step.PREPARE),
    takes=NewWriteOffProposal,
    gives=ProposalView.of,
    at="/grants/{grant_id}/proposals/{id}",
    summary="Propose a write-off",
    problems=(Missing, NotInState, WrongEntry, NothingLeft, TooEarly, DatedInFuture, RuleBroken),
)
def propose_write_off(call: Call, entry_id: EntryId, body: NewWriteOffProposal) -> services.ShownProposal:
    """Ask to give up a commitment that will not be paid, an accrual never invoiced, or a claim that will not be met.

    Approved, it posts a release, a reversal or a correction.
    """
    grant_id, _ = parse_entry_id(entry_id) or ("", 0)
    pence = body.amount_pence or 0
    proposal = Proposal(id=0, kind=ProposalKind.WRITE_OFF, on=body.on, amount_pence=pence, requested_by="", entry=entry_id)
    return services.request(call.context, grant_id, proposal, body.reason)


@proposals.get(
    "/grants/{grant_id}/proposals/{proposal_id}",
    allow=READ,
    gives=ProposalView.of,
    versioned=True,
    summary="Show a proposal",
    problems=(Missing, ChainBroken),
)
def show_proposal(call: Call, grant_id: Slug, proposal_id: ProposalNumber) -> services.ShownProposal:
    """One proposal, with the figures before and, once it is approved, after it."""
    return services.find(call.context, grant_id, proposal_id)


@proposals.post(
    "/grants/{grant_id}/proposals/{proposal_id}/decision",
    allow=may(Matter.VIREMENT, Step.APPROVE) | may(Matter.WRITE_OFF, Step.APPROVE),
    creates=False,
    takes=Decision,
    gives=ProposalView.of,
    summary="Approve or reject a proposal",
    problems=(Missing, NotInState, PreparerCannotApprove, RequestStale, AllocationExhausted, RuleBroken),
)
def decide_proposal(call: Call, grant_id: Slug, proposal_id: ProposalNumber, body: Decision) -> services.ShownProposal:
    """Decide a proposal that somebody else made. Approving it posts its entries as they were asked for, in the same step."""
    decide: Callable[..., services.ShownProposal] = {
        Verdict.APPROVED: services.approve,
        Verdict.REJECTED: services.reject,
    }[body.decision]
    return decide(call.context, grant_id, proposal_id, body.reason)
