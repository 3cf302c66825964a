"""docs/ledger.md is what the code does: its tables are posted, one after another, and every figure is compared."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from chalicelib.domain import closing
from chalicelib.domain.cells import Cell, Nature, added
from chalicelib.domain.claim_lines import Line, Selection, Span, Taken, claimable, select, shares_of
from chalicelib.domain.columns import columns, in_quarter
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.errors import DomainError
from chalicelib.domain.funds import MatchBase, MatchRequirement
from chalicelib.domain.measures import MEASURES, figures
from chalicelib.domain.money import parse_pounds, split
from chalicelib.domain.organisations import VatStatus
from chalicelib.domain.periods import FinancialYear, Quarter
from chalicelib.domain.spending import PaymentLine
from tests.docs.tables import DOCS, tables_of
from tests.domain.ledger_tables import APPROVER, Books, Row, ledger, post

DOCUMENT = (DOCS / "ledger.md").read_text(encoding="utf-8")
TABLES = tuple(tables_of(DOCUMENT))

_WORDS = {"date": "on", "entry": "what", "initiative": "for", "amount": "pounds", "name": "id", "points to": "of"}


def kind_of(table: tuple[Row, ...]) -> str:
    """Which of the page's kinds of table this is, by its headings."""
    head = set(table[0])
    signs = {
        "refused": {"entry", "the answer"},
        "taken": {"taken by claim"},
        "closed": {"quarter", "closed on"},
        "columns": {"quarter", "as reported"},
        "posted": {"entry"},
        "moved": {"counter"},
        "left": {"left"},
        "made": {"how it is made"},
        "match": {"match required"},
        "vat": {"the payer"},
        "shares": {"shares"},
        "asked": {"up to record"},
        "spread": {"still to come"},
        "measured": {"of"},
    }
    return next(kind for kind, sign in signs.items() if sign <= head)


def row_of(said: Row) -> Row:
    """A row of the page as the ledger's tests write it."""
    row = {_WORDS.get(word, word): text for word, text in said.items()}
    row["what"] = row["what"].lower().replace(" ", "_")
    return {**row, "quarter": row.get("quarter", "").replace(" ", "-")}


def opening(table: tuple[Row, ...]) -> Books:
    """The grant that the first table of the page offers, accepted and active."""
    heads = "| on | what | year | pounds |\n"
    lines = (row_of(row) for row in table)
    rows = "\n".join(f"| {row['on']} | {row['what']} | {row['year']} | {row['pounds']} |" for row in lines)
    return ledger(heads + rows, starts=date(2023, 10, 1), ends=date(2025, 3, 31))


def closed(books: Books, table: tuple[Row, ...]) -> Books:
    """The ledger with quarters held and closed."""
    for row in table:
        quarter, today = quarter_said(row), date.fromisoformat(row["closed on"])
        books = books.record((closing.hold(books.grant, quarter),))
        books = books.record((closing.close(books.grant, quarter, books.purse.cells, today, APPROVER),))
    return books


def quarter_said(row: Row) -> Quarter:
    return Quarter.parse(row["quarter"].replace(" ", "-"))


@cache
def told() -> tuple[tuple[int, Books, Books], ...]:
    """For every table, its place on the page and the ledger before and after what was last posted."""
    before = after = opening(TABLES[1])
    story = []
    for place, table in enumerate(TABLES):
        if kind_of(table) == "posted" and place > 1:
            before = after
            for row in table:
                after = post(after, row_of(row))
        if kind_of(table) == "closed":
            before = after = closed(after, table)
        story.append((place, before, after))
    return tuple(story)


def tables(kind: str) -> list[tuple[int, Books, Books]]:
    return [each for each in told() if kind_of(TABLES[each[0]]) == kind]


def pence(text: str) -> int:
    return parse_pounds(text)


def entries_posted(before: Books, after: Books) -> list[tuple[str, str, int]]:
    """What the entries between two ledgers moved: the cell, the counter and the pence."""
    posted = after.entries if before is after else after.entries[len(before.entries) :]
    return [(entry.cell, str(counter), change) for entry in posted for counter, change in entry.moves.items()]


def cell_said(row: Row) -> str:
    period = row["period"].replace(" ", "-")
    initiative = None if row["initiative"] == "none" else row["initiative"]
    if "Q" in period:
        return Cell.of_quarter(initiative, Quarter.parse(period), Nature.NOT_STATED).key
    return Cell.of_year(initiative, str(FinancialYear.parse(period)), Nature.NOT_STATED).key


@pytest.mark.parametrize("place", [place for place, table in enumerate(TABLES) if kind_of(table) == "moved"])
def test_what_the_page_says_moves_is_what_the_entries_move(place: int) -> None:
    _, before, after = told()[place]

    assert [(cell_said(row), row["counter"], pence(row["change"])) for row in TABLES[place]] == entries_posted(before, after)


@pytest.mark.parametrize("place", [place for place, table in enumerate(TABLES) if kind_of(table) == "measured"])
def test_the_measures_are_what_the_page_says_afterwards(place: int) -> None:
    _, _, after = told()[place]
    for row in TABLES[place]:
        cells = after.purse.cells.items()
        whole = row["of"] == "the grant"
        of = figures(added(counters for key, counters in cells if whole or Cell.parse(key).initiative_id == row["of"]))
        said = {measure: pence(text) for measure, text in row.items() if measure != "of"}
        assert said == {measure: of[measure] for measure in said}


