"""Corrections, recoding and refunds: new entries that point back."""

import pytest

from chalicelib.domain.cells import Nature
from chalicelib.domain.entry_refusals import NothingLeft, TooEarly, WrongEntry
from chalicelib.domain.errors import Invalid, NotInState
from chalicelib.domain.grants import GrantState
from chalicelib.domain.refusals import AllocationExhausted, AwardExhausted, MoreThanSpent, NoAwardLine
from chalicelib.domain.values import replace
from tests.domain.ledger_tables import NOTHING, Books, ledger


def paid() -> Books:
    """Lighting has 6,000.00, of which p1 took 4,000.00; CCTV has 1,000.00; the credit note n1 gave 200.00 back."""
    return ledger("""
        | on         | what       | pence   | for      | id | year    |
        | 2023-04-03 | award      | 1000000 |          |    | 2023-24 |
        | 2023-04-03 | award      |  500000 |          |    | 2024-25 |
        | 2023-04-04 | allocation |  600000 | lighting |    |         |
        | 2023-04-04 | allocation |  100000 | cctv     |    |         |
        | 2023-06-01 | payment    |  400000 | lighting | p1 |         |
        | 2023-06-02 | payment    |  -20000 | lighting | n1 |         |
    """)


def test_a_refund_gives_back_what_the_payment_took() -> None:
    books = ledger("""
        | on         | what       | pence   | for      | id | of |
        | 2023-10-02 | award      | 1000000 |          |    |    |
        | 2023-10-02 | allocation | 1000000 | lighting |    |    |
        | 2023-11-01 | payment    |  400000 | lighting | p1 |    |
        | 2023-11-20 | refund     | -400000 |          |    | p1 |
    """)

    assert books.measures.available_pence == 1_000_000
    assert books.of("lighting") == NOTHING.changed(
        allocated=1_000_000, unallocated=-1_000_000, paid=400_000, refunded=400_000, available=1_000_000
    )
    assert books.left("p1") == 0


def test_a_payment_is_refunded_more_than_once_and_never_beyond_what_is_left() -> None:
    books = paid().then("""
        | on         | what   | pence   | of |
        | 2023-07-01 | refund | -150000 | p1 |
        | 2023-10-01 | refund | -200000 | p1 |
    """)

    assert books.left("p1") == 50_000
    assert books.of("lighting").refunded_pence == 350_000
    assert books.of("lighting").spent_pence == 30_000
    with pytest.raises(NothingLeft) as refused:
        books.then("""
            | on         | what   | pence  | of |
            | 2023-11-01 | refund | -50001 | p1 |
        """)
    assert (refused.value.left_pence, refused.value.requested_pence) == (50_000, 50_001)


def test_a_refund_is_its_own_entry_in_the_quarter_it_came_in() -> None:
    books = paid().then("""
        | on         | what   | pence   | of |
        | 2023-07-01 | refund | -150000 | p1 |
    """)

    assert (books.last.kind, books.last.amount_pence, books.last.of) == ("refund", -150_000, books.names["p1"])
    assert books.cell("lighting#2023-24-Q1#not_stated") == {"paid": 380_000}
    assert books.cell("lighting#2023-24-Q2#not_stated") == {"refunded": 150_000}


@pytest.mark.parametrize("pence", [0, 1])
def test_a_refund_returns_more_than_nothing(pence: int) -> None:
    with pytest.raises(Invalid, match="/amount_pence"):
        paid().then(f"""
            | on         | what   | pence   | of |
            | 2023-07-01 | refund | {pence} | p1 |
        """)


def test_a_credit_note_is_not_refunded() -> None:
    with pytest.raises(NothingLeft):
        paid().then("""
            | on         | what   | pence | of |
            | 2023-07-01 | refund |    -1 | n1 |
        """)


def test_only_a_payment_is_refunded() -> None:
    with pytest.raises(WrongEntry):
        paid().then("""
            | on         | what       | pence | for      | id | of |
            | 2023-07-01 | commitment |   100 | lighting | c1 |    |
            | 2023-07-01 | refund     |  -100 |          |    | c1 |
        """)


@pytest.mark.parametrize("what", ["refund", "correction"])
@pytest.mark.parametrize("on", ["2024-05-20", "2025-06-30"])
def test_money_that_comes_back_later_belongs_to_the_year_it_was_paid_in(what: str, on: str) -> None:
    books = paid().then(f"""
        | on   | what   | pence | of |
        | {on} | {what} |   -10 | p1 |
    """)

    entry = books.entries[-1]
    assert (str(entry.on), entry.place.financial_year, entry.place.quarter) == (on, "2023-24", "2023-24-Q4")


