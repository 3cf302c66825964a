"""What an extract says of payments: the day, the reference, and everything that is wrong with them."""

from datetime import date

import pytest

from chalicelib.domain.errors import Contradictory
from chalicelib.domain.extract_documents import Documents, Extracted
from chalicelib.domain.extract_fragments import Fragments
from chalicelib.domain.payment_status import Paid
from chalicelib.domain.profiles import Profile
from chalicelib.domain.values import replace
from tests.extracts.layouts import PAID, PAID_HEADING, PAYMENTS, read, row

TODAY = date(2024, 2, 1)


def documents(*rows: list[str], profile: Profile = PAID) -> list[Extracted]:
    found = read([PAID_HEADING, *rows], profile)
    return Documents(profile, TODAY).of(list(Fragments(profile).of(found)))


def complaints(*rows: list[str]) -> list[tuple[int, str, str, str, str]]:
    return [(each.row, each.column, each.value, each.wrong, each.right) for found in documents(*rows) for each in found.complaints]


def test_a_row_says_when_and_by_which_reference_its_document_was_paid() -> None:
    paid, unpaid, bare = documents(
        [*row(number="1"), "03/11/2023", " BACS  77 "], [*row(number="2"), "", ""], [*row(number="3"), "4-Nov-23", ""]
    )

    assert paid.paid == Paid(on=date(2023, 11, 3), reference="BACS 77")
    assert unpaid.paid is None
    assert bare.paid == Paid(on=date(2023, 11, 4))


def test_when_it_was_paid_is_no_part_of_what_makes_a_document_the_same() -> None:
    (before,), (after,) = (documents([*row(number="1"), *cells]) for cells in (["", ""], ["03/11/2023", "77"]))

    assert before.key == after.key


@pytest.mark.parametrize(
    ("cells", "column", "value", "wrong", "right"),
    [
        (["02/02/2024", ""], "Cleared on", "2024-02-02", "has not come yet", "a day up to 2024-02-01"),
        (["31/10/2023", ""], "Cleared on", "2023-10-31", "is before its document", "a day from 2023-11-01 on, when the document was dated"),
        (["", "BACS 77"], "Cheque or BACS", "BACS 77", "names a payment that has no day", "the day of that payment in Cleared on"),
    ],
)
def test_a_wrong_payment_is_complained_of_with_what_would_be_right(
    cells: list[str], column: str, value: str, wrong: str, right: str
) -> None:
    assert complaints([*row(on="01/11/2023"), *cells]) == [(2, column, value, wrong, right)]


def test_a_day_that_is_none_is_complained_of() -> None:
    found = read([PAID_HEADING, [*row(), "31/11/2023", ""]], PAID)

    assert [(each.column, each.value, each.wrong) for each in found.complaints] == [("Cleared on", "31/11/2023", "is on no calendar")]


def test_lines_of_one_document_are_paid_together() -> None:
    first, second = [*row(number="1"), "03/11/2023", "77"], [*row(number="1"), "06/11/2023", "78"]

    right = "what row 2 says, or a column of lines in the profile"
    assert complaints(first, second) == [(3, "Cleared on", "2023-11-06 78", "is another payment than row 2 has", right)]


def test_a_reference_without_a_day_is_no_profile() -> None:
    columns = replace(PAYMENTS.columns, payment_reference=("BACS",))

    with pytest.raises(Contradictory, match="/columns/payment_reference: needs paid_on"):
        replace(PAYMENTS, columns=columns).checked()
