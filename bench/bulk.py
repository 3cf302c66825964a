"""Many items at once, written in the background while the next are made."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from threading import local
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import msgspec

_AT_ONCE = 25
"""How many items DynamoDB takes in one batch."""

_AHEAD = 200
"""How many batches may wait to be written, so that memory stays flat."""

StoredItem = Mapping[str, Mapping[str, str]]
"""An item as DynamoDB's JSON has it."""


_HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    # An embedded DynamoDB asks for a signature, but not for whose it is: to make one takes ten times as long as to send the items.
    "Authorization": "AWS4-HMAC-SHA256 Credential=anyone/20250407/eu-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    "X-Amz-Date": "20250407T093000Z",
}


class _Refused(msgspec.Struct, rename="pascal"):
    unprocessed_items: dict[str, msgspec.Raw] = {}


class BulkWriter:
    """Puts items into tables of an embedded DynamoDB, without conditions. Everything is there at the end of its `with` block."""

    def __init__(self, endpoint_url: str) -> None:
        self._address = urlsplit(endpoint_url).netloc
        self._connections = local()
        self._opened: list[HTTPConnection] = []
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
        for connection in self._opened:
            connection.close()

    def _send(self, table: str) -> None:
        batch = self._waiting.pop(table)
        self._sent.append(self._pool.submit(self._write, table, batch))
        if len(self._sent) > _AHEAD:
            self._sent.popleft().result()

    def _write(self, table: str, batch: list[StoredItem]) -> None:
        body = msgspec.json.encode({"RequestItems": {table: [{"PutRequest": {"Item": item}} for item in batch]}})
        connection = self._connection()
        connection.request("POST", "/", body, _HEADERS)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != HTTPStatus.OK or msgspec.json.decode(said, type=_Refused).unprocessed_items:
            raise RuntimeError(f"{table} did not take a whole batch: {said[:200]!r}")

    def _connection(self) -> HTTPConnection:
        """The thread's own connection."""
        if not hasattr(self._connections, "own"):
            self._connections.own = HTTPConnection(self._address)
            self._opened.append(self._connections.own)
        own: HTTPConnection = self._connections.own
        return own
