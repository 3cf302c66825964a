"""Funds: a round's rules, and what match they require."""

import pytest

from chalicelib.domain.funds import Fund, FundAmended, FundCreated, FundRules, MatchBase, MatchRequirement, apply


def required(grant_pence: int, *, basis_points: int, base: MatchBase) -> int:
    return MatchRequirement(basis_points=basis_points, base=base).required_pence(grant_pence)


@pytest.mark.parametrize(
    ("grant_pence", "basis_points", "match_pence"),
    [
        (100_000_00, 5000, 50_000_00),
        (366_289_00, 2000, 73_257_80),
        (100, 3333, 34),
        (1, 1, 1),
        (100_000_00, 0, 0),
        (100_000_00, 10_000, 100_000_00),
    ],
)
def test_match_of_the_grant_is_a_share_of_the_grant_alone(grant_pence: int, basis_points: int, match_pence: int) -> None:
    assert required(grant_pence, basis_points=basis_points, base=MatchBase.GRANT) == match_pence


@pytest.mark.parametrize(
    ("grant_pence", "basis_points", "match_pence"),
    [
        (100_000_00, 5000, 100_000_00),
        (100_000_00, 2000, 25_000_00),
        (80_000_00, 2000, 20_000_00),
        (100, 3333, 50),
        (100, 1, 1),
        (100_000_00, 0, 0),
    ],
)
def test_match_of_the_total_is_a_share_of_grant_and_match_together(grant_pence: int, basis_points: int, match_pence: int) -> None:
    match = required(grant_pence, basis_points=basis_points, base=MatchBase.TOTAL)

    assert match == match_pence
    assert match * 10_000 >= (grant_pence + match) * basis_points


def test_half_a_penny_short_is_short() -> None:
    assert required(1_01, basis_points=5000, base=MatchBase.GRANT) == 51


def test_the_same_per_cent_of_another_base_is_another_amount() -> None:
    assert required(200_000_00, basis_points=5000, base=MatchBase.GRANT) == 100_000_00
    assert required(200_000_00, basis_points=5000, base=MatchBase.TOTAL) == 200_000_00


def test_a_fund_without_known_rules_checks_nothing() -> None:
    rules = Fund(id="ssf-1", title="Safer Streets Fund round 1", funder="Home Office").rules

    assert rules == FundRules(match=None, award_ceilings={}, money_may_move_between_years=False)


def test_a_fund_is_what_was_last_recorded() -> None:
    first = Fund(id="swan", title="Safety of Women at Night Fund", funder="Home Office")
    second = Fund(id="swan", title="Safety of Women at Night Fund 2021-22", funder="Home Office")

    assert apply(None, FundCreated(fund=first), 1) == first
    assert apply(first, FundAmended(fund=second), 2) == second
