"""Money going out: allocations, virements, commitments, accruals and payments."""

import pytest

from chalicelib.domain.cells import Nature
from chalicelib.domain.entry_refusals import AnotherYear, CreditSettlesNothing, NothingLeft, WrongEntry
from chalicelib.domain.errors import Invalid, Missing, NotInState
from chalicelib.domain.grants import GrantState
from chalicelib.domain.organisations import VatStatus
from chalicelib.domain.refusals import AllocationExhausted, AwardExhausted, DateOutsidePeriod, NoAwardLine
from chalicelib.domain.values import replace
from tests.domain.ledger_tables import NOTHING, Books, ledger


def funded() -> Books:
    """An award of 10,000.00 a year, of which lighting has 6,000.00 and CCTV 1,000.00 in 2023-24."""
    return ledger("""
        | on         | what       | pence   | for      | year    |
        | 2023-04-03 | award      | 1000000 |          | 2023-24 |
        | 2023-04-03 | award      | 1000000 |          | 2024-25 |
        | 2023-04-04 | allocation |  600000 | lighting | 2023-24 |
        | 2023-04-04 | allocation |  100000 | cctv     | 2023-24 |
    """)


def test_an_allocation_promises_part_of_an_award_line() -> None:
    assert funded().of(year="2023-24") == NOTHING.changed(awarded=1_000_000, allocated=700_000, unallocated=300_000, available=700_000)
    assert funded().of("lighting").available_pence == 600_000
    assert funded().cell("lighting#2023-24#not_stated") == {"allocated": 600_000}


def test_an_allocation_above_the_award_line_is_refused_with_the_shortfall() -> None:
    with pytest.raises(AwardExhausted) as refused:
        funded().then("""
            | on         | what       | pence  | for  |
            | 2023-05-01 | allocation | 300001 | cctv |
        """)

    assert (refused.value.available_pence, refused.value.requested_pence, refused.value.shortfall_pence) == (300_000, 300_001, 1)
    assert refused.value.members["shortfall_pence"] == 1
    assert str(refused.value) == (
        "ssf-5-example has £3,000.00 left on its award line for 2023-24 not_stated; £3,000.01 was asked for, £0.01 too much."
    )


def test_another_years_award_does_not_help() -> None:
    with pytest.raises(AwardExhausted):
        funded().then("""
            | on         | what       | pence  | for  | year    |
            | 2023-05-01 | allocation | 400000 | cctv | 2023-24 |
        """)


def test_an_allocation_gives_back_what_is_not_used() -> None:
    books = funded().then("""
        | on         | what       | pence   | for      |
        | 2023-05-01 | payment    |  450000 | lighting |
        | 2023-06-01 | allocation | -150000 | lighting |
    """)

    assert books.of("lighting") == NOTHING.changed(allocated=450_000, unallocated=-450_000, paid=450_000, spent=450_000)
    assert books.measures.unallocated_pence == 1_000_000 + 450_000


def test_an_allocation_cannot_give_back_what_is_used() -> None:
    with pytest.raises(AllocationExhausted) as refused:
        funded().then("""
            | on         | what       | pence   | for      |
            | 2023-05-01 | commitment |  450000 | lighting |
            | 2023-06-01 | allocation | -150001 | lighting |
        """)

    assert refused.value.shortfall_pence == 1


def test_an_allocation_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="/amount_pence: must not be nothing"):
        funded().then("""
            | on         | what       | pence | for      |
            | 2023-05-01 | allocation |     0 | lighting |
        """)


@pytest.mark.parametrize(("year", "nature"), [("2025-26", "not_stated"), ("2023-24", "capital")])
def test_an_allocation_needs_its_award_line(year: str, nature: str) -> None:
    with pytest.raises(NoAwardLine) as refused:
        funded().then(f"""
            | on         | what       | pence | for      | year   | nature   |
            | 2023-05-01 | allocation |     1 | lighting | {year} | {nature} |
        """)

    assert refused.value.lines == ("2023-24 not_stated", "2024-25 not_stated")
    assert (refused.value.financial_year, refused.value.nature) == (year, nature)


