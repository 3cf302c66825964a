"""Summaries: the measures over any grouping, with rows that make the total."""

from collections.abc import Mapping
from itertools import combinations

import pytest

from chalicelib.domain.initiatives import Category, Initiative
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.summaries import Dimension, Directory, Held, Summary, summarise
from tests.domain.ledger_tables import GRANT_ID, Books, ledger

NO_FILTER: Mapping[Dimension, str] = {}


def initiative(named: str, category: Category, partner_id: str) -> Initiative:
    return Initiative(id=named, title=named, category=category, partner_id=partner_id)


def books() -> Books:
    return ledger("""
        | on         | what       | pence   | for      | year    |
        | 2023-04-03 | award      | 1000000 |          | 2023-24 |
        | 2023-04-03 | award      |  500000 |          | 2024-25 |
        | 2023-04-04 | allocation |  600000 | lighting | 2023-24 |
        | 2023-04-04 | allocation |  100000 | cctv     | 2023-24 |
        | 2023-04-04 | allocation |  200000 | cctv     | 2024-25 |
        | 2023-05-01 | payment    |  150000 | lighting |         |
        | 2023-08-01 | commitment |   50000 | cctv     |         |
        | 2024-05-01 | payment    |   70000 | cctv     |         |
        | 2024-05-02 | match_cash |    9000 | lighting |         |
    """)


def summary(*by: Dimension, only: Mapping[Dimension, str] = NO_FILTER) -> Summary:
    held: list[Held] = [(GRANT_ID, key, counters) for key, counters in books().purse.cells.items()]
    initiatives = (
        initiative("lighting", Category.STREET_LIGHTING, "stockton"),
        initiative("cctv", Category.CCTV, "cannock-chase"),
    )
    directory = Directory(grants={GRANT_ID: books().grant}, initiatives={each.id: each for each in initiatives})
    return summarise(held, directory, by, only)


def measure(found: Summary, name: str) -> list[tuple[tuple[str | None, ...], int]]:
    return [(tuple(row.group.values()), row.measures[name]) for row in found.rows]


def test_money_is_grouped_by_initiative_and_what_belongs_to_none_comes_last() -> None:
    assert measure(summary(Dimension.INITIATIVE), "spent") == [(("cctv",), 70_000), (("lighting",), 150_000), ((None,), 0)]
    assert measure(summary(Dimension.INITIATIVE), "awarded") == [(("cctv",), 0), (("lighting",), 0), ((None,), 1_500_000)]


def test_money_is_grouped_by_several_dimensions_in_their_order() -> None:
    assert measure(summary(Dimension.FINANCIAL_YEAR, Dimension.CATEGORY), "available") == [
        (("2023-24", "cctv"), 50_000),
        (("2023-24", "street_lighting"), 450_000),
        (("2023-24", None), 0),
        (("2024-25", "cctv"), 130_000),
        (("2024-25", "street_lighting"), 0),
        (("2024-25", None), 0),
    ]


@pytest.mark.parametrize(
    ("dimension", "value", "spent_pence"),
    [
        (Dimension.FUND, "ssf-5", 220_000),
        (Dimension.GRANT, GRANT_ID, 220_000),
        (Dimension.LEAD_RECIPIENT, "commissioner", 220_000),
        (Dimension.FORCE_AREA, "E23000015", 220_000),
        (Dimension.INITIATIVE, "lighting", 150_000),
        (Dimension.CATEGORY, "cctv", 70_000),
        (Dimension.PARTNER, "stockton", 150_000),
        (Dimension.FINANCIAL_YEAR, "2024-25", 70_000),
        (Dimension.QUARTER, "2023-24-Q1", 150_000),
        (Dimension.NATURE, "not_stated", 220_000),
        (Dimension.NATURE, "capital", 0),
    ],
)
def test_a_filter_keeps_what_matches(dimension: Dimension, value: str, spent_pence: int) -> None:
    assert summary(only={dimension: value}).total["spent"] == spent_pence


def test_every_filter_must_match() -> None:
    assert summary(only={Dimension.PARTNER: "stockton", Dimension.FINANCIAL_YEAR: "2024-25"}).total["match"] == 9_000
    assert summary(only={Dimension.PARTNER: "stockton", Dimension.FINANCIAL_YEAR: "2024-25"}).total["spent"] == 0


@pytest.mark.parametrize("by", [*combinations(Dimension, 1), *combinations(Dimension, 2), ()])
def test_rows_add_up_to_the_total_in_every_measure(by: tuple[Dimension, ...]) -> None:
    found = summary(*by)

    assert found.total == {name: sum(row.measures[name] for row in found.rows) for name in MEASURES}
    assert found.total["awarded"] == 1_500_000


def test_nothing_that_matches_is_no_rows_and_a_total_of_nothing() -> None:
    found = summary(Dimension.INITIATIVE, only={Dimension.FUND: "ssf-1"})

    assert found.rows == ()
    assert set(found.total.values()) == {0}
