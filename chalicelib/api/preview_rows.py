"""What travels about the rows of a preview: each document, what would become of it, and all that is wrong with it."""

from __future__ import annotations

from datetime import date

from chalicelib.api.fields import EntryId, ShownPence, Slug
from chalicelib.api.schemas import Shown
from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import DocumentKind, EntryKind
from chalicelib.domain.extract_sheets import Complaint
from chalicelib.domain.previews import PreviewRow, Status


class ComplaintView(Shown, frozen=True, kw_only=True):
    """One thing wrong: where, what stands there, what is wrong with it, and what would be right. Row 0 is the whole sheet."""

    sheet: str
    row: int
    column: str
    value: str
    wrong: str
    right: str

    @classmethod
    def of(cls, complaint: Complaint) -> ComplaintView:
        """As the API shows it."""
        return cls(
            sheet=complaint.sheet,
            row=complaint.row,
            column=complaint.column,
            value=complaint.value,
            wrong=complaint.wrong,
            right=complaint.right,
        )


class ExtractDocumentView(Shown, frozen=True, kw_only=True):
    """A document as the extract has it."""

    kind: DocumentKind
    number: str
    date: date
    supplier: str
    net_pence: ShownPence
    vat_pence: ShownPence


class ExtractLineView(Shown, frozen=True, kw_only=True):
    """What a document charges to one initiative out of one grant."""

    grant_id: Slug
    initiative_id: Slug
    nature: Nature
    net_pence: ShownPence
    vat_pence: ShownPence
    description: str


class ChangeView(Shown, frozen=True, kw_only=True):
    """A correction that a changed document asks for."""

    entry_id: EntryId
    change_pence: ShownPence


class PaidView(Shown, frozen=True, kw_only=True):
    """How a document was paid, as the extract says it and the ledger does not know it; of which entries, where there are any yet."""

    on: date
    reference: str
    entries: tuple[EntryId, ...]


class PreviewRowView(Shown, frozen=True, kw_only=True):
    """A document of an extract, or a row that is none, and what would become of it; `number` is what confirms its corrections."""

    number: int
    status: Status
    sheet: str
    rows: tuple[int, ...]
    on: date | None
    document: ExtractDocumentView | None
    lines: tuple[ExtractLineView, ...]
    uncharged_net_pence: ShownPence
    uncharged_vat_pence: ShownPence
    cost_pence: ShownPence
    entered_pence: ShownPence
    corrections: tuple[ChangeView, ...]
    paid: PaidView | None
    complaints: tuple[ComplaintView, ...]
    why: str
    posts: EntryKind | None

    @classmethod
    def of(cls, row: PreviewRow) -> PreviewRowView:
        """As the API shows it."""
        held = row.document
        return cls(
            number=row.number,
            status=row.status,
            sheet=row.sheet,
            rows=row.rows,
            on=row.on,
            document=ExtractDocumentView(
                kind=held.kind,
                number=held.number,
                date=held.date,
                supplier=held.supplier,
                net_pence=held.net_pence,
                vat_pence=held.vat_pence,
            )
            if held
            else None,
            lines=tuple(ExtractLineView(**{name: getattr(each, name) for name in ExtractLineView.__struct_fields__}) for each in row.lines),
            uncharged_net_pence=row.uncharged.net_pence,
            uncharged_vat_pence=row.uncharged.vat_pence,
            cost_pence=row.cost_pence,
            entered_pence=row.entered_pence,
            corrections=tuple(ChangeView(entry_id=each.entry_id, change_pence=each.change_pence) for each in row.corrections),
            paid=PaidView(on=row.paid.on, reference=row.paid.reference, entries=row.paid.entries) if row.paid else None,
            complaints=tuple(map(ComplaintView.of, row.complaints)),
            why=row.why,
            posts=row.posts,
        )
