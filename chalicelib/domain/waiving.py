"""Waiving a rule of a grant: asked for by one person, with a reason and a last day, and decided by another."""

from __future__ import annotations

from chalicelib.domain.errors import Missing, NotInState, RequestStale, contradiction
from chalicelib.domain.grants import Grant
from chalicelib.domain.people import Actor, second_person
from chalicelib.domain.rules import RuleName
from chalicelib.domain.values import replace
from chalicelib.domain.waivers import Waiver, WaiverDecided, WaiverRequested, WaiverState


def request_waiver(grant: Grant, waiver: Waiver) -> WaiverRequested:
    """Ask for one of the grant's rules to be waived up to and including a day. Raises Contradictory where it has no such rule.

    The day may be over: what was agreed on paper and is entered late goes on the record, and lets nothing pass.
    """
    policy = grant.rules.policy(waiver.rule) if grant.rules else None
    if policy is None:
        raise contradiction("/rule", f"{grant.id} has no rule {waiver.rule} to waive")
    return WaiverRequested(waiver=replace(waiver, clause=policy.clause))


def find_waiver(grant: Grant, waiver_id: int) -> Waiver:
    """The grant's waiver of that number. Raises Missing."""
    for waiver in grant.waivers:
        if waiver.id == waiver_id:
            return waiver
    raise Missing(kind="waiver", id=_named(grant, waiver_id))


def approve_waiver(grant: Grant, waiver_id: int, actor: Actor) -> WaiverDecided:
    """Approve a waiver that somebody else asked for. Raises Missing, NotInState, PreparerCannotApprove, RequestStale."""
    waiver = _undecided(grant, waiver_id, actor)
    if changed := _changed(grant, waiver):
        raise RequestStale(kind="waiver", id=_named(grant, waiver_id), changed=changed)
    return WaiverDecided(waiver=replace(waiver, decided=WaiverState.APPROVED, decided_by=actor.subject))


def reject_waiver(grant: Grant, waiver_id: int, actor: Actor) -> WaiverDecided:
    """Reject a waiver that somebody else asked for. Raises Missing, NotInState, PreparerCannotApprove."""
    waiver = _undecided(grant, waiver_id, actor)
    return WaiverDecided(waiver=replace(waiver, decided=WaiverState.REJECTED, decided_by=actor.subject))


def _undecided(grant: Grant, waiver_id: int, actor: Actor) -> Waiver:
    waiver = find_waiver(grant, waiver_id)
    if waiver.decided is not None:
        raise NotInState(kind="waiver", id=_named(grant, waiver_id), state=waiver.decided, needed=(WaiverState.REQUESTED,))
    second_person(actor, prepared_by=waiver.requested_by, override=waiver.override)
    return waiver


def _changed(grant: Grant, waiver: Waiver) -> str:
    """What has changed since a waiver was asked for that it rests on; nothing, where it is as it was."""
    policy = grant.rules.policy(RuleName(waiver.rule)) if grant.rules else None
    if policy is None:
        return f"{grant.id} has no rule {waiver.rule} any more."
    if (policy.set_in or 0) > (waiver.requested_in or 0):
        return f"the rule {waiver.rule} was set anew by record {policy.set_in}, by {policy.clause}."
    return ""


def _named(grant: Grant, waiver_id: int) -> str:
    return f"{grant.id}/waivers/{waiver_id}"
