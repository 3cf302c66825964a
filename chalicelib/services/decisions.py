"""Where decisions stand, and in which order they are listed: those of grants, of the claims of grants, of returns, and of suspense.

What waits and what was decided is read from the heads of these four, so nothing is kept beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.context import Context
from chalicelib.domain.approvals import Holder
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claims import GrantClaims
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter
from chalicelib.domain.returns import Return
from chalicelib.domain.suspense import Suspended
from chalicelib.domain.values import Struct
from chalicelib.services import registers
from chalicelib.services.unit import Held, view_of
from chalicelib.storage.store import Wanted

_ORDER = (Kind.GRANT, Kind.CLAIMS, Kind.RETURN, Kind.SUSPENSE)
_PLACE = re.compile(r"(grant|claims|return|suspense)#([A-Za-z0-9.-]{1,100})#([1-9][0-9]{0,9})")


class Place(Struct, frozen=True, order=True):
    """A place in such a list: which of the four kinds, by its number; the aggregate's id; and a record of it."""

    kind: int = 0
    id: str = ""
    seq: int = 0

    @classmethod
    def of(cls, name: Name, seq: int) -> Place:
        """Where a record of an aggregate stands."""
        return cls(_ORDER.index(name.kind), name.id, seq)

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that a text names, as it was written; None for any other."""
        found = _PLACE.fullmatch(text)
        return cls.of(Name(Kind(found[1]), found[2]), int(found[3])) if found else None

    def __str__(self) -> str:
        return f"{_ORDER[self.kind]}#{self.id}#{self.seq}"


BEGINNING = Place()


def heads(context: Context, matter: Matter | None, grant_id: str | None, after: Place) -> Iterator[Held[Holder]]:
    """Everything from a place on under which a matter (None: any) is decided; of one grant, itself and its claims.

    A kind is read when the list comes to it. Raises Missing for a grant that is not there.
    """
    if grant_id is not None:
        return _of_grant(context, matter, grant_id)
    return _every(context, matter, after)


def _of_grant(context: Context, matter: Matter | None, grant_id: str) -> Iterator[Held[Holder]]:
    view = view_of(context, Wanted(heads=(Name(Kind.GRANT, grant_id), Name(Kind.CLAIMS, grant_id))))
    grant, claims = view.held(Grant, grant_id), view.find(GrantClaims, grant_id)
    if _meant(matter, Kind.GRANT):
        yield grant
    if claims and _meant(matter, Kind.CLAIMS):
        yield claims


def _every(context: Context, matter: Matter | None, after: Place) -> Iterator[Held[Holder]]:
    kinds: tuple[type[Holder], ...] = (Grant, GrantClaims, Return, Suspended)
    for number, kind in enumerate(kinds):
        if number >= after.kind and _meant(matter, kind.KIND):
            first = after.id if number == after.kind else ""
            # From the last one on, not after it: there may be more under it.
            yield from (held for held in registers.every(context, kind, first[:-1]) if held.name.id >= first)


def _meant(matter: Matter | None, kind: Kind) -> bool:
    return matter is None or kind is _KINDS.get(matter, Kind.GRANT)


_KINDS = {Matter.CLAIM: Kind.CLAIMS, Matter.RETURN: Kind.RETURN, Matter.SUSPENSE: Kind.SUSPENSE}
"""Under what a matter is decided, where it is not under a grant."""
