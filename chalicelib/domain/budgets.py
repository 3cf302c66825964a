"""Changing a grant's budget: variations are requested by one person and decided by another; nobody edits the budget."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.errors import Missing, NotInState, RequestStale, contradiction, invalid
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant, GrantFact, GrantState, budget_entry
from chalicelib.domain.offers import check_rules
from chalicelib.domain.people import Actor, second_person
from chalicelib.domain.periods import FinancialYear
from chalicelib.domain.quarter_states import first_open_day
from chalicelib.domain.refusals import MoneyMayNotMove, ReductionBelowUse, VariationUnbalanced
from chalicelib.domain.values import replace
from chalicelib.domain.variations import (
    AwardLine,
    Budget,
    LineChange,
    Variation,
    VariationDecided,
    VariationKind,
    VariationRequested,
    VariationState,
)

_OPEN = (GrantState.ACCEPTED, GrantState.ACTIVE)


def request_variation(grant: Grant, fund: Fund, variation: Variation) -> VariationRequested:
    """Ask for a variation. It is tried on the budget at once, so that nobody waits for what cannot be approved.

    Raises NotInState, DateOutsidePeriod, Invalid, VariationUnbalanced, MoneyMayNotMove, ReductionBelowUse,
    AwardAboveCeiling.
    """
    grant.require(*_OPEN)
    grant.within(variation.dated)
    budget_after(grant, fund, variation)
    return VariationRequested(variation=variation)


def find_variation(grant: Grant, variation_id: int) -> Variation:
    """The grant's variation of that number. Raises Missing."""
    for variation in grant.variations:
        if variation.id == variation_id:
            return variation
    raise Missing(kind="variation", id=f"{grant.id}/variations/{variation_id}")


def approve(grant: Grant, fund: Fund, variation_id: int, actor: Actor) -> tuple[GrantFact, ...]:
    """Approve a variation: the budget before and after is kept with it, and each changed line gets its entry.

    It is worked out on the budget of this moment, and refused where another variation has changed the same lines, or the
    last day, since it was asked for. A notice keeps its date; where that lies in a
    closed quarter, its entries take effect on the first open day.
    Raises PreparerCannotApprove, NotInState, RequestStale, and whatever `request_variation` raises.
    """
    grant.require(*_OPEN)
    variation = _undecided(grant, variation_id, actor)
    _refuse_stale(grant, variation)
    after = budget_after(grant, fund, variation)
    decided = replace(
        variation,
        state=VariationState.APPROVED,
        decided_by=actor.subject,
        before=Budget(lines=grant.lines, ends=grant.ends),
        after=after,
    )
    on = first_open_day(grant.periods, variation.dated)
    return (VariationDecided(variation=decided), *_entries(variation, after, on))


def _refuse_stale(grant: Grant, variation: Variation) -> None:
    for other in grant.variations:
        later = (other.decided_in or 0) > (variation.requested_in or 0)
        if other.state is VariationState.APPROVED and later and variation.touches(other):
            changed = f"variation {other.id} was approved by record {other.decided_in}, and changed the same budget."
            raise RequestStale(kind="variation", id=f"{grant.id}/variations/{variation.id}", changed=changed)


def reject(grant: Grant, variation_id: int, actor: Actor) -> tuple[GrantFact, ...]:
    """Reject a variation. The budget stays as it is. Raises PreparerCannotApprove, NotInState."""
    variation = _undecided(grant, variation_id, actor)
    return (VariationDecided(variation=replace(variation, state=VariationState.REJECTED, decided_by=actor.subject)),)


def _undecided(grant: Grant, variation_id: int, actor: Actor) -> Variation:
    variation = find_variation(grant, variation_id)
    if variation.state is not VariationState.REQUESTED:
        raise NotInState(
            kind="variation",
            id=f"{grant.id}/variations/{variation_id}",
            state=variation.state,
            needed=(VariationState.REQUESTED,),
        )
    second_person(actor, prepared_by=variation.requested_by, override=variation.override)
    return variation


