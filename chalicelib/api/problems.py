"""Problem details (RFC 9457): what a refusal looks like, and the one table from errors to statuses.

A problem's type is `/problems/<class name in kebab case>`, its title the first line of the class's docstring,
its detail and its further members come from the error itself. Internal errors say nothing but the request's id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

import msgspec

from chalicelib.domain.errors import (
    Conflict,
    Contradictory,
    DomainError,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    StaleView,
    Unreadable,
)
from chalicelib.storage.store import StoreBusy, StoreUnreachable

MEDIA = "application/problem+json"


class ApiError(DomainError):
    """The request cannot be answered.

    The kind of everything that HTTP itself can get wrong; each says its own status.
    """

    status: ClassVar[int] = 400
    headers: ClassVar[Mapping[str, str]] = {}

    @property
    def members(self) -> dict[str, object]:
        """The facts of this refusal: not what its class says of all of its kind."""
        return {name: value for name, value in super().members.items() if name not in {"status", "headers"}}


class MethodNotAllowed(ApiError):
    """This address does not have that method."""

    status = 405


class UnsupportedMedia(ApiError):
    """The body is not of a type this takes."""

    status = 415

    @property
    def detail(self) -> str:
        return "Send the body as JSON, with Content-Type: application/json."


class BodyTooLarge(ApiError):
    """The body is too large."""

    status = 413

    @property
    def detail(self) -> str:
        return "A body may have up to 256 KiB."


class Busy(ApiError):
    """The store is taking no more at this moment.

    Nothing was written. Repeat the request with the same idempotency key.
    """

    status = 503
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}


class OutcomeUnknown(ApiError):
    """The store gave no answer."""

    status = 503
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}

    @property
    def detail(self) -> str:
        return (
            "It is not known whether this was written: repeat it with the same key (or, where it has none, "
            "read it again and repeat the change)."
        )


class InternalError(ApiError):
    """Something went wrong on our side.

    The request's id finds what, in the log.
    """

    status = 500

    @property
    def detail(self) -> str:
        return "This is not your request's fault. Tell the office the request's id."


class NotServed(ApiError):
    """The server could not serve this request."""


STATUSES: tuple[tuple[type[DomainError], int], ...] = (
    # The first kind that an error is decides.
    (Contradictory, 422),
    (Invalid, 400),
    (Unreadable, 400),
    (Forbidden, 403),
    (NotFound, 404),
    (StaleView, 412),
    (Conflict, 409),
    (Refused, 422),
)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal, in the shape of RFC 9457. Further members state the facts of the refusal."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | msgspec.UnsetType = msgspec.UNSET


def status_of(kind: type[DomainError]) -> int:
    """The HTTP status of an error class."""
    if issubclass(kind, ApiError):
        return kind.status
    return next((status for each, status in STATUSES if issubclass(kind, each)), 500)


def name_of(kind: type[DomainError]) -> str:
    """An error class's name in a problem type: `AllocationExhausted` -> `allocation-exhausted`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind.__name__).lower()


def title_of(kind: type[DomainError]) -> str:
    """An error class's title: the first line of its docstring."""
    return (kind.__doc__ or kind.__name__).strip().splitlines()[0]


def type_of(kind: type[DomainError]) -> str:
    """An error class's problem type."""
    return f"/problems/{name_of(kind)}"


def body_of(error: DomainError, request_id: str) -> str:
    """A refusal as problem details."""
    kind = type(error)
    members = {name: value for name, value in error.members.items() if name not in _RESERVED}
    standard = {
        "type": type_of(kind),
        "title": error.title,
        "status": status_of(kind),
        "detail": error.detail,
        "instance": request_id,
    }
    listed = {"errors": error.errors} if isinstance(error, Invalid) else {}
    return msgspec.json.encode({**standard, **listed, **members}).decode()


_RESERVED = frozenset(Problem.__struct_fields__)


def translated(error: Exception) -> DomainError | None:
    """An error that a caller may be told about, or None for one that is ours alone."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, StoreUnreachable):
        return OutcomeUnknown()
    return Busy() if isinstance(error, StoreBusy) else None


def kinds() -> Iterator[type[DomainError]]:
    """Every error class that has its own problem type, by name."""
    return iter(sorted(_beneath(DomainError), key=name_of))


def _beneath(kind: type[DomainError]) -> set[type[DomainError]]:
    found = {kind} if kind not in GENERAL else set()
    return found.union(*(_beneath(each) for each in kind.__subclasses__()))


GENERAL = frozenset({DomainError, ApiError, Forbidden, NotFound, Conflict, Refused, Unreadable})
"""Kinds of which only narrower ones are raised: they have no problem type of their own."""
