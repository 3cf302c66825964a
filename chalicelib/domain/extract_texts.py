"""What stands in the cells of a ledger extract: amounts, dates and names, as ledger systems and spreadsheets write them.

Each reader takes one text and gives its value, or `Wrong`: what is wrong with it and what would be right. The same few texts
stand in a column many times, so callers read each different text once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.domain.money import MoneyUnreadable, parse_pounds
from chalicelib.domain.profiles import DateOrder
from chalicelib.domain.values import Struct

# White space of any width, and what reports and their conversions leave in cells: byte order marks, zero-width spaces, daggers.
_SPACES = "".join(chr(code) for code in (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000))
_FILLERS = _SPACES + "\u200b\u2020\u2028\u2029\u2060\ufeff"

_AMOUNT_RIGHT = "an amount in pounds such as 1234.56, £1,234.56, (1,234.56) or 1,234.56-"
_NIL = frozenset({"-", "\N{EN DASH}", "£-", "£ -"})
_TRAILING = re.compile(r"(.*[0-9])\s*(-|\N{MINUS SIGN}|[Cc][Rr]|[Dd][Rr])")
_PLAIN = re.compile(r"£?(?P<whole>[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})\.(?P<pence>[0-9]{2})")
"""How nearly every amount is written. The rest takes longer to read."""

_LONG = re.compile(r"-?[0-9]{1,13}\.[0-9]{3,20}")
_NOISE = Decimal("0.0001")
"""So much of a penny may be noise: what binary numbers leave of whole pence is far less, and half a penny is no noise."""

_DATE = re.compile(r"([0-9]{1,4})[/.\- ]+([0-9]{1,2}|[A-Za-z]{3,9})[/.\-, ]+([0-9]{1,4})")
_TIME = re.compile(r"[T ]*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?")
_SERIAL = re.compile(r"([2-5][0-9]{4})(?:\.[0-9]+)?")
_DAY_NONE = date(1899, 12, 30)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEARS = range(1990, 2100)
_RUN_TOGETHER = re.compile(r"(.*?)([0-9]{2}/[0-9]{2}/[0-9]{4})(-?[0-9][0-9,]*(?:\.[0-9]{1,2})?)?")

_CLEAN = re.compile(r"[!-~]{0,40}(?: [!-~]{1,40}){0,3}")
"""What needs no cleaning: words of ASCII with single spaces between them."""

_REDACTED = re.compile(r"[^a-z]*(redact(ed|ion)?|redcated|reda?cted|name withheld|withheld|personal (data|information))\b.*")
REDACTED = "REDACTED"
"""The name of every supplier whose name was taken out, however that was written."""


class Wrong(Struct, frozen=True):
    """What is wrong with a text, and what would be right."""

    wrong: str
    right: str


def bare(text: str) -> str:
    """A text without what merely fills its cell."""
    return text.strip(_FILLERS)


def read_amount(text: str) -> int | Wrong:
    """An amount of pounds in pence: with brackets, a trailing minus, `CR` or `DR`, or the noise of a binary number."""
    if usual := _PLAIN.fullmatch(text):
        return int(usual["whole"].replace(",", "") + usual["pence"])
    plain = bare(text)
    if plain in _NIL:
        return 0
    if trailing := _TRAILING.fullmatch(plain):
        mark = trailing[2].lower()
        plain = trailing[1] if mark == "dr" else f"-{trailing[1]}"
    if _LONG.fullmatch(plain):
        pence = Decimal(plain) * 100
        whole = pence.to_integral_value()
        if abs(pence - whole) <= _NOISE:
            return int(whole)
    try:
        return parse_pounds(plain)
    except MoneyUnreadable as unreadable:
        return Wrong(unreadable.detail.partition(":")[0], _AMOUNT_RIGHT)


def read_amount_or_none(text: str) -> int | Wrong | None:
    """An amount, or None for a cell with nothing in it."""
    return read_amount(text) if bare(text) else None


def date_reader(order: DateOrder) -> Callable[[str], date | Wrong]:
    """How dates are read where days, or months, come first: `25/06/2012`, `25-JUN-12`, `2012-06-25 00:00`, `41085`."""
    right = f"a date such as {'25/06/2012' if order is DateOrder.DAY_FIRST else '06/25/2012'}, 25-Jun-2012 or 2012-06-25"

    def read(text: str) -> date | Wrong:
        plain = bare(text)
        if not plain:
            return Wrong("is empty", right)
        if _TIME.fullmatch(plain):
            return Wrong("is a time without a date", right)
        if serial := _SERIAL.fullmatch(plain):
            return _DAY_NONE + timedelta(days=int(serial[1]))
        found = _DATE.match(plain)
        if not found or not (found.end() == len(plain) or _TIME.fullmatch(plain, found.end())):
            return Wrong("is not a date", right)
        return _dated(found, order, right)

    return read


def _dated(found: re.Match[str], order: DateOrder, right: str) -> date | Wrong:
    first, middle, last = found.groups()
    if middle[:3].casefold() in _MONTHS:
        day, month, year = first, str(_MONTHS.index(middle[:3].casefold()) + 1), last
    elif len(first) == 4:
        day, month, year = last, middle, first
    elif order is DateOrder.DAY_FIRST:
        day, month, year = first, middle, last
    else:
        day, month, year = middle, first, last
    if not (day.isdigit() and month.isdigit()) or len(year) not in (2, 4):
        return Wrong("is not a date", right)
    whole = int(year) if len(year) == 4 else 2000 + int(year)
    if whole not in _YEARS:
        return Wrong(f"is in the year {whole}", right)
    try:
        return date(whole, int(month), int(day))
    except ValueError:
        return Wrong("is on no calendar", right)


def parted(text: str) -> tuple[str, str, str] | None:
    """What stands before a date, the date, and the amount after it, of `Catch2212/06/2012900`, whose delimiters were lost.

    A date has two digits of day and month and four of year, so there is one way to part them. None where nothing is to be parted.
    """
    found = _RUN_TOGETHER.fullmatch(bare(text))
    return (found[1], found[2], found[3] or "") if found and (found[1] or found[3]) else None


def read_name(text: str) -> str | Wrong:
    """A supplier's name. One that was taken out is `REDACTED`, however that was spelt."""
    plain = " ".join(bare(text).split())
    if not plain:
        return Wrong("is empty", "the supplier's name, or REDACTED")
    return REDACTED if _REDACTED.fullmatch(plain.casefold()) else plain[:200]


def read_words(text: str) -> str:
    """Words on one line, up to 200 characters."""
    return text if _CLEAN.fullmatch(text) else " ".join(bare(text).split())[:200]
