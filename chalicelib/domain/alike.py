"""Entries that are alike: of one cell, one kind, and moving the same counters. Told together, a million of them stay small.

Alike(cell="hanley-cctv#2023-24-Q3#capital", kind="payment", moved=("paid", "committed")):
    array of    42, 120000, -120000,    43, 5000, -5000        a record's number, and pence for each counter it moved
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Alike(NamedTuple):
    """What some entries of one grant have in common: their cell, their kind, and which counters they move, in this order."""

    cell: str
    kind: str
    moved: tuple[str, ...]


Entries = Mapping[Alike, "array[int]"]
"""A grant's entries: for those that are alike, one after the other, the record's number and the pence for each counter."""


def take(into: dict[Alike, array[int]], alike: Alike, seq: int, pence: tuple[int, ...]) -> None:
    """Add one entry."""
    numbers = into.get(alike)
    if numbers is None:
        numbers = into[alike] = array("q")
    numbers.append(seq)
    numbers.extend(pence)


def each(alike: Alike, numbers: array[int]) -> Iterator[tuple[int, ...]]:
    """The entries one by one: the record's number, and the pence for each counter."""
    width = 1 + len(alike.moved)
    for at in range(0, len(numbers), width):
        yield tuple(numbers[at : at + width])


def summed(alike: Alike, numbers: array[int]) -> dict[str, int]:
    """What they add to each counter together, in pence."""
    width = 1 + len(alike.moved)
    return {counter: sum(numbers[place::width]) for place, counter in enumerate(alike.moved, 1)}


def counted(alike: Alike, numbers: array[int]) -> int:
    """How many entries they are."""
    return len(numbers) // (1 + len(alike.moved))
