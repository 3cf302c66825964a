"""The texts that keys are made of, checked: what parts them is in no id, nothing is empty, and all of it fits."""

from __future__ import annotations

from typing import NamedTuple

DIGITS = 10
"""How many digits number a record."""

LAST_SEQ = 10**DIGITS - 1
"""The last record that those digits can number."""

_MOST_PK_BYTES = 2048
_MOST_SK_BYTES = 1024


class Key(NamedTuple):
    """Where an item is."""

    pk: str
    sk: str


def key_of(pk: str, sk: str) -> Key:
    """A key. Raises ValueError when DynamoDB takes no key so long."""
    for what, text, most in (("partition", pk, _MOST_PK_BYTES), ("sort", sk, _MOST_SK_BYTES)):
        size = len(text.encode())
        if size > most:
            raise ValueError(f"a {what} key of {size} bytes; {most} fit")
    return Key(pk, sk)


def padded(seq: int) -> str:
    """A record's number in digits. Raises ValueError for what numbers no record."""
    if not 1 <= seq <= LAST_SEQ:
        raise ValueError(f"record {seq}: records are numbered from 1 to {LAST_SEQ}")
    return f"{seq:0{DIGITS}}"


def present(what: str, text: str) -> str:
    """The text. Raises ValueError when it is empty, saying what it is."""
    if not text:
        raise ValueError(f"an empty {what}")
    return text


def plain(what: str, text: str) -> str:
    """The text. Raises ValueError when it is empty, or holds what parts keys."""
    if "#" in text:
        raise ValueError(f"{what} {text!r} holds a '#', which parts keys")
    return present(what, text)
