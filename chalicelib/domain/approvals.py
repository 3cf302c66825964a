"""Everything about a grant that waits for somebody else's decision, in one shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.grants import Grant
from chalicelib.domain.proposals import ProposalKind, ProposalState
from chalicelib.domain.variations import VariationState


class Matter(StrEnum):
    """What one person asks for and another decides."""

    VARIATION = "variation"
    REOPENING = "reopening"
    WAIVER = "waiver"
    VIREMENT = "virement"
    WRITE_OFF = "write_off"


MATTERS = {ProposalKind.VIREMENT: Matter.VIREMENT, ProposalKind.WRITE_OFF: Matter.WRITE_OFF}
"""What each kind of proposal is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A request that nobody has decided: `id` is its number among its kind, or the quarter; `requested_in` its record."""

    matter: Matter
    grant_id: str
    id: str
    requested_by: str
    requested_in: int

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
        yield _of(grant, Matter.VARIATION, str(variation.id), variation.requested_by, variation.requested_in)
    for quarter, reopening in ((quarter, period.reopening) for quarter, period in grant.periods.items() if period.reopening):
        yield _of(grant, Matter.REOPENING, quarter, reopening.requested_by, reopening.requested_in)
    for waiver in (each for each in grant.waivers if each.decided is None):
        yield _of(grant, Matter.WAIVER, str(waiver.id), waiver.requested_by, waiver.requested_in)
    for proposal in (each for each in grant.proposals if each.state is ProposalState.REQUESTED):
        yield _of(grant, MATTERS[proposal.kind], str(proposal.id), proposal.requested_by, proposal.requested_in)


def _of(grant: Grant, matter: Matter, named: str, requested_by: str, requested_in: int | None) -> Waiting:
    return Waiting(matter=matter, grant_id=grant.id, id=named, requested_by=requested_by, requested_in=requested_in or 0)
