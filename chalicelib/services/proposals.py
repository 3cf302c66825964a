"""Proposals: virements and write-offs asked for by one person, and posted in the same step in which another approves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from chalicelib.context import Context
from chalicelib.domain import proposing
from chalicelib.domain.aggregates import Record, State
from chalicelib.domain.approvals import MATTERS
from chalicelib.domain.cells import year_and_quarters
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entry_refusals import DatedInFuture
from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.grants import Grant, GrantFact
from chalicelib.domain.ledger import Purse
from chalicelib.domain.periods import london_date
from chalicelib.domain.proposals import Proposal, ProposalDecided, ProposalRequested
from chalicelib.domain.separation import Step, may
from chalicelib.domain.values import Struct, replace
from chalicelib.services import reading, registers
from chalicelib.services.entries import going_on, happened, parsed
from chalicelib.services.unit import Held, Part, Plan, R, View, Written, around, change, expect, one, version_of, view_of
from chalicelib.storage.store import RecordKey, Wanted

Decide = Callable[[View, Purse], tuple[GrantFact, ...]]


class ShownProposal(Struct, frozen=True, kw_only=True):
    """One of a grant's proposals, whole: why it was asked for, and why it was decided as it was, if it was."""

    grant: Held[Grant] | Written[Grant]
    proposal: Proposal
    why: str
    decision: str


def request(context: Context, grant_id: str, proposal: Proposal, why: str) -> ShownProposal:
    """Propose a virement, or to give up what is left of a commitment, an accrual or a claim, or so much of it.

    It is numbered next among the grant's own. Raises what the virement, release, reversal or correction itself would, but
    for its limit.
    """
    wanted = _wanted(grant_id, proposal)
    today = london_date(context.now)

    def decide(view: View, purse: Purse) -> tuple[GrantFact, ...]:
        _receiver(view, proposal)
        if proposal.on > today:
            raise DatedInFuture(on=proposal.on, today=today)
        numbered = replace(proposal, id=len(purse.grant.proposals) + 1, requested_by=context.actor.subject)
        return (proposing.request(purse, numbered, around(context, view), context.actor),)

    def result(written: tuple[Written[State], ...]) -> ShownProposal:
        grant = one(Grant)(written)
        return _whole(grant, next(record for record in grant.records if isinstance(record.fact, ProposalRequested)), None)

    return _change(context, grant_id, lambda: view_of(context, wanted), decide, why, result)


def approve(context: Context, grant_id: str, proposal_id: int, reason: str) -> ShownProposal:
    """Approve a proposal. Raises Missing, StaleView, NotInState, PreparerCannotApprove, RequestStale, and what its entries may raise."""

    def decide(view: View, purse: Purse) -> tuple[GrantFact, ...]:
        facts = proposing.approve(purse, proposal_id, context.actor)
        _receiver(view, proposing.find_proposal(purse.grant, proposal_id))
        return happened(context, facts)

    return _decide(context, grant_id, proposal_id, decide, reason)


def reject(context: Context, grant_id: str, proposal_id: int, reason: str) -> ShownProposal:
    """Reject a proposal. Raises Missing, StaleView, NotInState, PreparerCannotApprove."""
    return _decide(context, grant_id, proposal_id, lambda _view, purse: proposing.reject(purse.grant, proposal_id, context.actor), reason)


def find(context: Context, grant_id: str, proposal_id: int) -> ShownProposal:
    """One of a grant's proposals. Raises Missing, ChainBroken."""
    grant = registers.find(context, Grant, grant_id)
    return _shown(context, grant, (proposing.find_proposal(grant.state, proposal_id),))[0]


def every(context: Context, grant_id: str, after: int, limit: int) -> Iterator[ShownProposal]:
    """So many of a grant's proposals after the number given. Raises Missing, ChainBroken."""
    grant = registers.find(context, Grant, grant_id)
    return iter(_shown(context, grant, [each for each in grant.state.proposals if each.id > after][:limit]))


def _shown(context: Context, grant: Held[Grant] | Written[Grant], shown: Sequence[Proposal]) -> tuple[ShownProposal, ...]:
    """Proposals whole, from the records that asked for them and decided them."""
    wanted: dict[RecordKey, str] = {}
    for each in shown:
        what = f"the request or decision of proposal {each.id}"
        wanted |= {(grant.name, seq): what for seq in (each.requested_in, each.decided_in) if seq}
    records = reading.some(context, wanted)
    found = ((records[grant.name, each.requested_in or 0], records.get((grant.name, each.decided_in or 0))) for each in shown)
    return tuple(_whole(grant, asked, decided) for asked, decided in found)


def _whole(grant: Held[Grant] | Written[Grant], asked: Record, decided: Record | None) -> ShownProposal:
    last = decided or asked
    if not isinstance(last.fact, ProposalRequested | ProposalDecided):
        raise ChainBroken(aggregate=str(last.name), seq=last.seq, why="should be a proposal, or its decision")
    return ShownProposal(grant=grant, proposal=last.fact.proposal, why=asked.reason, decision=decided.reason if decided else "")


def _decide(context: Context, grant_id: str, proposal_id: int, decide: Decide, reason: str) -> ShownProposal:
    name = Name(Kind.GRANT, grant_id)

    def look() -> View:
        # What a proposal is about stands in the grant's head; the head and all of that are then read again in one view.
        view = view_of(context, Wanted(heads=(name,)))
        return view_of(context, _wanted(grant_id, proposing.find_proposal(view.state(Grant, grant_id), proposal_id)))

    def allowed(view: View, purse: Purse) -> tuple[GrantFact, ...]:
        # The route lets in whoever may decide one kind or the other.
        context.actor.require(may(MATTERS[proposing.find_proposal(purse.grant, proposal_id).kind], Step.APPROVE))
        return decide(view, purse)

    written = _change(context, grant_id, look, allowed, reason, one(Grant))
    return _shown(context, written, (proposing.find_proposal(written.state, proposal_id),))[0]


def _change(
    context: Context,
    grant_id: str,
    look: Callable[[], View],
    decide: Decide,
    reason: str,
    result: Callable[[tuple[Written[State], ...]], R],
) -> R:
    def plan(view: View) -> Plan:
        held = view.held(Grant, grant_id)
        expect(context, version_of(held))
        return Plan(parts=(Part(held.name, held, decide(view, view.purse(grant_id))),), reason=reason)

    return change(context, look, plan, result)


def _wanted(grant_id: str, proposal: Proposal) -> Wanted:
    """What a decision on a proposal looks at; of one that is decided already, nothing but the grant."""
    grant, between = Name(Kind.GRANT, grant_id), proposal.transfer
    if between is None:
        return Wanted(heads=(grant,), standings=(parsed(proposal.entry),) if proposal.entry else ())
    sides = (between.initiative_id, between.to_initiative_id)
    keys = (key for side in sides for key in year_and_quarters(side, between.financial_year, between.nature))
    balances = tuple(dict.fromkeys((grant_id, key) for key in keys))
    return Wanted(heads=(grant, Name(Kind.INITIATIVE, between.to_initiative_id)), balances=balances)


def _receiver(view: View, proposal: Proposal) -> None:
    """Refuse money for an initiative that is not there, or was cancelled. Raises Missing, NotInState."""
    if proposal.transfer is not None:
        going_on(view, proposal.transfer.to_initiative_id)
