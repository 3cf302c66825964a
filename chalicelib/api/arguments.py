"""What a view is called with: the path's parameters, the query and the body, checked against the route's types."""

from __future__ import annotations

import json
import re

from chalicelib.api.changes import given
from chalicelib.api.complaints import below
from chalicelib.api.incoming import Incoming
from chalicelib.api.problems import BodyTooLarge, UnsupportedMedia
from chalicelib.api.route import Route
from chalicelib.api.schemas import Body, read, read_query, read_text
from chalicelib.domain.errors import FieldError, Invalid

LARGEST = 256 * 1024
"""Bytes in a body. One atomic write holds 100 items, so no honest request comes near."""

_JSON_TYPE = re.compile(r"application/json\s*(;\s*charset\s*=\s*\"?utf-8\"?\s*)?", re.IGNORECASE)


def of(route: Route, request: Incoming) -> dict[str, object]:
    """The view's arguments beside the call. Raises Invalid with every error in path, query and body at once."""
    _body_is_json(route, request)
    errors: list[FieldError] = []
    found: dict[str, object] = {}
    for name, kind in route.parameters.items():
        with _collecting(errors):
            found[name] = read_text(request.captured[name], kind, pointer=below("", name))
    with _collecting(errors):
        query = read_query(request.query, route.query or _Nothing)
        found |= {"query": query} if route.query else {}
    if route.takes:
        with _collecting(errors):
            found["body"] = _body(route, route.takes, request.body)
    if errors:
        raise Invalid(tuple(errors))
    return found


def _body(route: Route, schema: type[Body], raw: bytes) -> Body:
    body = read(raw, schema)
    if route.method == "PATCH" and not given(body):
        raise Invalid((FieldError("", f"Name at least one thing to change: {', '.join(schema.__struct_encode_fields__)}."),))
    return body


class _Nothing(Body, frozen=True):
    """The query of a route that takes none."""


class _collecting:  # noqa: N801  reads as a verb
    """Gathers the errors of an Invalid instead of raising it."""

    def __init__(self, errors: list[FieldError]) -> None:
        self._errors = errors

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> bool:
        if isinstance(error, Invalid):
            self._errors.extend(error.errors)
            return True
        return False


def _body_is_json(route: Route, request: Incoming) -> None:
    if route.takes:
        if len(request.body) > LARGEST:
            raise BodyTooLarge
        if not _JSON_TYPE.fullmatch(request.header("content-type") or ""):
            raise UnsupportedMedia
    elif route.method != "GET" and request.body.strip():
        raise Invalid((FieldError("", "This takes no body; send none."),))


def canonical(body: bytes) -> str:
    """A body in the one form that all its spellings share; a body that is not JSON stands for itself."""
    try:
        return json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
