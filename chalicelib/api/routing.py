"""How a route is written.

    grants = Routes("grants")

    @grants.post("/grants", allow=OFFICERS, takes=NewGrant, gives=GrantView.of, at="/grants/{id}",
                 summary="Record an offered grant")
    def offer_grant(call: Call, body: NewGrant) -> Written[Grant]:
        return services.offer(call.context, body.offer())

    @grants.get("/grants/{grant_id}", allow=READERS, gives=GrantView.of, versioned=True, summary="Show a grant")
    def show_grant(call: Call, grant_id: Slug) -> Held[Grant]: ...

    @grants.listing("/grants", allow=READERS, query=GrantQuery, gives=GrantView.of, summary="List grants")
    def list_grants(call: Call, query: GrantQuery) -> Page[Held[Grant]]:
        found = services.grants(call.context, after=call.after, ...)          # lazily: no more than a page is read
        return Page.of(found, limit=query.limit, key=lambda held: held.state.id)

    @grants.patch("/grants/{grant_id}", allow=OFFICERS, takes=GrantChanges, gives=GrantView.of, summary="...")
    def change_grant(call: Call, grant_id: Slug, body: GrantChanges) -> Written[Grant]: ...

    @grants.post("/grants/{grant_id}/accept", allow=OFFICERS, creates=False, gives=GrantView.of, summary="...")
    def accept_grant(call: Call, grant_id: Slug) -> Written[Grant]: ...

What the keywords mean:

- `allow`: a frozenset of roles, or ANYONE. There is no default.
- A view takes `call`, then the path's parameters by name (annotated with types of `chalicelib.api.fields`: they are decoded
  once and checked), then `query` and `body` where the route has `query=` and `takes=`. It is called once.
- `gives` turns the view's result into a `Shown` struct. Its return annotation is the documented answer; `-> Self` will do.
  It must be a pure function of the result: the stored answer of a request that happens once is made by it too, from what
  the service hands to `once.answer`, so a creating view returns its service's result as it is.
- A POST creates: it needs `Idempotency-Key` (`call.context.once`), answers 201, and `at=` gives its Location from the
  answer's own members and the path's. `creates=False` is for moves: they need `If-Match` and answer 200.
- PATCH, PUT (the whole of a thing, sent anew) and `creates=False` need `If-Match` (`call.context.expected_version`), unless
  `versioned=False`.
- `later=True`: what is large is done in the background; the answer is 202 then, and its member `waits` is true.
- An answer that is a `Versioned` struct is sent with its version as ETag. Other GETs get a hash of the body.
- `listing` shows `gives` of each item of the `Page` and adds the `next` link; its query extends `PageQuery`.
- `problems`: the domain errors worth naming in the route's documentation.
- `media=HTML` (and any `gives` that returns `str`): the text is sent as it is.

An app is `Api(backend)` and `api.register_blueprint(grants)`. The view that Chalice calls is made when the blueprint is
registered, not when it is declared, so that it belongs to that app and its backend: two apps in one process (tests)
share nothing, and there is no global to replace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Concatenate, NotRequired, TypedDict, TypeVar, Unpack

from chalice.app import Blueprint, Chalice

from chalicelib.api.host import Api
from chalicelib.api.paging import Page, PageQuery
from chalicelib.api.route import ANYONE, HTML, JSON, Allowed, Call, Route
from chalicelib.api.schemas import Body, Versioned
from chalicelib.domain.errors import DomainError

__all__ = ["ANYONE", "HTML", "JSON", "Api", "Call", "Page", "PageQuery", "Route", "Routes", "Versioned"]

R = TypeVar("R")
View = Callable[Concatenate[Call, ...], R]
Declare = Callable[[View[R]], View[R]]


class Facts(TypedDict):
    """What every route says."""

    allow: Allowed
    summary: str
    problems: NotRequired[tuple[type[DomainError], ...]]
    later: NotRequired[bool]


class Routes(Blueprint):
    """A blueprint whose routes say who may call them, what they take and what they give."""

    def __init__(self, tag: str) -> None:
        super().__init__(f"chalicelib.api.{tag}")
        self.tag = tag
        self.declared: list[Route] = []

    def get(
        self,
        path: str,
        *,
        gives: Callable[[R], object],
        query: type[Body] | None = None,
        versioned: bool = False,
        media: str = JSON,
        headers: Mapping[str, str] | None = None,
        **facts: Unpack[Facts],
    ) -> Declare[R]:
        """Declare a route that shows one thing."""
        return self._declare(
            lambda view: Route(
                method="GET",
                path=path,
                view=view,
                gives=gives,
                query=query,
                versioned=versioned,
                media=media,
                headers=headers or {},
                tag=self.tag,
                **facts,
            )
        )

    def listing(
        self, path: str, *, gives: Callable[[R], object], query: type[PageQuery] = PageQuery, **facts: Unpack[Facts]
    ) -> Declare[Page[R]]:
        """Declare a route that lists things a page at a time."""
        return self._declare(
            lambda view: Route(method="GET", path=path, view=view, gives=gives, query=query, paged=True, tag=self.tag, **facts)
        )

    def post(
        self,
        path: str,
        *,
        gives: Callable[[R], object],
        takes: type[Body] | None = None,
        creates: bool = True,
        versioned: bool | None = None,
        at: str | None = None,
        **facts: Unpack[Facts],
    ) -> Declare[R]:
        """Declare a route that creates something, or (`creates=False`) moves something that exists."""
        return self._declare(
            lambda view: Route(
                method="POST",
                path=path,
                view=view,
                gives=gives,
                takes=takes,
                creates=creates,
                versioned=not creates if versioned is None else versioned,
                at=at,
                tag=self.tag,
                **facts,
            )
        )

    def patch(
        self, path: str, *, takes: type[Body], gives: Callable[[R], object], versioned: bool = True, **facts: Unpack[Facts]
    ) -> Declare[R]:
        """Declare a route that changes something that exists."""
        return self._declare(
            lambda view: Route(method="PATCH", path=path, view=view, gives=gives, takes=takes, versioned=versioned, tag=self.tag, **facts)
        )

    def put(self, path: str, *, takes: type[Body], gives: Callable[[R], object], **facts: Unpack[Facts]) -> Declare[R]:
        """Declare a route that takes the whole of something that exists, or is due, anew."""
        return self._declare(
            lambda view: Route(method="PUT", path=path, view=view, gives=gives, takes=takes, versioned=True, tag=self.tag, **facts)
        )

    def register(self, app: Chalice, options: dict[str, object]) -> None:
        """Give every declared route to an app, bound to that app."""
        if not isinstance(app, Api):
            raise TypeError("Routes need an Api, which brings the backend, not a bare Chalice app.")
        super().register(app, options)
        for route in self.declared:
            app.serve(route)

    def _declare(self, route_of: Callable[[View[R]], Route]) -> Declare[R]:
        def declare(view: View[R]) -> View[R]:
            route = route_of(view)
            _check(route)
            self.declared.append(route)
            return view

        return declare


def _check(route: Route) -> None:
    """Raise TypeError when a route cannot work, so that a mistake is found when its module is imported."""
    if route.allow is not ANYONE and not route.allow:
        raise TypeError(f"{route.method} {route.path}: allow= must be a frozenset of roles, or ANYONE")
    expected = ["call", *re.findall(r"{(\w+)}", route.path)]
    expected += ["query"] if route.query else []
    expected += ["body"] if route.takes else []
    code = route.view.__code__
    if list(code.co_varnames[: code.co_argcount]) != expected:
        raise TypeError(f"{route.method} {route.path}: {route.name} must take exactly ({', '.join(expected)})")
