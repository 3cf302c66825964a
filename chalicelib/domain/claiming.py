"""The steps of a claim: who may take which, and from where; and the entries that some of them post.

Every decision is a pure function of the grant's claims, the grant's purse and who asks. What it posts and what it
records of the claim are written together, or neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from chalicelib.domain import putting_right
from chalicelib.domain.cells import Cell
from chalicelib.domain.claim_facts import (
    ClaimAnswered,
    ClaimCertified,
    ClaimDrafted,
    ClaimQueried,
    ClaimRedrafted,
    ClaimReviewed,
    ClaimSettled,
    ClaimSubmitted,
    ClaimWithdrawn,
)
from chalicelib.domain.claim_lines import Line, Selection, by_award_line, shares_of
from chalicelib.domain.claim_refusals import (
    CertificateWordingChanged,
    ClaimedByHand,
    ClaimsArePrepared,
    MoreThanClaimed,
    NoCertificateWording,
    NothingToClaim,
    PackDiffers,
    PartOfClaim,
    ReviewerCannotCertify,
)
from chalicelib.domain.claims import Certificate, Claim, ClaimState, Draft, GrantClaims, Receipt, Review, Submission, Wording
from chalicelib.domain.closing import period
from chalicelib.domain.closing_refusals import QuarterNotOver
from chalicelib.domain.entries import Entry, EntryKind, entry_id
from chalicelib.domain.entry_refusals import DatedInFuture
from chalicelib.domain.errors import contradiction
from chalicelib.domain.grants import Grant
from chalicelib.domain.ledger import OPEN_FOR_PUTTING_RIGHT, Purse
from chalicelib.domain.people import Actor, second_person
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import Struct

BEFORE_SUBMISSION = (ClaimState.DRAFTED, ClaimState.REVIEWED, ClaimState.CERTIFIED)
SENT = (ClaimState.SUBMITTED, ClaimState.PART_PAID, ClaimState.QUERIED)


class Dated(Struct, frozen=True, kw_only=True):
    """A step on a day that somebody says, as it is known under a reference; `today` is in London."""

    on: date
    today: date
    reference: str = ""


def claimable_quarter(grant: Grant, quarter: Quarter, today: date) -> None:
    """Refuse a quarter that cannot be claimed yet: claims are made in arrears. Raises NotInState, NoSuchPeriod, QuarterNotOver."""
    grant.require(*OPEN_FOR_PUTTING_RIGHT)
    period(grant, quarter)
    if today <= quarter.last_day:
        raise QuarterNotOver(quarter=str(quarter), last_day=quarter.last_day)


def something(grant: Grant, quarter: Quarter, selected: Selection) -> None:
    """Refuse a claim that would ask for nothing. Raises NothingToClaim."""
    if not selected.total_pence:
        raise NothingToClaim(grant_id=grant.id, quarter=str(quarter), lines=len(selected.lines))


def not_by_hand(grant: Grant, by_hand: Mapping[tuple[str, str], int], spent: Mapping[tuple[str, str], int], lines: Iterable[Line]) -> None:
    """Refuse what would be claimed a second time: all in pence by award line, `lines` those of every claim that stands, this one's too.

    Raises ClaimedByHand where these, and what was recorded as claimed without lines, come to more than was spent.
    """
    for award_line, claimed in by_award_line(lines).items():
        other = by_hand.get(award_line, 0)
        if other > 0 and claimed + other > spent.get(award_line, 0):
            year, nature = award_line
            raise ClaimedByHand(
                grant_id=grant.id,
                financial_year=year,
                nature=nature,
                claimed_pence=claimed,
                by_hand_pence=other,
                spent_pence=spent.get(award_line, 0),
            )


def by_hand(held: GrantClaims) -> None:
    """Refuse to record as claimed what has no lines, once a grant has claims with lines. Raises ClaimsArePrepared."""
    if any(claim.stands for claim in held.claims):
        raise ClaimsArePrepared(grant_id=held.grant_id)


def not_posted_by(held: GrantClaims, named: str) -> None:
    """Refuse to put an entry right that a claim posted: it moves with its claim. Raises PartOfClaim."""
    if claim := held.that_posted(named):
        raise PartOfClaim(entry_id=named, claim_id=claim.id)


def begin(held: GrantClaims, quarter: Quarter, draft: Draft) -> ClaimDrafted:
    """Begin a claim."""
    return ClaimDrafted(id=held.next_id, grant_id=held.grant_id, quarter=str(quarter), draft=draft)


def redraft(claim: Claim, draft: Draft) -> ClaimRedrafted:
    """Draft a claim anew, until it is sent. Raises NotInState."""
    claim.require(*BEFORE_SUBMISSION)
    return ClaimRedrafted(id=claim.id, draft=draft)


def review(claim: Claim, today: date, actor: Actor) -> ClaimReviewed:
    """Say that the draft was looked through. Raises NotInState, PreparerCannotApprove."""
    claim.require(ClaimState.DRAFTED)
    _not_a_preparer(claim, actor)
    review = Review(by=actor.subject, on=today)
    return ClaimReviewed(id=claim.id, review=review, prepared_by=claim.prepared_by, override=claim.override)


def certify(claim: Claim, wording: Wording | None, sha256: str, today: date, actor: Actor) -> ClaimCertified:
    """Sign the pack, which has this SHA-256; `wording` is what the office has certificates say now.

    Raises NotInState, PreparerCannotApprove, ReviewerCannotCertify, NoCertificateWording, CertificateWordingChanged, PackDiffers.
    """
    claim.require(ClaimState.REVIEWED)
    _not_a_preparer(claim, actor)
    if actor.subject in claim.reviewed_by and claim.override is None:
        raise ReviewerCannotCertify(reviewed_by=actor.subject)
    _worded(claim, wording)
    if sha256 != claim.draft.pack.sha256:
        raise PackDiffers(claim_id=claim.id, given_sha256=sha256, pack_sha256=claim.draft.pack.sha256)
    before = tuple(dict.fromkeys((*claim.prepared_by, *claim.reviewed_by)))
    signed = Certificate(by=actor.subject, on=today, sha256=sha256)
    return ClaimCertified(id=claim.id, certificate=signed, prepared_by=before, override=claim.override)


def _not_a_preparer(claim: Claim, actor: Actor) -> None:
    for preparer in claim.prepared_by:
        second_person(actor, prepared_by=preparer, override=claim.override)


def _worded(claim: Claim, wording: Wording | None) -> None:
    """Refuse to sign what says nothing, or what the office does not say any more."""
    if wording is None:
        raise NoCertificateWording(grant_id=claim.grant_id)
    if claim.draft.wording != wording:
        raise CertificateWordingChanged(claim_id=claim.id)


def submit(purse: Purse, claim: Claim, when: Dated, actor: Actor) -> tuple[tuple[Entry, ...], ClaimSubmitted]:
    """Send a certified claim: one claimed entry for each cell that it asks for.

    Raises NotInState, NoAwardLine, DatedInFuture, and Contradictory for a day before the quarter was over.
    """
    claim.require(ClaimState.CERTIFIED)
    _happened(when, Quarter.parse(claim.quarter).last_day, "the quarter's last day")
    entries = _entries(purse, EntryKind.CLAIMED, claim.draft.amounts_pence, when, claim.id)
    sent = Submission(by=actor.subject, on=when.on, reference=when.reference, entries=_ids(purse, entries))
    return entries, ClaimSubmitted(id=claim.id, submission=sent)


def settle(purse: Purse, claim: Claim, amount_pence: int, when: Dated, actor: Actor) -> tuple[tuple[Entry, ...], ClaimSettled]:
    """Take in what came for a claim; an amount of the other sign takes back what came before.

    Raises NotInState, MoreThanClaimed, DatedInFuture, and Contradictory for a day before it was submitted.
    """
    claim.require(*SENT, ClaimState.PAID)
    if claim.submission:
        _happened(when, claim.submission.on, "the day on which it was submitted")
    came = claim.received
    back = {cell: -pence for cell, pence in came.items()}
    parts = shares_of(claim.outstanding, amount_pence) or shares_of(back, amount_pence)
    if parts is None:
        left, received = sum(claim.outstanding.values()), sum(came.values())
        raise MoreThanClaimed(claim_id=claim.id, left_pence=left, received_pence=received, requested_pence=amount_pence)
    entries = _entries(purse, EntryKind.RECEIVED, parts, when, claim.id)
    receipt = Receipt(by=actor.subject, on=when.on, reference=when.reference, amounts_pence=parts, entries=_ids(purse, entries))
    return entries, ClaimSettled(id=claim.id, receipt=receipt)


def query(claim: Claim, question: str, when: Dated) -> ClaimQueried:
    """Take down what the Home Office asks about a claim that was sent. Raises NotInState, DatedInFuture."""
    claim.require(ClaimState.SUBMITTED, ClaimState.PART_PAID)
    _not_ahead(when)
    return ClaimQueried(id=claim.id, on=when.on, question=question)


def answer(claim: Claim, words: str, when: Dated) -> ClaimAnswered:
    """Take down what it was told. Raises NotInState, DatedInFuture."""
    claim.require(ClaimState.QUERIED)
    _not_ahead(when)
    return ClaimAnswered(id=claim.id, on=when.on, answer=words)


def withdraw(purse: Purse, claim: Claim, when: Dated) -> tuple[tuple[Entry, ...], ClaimWithdrawn]:
    """Ask for nothing any more, until money has come: what was claimed is taken back by corrections, and the lines are free.

    Raises NotInState, DatedInFuture.
    """
    claim.require(*BEFORE_SUBMISSION, ClaimState.SUBMITTED, *((ClaimState.QUERIED,) if not claim.received else ()))
    _not_ahead(when)
    posted = tuple(claim.submission.entries.values()) if claim.submission else ()
    back: tuple[Entry, ...] = ()
    for named in posted:
        # What was written off is gone already.
        if left := purse.standing(named, EntryKind.CLAIMED).left_pence:
            back += putting_right.correct(purse, named, when.on, -left)
    return back, ClaimWithdrawn(id=claim.id)


def _entries(purse: Purse, kind: EntryKind, amounts_pence: Mapping[str, int], when: Dated, claim_id: str) -> tuple[Entry, ...]:
    purse.grant.require(*OPEN_FOR_PUTTING_RIGHT)
    for cell in amounts_pence:
        purse.grant.line(*Cell.parse(cell).line)
    return tuple(
        Entry(kind=kind, on=when.on, cell=cell, amount_pence=pence, description=claim_id, quoted_reference=when.reference)
        for cell, pence in sorted(amounts_pence.items())
    )


def _ids(purse: Purse, entries: tuple[Entry, ...]) -> dict[str, str]:
    """The ids that entries will have once they follow what the purse has seen, by cell."""
    return {entry.cell: entry_id(purse.grant.id, seq) for seq, entry in enumerate(entries, purse.seq + 1)}


def _happened(when: Dated, after: date, what: str) -> None:
    _not_ahead(when)
    if when.on < after:
        raise contradiction("/on", f"{when.on} is before {what}, {after}")


def _not_ahead(when: Dated) -> None:
    if when.on > when.today:
        raise DatedInFuture(on=when.on, today=when.today)
