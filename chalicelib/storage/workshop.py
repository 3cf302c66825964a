"""Where what is too much for one run is made in parts: a place for the pieces, which is cleared after days, and a queue for the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol, TypedDict, cast

from chalicelib.domain.values import Struct
from chalicelib.storage.objects import Objects

_AT_ONCE = 10
"""How many messages SQS takes in one request."""


class MessagesRefused(Exception):
    """The queue did not take every message; this says why. The others may be on their way."""


class Queue(Protocol):
    """Whoever hands work on."""

    def send(self, messages: Sequence[str]) -> None:
        """Hand messages on: each comes at least once, in any order. Raises MessagesRefused, and what the service raises."""
        ...


class Workshop(Struct, frozen=True):
    """A place for pieces, and the queue from which workers take what they are to make."""

    pieces: Objects
    queue: Queue


class Refused(TypedDict):
    """What is used of SQS's answer about a message that it did not take."""

    Code: str


class QueueClient(Protocol):
    """The call made of botocore's SQS client, which makes its methods at run time and so has no types of its own."""

    def send_message_batch(self, **request: object) -> Mapping[str, Sequence[Refused]]: ...


def queue_client(*, region: str) -> QueueClient:
    """A client. What is sent twice for want of an answer comes twice, which is no matter."""
    from botocore.config import Config  # noqa: PLC0415  it takes a quarter of a second to import, and few runs send

    from chalicelib.storage.sessions import new_session  # noqa: PLC0415

    config = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=2, read_timeout=20)
    return cast("QueueClient", new_session().create_client("sqs", region, config=config))


def queue_client_on_first_use(*, region: str) -> QueueClient:
    """The same, made when the first messages are sent: most runs send none."""
    return _Later(cache(lambda: queue_client(region=region)))


class _Later(Struct, frozen=True):
    client: Callable[[], QueueClient]

    def send_message_batch(self, **request: object) -> Mapping[str, Sequence[Refused]]:
        return self.client().send_message_batch(**request)


class SqsQueue(Struct, frozen=True):
    """A queue of Amazon SQS; see `Queue`."""

    client: QueueClient
    url: str

    def send(self, messages: Sequence[str]) -> None:
        """Send messages, ten at a time. Raises MessagesRefused."""
        for start in range(0, len(messages), _AT_ONCE):
            some = messages[start : start + _AT_ONCE]
            entries = [{"Id": str(number), "MessageBody": message} for number, message in enumerate(some)]
            refused = self.client.send_message_batch(QueueUrl=self.url, Entries=entries).get("Failed", ())
            if refused:
                raise MessagesRefused(f"The queue refused {len(refused)} of {len(entries)} messages: {refused[0]['Code']}")
