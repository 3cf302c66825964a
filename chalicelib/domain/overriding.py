"""Overrides: a second person lets whoever prepared one request decide it themselves, and says why.

For an office in which nobody else can decide in time. The rule is lifted for that request only, and on the record.
"""

from __future__ import annotations

from chalicelib.domain.approvals import Waiting, waiting
from chalicelib.domain.errors import Missing, NotInState
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter, OverrideGiven
from chalicelib.domain.people import Actor, second_person


def give(grant: Grant, matter: Matter, named: str, reason: str, actor: Actor) -> OverrideGiven:
    """Let whoever prepared a request that waits decide it.

    Raises Missing where no such request waits, PreparerCannotApprove for whoever prepared it, NotInState where somebody has
    let them already.
    """
    found = find(grant, matter, named)
    second_person(actor, prepared_by=found.requested_by)
    if found.override is not None:
        raise NotInState(kind=matter.value, id=f"{grant.id}/{named}", state="overridden", needed=("not overridden",))
    return OverrideGiven(matter=matter, id=named, by=actor.subject, reason=reason)


def find(grant: Grant, matter: Matter, named: str) -> Waiting:
    """A request that waits. Raises Missing."""
    for each in waiting(grant):
        if (each.matter, each.id) == (matter, named):
            return each
    raise Missing(kind=f"waiting {matter.value.replace('_', '-')}", id=f"{grant.id}/{named}")
