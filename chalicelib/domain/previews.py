"""Previews: what an import would post, beside what the ledger has already; nothing is written until somebody commits one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from chalicelib.domain.documents import Uncharged
from chalicelib.domain.entries import Document, EntryKind
from chalicelib.domain.extract_sheets import Complaint, Footer, Passed
from chalicelib.domain.publications import File
from chalicelib.domain.spending import PaymentLine
from chalicelib.domain.values import Struct, field


class Status(StrEnum):
    """What would become of a document of an extract."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    PAID = "paid"
    UNMAPPED = "unmapped"
    REJECTED = "rejected"
    LEFT_OUT = "left_out"


class CorrectionWanted(Struct, frozen=True, kw_only=True):
    """A correction that would bring an entry to what its source says now, in pence; `left_pence` is what stands of it."""

    entry_id: str
    change_pence: int
    left_pence: int


class PaidWanted(Struct, frozen=True, kw_only=True):
    """How a document was paid, where the ledger does not know that yet, or knows it otherwise; and its entries, where it has any."""

    on: date
    reference: str = ""
    entries: tuple[str, ...] = ()


class PreviewRow(Struct, frozen=True, kw_only=True):
    """A document of an extract (or a row that is none), and what would become of it.

    `number` is its place in the preview, from 1. `cost_pence` is what it costs its grants, `entered_pence` what the ledger has of it.
    A changed one has the corrections that it asks for, or says in its complaints why it has to be put right by hand; one that the ledger
    has of another day says so. `posts` is the kind of entry that each line becomes, None of payments. One with the status `paid` is in
    the ledger as it is in the extract, and `paid` is what would be known of its payment; one that is added may have it, too.
    """

    number: int
    status: Status
    sheet: str
    rows: tuple[int, ...]
    on: date | None = None
    document: Document | None = None
    lines: tuple[PaymentLine, ...] = ()
    uncharged: Uncharged = field(default_factory=Uncharged)
    cost_pence: int = 0
    entered_pence: int = 0
    corrections: tuple[CorrectionWanted, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    why: str = ""
    paid: PaidWanted | None = None
    posts: EntryKind | None = None

    @property
    def key(self) -> str | None:
        """What may be entered once: the document, or the order or accrual of a listing; None of a row that is none of them."""
        if self.document is None:
            return None
        return self.document.key_as(self.posts) if self.posts else self.document.key


class Count(Struct, frozen=True, kw_only=True):
    """How many documents and rows have a status, and what they cost their grants, in pence; for changed ones, the change."""

    documents: int = 0
    rows: int = 0
    pence: int = 0


class Total(Struct, frozen=True, kw_only=True):
    """What would be posted to one initiative out of one grant, in pence."""

    grant_id: str
    initiative_id: str
    added_pence: int = 0
    changed_pence: int = 0


class Preview(Struct, frozen=True, kw_only=True):
    """A preview as it is kept with its import: its digest, what it rests on, its counts, its totals, and the files of its rows.

    `position` is how far the chains of the grants, the payer and the profile had come. `digest` is the SHA-256 of it all.
    """

    digest: str
    position: Mapping[str, int]
    counts: Mapping[str, Count]
    totals: tuple[Total, ...]
    footers: tuple[Footer, ...]
    passed: Passed
    repaired: int
    files: tuple[File, ...]

    def count(self, status: Status) -> Count:
        """What has a status; nothing, where the preview is from before there was that status."""
        return self.counts.get(status.value, Count())

    @property
    def agrees(self) -> bool:
        """Whether every total that the file states of itself is met."""
        return all(not footer.difference_pence for footer in self.footers)
