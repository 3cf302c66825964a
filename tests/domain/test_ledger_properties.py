"""Whatever is asked of a ledger, in whatever order, it is refused or applied, and every penny stays in its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import grants
from chalicelib.domain.cells import Cell, added
from chalicelib.domain.entries import Entry, EntryKind, Standing
from chalicelib.domain.errors import DomainError
from chalicelib.domain.grants import Grant
from chalicelib.domain.ledger import Purse
from chalicelib.domain.measures import MEASURES, available, figures, used
from chalicelib.domain.values import replace
from tests.domain.ledger_tables import GRANT_ID, Books, Row, ledger, post

INITIATIVES = ("lighting", "cctv", "training")
DAYS = ("2023-04-01", "2023-09-30", "2023-10-01", "2024-03-31", "2023-05-01", "2023-08-01", "2024-04-01", "2025-04-01")
SIGNED = ("correction", "allocation", "payment", "recode")
NAMING = ("release", "reversal", "refund", "correction", "recode")
PAID_OR_PENDING = (EntryKind.PAYMENT, EntryKind.COMMITMENT, EntryKind.ACCRUAL)
FITTING = {
    "payment": (EntryKind.COMMITMENT, EntryKind.ACCRUAL),
    "release": (EntryKind.COMMITMENT,),
    "reversal": (EntryKind.ACCRUAL,),
    "refund": (EntryKind.PAYMENT,),
    "recode": PAID_OR_PENDING,
}
"""Which standings a row may name; an unfitting one is refused at once and would teach little here."""

COMMANDS = (
    "allocation",
    "virement",
    "commitment",
    "release",
    "payment",
    "payment",
    "accrual",
    "reversal",
    "correction",
    "recode",
    "refund",
    "match_cash",
    "match_in_kind",
    "claimed",
    "received",
    "top_up",
    "reduction",
)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Any row at all: most are refused by some rule, and that is as good a test as any."""
    what = draw(st.sampled_from(COMMANDS))
    most = 200 if what in NAMING else 1_000
    pence = draw(st.integers(-most if what in SIGNED else 1, most))
    negative = what in ("release", "reversal", "refund", "reduction")
    return {
        "on": draw(st.sampled_from(DAYS)),
        "what": what,
        "pence": str(-pence if negative else pence),
        "for": draw(st.sampled_from(INITIATIVES)),
        "to": draw(st.sampled_from(INITIATIVES)),
        # As the ledger below has them, so that the draws meet.
        "nature": draw(st.sampled_from(("capital", "capital", "revenue"))),
        "quarter": "2023-24-Q3",
        # Which of the standings there are by then, counted round.
        "place": str(draw(st.integers(0, 30))) if what in NAMING or draw(st.booleans()) else "",
    }


def asked(books: Books, row: Row) -> Books:
    """The books after a row, or as they were when it was refused."""
    fitting = [each.entry_id for each in books.purse.standings.values() if each.kind in FITTING.get(row["what"], tuple(EntryKind))]
    of = fitting[int(row["place"]) % len(fitting)] if fitting and row["place"] else ""
    if row["what"] in NAMING and not of:
        return books
    try:
        return post(replace(books, names={of: of}), {**row, "of": of})
    except DomainError:
        return books


def opened() -> Books:
    return ledger("""
        | on         | what       | pence | for      | nature  | year    |
        | 2023-04-01 | award      |  2000 |          | capital | 2023-24 |
        | 2023-04-01 | award      |  1500 |          | revenue | 2023-24 |
        | 2023-04-01 | award      |  1000 |          | capital | 2024-25 |
        | 2023-04-02 | allocation |   900 | lighting | capital | 2023-24 |
        | 2023-04-02 | allocation |   800 | cctv     | capital | 2023-24 |
        | 2023-04-02 | allocation |   800 | cctv     | revenue | 2023-24 |
        | 2023-04-02 | allocation |   700 | training | capital | 2024-25 |
    """)


def figures_add_up_over_cells(before: Purse, after: Purse) -> None:
    cells = after.cells.values()
    total = figures(added(cells))

    assert total == {name: sum(figures(cell)[name] for cell in cells) for name in MEASURES}
    parts = (total[name] for name in ("unallocated", "available", "committed", "accrued", "spent"))
    assert total["awarded"] == sum(parts)


def no_allocation_is_overdrawn(before: Purse, after: Purse) -> None:
    places = {(cell.initiative_id, *cell.line) for cell in map(Cell.parse, after.cells) if cell.initiative_id}
    for initiative_id, financial_year, nature in places:
        assert available(after.year(Cell.of_year(initiative_id, financial_year, nature))) >= 0


