"""Everything of one office on one machine, started in order and stopped in the reverse: store, app, files, sign-in, server."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from chalice.app import Chalice

from local.answers import documents
from local.embedded import EmbeddedDynamoDB
from local.files import Folder, Guard
from local.front_door import FrontDoor
from local.gateway import Gateway
from local.issuer import Issuer
from local.machine import OBJECTS_PATH, PUBLISHED_PATH, REGION, TABLE, Machine
from local.server import Site, serving
from local.table import ensure_table

PORT_FILE = "port"
"""Where the data folder keeps the port that its server last ran on: it is part of the name of the tokens' issuer."""


class PortTaken(Exception):
    """Another program listens on the port; the message says which port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A running Streetlight."""

    url: str
    issuer: Issuer
    dynamodb: EmbeddedDynamoDB


@contextmanager
def store_of(machine: Machine, *, in_memory: bool = False) -> Iterator[EmbeddedDynamoDB]:
    """The machine's DynamoDB for the length of a `with` block, and the environment that leads the app to it.

    Raises MachineBusy when another process runs on the same data.
    """
    with machine.held(), EmbeddedDynamoDB(None if in_memory else machine.folder) as dynamodb, _environment(machine, dynamodb):
        yield dynamodb


@contextmanager
def office(
    machine: Machine,
    build: Callable[[], Chalice],
    guard: Guard,
    published: Callable[[], str | None] = lambda: None,
    *,
    in_memory: bool = False,
) -> Iterator[Office]:
    """A whole Streetlight that answers for the length of a `with` block.

    `build` makes the app, and is called when its environment stands; `guard` checks the links that it signs; `published`
    says under which key the newest publication is, if there is one. Raises MachineBusy, PortTaken.
    """
    with store_of(machine, in_memory=in_memory) as dynamodb:
        # Before anything answers: a request that came first would find no table.
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        issuer = machine.issuer()
        site = Site(
            {
                PUBLISHED_PATH: Folder(machine.objects / "published", prefix=PUBLISHED_PATH),
                OBJECTS_PATH: Folder(machine.objects, prefix=OBJECTS_PATH, guard=guard),
                **documents(issuer.documents()),
            },
            rest=FrontDoor(published, Gateway(build())),
        )
        with _listening(site, machine) as url:
            yield Office(url=url, issuer=issuer, dynamodb=dynamodb)


def served_port(folder: Path) -> int | None:
    """The port that the server of a data folder runs on, or last ran on, if it ever did."""
    kept = folder / PORT_FILE
    return int(kept.read_text()) if kept.exists() else None


@contextmanager
def _listening(site: Site, machine: Machine) -> Iterator[str]:
    _require_free(machine.port)
    with serving(site, machine.port) as url:
        (machine.folder / PORT_FILE).write_text(str(urlsplit(url).port))
        yield url


def _require_free(port: int) -> None:
    # Asked beforehand, as waitress does not close a socket that it could not bind.
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"Another program is using port {port}.") from None
        raise


@contextmanager
def _environment(machine: Machine, dynamodb: EmbeddedDynamoDB) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(machine.environment(dynamodb.endpoint_url))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
