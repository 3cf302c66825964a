"""Periods: the financial year and its quarters, decided in London."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.periods import (
    FinancialYear,
    InstantNotDay,
    InstantWithoutZone,
    PeriodUnreadable,
    Quarter,
    london_date,
)

YEARS = st.builds(FinancialYear, st.integers(min_value=1, max_value=9998))
QUARTERS = st.builds(Quarter, YEARS, st.integers(min_value=1, max_value=4))
DAYS = st.dates(min_value=date(1, 4, 1), max_value=date(9999, 3, 31))


@pytest.mark.parametrize(
    ("start", "written", "first_day", "last_day"),
    [
        (2023, "2023-24", date(2023, 4, 1), date(2024, 3, 31)),
        (1999, "1999-00", date(1999, 4, 1), date(2000, 3, 31)),
        (2008, "2008-09", date(2008, 4, 1), date(2009, 3, 31)),
        (2099, "2099-00", date(2099, 4, 1), date(2100, 3, 31)),
    ],
)
def test_a_financial_year_runs_from_april_to_march(start: int, written: str, first_day: date, last_day: date) -> None:
    year = FinancialYear(start)

    assert str(year) == written
    assert FinancialYear.parse(written) == year
    assert (year.first_day, year.last_day) == (first_day, last_day)


@pytest.mark.parametrize(
    ("number", "written", "words", "first_day", "last_day"),
    [
        (1, "2023-24-Q1", "2023-24 Q1", date(2023, 4, 1), date(2023, 6, 30)),
        (2, "2023-24-Q2", "2023-24 Q2", date(2023, 7, 1), date(2023, 9, 30)),
        (3, "2023-24-Q3", "2023-24 Q3", date(2023, 10, 1), date(2023, 12, 31)),
        (4, "2023-24-Q4", "2023-24 Q4", date(2024, 1, 1), date(2024, 3, 31)),
    ],
)
def test_a_quarter_is_three_months_of_its_financial_year(number: int, written: str, words: str, first_day: date, last_day: date) -> None:
    quarter = Quarter(FinancialYear(2023), number)

    assert str(quarter) == written
    assert quarter.words == words
    assert Quarter.parse(written) == quarter
    assert (quarter.first_day, quarter.last_day) == (first_day, last_day)
    assert quarter == FinancialYear(2023).quarters()[number - 1]


@pytest.mark.parametrize(
    ("instant", "day", "quarter"),
    [
        # Summer time begins on the last Sunday of March, so 23:30 UTC is half past midnight.
        (datetime(2024, 3, 31, 23, 30, tzinfo=UTC), date(2024, 4, 1), "2024-25-Q1"),
        (datetime(2023, 3, 31, 23, 30, tzinfo=UTC), date(2023, 4, 1), "2023-24-Q1"),
        (datetime(2024, 3, 31, 22, 59, 59, tzinfo=UTC), date(2024, 3, 31), "2023-24-Q4"),
        (datetime(2023, 6, 30, 23, 30, tzinfo=UTC), date(2023, 7, 1), "2023-24-Q2"),
        (datetime(2023, 9, 30, 23, 30, tzinfo=UTC), date(2023, 10, 1), "2023-24-Q3"),
        # In winter London keeps UTC.
        (datetime(2023, 12, 31, 23, 30, tzinfo=UTC), date(2023, 12, 31), "2023-24-Q3"),
        (datetime(2024, 1, 1, 0, 0, tzinfo=UTC), date(2024, 1, 1), "2023-24-Q4"),
        # The evening before the clocks go forward is still in winter.
        (datetime(2024, 3, 30, 23, 30, tzinfo=UTC), date(2024, 3, 30), "2023-24-Q4"),
        (
            datetime(2024, 4, 1, 9, 0, tzinfo=timezone(timedelta(hours=14))),
            date(2024, 3, 31),
            "2023-24-Q4",
        ),
    ],
)
def test_an_instant_belongs_to_the_day_and_quarter_it_falls_in_in_london(instant: datetime, day: date, quarter: str) -> None:
    assert london_date(instant) == day
    assert Quarter.of(london_date(instant)) == Quarter.parse(quarter)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    naive = datetime(2024, 3, 31, 23, 30, tzinfo=UTC).replace(tzinfo=None)

    with pytest.raises(InstantWithoutZone, match="2024-03-31T23:30:00 has no time zone") as refusal:
        london_date(naive)
    assert refusal.value.instant is naive


def test_an_instant_is_not_taken_for_a_day() -> None:
    instant = datetime(2024, 3, 31, 23, 30, tzinfo=UTC)

    with pytest.raises(InstantNotDay, match="give london_date of it"):
        Quarter.of(instant)
    with pytest.raises(InstantNotDay) as refusal:
        FinancialYear.of(instant)
    assert refusal.value.instant is instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023",
        "2023-2024",
        "2023/24",
        "2023-25",
        "2023-23",
        "23-24",
        " 2023-24",
        "2023-24\n",
        "2023-24-Q1",
        "1999-100",
        "0000-01",
        "9999-00",
        "\N{ARABIC-INDIC DIGIT TWO}023-24",
    ],
)
def test_a_financial_year_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(PeriodUnreadable, match="write a financial year such as 2023-24"):
        FinancialYear.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "2023-24", "2023-24 Q1", "2023-24-Q0", "2023-24-Q5", "2023-24-q1", "2023-24-Q1\n", "Q1"],
)
def test_a_quarter_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(PeriodUnreadable, match="write a quarter from 2023-24-Q1") as refusal:
        Quarter.parse(text)

    assert refusal.value.text == text


def test_a_quarter_of_a_year_that_does_not_follow_on_is_refused() -> None:
    with pytest.raises(PeriodUnreadable) as refusal:
        Quarter.parse("2023-25-Q1")

    assert str(refusal.value) == ("'2023-25' does not end in the year after it starts: write a financial year such as 2023-24")


@pytest.mark.parametrize("text", [2023, None, True, b"2023-24", ["2023-24"]])
def test_what_is_not_text_is_not_read_as_a_period(text: object) -> None:
    with pytest.raises(PeriodUnreadable):
        FinancialYear.parse(cast("str", text))
    with pytest.raises(PeriodUnreadable):
        Quarter.parse(cast("str", text))


@pytest.mark.parametrize("start", [0, 9999, True, 2023.0, "2023"])
def test_a_financial_year_that_cannot_be_is_refused(start: object) -> None:
    with pytest.raises(PeriodUnreadable, match="does not start a financial year"):
        FinancialYear(cast("int", start))


@pytest.mark.parametrize("number", [0, 5, True, 1.0, "1"])
def test_a_quarter_that_cannot_be_is_refused(number: object) -> None:
    with pytest.raises(PeriodUnreadable, match="is not the number of a quarter"):
        Quarter(FinancialYear(2023), cast("int", number))


def test_the_next_quarter_crosses_into_the_next_financial_year() -> None:
    assert Quarter.parse("2023-24-Q3").next() == Quarter.parse("2023-24-Q4")
    assert Quarter.parse("2023-24-Q4").next() == Quarter.parse("2024-25-Q1")


def test_the_previous_quarter_crosses_into_the_financial_year_before() -> None:
    assert Quarter.parse("2023-24-Q4").previous() == Quarter.parse("2023-24-Q3")
    assert Quarter.parse("2024-25-Q1").previous() == Quarter.parse("2023-24-Q4")


def test_periods_sort_by_time() -> None:
    years = [FinancialYear.parse(text) for text in ("2000-01", "1999-00", "2023-24")]
    quarters = [Quarter.parse(text) for text in ("2024-25-Q1", "2023-24-Q4", "2023-24-Q2")]

    assert [str(year) for year in sorted(years)] == ["1999-00", "2000-01", "2023-24"]
    assert [str(each) for each in sorted(quarters)] == ["2023-24-Q2", "2023-24-Q4", "2024-25-Q1"]


@given(YEARS)
def test_a_financial_year_is_read_back_as_it_is_written(year: FinancialYear) -> None:
    assert FinancialYear.parse(str(year)) == year


@given(QUARTERS)
def test_a_quarter_is_read_back_as_it_is_written(quarter: Quarter) -> None:
    assert Quarter.parse(str(quarter)) == quarter


@given(DAYS)
def test_a_day_lies_in_its_quarter_and_its_quarter_in_its_year(day: date) -> None:
    quarter, year = Quarter.of(day), FinancialYear.of(day)

    assert quarter.first_day <= day <= quarter.last_day
    assert quarter.year == year
    assert quarter in year.quarters()


@given(QUARTERS.filter(lambda quarter: quarter < Quarter(FinancialYear(9998), 4)))
def test_quarters_follow_one_another_without_a_gap(quarter: Quarter) -> None:
    assert quarter.next().first_day - quarter.last_day == timedelta(days=1)
    assert quarter < quarter.next()
    assert quarter.next().previous() == quarter
