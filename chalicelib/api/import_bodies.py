"""What travels about imports: announcements, previews, their rows, and what waits in suspense."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.evidence import Bytes, FileName, UploadView
from chalicelib.api.fields import Sha256, ShownPence, Slug
from chalicelib.api.paging import PageQuery
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.extract_sheets import Footer
from chalicelib.domain.file_types import FileType
from chalicelib.domain.imports import Import, ImportState, Waiting
from chalicelib.domain.previews import Preview, Status
from chalicelib.services.evidence import Announced
from chalicelib.services.import_posting import Asked
from chalicelib.services.imports import Requested
from chalicelib.services.unit import Held, Written, version_of

ImportId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)", description="An import's id.", examples=["0" * 32])]


SuspenseId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{32}\.[1-9][0-9]{0,9}$(?!\n)",
        description="The id of a document in suspense: its import's, a full stop, and its number in the preview.",
        examples=["0" * 32 + ".1"],
    ),
]


class NewImport(Body, frozen=True, kw_only=True):
    """An extract to upload: all that its bytes will be held to, and the profile that says how it is read."""

    profile_id: Slug
    file_name: FileName
    content_type: FileType
    size: Bytes
    sha256: Sha256

    def announced(self) -> Announced:
        """As the service takes it."""
        return Announced(file_name=self.file_name, content_type=self.content_type, size=self.size, sha256=self.sha256)


class Commitment(Body, frozen=True, kw_only=True):
    """Which preview is committed, by the digest that was seen; `confirmed` are the numbers of changed documents to be corrected.

    `accept_difference` posts although a total that the file states of itself is not met.
    """

    digest: Sha256
    confirmed: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(max_length=1000)] = ()
    accept_difference: bool = False

    def asked(self) -> Asked:
        """As the service takes it."""
        return Asked(digest=self.digest, confirmed=self.confirmed, accept_difference=self.accept_difference)


class RowQuery(PageQuery, frozen=True, kw_only=True):
    """Which rows of a preview to list."""

    status: Status = Status.ADDED


class CountView(Shown, frozen=True, kw_only=True):
    """How many documents and rows have a status, and what they cost their grants; of changed ones, the change."""

    documents: int
    rows: int
    pence: ShownPence


class TotalView(Shown, frozen=True, kw_only=True):
    """What would be posted to one initiative out of one grant."""

    grant_id: Slug
    initiative_id: Slug
    added_pence: ShownPence
    changed_pence: ShownPence


class FooterView(Shown, frozen=True, kw_only=True):
    """A total that the file states of itself, beside what the rows before it come to."""

    sheet: str
    row: int
    stated_pence: ShownPence
    counted_pence: ShownPence
    difference_pence: ShownPence

    @classmethod
    def of(cls, footer: Footer) -> FooterView:
        """As the API shows it."""
        return cls(
            sheet=footer.sheet,
            row=footer.row,
            stated_pence=footer.stated_pence,
            counted_pence=footer.counted_pence,
            difference_pence=footer.difference_pence,
        )


class PassedView(Shown, frozen=True, kw_only=True):
    """How many rows say nothing of money: those above the header, blank ones, headings again, and totals."""

    title: int
    blank: int
    heading: int
    total: int


class PreviewView(Shown, frozen=True, kw_only=True):
    """What would become of an extract, and the digest by which it is committed. `repaired` counts rows that were put right."""

    digest: Sha256
    position: dict[str, int]
    counts: dict[str, CountView]
    totals: tuple[TotalView, ...]
    footers: tuple[FooterView, ...]
    passed: PassedView
    repaired: int

    @classmethod
    def of(cls, preview: Preview) -> PreviewView:
        """As the API shows it."""
        passed = preview.passed
        return cls(
            digest=preview.digest,
            position=dict(preview.position),
            counts={
                status: CountView(documents=each.documents, rows=each.rows, pence=each.pence) for status, each in preview.counts.items()
            },
            totals=tuple(
                TotalView(
                    grant_id=each.grant_id,
                    initiative_id=each.initiative_id,
                    added_pence=each.added_pence,
                    changed_pence=each.changed_pence,
                )
                for each in preview.totals
            ),
            footers=tuple(map(FooterView.of, preview.footers)),
            passed=PassedView(title=passed.title, blank=passed.blank, heading=passed.heading, total=passed.total),
            repaired=preview.repaired,
        )


class WaitingView(Shown, frozen=True, kw_only=True):
    """How much waits in suspense under one grant and quarter: it is in no figure until it is resolved."""

    grant_id: Slug
    quarter: str
    documents: int
    pence: ShownPence

    @classmethod
    def each(cls, waits: Mapping[str, Waiting]) -> tuple[WaitingView, ...]:
        """As the API shows them, in order."""
        parted = ((place.split(" "), each) for place, each in waits.items())
        return tuple(
            cls(grant_id=grant_id, quarter=quarter, documents=each.documents, pence=each.pence) for (grant_id, quarter), each in parted
        )


class ImportView(Versioned, frozen=True, kw_only=True):
    """An import: what was announced, its preview, and how far its posting is: `done` of `to_do` documents.

    Of `paid` documents that were in the ledger it is known since how they were paid.
    `dropped_as` is the key of a file that was dropped in the object store; its import is announced by the system.
    """

    id: ImportId
    on: date
    profile_id: Slug
    file_name: str
    content_type: FileType
    size: Bytes
    sha256: Sha256
    announced_by: str
    dropped_as: str | None
    state: ImportState
    wrong: tuple[str, ...]
    preview: PreviewView | None
    committed_by: str | None
    done: int
    to_do: int
    posted: int
    posted_pence: ShownPence
    paid: int
    suspense: tuple[WaitingView, ...]

    @classmethod
    def of(cls, held: Held[Import] | Written[Import]) -> ImportView:
        """As the API shows it."""
        state = held.state
        return cls(
            id=state.id,
            on=state.on,
            profile_id=state.profile_id,
            file_name=state.file_name,
            content_type=state.content_type,
            size=state.size,
            sha256=state.sha256,
            announced_by=state.announced_by,
            dropped_as=state.dropped_as or None,
            state=state.state,
            wrong=state.wrong,
            preview=PreviewView.of(state.preview) if state.preview else None,
            committed_by=state.committed_by or None,
            done=state.done,
            to_do=state.to_do,
            posted=state.posted,
            posted_pence=state.posted_pence,
            paid=state.paid,
            suspense=WaitingView.each(state.waiting),
            version=version_of(held),
        )


class RequestedImport(Versioned, frozen=True, kw_only=True):
    """An import that was announced, and how to upload its file."""

    id: ImportId
    held: ImportView
    upload: UploadView

    @classmethod
    def of(cls, requested: Requested) -> RequestedImport:
        """As the API shows it."""
        shown = ImportView.of(requested.held)
        return cls(id=shown.id, held=shown, upload=UploadView.of(requested.upload), version=shown.version)
