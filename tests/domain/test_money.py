"""Money: whole pence from the parser to the formatter, and parts that always make the whole."""

from fractions import Fraction
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import (
    MoneyNotText,
    MoneyUnreadable,
    NotWholePence,
    SharesUnusable,
    decimal_pounds,
    parse_pounds,
    percentage,
    pounds,
    split,
)

NBSP = "\N{NO-BREAK SPACE}"
AMOUNTS = st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1)
SHARES = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("£1,234.56", 123456),
        ("1234.5", 123450),
        ("1,234.56", 123456),
        ("(1,234.56)", -123456),
        ("(£1,234.56)", -123456),
        ("-1,234.56", -123456),
        ("-£5", -500),
        ("£-5.00", -500),
        ("\N{MINUS SIGN}5", -500),
        ("  £7 ", 700),
        (f"{NBSP}£{NBSP}1,000{NBSP}", 100000),
        ("£ 1,234.56", 123456),
        ("0", 0),
        ("-0.00", 0),
        ("0.07", 7),
        ("007", 700),
        ("3,032,000", 303200000),
        ("9,999,999,999,999.99", 999999999999999),
    ],
)
def test_an_amount_in_pounds_is_read_as_pence(text: str, pence: int) -> None:
    assert parse_pounds(text) == pence


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        (NBSP, "is empty"),
        ("1,23.4", "has a misplaced comma"),
        ("1234,567", "has a misplaced comma"),
        (",123", "has a misplaced comma"),
        ("1.5,000", "has a misplaced comma"),
        ("12,34,567", "has a misplaced comma"),
        ("0,123", "has thousands that start with 0"),
        ("1.234", "has more than two decimals"),
        ("£1,234.567", "has more than two decimals"),
        ("1.", "has no pence after the point"),
        (".50", "has no pounds before the point"),
        ("--1", "has more than one minus sign"),
        ("-£-1", "has more than one minus sign"),
        ("(-1)", "has both brackets and a minus sign"),
        ("-(1)", "has both brackets and a minus sign"),
        ("(1", "has one bracket without the other"),
        ("1)", "has one bracket without the other"),
        ("1e3", "has an exponent"),
        ("1E+3", "has an exponent"),
        ("$5", "has letters or the sign of another currency"),
        ("€5", "has letters or the sign of another currency"),
        ("5 EUR", "has letters or the sign of another currency"),
        ("nan", "has letters or the sign of another currency"),
        ("tbc", "has letters or the sign of another currency"),
        ("££5", "is not an amount"),
        ("1 234", "is not an amount"),
        ("+5", "is not an amount"),
        ("5-", "is not an amount"),
        ("£", "is not an amount"),
        ("1.2.3", "is not an amount"),
        ("\N{ARABIC-INDIC DIGIT FIVE}", "is not an amount"),
        ("1\n2", "is not an amount"),
        ("10,000,000,000,000", "has more than 13 digits of pounds"),
        ("1" * 65, "is only its beginning"),
        ("-" * 1_000_000 + "\n", "is only its beginning"),
    ],
)
def test_anything_else_is_refused_and_says_what_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(MoneyUnreadable) as refusal:
        parse_pounds(text)

    assert refusal.value.detail.partition(":")[0] == wrong
    assert refusal.value.text == text[:64]


def test_a_refusal_says_what_would_be_right() -> None:
    with pytest.raises(MoneyUnreadable) as refusal:
        parse_pounds("1.234")

    assert str(refusal.value) == (
        "'1.234' has more than two decimals: write an amount in pounds such as £1,234.56, 1234.5, -1,234.56 or (1,234.56)"
    )


@pytest.mark.parametrize("number", [1.5, 5, True, None, b"5"])
def test_a_number_in_place_of_text_is_refused_as_a_wrong_type(number: object) -> None:
    with pytest.raises(MoneyNotText) as refusal:
        parse_pounds(cast("str", number))

    assert isinstance(refusal.value, MoneyUnreadable)
    assert isinstance(refusal.value, TypeError)
    assert type(number).__name__ in refusal.value.detail


@pytest.mark.parametrize(
    ("pence", "for_people", "for_csv"),
    [
        (123456, "£1,234.56", "1234.56"),
        (-123456, "-£1,234.56", "-1234.56"),
        (303200000, "£3,032,000.00", "3032000.00"),
        (0, "£0.00", "0.00"),
        (7, "£0.07", "0.07"),
        (-7, "-£0.07", "-0.07"),
        (-100, "-£1.00", "-1.00"),
    ],
)
def test_pence_are_written_in_pounds(pence: int, for_people: str, for_csv: str) -> None:
    assert pounds(pence) == for_people
    assert decimal_pounds(pence) == for_csv


