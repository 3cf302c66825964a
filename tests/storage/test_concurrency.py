"""Eight writers at once on a real server: no penny lost or made, no gap, every request once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random

import pytest

from chalicelib.storage.dynamo import DynamoStore
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Store
from tests.storage.posting import REFUSED, check, grant, pay

WRITERS = 8


@pytest.fixture(params=["memory", "dynamo"])
def shared(request: pytest.FixtureRequest) -> Store:
    """A store that several threads may share; moto's cannot be."""
    if request.param == "memory":
        return MemoryStore()
    made: DynamoStore = request.getfixturevalue("dynamo")
    return made


def at_once(tasks: Sequence[Callable[[], str]]) -> list[str]:
    """What each task gives, with eight running at a time."""
    with ThreadPoolExecutor(WRITERS) as writers:
        return [task.result() for task in [writers.submit(task) for task in tasks]]


def test_payments_from_shared_grants_all_count_once(shared: Store) -> None:
    random = Random(20231002)
    pence = {f"key-{number}": random.randint(-50_000, 100_000) for number in range(80)}
    grants = {key: tuple(grant(n) for n in random.sample(range(3), k=random.choice((1, 1, 2)))) for key in pence}
    # Every request is sent twice, close together, as by a browser that lost the first answer.
    tasks = [partial(pay, shared, key, pence[key], grants[key]) for key in pence for _ in range(2)]

    answers = at_once(tasks)

    assert answers[::2] == answers[1::2]
    paid = {number: check(shared, grant(number)) for number in range(3)}
    assert paid == {n: {key: pence[key] for key in pence if grant(n) in grants[key]} for n in range(3)}


def test_an_allocation_is_never_exceeded(shared: Store) -> None:
    tasks = [partial(pay, shared, f"key-{number}", 100, (grant(1),), allocated=2_250) for number in range(60)]

    answers = at_once(tasks)

    assert sum(check(shared, grant(1)).values()) == 2_200
    assert answers.count(REFUSED) == 38
