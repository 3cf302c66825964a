"""The documents of a ledger extract: rows of one number from one supplier, what each charges to which grant, and what is wrong.

A row without a number, or whose supplier was redacted, is a document by itself. Its number is made of what it says, and of how
many like it stand before it in the file: two rows that are alike may both be genuine, and the same two rows of the next extract
are still these two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from chalicelib.domain.cells import Nature
from chalicelib.domain.documents import SplitLine, Uncharged, split_document
from chalicelib.domain.entries import Document, DocumentKind, EntryKind, plain
from chalicelib.domain.errors import DomainError
from chalicelib.domain.extract_fragments import Fragment, FragmentRow
from chalicelib.domain.extract_sheets import Complaint
from chalicelib.domain.money import pounds
from chalicelib.domain.payment_status import Paid
from chalicelib.domain.profiles import Amounts, Coding, Profile
from chalicelib.domain.spending import PaymentLine
from chalicelib.domain.values import Struct, field

_NOTHING = Uncharged()

MOST_LINES = 20
"""So many codings one document may have: each takes a record and what stands of it, and a document is posted in one write."""


class Extracted(Struct, frozen=True, kw_only=True):
    """One document as an extract has it: where it stands, what it charges to grants and what not, in pence; or what is wrong with it.

    `key` is the document's own. A document of nothing but rows that are no grant's has no lines. `unmapped` says that codes are wrong,
    and nothing else. `repaired` tells what was put right in its rows. `posts` is the kind of entry that each line becomes, None of
    payments.
    """

    sheet: str
    rows: tuple[int, ...]
    on: date
    document: Document
    key: str
    lines: tuple[PaymentLine, ...] = ()
    uncharged: Uncharged = field(default_factory=Uncharged)
    paid: Paid | None = None
    complaints: tuple[Complaint, ...] = ()
    unmapped: bool = False
    repaired: tuple[Complaint, ...] = ()
    why: str = ""
    posts: EntryKind | None = None


class Documents:
    """Puts fragments together to documents."""

    def __init__(self, profile: Profile, today: date) -> None:
        self._profile, self._today = profile, today
        self._gross = profile.amounts is Amounts.GROSS

    def by_itself(self, fragment: Fragment, alike: int = 1) -> Extracted:
        """The document that a fragment is, where no other belongs to it; `alike` is its place among those like it, from 1."""
        return self._extracted(fragment, _numbered(fragment, alike), fragment.rows, {})

    def of(self, fragments: Sequence[Fragment]) -> list[Extracted]:
        """The documents of all the numbered fragments of a bucket, which stand in the order of the file. So do the documents."""
        first: dict[str, tuple[str, int]] = {}
        groups: dict[tuple[str, tuple[str, str], DocumentKind | None], list[Fragment]] = {}
        for fragment in fragments:
            groups.setdefault((fragment.sheet, fragment.plain, fragment.kind), []).append(fragment)
        return [
            self._extracted(parts[0], parts[0].number, [row for part in parts for row in part.rows], first) for parts in groups.values()
        ]

    def _extracted(self, head: Fragment, number: str, taken: Sequence[FragmentRow], before: dict[str, tuple[str, int]]) -> Extracted:
        first = taken[0]
        codings = [self._profile.codings[row.coding] if row.coding is not None else None for row in taken]
        net, vat = sum([row.net_pence for row in taken]), sum([row.vat_pence for row in taken])
        document = Document(
            kind=_kind(head.kind, taken, net),
            number=number,
            date=first.document_on or first.on,
            supplier=head.supplier,
            net_pence=net,
            vat_pence=vat,
        )
        lines = tuple(_lines(taken, codings))
        outside = [(row, coding) for row, coding in zip(taken, codings, strict=True) if coding and coding.left_out]
        uncharged = _NOTHING
        if outside:
            uncharged = Uncharged(net_pence=sum(row.net_pence for row, _ in outside), vat_pence=sum(row.vat_pence for row, _ in outside))
        # The document's own key, made of what is known already.
        kind = self._profile.lists.posts.value if self._profile.lists else document.kind.value
        key = f"{head.plain[0]}|{kind}|{plain(number) if head.made_of else head.plain[1]}"
        unmapped = tuple(self._unmapped(head.sheet, taken)) if None in codings else ()
        complaints = tuple(self._complaints(head.sheet, document, taken, before.setdefault(key, (head.sheet, first.number)))) or unmapped
        if not complaints and self._profile.lists:
            complaints = tuple(self._unlisted(head, taken))
        if not complaints and lines:
            complaints = tuple(_unbalanced(head.sheet, first.number, document, lines, uncharged))
        return Extracted(
            sheet=head.sheet,
            rows=tuple([row.number for row in taken]),
            on=first.on,
            document=document,
            key=key,
            lines=lines,
            uncharged=uncharged,
            paid=Paid(on=first.paid_on, reference=first.payment_reference) if first.paid_on else None,
            complaints=complaints,
            unmapped=complaints is unmapped and bool(unmapped),
            repaired=tuple([each for row in taken for each in row.repaired]),
            posts=self._profile.lists.posts if self._profile.lists else None,
            why="; ".join(dict.fromkeys(coding.left_out for _, coding in outside)) or "comes to nothing",
        )

    def _unmapped(self, sheet: str, taken: Iterable[FragmentRow]) -> Iterator[Complaint]:
        columns = " / ".join(names[0] for names in self._profile.columns.codes)
        for row in taken:
            if row.coding is None:
                value, right = " / ".join(row.codes), f"a coding for it in the profile {self._profile.id}, or another code"
                yield _complaint(sheet, row.number, columns, value, "fits no coding of the profile", right)

    def _complaints(self, sheet: str, document: Document, taken: Sequence[FragmentRow], before: tuple[str, int]) -> Iterator[Complaint]:
        columns, first = self._profile.columns, taken[0]
        if before != (sheet, first.number):
            where = f"row {before[1]} of {before[0]}" if before[0] else f"row {before[1]}"
            yield _complaint(sheet, first.number, _name(columns.reference), document.number, f"is in {where}, too", "each document once")
        for row in taken:
            if row.on > self._today:
                yield _complaint(sheet, row.number, _name(columns.on), row.on.isoformat(), "has not come yet", f"a day up to {self._today}")
            if row.on != first.on:
                right = f"{first.on}, or a column of lines in the profile"
                yield _complaint(
                    sheet, row.number, _name(columns.on), row.on.isoformat(), f"is another day than row {first.number} has", right
                )
        if columns.document_total:
            yield from self._totals(sheet, document, taken)
        if columns.paid_on:
            yield from self._paid(sheet, document, taken)

    def _paid(self, sheet: str, document: Document, taken: Sequence[FragmentRow]) -> Iterator[Complaint]:
        column, first = _name(self._profile.columns.paid_on), taken[0]
        for row in taken:
            on = row.paid_on
            if on is None and row.payment_reference:
                named, right = _name(self._profile.columns.payment_reference), f"the day of that payment in {column}"
                yield _complaint(sheet, row.number, named, row.payment_reference, "names a payment that has no day", right)
            if on and on > self._today:
                yield _complaint(sheet, row.number, column, on.isoformat(), "has not come yet", f"a day up to {self._today}")
            if on and on < document.date:
                right = f"a day from {document.date} on, when the document was dated"
                yield _complaint(sheet, row.number, column, on.isoformat(), "is before its document", right)
            if (on, row.payment_reference) != (first.paid_on, first.payment_reference):
                value = " ".join(part for part in (on.isoformat() if on else "", row.payment_reference) if part)
                right = f"what row {first.number} says, or a column of lines in the profile"
                yield _complaint(sheet, row.number, column, value, f"is another payment than row {first.number} has", right)

    def _unlisted(self, head: Fragment, taken: Sequence[FragmentRow]) -> Iterator[Complaint]:
        """What keeps an order or an accrual from being known again, or from being one."""
        columns, first = self._profile.columns, taken[0].number
        if head.made_of:
            right = "a number and a supplier's name, by which it is known again"
            yield _complaint(head.sheet, first, _name(columns.reference), head.number, "cannot be told from others", right)
        for row in taken:
            if row.net_pence < 0 or row.vat_pence < 0:
                column, value = _name(columns.amount or columns.debit), pounds(row.net_pence + row.vat_pence)
                yield _complaint(head.sheet, row.number, column, value, "is below nothing", "what was ordered, or is owed")

    def _totals(self, sheet: str, document: Document, taken: Sequence[FragmentRow]) -> Iterator[Complaint]:
        whole = document.net_pence + (document.vat_pence if self._gross else 0)
        for row in taken:
            total = row.total_pence
            if total is not None and abs(total) != abs(whole):
                column, right = _name(self._profile.columns.document_total), f"{pounds(whole)}, which its lines come to"
                yield _complaint(sheet, row.number, column, pounds(total), "is not what its lines come to", right)


def _numbered(fragment: Fragment, alike: int) -> str:
    """A document's number: its own, or the one that is made for it."""
    if not fragment.made_of:
        return fragment.number
    return " ".join(part for part in (fragment.number, f"{fragment.made_of}-{alike}") if part)


