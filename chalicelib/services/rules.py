"""A grant's rules and their waivers: set, asked for, decided and shown. What they do to entries, the gate sees to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from chalicelib.context import Context
from chalicelib.domain import waiving
from chalicelib.domain.aggregates import Record, State
from chalicelib.domain.answers import Answer
from chalicelib.domain.cells import Cell, Counter
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.conditions import present
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Category, Initiative
from chalicelib.domain.periods import london_date
from chalicelib.domain.rules import NO_RULES, Rules, RulesSet, checked
from chalicelib.domain.values import Struct, replace
from chalicelib.domain.waivers import Waiver, WaiverDecided, WaiverFact, WaiverRequested, WaiverState
from chalicelib.services import reading, registers
from chalicelib.services.unit import Held, Part, Plan, R, View, Written, change, expect, one, version_of, view_of
from chalicelib.storage.store import RecordKey, Wanted


class ShownRules(Struct, frozen=True, kw_only=True):
    """A grant with what each of its rules answers today."""

    grant: Held[Grant] | Written[Grant]
    answers: tuple[Answer, ...]


class ShownWaiver(Struct, frozen=True, kw_only=True):
    """One of a grant's waivers as it stands today: why it was asked for, and why it was decided as it was, if it was."""

    grant: Held[Grant] | Written[Grant]
    waiver: Waiver
    state: WaiverState
    why: str
    decision: str


def show(context: Context, grant_id: str) -> ShownRules:
    """Each of a grant's rules with its present answer. Raises Missing."""
    return _shown_rules(context, registers.find(context, Grant, grant_id))


def set_rules(context: Context, grant_id: str, changed: Callable[[Rules], Rules], reason: str) -> ShownRules:
    """Change a grant's rules. Raises Missing, StaleView, Contradictory."""

    def decide(grant: Grant) -> RulesSet:
        return RulesSet(rules=checked(changed(grant.rules or NO_RULES)))

    return _shown_rules(context, _change(context, grant_id, decide, reason, one(Grant)))


def _shown_rules(context: Context, grant: Held[Grant] | Written[Grant]) -> ShownRules:
    judged = grant.state.rules is not None and grant.state.rules.eligible_categories is not None
    allocated = _allocated(context, grant.state.id) if judged else {}
    return ShownRules(grant=grant, answers=tuple(present(grant.state, allocated, london_date(context.now))))


def _allocated(context: Context, grant_id: str) -> dict[Category, int]:
    """What initiatives hold of a grant, in pence, by their category."""
    held: dict[str, int] = {}
    for balance in context.store.balances(grant_id):
        initiative_id = Cell.parse(balance.cell).initiative_id
        if initiative_id and (pence := balance.counters.get(Counter.ALLOCATED, 0)):
            held[initiative_id] = held.get(initiative_id, 0) + pence
    view = View(context.store.load(Wanted(heads=tuple(Name(Kind.INITIATIVE, each) for each in held))))
    found: dict[Category, int] = {}
    for initiative_id, pence in held.items():
        category = view.state(Initiative, initiative_id).category
        found[category] = found.get(category, 0) + pence
    return found


def request_waiver(context: Context, grant_id: str, waiver: Waiver, why: str) -> ShownWaiver:
    """Ask for a rule to be waived; the waiver is numbered next among the grant's own. Raises Missing, Contradictory."""

    def decide(grant: Grant) -> WaiverRequested:
        numbered = replace(waiver, id=len(grant.waivers) + 1, requested_by=context.actor.subject)
        return waiving.request_waiver(grant, numbered)

    return _change(context, grant_id, decide, why, lambda written: _just_asked(context, one(Grant)(written)))


def approve_waiver(context: Context, grant_id: str, waiver_id: int, reason: str) -> ShownWaiver:
    """Approve a waiver. Raises Missing, StaleView, NotInState, PreparerCannotApprove, RequestStale."""
    return _decide(context, grant_id, waiver_id, lambda grant: waiving.approve_waiver(grant, waiver_id, context.actor), reason)


def reject_waiver(context: Context, grant_id: str, waiver_id: int, reason: str) -> ShownWaiver:
    """Reject a waiver. Raises Missing, StaleView, NotInState, PreparerCannotApprove."""
    return _decide(context, grant_id, waiver_id, lambda grant: waiving.reject_waiver(grant, waiver_id, context.actor), reason)


def find_waiver(context: Context, grant_id: str, waiver_id: int) -> ShownWaiver:
    """One of a grant's waivers. Raises Missing, ChainBroken."""
    grant = registers.find(context, Grant, grant_id)
    return _shown(context, grant, (waiving.find_waiver(grant.state, waiver_id),))[0]


def waivers(context: Context, grant_id: str, after: int, limit: int) -> Iterator[ShownWaiver]:
    """So many of a grant's waivers after the number given. Raises Missing, ChainBroken."""
    grant = registers.find(context, Grant, grant_id)
    further = [each for each in grant.state.waivers if each.id > after]
    return iter(_shown(context, grant, further[:limit]))


def _shown(context: Context, grant: Held[Grant] | Written[Grant], shown: Iterable[Waiver]) -> tuple[ShownWaiver, ...]:
    """Waivers with the reasons that stand in their records."""
    listed = tuple(shown)
    wanted: dict[RecordKey, str] = {}
    for each in listed:
        wanted |= {(grant.name, seq): f"the request or decision of waiver {each.id}" for seq in (each.requested_in, each.decided_in) if seq}
    records = reading.some(context, wanted)
    today = london_date(context.now)
    return tuple(
        ShownWaiver(
            grant=grant,
            waiver=each,
            state=each.state(today),
            why=records[grant.name, each.requested_in or 0].reason,
            decision=records[grant.name, each.decided_in].reason if each.decided_in else "",
        )
        for each in listed
    )


def _just_asked(context: Context, written: Written[Grant]) -> ShownWaiver:
    waiver, record = written.state.waivers[-1], _waiver_record(written)
    return ShownWaiver(grant=written, waiver=waiver, state=waiver.state(london_date(context.now)), why=record.reason, decision="")


def _waiver_record(written: Written[Grant]) -> Record:
    return next(record for record in written.records if isinstance(record.fact, WaiverRequested | WaiverDecided))


def _decide(context: Context, grant_id: str, waiver_id: int, decide: Callable[[Grant], WaiverFact], reason: str) -> ShownWaiver:
    written = _change(context, grant_id, decide, reason, one(Grant))
    return _shown(context, written, (waiving.find_waiver(written.state, waiver_id),))[0]


def _change(
    context: Context,
    grant_id: str,
    decide: Callable[[Grant], RulesSet | WaiverFact],
    reason: str,
    result: Callable[[tuple[Written[State], ...]], R],
) -> R:
    name = Name(Kind.GRANT, grant_id)

    def plan(view: View) -> Plan:
        held = view.held(Grant, grant_id)
        expect(context, version_of(held))
        return Plan(parts=(Part(name, held, (decide(held.state),)),), reason=reason)

    return change(context, lambda: view_of(context, Wanted(heads=(name,))), plan, result)