@pytest.mark.parametrize("what", ["refund", "correction"])
def test_what_names_an_entry_is_not_dated_before_it(what: str) -> None:
    with pytest.raises(TooEarly, match="date it on or after 2023-06-01"):
        paid().then(f"""
            | on         | what   | pence | of |
            | 2023-05-31 | {what} |    -1 | p1 |
        """)


def test_a_correction_changes_what_a_payment_stands_at_and_points_back() -> None:
    books = paid().then("""
        | on         | what       | pence  | of |
        | 2023-08-01 | correction | -36000 | p1 |
    """)

    assert (books.last.kind, books.last.amount_pence, books.last.of) == ("correction", -36_000, books.names["p1"])
    assert books.last.moves == {"corrected": -36_000}
    assert books.left("p1") == 364_000
    assert books.of("lighting") == NOTHING.changed(
        allocated=600_000, unallocated=-600_000, paid=380_000, corrected=-36_000, spent=344_000, available=256_000
    )


def test_a_correction_upwards_needs_money_that_is_available() -> None:
    assert paid().then("| on | what | pence | of |\n| 2023-08-01 | correction | 220000 | p1 |").of("lighting").available_pence == 0
    with pytest.raises(AllocationExhausted) as refused:
        paid().then("| on | what | pence | of |\n| 2023-08-01 | correction | 220001 | p1 |")
    assert refused.value.shortfall_pence == 1


def test_a_correction_takes_a_payment_down_to_nothing_and_not_past_it() -> None:
    without_credit = paid().then("| on | what | pence | of |\n| 2023-07-01 | correction | 20000 | n1 |")

    assert without_credit.then("| on | what | pence | of |\n| 2023-08-01 | correction | -400000 | p1 |").left("p1") == 0
    with pytest.raises(NothingLeft):
        without_credit.then("| on | what | pence | of |\n| 2023-08-01 | correction | -400001 | p1 |")


def test_a_payment_whose_credit_stands_is_not_corrected_away() -> None:
    with pytest.raises(MoreThanSpent, match=r"lighting has spent £3,800\.00"):
        paid().then("| on | what | pence | of |\n| 2023-08-01 | correction | -400000 | p1 |")


def test_a_zeroed_credit_note_is_restored_and_never_changes_its_sign() -> None:
    zeroed = paid().then("| on | what | pence | of |\n| 2023-07-01 | correction | 20000 | n1 |")

    assert zeroed.then("| on | what | pence | of |\n| 2023-08-01 | correction | -20000 | n1 |").left("n1") == -20_000
    with pytest.raises(NothingLeft):
        zeroed.then("| on | what | pence | of |\n| 2023-08-01 | correction | 1 | n1 |")


def test_a_closed_grants_commitment_does_not_grow() -> None:
    with pytest.raises(NotInState):
        paid().then("""
            | on         | what       | pence | for      | id | of |
            | 2023-07-01 | commitment |   100 | lighting | c1 |    |
            | 2024-01-01 | closed     |       |          |    |    |
            | 2024-01-02 | correction |     1 |          |    | c1 |
        """)


def test_a_correction_takes_a_credit_note_up_to_nothing_and_not_past_it() -> None:
    assert paid().then("| on | what | pence | of |\n| 2023-08-01 | correction | 20000 | n1 |").left("n1") == 0
    with pytest.raises(NothingLeft):
        paid().then("| on | what | pence | of |\n| 2023-08-01 | correction | 20001 | n1 |")


def test_what_was_refunded_is_not_corrected_away_again() -> None:
    with pytest.raises(NothingLeft):
        paid().then("""
            | on         | what       | pence   | of |
            | 2023-07-01 | refund     | -380000 | p1 |
            | 2023-08-01 | correction |  -20001 | p1 |
        """)


def test_a_correction_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="/change_pence: must not be nothing"):
        paid().then("| on | what | pence | of |\n| 2023-08-01 | correction | 0 | p1 |")


@pytest.mark.parametrize(
    ("what", "counter"),
    [
        ("commitment", "committed"),
        ("accrual", "accrued"),
        ("match_cash", "match_cash"),
        ("match_in_kind", "match_in_kind"),
        ("claimed", "claimed"),
        ("received", "received"),
    ],
)
def test_everything_that_stands_can_be_corrected_in_its_own_counter(what: str, counter: str) -> None:
    books = paid().then(f"""
        | on         | what       | pence | for      | quarter    | id | of |
        | 2023-07-01 | {what}     | 10000 | lighting | 2023-24-Q1 | x1 |    |
        | 2023-07-02 | correction | -2500 |          |            |    | x1 |
    """)

    assert books.last.moves == {counter: -2_500}
    assert books.left("x1") == 7_500


