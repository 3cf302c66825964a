"""Grants: one award from a fund to a lead recipient for a force area, its lines, and its life."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import ClassVar, TypeVar

from chalicelib.domain.answers import RulesNoted
from chalicelib.domain.cells import Cell, Counter, Nature
from chalicelib.domain.chain import Kind
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.errors import IllegalMove, NotInState
from chalicelib.domain.funds import MatchRequirement
from chalicelib.domain.matters import Matter, OverrideGiven
from chalicelib.domain.measures import used
from chalicelib.domain.payment_status import PaymentsPaid
from chalicelib.domain.proposals import Proposal, ProposalDecided, ProposalFact, ProposalRequested
from chalicelib.domain.proposals import after as proposals_after
from chalicelib.domain.quarter_states import Period, PeriodFact, after, overridden
from chalicelib.domain.refusals import DateOutsidePeriod, NoAwardLine
from chalicelib.domain.rules import Rules, RulesSet
from chalicelib.domain.rules import after as rules_after
from chalicelib.domain.values import Struct, field, replace
from chalicelib.domain.variations import AwardLine, Basis, Variation, VariationDecided, VariationRequested
from chalicelib.domain.waivers import Waiver, WaiverDecided, WaiverFact, WaiverRequested
from chalicelib.domain.waivers import after as waivers_after

__all__ = ["AwardLine", "Basis", "Grant", "GrantFact", "GrantState", "apply"]


class GrantState(StrEnum):
    """A grant's life: offered, accepted, active, closed; or declined."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    CLOSED = "closed"
    DECLINED = "declined"


_MOVES: dict[GrantState, tuple[GrantState, ...]] = {
    GrantState.OFFERED: (GrantState.ACCEPTED, GrantState.DECLINED),
    GrantState.ACCEPTED: (GrantState.ACTIVE,),
    GrantState.ACTIVE: (GrantState.CLOSED,),
    GrantState.CLOSED: (),
    GrantState.DECLINED: (),
}


