"""Separation of duties: the one table of who may take which step, and the reading of who did.

Whoever prepares a thing never decides it, whatever their roles: `chalicelib.domain.people.second_person` holds that in every
decision. Only a second person can lift it, for one request, with a reason (`chalicelib.domain.overriding`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from chalicelib.domain.approvals import MATTERS
from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter, Override
from chalicelib.domain.people import Role
from chalicelib.domain.proposals import ProposalDecided, ProposalState
from chalicelib.domain.quarter_states import PeriodReopened, PeriodReopenRejected
from chalicelib.domain.values import Struct
from chalicelib.domain.variations import VariationDecided, VariationState
from chalicelib.domain.waivers import WaiverDecided, WaiverState


class Step(StrEnum):
    """What can be done about a matter. To override is to let whoever prepared one request decide it."""

    PREPARE = "prepare"
    REVIEW = "review"
    APPROVE = "approve"
    CERTIFY = "certify"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    OVERRIDE = "override"


_DECIDES = frozenset({Role.CERTIFIER, Role.ADMINISTRATOR})
_LETS = frozenset({Role.FINANCE, Role.CERTIFIER, Role.ADMINISTRATOR})
_RUNS = frozenset({Role.OFFICER, Role.FINANCE, Role.ADMINISTRATOR})

TABLE: Mapping[Matter, Mapping[Step, frozenset[Role]]] = {
    Matter.VARIATION: {Step.PREPARE: _RUNS, Step.APPROVE: _DECIDES, Step.OVERRIDE: _LETS},
    Matter.REOPENING: {Step.PREPARE: frozenset({Role.FINANCE}), Step.APPROVE: _DECIDES, Step.OVERRIDE: _LETS},
    Matter.WAIVER: {Step.PREPARE: _RUNS, Step.APPROVE: _DECIDES, Step.OVERRIDE: _LETS},
    Matter.VIREMENT: {Step.PREPARE: frozenset({Role.OFFICER, Role.FINANCE}), Step.APPROVE: _DECIDES, Step.OVERRIDE: _LETS},
    Matter.WRITE_OFF: {Step.PREPARE: frozenset({Role.FINANCE}), Step.APPROVE: _DECIDES, Step.OVERRIDE: _LETS},
    Matter.PUBLICATION: {
        Step.PREPARE: frozenset({Role.PUBLISHER}),
        Step.PUBLISH: frozenset({Role.PUBLISHER}),
        Step.WITHDRAW: frozenset({Role.PUBLISHER, Role.ADMINISTRATOR}),
    },
}
"""Who may take which step. A step that a matter has not got is left out: nobody takes it."""


def may(matter: Matter, step: Step) -> frozenset[Role]:
    """The roles that may take a step. Raises KeyError where the matter has no such step."""
    return TABLE[matter][step]


class Separation(StrEnum):
    """Whether the rule held when something was decided: by somebody else, or by its preparer, whom a second person let."""

    HELD = "held"
    OVERRIDDEN = "overridden"


class Decided(Struct, frozen=True, kw_only=True):
    """A decision, as the grant's head tells: about which matter, and as which record. `id` as in what waited."""

    matter: Matter
    grant_id: str
    id: str
    decided_in: int


def decisions(grant: Grant) -> tuple[Decided, ...]:
    """Every decision under a grant, in the order in which they were made."""
    return tuple(sorted(_decisions(grant), key=lambda each: each.decided_in))


def _decisions(grant: Grant) -> Iterator[Decided]:
    requests = (
        *((Matter.VARIATION, str(each.id), each.decided_in) for each in grant.variations),
        *((Matter.WAIVER, str(each.id), each.decided_in) for each in grant.waivers),
        *((MATTERS[each.kind], str(each.id), each.decided_in) for each in grant.proposals),
        *((Matter.REOPENING, quarter, seq) for quarter, period in grant.periods.items() for seq in period.decided),
    )
    for matter, named, seq in requests:
        if seq is not None:
            yield Decided(matter=matter, grant_id=grant.id, id=named, decided_in=seq)


class Told(Struct, frozen=True, kw_only=True):
    """What a decision's record says: whose request it was, whether it was approved, and the override, if there was one."""

    prepared_by: str
    approved: bool
    override: Override | None

    def separation(self, decided_by: str) -> Separation:
        """Whether the rule held. An override that nobody needed overrode nothing."""
        return Separation.OVERRIDDEN if decided_by == self.prepared_by else Separation.HELD


def told(fact: object, aggregate: str, seq: int) -> Told:
    """What a decision's fact says. Raises ChainBroken where it is none."""
    match fact:
        case VariationDecided(variation=variation):
            approved = variation.state is VariationState.APPROVED
            return Told(prepared_by=variation.requested_by, approved=approved, override=variation.override)
        case WaiverDecided(waiver=waiver):
            approved = waiver.decided is WaiverState.APPROVED
            return Told(prepared_by=waiver.requested_by, approved=approved, override=waiver.override)
        case ProposalDecided(proposal=proposal):
            approved = proposal.state is ProposalState.APPROVED
            return Told(prepared_by=proposal.requested_by, approved=approved, override=proposal.override)
        case PeriodReopened() | PeriodReopenRejected():
            return Told(prepared_by=fact.requested_by, approved=isinstance(fact, PeriodReopened), override=fact.override)
    raise ChainBroken(aggregate=aggregate, seq=seq, why="should be a decision")
