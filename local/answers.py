"""Answers of the local server itself, as WSGI: problem details, documents, and the names WSGI gives to things."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # wsgiref.types exists for type checkers and is cheap to leave out at run time
    from wsgiref.types import StartResponse, WSGIEnvironment

PROBLEM = "application/problem+json"
SECURITY = (("X-Content-Type-Options", "nosniff"),)


def answer(
    start_response: StartResponse,
    status: int,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    *,
    without_body: bool = False,
) -> list[bytes]:
    """Send a whole answer. A HEAD request is answered `without_body`, and still told the length the body would have."""
    bodiless = status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
    length = [] if bodiless else [("Content-Length", str(len(body)))]
    start_response(status_line(status), [*headers, *length])
    return [] if bodiless or without_body else [body]


def problem(
    environ: WSGIEnvironment, start_response: StartResponse, status: int, detail: str, headers: Iterable[tuple[str, str]] = ()
) -> list[bytes]:
    """Refuse with RFC 9457 problem details. The type is about:blank: the status says it all."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "instance": path_of(environ)}
    content = [("Content-Type", PROBLEM), *headers]
    return answer(start_response, status, content, json.dumps(body).encode(), without_body=environ["REQUEST_METHOD"] == "HEAD")


def status_line(status: int) -> str:
    """An HTTP status as WSGI writes it: `404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def path_of(environ: WSGIEnvironment) -> str:
    """The request's path as it was sent, still URL-encoded, without its query."""
    target = str(environ["REQUEST_URI"]).split("?", 1)[0]
    if not target.startswith("/"):  # an absolute address, as a proxy's client sends: http://127.0.0.1:8000/funds
        target = "/" + target.partition("://")[2].partition("/")[2]
    return target


class Document:
    """A WSGI application that serves one JSON document."""

    def __init__(self, content: object) -> None:
        self._body = json.dumps(content).encode()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer GET and HEAD with the document."""
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return problem(environ, start_response, 405, "This document can only be read.", [("Allow", "GET, HEAD")])
        headers = [("Content-Type", "application/json"), *SECURITY]
        return answer(start_response, 200, headers, self._body, without_body=method == "HEAD")


def documents(contents: Mapping[str, object]) -> dict[str, Document]:
    """Documents by path, ready to serve."""
    return {path: Document(content) for path, content in contents.items()}
