"""Streetlight itself, as this machine's server takes it: the app, the links it signs, the example it starts with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import BinaryIO
from urllib.parse import parse_qs

from chalice.app import Chalice

from chalicelib.backend import Lazily, backend_from
from chalicelib.domain.errors import Conflict, DomainError, Forbidden
from chalicelib.domain.people import Role
from chalicelib.services import publications
from chalicelib.storage.objects import FolderObjects, attachment
from local.files import Guard, NotAllowed
from local.incoming import Watch
from local.machine import Machine
from local.office import Office
from local.offline import context_as
from local.running import Parts, tokens
from local.uploads import Keep, NotTaken

PARTNER = "stoke-on-trent-city-council"
"""The organisation of the example whose partner's token is printed."""


def parts(machine: Machine) -> Parts:
    """What `make run` serves on a machine."""
    return Parts(
        build=lambda: _app(machine),
        guard=signed_links(machine),
        fill=_fill,
        published=_published,
        partner=PARTNER,
        keep=signed_uploads(machine),
        look=Watch(machine, print).look,
    )


def signed_links(machine: Machine) -> Guard:
    """Let through the links that the app has signed, with the name under which the browser saves the file."""
    folder = _folder(machine)

    def guard(key: str, query: str) -> Mapping[str, str]:
        try:
            folder.check(key, query, datetime.now(UTC))
            return {"Content-Disposition": attachment(parse_qs(query)["filename"][0])}
        except DomainError as refusal:
            raise NotAllowed(str(refusal)) from None

    return guard


def signed_uploads(machine: Machine) -> Keep:
    """Keep what is put to the links that the app has signed, when it is what they were signed for."""
    folder = _folder(machine)

    def keep(key: str, query: str, content_type: str, body: BinaryIO) -> None:
        try:
            folder.take(key, query, body, content_type=content_type, now=datetime.now(UTC))
        except DomainError as refusal:
            raise NotTaken(_status(refusal), str(refusal)) from None

    return keep


def _status(refusal: DomainError) -> int:
    """What S3 answers in such a case."""
    if isinstance(refusal, Forbidden):
        return 403
    return 412 if isinstance(refusal, Conflict) else 400


def _folder(machine: Machine) -> FolderObjects:
    return FolderObjects(machine.objects, machine.objects_url, machine.link_key().encode())


def _app(machine: Machine) -> Chalice:
    from chalicelib.api.api import build_api  # noqa: PLC0415  a token is printed without waiting for all routes

    # And not app.app, whose backend outlives an office.
    return build_api(Lazily(lambda: backend_from(os.environ)), fetch=_own_keys(machine))


def _own_keys(machine: Machine) -> Callable[[str], bytes]:
    """Get the issuer's keys where they are kept: a server all of whose threads ask itself over HTTP would wait for ever."""
    documents = machine.issuer().documents()

    def fetch(url: str) -> bytes:
        try:
            return json.dumps(documents[url.removeprefix(machine.url)]).encode()
        except KeyError:
            raise OSError(f"{url} is not an address of this machine's issuer") from None

    return fetch


def _fill(office: Office) -> None:
    from local import example  # noqa: PLC0415  only the first run needs it

    example.load(office.url, tokens(office.issuer, PARTNER))


def _published() -> str | None:
    latest = publications.latest(context_as(Role.VIEWER))
    return publications.key_of(latest.id, "") if latest else None
