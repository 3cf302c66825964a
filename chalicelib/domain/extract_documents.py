"""The documents of a ledger extract: rows of one number from one supplier, what each charges to which grant, and what is wrong.

A row without a number, or whose supplier was redacted, is a document by itself. Its number is made of what it says, and of how
many like it stand before it in the file: two rows that are alike may both be genuine, and the same two rows of the next extract
are still these two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256

from chalicelib.domain.cells import Nature
from chalicelib.domain.documents import SplitLine, Uncharged, split_document
from chalicelib.domain.entries import Document, DocumentKind, plain
from chalicelib.domain.errors import DomainError
from chalicelib.domain.extract_rows import Rows
from chalicelib.domain.extract_sheets import Complaint
from chalicelib.domain.extract_texts import REDACTED
from chalicelib.domain.money import pounds
from chalicelib.domain.profiles import Amounts, Coding, Profile, coding_of
from chalicelib.domain.spending import PaymentLine
from chalicelib.domain.values import Struct, field

_NOTHING = Uncharged()

MOST_LINES = 20
"""So many codings one document may have: each takes a record and what stands of it, and a document is posted in one write."""


class Extracted(Struct, frozen=True, kw_only=True):
    """One document as an extract has it: where it stands, what it charges to grants and what not, in pence; or what is wrong with it.

    `key` is the document's own. A document of nothing but rows that are no grant's has no lines. `unmapped` says that codes are wrong,
    and nothing else.
    """

    sheet: str
    rows: tuple[int, ...]
    on: date
    document: Document
    key: str
    lines: tuple[PaymentLine, ...] = ()
    uncharged: Uncharged = field(default_factory=Uncharged)
    complaints: tuple[Complaint, ...] = ()
    unmapped: bool = False
    why: str = ""


class _Row(Struct, frozen=True, kw_only=True):
    """A row of a document: its place in the columns, its number, its amounts in pence, and its coding."""

    place: int
    number: int
    net_pence: int
    vat_pence: int
    coding: Coding | None


_Group = tuple[str, str, DocumentKind | None]
"""What rows of one document share: supplier and number, both as `plain` leaves them, and the kind that is stated."""


class Documents:
    """The documents of a file, sheet after sheet."""

    def __init__(self, profile: Profile, today: date) -> None:
        self._profile, self._today = profile, today
        self._alike: Counter[tuple[object, ...]] = Counter()
        self._first: dict[str, tuple[str, int]] = {}
        self._codings: dict[tuple[str, ...], Coding | None] = {}
        self._numbers: dict[_Group, str] = {}

    def of(self, rows: Rows) -> Iterator[Extracted]:
        """A sheet's documents, in the order of their first rows."""
        for group, places in self._grouped(rows).items():
            taken = [self._row(rows, place, group[2]) for place in places]
            yield self._extracted(rows, group, taken)

    def _grouped(self, rows: Rows) -> dict[_Group, list[int]]:
        plainly = {text: plain(text) for text in {*rows.supplier, *rows.reference}}
        groups: dict[_Group, list[int]] = {}
        self._numbers = {}
        for place, (supplier, reference, line, kind) in enumerate(zip(rows.supplier, rows.reference, rows.line, rows.kind, strict=True)):
            number = f"{reference}/{line}" if line else reference
            if not reference or supplier == REDACTED:
                number = self._made_number(rows, place, number)
            group = (plainly[supplier], plainly[reference] if number is reference else plain(number), kind)
            if group in groups:
                groups[group].append(place)
            else:
                groups[group] = [place]
                self._numbers[group] = number
        return groups

    def _made_number(self, rows: Rows, place: int, number: str) -> str:
        says = (rows.on[place], rows.supplier[place], rows.pence[place], rows.vat[place], rows.codes[place], rows.description[place])
        self._alike[says, number] += 1
        digest = sha256(repr((*map(str, says), number)).encode()).hexdigest()[:12]
        return " ".join(part for part in (number, f"{digest}-{self._alike[says, number]}") if part)

    def _row(self, rows: Rows, place: int, kind: DocumentKind | None) -> _Row:
        codes = rows.codes[place]
        if codes not in self._codings:
            self._codings[codes] = coding_of(self._profile, codes)
        sign = -1 if self._profile.credits_unsigned and kind is DocumentKind.CREDIT_NOTE else 1
        vat = rows.vat[place] * sign
        net = rows.pence[place] * sign - (vat if self._profile.amounts is Amounts.GROSS else 0)
        return _Row(place=place, number=rows.numbers[place], net_pence=net, vat_pence=vat, coding=self._codings[codes])

    def _extracted(self, rows: Rows, group: _Group, taken: Sequence[_Row]) -> Extracted:
        first = taken[0].place
        net, vat = sum(row.net_pence for row in taken), sum(row.vat_pence for row in taken)
        document = Document(
            kind=_kind(group[2], taken, net),
            number=self._numbers[group],
            date=rows.document_on[first] or rows.on[first],
            supplier=rows.supplier[first],
            net_pence=net,
            vat_pence=vat,
        )
        lines = tuple(_lines(taken, rows.description))
        outside = [row for row in taken if row.coding and row.coding.left_out]
        uncharged = Uncharged(net_pence=sum(row.net_pence for row in outside), vat_pence=sum(row.vat_pence for row in outside))
        unmapped = tuple(self._unmapped(rows, taken))
        key = f"{group[0]}|{document.kind}|{group[1]}"  # the document's own, made of what is known already
        complaints = tuple(self._complaints(rows, document, key, taken)) or unmapped
        if not complaints and lines:
            complaints = tuple(_unbalanced(rows.sheet, taken[0].number, document, lines, uncharged))
        return Extracted(
            sheet=rows.sheet,
            rows=tuple(row.number for row in taken),
            on=rows.on[first],
            document=document,
            key=key,
            lines=lines,
            uncharged=uncharged,
            complaints=complaints,
            unmapped=complaints is unmapped and bool(unmapped),
            why="; ".join(dict.fromkeys(row.coding.left_out for row in outside if row.coding)) or "comes to nothing",
        )

    def _unmapped(self, rows: Rows, taken: Iterable[_Row]) -> Iterator[Complaint]:
        columns = " / ".join(names[0] for names in self._profile.columns.codes)
        for row in taken:
            if row.coding is None:
                value, right = " / ".join(rows.codes[row.place]), f"a coding for it in the profile {self._profile.id}, or another code"
                yield _complaint(rows.sheet, row.number, columns, value, "fits no coding of the profile", right)

    def _complaints(self, rows: Rows, document: Document, key: str, taken: Sequence[_Row]) -> Iterator[Complaint]:
        columns, sheet, first = self._profile.columns, rows.sheet, taken[0]
        before = self._first.setdefault(key, (sheet, first.number))
        if before != (sheet, first.number):
            where = f"row {before[1]} of {before[0]}" if before[0] else f"row {before[1]}"
            yield _complaint(sheet, first.number, _name(columns.reference), document.number, f"is in {where}, too", "each document once")
        for row in taken:
            if rows.on[row.place] > self._today:
                value, right = rows.on[row.place].isoformat(), f"a day up to {self._today}"
                yield _complaint(sheet, row.number, _name(columns.on), value, "has not come yet", right)
            if rows.on[row.place] != rows.on[first.place]:
                value, right = rows.on[row.place].isoformat(), f"{rows.on[first.place]}, or a column of lines in the profile"
                yield _complaint(sheet, row.number, _name(columns.on), value, f"is another day than row {first.number} has", right)
        yield from self._totals(rows, document, taken)

    def _totals(self, rows: Rows, document: Document, taken: Sequence[_Row]) -> Iterator[Complaint]:
        whole = document.net_pence + (document.vat_pence if self._profile.amounts is Amounts.GROSS else 0)
        for row in taken:
            total = rows.document_total[row.place]
            if total is not None and abs(total) != abs(whole):
                column, right = _name(self._profile.columns.document_total), f"{pounds(whole)}, which its lines come to"
                yield _complaint(rows.sheet, row.number, column, pounds(total), "is not what its lines come to", right)