def no_credit_makes_money(before: Purse, after: Purse) -> None:
    assert all(line.used_pence >= 0 for line in after.grant.lines)


def no_award_line_is_overdrawn(before: Purse, after: Purse) -> None:
    for line in after.grant.lines:
        assert line.awarded_pence >= max(line.used_pence, 0)
        was = next((held for held in before.grant.lines if (held.financial_year, held.nature) == (line.financial_year, line.nature)), None)
        # Only a reduction may leave more promised than awarded, and nothing may make it worse.
        if was and line.awarded_pence >= was.awarded_pence:
            assert line.allocated_pence <= max(line.awarded_pence, was.allocated_pence)


def award_lines_hold_the_sums_of_their_cells(before: Purse, after: Purse) -> None:
    for line in after.grant.lines:
        at = (line.financial_year, line.nature)
        sums = added(counters for key, counters in after.cells.items() if Cell.parse(key).line == at)
        of = figures(sums)
        assert (line.awarded_pence, line.allocated_pence, line.used_pence) == (of["awarded"], of["allocated"], used(sums))
        assert line.allocated_pence - line.used_pence == available(sums)


def what_stands_never_passes_nothing(before: Purse, after: Purse) -> None:
    for named, standing in after.standings.items():
        was = before.standings.get(named, standing).left_pence
        assert was * standing.left_pence >= 0


def counters_are_what_stands(before: Purse, after: Purse) -> None:
    def left(*kinds: EntryKind) -> int:
        return sum(standing.left_pence for standing in after.standings.values() if standing.kind in kinds)

    of = figures(added(after.cells.values()))
    assert of["committed"] == left(EntryKind.COMMITMENT)
    assert of["accrued"] == left(EntryKind.ACCRUAL)
    assert of["spent"] == left(EntryKind.PAYMENT)
    assert of["match"] == left(EntryKind.MATCH_CASH, EntryKind.MATCH_IN_KIND)
    assert of["claimed"] == left(EntryKind.CLAIMED)
    assert of["received"] == left(EntryKind.RECEIVED)


HOLDS: tuple[Callable[[Purse, Purse], None], ...] = (
    figures_add_up_over_cells,
    no_allocation_is_overdrawn,
    no_award_line_is_overdrawn,
    no_credit_makes_money,
    award_lines_hold_the_sums_of_their_cells,
    what_stands_never_passes_nothing,
    counters_are_what_stands,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(rows(), min_size=5, max_size=25))
def test_after_every_command_all_of_the_ledger_holds(commands: list[Row]) -> None:
    books = opened()
    for row in commands:
        after = asked(books, row)
        if after is not books:
            for holds in HOLDS:
                holds(books.purse, after.purse)
        books = after


def refolded(books: Books) -> Purse:
    """The recorded facts folded from nothing, without a single decision."""
    grant: Grant | None = None
    purse: Purse | None = None
    for seq, fact in enumerate(books.facts, start=1):
        if isinstance(fact, Entry) and purse is not None:
            purse = purse.after(fact)
            continue
        assert isinstance(fact, grants.GrantFact)
        grant = grants.apply(purse.grant if purse else None, fact, seq)
        purse = replace(purse, grant=grant, seq=seq) if purse else Purse(grant=grant, seq=seq)
    assert purse is not None
    return purse


def by_hand(books: Books) -> tuple[dict[str, dict[str, int]], dict[str, Standing]]:
    """Cells and standings added up from the entries alone, the slow and obvious way."""
    cells: dict[str, dict[str, int]] = {}
    standings: dict[str, Standing] = {}
    for seq, fact in enumerate(books.facts, start=1):
        if not isinstance(fact, Entry):
            continue
        cells[fact.cell] = added((cells.get(fact.cell, {}), fact.moves))
        named = f"{GRANT_ID}.{seq}"
        for other, pence in fact.against.items():
            standings[other] = replace(standings[other], left_pence=standings[other].left_pence + pence)
        if fact.stands_as is not None:
            pence = fact.amount_pence
            standings[named] = Standing(
                entry_id=named, kind=fact.stands_as, cell=fact.cell, on=fact.on, opened_pence=pence, left_pence=pence
            )
    return cells, standings


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(rows(), min_size=5, max_size=25))
def test_folding_the_recorded_facts_from_nothing_gives_the_same_state(commands: list[Row]) -> None:
    books = opened()
    for row in commands:
        books = asked(books, row)

    assert refolded(books) == books.purse
    assert by_hand(books) == (books.purse.cells, books.purse.standings)
    assert all(fact.of is None or fact.of in books.purse.standings for fact in books.entries)
