"""Working days: neither Saturday, Sunday nor a bank holiday. Which days are bank holidays is an argument."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

_FRIDAY = 4


def working_day_after(day: date, count: int, is_holiday: Callable[[date], bool]) -> date:
    """The working day that is so many working days after a day, before it where `count` is negative; the day itself when that is none."""
    step = timedelta(days=1 if count > 0 else -1)
    found = day
    left = abs(count)
    while left > 0:
        found += step
        left -= found.weekday() <= _FRIDAY and not is_holiday(found)
    return found
