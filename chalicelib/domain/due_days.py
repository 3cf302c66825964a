"""The day by which something about a quarter is due: so many working days after the quarter, as the office has set it."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.bank_holidays import YEARS, is_bank_holiday
from chalicelib.domain.periods import Quarter
from chalicelib.domain.working_days import working_day_after


def due_after(quarter: Quarter, days: int | None) -> date | None:
    """That day. None where the office has not said how many, or the bank holidays are not known."""
    # A thousand working days are less than five years.
    if days is None or quarter.last_day.year not in YEARS[:-5]:
        return None
    return working_day_after(quarter.last_day, days, is_bank_holiday)
