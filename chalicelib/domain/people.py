"""Who acts, in which role, and the rule that two people stand behind a decision."""

from __future__ import annotations

from enum import StrEnum

from chalicelib.domain.errors import PreparerCannotApprove, RoleMissing
from chalicelib.domain.matters import Override
from chalicelib.domain.values import Struct


class Role(StrEnum):
    """What somebody may do here. One person may hold several roles."""

    VIEWER = "viewer"
    OFFICER = "officer"
    FINANCE = "finance"
    CERTIFIER = "certifier"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"
    PARTNER = "partner"


OFFICE = frozenset(Role) - {Role.PARTNER}
"""Everybody who works for the office: all roles but a delivery partner's."""


class Actor(Struct, frozen=True, kw_only=True):
    """Whoever makes a request: the token's subject, the roles, and a partner's organisation."""

    subject: str
    roles: frozenset[Role]
    organisation_id: str | None = None

    @property
    def sees_only(self) -> str | None:
        """The organisation whose initiatives are all this actor may see; None for the office's own staff."""
        return None if self.roles & OFFICE else self.organisation_id or ""

    def require(self, allowed: frozenset[Role]) -> None:
        """Refuse unless the actor holds one of the allowed roles."""
        if not self.roles & allowed:
            raise RoleMissing(allowed=tuple(sorted(allowed)), held=tuple(sorted(self.roles)))


def second_person(actor: Actor, *, prepared_by: str, override: Override | None = None) -> None:
    """Refuse when the actor prepared what is to be decided, unless a second person let them. No role is above this rule."""
    if actor.subject == prepared_by and override is None:
        raise PreparerCannotApprove(prepared_by=prepared_by)


SCHEDULE = Actor(subject="streetlight schedule", roles=frozenset({Role.PUBLISHER}))
"""The scheduled functions act in their own name, which no person can have: a token's subject has no space in it."""

INCOMING = Actor(subject="streetlight incoming", roles=frozenset())
"""Whoever drops a file acts in this name. It has no role, so that nothing but the preview can be had by dropping one."""
