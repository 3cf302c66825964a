"""The checks behind a grant's rules: each is a pure function of a rule and some figures, and says what it found.

None of them knows entries, waivers or grants: `chalicelib.domain.judging` says what is checked when, and what follows.
All amounts are in pence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chalicelib.domain.initiatives import Category
from chalicelib.domain.money import pounds
from chalicelib.domain.rules import Eligible, Limit, Window
from chalicelib.domain.values import Struct

Figures = Mapping[str, int | str]
"""What a finding rests on, by name; amounts end in `_pence`."""


class Finding(Struct, frozen=True, kw_only=True):
    """Whether a rule is broken, in which words and on which figures."""

    broken: bool
    words: str
    figures: Figures


def in_window(window: Window, day: date) -> Finding:
    """Whether costs may be incurred on a day."""
    early = window.first_day is not None and day < window.first_day
    late = window.last_day is not None and day > window.last_day
    since = f"from {window.first_day} " if window.first_day else ""
    until = f"until {window.last_day} " if window.last_day else ""
    days = {"on": day, "first_day": window.first_day, "last_day": window.last_day}
    return Finding(
        broken=early or late,
        words=f"Costs may be incurred {since}{until}and the day is {day}.",
        figures={name: str(held) for name, held in days.items() if held},
    )


def eligible(rule: Eligible, category: Category, asked_pence: int) -> Finding:
    """Whether money may go to an initiative of a category."""
    allowed = ", ".join(each.words for each in rule.categories)
    return Finding(
        broken=category not in rule.categories,
        words=f"{pounds(asked_pence)} goes to {category.words}; the grant pays for {allowed}.",
        figures={"category": category.value, "eligible": ", ".join(rule.categories), "asked_pence": asked_pence},
    )


def all_eligible(rule: Eligible, allocated: Mapping[Category, int]) -> Finding:
    """Whether all that is allocated now went to categories that the grant pays for."""
    wrong = sum(pence for category, pence in allocated.items() if category not in rule.categories)
    return Finding(
        broken=wrong > 0,
        words=f"{pounds(wrong)} is allocated to categories that the grant does not pay for.",
        figures={"eligible": ", ".join(rule.categories), "not_eligible_pence": wrong},
    )


def below_ceiling(ceiling: Limit, nature: str, used: int, asked: int = 0) -> Finding:
    """Whether what is used of one nature, with what is asked for, stays within its ceiling."""
    over = used + asked - ceiling.pence
    beyond = f", {pounds(over)} too much" if over > 0 else ""
    return Finding(
        broken=over > 0,
        words=f"At most {pounds(ceiling.pence)} may be used for {nature}; it comes to {pounds(used + asked)}{beyond}.",
        figures={"ceiling_pence": ceiling.pence, "used_pence": used, "asked_pence": asked, "over_by_pence": max(over, 0)},
    )


def matched(required: int, held: int, used: int) -> Finding:
    """Whether partners' match keeps up with what is used of the grant."""
    short = max(required - held, 0)
    return Finding(
        broken=short > 0,
        words=f"{pounds(used)} used needs match of {pounds(required)}; {pounds(held)} is recorded.",
        figures={"used_pence": used, "required_pence": required, "matched_pence": held, "short_by_pence": short},
    )


def within_limit(limit: Limit, what: str, asked: int) -> Finding:
    """Whether one movement stays within a limit."""
    return Finding(
        broken=asked > limit.pence,
        words=f"{what} may come to {pounds(limit.pence)} by itself; {pounds(asked)} needs a proposal that a second person approves."
        if asked > limit.pence
        else f"{what} may come to {pounds(limit.pence)} by itself; this comes to {pounds(asked)}.",
        figures={"limit_pence": limit.pence, "asked_pence": asked, "over_by_pence": max(asked - limit.pence, 0)},
    )


def not_carried(by_year: Mapping[str, int]) -> Finding:
    """Whether no financial year gains what another loses."""
    gained = sum(pence for pence in by_year.values() if pence > 0)
    lost = -sum(pence for pence in by_year.values() if pence < 0)
    moved = min(gained, lost)
    return Finding(
        broken=moved > 0,
        words=f"Money stays in its financial year; {pounds(moved)} would move to another.",
        figures={"carried_pence": moved, **{f"{year}_pence": pence for year, pence in sorted(by_year.items())}},
    )


def below_threshold(threshold: int, paid: int) -> Finding:
    """Whether what was bought is small enough not to belong in the register of assets."""
    return Finding(
        broken=paid > threshold,
        words=f"What was bought for more than {pounds(threshold)} belongs in the register of assets; this cost {pounds(paid)}.",
        figures={"threshold_pence": threshold, "asked_pence": paid},
    )
