"""Many items at once, written in the background while the next are made."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Protocol, Self, TypedDict, cast

from chalicelib.storage.wire import Client

_AT_ONCE = 25
"""How many items DynamoDB takes in one batch."""

_AHEAD = 200
"""How many batches may wait to be written, so that memory stays flat."""

StoredItem = Mapping[str, Mapping[str, str]]
"""An item as DynamoDB's JSON has it."""


class _Refused(TypedDict, total=False):
    UnprocessedItems: Mapping[str, object]


class _BatchWriter(Protocol):
    def batch_write_item(self, **request: object) -> _Refused: ...


class BulkWriter:
    """Puts items into tables of an embedded DynamoDB, without conditions. Everything is there at the end of its `with` block."""

    def __init__(self, client: Client) -> None:
        self._client = cast("_BatchWriter", client)
        self._waiting: defaultdict[str, list[StoredItem]] = defaultdict(list)
        self._sent: deque[Future[None]] = deque()
        self._pool = ThreadPoolExecutor(2)

    def put(self, table: str, item: StoredItem) -> None:
        """Put one item, soon."""
        waiting = self._waiting[table]
        waiting.append(item)
        if len(waiting) == _AT_ONCE:
            self._send(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._pool:
            for table in list(self._waiting):
                self._send(table)
            while self._sent:
                self._sent.popleft().result()

    def _send(self, table: str) -> None:
        batch = self._waiting.pop(table)
        self._sent.append(self._pool.submit(self._write, table, batch))
        if len(self._sent) > _AHEAD:
            self._sent.popleft().result()

    def _write(self, table: str, batch: list[StoredItem]) -> None:
        answer = self._client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in batch]})
        if answer.get("UnprocessedItems"):
            raise RuntimeError(f"{table} did not take a whole batch")
