"""Agreements: the office's control totals of a quarter beside ours, explained, and signed by a second person."""

from __future__ import annotations

from chalicelib.api.agreement_bodies import (
    AgreedView,
    AgreementStep,
    AgreementView,
    ControlTotals,
    ExplanationView,
    ItemQuery,
    ItemView,
    NewExplanation,
)
from chalicelib.api.duties import READ
from chalicelib.api.fields import QuarterText, RecordNumber, Slug
from chalicelib.api.paging import number_after
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.domain.agreement_refusals import AgreementOutdated, DifferenceUnexplained, TooManyExplanations
from chalicelib.domain.agreement_rows import Item
from chalicelib.domain.closing_refusals import NoSuchPeriod, ReopeningNeeded
from chalicelib.domain.errors import AlreadyExists, ChainBroken, Contradictory, Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.matters import Matter, Step
from chalicelib.domain.periods import Quarter
from chalicelib.domain.separation import may
from chalicelib.services import agreement_drawing
from chalicelib.services import agreements as services
from chalicelib.services.agreements import Explained, Shown, Standing

agreements = Routes("agreements")

_PREPARE = may(Matter.AGREEMENT, Step.PREPARE)
_PATH = "/grants/{grant_id}/periods/{quarter}/agreement"
_REFUSED = (Missing, NoSuchPeriod, NotInState, ReopeningNeeded)


@agreements.listing("/agreements/{quarter}", allow=READ, gives=AgreedView.of, summary="List how far each grant is with agreeing a quarter")
def list_agreements(call: Call, quarter: QuarterText, query: PageQuery) -> Page[Standing]:
    """Every grant that has the quarter, in order of id."""
    found = services.every(call.context, Quarter.parse(quarter), call.after)
    return Page.of(found, limit=query.limit, key=lambda standing: standing.grant_id)


@agreements.post(
    _PATH,
    allow=_PREPARE,
    takes=ControlTotals,
    gives=AgreementView.of,
    at="/grants/{grant_id}/periods/{quarter}/agreement",
    summary="State the office's control totals of a quarter",
    problems=(*_REFUSED, AlreadyExists, Contradictory, ChainBroken),
)
def draw_agreement(call: Call, grant_id: Slug, quarter: QuarterText, body: ControlTotals) -> Shown:
    """Put ours beside the totals of the office's ledger, and find the causes of each difference. Nothing is posted."""
    return agreement_drawing.draw(call.context, grant_id, Quarter.parse(quarter), body.stated(), body.reason)


@agreements.put(
    _PATH,
    allow=_PREPARE,
    takes=ControlTotals,
    gives=AgreementView.of,
    summary="State the control totals anew",
    problems=(*_REFUSED, Contradictory, ChainBroken),
)
def draw_agreement_anew(call: Call, grant_id: Slug, quarter: QuarterText, body: ControlTotals) -> Shown:
    """Compare the same totals, or others, with the ledger as it is now. Explanations still count; a signature does not."""
    return agreement_drawing.draw_anew(call.context, grant_id, Quarter.parse(quarter), body.stated(), body.reason)


@agreements.get(
    _PATH, allow=READ, gives=AgreementView.of, versioned=True, summary="Show an agreement", problems=(Missing, NoSuchPeriod, ChainBroken)
)
def show_agreement(call: Call, grant_id: Slug, quarter: QuarterText) -> Shown:
    """The office's ledger beside ours as it was drawn, and what came to ours since."""
    return services.find(call.context, grant_id, Quarter.parse(quarter))


@agreements.listing(
    f"{_PATH}/items",
    allow=READ,
    query=ItemQuery,
    gives=ItemView.of,
    summary="List the documents behind the differences",
    problems=(Missing, NoSuchPeriod),
)
def list_agreement_items(call: Call, grant_id: Slug, quarter: QuarterText, query: ItemQuery) -> Page[Item]:
    """Every document that the extracts and the ledger do not have alike in the quarter, as the agreement was drawn."""
    after = number_after(call.after)
    every = enumerate(services.rows(call.context, grant_id, Quarter.parse(quarter)), 1)
    found = ((number, item) for number, item in every if number > after and query.cause in (None, item.cause))
    page = Page.of(found, limit=query.limit, key=lambda each: str(each[0]))
    return Page(tuple(item for _, item in page.items), page.after)


@agreements.post(
    f"{_PATH}/explanations",
    allow=_PREPARE,
    takes=NewExplanation,
    gives=ExplanationView.of,
    summary="Explain part of a difference",
    problems=(*_REFUSED, Contradictory, TooManyExplanations),
)
def explain_difference(call: Call, grant_id: Slug, quarter: QuarterText, body: NewExplanation) -> Explained:
    """Say what part of a total's difference is, where it cannot be computed. Whoever explains does not sign."""
    explanation = body.explanation(call.context.actor.subject)
    return services.explain(call.context, grant_id, Quarter.parse(quarter), explanation, body.reason)


@agreements.post(
    f"{_PATH}/explanations/{{number}}/withdrawal",
    allow=_PREPARE,
    creates=False,
    takes=AgreementStep,
    gives=AgreementView.of,
    summary="Withdraw an explanation",
    problems=_REFUSED,
)
def withdraw_explanation(call: Call, grant_id: Slug, quarter: QuarterText, number: RecordNumber, body: AgreementStep) -> Shown:
    """Count an explanation no more. It stays on the record."""
    return services.withdraw(call.context, grant_id, Quarter.parse(quarter), number, body.reason)


@agreements.post(
    f"{_PATH}/signature",
    allow=may(Matter.AGREEMENT, Step.SIGN),
    creates=False,
    takes=AgreementStep,
    gives=AgreementView.of,
    summary="Sign an agreement",
    problems=(*_REFUSED, PreparerCannotApprove, DifferenceUnexplained, AgreementOutdated, ChainBroken),
)
def sign_agreement(call: Call, grant_id: Slug, quarter: QuarterText, body: AgreementStep) -> Shown:
    """Sign what somebody else prepared, once every penny has a cause. The ledger must still have what was agreed."""
    return services.sign(call.context, grant_id, Quarter.parse(quarter), body.reason)
