"""What a grant's rules say of each fact that is about to be recorded, and of the grant as it stands.

`judge` is asked by the gate about every fact of every change, whoever makes it and by whichever path. It answers with
every rule that has something to say at once, so nobody meets one refusal after another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from chalicelib.domain.answers import Answer, Noted, Outcome, RuleBroken
from chalicelib.domain.cells import Counter, Nature
from chalicelib.domain.checks import (
    Finding,
    below_ceiling,
    below_threshold,
    eligible,
    in_window,
    matched,
    not_carried,
    within_limit,
)
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.grants import Grant, GrantFact, apply
from chalicelib.domain.initiatives import Category
from chalicelib.domain.measures import used
from chalicelib.domain.proposals import ProposalDecided, ProposalKind
from chalicelib.domain.rules import Limit, Policy, RuleName, Rules
from chalicelib.domain.values import Struct, field, replace
from chalicelib.domain.variations import VariationDecided, VariationRequested, VariationState
from chalicelib.domain.waivers import in_force


class Around(Struct, frozen=True, kw_only=True):
    """What a judgement depends on beside the grant: the day in London, and the categories of the initiatives named.

    `replaced` are limits in whose place the change has a second person's approval; `recoded` the entries that it moves elsewhere;
    `claimed` those that claims posted, which go back when their claim is withdrawn: its lines are free then, and nothing is given up.
    """

    today: date
    categories: Mapping[str, Category] = field(default_factory=dict)
    replaced: frozenset[RuleName] = frozenset()
    recoded: frozenset[str] = frozenset()
    claimed: frozenset[str] = frozenset()


class _Case(Struct, frozen=True, kw_only=True):
    """One fact before a grant's rules, as the grant stands before it. `entry` is None where the fact is none."""

    grant: Grant
    rules: Rules
    fact: object
    around: Around

    @property
    def entry(self) -> Entry | None:
        return self.fact if isinstance(self.fact, Entry) else None


def judge(grant: Grant, fact: object, around: Around) -> tuple[Answer, ...]:
    """What every rule that concerns a fact answers, on the grant as it stands before it."""
    if grant.rules is None:
        return ()
    case = _Case(grant=grant, rules=grant.rules, fact=fact, around=around)
    held = ((name, policy) for name, policy in grant.rules.held() if name not in around.replaced)
    found = ((name, policy, _CHECKS[name](case)) for name, policy in held)
    return tuple(answer(grant, name, policy, finding, around.today) for name, policy, finding in found if finding)


def judge_all(grant: Grant, seq: int, facts: Sequence[object], around: Around) -> tuple[Noted, ...]:
    """What is to be noted of facts that follow record `seq`, one after another. Raises RuleBroken with every answer that refuses."""
    noted: list[Noted] = []
    recoded = (fact.of for fact in facts if isinstance(fact, Entry) and fact.in_place_of)
    around = replace(around, recoded=frozenset(named for named in recoded if named))
    for number, fact in enumerate(facts, seq + 1):
        noted += [Noted(seq=number, answer=each) for each in judge(grant, fact, around) if each.noteworthy]
        grant = apply(grant, fact, number) if isinstance(fact, GrantFact) else grant
        if isinstance(fact, ProposalDecided):
            around = replace(around, replaced=frozenset({_LIMITS[fact.proposal.kind]}))
    if refused := tuple(each.answer for each in noted if each.answer.outcome is Outcome.REFUSE):
        raise RuleBroken(grant_id=grant.id, answers=refused)
    return tuple(noted)


_LIMITS = {ProposalKind.VIREMENT: RuleName.VIREMENT_LIMIT, ProposalKind.WRITE_OFF: RuleName.WRITE_OFF_LIMIT}
"""The limit that an approved proposal of each kind stands in for."""


def answer(grant: Grant, name: RuleName, policy: Policy, finding: Finding, today: date) -> Answer:
    """A rule's answer to what was found: a broken one warns or refuses as it says itself, unless a waiver holds today."""
    waiver = in_force(grant.waivers, name, today) if finding.broken else None
    return Answer(
        rule=name,
        outcome=Outcome.PASS if waiver or not finding.broken else Outcome(policy.breach.value),
        clause=policy.clause,
        words=finding.words,
        figures=finding.figures,
        waiver=waiver.id if waiver else None,
    )


def _window(case: _Case) -> Finding | None:
    window, entry = case.rules.spending_window, case.entry
    return in_window(window, entry.on) if window and entry and _incurred(entry) > 0 else None


