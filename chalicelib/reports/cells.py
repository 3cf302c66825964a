"""CSV cells: safe to open in a spreadsheet, quoted where they must be, the same bytes every time.

Files are RFC 4180 (commas, CRLF) in UTF-8 with a byte order mark: without it Excel takes them for the machine's old
code page and spoils every accent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from chalicelib.domain.money import decimal_pounds

BOM = b"\xef\xbb\xbf"
END = "\r\n"

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?£?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?%?")
# A semicolon parts cells where the comma is the decimal sign.
_QUOTED = re.compile(r'[",;\r\n\t]|^\s|\s$')

_PLAIN = r'(?:[A-Za-z0-9][^",;\r\n\t]*(?<!\s))?'
# A comma in one of the texts makes more cells than there are texts, and the match fails.
_all_plain = {number: re.compile(",".join([_PLAIN] * number)).fullmatch for number in range(1, 9)}


def defused(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet would take it for a formula.

    Plain numbers stay numbers, below nothing too: `-1,234.56`.
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def cell(text: str) -> str:
    """A text as one cell: defused, and quoted where it must be."""
    safe = defused(text)
    return '"' + safe.replace('"', '""') + '"' if _QUOTED.search(safe) else safe


def cells(texts: tuple[str, ...]) -> str:
    """Up to eight texts as cells, with commas between.

    Nearly always they are cells as they stand, which one look at all of them finds out quicker than a look at each.
    """
    joined = ",".join(texts)
    return joined if _all_plain[len(texts)](joined) else ",".join(map(cell, texts))


def line(texts: Iterable[str]) -> str:
    """A row of these texts, with its end."""
    return ",".join(map(cell, texts)) + END


def pounds(pence: int | None) -> str:
    """Pence as a cell: a plain decimal of pounds, `-1234.56`, or nothing for None."""
    if pence is None:
        return ""
    if pence < 100:
        return decimal_pounds(pence)
    # What `decimal_pounds` writes, in a third of the time.
    digits = str(pence)
    return f"{digits[:-2]}.{digits[-2:]}"
