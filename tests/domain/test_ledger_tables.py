"""The tables that the ledger's tests are written in."""

from datetime import date

import pytest

from chalicelib.domain.grants import GrantState
from chalicelib.domain.measures import MEASURES
from tests.domain.ledger_tables import NOTHING, Figures, ledger, table_rows


def test_a_table_is_read_by_its_headings() -> None:
    assert table_rows("""
        | on         | what  | pence |
        |------------|-------|------:|
        | 2023-10-02 | award |   500 |
    """) == ({"on": "2023-10-02", "what": "award", "pence": "500"},)


def test_a_row_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        table_rows("| on | what |\n| 2023-10-02 |")


def test_the_figures_are_every_measure_and_nothing_else() -> None:
    assert list(Figures.__struct_fields__) == [f"{name}_pence" for name in MEASURES]


def test_the_award_rows_make_an_active_grant() -> None:
    books = ledger("""
        | on         | what  | pence   | year    |
        | 2023-10-02 | award | 1000000 | 2023-24 |
        | 2023-10-02 | award |  500000 | 2024-25 |
    """)

    assert books.grant.state is GrantState.ACTIVE
    assert (books.grant.starts, books.grant.ends) == (date(2023, 4, 1), date(2025, 3, 31))
    assert books.measures == NOTHING.changed(awarded=1_500_000, unallocated=1_500_000)


def test_pounds_and_pence_post_the_same() -> None:
    assert (
        ledger("""
        | on         | what  | pence  |
        | 2023-10-02 | award | 123456 |
    """).entries
        == ledger("""
        | on         | what  | pounds    |
        | 2023-10-02 | award | £1,234.56 |
    """).entries
    )


def test_an_id_names_the_row_for_those_that_follow() -> None:
    books = ledger("""
        | on         | what       | pence  | for      | id | of |
        | 2023-10-02 | award      | 100000 |          |    |    |
        | 2023-10-02 | allocation | 100000 | lighting |    |    |
        | 2023-10-03 | payment    |  40000 | lighting | p1 |    |
        | 2023-10-04 | refund     | -15000 |          |    | p1 |
    """)

    assert books.names == {"p1": "ssf-5-example.6"}
    assert books.left("p1") == 25_000
    assert books.last.of == "ssf-5-example.6"