def _kind(stated: DocumentKind | None, taken: Sequence[FragmentRow], net: int) -> DocumentKind:
    """What a document is called: as stated, or by its sign; but a journal where its lines go both ways."""
    kind = stated or (DocumentKind.CREDIT_NOTE if net < 0 else DocumentKind.INVOICE)
    sign = -1 if kind is DocumentKind.CREDIT_NOTE else 1
    for row in taken:
        if row.net_pence * sign < 0 or row.vat_pence * sign < 0:
            return DocumentKind.JOURNAL
    return kind


def _lines(taken: Sequence[FragmentRow], codings: Sequence[Coding | None]) -> Iterator[PaymentLine]:
    """One line for each grant, initiative and nature that a document's rows are coded to."""
    sums: dict[tuple[str, str, Nature], list[FragmentRow]] = {}
    for row, coding in zip(taken, codings, strict=True):
        if coding and coding.grant_id and coding.initiative_id and coding.nature:
            sums.setdefault((coding.grant_id, coding.initiative_id, coding.nature), []).append(row)
    for (grant_id, initiative_id, nature), rows in sums.items():
        net, vat = sum([row.net_pence for row in rows]), sum([row.vat_pence for row in rows])
        if net or vat:
            described = dict.fromkeys([row.description for row in rows if row.description])
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
