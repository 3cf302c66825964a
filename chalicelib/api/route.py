"""One route with everything that is known about it: what serves it, documents it and checks it."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from chalicelib.api.paging import Listing
from chalicelib.api.schemas import Body
from chalicelib.context import Context
from chalicelib.domain.errors import DomainError
from chalicelib.domain.people import Role


class Anyone(Enum):
    """The type of ANYONE."""

    ANYONE = "anyone"


ANYONE = Anyone.ANYONE
"""Nobody has to sign in for this route."""

Allowed = frozenset[Role] | Anyone
JSON = "application/json"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Route:
    """A declared route. `gives` turns what the view answers with into what is sent, and its annotation says what that is."""

    method: str
    path: str
    view: Callable[..., object]
    allow: Allowed
    gives: Callable[..., object]
    summary: str
    takes: type[Body] | None = None
    query: type[Body] | None = None
    creates: bool = False
    later: bool = False
    versioned: bool = False
    paged: bool = False
    at: str | None = None
    media: str = JSON
    problems: tuple[type[DomainError], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    tag: str = ""

    @property
    def name(self) -> str:
        """The view's name: unique among all routes."""
        return str(getattr(self.view, "__name__", self.path))

    @property
    def status(self) -> int:
        """The status of an answer that is no problem."""
        return 201 if self.creates else 200

    def status_of(self, members: Mapping[str, object]) -> int:
        """The status of an answer with these members: 202 for what `waits` to be done."""
        return 202 if self.later and members.get("waits") is True else self.status

    @property
    def changes(self) -> bool:
        """Whether a change to something that exists is asked for, so that If-Match must name its version."""
        return self.versioned and self.method != "GET"

    @property
    def tagged(self) -> bool:
        """Whether an answer always carries an ETag: every GET's does, and every versioned thing's."""
        return self.method == "GET" or "version" in getattr(self.answer, "__struct_fields__", ())

    @cached_property
    def parameters(self) -> dict[str, object]:
        """The types of the path's parameters, as the view annotates them."""
        hints = typing.get_type_hints(self.view, include_extras=True)
        return {name: hints[name] for name in re.findall(r"{(\w+)}", self.path)}

    @cached_property
    def answer(self) -> object:
        """The type of the answer's body."""
        if isinstance(self.gives, type):
            return self.gives
        one: object = typing.get_type_hints(self.gives, include_extras=True)["return"]
        if one is typing.Self:
            one = getattr(self.gives, "__self__", one)
        return Listing[one] if self.paged else one  # type: ignore[valid-type]  # a type known only at run time

    def mistakes(self) -> Iterator[str]:
        """What only shows when the annotations are looked at; a test asks every route."""
        for annotated, expected in (("query", self.query), ("body", self.takes)):
            if expected and typing.get_type_hints(self.view)[annotated] is not expected:
                yield f"{self.name}: {annotated} is not annotated as {expected.__name__}"
        members = {*getattr(self.answer, "__struct_fields__", ()), *self.parameters}
        if self.versioned and "version" not in members:
            yield f"{self.name}: it is versioned, and its answer has no version"
        for name in re.findall(r"{(\w+)}", self.at or ""):
            if name not in members:
                yield f"{self.name}: its Location needs {name}, which neither answer nor path have"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as its view sees it.

    `base` stands before every path in a link: empty, or the deployment's stage such as `/api`. In a list, `after` is
    the key of the last item that the page before showed, or nothing.
    """

    context: Context
    base: str = ""
    after: str = ""
    routes: tuple[Route, ...] = field(default=(), repr=False)
