"""Separation of duties: the one table of who may take which step, and the reading of who did.

Whoever prepares a thing never decides it, whatever their roles: `chalicelib.domain.people.second_person` holds that in every
decision. Only a second person can lift it, for one request, with a reason (`chalicelib.domain.overriding`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from chalicelib.domain.agreements import AgreementSigned
from chalicelib.domain.approvals import MATTERS, Holder
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claim_facts import ClaimCertified, ClaimReviewed
from chalicelib.domain.claims import GrantClaims
from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter, Override, Step
from chalicelib.domain.people import Role
from chalicelib.domain.proposals import ProposalDecided, ProposalState
from chalicelib.domain.quarter_states import PeriodReopened, PeriodReopenRejected
from chalicelib.domain.returns import Return, ReturnReviewed, ReturnState, name_of
from chalicelib.domain.suspense import Suspended, SuspenseDismissed
from chalicelib.domain.values import Struct
from chalicelib.domain.variations import VariationDecided, VariationState
from chalicelib.domain.waivers import WaiverDecided, WaiverState

__all__ = ["TABLE", "Decided", "Separation", "Step", "Told", "decisions", "may", "told"]

_DECIDES = frozenset({Role.CERTIFIER, Role.ADMINISTRATOR})
_LETS = frozenset({Role.FINANCE, Role.CERTIFIER, Role.ADMINISTRATOR})
_RUNS = frozenset({Role.OFFICER, Role.FINANCE, Role.ADMINISTRATOR})

TABLE: Mapping[Matter, Mapping[Step, frozenset[Role]]] = {
    Matter.VARIATION: {Step.PREPARE: _RUNS, Step.APPROVE: _DECIDES, Step.OVERRIDE: _LETS},
    Matter.REOPENING: {Step.PREPARE: frozenset({Role.FINANCE}), Step.APPROVE: _DECIDES, Step.OVERRIDE: _LETS},
    Matter.WAIVER: {Step.PREPARE: _RUNS, Step.APPROVE: _DECIDES, Step.OVERRIDE: _LETS},
    Matter.VIREMENT: {Step.PREPARE: frozenset({Role.OFFICER, Role.FINANCE}), Step.APPROVE: _DECIDES, Step.OVERRIDE: _LETS},
    Matter.WRITE_OFF: {Step.PREPARE: frozenset({Role.FINANCE}), Step.APPROVE: _DECIDES, Step.OVERRIDE: _LETS},
    Matter.AGREEMENT: {Step.PREPARE: frozenset({Role.FINANCE}), Step.SIGN: _LETS, Step.OVERRIDE: _LETS},
    Matter.CLAIM: {
        Step.PREPARE: frozenset({Role.FINANCE}),
        Step.REVIEW: _RUNS,
        Step.CERTIFY: frozenset({Role.CERTIFIER}),
        Step.OVERRIDE: _LETS,
    },
    Matter.RETURN: {
        Step.PREPARE: frozenset({Role.PARTNER}),
        Step.ACCEPT: frozenset({Role.OFFICER, Role.ADMINISTRATOR}),
        Step.OVERRIDE: _LETS,
    },
    Matter.SUSPENSE: {Step.PREPARE: frozenset({Role.FINANCE}), Step.DISMISS: _LETS, Step.OVERRIDE: _LETS},
    Matter.PUBLICATION: {
        Step.PREPARE: frozenset({Role.PUBLISHER}),
        Step.PUBLISH: frozenset({Role.PUBLISHER}),
        Step.WITHDRAW: frozenset({Role.PUBLISHER, Role.ADMINISTRATOR}),
    },
}
"""Who may take which step. A step that a matter has not got is left out: nobody takes it.

