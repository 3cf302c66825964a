"""One request from its arrival to its answer: who asks, what is asked, the view's one call, what is sent."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote, urlencode

import msgspec
from chalice.app import HeadersType, Response

from chalicelib.api import arguments
from chalicelib.api.auth import Verifier
from chalicelib.api.headers import SECURITY, etag, etag_of, idempotency_key, known_already, version_meant
from chalicelib.api.incoming import Incoming
from chalicelib.api.paging import Listing, Page, decode, encode
from chalicelib.api.problems import MEDIA, ApiError, InternalError, OutcomeUnknown, body_of, status_of, translated
from chalicelib.api.route import JSON, Anyone, Call, Route
from chalicelib.api.schemas import written
from chalicelib.backend import Backend
from chalicelib.context import Context, Once, random_id, wait_a_moment
from chalicelib.domain.errors import DomainError
from chalicelib.domain.people import Actor
from chalicelib.services.unit import Replayed
from chalicelib.storage.store import RequestKey

NOBODY = Actor(subject="anyone", roles=frozenset())
"""Whoever calls a route that anyone may call: no token is looked at."""


class Host(Protocol):
    """What serving needs of the app."""

    @property
    def backend(self) -> Callable[[], Backend]:
        """Gives the backend."""
        ...

    @property
    def verifier(self) -> Callable[[], Verifier]:
        """Gives the verifier of tokens."""
        ...

    @property
    def now(self) -> Callable[[], datetime]:
        """Tells the time."""
        ...

    @property
    def declared(self) -> list[Route]:
        """All routes."""
        ...

    @property
    def log(self) -> logging.Logger:
        """Where internal errors are told."""
        ...


def respond(route: Route, host: Host, request: Incoming) -> Response:
    """The answer to a request, whatever happens."""
    try:
        return _answer(route, host, request)
    except Replayed as replayed:
        return _success(route, request, replayed.body, {"Idempotent-Replay": "true"})
    except Exception as error:  # the one place where an error becomes an answer
        told = translated(error)
        if told is None or isinstance(told, OutcomeUnknown):
            host.log.exception("%s %s failed, request %s", route.method, route.path, request.request_id)
        return _refusal(told or InternalError(), request.request_id)


def _answer(route: Route, host: Host, request: Incoming) -> Response:
    actor = NOBODY
    if not isinstance(route.allow, Anyone):
        actor = host.verifier().verify(request.header("authorization"))
        actor.require(route.allow)
    rendering = _Rendering(route, request)
    context = _context(route, host, request, actor, rendering)
    given = arguments.of(route, request)
    call = Call(context=context, base=request.base, after=_after(request) if route.paged else "", routes=tuple(host.declared))
    result = route.view(call, **given)
    return _success(route, request, rendering.sent(result), {})


def _after(request: Incoming) -> str:
    cursor = next(iter(request.query.get("cursor", ())), None)
    return decode(cursor, scope=request.path) if cursor else ""


def _context(route: Route, host: Host, request: Incoming, actor: Actor, rendering: _Rendering) -> Context:
    backend = host.backend()
    return Context(
        actor=actor,
        now=host.now(),
        request_id=request.request_id,
        store=backend.store,
        objects=backend.objects,
        settings=backend.settings,
        new_id=random_id,
        pause=wait_a_moment,
        once=_once(request, actor, rendering) if route.creates else None,
        expected_version=version_meant(request.header("if-match")) if route.changes else None,
    )


def _once(request: Incoming, actor: Actor, rendering: _Rendering) -> Once:
    key = RequestKey(actor.subject, idempotency_key(request.header("idempotency-key")))
    asked = "\n".join((request.method, request.path, arguments.canonical(request.body)))
    return Once(request=key, fingerprint=sha256(asked.encode()).hexdigest(), answer=rendering)


class _Rendering:
    """How a result becomes a body. What was rendered for the store is what is sent, to the byte."""

    def __init__(self, route: Route, request: Incoming) -> None:
        self._route = route
        self._request = request
        self._stored: str | None = None

    def __call__(self, result: object) -> str:
        """The body to be stored with the change; a later attempt's replaces an earlier one's."""
        self._stored = self._render(result)
        return self._stored

    def sent(self, result: object) -> str:
        """The body to be sent."""
        return self._render(result) if self._stored is None else self._stored

    def _render(self, result: object) -> str:
        gives = self._route.gives
        if isinstance(result, Page):
            return written(Listing(items=[gives(each) for each in result.items], next=self._next(result.after)))
        shown = gives(result)
        return shown if isinstance(shown, str) else written(shown)

    def _next(self, after: str | None) -> str | None:
        if after is None:
            return None
        kept = [(name, values[-1]) for name, values in self._request.query.items() if name != "cursor"]
        query = urlencode([*kept, ("cursor", encode(after, scope=self._request.path))])
        return f"{self._request.base}{self._request.path}?{query}"


def _success(route: Route, request: Incoming, body: str, more: Mapping[str, str]) -> Response:
    members = _members(route, body)
    about = _about(route, request, body, members)
    headers: HeadersType = {**_always(request.request_id), "Content-Type": route.media, **route.headers, **about, **more}
    # A version is no sum of the body: a grant's stays while money moves under it. So only a body's own hash tells of a body.
    of_the_body = route.method == "GET" and about["ETag"] == etag_of(body)
    if of_the_body and known_already(request.header("if-none-match"), about["ETag"]):
        del headers["Content-Type"]
        return Response(body="", status_code=304, headers=headers)
    return Response(body=body, status_code=route.status_of(members), headers=headers)


def _members(route: Route, body: str) -> Mapping[str, object]:
    """What status, ETag and Location follow from, so that a replayed answer has the same ones."""
    found = msgspec.json.decode(body) if route.media == JSON else {}
    return found if isinstance(found, dict) else {}


def _about(route: Route, request: Incoming, body: str, members: Mapping[str, object]) -> dict[str, str]:
    """ETag and Location."""
    about = {}
    if "version" in members and not route.paged:
        about["ETag"] = etag(str(members["version"]))
    elif route.method == "GET":
        about["ETag"] = etag_of(body)
    if route.at:
        facts = {**request.captured, **members}
        about["Location"] = request.base + re.sub(r"{(\w+)}", lambda name: quote(str(facts[name[1]]), safe=""), route.at)
    return about


def _refusal(error: DomainError, request_id: str) -> Response:
    more = error.headers if isinstance(error, ApiError) else {}
    return Response(
        body=body_of(error, request_id),
        status_code=status_of(type(error)),
        headers={**_always(request_id), "Content-Type": MEDIA, **more},
    )


def _always(request_id: str) -> dict[str, str]:
    return {**SECURITY, "X-Request-Id": request_id}
