"""What comes late, and what it may cost: the rules of closed quarters and those of budgets, held together."""

from datetime import date

import pytest

from chalicelib.domain import closing
from chalicelib.domain.closing_refusals import PeriodIsClosed
from chalicelib.domain.entry_refusals import TooEarly
from chalicelib.domain.periods import Quarter
from chalicelib.domain.refusals import AllocationExhausted, AwardExhausted, MoreThanSpent
from tests.domain.ledger_tables import APPROVER, NOTHING, Books, ledger

Q1, Q2, Q3, Q4 = (Quarter.parse(f"2023-24-Q{number}") for number in (1, 2, 3, 4))
IN_Q1 = "lighting#2023-24-Q1#not_stated"


@pytest.fixture
def books() -> Books:
    """Lighting's £1,000 of 2023-24: £600 paid, £100 ordered and £50 accrued in Q1, which is closed. CCTV has £50."""
    return closed(
        ledger("""
            | on         | what       | pence  | for      | id    |
            | 2023-04-03 | award      | 105000 |          |       |
            | 2023-04-03 | allocation | 100000 | lighting |       |
            | 2023-04-03 | allocation |   5000 | cctv     |       |
            | 2023-05-02 | payment    |  60000 | lighting | lamps |
            | 2023-06-01 | commitment |  10000 | lighting | order |
            | 2023-06-30 | accrual    |   5000 | lighting | june  |
        """),
        Q1,
    )


def closed(books: Books, *quarters: Quarter) -> Books:
    for quarter in quarters:
        books = books.record((closing.hold(books.grant, quarter),))
        books = books.record((closing.close(books.grant, quarter, books.purse.cells, date(2024, 7, 1), APPROVER),))
    return books


def test_a_correction_of_a_closed_quarter_takes_what_is_left_of_the_years_allocation(books: Books) -> None:
    after = books.then("""
        | on         | what       | pence | of    |
        | 2023-11-01 | correction | 25000 | lamps |
    """)

    assert (after.last.cell, after.last.on) == (IN_Q1, date(2023, 11, 1))
    assert after.of("lighting").available_pence == 0


def test_a_correction_of_a_closed_quarter_beyond_the_years_allocation_is_refused_with_the_shortfall(books: Books) -> None:
    with pytest.raises(AllocationExhausted) as refused:
        books.then("""
            | on         | what       | pence | of    |
            | 2023-11-01 | correction | 25001 | lamps |
        """)

    assert (refused.value.available_pence, refused.value.requested_pence) == (25_000, 25_001)


def test_what_later_quarters_used_is_not_there_for_a_closed_ones_correction(books: Books) -> None:
    later = books.then("""
        | on         | what    | pence | for      |
        | 2023-08-01 | payment | 24000 | lighting |
    """)

    with pytest.raises(AllocationExhausted):
        later.then("""
            | on         | what       | pence | of    |
            | 2023-11-01 | correction |  1001 | lamps |
        """)


def test_a_correction_never_gives_back_more_than_the_year_spent_though_the_closed_quarter_spent_it(books: Books) -> None:
    credited = books.then("""
        | on         | what    | pence  | for      |
        | 2023-08-01 | payment | -59000 | lighting |
    """)

    with pytest.raises(MoreThanSpent) as refused:
        credited.then("""
            | on         | what       | pence | of    |
            | 2023-11-01 | correction | -1001 | lamps |
        """)

    assert (refused.value.spent_pence, refused.value.given_back_pence) == (1_000, 1_001)
    at_most = credited.then("""
        | on         | what       | pence | of    |
        | 2023-11-01 | correction | -1000 | lamps |
    """)
    assert at_most.of("lighting").spent_pence == 0
    assert at_most.cell(IN_Q1)["corrected"] == -1_000


def test_a_recoding_out_of_a_closed_quarter_needs_room_where_it_arrives(books: Books) -> None:
    with pytest.raises(AllocationExhausted) as refused:
        books.then("""
            | on         | what   | pence | of    | to   |
            | 2023-11-01 | recode |  5001 | lamps | cctv |
        """)

    assert (refused.value.initiative_id, refused.value.available_pence) == ("cctv", 5_000)
    after = books.then("""
        | on         | what   | pence | of    | to   |
        | 2023-11-01 | recode |  5000 | lamps | cctv |
    """)
    assert [entry.cell for entry in after.entries[-2:]] == [IN_Q1, "cctv#2023-24-Q1#not_stated"]
    assert after.of("cctv") == NOTHING.changed(allocated=5_000, unallocated=-5_000, corrected=5_000, spent=5_000)


def test_a_reduced_award_leaves_no_room_for_a_closed_quarters_correction(books: Books) -> None:
    reduced = books.then("""
        | on         | what      | pence  |
        | 2023-10-02 | reduction | -29000 |
    """)

    with pytest.raises(AwardExhausted) as refused:
        reduced.then("""
            | on         | what       | pence | of    |
            | 2023-11-01 | correction |  1001 | lamps |
        """)
    assert (refused.value.available_pence, refused.value.requested_pence) == (1_000, 1_001)


@pytest.mark.parametrize(("what", "of", "counter"), [("release", "order", "committed"), ("reversal", "june", "accrued")])
def test_what_is_undone_of_a_closed_quarter_belongs_to_the_quarter_in_which_it_is_undone(
    books: Books, what: str, of: str, counter: str
) -> None:
    after = books.then(f"""
        | on         | what   | pence | of   |
        | 2023-08-01 | {what} | -4000 | {of} |
    """)

    assert after.cell("lighting#2023-24-Q2#not_stated") == {counter: -4_000}
    assert after.cell(IN_Q1) == books.cell(IN_Q1)


@pytest.mark.parametrize(
    ("what", "of", "pence"),
    [("refund", "lamps", -100), ("release", "order", -100), ("reversal", "june", -100), ("correction", "lamps", 100)],
)
def test_nothing_that_names_a_closed_quarters_entry_is_dated_in_that_quarter(books: Books, what: str, of: str, pence: int) -> None:
    dated = books.then(f"""
        | on         | what   | pence   | of   |
        | 2023-06-30 | {what} | {pence} | {of} |
    """).last

    with pytest.raises(PeriodIsClosed) as refused:
        closing.admit(books.grant, dated, APPROVER)
    assert refused.value.first_open_day == date(2023, 7, 1)


def test_an_entry_of_a_closed_quarter_is_not_named_with_a_date_before_its_own(books: Books) -> None:
    with pytest.raises(TooEarly):
        books.then("""
            | on         | what   | pence | of    |
            | 2023-05-01 | refund |  -100 | lamps |
        """)


def test_what_comes_back_after_the_year_is_held_against_the_whole_year_and_shows_in_its_closed_last_quarter(books: Books) -> None:
    after = closed(books, Q2, Q3, Q4).then("""
        | on         | what   | pence  | of    |
        | 2024-05-10 | refund | -60000 | lamps |
    """)

    assert after.cell("lighting#2023-24-Q4#not_stated") == {"refunded": 60_000}
    assert after.of("lighting").spent_pence == 0


def test_a_notice_for_a_grant_whose_every_quarter_is_closed_takes_effect_the_day_after_the_last(books: Books) -> None:
    after = closed(books, Q2, Q3, Q4).then("""
        | on         | what      | pence |
        | 2023-06-12 | reduction | -1000 |
    """)

    assert (after.last.on, after.last.amount_pence) == (date(2024, 4, 1), -1_000)
