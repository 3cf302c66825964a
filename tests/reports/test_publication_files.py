"""The published files say the same figures, whether on a page, in a sheet or for programs."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from chalicelib.domain.money import parse_pounds
from chalicelib.services import publications
from tests.reports.pages import HtmlPage
from tests.services.large_offices import publisher, staffordshire

PAGES = {
    "fund": "index.html",
    "lead_recipient": "partners.html",
    "grant": "index.html",
    "category": "index.html",
    "partner": "partners.html",
    "financial_year": "periods.html",
}
"""Where the table by a dimension stands."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    context = publisher(
        staffordshire(tmp_path_factory.mktemp("office")),
        datetime(2024, 4, 1, 5, 0, tzinfo=UTC),
        publication_note="Some <b>figures</b> are made up.",
    )
    publication = publications.publish(context)
    folder = publications.key_of(publication.id, "")
    return {key.removeprefix(folder): context.objects.get(key) for key in context.objects.list(folder)}


@pytest.fixture(scope="module")
def site(files: dict[str, bytes]) -> dict[str, HtmlPage]:
    return {name: HtmlPage(content.decode()) for name, content in files.items() if name.endswith(".html")}


def test_what_somebody_typed_stays_text(files: dict[str, bytes]) -> None:
    assert b"Some &lt;b&gt;figures&lt;/b&gt; are made up." in files["index.html"]
    assert b"Hanley, Stoke &amp; Partners &lt;trust&gt;" in files["partners.html"]
    assert not any(b"<trust>" in content or b"<b>" in content for name, content in files.items() if name.endswith(".html"))


def test_staffordshire_reads_at_least_3_032_000(site: dict[str, HtmlPage]) -> None:
    row = next(row for row in site["partners.html"].tables["table-lead_recipient"] if row[0] == "Staffordshire Commissioner's Office")

    assert row[1] == "at least £3,032,000.00"


def test_an_award_that_is_not_known_exactly_is_marked_with_its_note(site: dict[str, HtmlPage]) -> None:
    assert site["grants.html"].tables["table-known"][1:] == [
        [
            "Safer Streets Fund round 1, Staffordshire",
            "Staffordshire Commissioner's Office",
            "2020-21",
            "at least £1,000,000.00",
            "Announced as “more than one million pounds”.",
        ],
        [
            "Safety of Women at Night Fund, Staffordshire",
            "Staffordshire Commissioner's Office",
            "2021-22",
            "about £300,000.00",
            "Announced as £300k.",
        ],
    ]


def test_an_award_that_is_allocated_to_the_last_penny_leaves_its_mark_on_what_is_allocated(site: dict[str, HtmlPage]) -> None:
    rows = {row[0]: row for row in site["index.html"].tables["table-fund"]}

    assert rows["Safety of Women at Night Fund"][1:3] == ["about £300,000.00", "about £300,000.00"]
    assert rows["Safer Streets Fund round 1"][1:3] == ["at least £1,000,000.00", "£900,000.00"]  # a part of it: exactly that
    assert rows["Total"][1:3] == ["at least £3,852,000.00", "about £2,742,000.00"]


def test_a_measure_has_one_name_wherever_it_stands(site: dict[str, HtmlPage], files: dict[str, bytes]) -> None:
    names = site["index.html"].texts["dt"]

    assert names == ["Awarded", "Spent", "Committed", "Accrued", "Available", "Unallocated"]
    assert site["index.html"].texts["dd"][-2] == "at least £1,110,000.00"
    assert not any(b"Not yet allocated" in content for content in files.values())


def test_an_award_is_told_from_its_first_acceptance_to_now(site: dict[str, HtmlPage], files: dict[str, bytes]) -> None:
    rows = site["grants.html"].tables["table-awards"]
    told = rows[rows.index(["Safer Streets Fund round 5, Warwickshire"]) :][1:4]

    assert told == [
        ["2023-24", "£465,000.00", "£0.00", "£465,000.00"],
        ["2024-25", "£535,000.00", "\N{MINUS SIGN}£180,000.00", "£355,000.00"],
        ["Subtotal", "£1,000,000.00", "\N{MINUS SIGN}£180,000.00", "£820,000.00"],
    ]
    assert rows[-1] == ["Total", "at least £4,032,000.00", "\N{MINUS SIGN}£180,000.00", "at least £3,852,000.00"]
    (award,) = (each for each in json.loads(files["summary.json"])["awards"] if each["variations"])
    assert (award["accepted_pence"], award["awarded_pence"]) == (100_000_000, 82_000_000)


def test_a_variation_is_published_with_its_date_notice_and_reason(site: dict[str, HtmlPage], files: dict[str, bytes]) -> None:
    reason = "The Home Office reduced every area's second year"

    assert site["grants.html"].tables["table-variations"][1:] == [
        ["Safer Streets Fund round 5, Warwickshire"],
        ["14 December 2023", "Reduction", "2024-25", "\N{MINUS SIGN}£180,000.00", "HO letter", reason],
    ]
    (award,) = (each for each in json.loads(files["summary.json"])["awards"] if each["variations"])
    assert award["variations"] == [
        {
            "dated": "2023-12-14",
            "kind": "reduction",
            "notice_reference": "HO letter",
            "reason": reason,
            "changes": [{"financial_year": "2024-25", "nature": "not_stated", "change_pence": -18_000_000}],
            "ends": None,
        }
    ]


