"""Working days: what comes after a quarter's end, over weekends and bank holidays."""

from datetime import date

import pytest

from chalicelib.domain.working_days import working_day_after

EASTER = {date(2024, 3, 29), date(2024, 4, 1)}


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2023, 12, 29), 1, date(2024, 1, 1)),  # a Friday, and no holidays given
        (date(2024, 3, 28), 1, date(2024, 4, 2)),
        (date(2024, 3, 31), 0, date(2024, 3, 31)),
        (date(2024, 3, 31), 10, date(2024, 4, 15)),
        (date(2024, 4, 2), -1, date(2024, 3, 28)),
        (date(2024, 4, 1), -2, date(2024, 3, 27)),
    ],
)
def test_weekends_and_bank_holidays_do_not_count(day: date, count: int, found: date) -> None:
    assert working_day_after(day, count, EASTER.__contains__) == found
