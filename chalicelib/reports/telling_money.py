"""Entries in words."""

from __future__ import annotations

from chalicelib.domain.cells import Cell
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.payment_status import PaymentsPaid
from chalicelib.reports.before_after import Changed, Told
from chalicelib.reports.words import change, counted, day, money


def told(fact: Entry | PaymentsPaid) -> Told:
    """An entry, or what was said of payments. Nothing before an entry changes: what it does to others is in the figures."""
    return _paid(fact) if isinstance(fact, PaymentsPaid) else _entered(fact)


def _paid(fact: PaymentsPaid) -> Told:
    """Each payment with its day and reference, so that the history of one that was said twice shows both."""
    imports = ", ".join(dict.fromkeys(each.paid.import_id for each in fact.entries))
    changes = tuple(
        Changed(field=f"{each.entry_id} paid on", before="", after=f"{day(each.paid.on)} {each.paid.reference}".rstrip())
        for each in fact.entries
    )
    return Told(f"Noted when {counted(len(fact.entries), 'payment')} went out, as import {imports} says.", changes)


def _entered(entry: Entry) -> Told:
    return Told(f"{_done(entry)}, dated {day(entry.on)}.{f' {entry.description}' if entry.description else ''}")


def _done(entry: Entry) -> str:
    if entry.kind in (EntryKind.AWARD, EntryKind.VARIATION, EntryKind.ALLOCATION, EntryKind.VIREMENT):
        return _budgeted(entry)
    if entry.kind in (EntryKind.RELEASE, EntryKind.REVERSAL, EntryKind.CORRECTION, EntryKind.REFUND):
        return _answered(entry)
    return _posted(entry)


def _budgeted(entry: Entry) -> str:
    budget = _budget(entry.place)
    match entry.kind:
        case EntryKind.AWARD:
            return f"Entered the award of {money(entry.amount_pence)} for {budget}"
        case EntryKind.VARIATION:
            return f"Changed the award for {budget} by {change(entry.amount_pence)}"
        case EntryKind.VIREMENT:
            way = "to" if entry.amount_pence > 0 else "away from"
            return f"Moved {money(abs(entry.amount_pence))} of {budget} {way} {entry.place.initiative_id}"
        case _:
            return f"Allocated {money(entry.amount_pence)} of {budget} to {entry.place.initiative_id}"


def _answered(entry: Entry) -> str:
    """What points back at another entry."""
    match entry.kind:
        case EntryKind.RELEASE:
            return f"Released {money(abs(entry.amount_pence))} of the commitment {entry.of}"
        case EntryKind.REVERSAL:
            return f"Reversed {money(abs(entry.amount_pence))} of the accrual {entry.of}"
        case EntryKind.REFUND:
            return f"Entered a refund of {money(abs(entry.amount_pence))} of the payment {entry.of}{_party(entry, 'from')}"
        case _:
            recoded = f", which stands here in its place as a {entry.in_place_of.replace('_', ' ')}" if entry.in_place_of else ""
            return f"Corrected {entry.of} by {change(entry.amount_pence)}{_initiative(entry)}{recoded}"


_POSTED = {
    EntryKind.COMMITMENT: ("Committed {}", "to"),
    EntryKind.PAYMENT: ("Paid {}", "to"),
    EntryKind.ACCRUAL: ("Accrued {}", "to"),
    EntryKind.MATCH_CASH: ("Entered {} of match in cash", "from"),
    EntryKind.MATCH_IN_KIND: ("Entered {} of match in kind", "from"),
}
"""What was done with an amount, and the word before the other party."""

_SETTLED = {EntryKind.CLAIMED: "claimed", EntryKind.RECEIVED: "received"}


def _posted(entry: Entry) -> str:
    amount = money(entry.amount_pence)
    if entry.kind in _SETTLED:
        return f"Entered that {amount} was {_SETTLED[entry.kind]} for {entry.place.quarter}{_reference(entry)}"
    done, word = _POSTED[entry.kind]
    return done.format(amount) + _party(entry, word) + _initiative(entry)


def _party(entry: Entry, word: str) -> str:
    return (f" {word} {entry.party}" if entry.party else "") + _reference(entry)


def _reference(entry: Entry) -> str:
    kind = f"{entry.document.kind.replace('_', ' ')} " if entry.document else ""
    return f" ({kind}{entry.reference})" if entry.reference else ""


def _initiative(entry: Entry) -> str:
    return f" for {entry.place.initiative_id}" if entry.place.initiative_id else ""


def _budget(place: Cell) -> str:
    return f"{place.financial_year} {place.nature.replace('_', ' ')}"
