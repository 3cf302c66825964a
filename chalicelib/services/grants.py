"""Grants: offered, accepted, active, closed; and the variations that change their budgets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from chalicelib.context import Context
from chalicelib.domain import budgets, grants, offers
from chalicelib.domain.aggregates import Record
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant, GrantAmended, GrantFact, GrantState
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.values import Struct, replace
from chalicelib.domain.variations import Variation, VariationDecided
from chalicelib.services.unit import (
    Part,
    Plan,
    View,
    Written,
    change,
    expect,
    new_name,
    one,
    version_of,
    view_of,
)
from chalicelib.storage import items
from chalicelib.storage.store import Wanted


def offer(context: Context, grant: Grant) -> Written[Grant]:
    """Take in an offered grant.

    Raises AlreadyExists, Missing (its fund or lead recipient), Invalid, AwardAboveCeiling, MatchRequired.
    """
    besides = (Name(Kind.FUND, grant.fund_id), Name(Kind.ORGANISATION, grant.lead_recipient_id))
    wanted = Wanted(heads=(Name(Kind.GRANT, grant.id), *besides))

    def decide(view: View) -> Plan:
        name = new_name(view, Grant, grant.id)
        view.state(Organisation, grant.lead_recipient_id)
        return Plan(parts=(Part(name, None, (offers.offer(grant, view.state(Fund, grant.fund_id)),)),))

    return change(context, lambda: view_of(context, wanted), decide, one(Grant))


def amend(context: Context, grant_id: str, amended: Callable[[GrantAmended], GrantAmended]) -> Written[Grant]:
    """Change a grant's description. Raises Missing, StaleView."""

    def decide(view: View) -> tuple[GrantFact, ...]:
        held = view.state(Grant, grant_id)
        present = GrantAmended(**{name: getattr(held, name) for name in grants.DETAILS})
        return (amended(present),)

    return _change(context, grant_id, decide)


def move(context: Context, grant_id: str, state: GrantState, on: date, reason: str) -> Written[Grant]:
    """Take a grant to another state. Raises Missing, StaleView, IllegalMove."""
    return _change(context, grant_id, lambda view: grants.move(view.state(Grant, grant_id), state, on), reason)


def request_variation(context: Context, grant_id: str, variation: Variation) -> Written[Grant]:
    """Ask for a variation, numbered next among the grant's own. Raises Missing, and what the rules refuse."""

    def decide(view: View) -> tuple[GrantFact, ...]:
        grant = view.state(Grant, grant_id)
        numbered = replace(variation, id=len(grant.variations) + 1, requested_by=context.actor.subject)
        return (budgets.request_variation(grant, view.state(Fund, grant.fund_id), numbered),)

    return _change(context, grant_id, decide, variation.reason, with_fund=True)


def approve_variation(context: Context, grant_id: str, variation_id: int, reason: str) -> Written[Grant]:
    """Approve a variation. Raises Missing, StaleView, PreparerCannotApprove, NotInState, and what the rules refuse."""

    def decide(view: View) -> tuple[GrantFact, ...]:
        grant = view.state(Grant, grant_id)
        return budgets.approve(grant, view.state(Fund, grant.fund_id), variation_id, context.actor)

    return _change(context, grant_id, decide, reason, with_fund=True)


def reject_variation(context: Context, grant_id: str, variation_id: int, reason: str) -> Written[Grant]:
    """Reject a variation. Raises Missing, StaleView, PreparerCannotApprove, NotInState."""

    def decide(view: View) -> tuple[GrantFact, ...]:
        return budgets.reject(view.state(Grant, grant_id), variation_id, context.actor)

    return _change(context, grant_id, decide, reason)


class WholeVariation(Struct, frozen=True):
    """A variation of a grant; once it is decided, with the budgets around it and the record of its decision."""

    variation: Variation
    decision: Record | None = None

    @classmethod
    def decided_by(cls, record: Record) -> WholeVariation | None:
        """The variation that a record decides, or None where it decides none."""
        fact = record.fact
        return cls(replace(fact.variation, decided_in=record.seq), record) if isinstance(fact, VariationDecided) else None


def whole_variation(context: Context, grant: Grant, variation_id: int) -> WholeVariation:
    """One of a grant's variations, with what its record holds once it is decided. Raises Missing, ChainBroken."""
    held = budgets.find_variation(grant, variation_id)
    if held.decided_in is None:
        return WholeVariation(held)
    name = Name(Kind.GRANT, grant.id)
    for link in context.store.links(name, after=held.decided_in - 1, until=held.decided_in):
        if decided := WholeVariation.decided_by(items.record_of(name, link)):
            return decided
    raise ChainBroken(aggregate=str(name), seq=held.decided_in, why="is missing: it should hold a variation's decision")


def _change(
    context: Context,
    grant_id: str,
    decide: Callable[[View], tuple[GrantFact, ...]],
    reason: str = "",
    *,
    with_fund: bool = False,
) -> Written[Grant]:
    name = Name(Kind.GRANT, grant_id)

    def look() -> View:
        view = view_of(context, Wanted(heads=(name,)))
        if not with_fund:
            return view
        # Which fund it is stands in the grant's head; both are then read again in one view.
        fund = Name(Kind.FUND, view.state(Grant, grant_id).fund_id)
        return view_of(context, Wanted(heads=(name, fund)))

    def plan(view: View) -> Plan:
        held = view.held(Grant, grant_id)
        expect(context, version_of(held))
        return Plan(parts=(Part(name, held, decide(view)),), reason=reason)

    return change(context, look, plan, one(Grant))