def _incurred(entry: Entry) -> int:
    """What an entry says was incurred on its day: not what settles an accrual, nor what puts an earlier day right."""
    if entry.kind is EntryKind.COMMITMENT:
        return entry.amount_pence
    if entry.kind not in (EntryKind.ACCRUAL, EntryKind.PAYMENT):
        return 0
    return entry.moves.get(Counter.PAID, 0) + entry.moves.get(Counter.ACCRUED, 0)


_CODING = frozenset({EntryKind.ALLOCATION, EntryKind.VIREMENT, EntryKind.COMMITMENT, EntryKind.ACCRUAL, EntryKind.PAYMENT})


def _eligible(case: _Case) -> Finding | None:
    rule, entry = case.rules.eligible_categories, case.entry
    if rule is None or entry is None or entry.amount_pence <= 0:
        return None
    if entry.kind not in _CODING and entry.in_place_of is None:
        return None
    initiative = entry.place.initiative_id or ""
    if initiative not in case.around.categories:
        raise ValueError(f"{initiative} is given money, and nobody has looked up its category")
    return eligible(rule, case.around.categories[initiative], entry.amount_pence)


def _ceiling(case: _Case, ceiling: Limit | None, nature: Nature) -> Finding | None:
    entry = case.entry
    if ceiling is None or entry is None or entry.place.nature is not nature or used(entry.moves) <= 0:
        return None
    return below_ceiling(ceiling, nature.value, used_of(case.grant, nature), used(entry.moves))


def used_of(grant: Grant, nature: Nature | None = None) -> int:
    """What is used of a grant's lines of one nature, or of all of them, in pence."""
    return sum(line.used_pence for line in grant.lines if nature in (None, line.nature))


def _match(case: _Case) -> Finding | None:
    entry = case.entry
    if entry is None or entry.kind is not EntryKind.PAYMENT or entry.amount_pence <= 0:
        return None
    return match_kept_up(case.grant, used(entry.moves))


def match_kept_up(grant: Grant, asked: int = 0) -> Finding:
    """Whether the match recorded keeps up with what is used of the grant, with what is asked for."""
    use = used_of(grant) + asked
    return matched(grant.match.required_pence(max(use, 0)) if grant.match else 0, grant.matched_pence, use)


def _virement(case: _Case) -> Finding | None:
    limit, entry = case.rules.virement_limit, case.entry
    if limit is None or entry is None or entry.kind is not EntryKind.VIREMENT or entry.amount_pence <= 0:
        return None
    return within_limit(limit, "A virement", entry.amount_pence)


def _write_off(case: _Case) -> Finding | None:
    limit, entry = case.rules.write_off_limit, case.entry
    if limit is None or entry is None or entry.amount_pence >= 0 or not _gives_up(entry):
        return None
    if entry.of in case.around.recoded | case.around.claimed:
        return None
    return within_limit(limit, "Writing off", -entry.amount_pence)


def _gives_up(entry: Entry) -> bool:
    """Whether an entry gives up some of an order, a cost or a claim: by its own kind, or as a correction."""
    if entry.kind is EntryKind.CORRECTION:
        return entry.counter in (Counter.COMMITTED, Counter.ACCRUED, Counter.CLAIMED)
    return entry.kind in (EntryKind.RELEASE, EntryKind.REVERSAL)


def _carrying(case: _Case) -> Finding | None:
    fact = case.fact
    if not isinstance(fact, VariationRequested | VariationDecided) or fact.variation.state is VariationState.REJECTED:
        return None
    by_year: dict[str, int] = {}
    for change in fact.variation.changes:
        by_year[change.financial_year] = by_year.get(change.financial_year, 0) + change.change_pence
    return not_carried(by_year)


def _asset(case: _Case) -> Finding | None:
    threshold, entry = case.grant.asset_threshold_pence, case.entry
    if threshold is None or entry is None or entry.kind is not EntryKind.PAYMENT:
        return None
    return below_threshold(threshold, entry.amount_pence)


_CHECKS: Mapping[RuleName, Callable[[_Case], Finding | None]] = {
    RuleName.SPENDING_WINDOW: _window,
    RuleName.ELIGIBLE_CATEGORIES: _eligible,
    RuleName.CAPITAL_CEILING: lambda case: _ceiling(case, case.rules.capital_ceiling, Nature.CAPITAL),
    RuleName.REVENUE_CEILING: lambda case: _ceiling(case, case.rules.revenue_ceiling, Nature.REVENUE),
    RuleName.MATCH_RATIO: _match,
    RuleName.VIREMENT_LIMIT: _virement,
    RuleName.WRITE_OFF_LIMIT: _write_off,
    RuleName.NO_CARRYING: _carrying,
    RuleName.ASSET_THRESHOLD: _asset,
}
"""What each rule that is set finds in a fact: None where the fact is none of its business."""
