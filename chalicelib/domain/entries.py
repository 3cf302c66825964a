"""Entries: the money records of a grant, which are never edited and never deleted.

An entry belongs to one cell and moves some of its counters. What it does to an earlier entry (a payment draws
on a commitment, a refund takes from a payment) stands in `against`, so what is left of every entry is a sum, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import ClassVar
from unicodedata import normalize

from chalicelib.domain.cells import Cell, Counter
from chalicelib.domain.payment_status import Paid
from chalicelib.domain.values import Struct, field


class EntryKind(StrEnum):
    """What an entry records."""

    AWARD = "award"
    VARIATION = "variation"
    ALLOCATION = "allocation"
    VIREMENT = "virement"
    COMMITMENT = "commitment"
    RELEASE = "release"
    PAYMENT = "payment"
    ACCRUAL = "accrual"
    REVERSAL = "reversal"
    CORRECTION = "correction"
    REFUND = "refund"
    MATCH_CASH = "match_cash"
    MATCH_IN_KIND = "match_in_kind"
    CLAIMED = "claimed"
    RECEIVED = "received"


class DocumentKind(StrEnum):
    """What kind of document stands behind a payment."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    JOURNAL = "journal"


OWN_COUNTER: Mapping[str, Counter] = {
    EntryKind.AWARD: Counter.AWARDED,
    EntryKind.VARIATION: Counter.AWARDED,
    EntryKind.ALLOCATION: Counter.ALLOCATED,
    EntryKind.VIREMENT: Counter.ALLOCATED,
    EntryKind.COMMITMENT: Counter.COMMITTED,
    EntryKind.RELEASE: Counter.COMMITTED,
    EntryKind.PAYMENT: Counter.PAID,
    EntryKind.ACCRUAL: Counter.ACCRUED,
    EntryKind.REVERSAL: Counter.ACCRUED,
    EntryKind.CORRECTION: Counter.CORRECTED,
    EntryKind.REFUND: Counter.REFUNDED,
    EntryKind.MATCH_CASH: Counter.MATCH_CASH,
    EntryKind.MATCH_IN_KIND: Counter.MATCH_IN_KIND,
    EntryKind.CLAIMED: Counter.CLAIMED,
    EntryKind.RECEIVED: Counter.RECEIVED,
}
"""The counter that each kind of entry moves by its amount. A correction of what is not paid moves another: it says which."""

COUNTED_AGAINST = frozenset({EntryKind.REFUND})
"""The kinds whose counter grows as their amount falls: what came back is counted as such."""

PUTTING_RIGHT = frozenset({EntryKind.CORRECTION, EntryKind.REFUND, EntryKind.RELEASE, EntryKind.REVERSAL})
"""The kinds that put another entry right, for the reason that their record gives."""

_NAMED_BY_LATER = frozenset(
    {
        EntryKind.COMMITMENT,
        EntryKind.PAYMENT,
        EntryKind.ACCRUAL,
        EntryKind.MATCH_CASH,
        EntryKind.MATCH_IN_KIND,
        EntryKind.CLAIMED,
        EntryKind.RECEIVED,
    }
)


def moved(kind: str, amount_pence: int, counter: str | None = None, settles: Mapping[str, int] | None = None) -> dict[str, int]:
    """What an entry of a kind adds to each counter, in pence; `counter` and `settles` as in `Entry`."""
    own = {str(counter or OWN_COUNTER[kind]): -amount_pence if kind in COUNTED_AGAINST else amount_pence}
    return {**own, **settles} if settles else own


class Document(Struct, frozen=True, kw_only=True):
    """A whole document, however it was split: amounts in pence, negative on a credit note."""

    kind: DocumentKind
    number: str
    date: date
    supplier: str
    net_pence: int
    vat_pence: int

    @property
    def key(self) -> str:
        """What makes it the same document: supplier, kind and number, whatever the spacing, capitals or punctuation."""
        return self.key_as(self.kind)

    def key_as(self, kind: str) -> str:
        """The same of what is no document: an order or an accrual that a listing has."""
        return "|".join((plain(self.supplier), kind, plain(self.number)))


