"""A whole Streetlight over a store in memory, answering on a port; and one that breaks off after so many requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from chalicelib.api.api import build_api
from chalicelib.backend import Backend
from chalicelib.domain.chain import Kind
from chalicelib.settings import settings_from
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.objects import FolderObjects
from local.embedded import free_port
from local.example import load
from local.gateway import Gateway
from local.issuer import JWKS_PATH
from local.machine import OBJECTS_PATH, Machine
from local.running import tokens
from local.server import Site, serving
from local.streetlight import PARTNER
from local.uploads import Keep, Uploads

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


NOW = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)
_LOT = re.compile(r"\b[0-9a-f]{32}(?:[0-9a-f]{32})?\b")


class Breaks:
    """A WSGI application that counts requests and, from one of them on, does them but answers only with an error."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner
        self.requests = 0
        self.answers: float = float("inf")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.requests += 1
        if self.requests <= self.answers:
            return self._inner(environ, start_response)
        if self.requests == int(self.answers) + 1:  # this one is done, and its answer is lost
            list(self._inner(environ, lambda _status, _headers, _error=None: lambda _data: None))
        start_response("503 Service Unavailable", [("Content-Length", "0")])
        return [b""]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryOffice:
    url: str
    tokens: Mapping[str, str]
    store: MemoryStore
    objects: Path
    breaks: Breaks

    def fill(self, *, answers: float = float("inf")) -> None:
        """Load the example; after so many requests the office answers no more."""
        self.breaks.requests, self.breaks.answers = 0, answers
        try:
            load(self.url, self.tokens, say=lambda _: None)
        finally:
            self.breaks.answers = float("inf")

    def ledger(self) -> dict[str, str]:
        """Where every chain has come to, by its name: two equal ledgers are the same to the last byte but for their times.

        Evidence's ids are drawn by lot, and stand in the packs of claims: no long hexadecimal number is told.
        """
        heads = (head for kind in Kind for head in self.store.heads(kind))
        return {_LOT.sub("*", str(head.name)): f"{head.position.seq} {_LOT.sub('*', head.state)}" for head in heads}

    def figures(self) -> list[tuple[str, str, dict[str, int]]]:
        """Every balance that is not nothing."""
        return [(each.grant_id, each.cell, dict(each.counters)) for each in self.store.balances()]


def _kept_by(objects: FolderObjects) -> Keep:
    """Keep what is put to the links that this office has signed."""

    def keep(key: str, query: str, content_type: str, body: BinaryIO) -> None:
        objects.take(key, query, body, content_type=content_type, now=NOW)

    return keep


@contextmanager
def memory_office(folder: Path) -> Iterator[MemoryOffice]:
    """An empty office for the length of a `with` block."""
    machine, store = Machine(folder=folder, port=free_port()), MemoryStore()
    issuer = machine.issuer()
    settings = settings_from(machine.environment("http://127.0.0.1:1"))
    objects = FolderObjects(machine.objects, machine.objects_url, machine.link_key().encode())
    keys = json.dumps(issuer.documents()[JWKS_PATH]).encode()
    api = build_api(
        lambda: Backend(settings=settings, store=store, objects=objects),
        fetch=lambda _url: keys,
        now=lambda: NOW,
    )
    keep = Uploads(_kept_by(objects), prefix=OBJECTS_PATH, rest=Site({}, rest=Gateway(api)))
    breaks = Breaks(Site({OBJECTS_PATH: keep}, rest=Gateway(api)))
    with serving(breaks, machine.port) as url:
        yield MemoryOffice(url=url, tokens=tokens(issuer, PARTNER), store=store, objects=machine.objects, breaks=breaks)
