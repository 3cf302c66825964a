"""Entries as the API shows them, and what a request posted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from msgspec import Meta

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
from chalicelib.api.rule_answers import AnswerView
from chalicelib.api.schemas import Shown
from chalicelib.domain import entries as ids
from chalicelib.domain.aggregates import Record
from chalicelib.domain.answers import RulesNoted
from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import DocumentKind, Entry, EntryKind
from chalicelib.domain.grants import Grant
from chalicelib.domain.payment_status import Paid
from chalicelib.services.unit import Written

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


def with_payment(found: tuple[Placed, Paid | None]) -> OneEntryView:
    """An entry with what is known of its payment."""
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
