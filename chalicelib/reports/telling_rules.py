"""A grant's rules, waivers and proposals in words."""

from __future__ import annotations

from chalicelib.domain.aggregates import State
from chalicelib.domain.answers import Answer, Noted, RulesNoted
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import OverrideGiven
from chalicelib.domain.proposals import Proposal, ProposalDecided, ProposalFact, ProposalRequested, ProposalState
from chalicelib.domain.rules import RulesSet
from chalicelib.domain.waivers import Waiver, WaiverDecided, WaiverFact, WaiverRequested, WaiverState
from chalicelib.reports.before_after import Changed, Told, changed, compared
from chalicelib.reports.words import day, money

RuleFact = RulesSet | RulesNoted | WaiverFact | ProposalFact | OverrideGiven


def told(fact: RuleFact, before: State | None) -> Told:
    """A fact about a grant's rules, and about what a second person decides under them."""
    match fact:
        case RulesSet():
            return Told("Set the grant's rules.", compared(before.rules if isinstance(before, Grant) else None, fact.rules))
        case RulesNoted():
            return Told(" ".join(_noted(each) for each in fact.noted))
        case WaiverRequested():
            public = " It may be published." if fact.waiver.publishable else ""
            return Told(f"Asked for {_waiver(fact.waiver)}.{public}")
        case WaiverDecided():
            decided = fact.waiver.decided
            done = "Approved" if decided is WaiverState.APPROVED else "Rejected"
            return Told(f"{done} {_waiver(fact.waiver)}.", changed("state", WaiverState.REQUESTED, decided))
        case _:
            return _told_of_two(fact)


def _told_of_two(fact: ProposalFact | OverrideGiven) -> Told:
    match fact:
        case ProposalRequested():
            return Told(f"Asked for {_proposal(fact.proposal)}.")
        case ProposalDecided():
            return _decided(fact.proposal)
        case OverrideGiven():
            return Told(f"Let whoever prepared {fact.matter.replace('_', ' ')} {fact.id} decide it: {fact.reason}")


def _noted(noted: Noted) -> str:
    return f"Record {noted.seq} was taken {_why(noted.answer)}: {noted.answer.words} ({noted.answer.clause}.)"


def _why(answer: Answer) -> str:
    return f"by waiver {answer.waiver}" if answer.waiver is not None else "with a warning"


def _waiver(waiver: Waiver) -> str:
    return f"waiver {waiver.id}, of the {waiver.rule.replace('_', ' ')} ({waiver.clause}), up to {day(waiver.expires)}"


def _proposal(proposal: Proposal) -> str:
    amount, between = money(proposal.amount_pence), proposal.transfer
    if between is None:
        what = f"to write off {amount} of {proposal.entry}"
    else:
        budget = f"{between.financial_year} {between.nature.replace('_', ' ')}"
        what = f"to move {amount} of {budget} from {between.initiative_id} to {between.to_initiative_id}"
    return f"proposal {proposal.id}, {what}, dated {day(proposal.on)}"


def _decided(proposal: Proposal) -> Told:
    done = "Approved" if proposal.state is ProposalState.APPROVED else "Rejected"
    moved = changed("state", ProposalState.REQUESTED, proposal.state)
    return Told(f"{done} {_proposal(proposal)}.", (*moved, *_figures(proposal)))


def _figures(proposal: Proposal) -> tuple[Changed, ...]:
    """What the initiatives were allocated, or what was left of the entry, before an approval and after it."""
    label = "allocated" if proposal.transfer else "left"
    return tuple(
        Changed(field=f"{label}: {name}", before=money(proposal.before[name]), after=money(pence))
        for name, pence in sorted(proposal.after.items())
        if proposal.before[name] != pence
    )
