"""Entries: the money records of a grant, which are never edited and never deleted.

An entry belongs to one cell and moves some of its counters. What it does to an earlier entry (a payment draws
on a commitment, a refund takes from a payment) stands in `against`, so what is left of every entry is a sum, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar
from unicodedata import normalize

from chalicelib.domain.cells import Cell


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
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
        return "|".join((_plain(self.supplier), self.kind, _plain(self.number)))


def _plain(text: str) -> str:
    """A text without what people write differently; 1/11 stays apart from 11/1."""
    # NFKC first: an accent may be typed as one character or as two, and a digit at full width.
    plain = normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", re.sub(r"(?<=\d)[\W_]+(?=\d)", "x", plain))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One money record. All amounts are in pence.

    `amount_pence` is the entry's own amount, signed by its effect (a refund or a release is negative);
    `moves` is what it adds to each counter of `cell`;
    `of` is the entry it corrects, refunds, releases or reverses; `against` is what it adds to what is left of others;
    `leaves_pence` is what later entries may take from this one, as an entry of kind `stands_as`;
    `net_pence` and `vat_pence` are kept beside a payment's cost, whichever of them was charged, and `payer` is the
    organisation whose VAT status decided that.
    """

    KIND: ClassVar = "entry"

    kind: EntryKind
    on: date
    cell: str
    amount_pence: int
    moves: Mapping[str, int]
    description: str = ""
    party: str = ""
    reference: str = ""
    of: str | None = None
    against: Mapping[str, int] = field(default_factory=dict)
    leaves_pence: int = 0
    stands_as: EntryKind | None = None
    document: Document | None = None
    net_pence: int | None = None
    vat_pence: int | None = None
    payer: str = ""

    @property
    def place(self) -> Cell:
        """The cell taken apart: initiative, financial year, quarter, nature."""
        return Cell.parse(self.cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is left of an entry that others may name: how it stands, in which cell and since when, and the pence.

    `opened_pence` is what stood at first: what is left lies between nothing and that side of it.
    """

    entry_id: str
    kind: EntryKind
    cell: str
    on: date
    opened_pence: int
    left_pence: int


def entry_id(grant_id: str, seq: int) -> str:
    """An entry's id: its grant and its place in the grant's chain, `ssf-5-warwickshire.42`."""
    return f"{grant_id}.{seq}"


_ENTRY_ID = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.([1-9][0-9]{0,9})")


def parse_entry_id(text: str) -> tuple[str, int] | None:
    """The grant's id and the record's number that an entry's id names, or None if the text is not one."""
    found = _ENTRY_ID.fullmatch(text)
    return (found[1], int(found[2])) if found else None