To prepare a claim is also to send and to settle it; whoever accepts returns requests changes to them, too. To prepare what
waits in suspense is to commit its import.
"""


def may(matter: Matter, step: Step) -> frozenset[Role]:
    """The roles that may take a step. Raises KeyError where the matter has no such step."""
    return TABLE[matter][step]


class Separation(StrEnum):
    """Whether the rule held when something was decided: by somebody else, or by its preparer, whom a second person let."""

    HELD = "held"
    OVERRIDDEN = "overridden"


class Decided(Struct, frozen=True, kw_only=True):
    """A decision, as a head tells: about which matter, and as which record of the aggregate `name`. `id` as in what waited."""

    matter: Matter
    name: Name
    grant_id: str | None
    id: str
    decided_in: int


def decisions(held: Holder) -> tuple[Decided, ...]:
    """Every decision about a grant, about its claims, a return, or a document in suspense, in the order in which they were made."""
    return tuple(sorted(_decisions(held), key=lambda each: each.decided_in))


def _decisions(held: Holder) -> Iterator[Decided]:
    match held:
        case Grant():
            yield from _of_grant(held)
        case GrantClaims(grant_id=grant_id):
            name = Name(Kind.CLAIMS, grant_id)
            for claim in held.claims:
                for seq in claim.decided:
                    yield Decided(matter=Matter.CLAIM, name=name, grant_id=grant_id, id=claim.id, decided_in=seq)
        case Return():
            for seq in held.decided:
                yield Decided(matter=Matter.RETURN, name=name_of(held.id), grant_id=None, id=held.id, decided_in=seq)
        case Suspended(dismissed_in=int(seq)):
            yield Decided(matter=Matter.SUSPENSE, name=Name(Kind.SUSPENSE, held.id), grant_id=None, id=held.id, decided_in=seq)


def _of_grant(grant: Grant) -> Iterator[Decided]:
    requests = (
        *((Matter.VARIATION, str(each.id), each.decided_in) for each in grant.variations),
        *((Matter.WAIVER, str(each.id), each.decided_in) for each in grant.waivers),
        *((MATTERS[each.kind], str(each.id), each.decided_in) for each in grant.proposals),
        *((Matter.REOPENING, quarter, seq) for quarter, period in grant.periods.items() for seq in period.decided),
        *((Matter.AGREEMENT, quarter, seq) for quarter, held in grant.periods.items() if held.agreement for seq in held.agreement.decided),
    )
    for matter, named, seq in requests:
        if seq is not None:
            yield Decided(matter=matter, name=Name(Kind.GRANT, grant.id), grant_id=grant.id, id=named, decided_in=seq)


class Told(Struct, frozen=True, kw_only=True):
    """What a decision's record says: which step it was, who had a hand in what was decided, whether it was approved (reviewed,
    certified, accepted, dismissed), and the override, if there was one.
    """

    step: Step
    prepared_by: tuple[str, ...]
    approved: bool
    override: Override | None

    def separation(self, decided_by: str) -> Separation:
        """Whether the rule held. An override that nobody needed overrode nothing."""
        return Separation.OVERRIDDEN if decided_by in self.prepared_by else Separation.HELD


def told(fact: object, aggregate: str, seq: int) -> Told:
    """What a decision's fact says. Raises ChainBroken where it is none."""
    match fact:
        case VariationDecided(variation=variation):
            return _approval(variation.requested_by, variation.override, approved=variation.state is VariationState.APPROVED)
        case WaiverDecided(waiver=waiver):
            return _approval(waiver.requested_by, waiver.override, approved=waiver.decided is WaiverState.APPROVED)
        case ProposalDecided(proposal=proposal):
            return _approval(proposal.requested_by, proposal.override, approved=proposal.state is ProposalState.APPROVED)
        case PeriodReopened() | PeriodReopenRejected():
            return _approval(fact.requested_by, fact.override, approved=isinstance(fact, PeriodReopened))
        case AgreementSigned():
            return Told(step=Step.SIGN, prepared_by=fact.prepared_by, approved=True, override=fact.override)
    found = _told_beside_grants(fact)
    if found is None:
        raise ChainBroken(aggregate=aggregate, seq=seq, why="should be a decision")
    return found


def _told_beside_grants(fact: object) -> Told | None:
    match fact:
        case ClaimReviewed():
            return Told(step=Step.REVIEW, prepared_by=fact.prepared_by, approved=True, override=fact.override)
        case ClaimCertified():
            return Told(step=Step.CERTIFY, prepared_by=fact.prepared_by, approved=True, override=fact.override)
        case ReturnReviewed(review=review):
            accepted = review.outcome is ReturnState.ACCEPTED
            return Told(step=Step.ACCEPT, prepared_by=fact.prepared_by, approved=accepted, override=fact.override)
        case SuspenseDismissed():
            return Told(step=Step.DISMISS, prepared_by=fact.prepared_by, approved=True, override=fact.override)
    return None


def _approval(requested_by: str, override: Override | None, *, approved: bool) -> Told:
    return Told(step=Step.APPROVE, prepared_by=(requested_by,), approved=approved, override=override)
