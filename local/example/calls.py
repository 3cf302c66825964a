"""Calling the API, so that a load that was broken off can simply be made again.

What creates is sent with a fixed idempotency key, and the first answer comes back when it is sent again. What moves
is read first: a state that is reached already is not asked for.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

SECONDS = 30
KEYS = "example/"


class ExampleNotLoaded(Exception):
    """The API refused a request of the example; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: the ETag and the body's members."""

    etag: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A state to ask for, and the body that asks for it."""

    state: str
    body: Mapping[str, object]


class Api:
    """The API at an address, over one connection, with a token for each role. To be used in a `with` block."""

    def __init__(self, base_url: str, tokens: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=SECONDS)
        self._tokens = tokens

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def get(self, path: str, role: str) -> Answer:
        """Read something. Raises ExampleNotLoaded."""
        return self._ask("GET", path, role, {}, None)

    def create(self, name: str, role: str, path: str, body: Mapping[str, object] | None) -> Answer:
        """Create something under a name of the example's own, once. Raises ExampleNotLoaded."""
        return self._ask("POST", path, role, {"Idempotency-Key": KEYS + name}, body)

    def change(self, path: str, role: str, etag: str, body: Mapping[str, object] | None, *, method: str = "POST") -> Answer:
        """Change what was read with this ETag. Raises ExampleNotLoaded."""
        return self._ask(method, path, role, {"If-Match": etag}, body)

    def write(self, path: str, role: str, etag: str, body: Mapping[str, object]) -> Answer:
        """Write the whole of what was read with this ETag. Raises ExampleNotLoaded."""
        return self._ask("PUT", path, role, {"If-Match": etag}, body)

    def put(self, link: str, headers: Mapping[str, str], content: bytes) -> None:
        """Put a file to a signed link, wherever that leads; one that is there already stays. Raises ExampleNotLoaded."""
        parts = urlsplit(link)
        connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
        try:
            connection.request("PUT", f"{parts.path}?{parts.query}", content, dict(headers))
            response = connection.getresponse()
            told = response.read().decode(errors="replace")
        finally:
            connection.close()
        if response.status not in (http.HTTPStatus.OK, http.HTTPStatus.PRECONDITION_FAILED):
            raise ExampleNotLoaded(f"PUT {parts.path} was answered with {response.status}: {told}")

    def advance(self, path: str, role: str, start: str, moves: Sequence[Move], until: int | None = None) -> None:
        """Take a thing that starts in a state along its moves, up to the one before `until`, from wherever it is now.

        Raises ExampleNotLoaded, also when it is in a state that is not on its way.
        """
        now = self.get(path, role)
        way = [start, *(move.state for move in moves)]
        if now.body["state"] not in way:
            raise ExampleNotLoaded(f"{path} is {now.body['state']}, and the example knows it as {', '.join(way)} only.")
        for move in moves[way.index(str(now.body["state"])) : until]:
            now = self.change(f"{path}/state", role, now.etag, move.body)

    def _ask(self, method: str, path: str, role: str, headers: Mapping[str, str], body: Mapping[str, object] | None) -> Answer:
        signed = {"Authorization": f"Bearer {self._tokens[role]}", **headers}
        if body is not None:
            signed["Content-Type"] = "application/json"
        self._connection.request(method, path, None if body is None else json.dumps(body), signed)
        response = self._connection.getresponse()
        received = response.read()
        if response.status not in (http.HTTPStatus.OK, http.HTTPStatus.CREATED):
            told = received.decode(errors="replace")
            raise ExampleNotLoaded(f"{method} {path} as {role} was answered with {response.status}: {told}\nIt asked: {json.dumps(body)}")
        return Answer(etag=response.headers["ETag"] or "", body=json.loads(received))
