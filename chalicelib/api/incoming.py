"""A request as it arrived, out of Chalice's hands and into typed ones: nothing is checked here, only found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from chalice.app import Request

from chalicelib.context import random_id
from chalicelib.domain.values import Struct

_TRUSTED_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class Incoming(Struct, frozen=True, kw_only=True):
    """One request.

    `path` is the caller's path without the deployment's stage, which is `base`; `captured` are its parameters, decoded.
    Header names are in lower case.
    """

    method: str
    path: str
    base: str
    captured: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    body: bytes
    request_id: str

    def header(self, name: str) -> str | None:
        """A header's value, or None where there is none; the name in lower case."""
        return self.headers.get(name)


def incoming(request: Request) -> Incoming:
    """A request in typed hands."""
    encoded = request.uri_params or {}
    template = request.path
    path = re.sub(r"{(\w+)}", lambda found: encoded[found[1]], template)
    real = str(request.context.get("path") or path).rstrip("/")
    raw = request.raw_body
    return Incoming(
        method=request.method,
        path=path,
        base=real.removesuffix(path) if real.endswith(path) else "",
        captured={name: unquote(value) for name, value in encoded.items()},
        query={name: tuple(request.query_params.getlist(name)) for name in request.query_params or ()} if request.query_params else {},
        headers={name.lower(): str(request.headers[name]) for name in request.headers},
        body=raw.encode() if isinstance(raw, str) else raw,
        request_id=id_of(request),
    )


def id_of(request: Request) -> str:
    """The gateway's id of the request, which its log carries too, or a new one."""
    given = str(request.context.get("requestId") or "")
    return given if _TRUSTED_ID.fullmatch(given) else random_id()
