"""Everything of one office on one machine, started in order and stopped in the reverse: store, app, files, sign-in, server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chalice.app import Chalice

from local.answers import documents
from local.embedded import EmbeddedDynamoDB
from local.files import Folder, Guard
from local.gateway import Gateway
from local.issuer import Issuer
from local.machine import OBJECTS_PATH, PUBLISHED_PATH, Machine
from local.server import Site, serving


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
def office(machine: Machine, build: Callable[[], Chalice], guard: Guard, *, in_memory: bool = False) -> Iterator[Office]:
    """A whole Streetlight that answers for the length of a `with` block.

    `build` makes the app, and is called when its environment stands; `guard` checks the links that it signs.
    """
    with store_of(machine, in_memory=in_memory) as dynamodb:
        issuer = machine.issuer()
        site = Site(
            {
                PUBLISHED_PATH: Folder(machine.objects / "published", prefix=PUBLISHED_PATH),
                OBJECTS_PATH: Folder(machine.objects, prefix=OBJECTS_PATH, guard=guard),
                **documents(issuer.documents()),
            },
            rest=Gateway(build()),
        )
        with serving(site, machine.port) as url:
            yield Office(url=url, issuer=issuer, dynamodb=dynamodb)


@contextmanager
def _environment(machine: Machine, dynamodb: EmbeddedDynamoDB) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(machine.environment(dynamodb.endpoint_url))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
