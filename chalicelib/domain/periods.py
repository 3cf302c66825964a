"""Financial years and quarters, in London.

A financial year runs from 1 April to 31 March and is written `2023-24`. Its quarters are written
`2023-24-Q1` (April to June) to `2023-24-Q4` (January to March). A day belongs to exactly one of
each; an instant belongs to the day it falls on in London, which `london_date` alone decides.
"""

import re
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from functools import lru_cache
from typing import Self

from chalicelib.domain.errors import Unreadable
from chalicelib.domain.values import Struct

_YEAR_TEXT = re.compile(r"([0-9]{4})-([0-9]{2})")
_QUARTER_TEXT = re.compile(r"([0-9]{4}-[0-9]{2})-Q([1-4])")
_YEAR_RIGHT = "write a financial year such as 2023-24"
_QUARTER_RIGHT = "write a quarter from 2023-24-Q1 (April to June) to 2023-24-Q4 (January to March)"


class PeriodUnreadable(Unreadable):
    """The text is not a financial year or a quarter."""

    def __init__(self, *, text: str, detail: str) -> None:
        super().__init__()
        self.text = text
        self.why = detail

    @property
    def detail(self) -> str:
        """What is wrong with the text, and what would be right."""
        return f"{self.text!r} {self.why}"


class InstantWithoutZone(ValueError):
    """The instant does not say which time zone its clock was in."""

    def __init__(self, instant: datetime) -> None:
        super().__init__(f"{instant.isoformat()} has no time zone: give an instant such as in UTC")
        self.instant = instant


class InstantNotDay(TypeError):
    """An instant was given where a day is needed; `london_date` says which day it falls on."""

    def __init__(self, instant: datetime) -> None:
        super().__init__(f"{instant.isoformat()} is an instant: give london_date of it")
        self.instant = instant


def london_date(instant: datetime) -> date:
    """Say which day it is in London at an instant; raise `InstantWithoutZone` for a naive one."""
    if instant.utcoffset() is None:
        raise InstantWithoutZone(instant)
    # Here, as finding and reading the zone's file is no work for a cold start; ZoneInfo keeps it.
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return instant.astimezone(ZoneInfo("Europe/London")).date()


class FinancialYear(Struct, frozen=True, order=True):
    """The twelve months from 1 April of the year `start`."""

    start: int

    def __post_init__(self) -> None:
        if type(self.start) is not int or not MINYEAR <= self.start < MAXYEAR:
            raise PeriodUnreadable(text=repr(self.start), detail=f"does not start a financial year: {_YEAR_RIGHT}")

    @classmethod
    def parse(cls, text: str) -> "FinancialYear":
        """Read `2023-24`; raise `PeriodUnreadable` for anything else."""
        return _year_written(_text(text, _YEAR_RIGHT))

    @classmethod
    def of(cls, day: date) -> Self:
        """Find the financial year of a day."""
        return cls(_day(day).year - (day.month < 4))

    @property
    def first_day(self) -> date:
        """Its 1 April."""
        return date(self.start, 4, 1)

    @property
    def last_day(self) -> date:
        """Its 31 March, which belongs to it."""
        return date(self.start + 1, 3, 31)

    def quarters(self) -> tuple["Quarter", "Quarter", "Quarter", "Quarter"]:
        """Give its four quarters, in order."""
        return Quarter(self, 1), Quarter(self, 2), Quarter(self, 3), Quarter(self, 4)

    def __str__(self) -> str:
        return f"{self.start:04}-{(self.start + 1) % 100:02}"


class Quarter(Struct, frozen=True, order=True):
    """Three months of a financial year: `number` 1 is April to June, 4 is January to March."""

    year: FinancialYear
    number: int

    def __post_init__(self) -> None:
        if type(self.number) is not int or not 1 <= self.number <= 4:
            raise PeriodUnreadable(text=repr(self.number), detail=f"is not the number of a quarter: {_QUARTER_RIGHT}")

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read `2023-24-Q1`; raise `PeriodUnreadable` for anything else."""
        return _quarter_written(_text(text, _QUARTER_RIGHT))

    @classmethod
    def of(cls, day: date) -> Self:
        """Find the quarter of a day."""
        return cls(FinancialYear.of(day), (day.month - 4) % 12 // 3 + 1)

    @property
    def first_day(self) -> date:
        """The first day of its first month."""
        if self.number == 4:
            return date(self.year.start + 1, 1, 1)
        return date(self.year.start, self.number * 3 + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day of its third month, which belongs to it."""
        if self.number == 4:
            return self.year.last_day
        return Quarter(self.year, self.number + 1).first_day - timedelta(days=1)

    @property
    def words(self) -> str:
        """Write it for people: `2023-24 Q1`."""
        return f"{self.year} Q{self.number}"

    def next(self) -> "Quarter":
        """Give the quarter that follows."""
        if self.number == 4:
            return Quarter(FinancialYear(self.year.start + 1), 1)
        return Quarter(self.year, self.number + 1)

    def previous(self) -> "Quarter":
        """Give the quarter before."""
        if self.number == 1:
            return Quarter(FinancialYear(self.year.start - 1), 4)
        return Quarter(self.year, self.number - 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def _day(day: date) -> date:
    # A datetime is a date to Python, and its own day is not always the day in London.
    if isinstance(day, datetime):
        raise InstantNotDay(day)
    return day


def _text(given: str, right: str) -> str:
    if not isinstance(given, str):
        raise PeriodUnreadable(text=repr(given), detail=f"is {type(given).__name__}, not text: {right}")
    return given


# A fold over a ledger reads the same few periods from every entry, so each text is read once.
@lru_cache(maxsize=1024)
def _year_written(text: str) -> FinancialYear:
    read = _YEAR_TEXT.fullmatch(text)
    if read is None:
        raise PeriodUnreadable(text=text, detail=f"is not a financial year: {_YEAR_RIGHT}")
    start, end = int(read[1]), int(read[2])
    if end != (start + 1) % 100:
        raise PeriodUnreadable(text=text, detail=f"does not end in the year after it starts: {_YEAR_RIGHT}")
    return FinancialYear(start)


@lru_cache(maxsize=1024)
def _quarter_written(text: str) -> Quarter:
    read = _QUARTER_TEXT.fullmatch(text)
    if read is None:
        raise PeriodUnreadable(text=text, detail=f"is not a quarter: {_QUARTER_RIGHT}")
    return Quarter(_year_written(read[1]), int(read[2]))
