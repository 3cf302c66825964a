"""What goes over the wire: round trips, items read and written, bytes either way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from bench.conventional import Events

_ONE_READ = ("GetItem",)
_ONE_WRITTEN = ("PutItem", "UpdateItem")


@dataclass(slots=True)
class Traffic:
    """Counts of what was sent and answered, retries included."""

    round_trips: int = 0
    items_read: int = 0
    items_written: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0

    def count(self, operation: str, asked: bytes, answered: bytes) -> None:
        """Count one answered request."""
        self.round_trips += 1
        self.bytes_sent += len(asked)
        self.bytes_received += len(answered)
        self.items_read += operation in _ONE_READ
        self.items_written += operation in _ONE_WRITTEN
        if operation == "Query":
            self.items_read += int(json.loads(answered)["Count"])
        elif operation == "TransactGetItems":
            self.items_read += len(json.loads(asked)["TransactItems"])
        elif operation == "TransactWriteItems":
            self.items_written += len(json.loads(asked)["TransactItems"])


class _Sent(Protocol):
    body: bytes


@contextmanager
def tapped(events: Events) -> Iterator[Traffic]:
    """Count what a client of DynamoDB sends and gets in a `with` block."""
    traffic, bodies = Traffic(), list[bytes]()

    def remember(request: _Sent, **_: object) -> None:
        bodies.append(request.body)

    def count(event_name: str, response_dict: Mapping[str, bytes], **_: object) -> None:
        traffic.count(event_name.rpartition(".")[2], bodies[-1], response_dict["body"])

    events.register("before-send.dynamodb", remember)
    events.register("response-received.dynamodb", count)
    try:
        yield traffic
    finally:
        events.unregister("before-send.dynamodb", remember)
        events.unregister("response-received.dynamodb", count)
