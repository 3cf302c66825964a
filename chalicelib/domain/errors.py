"""Every refusal the domain can give.

A class's docstring is its title, its attributes are the facts a caller needs to put things right,
and `detail` says in words what is wrong, where, and what would be right. The kinds below decide
the HTTP status; `chalicelib.api.problems` holds the one table.
"""

from __future__ import annotations

from typing import ClassVar, dataclass_transform

from chalicelib.domain.values import Struct


@dataclass_transform(eq_default=False)
class DomainError(Exception):
    """The request was refused.

    A kind of refusal is given what it annotates, in that order or by name, as a dataclass is. It is none, because making the
    app's seventy would be a tenth of a cold start (docs/decisions/0041).
    """

    _named: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = (name for name, kind in cls.__annotations__.items() if not str(kind).startswith("ClassVar"))
        cls._named = (*cls._named, *own)

    def __init__(self, *values: object, **named: object) -> None:
        super().__init__()
        given = dict(zip(self._named, values, strict=False)) | named
        if len(values) + len(named) != len(given) or not given.keys() <= set(self._named):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._named) or 'nothing'}")
        self.__dict__.update(given)
        if missing := [name for name in self._named if not hasattr(self, name)]:
            raise TypeError(f"{type(self).__name__} misses {', '.join(missing)}")

    def __str__(self) -> str:
        return self.detail

    @property
    def detail(self) -> str:
        """What is wrong, where, and what would be right."""
        return self.title

    @property
    def title(self) -> str:
        """The first line of the class's docstring."""
        return (type(self).__doc__ or type(self).__name__).strip().splitlines()[0]

    @property
    def members(self) -> dict[str, object]:
        """The facts of this refusal, by attribute name."""
        return {name: getattr(self, name) for name in self._named}


class NotFound(DomainError):
    """There is no such thing."""


class Forbidden(DomainError):
    """You may not do this."""


class Conflict(DomainError):
    """The ledger's present state does not allow this."""


class Unreadable(DomainError, ValueError):
    """A value cannot be read."""


class Refused(DomainError):
    """A rule does not allow this."""


class FieldError(Struct, frozen=True):
    """One thing wrong with one field: where (a JSON pointer), and what would be right."""

    pointer: str
    detail: str


class Invalid(DomainError):
    """The request is not valid."""

    errors: tuple[FieldError, ...]

    @property
    def detail(self) -> str:
        return "; ".join(f"{error.pointer or '/'}: {error.detail}" for error in self.errors)


class Contradictory(Invalid):
    """The request contradicts itself, or what it names.

    Each field is well formed by itself, so its schema lets it through; together, or beside what is held, they cannot be.
    """


def invalid(pointer: str, detail: str) -> Invalid:
    """An `Invalid` with one field error."""
    return Invalid((FieldError(pointer, detail),))


def contradiction(pointer: str, detail: str) -> Contradictory:
    """A `Contradictory` with one field error."""
    return Contradictory((FieldError(pointer, detail),))


class Missing(NotFound):
    """There is no such thing."""

    kind: str
    id: str

    @property
    def detail(self) -> str:
        return f"There is no {self.kind} with the id {self.id!r}."


class AlreadyExists(Conflict):
    """Something with this id already exists."""

    kind: str
    id: str

    @property
    def detail(self) -> str:
        article = "An" if self.kind[0] in "aeiou" else "A"
        return f"{article} {self.kind} with the id {self.id!r} already exists; choose another id, or change that one."


class RoleMissing(Forbidden):
    """Your roles do not allow this."""

    allowed: tuple[str, ...]
    held: tuple[str, ...]

    @property
    def detail(self) -> str:
        return f"This needs one of the roles {', '.join(self.allowed)}; you hold {', '.join(self.held) or 'none'}."


class PreparerCannotApprove(Forbidden):
    """Whoever prepared a thing cannot approve it."""

    prepared_by: str

    @property
    def detail(self) -> str:
        return "You prepared this, so a second person must decide it, whatever your role."


class StaleView(Conflict):
    """It has changed since you read it."""

    expected: str
    current: str

    @property
    def detail(self) -> str:
        return f"You hold version {self.expected}, it is now {self.current}: read it again, then repeat your change."


class TooBusy(Conflict):
    """Others kept changing this while the request was tried.

    Nothing was written. Repeat the request with the same idempotency key.
    """

    @property
    def detail(self) -> str:
        return "Others kept changing this at the same moment. Nothing was written: repeat the request with the same key."


class KeyReused(Refused):
    """This idempotency key was used for another request."""

    key: str

    @property
    def detail(self) -> str:
        return f"The key {self.key!r} already answered a different request: use a new key for a new request."


class IllegalMove(Conflict):
    """It cannot go from its present state to that one."""

    kind: str
    state: str
    wanted: str
    allowed: tuple[str, ...]

    @property
    def detail(self) -> str:
        onward = f"from here it can become {', '.join(self.allowed)}" if self.allowed else "nothing follows it"
        return f"The {self.kind} is {self.state} and cannot become {self.wanted}: {onward}."


class NotInState(Conflict):
    """Its present state does not allow this."""

    kind: str
    id: str
    state: str
    needed: tuple[str, ...]

    @property
    def detail(self) -> str:
        return f"The {self.kind} {self.id} is {self.state}; this needs it to be {' or '.join(self.needed)}."


class RequestStale(Conflict):
    """What was asked for rests on something that has changed since.

    `changed` says what. Reject the request, and ask again on what is there now.
    """

    kind: str
    id: str
    changed: str

    @property
    def detail(self) -> str:
        return f"The {self.kind} {self.id} was asked for before this changed: {self.changed} Reject it, and ask again."


class ChainBroken(Conflict):
    """The records do not form an unbroken chain."""

    aggregate: str
    seq: int
    why: str

    @property
    def detail(self) -> str:
        return f"Record {self.seq} of {self.aggregate} {self.why}."
