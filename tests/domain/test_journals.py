"""Year-end journals: what each posts, and that each balances."""

from itertools import groupby

import pytest

from chalicelib.domain.exports import AccountCodesUnset
from chalicelib.domain.journals import Account, JournalKind, YearEnd, codes_of
from chalicelib.domain.periods import FinancialYear

YEAR = FinancialYear.parse("2023-24")
Posted = list[tuple[str, str, str, int]]


def journals(*entries: tuple[str, str, str, dict[str, int]]) -> Posted:
    end = YearEnd(YEAR)
    for grant, on, cell, moves in entries:
        end.take(grant, on, cell, moves)
    return [(each.kind.value, each.grant_id, each.account.value, each.amount_pence) for each in end.lines()]


def test_what_is_earned_and_not_received_is_a_debtor() -> None:
    found = journals(
        ("g", "2023-10-02", "a#2023-24-Q3#capital", {"paid": 900}),
        ("g", "2024-03-20", "a#2023-24-Q4#capital", {"accrued": 100}),
        ("g", "2024-01-20", "-#2023-24-Q3#capital", {"received": 700}),
    )

    assert found == [
        ("accruals", "g", "expenditure", 100),
        ("accruals", "g", "accruals", -100),
        ("grant_income", "g", "grants_received", 1_000),
        ("grant_income", "g", "grant_income", -1_000),
        ("debtor", "g", "grant_debtors", 300),
        ("debtor", "g", "grants_received", -300),
    ]


def test_what_is_received_and_not_earned_is_in_advance() -> None:
    found = journals(
        ("g", "2023-10-02", "a#2023-24-Q3#capital", {"paid": 400}),
        ("g", "2023-06-20", "-#2023-24-Q1#capital", {"received": 500}),
    )

    assert found[2:] == [("receipt_in_advance", "g", "grants_received", 100), ("receipt_in_advance", "g", "receipts_in_advance", -100)]


def test_what_is_dated_after_the_year_or_belongs_to_another_is_left_out() -> None:
    found = journals(
        ("g", "2024-03-31", "a#2023-24-Q4#capital", {"paid": 400}),
        ("g", "2024-04-01", "-#2023-24-Q4#capital", {"received": 400}),
        ("g", "2024-04-20", "a#2023-24-Q4#capital", {"corrected": -5}),
        ("g", "2023-05-01", "a#2022-23-Q4#capital", {"paid": 77}),
    )

    assert [line for line in found if line[0] == "debtor"] == [
        ("debtor", "g", "grant_debtors", 400),
        ("debtor", "g", "grants_received", -400),
    ]


def test_one_grants_debtor_is_not_set_off_against_anothers_advance() -> None:
    found = journals(
        ("g", "2023-10-02", "a#2023-24-Q3#capital", {"paid": 400}), ("h", "2023-06-20", "-#2023-24-Q1#capital", {"received": 400})
    )

    assert {(kind, grant) for kind, grant, _, _ in found} == {("grant_income", "g"), ("debtor", "g"), ("receipt_in_advance", "h")}


def test_every_journal_of_every_grant_comes_to_nothing() -> None:
    found = journals(
        *(
            ("g", "2023-10-02", f"{each}#2023-24-Q3#{nature}", {"paid": 31, "accrued": -7})
            for each in "abc"
            for nature in ("capital", "revenue")
        ),
        ("h", "2023-06-20", "-#2023-24-Q1#capital", {"received": 12}),
    )

    for key, lines in groupby(found, key=lambda line: line[:2]):
        assert sum(line[3] for line in lines) == 0, key
    assert {JournalKind(line[0]) for line in found} == set(JournalKind)


def test_codes_are_read_from_the_offices_setting() -> None:
    said = ",".join(f"{account}=C{number}" for number, account in enumerate(Account))

    assert codes_of({"STREETLIGHT_ACCOUNT_CODES": said})[Account.GRANT_DEBTORS] == "C4"


@pytest.mark.parametrize(("said", "unset"), [("", tuple(Account)), ("expenditure=1,accruals=2", tuple(Account)[2:])])
def test_all_accounts_without_a_code_are_named(said: str, unset: tuple[str, ...]) -> None:
    with pytest.raises(AccountCodesUnset) as refused:
        codes_of({"STREETLIGHT_ACCOUNT_CODES": said})

    assert refused.value.accounts == unset
    assert refused.value.setting == "STREETLIGHT_ACCOUNT_CODES"