def _kind(stated: DocumentKind | None, taken: Sequence[_Row], net: int) -> DocumentKind:
    """What a document is called: as stated, or by its sign; but a journal where its lines go both ways."""
    kind = stated or (DocumentKind.CREDIT_NOTE if net < 0 else DocumentKind.INVOICE)
    sign = -1 if kind is DocumentKind.CREDIT_NOTE else 1
    one_way = all(row.net_pence * sign >= 0 and row.vat_pence * sign >= 0 for row in taken)
    return kind if one_way else DocumentKind.JOURNAL


def _lines(taken: Sequence[_Row], descriptions: Sequence[str]) -> Iterator[PaymentLine]:
    """One line for each grant, initiative and nature that a document's rows are coded to."""
    sums: dict[tuple[str, str, Nature], list[_Row]] = {}
    for row in taken:
        coding = row.coding
        if coding and coding.grant_id and coding.initiative_id and coding.nature:
            sums.setdefault((coding.grant_id, coding.initiative_id, coding.nature), []).append(row)
    for (grant_id, initiative_id, nature), rows in sums.items():
        net, vat = sum(row.net_pence for row in rows), sum(row.vat_pence for row in rows)
        if net or vat:
            described = tuple(dict.fromkeys(filter(None, (descriptions[row.place] for row in rows))))
            yield PaymentLine(
                grant_id=grant_id,
                initiative_id=initiative_id,
                nature=nature,
                net_pence=net,
                vat_pence=vat,
                description="; ".join(described)[:200],
            )


def _unbalanced(sheet: str, row: int, document: Document, lines: Sequence[PaymentLine], uncharged: Uncharged) -> Iterator[Complaint]:
    """What would be refused of a document whatever the ledger holds."""
    if len(lines) > MOST_LINES:
        right = f"up to {MOST_LINES}; enter this one by hand, in parts"
        yield _complaint(sheet, row, "", document.number, f"has {len(lines)} codings", right)
    if len(lines) == 1 and uncharged == _NOTHING and document.net_pence:
        return  # one line that is the document itself, whose kind its sign has decided
    try:
        split_document(document, [SplitLine(line=line) for line in lines], uncharged)
    except DomainError as refused:
        yield _complaint(sheet, row, "", document.number, refused.detail, "a document that adds up")


def _name(aliases: Sequence[str]) -> str:
    return aliases[0] if aliases else ""


def _complaint(sheet: str, row: int, column: str, value: str, wrong: str, right: str) -> Complaint:
    return Complaint(sheet=sheet, row=row, column=column, value=value[:200], wrong=wrong, right=right)


def codes_in(lines: Iterable[PaymentLine]) -> Mapping[tuple[str, str, Nature], PaymentLine]:
    """A document's lines by what they are coded to."""
    return {(line.grant_id, line.initiative_id, line.nature): line for line in lines}
