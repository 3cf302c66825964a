"""Measuring two ways of doing the same, side by side on a machine that others use too."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

from chalicelib.domain.values import Struct

A = TypeVar("A")
B = TypeVar("B")


class AnswersDiffer(Exception):
    """The two ways did not come to the same answer, so comparing their costs means nothing."""


class Cost(Struct, frozen=True):
    """Seconds by the clock, and seconds of this process's CPU (the embedded DynamoDB's own are not in it)."""

    wall: float
    cpu: float

    def best(self, other: Cost) -> Cost:
        """The lower of each."""
        return Cost(min(self.wall, other.wall), min(self.cpu, other.cpu))


class Pair(Struct, frozen=True):
    """What our way and the conventional one cost."""

    ours: Cost
    theirs: Cost


NOTHING_YET = Cost(float("inf"), float("inf"))


def timed(act: Callable[[], A]) -> tuple[A, Cost]:
    """What an act answers, and what it cost."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    answer = act()
    return answer, Cost(time.perf_counter() - wall, time.process_time() - cpu)


def side_by_side(ours: Callable[[], A], theirs: Callable[[], B], same: Callable[[A, B], bool], *, rounds: int) -> Pair:
    """The best of several rounds of each, taken in turn so that a busy moment meets both. Raises AnswersDiffer."""
    best = Pair(NOTHING_YET, NOTHING_YET)
    for _ in range(rounds):
        our_answer, our_cost = timed(ours)
        their_answer, their_cost = timed(theirs)
        if not same(our_answer, their_answer):
            raise AnswersDiffer
        best = Pair(best.ours.best(our_cost), best.theirs.best(their_cost))
    return best


def rounds_for(entries: int) -> int:
    """How many rounds a ledger of this length is given: one that is there to be tried gets one, so does one that takes minutes to read."""
    if entries < 1_000 or entries > 200_000:
        return 1
    return 3 if entries > 20_000 else 5
