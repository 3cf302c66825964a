"""The chained record: each aggregate is a gapless sequence of records, each naming the hash of the last.

    origin <- record 1 <- record 2 <- ... <- record n = the head's hash

A record's *body* is the canonical JSON of everything but the two hashes, and it is kept as written, so
checking a chain never depends on how today's code would write it: hash = sha256(previous_hash + body).
A record's previous hash is stored once, as the hash of the record before. The first follows its aggregate's
own origin, so no chain passes for another's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.values import Struct


class Kind(StrEnum):
    """The kinds of aggregate."""

    FUND = "fund"
    ORGANISATION = "organisation"
    GRANT = "grant"
    INITIATIVE = "initiative"
    PUBLICATION = "publication"
    PUBLICATIONS = "publications"
    EXPORT = "export"
    EVIDENCE = "evidence"
    PURCHASE = "purchase"
    VARIANCE_CODE = "variance-code"
    RETURN = "return"
    REMINDER = "reminder"
    CLAIMS = "claims"
    PROFILE = "profile"
    IMPORT = "import"
    SUSPENSE = "suspense"
    DISCLOSURE = "disclosure"


class Name(Struct, frozen=True, order=True):
    """Which aggregate: its kind and its id. Prints as `grant#ssf-5-warwickshire`."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}#{self.id}"


class Link(NamedTuple):
    """A record as it is stored: its place, its canonical body, and its hash."""

    seq: int
    body: str
    hash: str


class Position(Struct, frozen=True):
    """How far a chain has come: the last record's number and hash. `START` is before the first."""

    seq: int
    hash: str


START = Position(0, "")


def hash_of(previous_hash: str, body: str) -> str:
    """The hash of a record: SHA-256, in hexadecimal, of the previous hash and the body as UTF-8."""
    return sha256((previous_hash + body).encode()).hexdigest()


def followed(name: Name, at: Position) -> str:
    """The hash that the record after a position follows: at the start the SHA-256 of the aggregate's name, as printed."""
    return at.hash if at.seq else sha256(str(name).encode()).hexdigest()


def unbroken(name: Name, links: Iterable[Link], start: Position = START) -> Iterator[Link]:
    """The same links, each checked as it passes: no gap, and every hash follows from the one before.

    Raises ChainBroken, naming the first record that does not fit.
    """
    seq, previous_hash = start.seq, followed(name, start)
    for link in links:
        if link.seq != seq + 1:
            raise ChainBroken(aggregate=str(name), seq=seq + 1, why=f"is missing: record {link.seq} follows {seq}")
        if link.hash != hash_of(previous_hash, link.body):
            raise ChainBroken(aggregate=str(name), seq=link.seq, why="does not match its hash: it or the one before was changed")
        seq, previous_hash = link.seq, link.hash
        yield link
