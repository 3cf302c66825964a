"""Overrides: a second person lets whoever prepared one request decide it themselves, and says why.

For an office in which nobody else can decide in time. The rule is lifted for that request only, and on the record.
"""

from __future__ import annotations

from chalicelib.domain.approvals import Holder, Waiting, waiting
from chalicelib.domain.errors import Missing, NotInState
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter, OverrideGiven
from chalicelib.domain.people import Actor, second_person


def give(held: Holder, matter: Matter, named: str, reason: str, actor: Actor) -> OverrideGiven:
    """Let whoever prepared a request that waits decide it.

    Raises Missing where no such request waits, PreparerCannotApprove for whoever prepared it (or reviewed the claim that is to be
    certified), NotInState where somebody has let them already.
    """
    found = find(held, matter, named)
    for preparer in found.prepared_by:
        second_person(actor, prepared_by=preparer)
    if found.override is not None:
        raise NotInState(kind=matter.value, id=_named(held, named), state="overridden", needed=("not overridden",))
    return OverrideGiven(matter=matter, id=named, by=actor.subject, reason=reason)


def find(held: Holder, matter: Matter, named: str) -> Waiting:
    """A request that waits. Raises Missing."""
    for each in waiting(held):
        if (each.matter, each.id) == (matter, named):
            return each
    raise Missing(kind=f"waiting {matter.value.replace('_', '-')}", id=_named(held, named))


def _named(held: Holder, named: str) -> str:
    return f"{held.id}/{named}" if isinstance(held, Grant) else named