def test_a_virement_records_both_legs() -> None:
    before = funded()
    books = before.then("""
        | on         | what     | pence  | for      | to   |
        | 2023-06-01 | virement | 250000 | lighting | cctv |
    """)

    assert [(entry.kind, entry.cell, entry.amount_pence) for entry in books.entries[-2:]] == [
        ("virement", "lighting#2023-24#not_stated", -250_000),
        ("virement", "cctv#2023-24#not_stated", 250_000),
    ]
    assert books.of("lighting").allocated_pence == 350_000
    assert books.of("cctv").allocated_pence == 350_000
    assert books.measures == before.measures


def test_a_virement_may_open_an_allocation() -> None:
    books = funded().then("""
        | on         | what     | pence | for      | to       |
        | 2023-06-01 | virement |     1 | lighting | training |
    """)

    assert books.of("training").available_pence == 1


def test_a_virement_of_more_than_is_available_is_refused() -> None:
    with pytest.raises(AllocationExhausted) as refused:
        funded().then("""
            | on         | what     | pence  | for      | to   |
            | 2023-05-01 | payment  | 400000 | lighting |      |
            | 2023-06-01 | virement | 250000 | lighting | cctv |
        """)

    assert (refused.value.available_pence, refused.value.shortfall_pence) == (200_000, 50_000)


def test_a_virement_to_where_the_money_is_is_refused() -> None:
    with pytest.raises(Invalid, match="/to_initiative_id"):
        funded().then("""
            | on         | what     | pence | for      | to       |
            | 2023-06-01 | virement |     1 | lighting | lighting |
        """)


@pytest.mark.parametrize("pence", [0, -1])
def test_a_virement_moves_more_than_nothing(pence: int) -> None:
    with pytest.raises(Invalid, match=f"/amount_pence: must be more than nothing, not {pence}"):
        funded().then(f"""
            | on         | what     | pence   | for      | to   |
            | 2023-06-01 | virement | {pence} | lighting | cctv |
        """)


def test_a_commitment_is_pending_and_no_longer_available() -> None:
    books = funded().then("""
        | on         | what       | pence  | for      | id |
        | 2023-06-01 | commitment | 200000 | lighting | c1 |
    """)

    assert books.of("lighting") == NOTHING.changed(allocated=600_000, unallocated=-600_000, committed=200_000, available=400_000)
    assert books.left("c1") == 200_000


def test_a_commitment_above_the_allocation_is_refused_with_the_shortfall() -> None:
    with pytest.raises(AllocationExhausted) as refused:
        funded().then("""
            | on         | what       | pence  | for      |
            | 2023-06-01 | commitment | 600001 | lighting |
        """)

    assert refused.value.members == {
        "grant_id": "ssf-5-example",
        "initiative_id": "lighting",
        "financial_year": "2023-24",
        "nature": "not_stated",
        "available_pence": 600_000,
        "requested_pence": 600_001,
        "shortfall_pence": 1,
    }
    assert str(refused.value) == (
        "lighting has £6,000.00 of ssf-5-example left for 2023-24 not_stated; £6,000.01 was asked for, £0.01 too much."
    )


def test_an_initiative_without_an_allocation_has_nothing_to_spend() -> None:
    with pytest.raises(AllocationExhausted) as refused:
        funded().then("""
            | on         | what    | pence | for      |
            | 2023-06-01 | payment |     1 | training |
        """)

    assert refused.value.available_pence == 0


def test_a_commitment_is_paid_in_parts_and_the_rest_released() -> None:
    books = funded().then("""
        | on         | what       | pence  | for      | id | of |
        | 2023-06-01 | commitment | 200000 | lighting | c1 |    |
        | 2023-08-01 | payment    |  80000 | lighting | p1 | c1 |
        | 2023-11-01 | payment    |  90000 | lighting | p2 | c1 |
        | 2024-03-01 | release    |        |          |    | c1 |
    """)

    assert books.left("c1") == 0
    assert (books.last.amount_pence, books.last.moves) == (-30_000, {"committed": -30_000})
    assert books.of("lighting") == NOTHING.changed(allocated=600_000, unallocated=-600_000, paid=170_000, spent=170_000, available=430_000)


