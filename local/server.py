"""The local HTTP server: waitress in front of the gateway, the files and the sign-in documents."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from waitress import wasyncore
from waitress.server import create_server

from local.answers import path_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_THREADS = 8
# Above the gateway's own limit, so that the gateway's answer is the one a client reads.
_LARGEST_BODY = 64 * 1024 * 1024


class Site:
    """A WSGI application made of others: `places` by path (a path ending in / takes all below it), and one for the rest."""

    def __init__(self, places: Mapping[str, WSGIApplication], rest: WSGIApplication) -> None:
        self._exact = {path: place for path, place in places.items() if not path.endswith("/")}
        self._below = [(path, place) for path, place in places.items() if path.endswith("/")]
        self._rest = rest

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request to the place its path names."""
        return self._place(path_of(environ))(environ, start_response)

    def _place(self, path: str) -> WSGIApplication:
        for prefix, place in self._below:
            if path.startswith(prefix):
                return place
        return self._exact.get(path, self._rest)


class Server:
    """waitress on a port of this machine. It listens from its construction on, and answers from `run` on."""

    def __init__(self, site: WSGIApplication, port: int = 0) -> None:
        self._sockets: dict[int, object] = {}
        self._stopping = threading.Event()
        self._waitress = create_server(
            site,
            map=self._sockets,
            host="127.0.0.1",
            port=port,
            threads=_THREADS,
            ident=None,  # no Server header: nobody needs to know
            max_request_body_size=_LARGEST_BODY,
            connection_limit=1000,
        )

    @property
    def url(self) -> str:
        """The server's address, without a closing slash."""
        return f"http://127.0.0.1:{self._waitress.effective_port}"

    def run(self) -> None:
        """Answer requests until `stop` is called, then finish what was begun."""
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1, use_poll=True, map=self._sockets, count=1)
        self._waitress.task_dispatcher.shutdown()
        wasyncore.close_all(self._sockets)

    def stop(self) -> None:
        """Make `run` return soon. May be called from any thread, and from a signal handler."""
        self._stopping.set()
        with suppress(OSError):  # the loop may have seen the sign and closed the trigger already
            self._waitress.pull_trigger()


@contextmanager
def serving(site: WSGIApplication, port: int = 0) -> Iterator[str]:
    """The address of a server that runs in a thread for the length of a `with` block; port 0 takes a free one."""
    server = Server(site, port)
    thread = threading.Thread(target=server.run, name="server")
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()
