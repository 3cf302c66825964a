"""Entries: every money record of every grant, and the records that put earlier ones right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.duties import POST_MONEY, READ
from chalicelib.api.entry_bodies import Correction, GivingBack, Recoding, Refund
from chalicelib.api.fields import (
    DateField,
    EntryId,
    FinancialYearText,
    Instant,
    Pence,
    QuarterText,
    ShownPence,
    Slug,
)
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.rule_answers import AnswerView
from chalicelib.api.schemas import Shown
from chalicelib.domain import entries as ids
from chalicelib.domain.aggregates import Record
from chalicelib.domain.answers import RulesNoted
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind
from chalicelib.domain.claim_refusals import PartOfClaim
from chalicelib.domain.entries import DocumentKind, Entry, EntryKind, parse_entry_id
from chalicelib.domain.entry_refusals import DatedInFuture, NothingLeft, TooEarly, WrongEntry
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.exports import Scope
from chalicelib.domain.grants import Grant
from chalicelib.domain.payment_status import Paid
from chalicelib.domain.putting_right import Elsewhere
from chalicelib.domain.refusals import AllocationExhausted, MoreThanSpent
from chalicelib.services import entries as services
from chalicelib.services import reading, registers
from chalicelib.services.reading import Chosen
from chalicelib.services.unit import Written

entries = Routes("entries")

Counters = Annotated[dict[str, ShownPence], Meta(description="Pence by counter; a counter that does not move is left out.")]


class DocumentView(Shown, frozen=True, kw_only=True):
    """A whole document, however it was split."""

    kind: DocumentKind
    number: str
    date: date
    supplier: str
    net_pence: Pence
    vat_pence: Pence


class EntryView(Shown, frozen=True, kw_only=True):
    """An entry: what it is, where it belongs, and what it moves.

    `of` names the entry it puts right, and `against` is what it takes from what is left of others.
    """

    id: EntryId
    kind: EntryKind
    on: DateField
    recorded_at: Instant
    recorded_by: str
    reason: str
    grant_id: Slug
    initiative_id: Slug | None
    financial_year: FinancialYearText
    quarter: QuarterText | None
    nature: Nature
    amount_pence: ShownPence
    net_pence: Pence | None
    vat_pence: Pence | None
    payer_id: Slug | None
    moves_pence: Counters
    party: str
    reference: str
    description: str
    of: EntryId | None
    against_pence: dict[str, ShownPence]
    document: DocumentView | None


Placed = tuple[str, Record, Entry]
"""An entry with its id and its record."""


def shown(placed: Placed) -> EntryView:
    """An entry as the API shows it."""
    named, record, entry = placed
    place = entry.place
    return EntryView(
        id=named,
        kind=entry.kind,
        on=entry.on,
        recorded_at=record.at,
        recorded_by=record.by,
        reason=record.reason,
        grant_id=record.name.id,
        initiative_id=place.initiative_id,
        financial_year=place.financial_year,
        quarter=place.quarter,
        nature=place.nature,
        amount_pence=entry.amount_pence,
        net_pence=entry.net_pence,
        vat_pence=entry.vat_pence,
        payer_id=entry.payer or None,
        moves_pence=dict(entry.moves),
        party=entry.party,
        reference=entry.reference,
        description=entry.description,
        of=entry.of,
        against_pence=dict(entry.against),
        document=_document(entry),
    )


def _document(entry: Entry) -> DocumentView | None:
    held = entry.document
    if held is None:
        return None
    return DocumentView(
        kind=held.kind,
        number=held.number,
        date=held.date,
        supplier=held.supplier,
        net_pence=held.net_pence,
        vat_pence=held.vat_pence,
    )


class OneEntryView(EntryView, frozen=True, kw_only=True):
    """An entry, and what an extract of the office's ledger last said of its payment: when, by which reference, and in which import."""

    paid_on: DateField | None
    payment_reference: str | None
    paid_import_id: str | None


def _with_payment(found: tuple[Placed, Paid | None]) -> OneEntryView:
    placed, paid = found
    entry = shown(placed)
    return OneEntryView(
        **{name: getattr(entry, name) for name in EntryView.__struct_fields__},
        paid_on=paid.on if paid else None,
        payment_reference=(paid.reference or None) if paid else None,
        paid_import_id=(paid.import_id or None) if paid else None,
    )


class NotedView(Shown, frozen=True, kw_only=True):
    """A rule of the grant that an entry breaks, and that let it pass: with a warning, or by a waiver."""

    entry: EntryId
    answer: AnswerView


class Posted(Shown, frozen=True, kw_only=True):
    """The entries a request posted, in order; and what the grants' rules noted of them."""

    entries: tuple[EntryView, ...]
    noted: tuple[NotedView, ...]


def posted(grant: Written[Grant]) -> Posted:
    """What a request to one grant posted."""
    return posted_all((grant,))


