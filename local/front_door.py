"""The bare address of the local server: it leads to the newest publication, or where there is none, to the API's description."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from local.answers import SECURITY, answer, path_of, problem

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class FrontDoor:
    """A WSGI application that sends browsers on from `/`, and leaves every other path to the rest.

    `published` says under which key the newest publication's files are, if there is one.
    """

    def __init__(self, published: Callable[[], str | None], rest: WSGIApplication) -> None:
        self._published = published
        self._rest = rest

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer GET and HEAD of `/` with 303: the next publication has another address."""
        if path_of(environ) != "/":
            return self._rest(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return problem(environ, start_response, 405, "This address only leads on.", [("Allow", "GET, HEAD")])
        headers = [("Location", f"/{self._published() or 'docs'}"), ("Cache-Control", "no-store"), *SECURITY]
        return answer(start_response, 303, headers, b"")
