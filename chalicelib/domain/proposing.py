"""Deciding proposals: each is tried when it is asked for, and posts what was asked for when somebody else approves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from chalicelib.domain.cells import Cell, Counter
from chalicelib.domain.closing import admit
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.errors import Missing, NotInState, RequestStale, contradiction
from chalicelib.domain.grants import Grant, GrantFact
from chalicelib.domain.judging import Around, judge_all
from chalicelib.domain.ledger import Purse, take
from chalicelib.domain.money import pounds
from chalicelib.domain.people import Actor, second_person
from chalicelib.domain.proposals import Proposal, ProposalDecided, ProposalKind, ProposalRequested, ProposalState, Transfer
from chalicelib.domain.putting_right import correct
from chalicelib.domain.quarter_states import first_open_day
from chalicelib.domain.spending import Budgeted, give_back, transfer
from chalicelib.domain.values import replace

Entries = tuple[Entry, ...]


def request(purse: Purse, proposal: Proposal, around: Around, actor: Actor) -> ProposalRequested:
    """Ask for a virement or a write-off. It is tried at once, so that nobody waits for what cannot be approved.

    A write-off of nothing in particular is of all that is left. Raises what the virement, release, reversal or correction
    itself raises; PeriodIsClosed, PeriodIsHeld; and RuleBroken for every rule but the limit that a second person's word replaces.
    """
    if proposal.kind is ProposalKind.WRITE_OFF and not proposal.amount_pence:
        standing = purse.standing(proposal.entry or "", *_WRITTEN_OFF)
        proposal = replace(proposal, amount_pence=take(standing, standing.left_pence))
    asked = replace(proposal, before=_figures(purse, proposal))
    entries = _entries(purse, asked, asked.on)
    for entry in entries:
        admit(purse.grant, entry, actor)
    judge_all(purse.grant, purse.seq, (ProposalDecided(proposal=_approved(asked, "")), *entries), around)
    return ProposalRequested(proposal=asked)


def find_proposal(grant: Grant, proposal_id: int) -> Proposal:
    """The grant's proposal of that number. Raises Missing."""
    for proposal in grant.proposals:
        if proposal.id == proposal_id:
            return proposal
    raise Missing(kind="proposal", id=_named(grant, proposal_id))


def approve(purse: Purse, proposal_id: int, actor: Actor) -> tuple[GrantFact, ...]:
    """Approve a proposal: its entries are posted as they were asked for, with the figures before and after.

    They keep their date; where that lies in a closed quarter by now, they take effect on the first open day.
    Raises Missing, NotInState, PreparerCannotApprove; RequestStale when a figure that it rests on has changed since; and
    what the virement, release, reversal or correction itself raises.
    """
    proposal = _undecided(purse.grant, proposal_id, actor)
    now = _figures(purse, proposal)
    if now != proposal.before:
        raise RequestStale(kind="proposal", id=_named(purse.grant, proposal_id), changed=_changed(proposal.before, now))
    entries = _entries(purse, proposal, first_open_day(purse.grant.periods, proposal.on))
    decided = replace(_approved(proposal, actor.subject), after=_figures(purse.after(*entries), proposal))
    return (ProposalDecided(proposal=decided), *entries)


def reject(grant: Grant, proposal_id: int, actor: Actor) -> tuple[GrantFact, ...]:
    """Reject a proposal. Nothing is posted. Raises Missing, NotInState, PreparerCannotApprove."""
    proposal = _undecided(grant, proposal_id, actor)
    return (ProposalDecided(proposal=replace(proposal, state=ProposalState.REJECTED, decided_by=actor.subject)),)


def _approved(proposal: Proposal, by: str) -> Proposal:
    return replace(proposal, state=ProposalState.APPROVED, decided_by=by)


def _undecided(grant: Grant, proposal_id: int, actor: Actor) -> Proposal:
    proposal = find_proposal(grant, proposal_id)
    if proposal.state is not ProposalState.REQUESTED:
        raise NotInState(kind="proposal", id=_named(grant, proposal_id), state=proposal.state, needed=(ProposalState.REQUESTED,))
    second_person(actor, prepared_by=proposal.requested_by, override=proposal.override)
    return proposal


def _figures(purse: Purse, proposal: Proposal) -> dict[str, int]:
    """What a proposal rests on: what each initiative is allocated of the award line, or what is left of the entry."""
    between = proposal.transfer
    if between is None:
        return {proposal.entry or "": purse.standing(proposal.entry or "").left_pence}
    return {
        each: purse.year(Cell.of_year(each, between.financial_year, between.nature)).get(Counter.ALLOCATED, 0)
        for each in (between.initiative_id, between.to_initiative_id)
    }


def _changed(before: Mapping[str, int], now: Mapping[str, int]) -> str:
    moved = ((name, pounds(pence), pounds(now[name])) for name, pence in before.items() if now[name] != pence)
    return f"{', '.join(f'{name} stood at {was} and stands at {is_now} now' for name, was, is_now in moved)}."


def _entries(purse: Purse, proposal: Proposal, on: date) -> Entries:
    if proposal.transfer is not None:
        return _transferred(purse, proposal.transfer, on, proposal.amount_pence)
    named = proposal.entry or ""
    return _WRITTEN_OFF[_written_off(purse, named)](purse, named, on, proposal.amount_pence)


def _transferred(purse: Purse, between: Transfer, on: date, pence: int) -> Entries:
    share = Budgeted(
        initiative_id=between.initiative_id,
        financial_year=between.financial_year,
        nature=between.nature,
        on=on,
    )
    return transfer(purse, share, between.to_initiative_id, pence)


def _written_off(purse: Purse, named: str) -> EntryKind:
    standing = purse.standing(named, *_WRITTEN_OFF)
    if standing.left_pence < 0:
        raise contradiction("/amount_pence", f"{named} stands at {pounds(standing.left_pence)}: there is nothing to write off")
    return standing.kind


_WRITTEN_OFF: Mapping[EntryKind, Callable[[Purse, str, date, int], Entries]] = {
    EntryKind.COMMITMENT: lambda purse, named, on, pence: give_back(purse, named, EntryKind.RELEASE, on, pence),
    EntryKind.ACCRUAL: lambda purse, named, on, pence: give_back(purse, named, EntryKind.REVERSAL, on, pence),
    EntryKind.CLAIMED: lambda purse, named, on, pence: correct(purse, named, on, -pence),
}
"""What writing off posts, by what is written off: an order, a cost never invoiced, or a debt of the Home Office's."""


def _named(grant: Grant, proposal_id: int) -> str:
    return f"{grant.id}/proposals/{proposal_id}"
