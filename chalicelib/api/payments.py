"""Payments: one document, split over as many initiatives and grants as it pays for, all at once or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import Meta

from chalicelib.api.duties import POST_MONEY
from chalicelib.api.entries import posted_all
from chalicelib.api.fields import DateField, EntryId, Pence, Slug, Text
from chalicelib.api.routing import Call, Routes
from chalicelib.api.schemas import Body
from chalicelib.domain.cells import Nature
from chalicelib.domain.documents import SplitLine, Uncharged
from chalicelib.domain.entries import Document, DocumentKind
from chalicelib.domain.entry_refusals import (
    AnotherYear,
    CreditSettlesNothing,
    DatedInFuture,
    DocumentAlreadyEntered,
    DocumentDoesNotAddUp,
    NothingLeft,
    TooEarly,
    TooManyLines,
    WrongEntry,
)
from chalicelib.domain.errors import FieldError, Invalid, Missing, NotInState
from chalicelib.domain.grants import Grant
from chalicelib.domain.refusals import AllocationExhausted, AwardExhausted, DateOutsidePeriod, MoreThanSpent, NoAwardLine
from chalicelib.domain.spending import PaymentLine
from chalicelib.services import entries as services
from chalicelib.services.unit import Written

payments = Routes("payments")

Shares = Annotated[int, Meta(ge=0, le=1_000_000, description="This line's shares of what the document charges.")]


class DocumentBody(Body, frozen=True, kw_only=True):
    """The whole document: what it says, whatever part of it the grants pay. A credit note's amounts are negative."""

    kind: DocumentKind
    number: Text
    date: DateField
    supplier: Text
    net_pence: Pence
    vat_pence: Pence

    def document(self) -> Document:
        """As the domain knows it."""
        return Document(
            kind=self.kind,
            number=self.number,
            date=self.date,
            supplier=self.supplier,
            net_pence=self.net_pence,
            vat_pence=self.vat_pence,
        )


_WHOLE, _NOTHING = {"type": "integer"}, {"type": "null"}


class LineBody(Body, frozen=True, kw_only=True):
    """One initiative's part of the document: either `net_pence` and `vat_pence`, or `shares`.

    `commitment` and `accrual` name the entries that this payment settles.
    """

    ALSO: ClassVar[Mapping[str, object]] = {
        "anyOf": [
            {"required": ["net_pence", "vat_pence"], "properties": {"net_pence": _WHOLE, "vat_pence": _WHOLE, "shares": _NOTHING}},
            {"required": ["shares"], "properties": {"shares": _WHOLE, "net_pence": _NOTHING, "vat_pence": _NOTHING}},
        ]
    }

    grant_id: Slug
    initiative_id: Slug
    nature: Nature
    net_pence: Pence | None = None
    vat_pence: Pence | None = None
    shares: Shares | None = None
    commitment: EntryId | None = None
    accrual: EntryId | None = None
    description: Text | None = None

    def line(self) -> SplitLine:
        """As the domain knows it."""
        line = PaymentLine(
            grant_id=self.grant_id,
            initiative_id=self.initiative_id,
            nature=self.nature,
            net_pence=self.net_pence or 0,
            vat_pence=self.vat_pence or 0,
            commitment=self.commitment,
            accrual=self.accrual,
            description=self.description or "",
        )
        return SplitLine(line=line, shares=self.shares)

    def problem(self) -> str | None:
        """What is wrong with the line's amounts, or None."""
        amounts = (self.net_pence, self.vat_pence)
        if self.shares is None and None in amounts:
            return "give net_pence and vat_pence, or shares"
        if self.shares is not None and amounts != (None, None):
            return "give either amounts or shares, not both"
        return None


class UnchargedBody(Body, frozen=True, kw_only=True):
    """The part of the document that no grant pays."""

    net_pence: Pence = 0
    vat_pence: Pence = 0


class NewPayment(Body, frozen=True, kw_only=True):
    """A payment. `on` is its date in the office's ledger, which decides its financial year and quarter.

    `payer_id` is the organisation that paid: if it recovers VAT, the grants are charged the net amount, if not, the gross.
    """

    document: DocumentBody
    on: DateField
    payer_id: Slug
    lines: Annotated[tuple[LineBody, ...], Meta(min_length=1, max_length=40)]
    uncharged: UnchargedBody = UnchargedBody()


@payments.post(
    "/payments",
    allow=POST_MONEY,
    takes=NewPayment,
    gives=posted_all,
    summary="Pay a document",
    problems=(
        AllocationExhausted,
        AnotherYear,
        AwardExhausted,
        CreditSettlesNothing,
        DatedInFuture,
        DateOutsidePeriod,
        DocumentAlreadyEntered,
        DocumentDoesNotAddUp,
        Missing,
        MoreThanSpent,
        NoAwardLine,
        NothingLeft,
        NotInState,
        TooEarly,
        TooManyLines,
        WrongEntry,
    ),
)
def pay(call: Call, body: NewPayment) -> tuple[Written[Grant], ...]:
    """Enter an invoice, credit note or journal. The same document is taken once; its lines add up to its total.

    Some thirty lines fit, fewer where they settle commitments or accruals; the refusal of more says what to do.
    """
    wrong = [(place, problem) for place, line in enumerate(body.lines) if (problem := line.problem())]
    if wrong:
        raise Invalid(tuple(FieldError(f"/lines/{place}", problem) for place, problem in wrong))
    uncharged = Uncharged(net_pence=body.uncharged.net_pence, vat_pence=body.uncharged.vat_pence)
    lines = [line.line() for line in body.lines]
    return services.pay(call.context, body.document.document(), lines, uncharged, body.payer_id, body.on)