@pytest.mark.parametrize("what", ["claimed", "received"])
def test_what_was_claimed_is_corrected_in_the_quarter_it_was_for(what: str) -> None:
    books = paid().then(f"""
        | on         | what       | pence | quarter    | id | of |
        | 2023-07-20 | {what}     | 10000 | 2023-24-Q1 | x1 |    |
        | 2026-01-10 | correction | -2500 |            |    | x1 |
    """)

    assert books.last.cell == "-#2023-24-Q1#not_stated"


def test_recoding_moves_a_payment_to_where_it_belongs() -> None:
    books = paid().then("""
        | on         | what   | pence | of | to   | id |
        | 2023-08-01 | recode | 90000 | p1 | cctv | r1 |
    """)
    away, arriving = books.entries[-2:]

    assert (away.kind, away.cell, away.amount_pence) == ("correction", "lighting#2023-24-Q2#not_stated", -90_000)
    assert (arriving.kind, arriving.cell, arriving.amount_pence) == ("correction", "cctv#2023-24-Q2#not_stated", 90_000)
    assert {away.of, arriving.of} == {books.names["p1"]}
    assert (books.left("p1"), books.left("r1")) == (310_000, 90_000)
    assert books.of("lighting").spent_pence == 290_000
    assert books.of("cctv") == NOTHING.changed(allocated=100_000, unallocated=-100_000, corrected=90_000, spent=90_000, available=10_000)
    assert books.measures.spent_pence == paid().measures.spent_pence


def test_what_was_recoded_is_refunded_where_it_arrived() -> None:
    books = paid().then("""
        | on         | what   | pence  | of | to   | id |
        | 2023-08-01 | recode |  90000 | p1 | cctv | r1 |
        | 2023-09-01 | refund | -90000 | r1 |      |    |
    """)

    assert books.last.cell == "cctv#2023-24-Q2#not_stated"
    assert books.left("r1") == 0
    assert books.of("cctv").available_pence == 100_000


def test_all_that_is_left_is_recoded_when_no_amount_is_given() -> None:
    books = paid().then("""
        | on         | what       | pence   | of | to   | id | for  |
        | 2023-07-01 | refund     | -310000 | p1 |      |    |      |
        | 2023-08-01 | recode     |         | p1 | cctv | r1 |      |
    """)

    assert (books.left("p1"), books.left("r1")) == (0, 90_000)


def test_a_commitment_and_an_accrual_are_recoded_as_what_they_are() -> None:
    books = paid().then("""
        | on         | what       | pence | of | to   | id | for      |
        | 2023-07-01 | commitment | 30000 |    |      | c1 | lighting |
        | 2023-07-01 | accrual    | 20000 |    |      | a1 | lighting |
        | 2023-08-01 | recode     |       | c1 | cctv | c2 |          |
        | 2023-08-01 | recode     |       | a1 | cctv | a2 |          |
        | 2023-09-01 | payment    | 50000 | c2 a2 |   |    | cctv     |
    """)

    assert [books.left(each) for each in ("c1", "a1", "c2", "a2")] == [0, 0, 0, 0]
    assert books.of("cctv") == NOTHING.changed(allocated=100_000, unallocated=-100_000, paid=50_000, spent=50_000, available=50_000)


def test_recoding_a_credit_note_takes_its_money_along() -> None:
    books = paid().then("""
        | on         | what   | pence | of | to   | id |
        | 2023-07-31 | recode |  20000 | p1 | cctv | r0 |
        | 2023-08-01 | recode |        | n1 | cctv | r1 |
    """)

    assert (books.left("n1"), books.left("r1")) == (0, -20_000)
    assert books.of("lighting").available_pence == 220_000
    assert books.of("cctv").available_pence == 100_000


def test_recoding_more_than_is_left_is_refused() -> None:
    with pytest.raises(NothingLeft):
        paid().then("| on | what | pence | of | to |\n| 2023-08-01 | recode | 400001 | p1 | cctv |")


def test_recoding_to_an_allocation_that_cannot_bear_it_is_refused() -> None:
    with pytest.raises(AllocationExhausted) as refused:
        paid().then("| on | what | pence | of | to |\n| 2023-08-01 | recode | 100001 | p1 | cctv |")

    assert (refused.value.initiative_id, refused.value.shortfall_pence) == ("cctv", 1)


def test_recoding_to_where_it_is_is_refused() -> None:
    with pytest.raises(Invalid, match="/to_initiative_id: must be another initiative or nature"):
        paid().then("| on | what | pence | of | to |\n| 2023-08-01 | recode | 1 | p1 | lighting |")


def test_recoding_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="/amount_pence: must not be nothing"):
        paid().then("| on | what | pence | of | to |\n| 2023-08-01 | recode | 0 | p1 | cctv |")


