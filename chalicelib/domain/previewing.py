"""Making a preview: what would become of each document of an extract, beside what the ledger has, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from chalicelib.domain.cells import Nature
from chalicelib.domain.extract_documents import Extracted, codes_in
from chalicelib.domain.extract_sheets import Complaint
from chalicelib.domain.organisations import VatStatus
from chalicelib.domain.payment_status import Paid
from chalicelib.domain.previews import CorrectionWanted, Count, PaidWanted, PreviewRow, Status, Total
from chalicelib.domain.values import Struct


class EnteredLine(Struct, frozen=True, kw_only=True):
    """An entry of a document that the ledger has: its day, what it is coded to, and in pence what it came to with its corrections, and
    what is left of it, refunds taken off.
    """

    entry_id: str
    on: date
    grant_id: str
    initiative_id: str
    nature: Nature
    pence: int
    left_pence: int
    paid: Paid | None = None


def row_of(number: int, extracted: Extracted, entered: tuple[EnteredLine, ...] | None, vat_status: VatStatus) -> PreviewRow:
    """What would become of a document, of which the ledger has these entries; None where it has not got it."""
    cost = sum(line.cost_pence(vat_status) for line in extracted.lines)
    corrections: tuple[CorrectionWanted, ...] = ()
    complaints, paid = extracted.complaints, _news(extracted, entered)
    if complaints:
        status = Status.UNMAPPED if extracted.unmapped else Status.REJECTED
    elif not extracted.lines:
        status = Status.LEFT_OUT
    elif entered is None:
        status = Status.ADDED
    elif sum(line.pence for line in entered) == cost:
        status = Status.PAID if paid else Status.SAME
    else:
        status = Status.CHANGED
        corrections, complaints = _corrections(extracted, entered, vat_status)
    if entered and not complaints:
        complaints = tuple(_other_day(extracted, entered))
    return PreviewRow(
        number=number,
        status=status,
        sheet=extracted.sheet,
        rows=extracted.rows,
        on=extracted.on,
        document=extracted.document,
        lines=extracted.lines,
        uncharged=extracted.uncharged,
        cost_pence=cost,
        entered_pence=sum(line.pence for line in entered or ()),
        corrections=corrections,
        posts=extracted.posts,
        complaints=(*complaints, *extracted.repaired) if extracted.repaired else complaints,
        why=extracted.why if status is Status.LEFT_OUT else "",
        paid=paid if status in _MAY_BE_PAID else None,
    )


_MAY_BE_PAID = (Status.ADDED, Status.CHANGED, Status.PAID)


def _news(extracted: Extracted, entered: tuple[EnteredLine, ...] | None) -> PaidWanted | None:
    """What the extract says of a document's payment that the ledger does not know. Where it says nothing, what is known stays."""
    paid = extracted.paid
    unknown = tuple(line.entry_id for line in entered or () if paid and not paid.says(line.paid))
    return PaidWanted(on=paid.on, reference=paid.reference, entries=unknown) if paid and (unknown or entered is None) else None


def _other_day(extracted: Extracted, entered: tuple[EnteredLine, ...]) -> Iterator[Complaint]:
    """What is said of a document that the ledger has of other days alone: it may be the next part of one that is paid in parts."""
    if all(line.on != extracted.on for line in entered):
        yield Complaint(
            sheet=extracted.sheet,
            row=extracted.rows[0],
            column="",
            value=extracted.on.isoformat(),
            wrong=f"is another day than {entered[0].on}, which {entered[0].entry_id} has",
            right="the same day; for what is paid in parts, a column of lines in the profile, and no correction",
        )


def _corrections(
    extracted: Extracted, entered: tuple[EnteredLine, ...], vat_status: VatStatus
) -> tuple[tuple[CorrectionWanted, ...], tuple[Complaint, ...]]:
    """What would bring each entry of a document to what its source says; or why that cannot be told."""
    wanted = {codes: line.cost_pence(vat_status) for codes, line in codes_in(extracted.lines).items()}
    held: dict[tuple[str, str, Nature], list[EnteredLine]] = {}
    for line in entered:
        held.setdefault((line.grant_id, line.initiative_id, line.nature), []).append(line)
    strange = wanted.keys() - held.keys()
    if strange:
        told = ", ".join(" / ".join(codes) for codes in sorted(strange))
        complaint = Complaint(
            sheet=extracted.sheet,
            row=extracted.rows[0],
            column="",
            value=extracted.document.number,
            wrong=f"is in the ledger as {entered[0].entry_id} and now has money for {told}, too",
            right="recode or correct it by hand, where the source is right",
        )
        return (), (complaint,)
    changes = ((lines[0], wanted.get(codes, 0) - sum(line.pence for line in lines)) for codes, lines in held.items())
    return tuple(
        CorrectionWanted(entry_id=line.entry_id, change_pence=change, left_pence=line.left_pence) for line, change in changes if change
    ), ()


def rejected(number: int, complaints: tuple[Complaint, ...]) -> PreviewRow:
    """What is said of a row that is no document, with all that is wrong with it."""
    return PreviewRow(number=number, status=Status.REJECTED, sheet=complaints[0].sheet, rows=(complaints[0].row,), complaints=complaints)


class Tally:
    """What the rows of a preview come to, added up one by one."""

    def __init__(self, vat_status: VatStatus) -> None:
        self._vat_status = vat_status
        self._counts = {status.value: [0, 0, 0] for status in Status}
        self._added: dict[tuple[str, str], int] = {}
        self._changed: dict[tuple[str, str], int] = {}

    def add(self, row: PreviewRow, entered: Iterable[EnteredLine] = ()) -> None:
        """Count a row, of whose document the ledger has these entries."""
        count = self._counts[row.status]
        count[0] += 1
        count[1] += len(row.rows)
        count[2] += row.cost_pence - (row.entered_pence if row.status is Status.CHANGED else 0)
        if row.status is Status.ADDED:
            for line in row.lines:
                place = line.grant_id, line.initiative_id
                self._added[place] = self._added.get(place, 0) + line.cost_pence(self._vat_status)
        if row.corrections:
            codes = {line.entry_id: (line.grant_id, line.initiative_id) for line in entered}
            for correction in row.corrections:
                place = codes[correction.entry_id]
                self._changed[place] = self._changed.get(place, 0) + correction.change_pence

    @property
    def counts(self) -> dict[str, Count]:
        """How many documents have each status, and what they come to."""
        return {status: Count(documents=each[0], rows=each[1], pence=each[2]) for status, each in self._counts.items()}

    @property
    def totals(self) -> tuple[Total, ...]:
        """What would be posted to each initiative out of each grant."""
        return tuple(
            Total(
                grant_id=grant_id,
                initiative_id=initiative_id,
                added_pence=self._added.get((grant_id, initiative_id), 0),
                changed_pence=self._changed.get((grant_id, initiative_id), 0),
            )
            for grant_id, initiative_id in sorted(self._added.keys() | self._changed.keys())
        )
