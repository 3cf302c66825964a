"""What happens to grants beside money, in words: offers, moves, variations, quarters."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.aggregates import State
from chalicelib.domain.agreements import AgreementFact
from chalicelib.domain.cells import added
from chalicelib.domain.grants import DETAILS, Grant, GrantAmended, GrantMoved, GrantOffered
from chalicelib.domain.quarter_states import (
    PeriodClosed,
    PeriodFact,
    PeriodFreed,
    PeriodHeld,
    PeriodMoved,
    PeriodReopened,
    PeriodReopenRejected,
    PeriodReopenRequested,
    PeriodState,
)
from chalicelib.domain.variations import Variation, VariationDecided, VariationRequested, VariationState
from chalicelib.reports import telling_agreements
from chalicelib.reports.before_after import Changed, Told, changed, compared
from chalicelib.reports.words import change, day, money

Told_of = GrantOffered | GrantAmended | GrantMoved | VariationRequested | VariationDecided | PeriodFact


def told(fact: Told_of, before: State | None) -> Told:
    """A fact of a grant that is no entry."""
    grant = before if isinstance(before, Grant) else None
    if isinstance(fact, GrantOffered):
        return Told(f"Recorded the offer of {money(fact.grant.awarded_pence)}.", compared(None, fact.grant))
    if isinstance(fact, GrantAmended):
        return Told("Changed the grant's details.", compared(_details(grant), fact))
    if isinstance(fact, GrantMoved):
        moved = changed("state", grant.state if grant else None, fact.state)
        return Told(f"Moved the grant on: {fact.state} on {day(fact.on)}.", moved)
    if isinstance(fact, VariationRequested):
        return Told(f"Asked for {_variation(fact.variation)}")
    if isinstance(fact, VariationDecided):
        return _decided(fact.variation)
    return telling_agreements.told(fact) if isinstance(fact, AgreementFact) else _quarter(fact)


def _details(grant: Grant | None) -> GrantAmended | None:
    """What an amendment would have said before this one."""
    return GrantAmended(**{name: getattr(grant, name) for name in DETAILS}) if grant else None


def _variation(variation: Variation) -> str:
    parts = [f"{change(each.change_pence)} for {each.financial_year} {each.nature.replace('_', ' ')}" for each in variation.changes]
    parts += [f"a new last day, {day(variation.ends)}"] if variation.ends else []
    notice = f" (notice {variation.notice_reference} of {day(variation.dated)})" if variation.notice_reference else ""
    return f"variation {variation.id}, a {variation.kind.replace('_', ' ')}{notice}: {'; '.join(parts)}. {variation.reason}".rstrip()


def _decided(variation: Variation) -> Told:
    if variation.state is VariationState.REJECTED:
        return Told(f"Rejected {_variation(variation)}")
    return Told(f"Approved {_variation(variation)}", compared(variation.before, variation.after))


def _quarter(fact: PeriodMoved) -> Told:
    match fact:
        case PeriodHeld():
            return Told(f"Held {fact.quarter}.", _moved(PeriodState.OPEN, PeriodState.HELD))
        case PeriodFreed():
            return Told(f"Freed {fact.quarter}.", _moved(PeriodState.HELD, PeriodState.OPEN))
        case PeriodClosed():
            return Told(f"Closed {fact.quarter}{_agreed(fact)}.", (*_moved(PeriodState.HELD, PeriodState.CLOSED), *_reported(fact.cells)))
        case PeriodReopenRequested():
            return Told(f"Asked to reopen {fact.quarter}: {fact.reason}")
        case PeriodReopened():
            return Told(f"Reopened {fact.quarter}.", _moved(PeriodState.CLOSED, PeriodState.OPEN))
        case PeriodReopenRejected():
            return Told(f"Refused to reopen {fact.quarter}.")


def _moved(before: PeriodState, after: PeriodState) -> tuple[Changed, ...]:
    return changed("state", before, after)


def _agreed(fact: PeriodClosed) -> str:
    return f", on the agreement signed in record {fact.agreed_in}" if fact.agreed_in else ""


def _reported(cells: Mapping[str, Mapping[str, int]]) -> tuple[Changed, ...]:
    """What a closing reports, counter by counter."""
    totals = added(cells.values())
    return tuple(
        Changed(field=f"as reported: {counter.replace('_', ' ')}", before="", after=money(totals[counter]))
        for counter in sorted(totals)
        if totals[counter]
    )
