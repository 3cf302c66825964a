"""A grant's rules as they stand today: each with its answer and its figures, whether or not anything is asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from chalicelib.domain.answers import Answer
from chalicelib.domain.cells import Nature
from chalicelib.domain.checks import Finding, all_eligible, below_ceiling, in_window
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Category
from chalicelib.domain.judging import answer, match_kept_up, used_of
from chalicelib.domain.money import pounds
from chalicelib.domain.periods import FinancialYear
from chalicelib.domain.rules import NO_RULES, Limit, RuleName, Rules


def present(grant: Grant, allocated: Mapping[Category, int], today: date) -> Iterator[Answer]:
    """What each rule that is set says of the grant today. `allocated` is what initiatives hold of it, in pence by category."""
    rules = grant.rules or NO_RULES
    findings = {**dict(_of_money(grant, rules)), **dict(_of_plans(grant, rules, allocated, today))}
    for name, policy in rules.held():
        yield answer(grant, name, policy, findings[name], today)


def _of_money(grant: Grant, rules: Rules) -> Iterator[tuple[RuleName, Finding]]:
    """What is used, held against what may be."""
    if rules.capital_ceiling:
        yield RuleName.CAPITAL_CEILING, below_ceiling(rules.capital_ceiling, "capital", used_of(grant, Nature.CAPITAL))
    if rules.revenue_ceiling:
        yield RuleName.REVENUE_CEILING, below_ceiling(rules.revenue_ceiling, "revenue", used_of(grant, Nature.REVENUE))
    if rules.match_ratio:
        yield RuleName.MATCH_RATIO, match_kept_up(grant)
    if rules.virement_limit:
        yield RuleName.VIREMENT_LIMIT, _limit(rules.virement_limit, "A virement")
    if rules.write_off_limit:
        yield RuleName.WRITE_OFF_LIMIT, _limit(rules.write_off_limit, "Writing off")


def _limit(limit: Limit, what: str) -> Finding:
    words = f"{what} may come to {pounds(limit.pence)} by itself; more needs a proposal that a second person approves."
    return Finding(broken=False, words=words, figures={"limit_pence": limit.pence})


def _of_plans(grant: Grant, rules: Rules, allocated: Mapping[Category, int], today: date) -> Iterator[tuple[RuleName, Finding]]:
    """What is planned, and when."""
    if rules.spending_window:
        yield RuleName.SPENDING_WINDOW, in_window(rules.spending_window, today)
    if rules.eligible_categories:
        yield RuleName.ELIGIBLE_CATEGORIES, all_eligible(rules.eligible_categories, allocated)
    if rules.no_carrying:
        yield RuleName.NO_CARRYING, _left_behind(grant, today)
    if rules.asset_threshold:
        yield RuleName.ASSET_THRESHOLD, _threshold(grant.asset_threshold_pence)


def _left_behind(grant: Grant, today: date) -> Finding:
    """What past years did not use. It stays theirs, so nothing is broken."""
    past = [line for line in grant.lines if FinancialYear.parse(line.financial_year).last_day < today]
    left = sum(line.awarded_pence - line.used_pence for line in past)
    words = f"{pounds(left)} of past financial years is not used, and stays theirs."
    return Finding(broken=False, words=words, figures={"not_used_in_past_years_pence": left})


def _threshold(pence: int | None) -> Finding:
    if pence is None:
        return Finding(broken=False, words="The grant has no asset threshold, so nothing is asked for.", figures={})
    words = f"What was bought for more than {pounds(pence)} belongs in the register of assets."
    return Finding(broken=False, words=words, figures={"threshold_pence": pence})
