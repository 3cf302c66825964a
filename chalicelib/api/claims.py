"""Claims: from the draft to the money received. What is signed is a file, and it is the same bytes for good."""

from __future__ import annotations

from datetime import date

from chalicelib.api.claim_bodies import (
    Certification,
    ClaimId,
    ClaimReview,
    ClaimView,
    ClaimWithdrawal,
    NewAnswer,
    NewClaim,
    NewQuery,
    NewReceipt,
    NewSubmission,
    Redraft,
    line_view,
)
from chalicelib.api.duties import CERTIFY_CLAIMS, PREPARE_CLAIMS, READ, REVIEW_CLAIMS
from chalicelib.api.fields import QuarterText, Sha256, Slug
from chalicelib.api.paging import UnknownCursor
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Shown
from chalicelib.domain.claim_lines import Line
from chalicelib.domain.claim_refusals import (
    CertificateWordingChanged,
    ClaimedByHand,
    MoreThanClaimed,
    NoCertificateWording,
    NothingToClaim,
    PackDiffers,
    ReviewerCannotCertify,
)
from chalicelib.domain.claiming import Dated
from chalicelib.domain.claims import Claim, ClaimState, place_of
from chalicelib.domain.closing_refusals import NoSuchPeriod, PeriodIsClosed, QuarterNotOver
from chalicelib.domain.entries import parse_entry_id
from chalicelib.domain.entry_refusals import DatedInFuture
from chalicelib.domain.errors import ChainBroken, Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.services import claims as services
from chalicelib.services.claims import LINK_SECONDS

claims = Routes("claims")

_DRAFTING = (Missing, NoSuchPeriod, NotInState, QuarterNotOver, NothingToClaim, ClaimedByHand, ChainBroken)
_MOVING = (Missing, NotInState, DatedInFuture)


class ClaimQuery(PageQuery, frozen=True, kw_only=True):
    """Which claims to list."""

    grant: Slug | None = None
    quarter: QuarterText | None = None
    state: ClaimState | None = None


@claims.post(
    "/grants/{grant_id}/claims",
    allow=PREPARE_CLAIMS,
    takes=NewClaim,
    gives=ClaimView.of,
    at="/claims/{id}",
    summary="Draft a claim",
    problems=_DRAFTING,
)
def draft_claim(call: Call, grant_id: Slug, body: NewClaim) -> Claim:
    """Begin a claim of every payment, refund and correction of a quarter that is over, and of those before it, in no claim yet."""
    return services.draft(call.context, grant_id, Quarter.parse(body.quarter), body.note or "")


@claims.listing("/claims", allow=READ, query=ClaimQuery, gives=ClaimView.of, summary="List claims")
def list_claims(call: Call, query: ClaimQuery) -> Page[Claim]:
    """Claims grant by grant, in the order in which they were begun, those included that were withdrawn."""
    if call.after and not place_of(call.after):
        raise UnknownCursor
    found = (
        claim
        for claim in services.every(call.context, query.grant, call.after)
        if query.quarter in (None, claim.quarter) and query.state in (None, claim.state)
    )
    return Page.of(found, limit=query.limit, key=lambda claim: claim.id)


@claims.get("/claims/{claim_id}", allow=READ, gives=ClaimView.of, versioned=True, summary="Show a claim", problems=(Missing,))
def show_claim(call: Call, claim_id: ClaimId) -> Claim:
    """One claim. Its lines come from `/claims/{claim_id}/lines`, and its file from `/claims/{claim_id}/pack`."""
    return services.find(call.context, claim_id)


@claims.listing(
    "/claims/{claim_id}/lines",
    allow=READ,
    gives=line_view,
    summary="List a claim's lines",
    problems=(Missing, ChainBroken, UnknownCursor),
)
def list_lines(call: Call, claim_id: ClaimId, query: PageQuery) -> Page[tuple[Claim, Line]]:
    """The entries that are claimed, in the order in which they were recorded; a withdrawn claim's are those that it had."""
    named = parse_entry_id(call.after) if call.after else ("", 0)
    if named is None:
        raise UnknownCursor
    claim = services.find(call.context, claim_id)
    found = ((claim, line) for line in services.lines(call.context, claim, named[1]))
    return Page.of(found, limit=query.limit, key=lambda each: each[1].id)


@claims.post(
    "/claims/{claim_id}/redraft",
    allow=PREPARE_CLAIMS,
    creates=False,
    takes=Redraft,
    gives=ClaimView.of,
    summary="Draft a claim anew",
    problems=_DRAFTING,
)
def redraft_claim(call: Call, claim_id: ClaimId, body: Redraft) -> Claim:
    """Draft a claim that was not sent yet as the ledger is now. It is `drafted` again, and a signature that it had is void."""
    return services.redraft(call.context, claim_id, body.note, body.reason)


