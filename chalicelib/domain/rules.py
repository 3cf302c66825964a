"""A grant's conditions as data: what may be spent when, on what, up to how much, and what happens where a rule is broken.

No public source says what the Home Office's values are. So every rule here is local policy: the office sets it, with the
clause that it reads it from, or it is not set and nothing is checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import ClassVar, TypeVar

from chalicelib.domain.errors import Contradictory, FieldError
from chalicelib.domain.initiatives import Category
from chalicelib.domain.values import Struct, replace


class RuleName(StrEnum):
    """The rules that a grant can have, in the order in which they are shown."""

    SPENDING_WINDOW = "spending_window"
    ELIGIBLE_CATEGORIES = "eligible_categories"
    CAPITAL_CEILING = "capital_ceiling"
    REVENUE_CEILING = "revenue_ceiling"
    MATCH_RATIO = "match_ratio"
    VIREMENT_LIMIT = "virement_limit"
    WRITE_OFF_LIMIT = "write_off_limit"
    NO_CARRYING = "no_carrying"
    ASSET_THRESHOLD = "asset_threshold"


class Breach(StrEnum):
    """What becomes of an entry that breaks a rule: it is taken with a warning, or refused."""

    WARN = "warn"
    REFUSE = "refuse"


class Policy(Struct, frozen=True, kw_only=True):
    """What every rule says: the clause it is read from, and what a breach leads to. `set_in` is the record that set it."""

    clause: str
    breach: Breach
    set_in: int | None = None


class Window(Policy, frozen=True, kw_only=True):
    """From when and until when costs may be incurred, both days included; None leaves a side open."""

    first_day: date | None = None
    last_day: date | None = None


class Eligible(Policy, frozen=True, kw_only=True):
    """The categories of initiatives that the grant's money may go to."""

    categories: tuple[Category, ...]


class Limit(Policy, frozen=True, kw_only=True):
    """The most there may be, in pence."""

    pence: int


class Rules(Struct, frozen=True, kw_only=True):
    """The rules that are set; each is named as in `RuleName`.

    The ratio and base of `match_ratio` are the grant's own match requirement, and what `asset_threshold` counts from is
    the grant's asset threshold: here stand their clauses only.
    """

    spending_window: Window | None = None
    eligible_categories: Eligible | None = None
    capital_ceiling: Limit | None = None
    revenue_ceiling: Limit | None = None
    match_ratio: Policy | None = None
    virement_limit: Limit | None = None
    write_off_limit: Limit | None = None
    no_carrying: Policy | None = None
    asset_threshold: Policy | None = None

    def policy(self, name: RuleName) -> Policy | None:
        """The rule of that name, or None where it is not set."""
        found: Policy | None = getattr(self, name)
        return found

    def held(self) -> Iterator[tuple[RuleName, Policy]]:
        """The rules that are set, in order."""
        for name in RuleName:
            if policy := self.policy(name):
                yield name, policy


NO_RULES = Rules()

P = TypeVar("P", bound=Policy)


class RulesSet(Struct, frozen=True, kw_only=True):
    """A grant's rules were set; these are the new ones, whole."""

    KIND: ClassVar = "rules_set"

    rules: Rules


def after(held: Rules | None, fact: RulesSet, seq: int) -> Rules:
    """The rules once record `seq` set them: a rule that stays as it was keeps the record that set it."""
    before = held or NO_RULES
    return Rules(**{name: _since(getattr(before, name), getattr(fact.rules, name), seq) for name in RuleName})


def _since(held: P | None, policy: P | None, seq: int) -> P | None:
    if held is not None and policy is not None and replace(policy, set_in=held.set_in) == held:
        return held
    return policy and replace(policy, set_in=seq)


def over(own: Rules | None, general: Rules | None) -> Rules | None:
    """A grant's own rules over its fund's general ones, rule by rule; None where there are none."""
    if own is None or general is None:
        return own or general
    return Rules(**{name: getattr(own, name) or getattr(general, name) for name in RuleName})


def checked(rules: Rules, at: str = "") -> Rules:
    """The rules themselves, when they can be kept. Raises Contradictory with pointers below `at`."""
    errors: list[FieldError] = []
    window = rules.spending_window
    if window is not None:
        if window.first_day is None and window.last_day is None:
            errors.append(FieldError(f"{at}/spending_window", "must have a first day, a last day, or both"))
        elif window.first_day and window.last_day and window.last_day < window.first_day:
            errors.append(FieldError(f"{at}/spending_window/last_day", f"{window.last_day} is before the first day, {window.first_day}"))
    if rules.asset_threshold is not None and rules.asset_threshold.breach is Breach.REFUSE:
        errors.append(FieldError(f"{at}/asset_threshold/breach", "must be warn: what was bought is registered after it is paid"))
    if errors:
        raise Contradictory(tuple(errors))
    return rules
