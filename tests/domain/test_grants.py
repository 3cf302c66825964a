"""Grants: from offer to close, and what an offer must be."""

from collections.abc import Mapping
from datetime import date

import pytest

from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.errors import IllegalMove, Invalid, NotInState
from chalicelib.domain.funds import Fund, FundRules, MatchBase, MatchRequirement
from chalicelib.domain.grants import AwardLine, Grant, GrantAmended, GrantMoved, GrantOffered, GrantState, apply, move
from chalicelib.domain.offers import offer
from chalicelib.domain.periods import PeriodUnreadable
from chalicelib.domain.refusals import AwardAboveCeiling, DateOutsidePeriod, MatchRequired, NoAwardLine
from chalicelib.domain.values import replace
from tests.domain.ledger_tables import ledger

ON = date(2023, 10, 1)


def line(financial_year: str, pounds: int, nature: Nature = Nature.NOT_STATED) -> AwardLine:
    return AwardLine(financial_year=financial_year, nature=nature, awarded_pence=pounds * 100)


def grant(*lines: AwardLine, match: MatchRequirement | None = None, state: GrantState = GrantState.OFFERED) -> Grant:
    return Grant(
        id="ssf-5-warwickshire",
        title="Safer Streets round 5 in Warwickshire",
        fund_id="ssf-5",
        lead_recipient_id="warwickshire",
        force_area="E23000017",
        starts=date(2023, 10, 1),
        ends=date(2025, 3, 31),
        lines=lines or (line("2023-24", 465_000), line("2024-25", 535_000)),
        match=match,
        state=state,
    )


def fund(*, ceilings: Mapping[str, int] | None = None, match: MatchRequirement | None = None) -> Fund:
    rules = FundRules(award_ceilings=ceilings or {}, match=match)
    return Fund(id="ssf-5", title="Safer Streets Fund round 5", funder="Home Office", rules=rules)


def test_an_offered_grant_is_not_in_the_ledger_yet() -> None:
    offered = offer(grant(), fund())

    assert offered == GrantOffered(grant=grant())
    assert apply(None, offered, 1).state is GrantState.OFFERED


def test_accepting_a_grant_brings_each_award_line_into_the_ledger() -> None:
    moved, *entries = move(grant(), GrantState.ACCEPTED, ON)

    assert moved == GrantMoved(state=GrantState.ACCEPTED, on=ON)
    assert [entry for entry in entries if isinstance(entry, Entry)] == [
        Entry(kind=EntryKind.AWARD, on=ON, cell="-#2023-24#not_stated", amount_pence=465_000_00),
        Entry(kind=EntryKind.AWARD, on=ON, cell="-#2024-25#not_stated", amount_pence=535_000_00),
    ]


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (GrantState.OFFERED, GrantState.DECLINED),
        (GrantState.ACCEPTED, GrantState.ACTIVE),
        (GrantState.ACTIVE, GrantState.CLOSED),
    ],
)
def test_the_other_legal_moves_bring_no_entries(state: GrantState, wanted: GrantState) -> None:
    assert move(grant(state=state), wanted, ON) == (GrantMoved(state=wanted, on=ON),)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (GrantState.OFFERED, {GrantState.ACCEPTED, GrantState.DECLINED}),
        (GrantState.ACCEPTED, {GrantState.ACTIVE}),
        (GrantState.ACTIVE, {GrantState.CLOSED}),
        (GrantState.CLOSED, set()),
        (GrantState.DECLINED, set()),
    ],
)
def test_every_other_move_is_refused_with_the_legal_ones_named(state: GrantState, allowed: set[GrantState]) -> None:
    for wanted in set(GrantState) - allowed:
        with pytest.raises(IllegalMove) as refused:
            move(grant(state=state), wanted, ON)
        assert set(refused.value.allowed) == allowed


def test_an_illegal_move_says_what_could_follow() -> None:
    with pytest.raises(IllegalMove, match=r"The grant is offered and cannot become active: from here it can become accepted, declined\."):
        move(grant(), GrantState.ACTIVE, ON)
    with pytest.raises(IllegalMove, match=r"The grant is closed and cannot become active: nothing follows it\."):
        move(grant(state=GrantState.CLOSED), GrantState.ACTIVE, ON)


def test_an_offer_hears_of_every_problem_at_once() -> None:
    bad = replace(
        grant(line("2021-22", 1), line("2023-24", 1), line("2023-24", 2), line("2024-25", -3)),
        ends=date(2023, 9, 30),
        force_area="Warwickshire",
    )

    with pytest.raises(Invalid) as refused:
        offer(bad, fund())

    assert {error.pointer: error.detail for error in refused.value.errors} == {
        "/ends": "2023-09-30 is before the start on 2023-10-01",
        "/force_area": "'Warwickshire' is not an ONS police force area code such as E23000015",
        "/lines/0/financial_year": "2021-22 has no day in the grant's period, 2023-10-01 to 2023-09-30",
        "/lines/2": "there are two lines for 2023-24 not_stated",
        "/lines/3/awarded_pence": "must be nothing or more, not -300",
        "/lines/3/financial_year": "2024-25 has no day in the grant's period, 2023-10-01 to 2023-09-30",
    }


