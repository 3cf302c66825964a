"""Names that people give to files: hostile until they have been looked at.

A name is shown to others, sent in a header and saved by a browser on somebody's disk. So it is letters, digits and a
few marks of any script, and nothing that a folder, a header, a terminal or an operating system takes for more than that.
"""

from __future__ import annotations

from string import ascii_letters, digits
from unicodedata import category, normalize

LONGEST_BYTES = 200
"""Of the name in UTF-8: file systems take 255, and whoever saves it may add to it."""

_MARKS = " ._-()&,+'"
_IN_ASCII = frozenset(ascii_letters + digits + " ._-()")
_RIGHT = "use letters, digits, spaces and . _ - ( ) & , + '"
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))})


def composed(name: str) -> str:
    """The name with each accent and its letter as one character, as it is kept: systems send them either way."""
    return normalize("NFC", name)


def problem_with(name: str) -> str | None:
    """What is wrong with a file's name and what would be right, or None where it may be used."""
    if not 1 <= len(name.encode(errors="replace")) <= LONGEST_BYTES:
        return f"must have 1 to {LONGEST_BYTES} bytes in UTF-8"
    # A look-alike of a slash or a full stop becomes one when a system simplifies the name.
    simplified = normalize("NFKC", name)
    for character in name + simplified:
        if not (category(character)[0] in "LMN" or character in _MARKS):
            return f"may not hold {_shown(character)}: {_RIGHT}"
    if category(name[0])[0] not in "LN" and name[0] not in "_-":
        return "must begin with a letter, a digit, _ or -"
    if simplified.endswith((" ", ".")):
        return "must not end with a space or a full stop"
    if simplified.partition(".")[0].strip().casefold() in _RESERVED:
        return "must not be what Windows calls a device, such as CON or COM1"
    return None


def in_ascii(name: str) -> str:
    """The name for programs that know ASCII only: accents taken off, everything else as an underscore."""
    apart = (character for character in normalize("NFKD", name) if category(character)[0] != "M")
    return "".join(character if character in _IN_ASCII else "_" for character in apart)


def _shown(character: str) -> str:
    """A character so that it can be named without being let loose."""
    return character if character.isascii() and character.isprintable() else f"the character U+{ord(character):04X}"
