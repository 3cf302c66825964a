"""The rows of a ledger extract: typed, passed over for a reason that is counted, or complained of with all that is wrong."""

from datetime import date

from chalicelib.domain.extract_reading import read as read_sheets
from chalicelib.domain.extract_sheets import Complaint, Footer, Passed, Sheet
from chalicelib.domain.profiles import Sign
from chalicelib.domain.values import replace
from tests.extracts.layouts import HEADING, JOURNAL, PAYMENTS, read, row


def test_a_header_is_found_beneath_its_title_whatever_its_stars_and_capitals() -> None:
    titles = [["Payments over £500", "", ""], [""] * 7, ["", "June"]]
    starred = ["DATE PAID", "* SUPPLIER FINAL", "Cost Centre", "Subjective", "* Total  Invoice\nAmount", "Invoice Number", "Description"]

    rows = read([*titles, starred, row()])

    assert (rows.numbers, rows.on, rows.pence, rows.passed) == ([5], [date(2023, 10, 2)], [10_000], Passed(title=3))


def test_a_header_that_is_missing_is_refused_with_what_is_missing() -> None:
    (found,) = read_sheets([Sheet("May", [["Payment date", "Supplier", "Amount"]])], PAYMENTS)

    assert found == Complaint(
        sheet="May",
        row=0,
        column="",
        value="",
        wrong="has no header in its first 100 rows: row 1 comes nearest",
        right="columns named Cost centre; Subjective; Invoice number; Description",
    )


def test_a_header_with_nothing_beneath_it_or_one_name_twice_is_refused() -> None:
    sheets = Sheet("", [row(), HEADING]), Sheet("", [[*HEADING, "Amount"], row()])
    last, twice = read_sheets(sheets, PAYMENTS)

    assert isinstance(last, Complaint)
    assert isinstance(twice, Complaint)
    assert (last.row, last.wrong) == (2, "is the last row: nothing stands beneath the header")
    assert (twice.column, twice.value, twice.wrong) == ("Amount", "column 5, column 8", "stands in the header more than once")


def test_blank_rows_headings_again_and_totals_are_counted_and_not_posted() -> None:
    total = ["Total", "", "", "", "£300.00", "", ""]
    again = ["", "", "", "", "300.00", "", ""]

    rows = read([HEADING, row(amount="100"), [""] * 7, HEADING, row(amount="200"), [], ["\u2020"] * 7, total, again])

    assert (list(rows.numbers), list(rows.pence)) == ([2, 5], [10_000, 20_000])
    assert rows.passed == Passed(title=0, blank=3, heading=1, total=2)
    assert rows.footers == (
        Footer(sheet="", row=8, stated_pence=30_000, counted_pence=30_000),
        Footer(sheet="", row=9, stated_pence=30_000, counted_pence=30_000),
    )
    assert rows.complaints == ()


def test_a_total_that_is_not_met_says_by_how_much() -> None:
    (footer,) = read([HEADING, row(amount="100"), ["Grand Total", "", "", "", "150.00", "", ""]]).footers

    assert footer.difference_pence == 5_000


def test_an_amount_by_itself_that_is_no_total_is_complained_of() -> None:
    rows = read([HEADING, row(amount="100"), ["", "", "", "", "150.00", "", ""]])

    assert [(each.row, each.column, each.wrong) for each in rows.complaints] == [
        (3, "Payment date", "is empty"),
        (3, "Supplier", "is empty"),
    ]


def test_everything_that_is_wrong_with_a_row_is_told_at_once() -> None:
    rows = read([HEADING, row(), row(on="00:00:00", supplier="", amount="12.345")])

    assert list(rows.numbers) == [2]
    assert [(each.row, each.column, each.value, each.wrong) for each in rows.complaints] == [
        (3, "Payment date", "00:00:00", "is a time without a date"),
        (3, "Supplier", "", "is empty"),
        (3, "Amount", "12.345", "has more than two decimals"),
    ]


def test_a_row_with_cells_too_many_or_too_few_is_complained_of() -> None:
    rows = read([HEADING, [*row(), "", ""], [*row(), "x"], row()[:5]])

    assert list(rows.numbers) == [2]
    assert [(each.row, each.value, each.wrong) for each in rows.complaints] == [
        (3, "8 cells", "has more cells than the header, which has 7"),
        (4, "5 cells", "has fewer cells than the header, which has 7"),
    ]


def test_what_has_run_together_is_refused_by_name_unless_the_profile_has_it_repaired() -> None:
    columns = replace(PAYMENTS.columns, reference=(), description=())
    profile = replace(PAYMENTS, columns=columns)
    sheet = [["Cost centre", "Subjective", "Supplier", "Payment date", "Amount"], ["SS4", "4000", "Lamps Ltd", "02/10/2023900"]]

    refused = read(sheet, profile)
    repaired = read(sheet, replace(profile, repairs_dates=True))

    assert [(each.row, each.column, each.value, each.right) for each in refused.complaints] == [
        (2, "Payment date", "02/10/2023900", "02/10/2023,900")
    ]
    assert (list(repaired.on), list(repaired.pence)) == ([date(2023, 10, 2)], [90_000])
    assert [(each.row, each.wrong) for each in repaired.repaired] == [(2, "had run into what is beside it, and was parted from it")]


def test_debits_and_credits_come_to_what_was_spent() -> None:
    heading = ["Posted", "Party", "Cost centre", "Subjective", "Debit", "Credit", "Journal"]
    body = [
        ["02/10/2023", "Lamps Ltd", "SS4", "4000", debit, credit, "J1"] for debit, credit in (("100.00", ""), ("", "40.00"), ("5", "0"))
    ]
    body += [["02/10/2023", "Lamps Ltd", "SS4", "4000", debit, credit, "J1"] for debit, credit in (("", ""), ("1", "1"), ("x", "1"))]

    rows = read([heading, *body, ["Total", "", "", "", "105.00", "40.00", ""]], JOURNAL)

    assert list(rows.pence) == [10_000, -4_000, 500]
    assert [(each.row, each.column, each.wrong) for each in rows.complaints] == [
        (5, "Debit, Credit", "are both empty"),
        (6, "Debit, Credit", "both hold an amount"),
        (7, "Debit", "has letters or the sign of another currency"),
    ]
    assert rows.footers == (Footer(sheet="", row=8, stated_pence=6_500, counted_pence=6_500),)


def test_where_income_is_above_nothing_the_signs_are_turned() -> None:
    rows = read([HEADING, row(amount="-100.00"), ["Total", "", "", "", "-100.00", "", ""]], replace(PAYMENTS, sign=Sign.INCOME))

    assert list(rows.pence) == [10_000]
    assert rows.footers[0].difference_pence == 0