def test_a_payment_takes_its_commitment_down_and_leaves_the_rest_standing() -> None:
    books = funded().then("""
        | on         | what       | pence  | for      | id | of |
        | 2023-06-01 | commitment | 200000 | lighting | c1 |    |
        | 2023-08-01 | payment    |  80000 | lighting | p1 | c1 |
    """)

    assert books.last.moves == {"paid": 80_000, "committed": -80_000}
    assert books.last.against == {books.names["c1"]: -80_000}
    assert (books.left("c1"), books.left("p1")) == (120_000, 80_000)
    assert books.of("lighting") == NOTHING.changed(
        allocated=600_000, unallocated=-600_000, committed=120_000, paid=80_000, spent=80_000, available=400_000
    )


def test_a_payment_above_its_commitment_takes_the_rest_from_what_is_available() -> None:
    books = funded().then("""
        | on         | what       | pence  | for      | id | of |
        | 2023-06-01 | commitment | 200000 | lighting | c1 |    |
        | 2023-08-01 | payment    | 250000 | lighting | p1 | c1 |
    """)

    assert books.last.moves == {"paid": 250_000, "committed": -200_000}
    assert books.left("c1") == 0
    assert books.of("lighting").available_pence == 350_000


def test_a_commitment_does_not_pay_for_more_than_it_holds() -> None:
    with pytest.raises(AllocationExhausted) as refused:
        funded().then("""
            | on         | what       | pence  | for      | id | of |
            | 2023-06-01 | commitment | 600000 | lighting | c1 |    |
            | 2023-08-01 | payment    | 600001 | lighting | p1 | c1 |
        """)

    assert (refused.value.available_pence, refused.value.requested_pence) == (0, 1)


def test_a_commitment_is_counted_down_in_the_quarter_it_is_paid_in() -> None:
    books = funded().then("""
        | on         | what       | pence  | for      | id | of |
        | 2023-06-01 | commitment | 200000 | lighting | c1 |    |
        | 2023-08-01 | payment    |  80000 | lighting | p1 | c1 |
    """)

    assert books.cell("lighting#2023-24-Q1#not_stated") == {"committed": 200_000}
    assert books.cell("lighting#2023-24-Q2#not_stated") == {"committed": -80_000, "paid": 80_000}


def test_part_of_a_commitment_is_released() -> None:
    books = funded().then("""
        | on         | what       | pence  | for      | id | of |
        | 2023-06-01 | commitment | 200000 | lighting | c1 |    |
        | 2023-07-01 | release    | -50000 |          |    | c1 |
    """)

    assert books.left("c1") == 150_000
    assert books.of("lighting").available_pence == 450_000


def test_more_than_is_left_of_a_commitment_is_not_released() -> None:
    with pytest.raises(NothingLeft) as refused:
        funded().then("""
            | on         | what       | pence  | for      | id | of |
            | 2023-06-01 | commitment | 200000 | lighting | c1 |    |
            | 2023-06-02 | payment    | 150000 | lighting |    | c1 |
            | 2023-07-01 | release    | -50001 |          |    | c1 |
        """)

    assert (refused.value.left_pence, refused.value.requested_pence) == (50_000, 50_001)
    assert str(refused.value) == "£500.00 of ssf-5-example.8 still stands; £500.01 was asked for, £0.01 too much."


def test_an_accrual_is_reversed_by_its_payment() -> None:
    books = funded().then("""
        | on         | what    | pence  | for      | id | of |
        | 2023-06-30 | accrual | 100000 | lighting | a1 |    |
        | 2023-07-20 | payment | 105000 | lighting | p1 | a1 |
    """)

    assert books.last.moves == {"paid": 105_000, "accrued": -100_000}
    assert books.left("a1") == 0
    assert books.of("lighting") == NOTHING.changed(allocated=600_000, unallocated=-600_000, paid=105_000, spent=105_000, available=495_000)


