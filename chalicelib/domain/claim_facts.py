"""What happens to the claims of a grant, and the fold over it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from chalicelib.domain.claims import Certificate, Claim, ClaimState, Draft, GrantClaims, Query, Receipt, Review, Submission, Wording
from chalicelib.domain.matters import Override, OverrideGiven
from chalicelib.domain.values import Struct, replace


class ClaimDrafted(Struct, frozen=True, kw_only=True):
    """A claim was begun."""

    KIND: ClassVar = "claim_drafted"

    id: str
    grant_id: str
    quarter: str
    draft: Draft


class ClaimRedrafted(Struct, frozen=True, kw_only=True):
    """A claim was drafted anew; a signature that it had is void from here on."""

    KIND: ClassVar = "claim_redrafted"

    id: str
    draft: Draft


class ClaimReviewed(Struct, frozen=True, kw_only=True):
    """A second person looked the draft through, or one of those who had prepared it, whom another person let (`override`)."""

    KIND: ClassVar = "claim_reviewed"

    id: str
    review: Review
    prepared_by: tuple[str, ...] = ()
    override: Override | None = None


class ClaimCertified(Struct, frozen=True, kw_only=True):
    """The chief finance officer signed the pack. `prepared_by` are all who had drafted or reviewed any of the claim."""

    KIND: ClassVar = "claim_certified"

    id: str
    certificate: Certificate
    prepared_by: tuple[str, ...] = ()
    override: Override | None = None


class ClaimSubmitted(Struct, frozen=True, kw_only=True):
    """The claim was sent, and its claimed entries were posted in the same write."""

    KIND: ClassVar = "claim_submitted"

    id: str
    submission: Submission


class ClaimSettled(Struct, frozen=True, kw_only=True):
    """Money came for the claim, or was taken back, and its received entries were posted in the same write."""

    KIND: ClassVar = "claim_settled"

    id: str
    receipt: Receipt


class ClaimQueried(Struct, frozen=True, kw_only=True):
    """The Home Office asked about the claim."""

    KIND: ClassVar = "claim_queried"

    id: str
    on: date
    question: str


class ClaimAnswered(Struct, frozen=True, kw_only=True):
    """The Home Office was told what it had asked."""

    KIND: ClassVar = "claim_answered"

    id: str
    on: date
    answer: str


class ClaimWithdrawn(Struct, frozen=True, kw_only=True):
    """The claim asks for nothing any more; its lines are free, and its claimed entries were taken back in the same write."""

    KIND: ClassVar = "claim_withdrawn"

    id: str


class WordingSet(Struct, frozen=True, kw_only=True):
    """The office set what certificates of a grant's claims say, or took it back."""

    KIND: ClassVar = "wording_set"

    grant_id: str
    wording: Wording | None


ClaimStep = (
    ClaimDrafted
    | ClaimRedrafted
    | ClaimReviewed
    | ClaimCertified
    | ClaimSubmitted
    | ClaimSettled
    | ClaimQueried
    | ClaimAnswered
    | ClaimWithdrawn
)
ClaimFact = ClaimStep | WordingSet | OverrideGiven


def apply(held: GrantClaims | None, fact: ClaimFact, seq: int) -> GrantClaims:
    """The claims of a grant after a fact, which was record `seq`.

    Raises ValueError for what cannot be: a claim that was never drafted, and lines that another one has.
    """
    if isinstance(fact, WordingSet):
        return replace(held or GrantClaims(grant_id=fact.grant_id), wording=fact.wording, worded_in=seq)
    if isinstance(fact, ClaimDrafted):
        before = held or GrantClaims(grant_id=fact.grant_id)
        claim = Claim(id=fact.id, grant_id=fact.grant_id, quarter=fact.quarter, draft=fact.draft, prepared_by=(fact.draft.by,))
        return _checked(replace(before, claims=(*before.claims, replace(claim, version=seq, asked_in=seq))))
    if held is None:
        raise ValueError(f"claims cannot begin with {fact.KIND}")
    changed = _recorded(held.claim(fact.id), fact, seq)
    return _checked(replace(held, claims=tuple(changed if each.id == changed.id else each for each in held.claims)))


def _checked(held: GrantClaims) -> GrantClaims:
    if held.taken().overlap:
        raise ValueError(f"a line of {held.grant_id} would be claimed twice")
    return held


def _recorded(claim: Claim, fact: ClaimStep | OverrideGiven, seq: int) -> Claim:
    """The claim after record `seq`. An override is for the next decision alone: whatever happens ends it."""
    if isinstance(fact, OverrideGiven):
        return replace(claim, override=fact.override, version=seq)
    decided = (*claim.decided, seq) if isinstance(fact, ClaimReviewed | ClaimCertified) else claim.decided
    asked_in = seq if isinstance(fact, ClaimRedrafted | ClaimReviewed) else claim.asked_in
    return replace(_after(claim, fact), version=seq, asked_in=asked_in, decided=decided, override=None)


def _after(claim: Claim, fact: ClaimStep) -> Claim:
    match fact:
        case ClaimRedrafted():
            return _redrafted(claim, fact.draft)
        case ClaimReviewed():
            reviewers = _with(claim.reviewed_by, fact.review.by)
            return replace(claim, state=ClaimState.REVIEWED, review=fact.review, reviewed_by=reviewers)
        case ClaimCertified():
            return replace(claim, state=ClaimState.CERTIFIED, certificate=fact.certificate)
        case ClaimWithdrawn():
            return replace(claim, state=ClaimState.WITHDRAWN)
        case ClaimDrafted():
            raise ValueError(f"{claim.id} was drafted before")
        case _:
            return _settled(_sent(claim, fact))


def _sent(claim: Claim, fact: ClaimSubmitted | ClaimSettled | ClaimQueried | ClaimAnswered) -> Claim:
    match fact:
        case ClaimSubmitted():
            return replace(claim, submission=fact.submission)
        case ClaimSettled():
            return replace(claim, receipts=(*claim.receipts, fact.receipt))
        case ClaimQueried():
            return replace(claim, queries=(*claim.queries, Query(on=fact.on, question=fact.question)))
        case ClaimAnswered():
            answered = replace(claim.queries[-1], answered_on=fact.on, answer=fact.answer)
            return replace(claim, queries=(*claim.queries[:-1], answered))


def _redrafted(claim: Claim, draft: Draft) -> Claim:
    void = (claim.certificate,) if claim.certificate else ()
    return replace(
        claim,
        state=ClaimState.DRAFTED,
        draft=draft,
        prepared_by=_with(claim.prepared_by, draft.by),
        review=None,
        certificate=None,
        voided=(*claim.voided, *void),
    )


def _settled(claim: Claim) -> Claim:
    """The claim in the state that its money and its open question make."""
    if not claim.outstanding:
        return replace(claim, state=ClaimState.PAID)
    if claim.open_query:
        return replace(claim, state=ClaimState.QUERIED)
    return replace(claim, state=ClaimState.PART_PAID if claim.received else ClaimState.SUBMITTED)


def _with(people: tuple[str, ...], one: str) -> tuple[str, ...]:
    return people if one in people else (*people, one)
