"""Variations: requested by one person, decided by another; approving one changes the grant's budget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from chalicelib.api.duties import READ
from chalicelib.api.fields import FinancialYearText, Instant, NonZeroPence, Reason, Slug, Text
from chalicelib.api.grants import LineView
from chalicelib.api.paging import UnknownCursor
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.cells import Nature
from chalicelib.domain.errors import Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter
from chalicelib.domain.refusals import MoneyMayNotMove, ReductionBelowUse, VariationUnbalanced
from chalicelib.domain.separation import Step, may
from chalicelib.domain.variations import Budget, LineChange, Variation, VariationKind, VariationState
from chalicelib.services import grants as services
from chalicelib.services import registers
from chalicelib.services.grants import WholeVariation
from chalicelib.services.unit import Held, Written, version_of

variations = Routes("variations")

VariationNumber = Annotated[int, Meta(ge=1, le=100_000, description="The variation's number within its grant.")]


class LineChangeBody(Body, frozen=True, kw_only=True):
    """What a variation adds to one award line; negative takes away."""

    financial_year: FinancialYearText
    nature: Nature
    change_pence: NonZeroPence


class NewVariation(Body, frozen=True, kw_only=True):
    """A variation to request. `dated` is the date of the Home Office's notice; an extension gives the new last day."""

    kind: VariationKind
    dated: date
    reason: Reason
    notice_reference: Text
    changes: Annotated[tuple[LineChangeBody, ...], Meta(max_length=20)] = ()
    ends: date | None = None

    def variation(self) -> Variation:
        """As the domain knows it; its number and who requested it are put in when it is recorded."""
        return Variation(
            id=0,
            kind=self.kind,
            dated=self.dated,
            reason=self.reason,
            notice_reference=self.notice_reference,
            changes=tuple(
                LineChange(financial_year=line.financial_year, nature=line.nature, change_pence=line.change_pence) for line in self.changes
            ),
            ends=self.ends,
            requested_by="",
        )


class Verdict(StrEnum):
    """What is decided."""

    APPROVED = "approved"
    REJECTED = "rejected"


class Decision(Body, frozen=True, kw_only=True):
    """A decision on a variation, and why."""

    decision: Verdict
    reason: Reason


class BudgetView(Shown, frozen=True, kw_only=True):
    """A grant's award lines and last day at one moment."""

    lines: tuple[LineView, ...]
    ends: date

    @classmethod
    def of(cls, budget: Budget | None) -> BudgetView | None:
        """As the API shows it."""
        return cls(lines=tuple(LineView.of(line) for line in budget.lines), ends=budget.ends) if budget else None


class VariationView(Versioned, frozen=True, kw_only=True):
    """A variation; `before` and `after` are the budget around its approval.

    `decided_at` is when it was approved or rejected, and `decision_reason` why.
    """

    id: int
    grant_id: Slug
    kind: VariationKind
    dated: date
    reason: str
    notice_reference: str
    changes: tuple[LineChangeBody, ...]
    ends: date | None
    state: VariationState
    requested_by: str
    decided_by: str | None
    decided_at: Instant | None
    decision_reason: str | None
    before: BudgetView | None
    after: BudgetView | None


Varied = tuple[Held[Grant] | Written[Grant], WholeVariation]
"""A grant, and one of its variations."""


def shown(varied: Varied) -> VariationView:
    """As the API shows it."""
    grant, whole = varied
    variation, decision = whole.variation, whole.decision
    return VariationView(
        id=variation.id,
        grant_id=grant.state.id,
        kind=variation.kind,
        dated=variation.dated,
        reason=variation.reason,
        notice_reference=variation.notice_reference,
        changes=tuple(
            LineChangeBody(financial_year=line.financial_year, nature=line.nature, change_pence=line.change_pence)
            for line in variation.changes
        ),
        ends=variation.ends,
        state=variation.state,
        requested_by=variation.requested_by,
        decided_by=variation.decided_by,
        decided_at=decision.at if decision else None,
        decision_reason=decision.reason if decision else None,
        before=BudgetView.of(variation.before),
        after=BudgetView.of(variation.after),
        version=version_of(grant),
    )


def _shown_newest(grant: Written[Grant]) -> VariationView:
    """The variation just requested, as the API shows it."""
    return shown((grant, WholeVariation(grant.state.variations[-1])))


def _shown_decided(grant: Written[Grant]) -> VariationView:
    return shown((grant, next(whole for record in grant.records if (whole := WholeVariation.decided_by(record)))))


@variations.listing("/grants/{grant_id}/variations", allow=READ, gives=shown, summary="List a grant's variations", problems=(Missing,))
def list_variations(call: Call, grant_id: Slug, query: PageQuery) -> Page[Varied]:
    """The variations of one grant in the order in which they were requested."""
    grant = registers.find(call.context, Grant, grant_id)
    if call.after and not call.after.isdecimal():
        raise UnknownCursor
    after = int(call.after or 0)
    further = (each.id for each in grant.state.variations if each.id > after)
    found = ((grant, services.whole_variation(call.context, grant.state, number)) for number in further)
    return Page.of(found, limit=query.limit, key=lambda varied: str(varied[1].variation.id))


@variations.post(
    "/grants/{grant_id}/variations",
    allow=may(Matter.VARIATION, Step.PREPARE),
    takes=NewVariation,
    gives=_shown_newest,
    at="/grants/{grant_id}/variations/{id}",
    summary="Request a variation",
    problems=(Missing, NotInState, VariationUnbalanced, MoneyMayNotMove, ReductionBelowUse),
)
def request_variation(call: Call, grant_id: Slug, body: NewVariation) -> Written[Grant]:
    """Request a top-up, reduction, extension or re-profile. It is tried at once, and changes nothing until approved."""
    return services.request_variation(call.context, grant_id, body.variation())


@variations.get(
    "/grants/{grant_id}/variations/{variation_id}",
    allow=READ,
    gives=shown,
    versioned=True,
    summary="Show a variation",
    problems=(Missing,),
)
def show_variation(call: Call, grant_id: Slug, variation_id: VariationNumber) -> Varied:
    """One variation, with the budget before and after it once it is approved."""
    grant = registers.find(call.context, Grant, grant_id)
    return grant, services.whole_variation(call.context, grant.state, variation_id)


@variations.post(
    "/grants/{grant_id}/variations/{variation_id}/decision",
    allow=may(Matter.VARIATION, Step.APPROVE),
    creates=False,
    takes=Decision,
    gives=_shown_decided,
    summary="Approve or reject a variation",
    problems=(Missing, NotInState, PreparerCannotApprove, ReductionBelowUse),
)
def decide_variation(call: Call, grant_id: Slug, variation_id: VariationNumber, body: Decision) -> Written[Grant]:
    """Decide a variation that somebody else requested. Approving it changes the award lines in the same step."""
    decide: Callable[..., Written[Grant]] = {
        Verdict.APPROVED: services.approve_variation,
        Verdict.REJECTED: services.reject_variation,
    }[body.decision]
    return decide(call.context, grant_id, variation_id, body.reason)