class Grant(Struct, frozen=True, kw_only=True):
    """A grant as it stands.

    `lines` hold the budget and, in pence, how much of each is allocated and used: the small state decisions need.
    `periods` hold what has become of its quarters; one that is not there is open.
    `version` is the record that last changed anything but money moving under the budget.
    `matched_pence` is the match recorded, in cash and in kind. `paid_in` is the record that last said how payments
    were made. `rules` are the conditions as data, where any are set.
    `asset_threshold_pence` is local policy: what was bought for more belongs in the register of assets. None demands nothing.
    """

    KIND: ClassVar = Kind.GRANT

    id: str
    title: str
    fund_id: str
    lead_recipient_id: str
    force_area: str
    starts: date
    ends: date
    lines: tuple[AwardLine, ...]
    project_numbers: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    match: MatchRequirement | None = None
    source: str = ""
    asset_threshold_pence: int | None = None
    state: GrantState = GrantState.OFFERED
    variations: tuple[Variation, ...] = ()
    periods: Mapping[str, Period] = field(default_factory=dict)
    rules: Rules | None = None
    waivers: tuple[Waiver, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    matched_pence: int = 0
    paid_in: int | None = None
    version: int = 1

    def line(self, financial_year: str, nature: Nature) -> AwardLine:
        """The award line for a year and nature. Raises NoAwardLine, naming those there are."""
        for line in self.lines:
            if (line.financial_year, line.nature) == (financial_year, nature):
                return line
        there = tuple(f"{line.financial_year} {line.nature}" for line in self.lines)
        raise NoAwardLine(grant_id=self.id, financial_year=financial_year, nature=nature, lines=there)

    def within(self, on: date) -> date:
        """The date itself, when it lies in the grant's period. Raises DateOutsidePeriod."""
        if not self.starts <= on <= self.ends:
            raise DateOutsidePeriod(grant_id=self.id, on=on, starts=self.starts, ends=self.ends)
        return on

    def require(self, *states: GrantState) -> None:
        """Refuse with NotInState unless the grant is in one of these states."""
        if self.state not in states:
            raise NotInState(kind="grant", id=self.id, state=self.state, needed=states)

    @property
    def awarded_pence(self) -> int:
        """The budget: the sum of the award lines."""
        return sum(line.awarded_pence for line in self.lines)


class GrantOffered(Struct, frozen=True, kw_only=True):
    """The Home Office offered a grant."""

    KIND: ClassVar = "grant_offered"

    grant: Grant


class GrantAmended(Struct, frozen=True, kw_only=True):
    """A grant's description changed (never its lines or dates: those are variations); these are the new details."""

    KIND: ClassVar = "grant_amended"

    title: str
    project_numbers: tuple[str, ...]
    conditions: tuple[str, ...]
    source: str
    asset_threshold_pence: int | None = None


class GrantMoved(Struct, frozen=True, kw_only=True):
    """The grant went on to another state, on a day."""

    KIND: ClassVar = "grant_moved"

    state: GrantState
    on: date


DETAILS = ("title", "project_numbers", "conditions", "source", "asset_threshold_pence")
"""What `GrantAmended` says, by name."""

_Ruling = RulesSet | WaiverFact | ProposalFact | OverrideGiven
_Changing = GrantAmended | GrantMoved | VariationRequested | VariationDecided | PeriodFact | _Ruling
GrantFact = GrantOffered | _Changing | RulesNoted | PaymentsPaid | Entry


def move(grant: Grant, state: GrantState, on: date) -> tuple[GrantFact, ...]:
    """Take a grant to another state. Accepting it brings its award lines into the ledger, one entry each.

    Raises IllegalMove.
    """
    allowed = _MOVES[grant.state]
    if state not in allowed:
        raise IllegalMove(kind="grant", state=grant.state, wanted=state, allowed=allowed)
    moved = GrantMoved(state=state, on=on)
    if state is not GrantState.ACCEPTED:
        return (moved,)
    return (moved, *(budget_entry(EntryKind.AWARD, line, line.awarded_pence, on) for line in grant.lines))


def budget_entry(kind: EntryKind, line: AwardLine, change_pence: int, on: date, reference: str = "") -> Entry:
    """The entry that brings an award line, or a change to one, into the ledger."""
    cell = Cell.of_year(None, line.financial_year, line.nature)
    return Entry(
        kind=kind,
        on=on,
        cell=cell.key,
        amount_pence=change_pence,
        description=line.note,
        quoted_reference=reference,
    )


def apply(grant: Grant | None, fact: GrantFact, seq: int) -> Grant:
    """The grant after a fact, which was record `seq`."""
    if isinstance(fact, GrantOffered):
        return replace(fact.grant, version=seq)
    if grant is None:
        raise ValueError("a grant begins with its offer")
    if isinstance(fact, RulesNoted):
        return grant
    if isinstance(fact, PaymentsPaid):
        return replace(grant, paid_in=seq)
    return _after_entry(grant, fact) if isinstance(fact, Entry) else replace(_changed(grant, fact, seq), version=seq)


def _changed(grant: Grant, fact: _Changing, seq: int) -> Grant:
    match fact:
        case GrantAmended():
            return replace(grant, **{name: getattr(fact, name) for name in DETAILS})
        case GrantMoved():
            return replace(grant, state=fact.state)
        case VariationRequested():
            return replace(grant, variations=(*grant.variations, replace(fact.variation, requested_in=seq)))
        case VariationDecided():
            return _after_decision(grant, fact, seq)
        case RulesSet() | WaiverRequested() | WaiverDecided() | ProposalRequested() | ProposalDecided() | OverrideGiven():
            return _ruled(grant, fact, seq)
        case _:
            return replace(grant, periods=after(grant.periods, fact, seq))


def _overridden(grant: Grant, fact: OverrideGiven) -> Grant:
    """The grant with the override kept with its request, until that is decided."""
    match fact.matter:
        case Matter.REOPENING | Matter.AGREEMENT:
            return replace(grant, periods=overridden(grant.periods, fact))
        case Matter.VARIATION:
            return replace(grant, variations=_marked(grant.variations, fact))
        case Matter.WAIVER:
            return replace(grant, waivers=_marked(grant.waivers, fact))
        case _:
            return replace(grant, proposals=_marked(grant.proposals, fact))


Q = TypeVar("Q", Variation, Waiver, Proposal)


def _marked(requests: tuple[Q, ...], fact: OverrideGiven) -> tuple[Q, ...]:
    return tuple(replace(each, override=fact.override) if str(each.id) == fact.id else each for each in requests)


def _ruled(grant: Grant, fact: _Ruling, seq: int) -> Grant:
    if isinstance(fact, RulesSet):
        return replace(grant, rules=rules_after(grant.rules, fact, seq))
    if isinstance(fact, OverrideGiven):
        return _overridden(grant, fact)
    if isinstance(fact, ProposalRequested | ProposalDecided):
        return replace(grant, proposals=proposals_after(grant.proposals, fact, seq))
    return replace(grant, waivers=waivers_after(grant.waivers, fact, seq))


def _after_entry(grant: Grant, entry: Entry) -> Grant:
    moves = entry.moves
    if match := moves.get(Counter.MATCH_CASH, 0) + moves.get(Counter.MATCH_IN_KIND, 0):
        return replace(grant, matched_pence=grant.matched_pence + match)
    allocated, use = moves.get(Counter.ALLOCATED, 0), used(moves)
    if not allocated and not use:
        return grant
    at = Cell.parse(entry.cell).line
    lines = tuple(
        replace(line, allocated_pence=line.allocated_pence + allocated, used_pence=line.used_pence + use)
        if (line.financial_year, line.nature) == at
        else line
        for line in grant.lines
    )
    return replace(grant, lines=lines)


def _after_decision(grant: Grant, fact: VariationDecided, seq: int) -> Grant:
    # The head stays small: the budgets around the decision stand in its record.
    decided = replace(fact.variation, before=None, after=None, override=None, decided_in=seq)
    variations = tuple(decided if held.id == decided.id else held for held in grant.variations)
    budget = fact.variation.after
    if budget is None:
        return replace(grant, variations=variations)
    return replace(grant, variations=variations, lines=budget.lines, ends=budget.ends)