def test_an_accrual_is_reversed_by_hand() -> None:
    books = funded().then("""
        | on         | what     | pence  | for      | id | of |
        | 2023-06-30 | accrual  | 100000 | lighting | a1 |    |
        | 2023-07-01 | reversal | -40000 |          |    | a1 |
        | 2023-07-02 | reversal |        |          |    | a1 |
    """)

    assert [entry.amount_pence for entry in books.entries[-2:]] == [-40_000, -60_000]
    assert books.left("a1") == 0
    assert books.of("lighting").available_pence == 600_000
    assert books.of("lighting").accrued_pence == 0


def test_an_accrual_above_the_allocation_is_refused() -> None:
    with pytest.raises(AllocationExhausted):
        funded().then("""
            | on         | what    | pence  | for      |
            | 2023-06-30 | accrual | 600001 | lighting |
        """)


def test_one_payment_settles_an_order_and_what_was_accrued_beside_it() -> None:
    books = funded().then("""
        | on         | what       | pence  | for      | id | of    |
        | 2023-06-01 | commitment | 100000 | lighting | c1 |       |
        | 2023-06-30 | accrual    |  60000 | lighting | a1 |       |
        | 2023-07-20 | payment    | 100000 | lighting |    | c1 a1 |
    """)

    assert books.of("lighting") == NOTHING.changed(allocated=600_000, unallocated=-600_000, paid=100_000, spent=100_000, available=500_000)


def test_a_release_names_a_commitment_and_a_reversal_an_accrual() -> None:
    books = funded().then("""
        | on         | what       | pence | for      | id |
        | 2023-06-01 | commitment |   100 | lighting | c1 |
        | 2023-06-01 | accrual    |   100 | lighting | a1 |
    """)

    with pytest.raises(WrongEntry, match=r"ssf-5-example\.9 is of the kind accrual; this needs one of the kind commitment\."):
        books.then("| on | what | of |\n| 2023-06-02 | release | a1 |")
    with pytest.raises(WrongEntry):
        books.then("| on | what | of |\n| 2023-06-02 | reversal | c1 |")


def test_a_payment_settles_only_what_is_for_the_same_initiative() -> None:
    with pytest.raises(WrongEntry, match="commitment of lighting#2023-24-Q1#not_stated"):
        funded().then("""
            | on         | what       | pence | for      | id | of |
            | 2023-06-01 | commitment |   100 | lighting | c1 |    |
            | 2023-06-02 | payment    |   100 | cctv     |    | c1 |
        """)


def test_an_entry_that_is_not_there_cannot_be_named() -> None:
    books = funded().then("""
        | on         | what       | pence | for      | id |
        | 2023-06-01 | commitment |   100 | lighting | c1 |
    """)
    renamed = replace(books, names={"c1": "ssf-5-example.99"})

    with pytest.raises(Missing, match=r"ssf-5-example\.99"):
        renamed.then("| on | what | of |\n| 2023-06-02 | release | c1 |")


def test_a_commitment_of_one_financial_year_is_not_paid_in_another() -> None:
    with pytest.raises(AnotherYear, match="Release it, and commit the money anew in 2024-25") as refused:
        funded().then("""
            | on         | what       | pence  | for      | year    | id | of |
            | 2024-04-01 | allocation | 100000 | lighting | 2024-25 |    |    |
            | 2024-03-31 | commitment |    100 | lighting |         | c1 |    |
            | 2024-04-01 | payment    |    100 | lighting |         |    | c1 |
        """)

    assert (refused.value.entry_year, refused.value.financial_year) == ("2023-24", "2024-25")


