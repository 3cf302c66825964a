"""Initiatives, returns and reminders in words."""

from __future__ import annotations

from chalicelib.domain.aggregates import State
from chalicelib.domain.chain import Kind
from chalicelib.domain.initiatives import Initiative, InitiativeAmended, InitiativeCreated, InitiativeFact, InitiativeMoved
from chalicelib.domain.reminders import ReminderFact, ReminderFailed, ReminderSent, ReminderTried
from chalicelib.domain.returns import Return, ReturnDrafted, ReturnReviewed, ReturnState, ReturnStep, ReturnSubmitted
from chalicelib.reports.before_after import Told, changed, compared
from chalicelib.reports.words import day


def told(fact: InitiativeFact | ReturnStep | ReminderFact, before: State | None) -> Told:
    """A fact of delivery."""
    if isinstance(fact, InitiativeFact):
        return _initiative(fact, before if isinstance(before, Initiative) else None)
    if isinstance(fact, ReturnStep):
        return _return(fact, before if isinstance(before, Return) else None)
    return _reminder(fact)


def _initiative(fact: InitiativeFact, before: Initiative | None) -> Told:
    match fact:
        case InitiativeCreated():
            return Told("Planned the initiative.", compared(None, fact.initiative))
        case InitiativeAmended():
            return Told("Changed the initiative's details.", compared(before, fact.initiative))
        case InitiativeMoved():
            moved = changed("state", before.state if before else None, fact.state)
            return Told(f"Moved delivery on: {fact.state.replace('_', ' ')} on {day(fact.on)}.", moved)


def _return(fact: ReturnStep, before: Return | None) -> Told:
    said = before.report if before else None
    state = before.state if before else ReturnState.DUE
    match fact:
        case ReturnDrafted():
            began = changed("state", state, ReturnState.DRAFT) if before is None else ()
            return Told(f"Wrote the return for {fact.quarter}.", (*began, *compared(said, fact.report)))
        case ReturnSubmitted():
            return Told("Handed the return in.", (*changed("state", state, ReturnState.SUBMITTED), *compared(said, fact.report)))
        case ReturnReviewed():
            accepted = fact.review.outcome is ReturnState.ACCEPTED
            words = "Accepted the return" if accepted else "Asked for changes to the return"
            return Told(f"{words}: {fact.review.reason}", changed("state", state, fact.review.outcome))


def _reminder(fact: ReminderFact) -> Told:
    match fact:
        case ReminderTried():
            to = f"to {', '.join(fact.to)}" if fact.to else f"to {fact.organisation_id}, which has no address"
            kind = "claim" if fact.about.kind is Kind.CLAIMS else fact.about.kind
            return Told(f"Began to send a reminder {to}: {kind} {fact.about.id} is due on {day(fact.due_on)}.")
        case ReminderSent():
            return Told(f"The mail service took the reminder as {fact.message_id}.")
        case ReminderFailed():
            return Told(f"The reminder was not sent. {fact.why}")
