"""What cells of ledger extracts say, however ledger systems and spreadsheets write it."""

from datetime import date

import pytest

from chalicelib.domain.extract_texts import REDACTED, Wrong, date_reader, parted, read_amount, read_amount_or_none, read_name
from chalicelib.domain.profiles import DateOrder


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("1534.24", 153_424),
        ("£1,534.24", 153_424),
        (" £ 1,534.24 ", 153_424),
        ("(1,332.82)", -133_282),
        ("106,396.00-", -10_639_600),
        ("12.50 CR", -1_250),
        ("12.50DR", 1_250),
        ("-£12.50", -1_250),
        ("900", 90_000),
        ("4999.999999999999", 500_000),
        ("-0.30000000000000004", -30),
        ("12.3400", 1_234),
        ("\u00a0\u2020 579.6\u2007", 57_960),
        ("-", 0),
        ("£ -", 0),
    ],
)
def test_an_amount_is_read_however_it_is_written(text: str, pence: int) -> None:
    assert read_amount(text) == pence


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "is empty"),
        ("n/a", "has letters"),
        ("12.345", "has more than two decimals"),
        ("1e3", "has an exponent"),
        ("1,23.00", "has a misplaced comma"),
        ("(12.00", "has one bracket"),
        ("€12.00", "sign of another currency"),
        ("#REF!", "has letters"),
    ],
)
def test_what_is_no_amount_is_refused_by_name(text: str, wrong: str) -> None:
    found = read_amount(text)

    assert isinstance(found, Wrong)
    assert wrong in found.wrong
    assert found.right == "an amount in pounds such as 1234.56, £1,234.56, (1,234.56) or 1,234.56-"


def test_an_empty_cell_of_a_pair_is_none_and_no_nothing() -> None:
    assert (read_amount_or_none(" "), read_amount_or_none("0.00")) == (None, 0)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25/06/2012", date(2012, 6, 25)),
        ("25/06/12", date(2012, 6, 25)),
        ("25-JUN-2012", date(2012, 6, 25)),
        ("5 June 2012", date(2012, 6, 5)),
        ("25.06.2012", date(2012, 6, 25)),
        ("2012-06-25", date(2012, 6, 25)),
        ("2012-06-25 00:00:00", date(2012, 6, 25)),
        ("2012-06-25T10:11:12.5Z", date(2012, 6, 25)),
        ("25/06/2012 00:00", date(2012, 6, 25)),
        ("41085", date(2012, 6, 25)),
        ("41085.75", date(2012, 6, 25)),
    ],
)
def test_a_date_is_read_however_it_is_written(text: str, day: date) -> None:
    assert date_reader(DateOrder.DAY_FIRST)(text) == day


def test_where_months_come_first_the_profile_says_so() -> None:
    assert date_reader(DateOrder.MONTH_FIRST)("06/25/2012") == date(2012, 6, 25)
    assert date_reader(DateOrder.DAY_FIRST)("06/07/2012") == date(2012, 7, 6)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "is empty"),
        ("00:00:00", "is a time without a date"),
        ("25/06/2012900", "is not a date"),
        ("31/06/2012", "is on no calendar"),
        ("06/25/2012", "is on no calendar"),
        ("25/06/1812", "is in the year 1812"),
        ("June", "is not a date"),
        ("25/06/201", "is not a date"),
    ],
)
def test_what_is_no_date_is_refused_by_name(text: str, wrong: str) -> None:
    assert date_reader(DateOrder.DAY_FIRST)(text) == Wrong(wrong, "a date such as 25/06/2012, 25-Jun-2012 or 2012-06-25")


def test_what_was_run_together_can_be_parted_in_one_way() -> None:
    assert parted("25/06/2012900") == ("", "25/06/2012", "900")
    assert parted("11/06/2012579.6") == ("", "11/06/2012", "579.6")
    assert parted("Route 2212/06/2012") == ("Route 22", "12/06/2012", "")
    assert parted("Route 2129/05/2012740") == ("Route 21", "29/05/2012", "740")
    assert parted("25/06/2012") is None
    assert parted("Lamps Ltd") is None


@pytest.mark.parametrize(
    "text", ["REDACTED", "redacted", " Redacted - personal data", "*REDACTED*", "Redacted Personal Data", "NAME WITHHELD"]
)
def test_a_name_that_was_taken_out_is_one_name(text: str) -> None:
    assert read_name(text) == REDACTED


def test_other_names_stay_as_they_are() -> None:
    assert read_name("  Lamps\n  Ltd ") == "Lamps Ltd"
    assert read_name(" ") == Wrong("is empty", "the supplier's name, or REDACTED")