@pytest.mark.parametrize("on", ["2024-05-20", "2025-04-30"])
def test_an_invoice_that_settles_an_accrual_is_a_cost_of_the_accruals_year_whenever_it_is_paid(on: str) -> None:
    books = funded().then(f"""
        | on         | what    | pence | for      | id | of |
        | 2024-03-31 | accrual | 30000 | lighting | a1 |    |
        | {on}       | payment | 28000 | lighting |    | a1 |
    """)

    entry = books.entries[-1]
    assert (str(entry.on), entry.cell) == (on, "lighting#2023-24-Q4#not_stated")
    assert books.left("a1") == 2_000
    assert (books.of("lighting").accrued_pence, books.of("lighting").spent_pence) == (2_000, 28_000)


def test_an_exhausted_commitment_settles_no_further_payment() -> None:
    with pytest.raises(NothingLeft, match=r"Nothing of .* stands any more"):
        funded().then("""
            | on         | what       | pence | for      | id | of |
            | 2023-06-01 | commitment |   100 | lighting | c1 |    |
            | 2023-06-02 | payment    |   100 | lighting |    | c1 |
            | 2023-06-03 | payment    |     1 | lighting |    | c1 |
        """)


@pytest.mark.parametrize("what", ["commitment", "accrual", "payment", "match_cash"])
@pytest.mark.parametrize("day", ["2023-03-31", "2025-04-01"])
def test_a_date_outside_the_period_is_refused_with_the_period_named(what: str, day: str) -> None:
    with pytest.raises(DateOutsidePeriod) as refused:
        funded().then(f"""
            | on    | what   | pence | for      |
            | {day} | {what} |     1 | lighting |
        """)

    assert str(refused.value) == f"{day} is outside the period of ssf-5-example, which runs from 2023-04-01 to 2025-03-31."


@pytest.mark.parametrize("what", ["commitment", "accrual", "payment", "match_in_kind"])
def test_money_of_a_nature_without_an_award_line_is_refused(what: str) -> None:
    with pytest.raises(NoAwardLine, match=r"no award line for 2023-24 capital; it has 2023-24 not_stated, 2024-25 not_stated\."):
        funded().then(f"""
            | on         | what   | pence | for      | nature  |
            | 2023-06-01 | {what} |     1 | lighting | capital |
        """)


def test_money_moves_only_in_the_year_it_was_allocated_for() -> None:
    with pytest.raises(AllocationExhausted) as refused:
        funded().then("""
            | on         | what    | pence | for      |
            | 2024-04-01 | payment |     1 | lighting |
        """)

    assert (refused.value.financial_year, refused.value.available_pence) == ("2024-25", 0)


def test_capital_and_revenue_are_spent_apart() -> None:
    books = ledger("""
        | on         | what       | pence  | for  | nature  |
        | 2023-04-03 | award      | 500000 |      | capital |
        | 2023-04-03 | award      | 300000 |      | revenue |
        | 2023-04-04 | allocation | 500000 | cctv | capital |
        | 2023-04-04 | allocation | 300000 | cctv | revenue |
        | 2023-05-01 | payment    | 500000 | cctv | capital |
    """)

    assert books.of("cctv", nature=Nature.CAPITAL).available_pence == 0
    assert books.of("cctv", nature=Nature.REVENUE).available_pence == 300_000
    with pytest.raises(AllocationExhausted):
        books.then("""
            | on         | what    | pence | for  | nature  |
            | 2023-05-01 | payment |     1 | cctv | capital |
        """)


@pytest.mark.parametrize("what", ["commitment", "accrual"])
@pytest.mark.parametrize("pence", [0, -100])
def test_what_is_pending_is_more_than_nothing(what: str, pence: int) -> None:
    with pytest.raises(Invalid, match="/amount_pence"):
        funded().then(f"""
            | on         | what   | pence   | for      |
            | 2023-06-01 | {what} | {pence} | lighting |
        """)


@pytest.mark.parametrize(
    ("payer", "cost_pence"),
    [(VatStatus.RECOVERS, 100_000), (VatStatus.DOES_NOT_RECOVER, 120_000)],
)
def test_a_payment_costs_net_of_recoverable_vat_and_gross_of_the_rest(payer: VatStatus, cost_pence: int) -> None:
    books = ledger(
        """
        | on         | what       | pence  | vat   | for      | id |
        | 2023-04-03 | award      | 600000 |       |          |    |
        | 2023-04-04 | allocation | 600000 |       | lighting |    |
        | 2023-05-01 | payment    | 100000 | 20000 | lighting | p1 |
        """,
        payer=payer,
    )

    assert (books.last.amount_pence, books.last.net_pence, books.last.vat_pence) == (cost_pence, 100_000, 20_000)
    assert books.left("p1") == cost_pence
    assert books.of("lighting").available_pence == 600_000 - cost_pence


