"""What publications are called: by their day, and their number on that day."""

from __future__ import annotations

from datetime import date


def next_id(on: date, begun: int) -> str:
    """The id of the next publication of a day on which so many were begun: the day, and a number from 1."""
    return f"{on}-{begun + 1}"


def place_of(publication_id: str) -> tuple[date, int]:
    """A publication's day and its number on that day: the order of publications, which the text of an id is not.

    `2024-04-01-10` comes after `2024-04-01-9`. Raises ValueError for what is no publication's id.
    """
    day, _, number = publication_id.rpartition("-")
    place = (date.fromisoformat(day), int(number))
    if f"{place[0]}-{place[1]}" != publication_id:
        raise ValueError(f"{publication_id!r} is not a publication's id")
    return place
