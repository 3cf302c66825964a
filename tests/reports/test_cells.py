"""CSV cells: nothing that somebody typed becomes a formula, and no number is spoilt."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import decimal_pounds
from chalicelib.reports.cells import BOM, cell, defused, line, pounds, quoted


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1:A9)",
        "\tindented",
        "\rreturned",
        " =1+1",
        "\n=1+1",
        "\N{FULLWIDTH EQUALS SIGN}1+1",
        "\N{FULLWIDTH PLUS SIGN}1",
        "\N{FULLWIDTH HYPHEN-MINUS}1",
        "\N{FULLWIDTH COMMERCIAL AT}SUM(A1)",
        "--1",
        "-",
        "-1,23.4",
        "+44 1785 232 000",
        '=HYPERLINK("http://example.org","Click")',
    ],
)
def test_a_text_that_a_spreadsheet_would_work_out_begins_with_an_apostrophe(text: str) -> None:
    assert read(cell(text)) == ["'" + text]


@pytest.mark.parametrize("text", ["-1,234.56", "-1234.56", "+12", "-£1,234.56", "-12.5%", "0", "1,234"])
def test_a_plain_number_stays_as_it_was_typed(text: str) -> None:
    assert read(cell(text)) == [text]


@pytest.mark.parametrize("text", ["Lamps Ltd", "Smith & Sons", "O'Neill", "a=b", "1-2", "me@example.org", "", "Llŷn"])
def test_an_ordinary_text_is_its_own_cell(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    ("text", "as_a_cell"),
    [
        ("Lamps, large", '"Lamps, large"'),
        ('12" pipe', '"12"" pipe"'),
        ("two\nlines", '"two\nlines"'),
        ("a;=1+1", '"a;=1+1"'),
        (" spaced ", '" spaced "'),
    ],
)
def test_what_would_break_the_row_is_quoted(text: str, as_a_cell: str) -> None:
    assert cell(text) == quoted(text) == as_a_cell


@given(st.lists(st.text(alphabet="aZ9 ,;\"=-+@'\r\n\t£\uff1d", max_size=8), min_size=1, max_size=8))
def test_a_row_reads_back_as_it_was_but_for_the_apostrophes(texts: list[str]) -> None:
    row = ",".join(map(cell, texts))

    assert read(",".join(map(quoted, texts))) == read(row) == list(map(defused, texts))
    assert [read_back.removeprefix("'") for read_back in read(row)] == [text.removeprefix("'") for text in texts]


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_pounds_are_written_as_everywhere_else(pence: int) -> None:
    assert pounds(pence) == decimal_pounds(pence)


def test_a_line_ends_with_carriage_return_and_line_feed() -> None:
    assert line(("a", "b,c")) == 'a,"b,c"\r\n'
    assert BOM.decode("utf-8") == "\ufeff"


def read(row: str) -> list[str]:
    """A row as a program reads it; a row of one empty cell is an empty line to it."""
    rows = list(csv.reader(io.StringIO(row + "\r\n", newline="")))
    return rows[0] or [""]
