"""CSV cells: safe to open in a spreadsheet, quoted where they must be, the same bytes every time.

Files are RFC 4180 (commas, CRLF) in UTF-8 with a byte order mark: without it Excel takes them for the machine's old
code page and spoils every accent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_letters, digits

from chalicelib.domain.money import decimal_pounds

BOM = b"\xef\xbb\xbf"
END = "\r\n"

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?£?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?%?")
# A semicolon parts cells where the comma is the decimal sign.
_QUOTED = re.compile(r'[",;\r\n\t]|^\s|\s$')

# ASCII that neither parts cells nor begins a formula, save for a hyphen in front.
_HARMLESS = (ascii_letters + digits + " .-()/&:'#_").encode()


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
    """The texts as cells, with commas between.

    Nearly always they are cells as they stand, which one look at all of them finds out quicker than a look at each.
    """
    joined = ",".join(texts)
    if _plain(joined, len(texts) - 1) and not (",-" in joined or ", " in joined or " ," in joined):
        return joined
    return ",".join([text if _plain(text, 0) else cell(text) for text in texts])


def _plain(text: str, commas: int) -> bool:
    """Whether all of a text is harmless, but for so many commas: deleting what is harmless is ten times as quick as a pattern."""
    return text.encode().translate(None, _HARMLESS) == b"," * commas and not text.startswith(("-", " ")) and not text.endswith(" ")


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
