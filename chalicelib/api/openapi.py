"""The OpenAPI 3.1 document, made from the declared routes and from the very structs that check requests."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import cast

import msgspec

from chalicelib.api.auth import SignInUnavailable, Unauthenticated
from chalicelib.api.headers import IdempotencyKeyMalformed, IdempotencyKeyMissing, VersionMalformed, VersionRequired
from chalicelib.api.paging import UnknownCursor
from chalicelib.api.problems import (
    GENERAL,
    MEDIA,
    BodyTooLarge,
    Busy,
    InternalError,
    Problem,
    UnsupportedMedia,
    status_of,
    title_of,
    type_of,
)
from chalicelib.api.route import JSON, Anyone, Route
from chalicelib.api.schemas import Body
from chalicelib.domain.errors import (
    Conflict,
    Contradictory,
    DomainError,
    Invalid,
    KeyReused,
    NotFound,
    Refused,
    RoleMissing,
    StaleView,
    TooBusy,
)

Json = dict[str, object]

_TEMPLATE = "#/components/schemas/{name}"
_SECURITY = "access_token"

_INTRODUCTION = """Safer Streets grants, what they paid for, and what was spent.

Money is whole pence, and every such member's name ends in `_pence`. Dates are `YYYY-MM-DD` in London, instants are in UTC.
Every refusal is a problem (RFC 9457) and lists all that is wrong with a request at once.

A POST that creates needs `Idempotency-Key`: repeat a request with its key and you get its first answer again.
A change to what exists needs `If-Match` with the `ETag`, or the member `version`, that you read.
Lists come a page at a time: follow `next` until it is null."""


@functools.lru_cache(maxsize=4)
def document_text(routes: tuple[Route, ...], *, base: str, version: str) -> str:
    """The document as JSON; the routes of a process do not change, so it is made once."""
    return msgspec.json.encode(document(routes, base=base, version=version)).decode()


def document(routes: Iterable[Route], *, base: str, version: str) -> Json:
    """The OpenAPI document of these routes. `base` stands before every path."""
    schemas = _Schemas(routes)
    paths: dict[str, Json] = {}
    for route in schemas.routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Streetlight", "version": version, "description": _INTRODUCTION},
        "servers": [{"url": base or "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in schemas.routes)],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "headers": _HEADERS,
            "securitySchemes": {
                _SECURITY: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token of the office's own sign-in service.",
                }
            },
        },
    }


class _Schemas:
    """The schemas of all that travels, asked for at once so that each struct has one name."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        kinds = list(dict.fromkeys(self._kinds()))
        found, components = msgspec.json.schema_components(kinds, ref_template=_TEMPLATE)
        self._of = dict(zip(kinds, (cast("Json", _plain(each)) for each in found), strict=True))
        self._all: dict[str, Json] = {name: cast("Json", _plain(each)) for name, each in sorted(components.items())}
        for kind in _beneath(Body):
            self._all.get(kind.__name__, {}).update(kind.ALSO)
        for route in self.routes:
            if route.method == "PATCH" and route.takes:
                self._named(route.takes)["minProperties"] = 1
        queries = {self._name(route.query) for route in self.routes if route.query}
        self.components = {name: schema for name, schema in self._all.items() if name not in queries}

    def _kinds(self) -> Iterator[object]:
        yield Problem
        for route in self.routes:
            yield from route.parameters.values()
            yield from (kind for kind in (route.takes, route.query) if kind)
            if route.answer is not str:
                yield route.answer

    def of(self, kind: object) -> Json:
        """The schema of a type: a reference where it has a name."""
        return self._of[kind]

    def members(self, kind: type[msgspec.Struct]) -> dict[str, Json]:
        """The schemas of a struct's members."""
        return cast("dict[str, Json]", self._named(kind)["properties"])

    def _named(self, kind: type[msgspec.Struct]) -> Json:
        return self._all[self._name(kind)]

    def _name(self, kind: type[msgspec.Struct]) -> str:
        return str(self._of[kind]["$ref"]).rpartition("/")[2]


def _beneath(kind: type[Body]) -> Iterator[type[Body]]:
    for each in kind.__subclasses__():
        yield each
        yield from _beneath(each)


def _plain(schema: object) -> object:
    """A schema without what only Python needs: its `$` also matches before a last line feed, JSON Schema's does not."""
    if isinstance(schema, dict):
        return {name: _plain(each) for name, each in schema.items()}
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    return schema.replace(r"$(?!\n)", "$") if isinstance(schema, str) else schema


def _operation(route: Route, schemas: _Schemas) -> Json:
    open_to_all = isinstance(route.allow, Anyone)
    roles = [] if isinstance(route.allow, Anyone) else sorted(route.allow)
    meaning = (route.view.__doc__ or route.summary).strip()
    who = "Anyone may call this." if open_to_all else f"Roles that may call this: {', '.join(roles)}."
    operation: Json = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": route.summary,
        "description": re.sub(r"\n +", "\n", f"{meaning}\n\n{who}"),
        "x-roles": list(roles),
        "security": [] if open_to_all else [{_SECURITY: []}],
        "parameters": [*_path(route, schemas), *_query(route, schemas), *_headers(route)],
        "responses": _responses(route, schemas),
    }
    if route.takes:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas.of(route.takes)}}}
    return operation


def _path(route: Route, schemas: _Schemas) -> Iterator[Json]:
    for name, kind in route.parameters.items():
        yield _parameter("path", name, schemas.of(kind), required=True)


