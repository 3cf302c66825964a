"""The rules of a grant as callers send them and answers show them: each with its clause, and what a breach leads to."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from chalicelib.api.fields import MOST_PENCE, Clause
from chalicelib.api.schemas import Body
from chalicelib.domain.initiatives import Category
from chalicelib.domain.rules import Breach, Eligible, Limit, Policy, RuleName, Rules, Window

RulePence = Annotated[int, Meta(ge=0, le=MOST_PENCE, description="A whole number of pence, or 0.", examples=[5000000])]


class PolicyBody(Body, frozen=True, kw_only=True):
    """Local policy: the clause it is read from, and whether a breach is refused or taken with a warning."""

    clause: Clause
    breach: Breach

    def policy(self) -> Policy:
        """As the domain knows it."""
        return Policy(clause=self.clause, breach=self.breach)


class WindowBody(PolicyBody, frozen=True, kw_only=True):
    """When costs may be incurred, both days included; at least one of them."""

    first_day: date | None = None
    last_day: date | None = None

    def policy(self) -> Window:
        """As the domain knows it."""
        return Window(clause=self.clause, breach=self.breach, first_day=self.first_day, last_day=self.last_day)


class EligibleBody(PolicyBody, frozen=True, kw_only=True):
    """The categories of initiatives that the money may go to."""

    categories: Annotated[tuple[Category, ...], Meta(min_length=1, max_length=len(Category))]

    def policy(self) -> Eligible:
        """As the domain knows it."""
        return Eligible(clause=self.clause, breach=self.breach, categories=tuple(sorted(set(self.categories))))


class LimitBody(PolicyBody, frozen=True, kw_only=True):
    """The most there may be, in pence."""

    limit_pence: RulePence

    def policy(self) -> Limit:
        """As the domain knows it."""
        return Limit(clause=self.clause, breach=self.breach, pence=self.limit_pence)


def _shown(policy: Policy) -> PolicyBody:
    match policy:
        case Window():
            return WindowBody(clause=policy.clause, breach=policy.breach, first_day=policy.first_day, last_day=policy.last_day)
        case Eligible():
            return EligibleBody(clause=policy.clause, breach=policy.breach, categories=policy.categories)
        case Limit():
            return LimitBody(clause=policy.clause, breach=policy.breach, limit_pence=policy.pence)
        case _:
            return PolicyBody(clause=policy.clause, breach=policy.breach)


class GrantRules(Body, frozen=True, kw_only=True):
    """Conditions of a grant as data. All of it is local policy: what is left out is not set, and nothing is checked."""

    spending_window: WindowBody | None = None
    eligible_categories: EligibleBody | None = None
    capital_ceiling: LimitBody | None = None
    revenue_ceiling: LimitBody | None = None
    match_ratio: PolicyBody | None = None
    virement_limit: LimitBody | None = None
    write_off_limit: LimitBody | None = None
    no_carrying: PolicyBody | None = None
    asset_threshold: PolicyBody | None = None

    def rules(self) -> Rules:
        """As the domain knows them."""
        sent = {name: getattr(self, name) for name in RuleName}
        return Rules(**{name: body and body.policy() for name, body in sent.items()})

    @classmethod
    def of(cls, rules: Rules) -> GrantRules:
        """As the API shows them."""
        return cls(**{name: _shown(policy) for name, policy in rules.held()})  # type: ignore[arg-type]  # each the body of its own policy


class GrantRuleChanges(Body, frozen=True, kw_only=True):
    """The rules to set anew, each whole; null takes one back, and what is left out stays as it is."""

    spending_window: WindowBody | UnsetType | None = UNSET
    eligible_categories: EligibleBody | UnsetType | None = UNSET
    capital_ceiling: LimitBody | UnsetType | None = UNSET
    revenue_ceiling: LimitBody | UnsetType | None = UNSET
    match_ratio: PolicyBody | UnsetType | None = UNSET
    virement_limit: LimitBody | UnsetType | None = UNSET
    write_off_limit: LimitBody | UnsetType | None = UNSET
    no_carrying: PolicyBody | UnsetType | None = UNSET
    asset_threshold: PolicyBody | UnsetType | None = UNSET
