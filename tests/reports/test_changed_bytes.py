"""One byte of a published file is another one: the verdict names the file, the line, what stood there, and the figure it touches."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.reports.verify_publication import PIECE, check, pieces, put_back, sealed, touched, unsealed
from chalicelib.services import publications
from tests.services.large_offices import publisher, staffordshire
from tests.services.public_files import public_files

Files = dict[str, bytes]
Slips = tuple[dict[str, int], list[str]]
NAMES = [*sorted(path.name for path in Path("tests/golden/publication").iterdir()), "style.css", "verify_publication.py"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    context = publisher(
        staffordshire(tmp_path_factory.mktemp("office")), datetime(2024, 4, 1, 5, 0, tzinfo=UTC), giving_prefix="360G-example"
    )
    return public_files(context, publications.publish(context).id)


def other(content: bytes, at: int) -> bytes:
    """The same bytes but one: a digit becomes another digit."""
    byte = content[at] ^ 1
    return content[:at] + bytes([byte]) + content[at + 1 :]


def problems(files: Files, name: str, at: int) -> list[str]:
    return check({**files, name: other(files[name], at)}.get).problems


def test_the_names_are_those_of_every_file(files: Files) -> None:
    assert sorted(files) == sorted(NAMES)


@pytest.fixture(scope="module", params=[0.1, 0.6, 0.95])
def slips(request: pytest.FixtureRequest, files: Files) -> Slips:
    """A byte of every file is changed at once: where it is in each, and all that is found."""
    part: float = request.param
    places = {name: int(len(content) * part) for name, content in files.items()}
    changed = {name: other(content, places[name]) for name, content in files.items()}
    return places, check(changed.get).problems


def test_every_file_with_a_changed_byte_is_one_problem_whatever_was_changed_in_the_others(slips: Slips) -> None:
    places, found = slips

    assert sorted(problem.partition(" is not the file that was published: ")[0] for problem in found) == sorted(places)


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_byte_is_one_problem_that_names_its_file_its_line_and_whether_it_is_in_a_figure(
    files: Files, slips: Slips, name: str
) -> None:
    places, found = slips
    at = places[name]
    (problem,) = (each for each in found if each.startswith(f"{name} is not the file that was published: "))

    line = files[name].count(b"\n", 0, at) + 1
    assert name == "360giving.xlsx" or f" in line {line} " in problem
    assert "That is in " in problem


KINDS = [
    ("index.html", 'data-figure="total.spent">', "£1,048,588.05", "total.spent"),
    ("index.html", "at most ", "27.2", "a number in the words 'of it was spent, which is at most 27.2 per cent.'"),
    ("index.html", 'In 2023-24, <span data-figure="spent of financial_year=2023-24">', "£50,000.05", "spent of financial_year=2023-24"),
    (
        "fund-ssf-4.html",
        'data-figure="committed+accrued of fund=ssf-4 financial_year=2022-23">',
        "£60,000.00",
        "committed+accrued of fund=ssf-4 financial_year=2022-23",
    ),
    (
        "grant-ssf-4-staffordshire.html",
        'data-figure="spent of grant=ssf-4-staffordshire initiative=',
        "ssf-2-staffordshire.6",
        "spent of grant=ssf-4-staffordshire initiative=ssf-2-staffordshire.6",
    ),
    (
        "grant-swan-staffordshire.html",
        'Subtotal</th><td class="money">',
        "£1,200.00",
        "Spent, as reported of Subtotal, in the table 'Spending of closed quarters, as reported and as corrected since'",
    ),
    ("periods.html", 'data-figure="closed_quarter.difference.spent">', "\u2212£12.00", "closed_quarter.difference.spent"),
    ("grants-made-2023-24.html", 'data-figure="', "grants-made.ssf-5-warwickshire.12.amount", "grants-made.ssf-5-warwickshire.12.amount"),
    ("spending-over-500.html", 'data-figure="spending-over-500.total.amount">', "£1,042,400.05", "spending-over-500.total.amount"),
    ("chart-funds.csv", "Committed and accrued,exact,", "0.00", "committed+accrued of fund=ssf-1"),
    ("chart-fund-years.csv", "Spent,exact,", "797400.00", "spent of fund=ssf-1 financial_year=2020-21"),
    ("chart-categories.csv", "Spent,exact,", "797400.00", "spent of category=street_lighting"),
    ("chart-quarters.csv", "Spent,exact,", "800000.00", "spent of quarter=2020-21-Q2"),
    ("chart-reported.csv", "2021-22 Q4,As corrected,exact,", "1188.00", "closed_quarter.as_corrected.2021-22-Q4.spent"),
    ("summary.csv", "total,total,Total,lower_bound,rounded,", "3852000.00", "total.awarded"),
    ("summary.json", '"spent": ', "104858805", "total.spent"),
    ("summary.json", '"pence": ', "0", "summary.json, /in_suspense/pence"),
    ("figures.json", '"id":"fund.ssf-1","name"', "", "fund.ssf-1, all its figures"),
    ("figures.json", '"pence":{"awarded":', "385200000", "total.awarded"),
    (
        "entries.json",
        '"entries":[[6,',
        "80000000",
        "ssf-1-staffordshire.6, counted in total.paid, total.spent, total.available and 22 others",
    ),
    (
        "entries.json",
        '"category":',
        "null",
        "entries like ssf-1-staffordshire.3, counted in total.awarded, total.unallocated, fund.ssf-1.awarded and 8 others",
    ),
    ("grants-made.csv", "door staff,", "", "no figure"),
    ("spending-over-500.csv", "quotations,", "959900.00", "spending-over-500.ssf-1-staffordshire.6.item"),
    ("spending-over-500.json", '"paid_pence": 79990000, "refunded_pence": ', "250000", "spending-over-500.ssf-1-staffordshire.6.refunded"),
    ("spending-over-500.json", '"spent_pence": ', "104858805", "spending-over-500.json, /reconciliation/spent_pence"),
    ("grants-made.json", '"threshold_pence": ', "", "no figure"),
    ("360giving.json", '"amountDisbursed": ', "1188", "360giving.360G-example-swan-staffordshire.6.amountDisbursed"),
    ("360giving.csv", "GBP,1188.00,", "1188.00", "360giving.360G-example-swan-staffordshire.6.amountDisbursed"),
    ("datapackage.json", '"name": "', "", "no figure"),
    ("changes.csv", "figure,", "", "no figure"),
    ("manifest.json", '"spent_pounds": ', "", "what the manifest says of summary.csv: spent_pounds"),
    ("style.css", "margin:", "", "no figure"),
    ("how-to-read.cy.html", "<h1", "", "no figure"),
]


@pytest.mark.parametrize(("name", "before", "text", "figure"), KINDS)
def test_the_figure_of_a_changed_byte_is_named(files: Files, name: str, before: str, text: str, figure: str) -> None:
    """The last byte of the text is changed; where there is none, the byte that follows."""
    at = files[name].index((before + text).encode()) + len((before + text).encode()) - (1 if text else 0)
    (problem,) = problems(files, name, at)

    assert problem.endswith(f" That is in {figure}.")


def test_what_stood_there_is_said(files: Files) -> None:
    at = files["summary.json"].index(b'"spent": 104858805') + len('"spent": 104858805') - 1

    assert problems(files, "summary.json", at) == [
        (
            "summary.json is not the file that was published: in line 130 '104858804' stands where '104858805' was published. "
            "That is in total.spent."
        )
    ]


def test_the_workbook_says_from_which_amount_on_it_cannot_be_read(files: Files) -> None:
    with zipfile.ZipFile(io.BytesIO(files["360giving.xlsx"])) as packed:
        sheet = packed.getinfo("xl/worksheets/sheet1.xml")
    (problem,) = problems(files, "360giving.xlsx", sheet.header_offset + 30 + len(sheet.filename) + 20)
    (elsewhere,) = problems(files, "360giving.xlsx", len(files["360giving.xlsx"]) - 5)

    assert problem.endswith(" That is in 360giving.360G-example-swan-staffordshire.6.amountAwarded and what comes after it.")
    assert elsewhere.endswith(" That is in no figure.")


def marked(content: bytes) -> Iterator[tuple[int, str]]:
    """The last digit of each marked figure of a page, by a way of its own."""
    for found in re.finditer(rb'<(\w+)[^<>]*data-figure="([^"]*)"[^<>]*>(?:<small>[^<]*</small>)?([^<]*)</\1>', content):
        yield found.end(3) - 1, found[2].decode()


def test_every_digit_that_a_page_shows_of_a_figure_belongs_to_that_figure(files: Files) -> None:
    pages = {name: list(marked(content)) for name, content in files.items() if name.endswith(".html")}

    assert sum(map(len, pages.values())) > 1_300
    for name, figures in pages.items():
        for at, figure in figures[::7]:
            assert touched(name, files[name], at, files) == figure


def test_every_row_of_a_chart_belongs_to_the_figure_that_it_names(files: Files) -> None:
    for name in (name for name in files if name.startswith("chart-")):
        rows = list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"))))
        lines, at = files[name].splitlines(keepends=True), 0
        for line, row in zip(lines[1:], rows, strict=True):
            at += len(lines[0]) if not at else 0
            assert touched(name, files[name], at + line.index(f",{row['pounds']},".encode()) + 1, files) == row["figure"]
            at += len(line)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(min_size=1, max_size=3 * PIECE),
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 255),
    st.sampled_from(("changed", "lost", "added")),
)
def test_a_byte_that_was_changed_lost_or_added_is_put_back(content: bytes, where: float, by: int, what: str) -> None:
    at = int(where * len(content))
    now = {
        "changed": content[:at] + bytes([(content[at] + by) % 256]) + content[at + 1 :],
        "lost": content[:at] + content[at + 1 :],
        "added": content[:at] + bytes([by]) + content[at:],
    }[what]

    assert content in put_back(now, pieces(content), len(content))


def without(content: bytes, at: int) -> bytes:
    return content[:at] + content[at + 1 :]


def test_where_the_pieces_cannot_tell_the_place_of_a_lost_byte_its_sha_256_does(files: Files) -> None:
    content = files["index.html"]
    at = next(at for at in range(len(content)) if put_back(without(content, at), pieces(content), len(content))[0] != content)
    (problem,) = check({**files, "index.html": without(content, at)}.get).problems

    line = content.count(b"\n", 0, at) + 1
    assert f" in line {line} " in problem
    assert "That is in " in problem


def test_in_each_piece_a_byte_may_be_changed(files: Files) -> None:
    content = files["index.html"]
    now = other(other(content, 10), PIECE + 10)

    assert put_back(now, pieces(content), len(content)) == [content]
    assert len(check({**files, "index.html": now}.get).problems) == 2


def test_more_than_a_byte_is_not_put_back_and_figures_are_held_all_the_same(files: Files) -> None:
    changed = files["summary.csv"].replace(b"1048588.05", b"2048588.06", 1)
    found = check({**files, "summary.csv": changed}.get).problems

    assert found[0] == "summary.csv is not the file that was published: more than one of its bytes was changed."
    assert "summary.csv, row 2, column spent_pounds: total.spent is shown as £2,048,588.06; it is £1,048,588.05." in found


def test_of_changed_words_it_is_said_that_no_figure_differs_as_far_as_can_be_told(files: Files) -> None:
    changed = files["index.html"].replace(b"Skip to main content", b"Go to what counts now", 1)
    verdict = check({**files, "index.html": changed}.get)

    assert verdict.problems == ["index.html is not the file that was published: more than one of its bytes was changed."]
    assert "As far as can be told, no figure in index.html is another one than it should be." in verdict.notes


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_byte_of_the_manifest_is_put_back_wherever_it_is(files: Files, where: float, by: int) -> None:
    content = files["manifest.json"]
    at = int(where * len(content))

    assert unsealed(content[:at] + bytes([(content[at] + by) % 256]) + content[at + 1 :]) == content


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE])
def test_a_manifest_of_any_size_keeps_its_seal(size: int) -> None:
    whole = sealed(b"x" * size)

    assert unsealed(whole) == whole
    assert unsealed(whole[:-20] + b"!" + whole[-19:]) == whole
    assert unsealed(b"") is None


def test_the_manifest_gives_the_pieces_of_every_file(files: Files) -> None:
    listed = {each["name"]: each["pieces"] for each in json.loads(files["manifest.json"])["files"]}

    assert listed == {name: pieces(content) for name, content in files.items() if name != "manifest.json"}
