"""What schemathesis must know of this API and its configuration cannot say. `local.fuzzing` names it to schemathesis."""

from __future__ import annotations

import itertools
from collections.abc import MutableMapping
from http.client import HTTPConnection
from typing import Protocol
from urllib.parse import urlsplit

import schemathesis
from schemathesis import GenerationMode, HookContext
from schemathesis.generation.meta import CaseMetadata

KEPT = 6
"""Of so many valid requests, one keeps the idempotency key or version that was made up for it."""

POSTED_TO, MOVED = "ssf-5-warwickshire", "ssf-5-staffordshire"
"""Two grants of the example: an active one, to which `schemathesis.toml` leads, and one that is only offered."""

MOVES = (
    *("/submission", "/changes-requested", "/acceptance", "/retirement"),
    *("/state", "/decision", "/check", "/withdrawal", "/disposal", "/redraft", "/review", "/certification", "/submission"),
    *("/payments", "/query", "/answer"),
)
"""How the paths of changes end that are not at their resource's own address."""

_SECONDS = 10

_valid = itertools.count(1)


class Operation(Protocol):
    """An operation of the API, as far as it is used here."""

    base_url: str


class Case(Protocol):
    """One request that schemathesis made up, as far as it is used here."""

    path: str
    path_parameters: dict[str, object]
    headers: MutableMapping[str, str]
    body: object

    @property
    def meta(self) -> CaseMetadata | None: ...
    @property
    def operation(self) -> Operation: ...
    @property
    def formatted_path(self) -> str: ...


def whole(value: object) -> object:
    """JSON with 1902 for 1902.0: JSON Schema calls both an integer, and the API takes no amount with a point in it."""
    if isinstance(value, dict):
        return {name: whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@schemathesis.hook
def map_body(_context: HookContext, body: object) -> object:
    """A body as it is sent."""
    return whole(body)


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _options: dict[str, object]) -> None:
    """Make most valid requests new ones, on what stands: what is made up repeats, is stale, and does not add up.

    Such requests are sent too, but a run of little else would never reach the ledger.
    """
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    number = next(_valid)
    _keep_open(case)
    if number % KEPT:
        _freshen(case, number)


def _keep_open(case: Case) -> None:
    """A closed grant takes no money, and the whole run posts to this one: another is moved in its place."""
    if case.path == "/grants/{grant_id}/state" and case.path_parameters.get("grant_id") == POSTED_TO:
        case.path_parameters["grant_id"] = MOVED


def _freshen(case: Case, number: int) -> None:
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"schemathesis-{number}"
    if "If-Match" in case.headers and (version := _version(case)):
        case.headers["If-Match"] = version
    match case.body:
        case {"id": _, **others}:
            case.body = {**others, "id": f"made-up-{number}"}
        case {"document": {**document}, **others}:
            case.body = added_up({**others, "document": {**document, "number": f"made-up-{number}"}})


def added_up(body: object) -> object:
    """A payment by amounts whose document is what its lines and uncharged part come to; any other body as it is."""
    match body:
        case {"document": {**document}, "lines": [*lines], **others}:
            amounts = [each for each in (*lines, others.get("uncharged")) if isinstance(each, dict)]
            if any(each.get("shares") is not None for each in amounts):
                return body
            nets, vats = ([each.get(part) or 0 for each in amounts] for part in ("net_pence", "vat_pence"))
            kind = "invoice" if min(nets + vats, default=0) >= 0 and sum(nets) else "journal"
            document |= {"kind": kind, "net_pence": sum(nets), "vat_pence": sum(vats)}
            return {**others, "document": document, "lines": lines}
    return body


def _version(case: Case) -> str | None:
    """The ETag of what a case would change, if that is there."""
    path = case.formatted_path
    for move in MOVES:
        path = path.removesuffix(move)
    connection = HTTPConnection(urlsplit(case.operation.base_url).netloc, timeout=_SECONDS)
    try:
        connection.request("GET", path, headers={"Authorization": case.headers.get("Authorization", "")})
        return connection.getresponse().headers.get("ETag")
    finally:
        connection.close()