@claims.post(
    "/claims/{claim_id}/review",
    allow=REVIEW_CLAIMS,
    creates=False,
    takes=ClaimReview,
    gives=ClaimView.of,
    summary="Review a claim",
    problems=(Missing, NotInState, PreparerCannotApprove),
)
def review_claim(call: Call, claim_id: ClaimId, body: ClaimReview) -> Claim:
    """Say that a draft was looked through. Nobody who drafted any of it may."""
    return services.review(call.context, claim_id, body.reason)


@claims.post(
    "/claims/{claim_id}/certification",
    allow=CERTIFY_CLAIMS,
    creates=False,
    takes=Certification,
    gives=ClaimView.of,
    summary="Certify a claim",
    problems=(
        *(Missing, NotInState, PreparerCannotApprove, ReviewerCannotCertify),
        *(NoCertificateWording, CertificateWordingChanged, PackDiffers),
    ),
)
def certify_claim(call: Call, claim_id: ClaimId, body: Certification) -> Claim:
    """Sign the pack's exact bytes, by their SHA-256. Nobody who drafted or reviewed the claim may; any later change voids it.

    Where the office has not set what certificates of the grant say, there is nothing to sign.
    """
    return services.certify(call.context, claim_id, body.sha256)


@claims.post(
    "/claims/{claim_id}/submission",
    allow=PREPARE_CLAIMS,
    creates=False,
    takes=NewSubmission,
    gives=ClaimView.of,
    summary="Submit a claim",
    problems=(*_MOVING, PeriodIsClosed),
)
def submit_claim(call: Call, claim_id: ClaimId, body: NewSubmission) -> Claim:
    """Record that a certified claim was sent. Its `claimed` entries are posted in the same step."""
    return services.submit(call.context, claim_id, _dated(call, body.on, body.reference))


@claims.post(
    "/claims/{claim_id}/payments",
    allow=PREPARE_CLAIMS,
    creates=False,
    takes=NewReceipt,
    gives=ClaimView.of,
    summary="Record a payment of a claim",
    problems=(*_MOVING, MoreThanClaimed, PeriodIsClosed),
)
def settle_claim(call: Call, claim_id: ClaimId, body: NewReceipt) -> Claim:
    """Record money that came: all that is left, or part of it, spread over the claim's parts. Its `received` entries are posted with it."""
    return services.settle(call.context, claim_id, body.amount_pence, _dated(call, body.on, body.reference), body.reason or "")


@claims.post(
    "/claims/{claim_id}/query",
    allow=PREPARE_CLAIMS,
    creates=False,
    takes=NewQuery,
    gives=ClaimView.of,
    summary="Record a query",
    problems=_MOVING,
)
def query_claim(call: Call, claim_id: ClaimId, body: NewQuery) -> Claim:
    """Record what the Home Office asks about a claim. It is `queried` until that is answered, or all of it is paid."""
    return services.query(call.context, claim_id, body.question, _dated(call, body.on))


@claims.post(
    "/claims/{claim_id}/answer",
    allow=PREPARE_CLAIMS,
    creates=False,
    takes=NewAnswer,
    gives=ClaimView.of,
    summary="Record the answer to a query",
    problems=_MOVING,
)
def answer_claim(call: Call, claim_id: ClaimId, body: NewAnswer) -> Claim:
    """Record what the Home Office was told."""
    return services.answer(call.context, claim_id, body.answer, _dated(call, body.on))


@claims.post(
    "/claims/{claim_id}/withdrawal",
    allow=PREPARE_CLAIMS,
    creates=False,
    takes=ClaimWithdrawal,
    gives=ClaimView.of,
    summary="Withdraw a claim",
    problems=(*_MOVING, PeriodIsClosed),
)
def withdraw_claim(call: Call, claim_id: ClaimId, body: ClaimWithdrawal) -> Claim:
    """Take a claim back for which no money has come. Its lines can be claimed again, and corrections take back what it claimed."""
    return services.withdraw(call.context, claim_id, _dated(call, body.on), body.reason)


class PackLink(Shown, frozen=True, kw_only=True):
    """Where the pack can be fetched, without signing in, for the next quarter of an hour; and what its SHA-256 must be."""

    link: str
    sha256: Sha256
    seconds: int


def _linked(found: tuple[str, Claim]) -> PackLink:
    link, claim = found
    return PackLink(link=link, sha256=claim.draft.pack.sha256, seconds=LINK_SECONDS)


@claims.get("/claims/{claim_id}/pack", allow=READ, gives=_linked, summary="Get a claim's pack", problems=(Missing,))
def link_pack(call: Call, claim_id: ClaimId) -> tuple[str, Claim]:
    """A signed link to the pack as it is now: one ZIP file with the statement, the lines, their evidence, the match and a manifest."""
    claim = services.find(call.context, claim_id)
    return services.link(call.context, claim), claim


def _dated(call: Call, on: date, reference: str = "") -> Dated:
    return Dated(on=on, today=london_date(call.context.now), reference=reference)
