"""How far a preview or a commit has come, for whoever waits for it: told by its stages, now and then and never for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import count
from typing import TypeVar

T = TypeVar("T")


class Stage(StrEnum):
    """What a preview or a commit goes through, in words that follow a number. A preview leaves out what there is nothing of."""

    BYTES = "bytes read"
    ROWS = "rows read"
    TOGETHER = "parts of documents put together"
    LOOKED_UP = "documents looked up"
    RECORDS = "records of the ledger read"
    ENTRIES = "entries looked up"
    COMPARED = "documents compared"
    POSTED = "documents"


Progress = Callable[[Stage, int, int], None]
"""Told at which stage it is, how much of that is done, and of how much in all: 0 where that is not known."""

NOW_AND_THEN = 1_000
"""Of so many things that go by singly, one is told of."""


def untold(_stage: Stage, _done: int, _of: int) -> None:
    """Progress that nobody is told of."""


def told(things: Iterable[T], progress: Progress, stage: Stage, of: int = 0, numbers: Iterator[int] | None = None) -> Iterator[T]:
    """The same things, told of now and then as they are taken, and at their end. `numbers` go on from those of other things."""
    done = 0
    for each, done in zip(things, count(1) if numbers is None else numbers, strict=False):
        yield each
        if done % NOW_AND_THEN == 0:
            progress(stage, done, of)
    if done % NOW_AND_THEN:
        progress(stage, done, of)
