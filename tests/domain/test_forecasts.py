"""Forecasts: what the ledger says beside them, and how good they were."""

from datetime import date

import pytest

from chalicelib.domain.forecasts import Funding, accuracy, cells_of, funding
from chalicelib.domain.periods import Quarter
from chalicelib.domain.return_reports import Forecast
from chalicelib.domain.values import replace
from tests.domain.ledger_tables import ledger

BALANCES = (
    ("ssf-4", "lighting#2023-24#capital", {"allocated": 600_000}),
    ("ssf-4", "lighting#2023-24-Q1#capital", {"paid": 50_000, "corrected": -1_000}),
    ("ssf-4", "lighting#2023-24-Q2#capital", {"paid": 70_000, "refunded": 500}),
    ("ssf-5", "lighting#2023-24-Q2#revenue", {"paid": 10_000, "committed": 99}),
    ("ssf-5", "cctv#2023-24-Q2#revenue", {"paid": 77_777}),
    ("swan", "lighting#2023-24#revenue", {"allocated": 0}),
    ("swan", "-#2023-24#revenue", {"awarded": 5}),
)


def test_an_initiatives_money_is_that_of_all_its_grants() -> None:
    cells = cells_of(BALANCES, "lighting")

    assert list(cells) == ["ssf-4", "ssf-5"], "a grant that took its money back pays for nothing"
    assert funding(cells, ()).spent == {"2023-24-Q1": 49_000, "2023-24-Q2": 79_500}


@pytest.mark.parametrize(
    ("quarter", "spent"), [("2022-23-Q4", 0), ("2023-24-Q1", 49_000), ("2023-24-Q2", 128_500), ("2024-25-Q1", 128_500)]
)
def test_spend_to_date_ends_with_the_quarter(quarter: str, spent: int) -> None:
    assert funding(cells_of(BALANCES, "lighting"), ()).spent_to(Quarter.parse(quarter)) == spent


def test_a_forecast_is_wanted_until_the_last_grant_ends() -> None:
    books = ledger("""
        | on         | what  | pence   |
        | 2023-04-03 | award | 1000000 |
    """)
    early, late = replace(books.grant, ends=date(2023, 12, 31)), replace(books.grant, ends=date(2024, 5, 1))

    found = funding({}, (early, late)).remaining(Quarter.parse("2023-24-Q2"))

    assert found == ("2023-24-Q3", "2023-24-Q4", "2024-25-Q1")


@pytest.mark.parametrize("ends", [None, date(2023, 9, 30), date(2023, 1, 1)])
def test_no_forecast_is_wanted_where_no_grant_pays_any_more(ends: date | None) -> None:
    assert Funding(spent={}, ends=ends).remaining(Quarter.parse("2023-24-Q2")) == ()


def test_a_grant_may_end_with_the_calendar() -> None:
    assert Funding(spent={}, ends=date.max).remaining(Quarter.parse("9997-98-Q4"))[-1] == "9998-99-Q4"


def test_a_forecasts_accuracy_is_what_was_spent_less_what_was_forecast() -> None:
    ledger = Funding(spent={"2023-24-Q3": 250_000}, ends=None)
    set_then = (Forecast(quarter="2023-24-Q3", amount_pence=300_000), Forecast(quarter="2023-24-Q4", amount_pence=0))

    rows = accuracy("lighting.2023-24-Q2", set_then, ledger)

    assert [(row.quarter, row.forecast_pence, row.spent_pence, row.difference_pence) for row in rows] == [
        ("2023-24-Q3", 300_000, 250_000, -50_000),
        ("2023-24-Q4", 0, 0, 0),
    ]
