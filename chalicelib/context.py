"""The ambient facts of one request, built at the edge and passed down: the only place that asks the clock."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from chalicelib.domain.people import Actor
from chalicelib.domain.values import Struct
from chalicelib.settings import Settings
from chalicelib.storage.objects import Objects
from chalicelib.storage.store import RequestKey, Store
from chalicelib.storage.workshop import Workshop


class Once(Struct, frozen=True, kw_only=True):
    """A request that must happen once: its key, a SHA-256 of what was asked, and how its result becomes the answer's body."""

    request: RequestKey
    fingerprint: str
    answer: Callable[[object], str]


class Context(Struct, frozen=True, kw_only=True):
    """Who asks, when, with which stores.

    `expected_version` is the caller's If-Match, where there is one. `pause` waits a moment that grows
    with the attempt, at random, so that rivals for one head do not meet again. `workshop` is where what is too much for one run is made
    in parts, if anywhere.
    """

    actor: Actor
    now: datetime
    request_id: str
    store: Store
    objects: Objects
    settings: Settings
    new_id: Callable[[], str]
    pause: Callable[[int], None]
    once: Once | None = None
    expected_version: str | None = None
    workshop: Workshop | None = None


def the_time() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def random_id() -> str:
    """A new random id of 32 hexadecimal digits."""
    return uuid.uuid4().hex


def wait_a_moment(attempt: int) -> None:
    """Sleep up to 10, 20, 40 ... 320 milliseconds, at random."""
    time.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 5)))  # noqa: S311  jitter is not a secret
