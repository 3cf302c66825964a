"""How figures and dates are written for people."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.money import pounds
from chalicelib.domain.variations import Basis

WITHHELD = "Not published"
"""What stands where an initiative withholds a field."""

_MARKS = {Basis.EXACT: "", Basis.ROUNDED: "about ", Basis.LOWER_BOUND: "at least "}


def money(pence: int) -> str:
    """Pence in words of a page: `£1,234.56`, and with a true minus sign below nothing."""
    return pounds(pence).replace("-", "\N{MINUS SIGN}")


def marked(pence: int, basis: Basis) -> str:
    """An award with what is known of it: `at least £1,000,000.00`."""
    return _MARKS[basis] + money(pence)


def change(pence: int) -> str:
    """A change with its sign: `+£100.00`, or `£0.00`."""
    return f"+{money(pence)}" if pence > 0 else money(pence)


def day(on: date) -> str:
    """A date: `1 November 2023`."""
    return f"{on.day} {on:%B %Y}"


def kilobytes(size: int) -> str:
    """A file's size: `12 KB`, rounded up."""
    return f"{-(-size // 1000):,} KB"


def counted(number: int, one: str) -> str:
    """A number of things: `1 record`, `2,000 records`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"