def posted_all(grants: Iterable[Written[Grant]]) -> Posted:
    """What a request to several grants posted."""
    records = tuple(record for grant in grants for record in grant.records)
    placed = ((ids.entry_id(record.name.id, record.seq), record, record.fact) for record in records if isinstance(record.fact, Entry))
    noted = ((record.name.id, each) for record in records if isinstance(record.fact, RulesNoted) for each in record.fact.noted)
    return Posted(
        entries=tuple(shown(each) for each in placed),
        noted=tuple(NotedView(entry=ids.entry_id(grant_id, each.seq), answer=AnswerView.of(each.answer)) for grant_id, each in noted),
    )


class EntryQuery(PageQuery, frozen=True, kw_only=True):
    """Which entries to list."""

    fund: Slug | None = None
    grant: Slug | None = None
    initiative: Slug | None = None
    kind: EntryKind | None = None
    financial_year: FinancialYearText | None = None
    quarter: QuarterText | None = None


@entries.listing("/entries", allow=READ, query=EntryQuery, gives=shown, summary="List entries", problems=(Missing, ChainBroken))
def list_entries(call: Call, query: EntryQuery) -> Page[Placed]:
    """Entries grant by grant, in the order in which they were recorded. A filter must name what there is."""
    registers.require(call.context, (Kind.FUND, query.fund), (Kind.GRANT, query.grant), (Kind.INITIATIVE, query.initiative))
    scope = Scope(financial_year=query.financial_year, quarter=query.quarter, fund_id=query.fund, grant_id=query.grant)
    chosen = Chosen(scope=scope, kind=query.kind, initiative_id=query.initiative)
    after = (parse_entry_id(call.after) if call.after else None) or ("", 0)
    found = reading.list_entries(call.context, chosen, after, at_once=query.at_once)
    return Page.of(found, limit=query.limit, key=lambda placed: placed[0])


@entries.get("/entries/{entry_id}", allow=READ, gives=_with_payment, summary="Show an entry", problems=(Missing, ChainBroken))
def show_entry(call: Call, entry_id: EntryId) -> tuple[Placed, Paid | None]:
    """One entry, which never changes, and what is known of its payment, which comes to be known later."""
    grant_id, seq = parse_entry_id(entry_id) or ("", 0)
    record, entry = reading.find_entry(call.context, grant_id, seq)
    return (entry_id, record, entry), reading.paid(call.context, grant_id, seq)


_NAMED = (Missing, WrongEntry, NothingLeft, TooEarly, DatedInFuture, MoreThanSpent)


@entries.post(
    "/entries/{entry_id}/releases", allow=POST_MONEY, takes=GivingBack, gives=posted, summary="Release a commitment", problems=_NAMED
)
def release(call: Call, entry_id: EntryId, body: GivingBack) -> Written[Grant]:
    """Release a commitment that will not be paid, in part or in full."""
    return services.give_back(call.context, entry_id, EntryKind.RELEASE, body.on, body.amount_pence, body.reason)


@entries.post(
    "/entries/{entry_id}/reversals", allow=POST_MONEY, takes=GivingBack, gives=posted, summary="Reverse an accrual", problems=_NAMED
)
def reverse(call: Call, entry_id: EntryId, body: GivingBack) -> Written[Grant]:
    """Reverse an accrual by hand, in part or in full; a payment that names it reverses it by itself."""
    return services.give_back(call.context, entry_id, EntryKind.REVERSAL, body.on, body.amount_pence, body.reason)


@entries.post(
    "/entries/{entry_id}/corrections",
    allow=POST_MONEY,
    takes=Correction,
    gives=posted,
    summary="Correct an entry's amount",
    problems=(*_NAMED, AllocationExhausted, PartOfClaim),
)
def correct(call: Call, entry_id: EntryId, body: Correction) -> Written[Grant]:
    """Post a correction: a new entry that names the one it corrects and says why. The first one stays as it was.

    It changes what the entry costs the grant. A payment's net amount and VAT stay as they were entered: enter a difference in
    these as a journal that names the invoice.
    """
    return services.correct(call.context, entry_id, body.on, body.change_pence, body.reason)


@entries.post(
    "/entries/{entry_id}/recodings",
    allow=POST_MONEY,
    takes=Recoding,
    gives=posted,
    summary="Move a miscoded entry",
    problems=(*_NAMED, AllocationExhausted),
)
def recode(call: Call, entry_id: EntryId, body: Recoding) -> Written[Grant]:
    """Post two corrections: one takes the money away from where it was coded, one puts it where it belongs."""
    to = Elsewhere(initiative_id=body.to_initiative_id, nature=body.to_nature)
    return services.recode(call.context, entry_id, body.on, body.amount_pence, to, body.reason)


@entries.post("/entries/{entry_id}/refunds", allow=POST_MONEY, takes=Refund, gives=posted, summary="Record a refund", problems=_NAMED)
def refund(call: Call, entry_id: EntryId, body: Refund) -> Written[Grant]:
    """Record money that came back, out of the payment it returns."""
    return services.refund(call.context, entry_id, body.on, body.amount_pence, body.reference or "", body.reason)