def _entries(variation: Variation, after: Budget, on: date) -> tuple[Entry, ...]:
    lines = {(line.financial_year, line.nature): line for line in after.lines}
    return tuple(
        budget_entry(
            EntryKind.VARIATION,
            lines[change.financial_year, change.nature],
            change.change_pence,
            on,
            variation.notice_reference,
        )
        for change in variation.changes
    )


def budget_after(grant: Grant, fund: Fund, variation: Variation) -> Budget:
    """The budget as the variation would leave it.

    Raises Invalid, VariationUnbalanced, MoneyMayNotMove, ReductionBelowUse, AwardAboveCeiling.
    """
    _check_kind(grant, fund, variation)
    ends = variation.ends or grant.ends
    lines = {(line.financial_year, line.nature): line for line in grant.lines}
    for place, change in enumerate(variation.changes):
        at = (change.financial_year, change.nature)
        _check_year(grant, change, place, ends)
        if not change.change_pence:
            raise invalid(f"/changes/{place}/change_pence", "must not be nothing")
        held = lines.get(at) or AwardLine(financial_year=at[0], nature=Nature(at[1]), awarded_pence=0)
        lines[at] = replace(held, awarded_pence=held.awarded_pence + change.change_pence)
    for line in lines.values():
        _check_use(grant, line)
    after = Budget(lines=tuple(lines[at] for at in sorted(lines)), ends=ends)
    if rising := _rising(variation):
        check_rules(fund, after.lines, grant.match, rising)
    return after


def _rising(variation: Variation) -> frozenset[str]:
    by_year = _by_year(variation)
    return frozenset(year for year, pence in by_year.items() if pence > 0)


def _by_year(variation: Variation) -> dict[str, int]:
    by_year: dict[str, int] = {}
    for line in variation.changes:
        by_year[line.financial_year] = by_year.get(line.financial_year, 0) + line.change_pence
    return by_year


def _check_kind(grant: Grant, fund: Fund, variation: Variation) -> None:
    change = sum(line.change_pence for line in variation.changes)
    fits = {
        VariationKind.TOP_UP: change > 0,
        VariationKind.REDUCTION: change < 0,
        VariationKind.EXTENSION: change == 0,
        VariationKind.RE_PROFILE: change == 0 and bool(variation.changes),
    }
    if not fits[variation.kind]:
        raise VariationUnbalanced(kind=variation.kind, change_pence=change)
    if (variation.kind is VariationKind.EXTENSION) != (variation.ends is not None):
        raise contradiction("/ends", "an extension gives the grant's new last day, and only an extension does")
    if variation.ends is not None and variation.ends <= grant.ends:
        raise contradiction("/ends", f"must be after the grant's present last day, {grant.ends}")
    _check_years_kept(fund, variation, change)


def _check_years_kept(fund: Fund, variation: Variation, change: int) -> None:
    """No year may lose what another gains: a penny of top-up would otherwise let a re-profile through."""
    if fund.rules.money_may_move_between_years:
        return
    if any(pence and pence * change <= 0 for pence in _by_year(variation).values()):
        raise MoneyMayNotMove(fund_id=fund.id)


def _check_year(grant: Grant, change: LineChange, place: int, ends: date) -> None:
    year = FinancialYear.parse(change.financial_year)
    if year.last_day < grant.starts or year.first_day > ends:
        where = f"{year} has no day in the grant's period, {grant.starts} to {ends}"
        raise contradiction(f"/changes/{place}/financial_year", where)


def _check_use(grant: Grant, line: AwardLine) -> None:
    if line.awarded_pence < 0 and line.used_pence <= 0:
        raise contradiction("/changes", f"{line.financial_year} {line.nature} would fall below nothing")
    if line.awarded_pence < line.used_pence:
        raise ReductionBelowUse(
            grant_id=grant.id,
            financial_year=line.financial_year,
            nature=line.nature,
            reduced_to_pence=line.awarded_pence,
            used_pence=line.used_pence,
        )
