"""CSV cells: safe to open in a spreadsheet, quoted where they must be, the same bytes every time.

Files are RFC 4180 (commas, CRLF) in UTF-8 with a byte order mark: without it Excel takes them for the machine's old
code page and shows `Â£`.
"""

from __future__ import annotations

import re

from chalicelib.domain.money import decimal_pounds

BOM = b"\xef\xbb\xbf"
END = "\r\n"

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?£?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?%?")
# A semicolon parts cells where the comma is the decimal sign.
_QUOTED = re.compile(r'[",;\r\n\t]|^\s|\s$')
_MOST_KEPT = 20_000

is_plain = re.compile(r'(?:[A-Za-z0-9][^",;\r\n\t]*(?<!\s))?').fullmatch
"""Whether a text is a cell as it stands: nearly all are, and this is the quickest way to know it."""


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


def line(*texts: str) -> str:
    """A row of these texts, with its end."""
    return ",".join(map(cell, texts)) + END


class Texts(dict[str, str]):
    """Cells by their text. Suppliers, people and reasons come again and again; what was made last is kept."""

    def __missing__(self, text: str) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        made = self[text] = cell(text)
        return made


class Pounds(dict[int | None, str]):
    """Cells by their pence: a plain decimal of pounds, `-1234.56`, or nothing for None."""

    def __missing__(self, pence: int | None) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        if pence is None:
            made = ""
        elif pence < 0:
            made = decimal_pounds(pence)
        else:
            made = "%d.%02d" % divmod(pence, 100)  # as `decimal_pounds` writes it, at a third of the time
        self[pence] = made
        return made