def test_recoding_to_a_nature_without_an_award_line_is_refused() -> None:
    with pytest.raises(NoAwardLine):
        paid().then("| on | what | pence | of | to | nature |\n| 2023-08-01 | recode | 1 | p1 | lighting | capital |")


def test_recoding_from_revenue_to_capital_draws_on_the_other_award_line() -> None:
    books = ledger("""
        | on         | what       | pence  | for  | nature  | id | of | to   |
        | 2023-04-03 | award      | 500000 |      | revenue |    |    |      |
        | 2023-04-03 | award      | 300000 |      | capital |    |    |      |
        | 2023-04-04 | allocation | 500000 | cctv | revenue |    |    |      |
        | 2023-04-04 | allocation | 300000 | cctv | capital |    |    |      |
        | 2023-05-01 | payment    | 350000 | cctv | revenue | p1 |    |      |
        | 2023-05-02 | recode     | 250000 |      | capital |    | p1 | cctv |
    """)

    assert books.grant.line("2023-24", Nature.REVENUE).used_pence == 100_000
    assert books.grant.line("2023-24", Nature.CAPITAL).used_pence == 250_000
    with pytest.raises((AllocationExhausted, AwardExhausted)):
        books.then("| on | what | pence | of | to | nature |\n| 2023-05-03 | recode | 50001 | p1 | cctv | capital |")


def test_match_is_not_recoded() -> None:
    with pytest.raises(WrongEntry):
        paid().then("""
            | on         | what       | pence | for      | id | of | to   |
            | 2023-07-01 | match_cash |   100 | lighting | m1 |    |      |
            | 2023-07-01 | recode     |   100 |          |    | m1 | cctv |
        """)


def test_a_closed_grant_is_still_put_right() -> None:
    books = paid().then("""
        | on         | what       | pence   | of | to   |
        | 2024-01-01 | closed     |         |    |      |
        | 2024-01-02 | refund     | -100000 | p1 |      |
        | 2024-01-03 | correction |   -5000 | p1 |      |
        | 2024-01-04 | recode     |   10000 | p1 | cctv |
    """)

    assert books.left("p1") == 285_000


@pytest.mark.parametrize("what", ["release", "reversal"])
def test_a_closed_grants_commitments_and_accruals_are_still_given_back(what: str) -> None:
    opened = {"release": "commitment", "reversal": "accrual"}[what]

    books = paid().then(f"""
        | on         | what     | pence | for      | id | of |
        | 2023-07-01 | {opened} |   100 | lighting | x1 |    |
        | 2024-01-01 | closed   |       |          |    |    |
        | 2024-01-02 | {what}   |       |          |    | x1 |
    """)

    assert books.left("x1") == 0


@pytest.mark.parametrize("what", ["release", "reversal"])
def test_what_was_given_back_in_full_is_not_given_back_again(what: str) -> None:
    opened = {"release": "commitment", "reversal": "accrual"}[what]

    with pytest.raises(NothingLeft, match=r"Nothing of .* stands any more"):
        paid().then(f"""
            | on         | what     | pence | for      | id | of |
            | 2023-07-01 | {opened} |   100 | lighting | x1 |    |
            | 2023-07-02 | {what}   |       |          |    | x1 |
            | 2023-07-03 | {what}   |       |          |    | x1 |
        """)


def test_nothing_is_ever_taken_out_of_the_ledger() -> None:
    before = paid()
    after = before.then("""
        | on         | what       | pence   | of | to   |
        | 2023-07-01 | refund     | -100000 | p1 |      |
        | 2023-07-02 | correction |   -5000 | p1 |      |
        | 2023-07-03 | recode     |   10000 | p1 | cctv |
    """)

    assert after.facts[: len(before.facts)] == before.facts


def test_a_credit_note_is_not_recoded_away_from_money_that_was_spent_again() -> None:
    with pytest.raises(AllocationExhausted) as refused:
        paid().then("""
            | on         | what    | pence  | of | to   | for      |
            | 2023-07-01 | payment | 200001 |    |      | lighting |
            | 2023-08-01 | recode  |        | n1 | cctv |          |
        """)

    assert (refused.value.initiative_id, refused.value.available_pence, refused.value.shortfall_pence) == ("lighting", 19_999, 1)


@pytest.mark.parametrize("what", ["refund", "correction", "recode"])
def test_a_grant_that_is_neither_active_nor_closed_is_not_put_right(what: str) -> None:
    books = paid()
    declined = replace(books, purse=replace(books.purse, grant=replace(books.grant, state=GrantState.DECLINED)))
    pence = 100 if what == "recode" else -100

    with pytest.raises(NotInState, match="this needs it to be active or closed"):
        declined.then(f"| on | what | pence | of | to |\n| 2023-08-01 | {what} | {pence} | p1 | cctv |")
