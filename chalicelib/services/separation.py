"""Separation of duties: overrides given, and the report of every decision in which the rule held or was overridden."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from chalicelib.context import Context
from chalicelib.domain import overriding, separation
from chalicelib.domain.aggregates import Record, State
from chalicelib.domain.approvals import Waiting
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter
from chalicelib.domain.separation import Decided, Separation, Told
from chalicelib.domain.values import Struct
from chalicelib.services import reading, registers
from chalicelib.services.unit import Held, Part, Plan, View, Written, change, one, view_of
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
        return (self.told.prepared_by, self.record.by, by)


class ShownOverride(Struct, frozen=True, kw_only=True):
    """A request with the override just given."""

    grant: Held[Grant] | Written[Grant]
    waiting: Waiting


def override(context: Context, grant_id: str, matter: Matter, named: str, reason: str) -> ShownOverride:
    """Let whoever prepared a request decide it. Raises Missing, PreparerCannotApprove, NotInState, RoleMissing."""
    context.actor.require(separation.may(matter, separation.Step.OVERRIDE))
    name = Name(Kind.GRANT, grant_id)

    def plan(view: View) -> Plan:
        held = view.held(Grant, grant_id)
        return Plan(parts=(Part(name, held, (overriding.give(held.state, matter, named, reason, context.actor),)),), reason=reason)

    def result(written: tuple[Written[State], ...]) -> ShownOverride:
        grant = one(Grant)(written)
        return ShownOverride(grant=grant, waiting=overriding.find(grant.state, matter, named))

    return change(context, lambda: view_of(context, Wanted(heads=(name,))), plan, result)


def report(context: Context, wanting: Wanting, after: tuple[str, int], limit: int) -> Iterator[Action]:
    """So many of the decisions, grant by grant in the order in which they were made, after the place given.

    Reads the decisions' own records, however many entries lie between them. Raises Missing, ChainBroken.
    """
    found = (each for grant in _grants(context, wanting, after[0]) for each in separation.decisions(grant.state))
    rest = (each for each in found if (each.grant_id, each.decided_in) > after and wanting.matter in (None, each.matter))
    at_once = limit if wanting.outcome is None and wanting.person is None else max(limit, AT_ONCE)
    return islice((each for each in _actions(context, rest, at_once) if _wanted(wanting, each)), limit)


def _actions(context: Context, decided: Iterator[Decided], at_once: int) -> Iterator[Action]:
    while batch := tuple(islice(decided, at_once)):
        records = reading.some(context, {_record(each): f"the decision of {each.matter} {each.id}" for each in batch})
        for each in batch:
            record = records[_record(each)]
            yield Action(decided=each, record=record, told=separation.told(record.fact, str(record.name), record.seq))


def _record(each: Decided) -> RecordKey:
    return Name(Kind.GRANT, each.grant_id), each.decided_in


def _grants(context: Context, wanting: Wanting, after: str) -> Iterator[Held[Grant]]:
    if wanting.grant_id is not None:
        return iter((registers.find(context, Grant, wanting.grant_id),))
    # From the last grant on, not after it: more was decided under it.
    return (grant for grant in registers.every(context, Grant, after=after[:-1]) if grant.name.id >= after)


def _wanted(wanting: Wanting, action: Action) -> bool:
    return wanting.outcome in (None, action.outcome) and (wanting.person is None or wanting.person in action.people)
