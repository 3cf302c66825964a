"""Before and after, field by field, in words."""

from datetime import date

import pytest

from chalicelib.domain.funds import Fund, FundRules, MatchBase, MatchRequirement
from chalicelib.domain.initiatives import Category, Initiative, Milestone, Output, Place
from chalicelib.domain.return_reports import Forecast, Level, Report, Risk, VarianceReason
from chalicelib.domain.values import replace
from chalicelib.reports.before_after import changed, compared

FUND = Fund(id="ssf-4", title="Round 4", funder="Home Office")
LIGHTING = Initiative(id="lighting", title="Lighting", category=Category.STREET_LIGHTING, partner_id="council")
RULES = FundRules(
    match=MatchRequirement(basis_points=1_250, base=MatchBase.TOTAL),
    award_ceilings={"2023-24": 100_000_000},
    money_may_move_between_years=True,
)
RISK = Risk(description="Frost", likelihood=Level.LOW, impact=Level.HIGH, mitigation="Spare weeks", owner_role="Engineer")


def told(before: object, after: object) -> list[tuple[str, str, str]]:
    return [(each.field, each.before, each.after) for each in compared(before, after)]


def test_nothing_differs_from_itself() -> None:
    assert told(FUND, FUND) == told(None, None) == []


def test_rules_are_named_by_their_place_and_money_is_in_pounds() -> None:
    assert told(FUND, replace(FUND, rules=RULES)) == [
        ("rules: match", "", "12.5% of the total"),
        ("rules: award ceilings: 2023-24", "", "£1,000,000.00"),
        ("rules: money may move between years", "no", "yes"),
    ]


def test_items_of_a_list_are_named_by_what_they_are_about_wherever_they_stand() -> None:
    before = replace(LIGHTING, outputs=(Output(name="Columns", unit="columns", target=90), Output(name="Visits", unit="visits", target=2)))
    after = replace(
        before,
        outputs=(before.outputs[1], replace(before.outputs[0], actual=1_200)),
        places=(Place(name="Hanley"), Place(name="Stoke", area_code="E05000001")),
        milestones=(Milestone(name="First street", planned=date(2023, 9, 1)),),
        unpublished_fields=("dates", "places"),
    )

    assert told(before, after) == [
        ("places: Hanley", "", "yes"),
        ("places: Stoke", "", "area code E05000001"),
        ("milestones: First street", "", "planned 1 September 2023"),
        ("outputs: Columns", "unit columns, target 90", "unit columns, target 90, actual 1,200"),
        ("unpublished fields", "", "dates; places"),
    ]


def test_what_is_gone_was_there_before() -> None:
    before = Report(
        forecasts=(Forecast(quarter="2023-24-Q3", amount_pence=0),),
        risks=(RISK,),
        variances=(VarianceReason(code="late", explanation="Three weeks", words="A supplier was late"),),
    )

    assert told(before, Report()) == [
        ("forecasts: 2023-24-Q3", "amount £0.00", ""),
        ("risks: Frost", "likelihood low, impact high, mitigation Spare weeks, owner role Engineer", ""),
        ("variances: late", "explanation Three weeks, words A supplier was late", ""),
    ]


@pytest.mark.parametrize(("before", "after", "rows"), [("a", "a", 0), (None, "", 0), (None, "a", 1), (Category.CCTV, Category.CAMPAIGN, 1)])
def test_one_field_is_a_row_where_it_changed(before: object, after: object, rows: int) -> None:
    assert len(changed("category", before, after)) == rows
