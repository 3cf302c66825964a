"""Everything that waits for somebody else's decision, in one shape: of a grant, of its claims, returns, and documents in suspense."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.agreements import Agreement, AgreementState
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claims import Claim, ClaimState, GrantClaims
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter, Override, Step
from chalicelib.domain.proposals import Proposal, ProposalKind, ProposalState
from chalicelib.domain.quarter_states import Reopening
from chalicelib.domain.returns import Return, ReturnState, name_of
from chalicelib.domain.suspense import Suspended, SuspenseState
from chalicelib.domain.values import Struct
from chalicelib.domain.variations import Variation, VariationState
from chalicelib.domain.waivers import Waiver

MATTERS = {ProposalKind.VIREMENT: Matter.VIREMENT, ProposalKind.WRITE_OFF: Matter.WRITE_OFF}
"""What each kind of proposal is about."""

Holder = Grant | GrantClaims | Return | Suspended
"""Under what something waits for a decision, or was decided."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A request that nobody has decided: `id` is its number among its kind, the quarter, or the claim's, the return's or
    the document's own.

    It waits for `step` since record `requested_in` of the aggregate `name`. `prepared_by` are all who may not take it, unless
    a second person let them. A return and a document in suspense are no single grant's.
    `why` is what the ledger said of a document in suspense; the reason of any other request is in its record.
    """

    matter: Matter
    step: Step
    name: Name
    grant_id: str | None
    id: str
    requested_by: str
    requested_in: int
    prepared_by: tuple[str, ...]
    override: Override | None = None
    why: str = ""

    @property
    def shown_at(self) -> str:
        """Where it is read."""
        return self._path.removesuffix("/reopening")

    @property
    def decided_at(self) -> str:
        """What takes the decision."""
        return f"{self._path}/{_DECIDED.get(self.step, 'decision')}"

    @property
    def _path(self) -> str:
        return _PATHS[self.matter].format(grant=self.grant_id, id=self.id)


_PATHS = {
    Matter.VARIATION: "/grants/{grant}/variations/{id}",
    Matter.REOPENING: "/grants/{grant}/periods/{id}/reopening",
    Matter.WAIVER: "/grants/{grant}/waivers/{id}",
    Matter.VIREMENT: "/grants/{grant}/proposals/{id}",
    Matter.WRITE_OFF: "/grants/{grant}/proposals/{id}",
    Matter.CLAIM: "/claims/{id}",
    Matter.RETURN: "/returns/{id}",
    Matter.AGREEMENT: "/grants/{grant}/periods/{id}/agreement",
    Matter.SUSPENSE: "/suspense/{id}",
}
_DECIDED = {
    Step.REVIEW: "review",
    Step.CERTIFY: "certification",
    Step.ACCEPT: "acceptance",
    Step.SIGN: "signature",
    Step.DISMISS: "dismissal",
}


def waiting(held: Holder) -> tuple[Waiting, ...]:
    """What waits for a decision, in the order in which it was asked for."""
    return tuple(sorted(_waiting(held), key=lambda each: each.requested_in))


def _waiting(held: Holder) -> Iterator[Waiting]:
    match held:
        case Grant():
            yield from _of_grant(held)
        case GrantClaims():
            yield from (_of_claim(each) for each in held.claims if each.state in (ClaimState.DRAFTED, ClaimState.REVIEWED))
        case Return(state=ReturnState.SUBMITTED):
            yield _of_return(held)
        case Suspended(state=SuspenseState.WAITING):
            yield _of_suspended(held)


def _of_grant(grant: Grant) -> Iterator[Waiting]:
    for variation in (each for each in grant.variations if each.state is VariationState.REQUESTED):
        yield _of(grant, Matter.VARIATION, str(variation.id), variation)
    for quarter, reopening in ((quarter, period.reopening) for quarter, period in grant.periods.items() if period.reopening):
        yield _of(grant, Matter.REOPENING, quarter, reopening)
    for waiver in (each for each in grant.waivers if each.decided is None):
        yield _of(grant, Matter.WAIVER, str(waiver.id), waiver)
    for proposal in (each for each in grant.proposals if each.state is ProposalState.REQUESTED):
        yield _of(grant, MATTERS[proposal.kind], str(proposal.id), proposal)
    for quarter, agreement in ((quarter, period.agreement) for quarter, period in grant.periods.items() if period.agreement):
        # What is not explained yet waits for whoever prepares it, not for the second person.
        if agreement.state is AgreementState.DRAWN and not agreement.unexplained:
            yield _of_agreement(grant, quarter, agreement)


def _of(grant: Grant, matter: Matter, named: str, request: Variation | Reopening | Waiver | Proposal) -> Waiting:
    return Waiting(
        matter=matter,
        step=Step.APPROVE,
        name=Name(Kind.GRANT, grant.id),
        grant_id=grant.id,
        id=named,
        requested_by=request.requested_by,
        requested_in=request.requested_in or 0,
        prepared_by=(request.requested_by,),
        override=request.override,
    )


def _of_agreement(grant: Grant, quarter: str, agreement: Agreement) -> Waiting:
    return Waiting(
        matter=Matter.AGREEMENT,
        step=Step.SIGN,
        name=Name(Kind.GRANT, grant.id),
        grant_id=grant.id,
        id=quarter,
        requested_by=agreement.prepared_by[0],
        requested_in=agreement.changed_in,
        prepared_by=agreement.prepared_by,
        override=agreement.override,
    )


def _of_claim(claim: Claim) -> Waiting:
    drafted = claim.state is ClaimState.DRAFTED
    before = claim.prepared_by if drafted else (*claim.prepared_by, *claim.reviewed_by)
    return Waiting(
        matter=Matter.CLAIM,
        step=Step.REVIEW if drafted else Step.CERTIFY,
        name=Name(Kind.CLAIMS, claim.grant_id),
        grant_id=claim.grant_id,
        id=claim.id,
        requested_by=claim.draft.by,
        requested_in=claim.asked_in,
        prepared_by=tuple(dict.fromkeys(before)),
        override=claim.override,
    )


def _of_return(held: Return) -> Waiting:
    submission = held.submissions[-1]
    return Waiting(
        matter=Matter.RETURN,
        step=Step.ACCEPT,
        name=name_of(held.id),
        grant_id=None,
        id=held.id,
        requested_by=submission.submitted_by,
        requested_in=submission.position,
        prepared_by=held.prepared_by,
        override=held.override,
    )


def _of_suspended(held: Suspended) -> Waiting:
    return Waiting(
        matter=Matter.SUSPENSE,
        step=Step.DISMISS,
        name=Name(Kind.SUSPENSE, held.id),
        grant_id=None,
        id=held.id,
        requested_by=held.committed_by,
        requested_in=1,
        prepared_by=(held.committed_by,),
        override=held.override,
        why=held.reason,
    )