def test_a_closed_quarter_shows_the_columns_that_the_page_says() -> None:
    ((place, _, after),) = tables("columns")
    for row in TABLES[place]:
        quarter, measure = quarter_said(row), row["measure"]
        closed = closing.period(after.grant, quarter).closing
        assert closed is not None
        found = columns(closed.reported, added(in_quarter(after.purse.cells, str(quarter)).values()))
        assert [column[measure] for column in (found.as_reported, found.as_corrected, found.difference)] == [
            pence(row[column]) for column in ("as reported", "as corrected", "difference")
        ]


@pytest.mark.parametrize("place", [place for place, table in enumerate(TABLES) if kind_of(table) == "left"])
def test_what_is_left_of_an_entry_is_what_the_page_says(place: int) -> None:
    _, _, after = told()[place]

    assert {row["name"]: pence(row["left"]) for row in TABLES[place]} == {row["name"]: after.left(row["name"]) for row in TABLES[place]}


def test_what_the_page_says_is_refused_is_refused_in_those_words() -> None:
    ((place, _, books),) = tables("refused")
    for row in TABLES[place]:
        with pytest.raises(DomainError) as refused:
            post(books, row_of(row))
        assert str(refused.value) == row["the answer"]


def test_every_measure_is_made_as_the_page_says() -> None:
    ((place, _, _),) = tables("made")

    assert {row["measure"]: row["how it is made"] for row in TABLES[place]} == {
        name: " - ".join((" + ".join(measure.plus), *measure.minus)) for name, measure in MEASURES.items()
    }


def test_match_comes_to_what_the_page_says() -> None:
    ((place, _, _),) = tables("match")
    bases = {"the grant": MatchBase.GRANT, "the total": MatchBase.TOTAL}
    for row in TABLES[place]:
        requirement = MatchRequirement(basis_points=int(row["per cent"]) * 100, base=bases[row["of"]])
        assert requirement.required_pence(pence(row["grant"])) == pence(row["match required"])


def test_a_payment_costs_what_the_page_says() -> None:
    ((place, _, _),) = tables("vat")
    statuses = {"recovers VAT": VatStatus.RECOVERS, "does not recover VAT": VatStatus.DOES_NOT_RECOVER}
    for row in TABLES[place]:
        line = PaymentLine(grant_id="g", initiative_id="i", nature=Nature.CAPITAL, net_pence=pence(row["net"]), vat_pence=pence(row["vat"]))
        assert line.cost_pence(statuses[row["the payer"]]) == pence(row["cost to the grant"])


def test_a_document_is_split_as_the_page_says() -> None:
    ((place, _, _),) = tables("shares")
    for row in TABLES[place]:
        shares = [int(share) for share in row["shares"].split(":")]
        assert split(pence(row["document"]), shares) == tuple(pence(part) for part in row["parts"].split(","))


def lines_said() -> tuple[Line, ...]:
    """The lines among the entries that claims may take, as the page numbers them."""
    ((place, _, _),) = tables("taken")
    return tuple(line for line in map(line_said, TABLES[place]) if claimable(line.entry.moves))


def line_said(row: Row) -> Line:
    kind, cell = EntryKind(row["entry"].lower().replace(" ", "_")), f"lighting#{quarter_said(row)}#{row['nature']}"
    entry = Entry(kind=kind, on=date(2024, 4, 1), cell=cell, amount_pence=pence(row["amount"]))
    return Line(grant_id="ssf-5-example", seq=int(row["record"]), entry=entry)


def selected() -> dict[str, Selection]:
    """What each claim of the page takes, one after another."""
    ((place, _, _),) = tables("asked")
    taken: tuple[Span, ...] = ()
    found: dict[str, Selection] = {}
    for claim, quarter, until in dict.fromkeys((row["claim"], row["of"], row["up to record"]) for row in TABLES[place]):
        known = [line for line in lines_said() if line.seq <= int(until)]
        found[claim] = select(Quarter.parse(quarter.replace(" ", "-")), known, Taken(taken), int(until))
        taken += found[claim].spans
    return found


def test_claims_take_what_the_page_says() -> None:
    ((place, _, _),) = tables("taken")
    by = {line.seq: claim for claim, each in selected().items() for line in each.lines}

    assert {int(row["record"]): row["taken by claim"] for row in TABLES[place]} == {
        int(row["record"]): by.get(int(row["record"]), "none") for row in TABLES[place]
    }


def test_claims_ask_for_what_the_page_says() -> None:
    ((place, _, _),) = tables("asked")

    assert [(row["claim"], f"-#{row['in'].replace(' ', '-')}#{row['of nature']}", pence(row["asks for"])) for row in TABLES[place]] == [
        (claim, cell, asked) for claim, each in selected().items() for cell, asked in each.amounts_pence.items()
    ]


def test_money_that_comes_is_spread_as_the_page_says() -> None:
    ((place, _, _),) = tables("spread")
    for row in TABLES[place]:
        left = {str(number): pence(part.strip()) for number, part in enumerate(row["still to come"].split(":"))}
        spread = shares_of(left, pence(row["comes"]))
        assert spread == {str(number): pence(part.strip()) for number, part in enumerate(row["received"].split(", "))}


def test_every_kind_of_entry_is_posted_and_has_its_heading() -> None:
    _, _, last = told()[-1]
    headings = [line for line in DOCUMENT.splitlines() if line.startswith("## ")]

    assert {entry.kind for entry in last.entries} == set(EntryKind)
    for kind in EntryKind:
        assert any(f"`{kind}`" in heading for heading in headings), kind


def test_every_table_is_compared_and_the_story_is_told_in_order() -> None:
    posted = [place for place, _, _ in tables("posted")]

    assert posted[0] == 1
    for place in posted:
        assert kind_of(TABLES[place + 1]) == "moved", f"table {place} is posted and nothing says what moves"
        assert kind_of(TABLES[place + 2]) == "measured", f"table {place} is posted and nothing says where that leads"