def _query(route: Route, schemas: _Schemas) -> Iterator[Json]:
    if route.query is None:
        return
    required = {field.encode_name for field in msgspec.structs.fields(route.query) if field.required}
    for name, schema in schemas.members(route.query).items():
        yield _parameter("query", name, _present(schema), required=name in required)


def _present(schema: Json) -> Json:
    """What a query parameter is when it is there: leaving it out is its null."""
    kinds = [each for each in cast("list[Json]", schema.get("anyOf", [])) if each != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {**{name: each for name, each in schema.items() if name not in {"anyOf", "default"}}, **kinds[0]}


def _headers(route: Route) -> Iterator[Json]:
    if route.creates:
        key: Json = {"type": "string", "pattern": "^[!-~]{1,128}$", "examples": ["4f6a7c1e-0b5d-4b0e-9a43-2f8d1f0f7c55"]}
        yield _parameter("header", "Idempotency-Key", key, "New for each new request, the same for a repeated one.", required=True)
    if route.changes:
        version: Json = {"type": "string", "pattern": '^"[!#-~]+"$', "examples": ['"12"']}
        yield _parameter("header", "If-Match", version, "The ETag that you read.", required=True)
    if _may_stand(route):
        tag: Json = {"type": "string", "examples": ['"12"']}
        yield _parameter("header", "If-None-Match", tag, "An ETag you hold: 304 says that it still stands.", required=False)


def _may_stand(route: Route) -> bool:
    """Whether 304 may be answered: a version does not change with every figure beside it, the hash of a body does."""
    return route.method == "GET" and not route.versioned


def _parameter(place: str, name: str, schema: Json, meaning: str = "", *, required: bool) -> Json:
    meaning = meaning or str(schema.get("description", ""))
    bare = {key: value for key, value in schema.items() if key != "description"}
    about: Json = {"description": meaning} if meaning else {}
    return {"name": name, "in": place, "required": required, **about, "schema": bare}


def _responses(route: Route, schemas: _Schemas) -> Json:
    content = {"schema": {"type": "string"} if route.answer is str and route.media != JSON else _shown(route, schemas)}
    done: Json = {
        "description": "It was done, once." if route.creates else "The answer.",
        "headers": _answer_headers(route),
        "content": {route.media.partition(";")[0]: content},
    }
    responses: Json = {str(route.status): done}
    if route.later:
        responses["202"] = {**done, "description": "It was asked for, once, and waits to be done."}
    if _may_stand(route):
        responses["304"] = {"description": "What you hold still stands.", "headers": _answer_headers(route)}
    refusals: dict[int, list[type[DomainError]]] = {}
    for kind in dict.fromkeys((*_general(route), *route.problems)):
        refusals.setdefault(status_of(kind), []).append(kind)
    for status, kinds in sorted(refusals.items()):
        responses[str(status)] = _refusal(kinds, schemas)
    return responses


def _shown(route: Route, schemas: _Schemas) -> Json:
    return {"type": "object"} if route.answer is str else schemas.of(route.answer)


def _refusal(kinds: list[type[DomainError]], schemas: _Schemas) -> Json:
    return {
        "description": " ".join(dict.fromkeys(title_of(kind) for kind in kinds)),
        "headers": {"X-Request-Id": _reference("headers", "X-Request-Id")},
        "content": {MEDIA: {"schema": schemas.of(Problem)}},
        "x-problems": [type_of(kind) for kind in kinds if kind not in GENERAL],
    }


def _answer_headers(route: Route) -> Json:
    carried = {"X-Request-Id": True, "ETag": route.tagged, "Location": route.at, "Idempotent-Replay": route.creates}
    return {name: _reference("headers", name) for name, is_carried in carried.items() if is_carried}


def _reference(place: str, name: str) -> Json:
    return {"$ref": f"#/components/{place}/{name}"}


_HEADERS: Json = {
    "X-Request-Id": {"description": "The request's id, as the log has it.", "required": True, "schema": {"type": "string"}},
    "ETag": {
        "description": "The version shown, for If-Match; elsewhere the hash of the body, for If-None-Match.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Location": {"description": "Where what was created is found.", "required": True, "schema": {"type": "string"}},
    "Idempotent-Replay": {"description": "`true` on an answer given again.", "schema": {"type": "string", "const": "true"}},
}


def _general(route: Route) -> Iterator[type[DomainError]]:
    """The refusals that every route of this kind can give."""
    for applies, kinds in _GENERAL:
        if applies(route):
            yield from kinds


_GENERAL: tuple[tuple[Callable[[Route], bool], tuple[type[DomainError], ...]], ...] = (
    (lambda _: True, (Invalid, InternalError, Busy)),
    (lambda route: not isinstance(route.allow, Anyone), (Unauthenticated, RoleMissing, SignInUnavailable)),
    (lambda route: route.creates, (IdempotencyKeyMissing, IdempotencyKeyMalformed, KeyReused)),
    (lambda route: route.changes, (VersionRequired, VersionMalformed, StaleView)),
    (lambda route: bool(route.takes), (BodyTooLarge, UnsupportedMedia)),
    (lambda route: route.method != "GET", (TooBusy, Conflict, Refused, Contradictory)),
    (lambda route: route.paged, (UnknownCursor,)),
    (lambda route: bool(route.query) and not route.paged, (Refused, Contradictory)),
    (lambda route: bool(route.parameters or route.takes or route.query), (NotFound,)),
)
