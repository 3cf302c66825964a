"""Proposals: virements and write-offs that wait for a second person, and post their entries when they are approved.

requested --> approved    the entries are posted in the same step, as they were asked for; nobody types them again
          --> rejected    nothing is posted
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.cells import Nature
from chalicelib.domain.matters import Override
from chalicelib.domain.values import Struct, field, replace


class ProposalKind(StrEnum):
    """What a proposal would post: a virement, or what is given up of a commitment, an accrual or a claim."""

    VIREMENT = "virement"
    WRITE_OFF = "write_off"


class ProposalState(StrEnum):
    """Whether a proposal was decided."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"


class Transfer(Struct, frozen=True, kw_only=True):
    """Between which allocations a virement would move money."""

    initiative_id: str
    to_initiative_id: str
    financial_year: str
    nature: Nature


class Proposal(Struct, frozen=True, kw_only=True):
    """A proposal, in pence. `transfer` is a virement's, `entry` what a write-off names.

    `before` are the figures that it rests on as they were when it was asked for (what both initiatives hold of the award
    line; what is left of the entry), and once it is approved `after` are the same figures then. A grant's head keeps
    of a decided one only the records that say all this.
    """

    id: int
    kind: ProposalKind
    on: date
    amount_pence: int
    requested_by: str
    transfer: Transfer | None = None
    entry: str | None = None
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    state: ProposalState = ProposalState.REQUESTED
    decided_by: str | None = None
    override: Override | None = None
    requested_in: int | None = None
    decided_in: int | None = None


class ProposalRequested(Struct, frozen=True, kw_only=True):
    """Somebody proposed a virement or a write-off; the record's reason says why."""

    KIND: ClassVar = "proposal_requested"

    proposal: Proposal


class ProposalDecided(Struct, frozen=True, kw_only=True):
    """A second person approved or rejected a proposal; the record's reason says why. These are its details, whole."""

    KIND: ClassVar = "proposal_decided"

    proposal: Proposal


ProposalFact = ProposalRequested | ProposalDecided
Proposals = tuple[Proposal, ...]


def after(proposals: Proposals, fact: ProposalFact, seq: int) -> Proposals:
    """The proposals after a fact, which was record `seq`."""
    if isinstance(fact, ProposalRequested):
        return (*proposals, replace(fact.proposal, requested_in=seq))
    decided = replace(fact.proposal, transfer=None, entry=None, before={}, after={}, override=None, decided_in=seq)
    return tuple(decided if held.id == decided.id else held for held in proposals)
