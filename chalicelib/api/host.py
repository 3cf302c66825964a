"""The app: Chalice, with the backend its routes work on and the one place where errors become answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalice.app import Chalice, Request, Response

from chalicelib.api import serving
from chalicelib.api.auth import Fetch, Verifier, fetched
from chalicelib.api.incoming import incoming
from chalicelib.api.reshape import reshaped
from chalicelib.api.route import Route
from chalicelib.backend import Backend, Lazily
from chalicelib.context import the_time


class Api(Chalice):
    """Streetlight's app.

    `backend` is called on the first request, not before; `fetch` gets the issuer's keys and `now` tells the
    time, so that tests need neither a network nor a clock.
    """

    def __init__(
        self,
        backend: Callable[[], Backend],
        *,
        fetch: Fetch = fetched,
        now: Callable[[], datetime] = the_time,
    ) -> None:
        super().__init__("streetlight")
        self.backend = backend
        self.now = now
        self.verifier = Lazily(lambda: Verifier.of(backend().settings, fetch))
        self.declared: list[Route] = []
        self.register_middleware(reshaped, "http")

    def serve(self, route: Route) -> None:
        """Add a declared route, bound to this app."""

        def view(**_: str) -> Response:
            request = self.current_request
            if not isinstance(request, Request):  # pragma: no cover  Chalice sets it before it calls a view
                raise TypeError("there is no current request")
            return serving.respond(route, self, incoming(request))

        view.__name__ = route.name
        # Every content type reaches the view, which refuses with a problem of our own.
        self.route(route.path, methods=[route.method], name=route.name, content_types=["*/*"])(view)
        self.declared.append(route)
