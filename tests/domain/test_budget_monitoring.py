"""Budget monitoring: budgets, what was spent of them, and what is forecast, by grant, initiative and year."""

import pytest

from chalicelib.domain.budget_monitoring import Flag, Forecasts, Monitored, Monitoring, Policy
from chalicelib.domain.periods import Quarter

QUARTERS = ("2023-24-Q1", "2023-24-Q2", "2023-24-Q3", "2023-24-Q4")
NOW = Quarter.parse("2023-24-Q3")

Line = tuple[str, str, str, dict[str, int]]
"""An entry: its grant, kind, cell, and what it adds to counters."""


def watching(*lines: Line) -> Monitoring:
    monitoring = Monitoring()
    for grant, kind, cell, moves in lines:
        monitoring.take(grant, kind, cell, moves)
    return monitoring


def award(pence: int, grant: str = "g") -> Line:
    return grant, "award", "-#2023-24#capital", {"awarded": pence}


def allocated(initiative: str, pence: int, grant: str = "g", kind: str = "allocation", year: str = "2023-24") -> Line:
    return grant, kind, f"{initiative}#{year}#capital", {"allocated": pence}


def paid(initiative: str, quarter: str, pence: int, grant: str = "g") -> Line:
    return grant, "payment", f"{initiative}#{quarter}#capital", {"paid": pence}


def forecast(quarter: str, **pence: int) -> Forecasts:
    return Forecasts(quarter=f"2023-24-{quarter}", pence={f"2023-24-{each}": amount for each, amount in pence.items()})


def row(rows: tuple[Monitored, ...], initiative: str | None, grant: str = "g") -> Monitored:
    return next(each for each in rows if (each.initiative_id, each.grant_id) == (initiative, grant))


def test_the_original_budget_is_the_first_allocation_and_the_latest_has_all_that_came_after() -> None:
    monitoring = watching(
        award(1_000),
        ("g", "variation", "-#2023-24#capital", {"awarded": -100}),
        allocated("a", 500),
        allocated("a", 100),
        allocated("a", -50, kind="virement"),
        allocated("b", 50, kind="virement"),
    )

    found = monitoring.rows({}, Policy(), NOW)

    assert [(each.initiative_id, each.original_pence, each.latest_pence) for each in found] == [
        ("a", 500, 550),
        ("b", 0, 50),
        (None, 500, 300),
    ]
    assert sum(each.original_pence for each in found) == 1_000, "the award as it was accepted"
    assert sum(each.latest_pence for each in found) == 900, "the award as it is"


@pytest.mark.parametrize(("until", "to_date"), [(0, 331), (1, 501), (2, 671), (3, 1_001)])
def test_a_years_budget_falls_on_its_quarters_as_the_office_says_and_adds_up(until: int, to_date: int) -> None:
    policy = Policy(phasing=(33, 17, 17, 33))
    found = watching(award(2_000), allocated("a", 1_001)).rows({}, policy, Quarter.parse(QUARTERS[until]))

    assert row(found, "a").to_date_pence == to_date


def test_the_budget_of_a_past_year_has_come_whole_and_that_of_a_later_one_not_at_all() -> None:
    found = watching(allocated("a", 100, year="2022-23"), allocated("a", 100), allocated("a", 100, year="2024-25")).rows({}, Policy(), NOW)

    assert [each.to_date_pence for each in found] == [100, None, 0]


def test_the_variance_counts_what_was_spent_and_what_is_accrued() -> None:
    lines = (
        allocated("a", 1_000),
        paid("a", "2023-24-Q1", 200),
        ("g", "refund", "a#2023-24-Q2#capital", {"refunded": 50}),
        ("g", "accrual", "a#2023-24-Q3#capital", {"accrued": 30}),
    )
    found = row(watching(*lines).rows({}, Policy(phasing=(25, 25, 25, 25)), NOW), "a")

    assert (found.actual_pence, found.accrued_pence, found.to_date_pence, found.variance_pence) == (150, 30, 750, -570)


def test_an_outturn_is_what_was_spent_up_to_the_return_and_what_it_forecasts_after() -> None:
    monitoring = watching(allocated("a", 1_000), *(paid("a", quarter, 100) for quarter in QUARTERS[:3]))
    returns = {"a": (forecast("Q1", Q2=150, Q3=200, Q4=300), forecast("Q2", Q3=90, Q4=80))}

    found = row(monitoring.rows(returns, Policy(), NOW), "a")

    assert (found.previous, found.previous_outturn_pence) == ("2023-24-Q1", 100 + 150 + 200 + 300)
    assert (found.latest, found.latest_outturn_pence) == ("2023-24-Q2", 200 + 90 + 80)
    assert (found.outturn_variance_pence, found.outturn_variance_basis_points) == (-630, -6_300)


def test_a_forecast_falls_on_the_grants_that_pay_by_their_budgets_with_no_penny_lost() -> None:
    monitoring = watching(allocated("a", 200, "g"), allocated("a", 100, "h"), paid("a", "2023-24-Q1", 7, "h"))

    found = monitoring.rows({"a": (forecast("Q1", Q2=50, Q3=50),)}, Policy(), NOW)

    assert [row(found, "a", grant).latest_outturn_pence for grant in ("g", "h")] == [67, 7 + 33]


def test_a_forecast_for_a_year_without_a_budget_is_shown_beside_none() -> None:
    ahead = Forecasts(quarter="2023-24-Q4", pence={"2024-25-Q1": 40})
    found = watching(allocated("a", 100)).rows({"a": (ahead,)}, Policy(), Quarter.parse("2023-24-Q4"))

    assert [(each.financial_year, each.latest_pence, each.latest_outturn_pence, each.outturn_variance_basis_points) for each in found] == [
        ("2023-24", 100, 0, -10_000),
        ("2024-25", 0, 40, None),
    ]


def test_returns_after_the_quarter_that_is_looked_at_are_not_looked_at() -> None:
    monitoring = watching(allocated("a", 1_000), *(paid("a", quarter, 100) for quarter in QUARTERS))
    returns = {"a": (forecast("Q1", Q2=1, Q3=1, Q4=1), forecast("Q3", Q4=500))}

    found = row(monitoring.rows(returns, Policy(), NOW, until=Quarter.parse("2023-24-Q2")), "a")

    assert (found.actual_pence, found.previous, found.latest, found.latest_outturn_pence) == (200, None, "2023-24-Q1", 103)


@pytest.mark.parametrize(
    ("basis_points", "flag"),
    [(None, None), (0, None), (499, None), (500, Flag.AMBER), (-999, Flag.AMBER), (1_000, Flag.RED), (-1_000, Flag.RED)],
)
def test_a_variance_is_flagged_above_and_below(basis_points: int | None, flag: Flag | None) -> None:
    policy = Policy.of({"STREETLIGHT_VARIANCE_AMBER": "5", "STREETLIGHT_VARIANCE_RED": "10.00"})

    assert policy.flag(basis_points) is flag


def test_nothing_is_flagged_where_nobody_has_said_what_is() -> None:
    assert Policy.of({}).flag(10**6) is None
    assert Policy.of({"STREETLIGHT_VARIANCE_RED": "2.5"}).flag(249) is None
