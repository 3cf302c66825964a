"""Everything about a grant that waits for somebody else's decision, in one shape."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter, Override
from chalicelib.domain.proposals import Proposal, ProposalKind, ProposalState
from chalicelib.domain.quarter_states import Reopening
from chalicelib.domain.values import Struct
from chalicelib.domain.variations import Variation, VariationState
from chalicelib.domain.waivers import Waiver

MATTERS = {ProposalKind.VIREMENT: Matter.VIREMENT, ProposalKind.WRITE_OFF: Matter.WRITE_OFF}
"""What each kind of proposal is about."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A request that nobody has decided: `id` is its number among its kind, or the quarter; `requested_in` its record."""

    matter: Matter
    grant_id: str
    id: str
    requested_by: str
    requested_in: int
    override: Override | None = None

    @property
    def path(self) -> str:
        """Where it is; its decision goes to `/decision` below."""
        return f"/grants/{self.grant_id}/{_PATHS[self.matter].format(self.id)}"


_PATHS = {
    Matter.VARIATION: "variations/{}",
    Matter.REOPENING: "periods/{}/reopening",
    Matter.WAIVER: "waivers/{}",
    Matter.VIREMENT: "proposals/{}",
    Matter.WRITE_OFF: "proposals/{}",
}


def waiting(grant: Grant) -> tuple[Waiting, ...]:
    """What waits for a decision, in the order in which it was asked for."""
    return tuple(sorted(_waiting(grant), key=lambda each: each.requested_in))


def _waiting(grant: Grant) -> Iterator[Waiting]:
    for variation in (each for each in grant.variations if each.state is VariationState.REQUESTED):
        yield _of(grant, Matter.VARIATION, str(variation.id), variation)
    for quarter, reopening in ((quarter, period.reopening) for quarter, period in grant.periods.items() if period.reopening):
        yield _of(grant, Matter.REOPENING, quarter, reopening)
    for waiver in (each for each in grant.waivers if each.decided is None):
        yield _of(grant, Matter.WAIVER, str(waiver.id), waiver)
    for proposal in (each for each in grant.proposals if each.state is ProposalState.REQUESTED):
        yield _of(grant, MATTERS[proposal.kind], str(proposal.id), proposal)


def _of(grant: Grant, matter: Matter, named: str, request: Variation | Reopening | Waiver | Proposal) -> Waiting:
    return Waiting(
        matter=matter,
        grant_id=grant.id,
        id=named,
        requested_by=request.requested_by,
        requested_in=request.requested_in or 0,
        override=request.override,
    )