def test_irrecoverable_vat_counts_against_the_allocation() -> None:
    with pytest.raises(AllocationExhausted) as refused:
        ledger(
            """
            | on         | what       | pence  | vat   | for      |
            | 2023-04-03 | award      | 600000 |       |          |
            | 2023-04-04 | allocation | 100000 |       | lighting |
            | 2023-05-01 | payment    | 100000 | 20000 | lighting |
            """,
            payer=VatStatus.DOES_NOT_RECOVER,
        )

    assert refused.value.shortfall_pence == 20_000


def test_a_credit_note_gives_money_back_to_the_allocation() -> None:
    books = funded().then("""
        | on         | what    | pence  | vat   | for      | id |
        | 2023-05-01 | payment | 100000 | 20000 | lighting | p1 |
        | 2023-06-01 | payment | -25000 | -5000 | lighting | n1 |
    """)

    assert books.left("n1") == -25_000
    assert books.of("lighting") == NOTHING.changed(allocated=600_000, unallocated=-600_000, paid=75_000, spent=75_000, available=525_000)


@pytest.mark.parametrize("what", ["allocation", "commitment", "accrual", "payment", "match_cash"])
def test_a_closed_grant_takes_no_new_money(what: str) -> None:
    with pytest.raises(NotInState, match="ssf-5-example is closed; this needs it to be"):
        funded().then(f"""
            | on         | what   | pence | for      |
            | 2023-06-01 | closed |       |          |
            | 2023-06-01 | {what} |     1 | lighting |
        """)


def test_one_initiative_is_paid_for_by_its_own_grant_only() -> None:
    books = funded().then("""
        | on         | what    | pence  | for      |
        | 2023-06-01 | payment | 600000 | lighting |
    """)

    assert books.of("lighting").available_pence == 0
    assert books.of("cctv").available_pence == 100_000


def test_a_credit_note_settles_no_commitment_and_is_told_so() -> None:
    with pytest.raises(CreditSettlesNothing, match=r"comes to -£500\.00"):
        funded().then("""
            | on         | what       | pence  | for      | id | of |
            | 2023-06-01 | commitment | 200000 | lighting | c1 |    |
            | 2023-06-02 | payment    | -50000 | lighting |    | c1 |
        """)


def test_a_payment_settles_only_what_is_of_the_same_nature() -> None:
    with pytest.raises(WrongEntry, match="commitment of cctv#2023-24-Q1#revenue"):
        ledger("""
            | on         | what       | pence  | for  | nature  | id | of |
            | 2023-04-03 | award      | 500000 |      | capital |    |    |
            | 2023-04-03 | award      | 300000 |      | revenue |    |    |
            | 2023-04-04 | allocation | 500000 | cctv | capital |    |    |
            | 2023-04-04 | allocation | 300000 | cctv | revenue |    |    |
            | 2023-05-01 | commitment |    100 | cctv | revenue | c1 |    |
            | 2023-05-02 | payment    |    100 | cctv | capital |    | c1 |
        """)


def test_an_accepted_grant_is_planned_but_not_spent() -> None:
    books = funded()
    accepted = replace(books, purse=replace(books.purse, grant=replace(books.grant, state=GrantState.ACCEPTED)))

    assert accepted.then("| on | what | pence | for |\n| 2023-05-01 | allocation | 1 | cctv |").of("cctv").allocated_pence == 100_001
    with pytest.raises(NotInState, match="ssf-5-example is accepted; this needs it to be active"):
        accepted.then("| on | what | pence | for |\n| 2023-05-01 | payment | 1 | cctv |")