@pytest.mark.parametrize("given_pence", [1.0, True, "1", None])
def test_what_is_not_whole_pence_is_never_written_split_or_measured(given_pence: object) -> None:
    pence = cast("int", given_pence)
    for use in (
        lambda: pounds(pence),
        lambda: decimal_pounds(pence),
        lambda: split(pence, [1]),
        lambda: percentage(pence, 5000),
        lambda: percentage(100, pence),
    ):
        with pytest.raises(NotWholePence) as refusal:
            use()
        assert refusal.value.given is given_pence


@given(AMOUNTS)
def test_what_is_written_is_read_back_to_the_penny(pence: int) -> None:
    assert parse_pounds(pounds(pence)) == pence
    assert parse_pounds(decimal_pounds(pence)) == pence


@given(st.text(max_size=12) | st.text(alphabet="0123456789,.-()£ ", max_size=12))
def test_any_text_is_either_an_amount_or_a_refusal(text: str) -> None:
    try:
        pence = parse_pounds(text)
    except MoneyUnreadable as refusal:
        assert refusal.text == text  # noqa: PT017  which of the two is what is under test
    else:
        assert parse_pounds(pounds(pence)) == pence


@pytest.mark.parametrize(
    ("total_pence", "shares", "parts"),
    [
        (100, [1, 1, 1], (34, 33, 33)),
        (-100, [1, 1, 1], (-34, -33, -33)),
        (101, [1, 1, 1], (34, 34, 33)),
        (100, [1, 2], (33, 67)),
        (10, [1, 0, 2], (3, 0, 7)),
        (1, [1, 1], (1, 0)),
        (1, [1, 3], (0, 1)),
        (0, [5, 3], (0, 0)),
        (36628900, [1], (36628900,)),
        (100000000, [465, 535], (46500000, 53500000)),
    ],
)
def test_leftover_pennies_go_to_the_largest_fraction_then_the_earliest_line(
    total_pence: int, shares: list[int], parts: tuple[int, ...]
) -> None:
    assert split(total_pence, shares) == parts


@given(AMOUNTS, SHARES)
def test_parts_always_add_up_to_the_whole(total_pence: int, shares: list[int]) -> None:
    assert sum(split(total_pence, shares)) == total_pence


@given(AMOUNTS, SHARES)
def test_a_refund_is_split_as_its_payment_was(total_pence: int, shares: list[int]) -> None:
    refunded = split(-total_pence, shares)

    assert refunded == tuple(-part for part in split(total_pence, shares))


@given(AMOUNTS, SHARES)
def test_each_part_is_within_a_penny_of_its_exact_share(total_pence: int, shares: list[int]) -> None:
    for part, share in zip(split(total_pence, shares), shares, strict=True):
        assert abs(part - Fraction(total_pence * share, sum(shares))) < 1
        assert share or part == 0


@given(AMOUNTS, SHARES, st.integers(min_value=1, max_value=1000))
def test_only_the_proportion_of_the_shares_matters(total_pence: int, shares: list[int], times: int) -> None:
    assert split(total_pence, [share * times for share in shares]) == split(total_pence, shares)


@pytest.mark.parametrize(
    ("shares", "detail"),
    [
        ([], "nothing has a share: give at least one share above 0"),
        ([0, 0], "nothing has a share: give at least one share above 0"),
        ([3, -1], "a share is negative: give 0 or more to each"),
        ([0.5, 0.5], "shares are whole numbers: give ints"),
        ([True, True], "shares are whole numbers: give ints"),
    ],
)
def test_shares_that_cannot_split_an_amount_are_refused(shares: list[int], detail: str) -> None:
    with pytest.raises(SharesUnusable) as refusal:
        split(100, shares)

    assert refusal.value.detail == detail
    assert refusal.value.shares == tuple(shares)


@pytest.mark.parametrize(
    ("amount_pence", "basis_points", "required_pence"),
    [
        (55000000, 5000, 27500000),
        (1, 5000, 1),
        (3, 5000, 2),
        (0, 5000, 0),
        (100, 0, 0),
        (100, 10000, 100),
        (100, 12500, 125),
        (10001, 1, 2),
    ],
)
def test_a_percentage_is_rounded_up_to_the_penny(amount_pence: int, basis_points: int, required_pence: int) -> None:
    assert percentage(amount_pence, basis_points) == required_pence


@given(AMOUNTS, st.integers(min_value=0, max_value=20_000))
def test_a_percentage_is_never_short_and_never_a_penny_over(amount_pence: int, basis_points: int) -> None:
    exact = Fraction(amount_pence * basis_points, 10_000)

    assert 0 <= percentage(amount_pence, basis_points) - exact < 1
