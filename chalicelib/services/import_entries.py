"""The entries that a document of a preview becomes, and what a decision about them has to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from chalicelib.context import Context
from chalicelib.domain import claiming, putting_right, spending
from chalicelib.domain.cells import Cell, year_and_quarters
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claims import GrantClaims
from chalicelib.domain.closing import admit
from chalicelib.domain.documents import SplitLine, split_document
from chalicelib.domain.entries import Entry, EntryKind, entry_id, parse_entry_id
from chalicelib.domain.entry_refusals import DocumentAlreadyEntered
from chalicelib.domain.errors import DomainError, Missing, RequestStale
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.judging import judge_all
from chalicelib.domain.ledger import Purse
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.payment_status import Paid, PaidEntry
from chalicelib.domain.periods import FinancialYear, london_date
from chalicelib.domain.previews import PreviewRow, Status
from chalicelib.domain.spending import Payment, PaymentLine, Spend
from chalicelib.domain.values import Struct, field, replace
from chalicelib.services.entries import happened
from chalicelib.services.unit import View, around, view_of
from chalicelib.storage import items
from chalicelib.storage.store import CellKey, EntryKey, Wanted


class Decided(Struct, kw_only=True):
    """What was decided so far of one write: each grant's entries in order, the ids they will have, and what was refused.

    `paid` is what is to be known of payments, by the ids of their entries; `posted` and `settled` count the documents that were
    posted, and those of which no more than that is new.
    """

    purses: dict[str, Purse] = field(default_factory=dict)
    entries: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    paid: dict[str, PaidEntry] = field(default_factory=dict)
    documents: set[str] = field(default_factory=set)
    posted: int = 0
    settled: int = 0
    refused: list[tuple[PreviewRow, DomainError]] = field(default_factory=list)

    @property
    def pence(self) -> int:
        """What the entries come to."""
        return sum(entry.amount_pence for entries in self.entries.values() for entry in entries)


def wanted(rows: Iterable[PreviewRow], payer_id: str, besides: tuple[Name, ...]) -> Wanted:
    """What posting these rows looks at, but for the cells that corrections draw on, which stand with what they correct."""
    every = tuple(rows)
    keys = tuple(dict.fromkeys(_keys(every)))
    posted = tuple(row for row in every if row.status is not Status.PAID)
    grants = {grant_id for grant_id, _ in keys} | {line.grant_id for row in posted for line in row.lines}
    initiatives = {line.initiative_id for row in posted for line in row.lines}
    claims = {grant_id for grant_id, _ in _keys(posted)}
    return Wanted(
        heads=(
            *besides,
            Name(Kind.ORGANISATION, payer_id),
            *(Name(Kind.GRANT, each) for each in sorted(grants)),
            *(Name(Kind.CLAIMS, each) for each in sorted(claims)),
            *(Name(Kind.INITIATIVE, each) for each in sorted(initiatives)),
        ),
        balances=tuple(dict.fromkeys(_cells(posted))),
        standings=keys,
        documents=tuple(row.key for row in posted if row.key and not row.corrections),
    )


def look(context: Context, asked: Wanted, *, corrects: bool = True) -> View:
    """One view of what is wanted, with the cells of what is to be corrected, unless nothing is."""
    view = view_of(context, asked)
    if not corrects:
        return view
    held = ((key[0], Cell.parse(items.standing_of(standing).cell)) for key, standing in view.snapshot.standings.items())
    further = tuple(
        dict.fromkeys(
            (grant_id, cell)
            for grant_id, place in held
            for cell in year_and_quarters(place.initiative_id or "-", place.financial_year, place.nature)
        )
    )
    return view_of(context, replace(asked, balances=(*asked.balances, *further))) if further else view


def decide(context: Context, view: View, rows: Iterable[PreviewRow], payer_id: str, import_id: str) -> Decided:
    """Decide on each row by itself, after those before it. What is refused is told with its reason; the rest goes on."""
    decided = Decided()
    for row in rows:
        try:
            take(context, view, decided, row, payer_id, import_id)
        except DomainError as refused:
            decided.refused.append((row, refused))
    return decided


def take(context: Context, view: View, decided: Decided, row: PreviewRow, payer_id: str, import_id: str) -> None:
    """Add the entries of one row, and what is new of its payment. Raises whatever refuses any of them; then nothing of it is added."""
    if row.status is Status.PAID:
        _take_paid(view, decided, row, (), import_id)
        decided.settled += 1
        return
    purses, posted = dict(decided.purses), dict[str, tuple[Entry, ...]]()
    made = _corrections(context, view, purses, row) if row.corrections else _payments(view, purses, row, payer_id, decided.documents)
    for grant_id, entries in made:
        posted[grant_id] = posted.get(grant_id, ()) + happened(context, entries)
    ids: list[str] = []
    for grant_id, entries in posted.items():
        before = decided.purses.get(grant_id) or view.purse(grant_id)
        # The gate asks these again, of the whole write; asked here, one row's refusal is no other row's.
        for entry in entries:
            admit(before.grant, entry, context.actor)
        judge_all(before.grant, before.seq, entries, around(context, view))
        ids += [entry_id(grant_id, seq) for seq, _ in enumerate(entries, before.seq + 1)]
    decided.purses = purses
    for grant_id, entries in posted.items():
        decided.entries[grant_id] = decided.entries.get(grant_id, ()) + entries
    decided.ids += ids
    decided.posted += 1
    _take_paid(view, decided, row, () if row.corrections else ids, import_id)
    if row.key and not row.corrections:
        decided.documents.add(row.key)


def _take_paid(view: View, decided: Decided, row: PreviewRow, posted: Sequence[str], import_id: str) -> None:
    """Note how a row's document was paid, of the entries that were just posted for it and of those there were.

    What the ledger knows by now is not said again.
    """
    if row.paid is None:
        return
    paid = Paid(on=row.paid.on, reference=row.paid.reference, import_id=import_id)
    for named in (*row.paid.entries, *posted):
        standing = view.snapshot.standings.get(parse_entry_id(named) or ("", 0))
        if standing is None or not paid.says(items.standing_of(standing).paid):
            decided.paid[named] = PaidEntry(entry_id=named, paid=paid)


Made = Iterator[tuple[str, tuple[Entry, ...]]]


def _payments(view: View, purses: dict[str, Purse], row: PreviewRow, payer_id: str, taken: set[str]) -> Made:
    document, on = row.document, row.on
    if document is None or on is None:
        raise Missing(kind="document in the preview", id=str(row.number))
    key = row.key or ""
    entered_as = view.snapshot.documents.get(key) or ("this import" if key in taken else "")
    if entered_as:
        raise DocumentAlreadyEntered(supplier=document.supplier, number=document.number, entered_as=entered_as)
    payment = Payment(document=document, on=on, payer_id=payer_id, vat_status=view.state(Organisation, payer_id).vat_status)
    for line in split_document(document, [SplitLine(line=line) for line in row.lines], row.uncharged):
        view.state(Initiative, line.initiative_id)
        purse = purses.get(line.grant_id) or view.purse(line.grant_id)
        entries = _listed(purse, line, payment, row.posts, key) if row.posts else spending.pay(purse, line, payment)
        purses[line.grant_id] = purse.after(*entries)
        yield line.grant_id, entries


def _listed(purse: Purse, line: PaymentLine, payment: Payment, posts: EntryKind, key: str) -> tuple[Entry, ...]:
    """The commitment or the accrual that a line of a listing becomes."""
    spend = Spend(
        initiative_id=line.initiative_id,
        nature=line.nature,
        on=payment.on,
        amount_pence=line.cost_pence(payment.vat_status),
        party=payment.document.supplier,
        reference=payment.document.number,
        description=line.description,
    )
    made = spending.commit(purse, spend) if posts is EntryKind.COMMITMENT else spending.accrue(purse, spend)
    return tuple(replace(entry, listed_as=key) for entry in made)


def _corrections(context: Context, view: View, purses: dict[str, Purse], row: PreviewRow) -> Made:
    today: date = london_date(context.now)
    for each in row.corrections:
        grant_id, _ = parse_entry_id(each.entry_id) or ("", 0)
        purse = purses.get(grant_id) or view.purse(grant_id)
        if held := view.find(GrantClaims, grant_id):
            claiming.not_posted_by(held.state, each.entry_id)
        if purse.standing(each.entry_id).left_pence != each.left_pence:
            raise RequestStale(kind="correction", id=each.entry_id, changed="what stands of the entry.")
        entries = putting_right.correct(purse, each.entry_id, today, each.change_pence)
        purses[grant_id] = purse.after(*entries)
        yield grant_id, entries


def _keys(rows: Iterable[PreviewRow]) -> Iterator[EntryKey]:
    for row in rows:
        for each in row.corrections:
            yield parse_entry_id(each.entry_id) or ("", 0)
        for named in row.paid.entries if row.paid else ():
            yield parse_entry_id(named) or ("", 0)


def _cells(rows: Iterable[PreviewRow]) -> Iterator[CellKey]:
    for row in rows:
        if row.on is None or row.corrections:
            continue
        year = str(FinancialYear.of(row.on))
        for line in row.lines:
            for cell in year_and_quarters(line.initiative_id, year, line.nature):
                yield line.grant_id, cell
