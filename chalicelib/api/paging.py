"""Lists page by an opaque cursor: `{"items": [...], "next": "/grants?cursor=..."}`.

A cursor names the last item shown and the list it belongs to, so a cursor of one list is refused by another.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import islice
from typing import Annotated, Generic, TypeVar

from msgspec import Meta

from chalicelib.api.schemas import Body, Shown
from chalicelib.domain.errors import Refused
from chalicelib.domain.values import Struct

T = TypeVar("T")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

_MARK = 6
"""Bytes of checksum in a cursor: enough to catch a slip, and nobody gains anything by forging one."""

Cursor = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{8,400}$(?!\n)",
        description="Where to go on: copy it from the `next` link of the page before.",
    ),
]
Limit = Annotated[int, Meta(ge=1, le=200, description="The most items to answer with.")]


class PageQuery(Body, frozen=True, kw_only=True):
    """What every list takes. A view asks the store for what comes after `call.after`."""

    cursor: Cursor | None = None
    limit: Limit = 50

    @property
    def at_once(self) -> int:
        """How many items to ask the store for: one more than are shown, to know whether any follow."""
        return self.limit + 1


class Listing(Shown, Generic[T], frozen=True, kw_only=True):
    """One page of a list, and where the next one is."""

    items: list[T]
    next: str | None


class Page(Struct, Generic[R_co], frozen=True):
    """What a list's view answers with: the items of this page, and the key of the last where more follow."""

    items: tuple[R_co, ...]
    after: str | None

    @staticmethod
    def of(found: Iterable[R], *, limit: int, key: Callable[[R], str]) -> Page[R]:
        """The first `limit` of what is found; one more is looked at, to know whether any follow."""
        items = tuple(islice(found, limit + 1))
        more = len(items) > limit
        return Page(items[:limit], key(items[limit - 1]) if more else None)


_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


def number_after(after: str) -> int:
    """The number of the last item shown, where a list goes by numbers; 0 where it begins. Raises UnknownCursor."""
    if after and not _NUMBER.fullmatch(after):
        raise UnknownCursor
    return int(after or 0)


class UnknownCursor(Refused):
    """The cursor does not belong to this list.

    Take it from the `next` link of the page before, or leave it out to begin again.
    """

    @property
    def detail(self) -> str:
        return "This cursor was not made by this list: copy it from the `next` link of the page before."


def encode(after: str, *, scope: str) -> str:
    """The cursor that goes on after the item with this key, in the list `scope`."""
    key = after.encode()
    return urlsafe_b64encode(_mark(key, scope) + key).decode().rstrip("=")


def decode(cursor: str, *, scope: str) -> str:
    """The key of the last item shown. Raises UnknownCursor when it was not made for this list."""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        mark, key = raw[:_MARK], raw[_MARK:]
        if mark == _mark(key, scope):
            return key.decode()
    except ValueError:
        pass
    raise UnknownCursor


def _mark(key: bytes, scope: str) -> bytes:
    return sha256(scope.encode() + b"\0" + key).digest()[:_MARK]
