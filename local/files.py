"""Folders served over HTTP: the published files to anyone, the rest of the object folder to whoever holds a signed link."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from wsgiref.util import FileWrapper

from local.answers import SECURITY, answer, path_of, problem, status_line

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

# Python's own table of types differs from machine to machine.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


Guard = Callable[[str, str], Mapping[str, str]]
"""Given a file's key and the request's query string, the headers to send beside the file; raises NotAllowed."""


class NotAllowed(Exception):
    """The link does not open this file; the message says why."""


class NotServed(Exception):
    """There is no such file, or its name would lead out of the folder."""


class Folder:
    """A WSGI application that serves the files under `root` at `prefix`, such as /published/.

    The guard is asked before every read; without one, everybody may read everything.
    """

    def __init__(self, root: Path, *, prefix: str, guard: Guard = lambda _key, _query: {}) -> None:
        self._root = root.resolve()
        self._prefix = prefix
        self._guard = guard

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer GET and HEAD with a file; a folder answers with its index.html."""
        method, path = environ["REQUEST_METHOD"], path_of(environ)
        if method not in ("GET", "HEAD"):
            return problem(environ, start_response, 405, "Files can only be read.", [("Allow", "GET, HEAD")])
        key = unquote(path.removeprefix(self._prefix))
        try:
            beside = self._guard(key, environ.get("QUERY_STRING", ""))
            file = self._find(key)
        except NotAllowed as refusal:
            return problem(environ, start_response, 403, str(refusal))
        except NotServed:
            return problem(environ, start_response, 404, f"There is no file at {path}.")
        if file.name == "index.html" and not path.endswith(("/", "index.html")):
            return answer(start_response, 308, [("Location", path + "/")], b"")  # so that the page's own links resolve
        return _send(file, beside, environ, start_response)

    def _find(self, key: str) -> Path:
        parts = key.removesuffix("/").split("/")
        # A leading dot covers . and .. as well as whatever a program hides; an empty part is an absolute path or a slip.
        if key and any(not part or part.startswith(".") or set(part) & set("\\\0:") for part in parts):
            raise NotServed(key)
        found = (self._root / key).resolve()
        if found.is_dir():
            found = (found / "index.html").resolve()
        if not found.is_relative_to(self._root) or not found.is_file():  # the first, for a symbolic link that leads out
            raise NotServed(key)
        return found


def _send(file: Path, beside: Mapping[str, str], environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    content = file.open("rb")
    size = os.fstat(content.fileno()).st_size  # of what was opened, which a rename in between cannot change
    headers = {"Content-Type": _TYPES.get(file.suffix, "application/octet-stream"), **dict(SECURITY), **beside, "Content-Length": str(size)}
    start_response(status_line(200), list(headers.items()))
    if environ["REQUEST_METHOD"] == "HEAD":
        content.close()
        return []
    return FileWrapper(content, 64 * 1024)
