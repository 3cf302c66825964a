"""Cells: where a sum of money belongs, as a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cells import Cell, Counter, Nature, added, year_and_quarters
from chalicelib.domain.periods import FinancialYear, Quarter

SLUGS = st.lists(st.text("az09", min_size=1, max_size=3), min_size=1, max_size=3).map("-".join)
YEARS = st.builds(FinancialYear, st.integers(min_value=1900, max_value=2100))
CELLS = st.one_of(
    st.builds(Cell.of_year, st.none() | SLUGS, YEARS.map(str), st.sampled_from(Nature)),
    st.builds(Cell.of_quarter, st.none() | SLUGS, st.builds(Quarter, YEARS, st.integers(1, 4)), st.sampled_from(Nature)),
)


@pytest.mark.parametrize(
    ("key", "cell"),
    [
        ("hanley-cctv#2023-24-Q3#capital", Cell("hanley-cctv", "2023-24", "2023-24-Q3", Nature.CAPITAL)),
        ("hanley-cctv#2023-24#revenue", Cell("hanley-cctv", "2023-24", None, Nature.REVENUE)),
        ("-#2023-24#not_stated", Cell(None, "2023-24", None, Nature.NOT_STATED)),
    ],
)
def test_a_key_says_initiative_period_and_nature(key: str, cell: Cell) -> None:
    assert Cell.parse(key) == cell
    assert cell.key == key


@given(CELLS)
def test_a_key_comes_back_as_the_cell_it_was_made_of(cell: Cell) -> None:
    assert Cell.parse(cell.key) == cell


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hanley-cctv",
        "hanley-cctv#2023-24",
        "hanley-cctv#2023-24#capital#",
        "hanley-cctv#2023-25#capital",
        "hanley-cctv#2023-24-Q5#capital",
        "hanley-cctv#2023-24#Capital",
        "#2023-24#capital",
    ],
)
def test_what_is_not_a_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Cell.parse(text)


def test_a_cell_draws_on_the_award_line_of_its_year_and_nature() -> None:
    assert Cell.parse("hanley-cctv#2023-24-Q3#capital").line == ("2023-24", Nature.CAPITAL)


def test_an_allocation_is_made_of_its_year_and_four_quarters() -> None:
    assert year_and_quarters("lighting", "2023-24", Nature.CAPITAL) == (
        "lighting#2023-24#capital",
        "lighting#2023-24-Q1#capital",
        "lighting#2023-24-Q2#capital",
        "lighting#2023-24-Q3#capital",
        "lighting#2023-24-Q4#capital",
    )


def test_counters_are_added_and_those_that_come_to_nothing_are_left_out() -> None:
    parts: tuple[dict[str, int], ...] = ({Counter.PAID: 500, Counter.COMMITTED: 200}, {Counter.COMMITTED: -200}, {Counter.PAID: 25})

    assert added(parts) == {Counter.PAID: 525}
