"""Bank holidays: the table is what the library says, for every year it has."""

from datetime import date

import pytest
from holidays import country_holidays

from chalicelib.domain.bank_holidays import YEARS, is_bank_holiday
from chalicelib.domain.periods import FinancialYear


@pytest.mark.parametrize("year", YEARS)
def test_the_table_is_what_the_library_says(year: int) -> None:
    said = {day for day in country_holidays("GB", subdiv="ENG", years=year) if day.year == year}
    days = {date.fromordinal(each) for each in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())}

    assert {day for day in days if is_bank_holiday(day)} == said


def test_a_day_that_was_proclaimed_is_there() -> None:
    assert is_bank_holiday(date(2022, 9, 19))
    assert not is_bank_holiday(date(2023, 9, 19))


def test_a_year_that_is_not_in_the_table_is_not_taken_for_one_without_holidays() -> None:
    assert (YEARS[0], YEARS[-1]) == (2015, 2050)
    with pytest.raises(KeyError):
        is_bank_holiday(FinancialYear(2051).first_day)
