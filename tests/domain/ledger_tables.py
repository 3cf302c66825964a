"""Ledgers written as tables: each row is posted through the domain's real decisions.

    books = ledger('''
        | on         | what       |  pence | for      | id | of |
        | 2023-04-03 | award      | 100000 |          |    |    |
        | 2023-04-04 | allocation |  60000 | lighting |    |    |
        | 2023-05-01 | commitment |  20000 | lighting | c1 |    |
        | 2023-06-01 | payment    |  15000 | lighting | p1 | c1 |
    ''')

Columns may be left out and cells left empty. `pence` or `pounds` is the amount, signed by its effect; `vat` (of a
payment) is in the same unit. `for` is the initiative and `to` the one that receives. `of` names earlier rows by
their `id`. `nature` is `not_stated` where empty, `year` the financial year of `on`. `quarter` is what a claim is for.

The award rows come first and make the grant: offered, accepted on the first award's date and active. Its period is
the financial years of its awards, unless `starts` and `ends` say otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from chalicelib.domain import grants, offers
from chalicelib.domain.aggregates import Fact
from chalicelib.domain.budgets import approve, request_variation
from chalicelib.domain.cells import Cell, Counters, Nature, added
from chalicelib.domain.entries import Document, DocumentKind, Entry, EntryKind, entry_id
from chalicelib.domain.funds import Fund, FundRules
from chalicelib.domain.grants import AwardLine, Grant, GrantFact, GrantState
from chalicelib.domain.income import MatchGiven, Settlement, record_match, record_settlement
from chalicelib.domain.ledger import Purse
from chalicelib.domain.measures import figures
from chalicelib.domain.money import parse_pounds
from chalicelib.domain.organisations import VatStatus
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import FinancialYear
from chalicelib.domain.putting_right import Elsewhere, correct, recode, refund
from chalicelib.domain.spending import Budgeted, Payment, PaymentLine, Spend, accrue, allocate, commit, give_back, pay, transfer
from chalicelib.domain.values import Struct, field, replace
from chalicelib.domain.variations import LineChange, Variation, VariationKind

FUND = Fund(id="ssf-5", title="Safer Streets Fund round 5", funder="Home Office", rules=FundRules(money_may_move_between_years=True))
GRANT_ID = "ssf-5-example"
PREPARER = Actor(subject="officer", roles=frozenset({Role.OFFICER}))
APPROVER = Actor(subject="finance", roles=frozenset({Role.FINANCE}))

Row = Mapping[str, str]


def table_rows(text: str) -> tuple[dict[str, str], ...]:
    """The rows of a table between pipes, by the heading of each column; rules such as `|---|` are passed over."""
    lines = [line.strip() for line in text.strip().splitlines()]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not set(line) <= set("|-: ")]
    head = [name.lower() for name in cells[0]]
    return tuple(dict(zip(head, row, strict=True)) for row in cells[1:])


class Figures(Struct, frozen=True, kw_only=True):
    """Every measure in pence, by attribute."""

    awarded_pence: int
    allocated_pence: int
    unallocated_pence: int
    committed_pence: int
    accrued_pence: int
    paid_pence: int
    corrected_pence: int
    refunded_pence: int
    spent_pence: int
    available_pence: int
    claimed_pence: int
    received_pence: int
    match_pence: int

    @classmethod
    def of(cls, counters: Counters) -> Figures:
        return cls(**{f"{name}_pence": pence for name, pence in figures(counters).items()})

    def changed(self, **pence: int) -> Figures:
        """The same figures but for those named: `changed(spent=500)`."""
        return replace(self, **{f"{name}_pence": value for name, value in pence.items()})


NOTHING = Figures(**dict.fromkeys(Figures.__struct_fields__, 0))


class Books(Struct, frozen=True, kw_only=True):
    """A grant's ledger as a table left it: its purse, its facts with their numbers, and the entries by their ids."""

    purse: Purse
    facts: tuple[Fact, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    payer: VatStatus = VatStatus.RECOVERS
    fund: Fund = FUND

    @property
    def grant(self) -> Grant:
        return self.purse.grant

    @property
    def measures(self) -> Figures:
        return Figures.of(added(self.purse.cells.values()))

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(fact for fact in self.facts if isinstance(fact, Entry))

    @property
    def last(self) -> Entry:
        return self.entries[-1]

    def of(self, initiative: str | None = None, *, year: str | None = None, nature: Nature | None = None) -> Figures:
        """The measures of one initiative, financial year and nature, where given."""
        wanted = (initiative, year, nature)
        cells = ((Cell.parse(key), counters) for key, counters in self.purse.cells.items())
        return Figures.of(added(counters for cell, counters in cells if _matches(cell, wanted)))

    def cell(self, key: str) -> dict[str, int]:
        """One cell's counters."""
        return {str(counter): pence for counter, pence in self.purse.cells.get(key, {}).items()}

    def left(self, named: str) -> int:
        """What is left of the entry with this id."""
        return self.purse.standings[self.names[named]].left_pence

    def record(self, facts: Iterable[GrantFact]) -> Books:
        """The books with these facts recorded."""
        books = self
        for fact in facts:
            books = replace(books, purse=_after(books.purse, fact), facts=(*books.facts, fact))
        return books

    def then(self, table: str) -> Books:
        """The books with more rows posted. Raises what the row's decision raises."""
        books = self
        for row in table_rows(table):
            books = post(books, row)
        return books


def _matches(cell: Cell, wanted: tuple[str | None, str | None, Nature | None]) -> bool:
    there = (cell.initiative_id, cell.financial_year, cell.nature)
    return all(want in (None, has) for has, want in zip(there, wanted, strict=True))


def _after(purse: Purse, fact: GrantFact) -> Purse:
    if isinstance(fact, Entry):
        return purse.after(fact)
    return replace(purse, grant=grants.apply(purse.grant, fact, purse.seq + 1), seq=purse.seq + 1)


def ledger(
    table: str,
    *,
    starts: date | None = None,
    ends: date | None = None,
    payer: VatStatus = VatStatus.RECOVERS,
    fund: Fund = FUND,
) -> Books:
    """A grant's ledger from a table whose first rows are its awards."""
    rows = table_rows(table)
    awards = [row for row in rows if row["what"] == "award"]
    lines = tuple(AwardLine(financial_year=_year(row), nature=_nature(row), awarded_pence=amount(row)) for row in awards)
    years = sorted(FinancialYear.parse(line.financial_year) for line in lines)
    offered = Grant(
        id=GRANT_ID,
        title="An example",
        fund_id=fund.id,
        lead_recipient_id="commissioner",
        force_area="E23000015",
        starts=starts or years[0].first_day,
        ends=ends or years[-1].last_day,
        lines=lines,
    )
    books = _opened(offered, _on(awards[0]), payer, fund)
    for row in rows[len(awards) :]:
        books = post(books, row)
    return books


def _opened(offered: Grant, on: date, payer: VatStatus, fund: Fund) -> Books:
    offer = offers.offer(offered, fund)
    purse = Purse(grant=grants.apply(None, offer, 1), seq=1)
    books = Books(purse=purse, facts=(offer,), payer=payer, fund=fund)
    books = books.record(grants.move(books.grant, GrantState.ACCEPTED, on))
    return books.record(grants.move(books.grant, GrantState.ACTIVE, on))


def post(books: Books, row: Row) -> Books:
    """One row, decided and recorded. Its id names the last entry it made."""
    after = books.record(_DECIDE[row["what"]](books, row))
    named = row.get("id", "")
    return replace(after, names={**after.names, named: entry_id(GRANT_ID, after.purse.seq)}) if named else after


def _on(row: Row) -> date:
    return date.fromisoformat(row["on"])


def amount(row: Row) -> int:
    """A row's amount in pence, whichever unit its table is in."""
    return pence_of(row, "pounds") if "pounds" in row else pence_of(row, "pence")


def pence_of(row: Row, column: str) -> int:
    """A cell's amount in pence: text of pounds, or whole pence under `pence` and `vat`."""
    text = row.get(column, "")
    if column == "pounds" or (column == "vat" and "pounds" in row):
        return parse_pounds(text) if text else 0
    return int(text.replace("_", "") or 0)


def _nature(row: Row) -> Nature:
    return Nature(row.get("nature") or "not_stated")


def _year(row: Row) -> str:
    return row.get("year") or str(FinancialYear.of(_on(row)))


def _named(books: Books, row: Row) -> str:
    return books.names[row["of"]]


def _maybe(row: Row) -> int | None:
    """The amount without its sign, or None where the cell is empty: all that is left."""
    return abs(amount(row)) if row.get("pence") or row.get("pounds") else None


def _share(row: Row) -> Budgeted:
    return Budgeted(initiative_id=row["for"], financial_year=_year(row), nature=_nature(row), on=_on(row))


def _spend(row: Row) -> Spend:
    return Spend(initiative_id=row["for"], nature=_nature(row), on=_on(row), amount_pence=amount(row))


def _paid(books: Books, row: Row) -> tuple[GrantFact, ...]:
    net, vat = amount(row), pence_of(row, "vat")
    kind = DocumentKind.CREDIT_NOTE if net < 0 else DocumentKind.INVOICE
    number = f"D-{books.purse.seq}"
    document = Document(kind=kind, number=number, date=_on(row), supplier="A supplier", net_pence=net, vat_pence=vat)
    settles = {books.purse.standings[books.names[each]].kind: books.names[each] for each in row.get("of", "").split()}
    line = PaymentLine(
        grant_id=GRANT_ID,
        initiative_id=row["for"],
        nature=_nature(row),
        net_pence=net,
        vat_pence=vat,
        commitment=settles.get(EntryKind.COMMITMENT),
        accrual=settles.get(EntryKind.ACCRUAL),
    )
    payment = Payment(document=document, on=_on(row), payer_id="payer", vat_status=books.payer)
    return pay(books.purse, line, payment)


def _given_back(kind: EntryKind) -> Callable[[Books, Row], tuple[GrantFact, ...]]:
    return lambda books, row: give_back(books.purse, _named(books, row), kind, _on(row), _maybe(row))


def _recoded(books: Books, row: Row) -> tuple[GrantFact, ...]:
    to = Elsewhere(initiative_id=row["to"], nature=_nature(row))
    how_much = amount(row) if _maybe(row) is not None else None
    return recode(books.purse, _named(books, row), _on(row), how_much, to)


def _match(kind: EntryKind) -> Callable[[Books, Row], tuple[GrantFact, ...]]:
    def given(books: Books, row: Row) -> tuple[GrantFact, ...]:
        initiative = row.get("for") or None
        gift = MatchGiven(
            kind=kind, contributor="council", on=_on(row), amount_pence=amount(row), nature=_nature(row), initiative_id=initiative
        )
        return record_match(books.purse, gift)

    return given


def _settled(kind: EntryKind) -> Callable[[Books, Row], tuple[GrantFact, ...]]:
    def settled(books: Books, row: Row) -> tuple[GrantFact, ...]:
        settlement = Settlement(
            kind=kind, quarter=row["quarter"], nature=_nature(row), on=_on(row), amount_pence=amount(row), reference="Claim"
        )
        return record_settlement(books.purse, settlement)

    return settled


def _varied(kind: VariationKind) -> Callable[[Books, Row], tuple[GrantFact, ...]]:
    def varied(books: Books, row: Row) -> tuple[GrantFact, ...]:
        variation = Variation(
            id=books.purse.seq + 1,
            kind=kind,
            dated=_on(row),
            reason="A letter",
            notice_reference="Letter",
            changes=(LineChange(financial_year=_year(row), nature=_nature(row), change_pence=amount(row)),),
            ends=None,
            requested_by=PREPARER.subject,
        )
        requested = request_variation(books.grant, books.fund, variation)
        asked = books.record((requested,))
        return (requested, *approve(asked.grant, books.fund, variation.id, APPROVER))

    return varied


def _moved(state: GrantState) -> Callable[[Books, Row], tuple[GrantFact, ...]]:
    return lambda books, row: grants.move(books.grant, state, _on(row))


_DECIDE: dict[str, Callable[[Books, Row], tuple[GrantFact, ...]]] = {
    "top_up": _varied(VariationKind.TOP_UP),
    "reduction": _varied(VariationKind.REDUCTION),
    "allocation": lambda books, row: allocate(books.purse, _share(row), amount(row)),
    "virement": lambda books, row: transfer(books.purse, _share(row), row["to"], amount(row)),
    "commitment": lambda books, row: commit(books.purse, _spend(row)),
    "release": _given_back(EntryKind.RELEASE),
    "payment": _paid,
    "accrual": lambda books, row: accrue(books.purse, _spend(row)),
    "reversal": _given_back(EntryKind.REVERSAL),
    "correction": lambda books, row: correct(books.purse, _named(books, row), _on(row), amount(row)),
    "recode": _recoded,
    "refund": lambda books, row: refund(books.purse, _named(books, row), _on(row), -amount(row), "Returned"),
    "match_cash": _match(EntryKind.MATCH_CASH),
    "match_in_kind": _match(EntryKind.MATCH_IN_KIND),
    "claimed": _settled(EntryKind.CLAIMED),
    "received": _settled(EntryKind.RECEIVED),
    "closed": _moved(GrantState.CLOSED),
}
