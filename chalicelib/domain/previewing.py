"""Making a preview: sheets of texts -> documents and complaints -> what would become of each, beside what the ledger has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from chalicelib.domain.cells import Nature
from chalicelib.domain.extract_documents import Documents, Extracted, codes_in
from chalicelib.domain.extract_header import Header, locate
from chalicelib.domain.extract_rows import read_rows
from chalicelib.domain.extract_sheets import Complaint, Footer, Passed, Sheet
from chalicelib.domain.organisations import VatStatus
from chalicelib.domain.previews import CorrectionWanted, Count, PreviewRow, Status, Total
from chalicelib.domain.profiles import Profile
from chalicelib.domain.values import Struct, field, replace


class EnteredLine(Struct, frozen=True, kw_only=True):
    """An entry of a document that the ledger has: what it is coded to, and in pence what it came to with its corrections, and what
    is left of it, refunds taken off.
    """

    entry_id: str
    grant_id: str
    initiative_id: str
    nature: Nature
    pence: int
    left_pence: int


class Sifted(Struct, kw_only=True):
    """A file taken apart: its documents, the rows that are none, its own totals, and how many rows say nothing of money."""

    documents: list[Extracted] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    repaired: list[Complaint] = field(default_factory=list)
    footers: list[Footer] = field(default_factory=list)
    passed: Passed = field(default_factory=Passed)


def sift(sheets: Iterable[Sheet], profile: Profile, today: date) -> Sifted:
    """Take the sheets of a file apart. A sheet without a header is complained of, unless nothing stands on it."""
    sifted, documents = Sifted(), Documents(profile, today)
    for sheet in sheets:
        if not any(map(any, sheet.rows)):
            continue
        header = locate(sheet, profile.columns)
        if not isinstance(header, Header):
            sifted.complaints.append(header)
            continue
        rows = read_rows(sheet, header, profile)
        sifted.documents += documents.of(rows)
        sifted.complaints += rows.complaints
        sifted.repaired += rows.repaired
        sifted.footers += rows.footers
        for name in Passed.__struct_fields__:
            setattr(sifted.passed, name, getattr(sifted.passed, name) + getattr(rows.passed, name))
    return sifted


Entered = Mapping[str, tuple[EnteredLine, ...]]
"""The entries that the ledger has of documents, by the documents' keys."""


def rows_of(sifted: Sifted, entered: Entered, vat_status: VatStatus) -> Iterator[PreviewRow]:
    """Every document of a file with what would become of it; then every row that is none, with all that is wrong with it."""
    repairs, wrong = _by_row(sifted.repaired), _by_row(sifted.complaints)
    for number, extracted in enumerate(sifted.documents, 1):
        row = _row(number, extracted, entered.get(extracted.key), vat_status)
        repaired = tuple(each for place in extracted.rows for each in repairs.get((extracted.sheet, place), ()))
        yield replace(row, complaints=(*row.complaints, *repaired)) if repaired else row
    for number, ((sheet, place), complaints) in enumerate(wrong.items(), len(sifted.documents) + 1):
        yield PreviewRow(number=number, status=Status.REJECTED, sheet=sheet, rows=(place,), complaints=tuple(complaints))


def _by_row(complaints: Iterable[Complaint]) -> dict[tuple[str, int], list[Complaint]]:
    found: dict[tuple[str, int], list[Complaint]] = {}
    for complaint in complaints:
        found.setdefault((complaint.sheet, complaint.row), []).append(complaint)
    return found


def _row(number: int, extracted: Extracted, entered: tuple[EnteredLine, ...] | None, vat_status: VatStatus) -> PreviewRow:
    cost = sum(line.cost_pence(vat_status) for line in extracted.lines)
    corrections: tuple[CorrectionWanted, ...] = ()
    complaints = extracted.complaints
    if complaints:
        status = Status.UNMAPPED if extracted.unmapped else Status.REJECTED
    elif not extracted.lines:
        status = Status.LEFT_OUT
    elif entered is None:
        status = Status.ADDED
    elif sum(line.pence for line in entered) == cost:
        status = Status.SAME
    else:
        status = Status.CHANGED
        corrections, complaints = _corrections(extracted, entered, vat_status)
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
        complaints=complaints,
        why=extracted.why if status is Status.LEFT_OUT else "",
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


def counts_of(rows: Iterable[PreviewRow]) -> dict[str, Count]:
    """How many documents have each status, and what they come to."""
    found = {status.value: [0, 0, 0] for status in Status}
    for row in rows:
        count = found[row.status]
        count[0] += 1
        count[1] += len(row.rows)
        count[2] += row.cost_pence - (row.entered_pence if row.status is Status.CHANGED else 0)
    return {status: Count(documents=each[0], rows=each[1], pence=each[2]) for status, each in found.items()}


def totals_of(rows: Iterable[PreviewRow], vat_status: VatStatus, codes: Mapping[str, tuple[str, str]]) -> tuple[Total, ...]:
    """What would be posted to each initiative out of each grant. `codes` says whose the entries are that would be corrected."""
    added: dict[tuple[str, str], int] = {}
    changed: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.status is Status.ADDED:
            for line in row.lines:
                place = line.grant_id, line.initiative_id
                added[place] = added.get(place, 0) + line.cost_pence(vat_status)
        for correction in row.corrections:
            changed[codes[correction.entry_id]] = changed.get(codes[correction.entry_id], 0) + correction.change_pence
    return tuple(
        Total(grant_id=grant_id, initiative_id=initiative_id, added_pence=added.get(place, 0), changed_pence=changed.get(place, 0))
        for place in sorted(added.keys() | changed.keys())
        for grant_id, initiative_id in (place,)
    )
