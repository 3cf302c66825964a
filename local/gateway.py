"""What API Gateway and Lambda do for the deployed app, as a WSGI application round Chalice's own local gateway.

Chalice's development server makes a new gateway for every connection and answers a few dozen requests a second. The
gateway inside it is sound, so it is kept, built once, and put behind a real server.
"""

from __future__ import annotations

import logging
import threading
from base64 import b64decode
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict, cast

from chalice.app import Chalice, Request
from chalice.config import Config
from chalice.local import LambdaContext, LocalGateway, LocalGatewayException

from local.answers import answer, path_of, problem

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

LARGEST_REQUEST = 10 * 1024 * 1024  # bytes: API Gateway's limit on a request
LARGEST_ANSWER = 6 * 1024 * 1024  # bytes: Lambda's limit on what a function returns

_log = logging.getLogger(__name__)


class _LambdaResponse(TypedDict, total=False):
    """What a Chalice app returns to Lambda."""

    statusCode: int
    headers: dict[str, str]
    multiValueHeaders: dict[str, list[str]]
    body: str | bytes | None
    isBase64Encoded: bool


class Gateway:
    """A WSGI application that answers as the deployed Chalice app would, from any number of threads."""

    def __init__(self, app: Chalice) -> None:
        one_request_per_thread(app)
        self._routes = app.routes
        self._gateway = LocalGateway(app, Config())
        self._match = self._gateway.event_converter._route_matcher.match_route  # noqa: SLF001  Chalice offers no other way to it

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; whatever goes wrong is logged and answered, and never drops the connection."""
        try:
            return self._answer(environ, start_response)
        except Exception:  # noqa: BLE001  the outermost edge: past it the connection would drop
            _log.exception("%s %s failed", environ["REQUEST_METHOD"], path_of(environ))
            return problem(environ, start_response, 500, "The server failed to answer. Its log says why.")

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], path_of(environ)
        methods = self._methods_at(path)
        if methods is None:
            return problem(environ, start_response, 404, f"There is nothing at {path}.")
        if method not in methods and method != "OPTIONS":
            allowed = ", ".join(sorted(methods))
            return problem(environ, start_response, 405, f"{path} answers {allowed}, not {method}.", [("Allow", allowed)])
        if int(environ.get("CONTENT_LENGTH") or 0) > LARGEST_REQUEST:
            return problem(environ, start_response, 413, f"A request may hold {LARGEST_REQUEST:,} bytes.")
        try:
            response = cast(
                "_LambdaResponse",
                self._gateway.handle_request(method, _target(environ, path), _headers(environ), _body(environ)),
            )
        except LocalGatewayException as refusal:
            return problem(environ, start_response, refusal.CODE, _REFUSALS[refusal.CODE])
        return _send(environ, start_response, response)

    def _methods_at(self, path: str) -> frozenset[str] | None:
        if path.startswith("//"):  # Chalice would read a host's name here and match what follows it
            return None
        try:
            return frozenset(self._routes[self._match(_without_parameters(path)).route])
        except ValueError:
            return None


def one_request_per_thread(app: Chalice) -> None:
    """Give every thread its own current request.

    A Chalice object keeps the request it answers on itself, so two threads would answer each other's. Chalice's
    development server swaps the app's class for one whose request is thread-local, and forgets the Lambda context;
    this does the same for both, once for each app.
    """
    if not isinstance(app, _PerThread):
        app.__class__ = type("PerThreadChalice", (_PerThread, type(app)), {})


class _PerThread(Chalice):
    _here = threading.local()

    @property
    def current_request(self) -> Request | None:
        request: Request | None = getattr(self._here, "request", None)
        return request

    @current_request.setter
    def current_request(self, request: Request | None) -> None:
        self._here.request = request

    @property
    def lambda_context(self) -> LambdaContext:
        context: LambdaContext = self._here.context
        return context

    @lambda_context.setter
    def lambda_context(self, context: LambdaContext) -> None:
        self._here.context = context


_REFUSALS = {
    401: "This needs a token: send it as `Authorization: Bearer ...`.",
    403: "The token does not allow this.",
    500: "The authorizer returned nothing.",
}


def _target(environ: WSGIEnvironment, path: str) -> str:
    query = environ.get("QUERY_STRING")
    path = _without_parameters(path)
    return f"{path}?{query}" if query else path


def _without_parameters(path: str) -> str:
    # Chalice would cut the path at a semicolon, as an old standard had it; API Gateway takes it for any other character.
    return path.replace(";", "%3B")


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    headers = {name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = str(environ[name])
    return headers


def _body(environ: WSGIEnvironment) -> bytes | None:
    # waitress has read the whole body, chunked or not, before it calls, and ends the input where the body ends.
    body: bytes = environ["wsgi.input"].read()
    return body or None


def _send(environ: WSGIEnvironment, start_response: StartResponse, response: _LambdaResponse) -> Iterable[bytes]:
    body = _bytes_of(response)
    if len(body) > LARGEST_ANSWER:
        return problem(environ, start_response, 502, f"Deployed, an answer may hold {LARGEST_ANSWER:,} bytes; this one has {len(body):,}.")
    headers = list(response["headers"].items())
    headers += [(name, value) for name, values in response["multiValueHeaders"].items() for value in values]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    for _, value in headers:
        value.encode("latin-1")  # refused here it becomes an answer; refused in the server it would cut the connection
    return answer(start_response, response["statusCode"], headers, body, without_body=environ["REQUEST_METHOD"] == "HEAD")


def _bytes_of(response: _LambdaResponse) -> bytes:
    body = response["body"] or b""
    if response.get("isBase64Encoded"):
        return b64decode(body)
    return body if isinstance(body, bytes) else body.encode()
