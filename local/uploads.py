"""Files put into the object folder over HTTP, by whoever holds an upload link; what S3 does for the deployed app."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote

from local.answers import SECURITY, answer, path_of, problem

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Keep = Callable[[str, str, str, BinaryIO], None]
"""Given a file's key, the request's query string, the body's type and the body, keeps it; raises NotTaken."""


class NotTaken(Exception):
    """The file was not kept; the message says why, `status` in HTTP's words."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Uploads:
    """A WSGI application that keeps what is PUT under `prefix`, and leaves every other method to the rest."""

    def __init__(self, keep: Keep, *, prefix: str, rest: WSGIApplication) -> None:
        self._keep = keep
        self._prefix = prefix
        self._rest = rest

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer PUT with 200 and nothing more, as S3 does."""
        if environ["REQUEST_METHOD"] != "PUT":
            return self._rest(environ, start_response)
        key = unquote(path_of(environ).removeprefix(self._prefix))
        # waitress has the whole body before it calls: what breaks off on its way never comes here.
        body: BinaryIO = environ["wsgi.input"]
        try:
            self._keep(key, environ.get("QUERY_STRING", ""), environ.get("CONTENT_TYPE", ""), body)
        except NotTaken as refusal:
            return problem(environ, start_response, refusal.status, str(refusal))
        return answer(start_response, 200, SECURITY, b"")
