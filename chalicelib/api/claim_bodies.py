"""What requests about claims carry, and how claims are shown."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.certificate_wording import WordingShown
from chalicelib.api.fields import (
    DateField,
    EntryId,
    FinancialYearText,
    LongText,
    NonZeroPence,
    QuarterText,
    Reason,
    RecordNumber,
    Sha256,
    ShownPence,
    Slug,
    Text,
)
from chalicelib.api.publication_views import FileView
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.cells import Cell, Nature
from chalicelib.domain.claim_lines import Line
from chalicelib.domain.claims import Certificate, Claim, ClaimState, Receipt
from chalicelib.domain.entries import EntryKind

ClaimId = Annotated[
    str,
    Meta(
        max_length=80,
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\.claim-[1-9][0-9]{0,4}$(?!\n)",
        description="A claim's id: its grant's id, a full stop, and its number among the grant's claims.",
        examples=["ssf-5-warwickshire.claim-3"],
    ),
]


class NewClaim(Body, frozen=True, kw_only=True):
    """The quarter to claim, with all that is unclaimed of the quarters before it; and a note for whoever reads the pack."""

    quarter: QuarterText
    note: LongText | None = None


class Redraft(Body, frozen=True, kw_only=True):
    """Why a claim is drafted anew, and another note where it is to have one."""

    reason: Reason
    note: LongText | None = None


class ClaimReview(Body, frozen=True, kw_only=True):
    """What the reviewer looked at, in words."""

    reason: Reason


class Certification(Body, frozen=True, kw_only=True):
    """What is signed: the pack whose SHA-256 this is, and nothing else."""

    sha256: Sha256


class NewSubmission(Body, frozen=True, kw_only=True):
    """When the claim was sent, and what it is called there."""

    on: DateField
    reference: Text


class NewReceipt(Body, frozen=True, kw_only=True):
    """Money that came, and when. An amount of the other sign than the claim's takes back what was entered before."""

    on: DateField
    amount_pence: NonZeroPence
    reference: Text
    reason: Reason | None = None


class NewQuery(Body, frozen=True, kw_only=True):
    """What the Home Office asks, and when."""

    on: DateField
    question: LongText


class NewAnswer(Body, frozen=True, kw_only=True):
    """What it was told, and when."""

    on: DateField
    answer: LongText


class ClaimWithdrawal(Body, frozen=True, kw_only=True):
    """When and why a claim asks for nothing any more."""

    on: DateField
    reason: Reason


class PartView(Shown, frozen=True, kw_only=True):
    """One year's and nature's part of a claim: what is asked for, what came, and the entry that says it was claimed."""

    financial_year: FinancialYearText
    nature: Nature
    quarter: QuarterText
    asked_pence: ShownPence
    received_pence: ShownPence
    claimed_entry: EntryId | None


class SpanView(Shown, frozen=True, kw_only=True):
    """Where lines stand: those of one quarter in the records after `after`, up to and including `until`."""

    quarter: QuarterText
    after: RecordNumber
    until: RecordNumber


class SignatureView(Shown, frozen=True, kw_only=True):
    """Who signed, when, and the SHA-256 of what was signed."""

    by: str
    on: date
    sha256: Sha256


class ReceiptView(Shown, frozen=True, kw_only=True):
    """Money that came for a claim, or was taken back, and its entries."""

    on: date
    reference: str
    amount_pence: ShownPence
    entries: tuple[EntryId, ...]


class QueryView(Shown, frozen=True, kw_only=True):
    """A question, and its answer where there is one."""

    on: date
    question: str
    answered_on: date | None
    answer: str