def test_a_lead_recipients_categories_add_up_to_its_own_row(site: dict[str, HtmlPage], files: dict[str, bytes]) -> None:
    assert site["partners.html"].tables["table-lead_recipient-category"][1:6] == [
        ["Staffordshire Commissioner's Office"],
        ["CCTV", "£642,000.00", "£200,000.00"],
        ["Street lighting", "£1,390,000.00", "£797,400.00"],
        ["Training", "about £300,000.00", "£1,188.00"],
        ["Subtotal", "about £2,332,000.00", "£998,588.00"],
    ]
    data = json.loads(files["summary.json"])
    whole = {line["id"]: line["pence"] for line in data["by_lead_recipient"]["rows"]}
    for each in data["by_lead_recipient_and_category"]:
        for measure in each["measures"]:
            assert sum(line["pence"][measure] for line in each["rows"]) == whole[each["lead_recipient"]][measure]


def test_the_sheet_has_a_row_for_each_lead_recipient_and_category(files: dict[str, bytes]) -> None:
    sheet = list(csv.DictReader(io.StringIO(files["summary.csv"].decode("utf-8-sig"), newline="")))
    rows = [row for row in sheet if row["group_by"] == "lead_recipient,category"]

    assert (rows[0]["id"], rows[0]["name"]) == ("staffordshire,cctv", "Staffordshire Commissioner's Office: CCTV")
    assert sum(parse_pounds(row["allocated_pounds"]) for row in rows) == 274_200_000


def test_what_a_partner_delivers_is_told_in_one_line(site: dict[str, HtmlPage]) -> None:
    assert [row[:2] for row in site["partners.html"].tables["table-partner"]] == [
        ["Delivery partner", "Allocated"],
        ["Hanley, Stoke & Partners <trust>", "about £310,000.00"],
        ["Staffordshire Commissioner's Office", "£2,032,000.00"],
        ["Warwickshire Police and Crime Commissioner", "£400,000.00"],
        ["Total", "about £2,742,000.00"],
    ]


def test_the_initiatives_have_a_total(site: dict[str, HtmlPage]) -> None:
    assert site["initiatives.html"].tables["table-initiatives"][-1] == ["Total", "about £2,742,000.00", "£1,048,588.05", ""]


def test_money_that_was_only_offered_is_nowhere(files: dict[str, bytes]) -> None:
    assert not any(b"999,999" in content or b"99999999" in content for content in files.values())


def test_every_table_adds_up_and_says_the_same_in_every_file(site: dict[str, HtmlPage], files: dict[str, bytes]) -> None:
    data = json.loads(files["summary.json"])
    sheet = list(csv.DictReader(io.StringIO(files["summary.csv"].decode("utf-8-sig"), newline="")))
    total = next(row for row in sheet if row["group_by"] == "total")
    for by in PAGES:
        table, rows = data[f"by_{by}"], [row for row in sheet if row["group_by"] == by]
        shown = {row[0]: row for row in site[PAGES[by]].tables[f"table-{by}"]}
        for measure in table["measures"]:
            pence = [row["pence"][measure] for row in table["rows"]]
            assert [parse_pounds(row[f"{measure}_pounds"]) for row in rows] == pence
            assert sum(pence) == table["total"]["pence"][measure] == parse_pounds(total[f"{measure}_pounds"])
            heading = site[PAGES[by]].tables[f"table-{by}"][0]
            if measure.capitalize() in heading:
                column = heading.index(measure.capitalize())
                for line in (*table["rows"], table["total"]):
                    if line["name"] in shown:
                        assert (
                            parse_pounds(shown[line["name"]][column].removeprefix("at least ").removeprefix("about "))
                            == line["pence"][measure]
                        )


def test_the_awarded_money_is_the_sum_of_its_parts(files: dict[str, bytes]) -> None:
    total = json.loads(files["summary.json"])["total"]["pence"]

    assert total["awarded"] == 385_200_000
    assert total["awarded"] == sum(total[part] for part in ("spent", "committed", "accrued", "available", "unallocated"))


def test_closed_quarters_are_shown_as_reported_as_corrected_and_with_the_difference(site: dict[str, HtmlPage]) -> None:
    assert site["periods.html"].tables["table-closed-quarters"] == [
        ["Quarter", "Spent, as reported", "Spent, as corrected", "Difference"],
        ["Safety of Women at Night Fund, Staffordshire"],
        ["2021-22 Q1", "£0.00", "£0.00", "£0.00"],
        ["2021-22 Q2", "£0.00", "£0.00", "£0.00"],
        ["2021-22 Q3", "£0.00", "£0.00", "£0.00"],
        ["2021-22 Q4", "£1,200.00", "£1,188.00", "\N{MINUS SIGN}£12.00"],
        ["Subtotal", "£1,200.00", "£1,188.00", "\N{MINUS SIGN}£12.00"],
        ["Total", "£1,200.00", "£1,188.00", "\N{MINUS SIGN}£12.00"],
    ]


def test_closed_quarters_say_the_same_in_every_file_and_add_up(files: dict[str, bytes]) -> None:
    closed = json.loads(files["summary.json"])["closed_quarters"]
    sheet = list(csv.DictReader(io.StringIO(files["summary.csv"].decode("utf-8-sig"), newline="")))
    assert [row["record"] for row in closed["rows"]] == [8, 10, 12, 14]
    for name in ("as_reported", "as_corrected", "difference"):
        rows = [row for row in sheet if row["group_by"] == f"grant,quarter,{name}"]
        assert [row["id"] for row in rows] == [f"{row['grant']},{row['quarter']}" for row in closed["rows"]]
        for measure in closed["measures"]:
            pence = [row[f"{name}_pence"][measure] for row in closed["rows"]]
            assert [parse_pounds(row[f"{measure}_pounds"]) for row in rows] == pence
            assert sum(pence) == closed["total"][f"{name}_pence"][measure]
        assert {row["awarded_pounds"] for row in rows} == {""}
    total = closed["total"]
    for measure in closed["measures"]:
        assert total["as_reported_pence"][measure] + total["difference_pence"][measure] == total["as_corrected_pence"][measure]
