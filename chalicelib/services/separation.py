"""Separation of duties: overrides given, and the report of every decision in which the rule held or was overridden."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from chalicelib.context import Context
from chalicelib.domain import overriding, separation
from chalicelib.domain.aggregates import Record, State
from chalicelib.domain.approvals import Holder, Waiting
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claims import GrantClaims, grant_of
from chalicelib.domain.errors import Missing
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter
from chalicelib.domain.returns import Return, name_of
from chalicelib.domain.separation import Decided, Separation, Told
from chalicelib.domain.suspense import Suspended
from chalicelib.domain.values import Struct
from chalicelib.services import decisions, reading
from chalicelib.services.decisions import Place
from chalicelib.services.unit import Part, Plan, View, Written, change, one, view_of
from chalicelib.storage.store import RecordKey, Wanted

AT_ONCE = 50
"""How many decisions are read at a time while those of one outcome, or by one person, are looked for."""


class Wanting(Struct, frozen=True, kw_only=True):
    """Which decisions are asked for: those in which the rule held or was overridden, of one matter, grant or person."""

    outcome: Separation | None = None
    matter: Matter | None = None
    grant_id: str | None = None
    person: str | None = None


class Action(Struct, frozen=True, kw_only=True):
    """A decision with its record: who prepared, who decided, when and why, and how the rule stood."""

    decided: Decided
    record: Record
    told: Told

    @property
    def outcome(self) -> Separation:
        """Whether the rule held."""
        return self.told.separation(self.record.by)

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who had a part in it."""
        by = self.told.override.by if self.told.override else ""
        return (*self.told.prepared_by, self.record.by, by)


class ShownOverride(Struct, frozen=True, kw_only=True):
    """A request with the override just given, and what it is kept with."""

    held: Written[Holder]
    waiting: Waiting


def override(context: Context, grant_id: str, matter: Matter, named: str, reason: str) -> ShownOverride:
    """Let whoever prepared a request of a grant decide it. Raises Missing, PreparerCannotApprove, NotInState, RoleMissing."""
    return _override(context, Grant, Name(Kind.GRANT, grant_id), (matter, named), reason)


def override_claim(context: Context, claim_id: str, reason: str) -> ShownOverride:
    """Let whoever drafted a claim review it, or whoever had a hand in it certify it: what it waits for, once. Raises as `override`."""
    return _override(context, GrantClaims, Name(Kind.CLAIMS, grant_of(claim_id)), (Matter.CLAIM, claim_id), reason)


def override_return(context: Context, return_id: str, reason: str) -> ShownOverride:
    """Let whoever wrote a submitted return accept it, or request changes to it. Raises as `override`."""
    return _override(context, Return, name_of(return_id), (Matter.RETURN, return_id), reason)


def override_suspended(context: Context, suspense_id: str, reason: str) -> ShownOverride:
    """Let whoever committed an import dismiss a document of it from suspense. Raises as `override`."""
    return _override(context, Suspended, Name(Kind.SUSPENSE, suspense_id), (Matter.SUSPENSE, suspense_id), reason)


_CALLED = {Matter.CLAIM: "claim", Matter.RETURN: "return", Matter.SUSPENSE: "document in suspense"}
D = TypeVar("D", Grant, GrantClaims, Return, Suspended)


def _override(context: Context, kind: type[D], name: Name, request: tuple[Matter, str], reason: str) -> ShownOverride:
    matter, named = request
    context.actor.require(separation.may(matter, separation.Step.OVERRIDE))

    def plan(view: View) -> Plan:
        held = view.find(kind, name.id)
        if held is None:
            raise Missing(kind=_CALLED.get(matter, "grant"), id=named if matter in _CALLED else name.id)
        return Plan(parts=(Part(name, held, (overriding.give(held.state, matter, named, reason, context.actor),)),), reason=reason)

    def result(written: tuple[Written[State], ...]) -> ShownOverride:
        held = one(kind)(written)
        return ShownOverride(held=held, waiting=overriding.find(held.state, matter, named))

    return change(context, lambda: view_of(context, Wanted(heads=(name,))), plan, result)


def report(context: Context, wanting: Wanting, after: Place, limit: int) -> Iterator[Action]:
    """So many of the decisions after the place given: grant by grant, then their claims, then returns, then what was in
    suspense, each in the order in which they were made.

    Reads the decisions' own records, however many entries lie between them. Raises Missing, ChainBroken.
    """
    heads = decisions.heads(context, wanting.matter, wanting.grant_id, after)
    found = (each for held in heads for each in separation.decisions(held.state))
    rest = (each for each in found if place_of(each) > after and wanting.matter in (None, each.matter))
    at_once = limit if wanting.outcome is None and wanting.person is None else max(limit, AT_ONCE)
    return islice((each for each in _actions(context, rest, at_once) if _wanted(wanting, each)), limit)


def _actions(context: Context, decided: Iterator[Decided], at_once: int) -> Iterator[Action]:
    while batch := tuple(islice(decided, at_once)):
        records = reading.some(context, {_record(each): f"the decision of {each.matter} {each.id}" for each in batch})
        for each in batch:
            record = records[_record(each)]
            yield Action(decided=each, record=record, told=separation.told(record.fact, str(record.name), record.seq))


def place_of(each: Decided) -> Place:
    """Where a decision stands in the report."""
    return Place.of(each.name, each.decided_in)


def _record(each: Decided) -> RecordKey:
    return each.name, each.decided_in


def _wanted(wanting: Wanting, action: Action) -> bool:
    return wanting.outcome in (None, action.outcome) and (wanting.person is None or wanting.person in action.people)