class ClaimView(Versioned, frozen=True, kw_only=True):
    """A claim. `pack` is the file that says all of it, with its certificate, whose wording is `certificate_wording`; `voided` are
    signatures of packs that it had before.
    """

    id: ClaimId
    grant_id: Slug
    quarter: QuarterText
    state: ClaimState
    note: str
    total_pence: ShownPence
    received_pence: ShownPence
    outstanding_pence: ShownPence
    parts: tuple[PartView, ...]
    lines: int
    position: RecordNumber
    spans: tuple[SpanView, ...]
    drafted_on: date
    prepared_by: tuple[str, ...]
    reviewed_by: str | None
    reviewed_on: date | None
    pack: FileView
    certificate_wording: WordingShown
    certificate: SignatureView | None
    voided: tuple[SignatureView, ...]
    submitted_on: date | None
    reference: str
    receipts: tuple[ReceiptView, ...]
    queries: tuple[QueryView, ...]

    @classmethod
    def of(cls, claim: Claim) -> ClaimView:
        """As the API shows it."""
        draft, received = claim.draft, sum(claim.received.values())
        return cls(
            id=claim.id,
            grant_id=claim.grant_id,
            quarter=claim.quarter,
            state=claim.state,
            note=draft.note,
            total_pence=draft.total_pence,
            received_pence=received,
            outstanding_pence=draft.total_pence - received if claim.stands else 0,
            parts=_parts(claim),
            lines=draft.lines,
            position=draft.position,
            spans=tuple(SpanView(quarter=each.quarter, after=each.after, until=each.until) for each in draft.spans),
            drafted_on=draft.on,
            prepared_by=claim.prepared_by,
            reviewed_by=claim.review.by if claim.review else None,
            reviewed_on=claim.review.on if claim.review else None,
            pack=FileView.of(draft.pack),
            certificate_wording=WordingShown.of(draft.wording),
            certificate=_signature(claim.certificate) if claim.certificate else None,
            voided=tuple(map(_signature, claim.voided)),
            submitted_on=claim.submission.on if claim.submission else None,
            reference=claim.submission.reference if claim.submission else "",
            receipts=tuple(_receipt(each) for each in claim.receipts),
            queries=tuple(
                QueryView(on=each.on, question=each.question, answered_on=each.answered_on, answer=each.answer) for each in claim.queries
            ),
            version=str(claim.version),
        )


def _parts(claim: Claim) -> tuple[PartView, ...]:
    received, claimed = claim.received, claim.submission.entries if claim.submission else {}
    return tuple(_part(cell, pence, received.get(cell, 0), claimed.get(cell)) for cell, pence in sorted(claim.draft.amounts_pence.items()))


def _part(cell: str, asked_pence: int, received_pence: int, entry: str | None) -> PartView:
    place = Cell.parse(cell)
    return PartView(
        financial_year=place.financial_year,
        nature=place.nature,
        quarter=place.quarter or "",
        asked_pence=asked_pence,
        received_pence=received_pence,
        claimed_entry=entry,
    )


def _signature(certificate: Certificate) -> SignatureView:
    return SignatureView(by=certificate.by, on=certificate.on, sha256=certificate.sha256)


def _receipt(receipt: Receipt) -> ReceiptView:
    return ReceiptView(
        on=receipt.on,
        reference=receipt.reference,
        amount_pence=sum(receipt.amounts_pence.values()),
        entries=tuple(receipt.entries.values()),
    )


class LineView(Shown, frozen=True, kw_only=True):
    """A line: an entry that is claimed. `late` says that it belongs to an earlier quarter than the claim's own."""

    entry: EntryId
    kind: EntryKind
    on: date
    quarter: QuarterText
    late: bool
    initiative_id: Slug | None
    nature: Nature
    amount_pence: ShownPence
    party: str
    reference: str
    description: str
    of: EntryId | None


def line_view(found: tuple[Claim, Line]) -> LineView:
    """A claim's line as the API shows it."""
    claim, line = found
    entry, place = line.entry, line.entry.place
    return LineView(
        entry=line.id,
        kind=entry.kind,
        on=entry.on,
        quarter=place.quarter or "",
        late=place.quarter != claim.quarter,
        initiative_id=place.initiative_id,
        nature=place.nature,
        amount_pence=line.pence,
        party=entry.party,
        reference=entry.reference,
        description=entry.description,
        of=entry.of,
    )
