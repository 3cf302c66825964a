"""Funds: one round of a Home Office programme, with its rules as data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind
from chalicelib.domain.money import percentage
from chalicelib.domain.rules import Rules
from chalicelib.domain.values import Struct, field


class MatchBase(StrEnum):
    """What the per cent of a match requirement is of: the grant alone, or grant and match together."""

    GRANT = "grant"
    TOTAL = "total"


class MatchRequirement(Struct, frozen=True, kw_only=True):
    """How much partners must contribute: hundredths of a per cent (5000 = 50 %), and of what."""

    basis_points: int
    base: MatchBase

    def required_pence(self, grant_pence: int) -> int:
        """The match, in pence, that a grant of this many pence requires; part of a penny counts as a whole one.

        Of the total: match = share x (grant + match), so match = grant x share / (1 - share).
        """
        if self.base is MatchBase.GRANT:
            return percentage(grant_pence, self.basis_points)
        return -(-grant_pence * self.basis_points // (10_000 - self.basis_points))


class FundRules(Struct, frozen=True, kw_only=True):
    """A fund's rules. What is None or empty was not found in a public source and is not checked.

    `award_ceilings` gives the most a single grant may be awarded for a financial year, in pence. `for_grants` are the rules
    that a grant begins with when it is offered, and changes by itself from then on.
    """

    match: MatchRequirement | None = None
    award_ceilings: Mapping[str, int] = field(default_factory=dict)
    money_may_move_between_years: bool = False
    for_grants: Rules | None = None


class Fund(Struct, frozen=True, kw_only=True):
    """One round of a programme: `ssf-1` ... `ssf-5`, `swan`."""

    KIND: ClassVar = Kind.FUND

    id: str
    title: str
    funder: str
    rules: FundRules = FundRules()
    source: str = ""


class FundCreated(Struct, frozen=True, kw_only=True):
    """A fund was set up."""

    KIND: ClassVar = "fund_created"

    fund: Fund


class FundAmended(Struct, frozen=True, kw_only=True):
    """A fund's details or rules changed; these are the new ones, whole."""

    KIND: ClassVar = "fund_amended"

    fund: Fund


FundFact = FundCreated | FundAmended


def apply(_fund: Fund | None, fact: FundFact, _seq: int) -> Fund:
    """The fund after a fact."""
    return fact.fund