def plain(text: str) -> str:
    """A text without what people write differently; 1/11 stays apart from 11/1."""
    # NFKC first: an accent may be typed as one character or as two, and a digit at full width.
    folded = normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", re.sub(r"(?<=\d)[\W_]+(?=\d)", "x", folded))


class Part(Struct, frozen=True, kw_only=True):
    """One line's part of a document that was split, in pence."""

    net_pence: int
    vat_pence: int


class Entry(Struct, frozen=True, kw_only=True):
    """One money record. All amounts are in pence.

    `amount_pence` is the entry's own amount, signed by its effect (a refund or a release is negative). It moves one counter
    of `cell`: its kind's own, or `counter` when that says another; what it settles besides stands in `settles`;
    `of` is the entry it corrects, refunds, releases or reverses; `against` is what it adds to what is left of others;
    `in_place_of` is the kind of entry that a recoded one stands in for;
    `document` is a payment's, and `part` what it carries of that, unless it carries the whole; whether net or gross was
    charged, `payer` is the organisation whose VAT status decided it. A payment's party and reference are its document's;
    other kinds have a `counterparty` and a `quoted_reference`. `listed_as` is the key of what a commitment or an accrual was in an
    imported listing, which keeps that from being entered twice as a document's key does.
    """

    KIND: ClassVar = "entry"

    kind: EntryKind
    on: date
    cell: str
    amount_pence: int
    counter: Counter | None = None
    settles: Mapping[str, int] = field(default_factory=dict)
    description: str = ""
    counterparty: str = ""
    quoted_reference: str = ""
    of: str | None = None
    against: Mapping[str, int] = field(default_factory=dict)
    in_place_of: EntryKind | None = None
    document: Document | None = None
    part: Part | None = None
    payer: str = ""
    listed_as: str = ""

    @property
    def document_key(self) -> str | None:
        """The key of what it is a part of and that may be entered once: a document, or a line of a listing; None of others."""
        return self.document.key if self.document else self.listed_as or None

    @property
    def moves(self) -> dict[str, int]:
        """What it adds to each counter of its cell, in pence."""
        return moved(self.kind, self.amount_pence, self.counter, self.settles)

    @property
    def stands_as(self) -> EntryKind | None:
        """As what kind of entry later ones may take from this one, up to its amount; None when nothing can name it."""
        return self.in_place_of or (self.kind if self.kind in _NAMED_BY_LATER else None)

    @property
    def party(self) -> str:
        """The other party, in words."""
        return self.document.supplier if self.document else self.counterparty

    @property
    def reference(self) -> str:
        """What the other party calls it: an invoice's number, an order's, a claim's."""
        return self.document.number if self.document else self.quoted_reference

    @property
    def net_pence(self) -> int | None:
        """What a payment's part of its document is net of VAT."""
        carried = self.part or self.document
        return carried.net_pence if carried else None

    @property
    def vat_pence(self) -> int | None:
        """The VAT on a payment's part of its document."""
        carried = self.part or self.document
        return carried.vat_pence if carried else None

    @property
    def place(self) -> Cell:
        """The cell taken apart: initiative, financial year, quarter, nature."""
        return Cell.parse(self.cell)


class Standing(Struct, frozen=True, kw_only=True):
    """What is left of an entry that others may name: how it stands, in which cell and since when, and the pence.

    `opened_pence` is what stood at first: what is left lies between nothing and that side of it. `paid` is what was last said of how
    it was paid.
    """

    entry_id: str
    kind: EntryKind
    cell: str
    on: date
    opened_pence: int
    left_pence: int
    paid: Paid | None = None


def entry_id(grant_id: str, seq: int) -> str:
    """An entry's id: its grant and its place in the grant's chain, `ssf-5-warwickshire.42`."""
    return f"{grant_id}.{seq}"


_ENTRY_ID = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.([1-9][0-9]{0,9})")


def parse_entry_id(text: str) -> tuple[str, int] | None:
    """The grant's id and the record's number that an entry's id names, or None if the text is not one."""
    found = _ENTRY_ID.fullmatch(text)
    return (found[1], int(found[2])) if found else None
