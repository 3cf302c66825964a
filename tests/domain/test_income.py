"""Money coming in: match, claims and receipts."""

from datetime import date

import pytest

from chalicelib.domain.errors import Invalid, NotInState
from chalicelib.domain.periods import PeriodUnreadable
from chalicelib.domain.refusals import DateOutsidePeriod, NoAwardLine
from tests.domain.ledger_tables import NOTHING, Books, ledger


def awarded() -> Books:
    return ledger("""
        | on         | what  | pence   |
        | 2023-04-03 | award | 1000000 |
    """)


def test_match_is_what_partners_gave_in_cash_and_in_kind() -> None:
    books = awarded().then("""
        | on         | what          | pence | for      |
        | 2023-05-01 | match_cash    | 30000 | lighting |
        | 2023-08-01 | match_in_kind | 20000 | lighting |
        | 2023-08-02 | match_in_kind |  5000 |          |
    """)

    assert books.measures == NOTHING.changed(awarded=1_000_000, unallocated=1_000_000, match=55_000)
    assert books.of("lighting").match_pence == 50_000
    assert books.cell("lighting#2023-24-Q1#not_stated") == {"match_cash": 30_000}
    assert books.cell("lighting#2023-24-Q2#not_stated") == {"match_in_kind": 20_000}
    assert books.cell("-#2023-24-Q2#not_stated") == {"match_in_kind": 5_000}


def test_match_needs_no_allocation_and_uses_none() -> None:
    before = awarded()
    books = before.then("| on | what | pence | for |\n| 2023-05-01 | match_cash | 99999999 | lighting |")

    assert books.grant.lines == before.grant.lines


def test_what_was_claimed_and_received_belongs_to_its_quarter() -> None:
    books = awarded().then("""
        | on         | what     | pence  | quarter    |
        | 2023-07-20 | claimed  | 250000 | 2023-24-Q1 |
        | 2023-09-05 | received | 240000 | 2023-24-Q1 |
    """)

    assert books.cell("-#2023-24-Q1#not_stated") == {"claimed": 250_000, "received": 240_000}
    assert (books.measures.claimed_pence, books.measures.received_pence) == (250_000, 240_000)
    assert books.measures.spent_pence == 0


def test_the_last_quarter_is_claimed_after_the_grant_has_ended_and_closed() -> None:
    books = awarded().then("""
        | on         | what     | pence  | quarter    |
        | 2024-03-31 | closed   |        |            |
        | 2024-04-20 | claimed  | 250000 | 2023-24-Q4 |
        | 2024-06-05 | received | 250000 | 2023-24-Q4 |
    """)

    assert books.measures.received_pence == 250_000


@pytest.mark.parametrize("quarter", ["2022-23-Q4", "2024-25-Q1"])
@pytest.mark.parametrize("what", ["claimed", "received"])
def test_a_quarter_outside_the_period_is_not_claimed_for(what: str, quarter: str) -> None:
    with pytest.raises(DateOutsidePeriod):
        awarded().then(f"| on | what | pence | quarter |\n| 2024-04-20 | {what} | 1 | {quarter} |")


def test_a_quarter_that_is_none_is_refused() -> None:
    with pytest.raises(PeriodUnreadable):
        awarded().then("| on | what | pence | quarter |\n| 2024-04-20 | claimed | 1 | 2023-24 |")


def test_a_claim_needs_its_award_line() -> None:
    with pytest.raises(NoAwardLine):
        awarded().then("| on | what | pence | quarter | nature |\n| 2024-04-20 | claimed | 1 | 2023-24-Q4 | capital |")


@pytest.mark.parametrize("what", ["match_cash", "match_in_kind", "claimed", "received"])
@pytest.mark.parametrize("pence", [0, -1])
def test_what_comes_in_is_more_than_nothing(what: str, pence: int) -> None:
    with pytest.raises(Invalid, match="/amount_pence"):
        awarded().then(f"| on | what | pence | quarter |\n| 2023-07-20 | {what} | {pence} | 2023-24-Q1 |")


def test_a_closed_grant_takes_no_more_match() -> None:
    with pytest.raises(NotInState):
        awarded().then("| on | what | pence |\n| 2023-07-20 | closed | |\n| 2023-07-20 | match_cash | 1 |")


@pytest.mark.parametrize("quarter", ["2023-24-Q2", "2023-24-Q4"])
def test_a_quarter_that_the_period_only_touches_is_claimed_for(quarter: str) -> None:
    books = ledger(
        """
        | on         | what  | pence   |
        | 2023-09-30 | award | 1000000 |
        """,
        starts=date(2023, 9, 30),
        ends=date(2024, 1, 1),
    ).then(f"| on | what | pence | quarter |\n| 2024-04-20 | claimed | 1 | {quarter} |")

    assert books.measures.claimed_pence == 1