def test_an_offer_has_at_least_one_line() -> None:
    with pytest.raises(Invalid, match="/lines: must have at least one award line"):
        offer(replace(grant(), lines=()), fund())


def test_capital_and_revenue_of_one_year_are_two_lines() -> None:
    lines = (line("2023-24", 1, Nature.CAPITAL), line("2023-24", 2, Nature.REVENUE))

    assert offer(grant(*lines), fund()).grant.awarded_pence == 300


def test_a_line_for_what_is_no_financial_year_cannot_be_made() -> None:
    with pytest.raises(PeriodUnreadable):
        line("2023", 1)


def test_an_award_up_to_the_ceiling_is_taken_in() -> None:
    assert offer(grant(), fund(ceilings={"2023-24": 465_000_00, "2025-26": 1})).grant == grant()


def test_an_award_above_the_ceiling_is_refused_over_all_its_lines_of_the_year() -> None:
    lines = (line("2023-24", 400_000, Nature.CAPITAL), line("2023-24", 100_000, Nature.REVENUE))

    with pytest.raises(AwardAboveCeiling) as refused:
        offer(grant(*lines), fund(ceilings={"2023-24": 499_999_99}))

    assert (refused.value.ceiling_pence, refused.value.requested_pence) == (499_999_99, 500_000_00)
    assert str(refused.value) == "ssf-5 awards at most £499,999.99 a grant for 2023-24; £500,000.00 is £0.01 too much."


def test_a_grant_that_promises_less_match_than_its_fund_requires_is_refused() -> None:
    half_of_the_total = MatchRequirement(basis_points=5000, base=MatchBase.TOTAL)
    half_of_the_grant = MatchRequirement(basis_points=5000, base=MatchBase.GRANT)

    with pytest.raises(MatchRequired) as refused:
        offer(grant(match=half_of_the_grant), fund(match=half_of_the_total))

    assert (refused.value.required_pence, refused.value.promised_pence) == (1_000_000_00, 500_000_00)


def test_a_grant_that_says_nothing_of_match_promises_none() -> None:
    with pytest.raises(MatchRequired) as refused:
        offer(grant(), fund(match=MatchRequirement(basis_points=1, base=MatchBase.GRANT)))

    assert (refused.value.required_pence, refused.value.promised_pence) == (100_00, 0)


def test_a_grant_may_promise_more_match_than_its_fund_requires() -> None:
    generous = MatchRequirement(basis_points=6000, base=MatchBase.TOTAL)

    assert offer(grant(match=generous), fund(match=MatchRequirement(basis_points=5000, base=MatchBase.TOTAL))).grant.match == generous


def test_an_amendment_changes_the_description_and_nothing_else() -> None:
    amended = GrantAmended(title="New", project_numbers=("SSF5-101",), conditions=("Quarterly returns",), source="letter")

    after = apply(grant(state=GrantState.ACTIVE), amended, 7)

    assert after == replace(
        grant(state=GrantState.ACTIVE),
        title="New",
        project_numbers=("SSF5-101",),
        conditions=("Quarterly returns",),
        source="letter",
        version=7,
    )


def test_a_grant_begins_with_its_offer() -> None:
    with pytest.raises(ValueError, match="a grant begins with its offer"):
        apply(None, GrantMoved(state=GrantState.ACCEPTED, on=ON), 1)


def test_money_moving_under_the_budget_leaves_the_version_as_it_is() -> None:
    books = ledger("""
        | on         | what  | pence   |
        | 2023-10-02 | award | 1000000 |
    """)

    after = books.then("""
        | on         | what       | pence  | for      |
        | 2023-10-03 | allocation | 400000 | lighting |
        | 2023-10-04 | payment    | 100000 | lighting |
    """)

    assert after.grant.version == books.grant.version
    assert after.grant.line("2023-24", Nature.NOT_STATED).allocated_pence == 400_000
    assert after.grant.line("2023-24", Nature.NOT_STATED).used_pence == 100_000


def test_a_line_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(NoAwardLine) as refused:
        grant().line("2023-24", Nature.CAPITAL)

    assert refused.value.lines == ("2023-24 not_stated", "2024-25 not_stated")


@pytest.mark.parametrize("day", [date(2023, 10, 1), date(2025, 3, 31)])
def test_the_first_and_last_day_are_in_the_period(day: date) -> None:
    assert grant().within(day) == day


@pytest.mark.parametrize("day", [date(2023, 9, 30), date(2025, 4, 1)])
def test_the_days_beside_them_are_not(day: date) -> None:
    with pytest.raises(DateOutsidePeriod, match=r"period of ssf-5-warwickshire, which runs from 2023-10-01 to 2025-03-31\."):
        grant().within(day)


def test_a_state_that_is_needed_is_named() -> None:
    with pytest.raises(NotInState, match=r"The grant ssf-5-warwickshire is offered; this needs it to be active or closed\."):
        grant().require(GrantState.ACTIVE, GrantState.CLOSED)
