"""Entries: every money record of every grant, and the records that put earlier ones right."""

from __future__ import annotations

from chalicelib.api.duties import POST_MONEY, READ
from chalicelib.api.entry_bodies import Placed, posted, shown, with_payment
from chalicelib.api.fields import (
    DateField,
    EntryId,
    FinancialYearText,
    NonZeroPence,
    PositivePence,
    QuarterText,
    Reason,
    Slug,
    Text,
)
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind
from chalicelib.domain.claim_refusals import PartOfClaim
from chalicelib.domain.entries import EntryKind, parse_entry_id
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


@entries.get("/entries/{entry_id}", allow=READ, gives=with_payment, summary="Show an entry", problems=(Missing, ChainBroken))
def show_entry(call: Call, entry_id: EntryId) -> tuple[Placed, Paid | None]:
    """One entry, which never changes, and what is known of its payment, which comes to be known later."""
    grant_id, seq = parse_entry_id(entry_id) or ("", 0)
    record, entry = reading.find_entry(call.context, grant_id, seq)
    return (entry_id, record, entry), reading.paid(call.context, grant_id, seq)


class GivingBack(Body, frozen=True, kw_only=True):
    """How much to release or reverse: everything that is left, where no amount is given."""

    on: DateField
    reason: Reason
    amount_pence: PositivePence | None = None


class Correction(Body, frozen=True, kw_only=True):
    """A signed change to what an entry stands at, and why."""

    on: DateField
    change_pence: NonZeroPence
    reason: Reason


class Recoding(Body, frozen=True, kw_only=True):
    """Where a miscoded entry belongs instead: all that is left of it, where no amount is given."""

    on: DateField
    to_initiative_id: Slug
    to_nature: Nature
    reason: Reason
    amount_pence: NonZeroPence | None = None


class Refund(Body, frozen=True, kw_only=True):
    """Money that came back."""

    on: DateField
    amount_pence: PositivePence
    reason: Reason
    reference: Text | None = None


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
