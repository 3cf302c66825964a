"""The public site: every page is one that everybody can read, and says what the data files say."""

import csv
import io
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from chalicelib.context import Context
from chalicelib.domain.cells import Counter
from chalicelib.domain.initiatives import Milestone, Output
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.money import decimal_pounds, parse_pounds
from chalicelib.domain.values import replace
from chalicelib.reports.giving import LICENCE
from chalicelib.reports.site import KINDS
from chalicelib.reports.site.about import ABOUT
from chalicelib.reports.site.charts import Bar, Bars, Chart
from chalicelib.reports.site.in_words import share_of
from chalicelib.reports.site.language import ENGLISH, WELSH, Untranslated
from chalicelib.reports.site.style import COMPILED
from chalicelib.reports.site.welsh import MESSAGES
from chalicelib.services import entries, publications, registers
from tests.reports.pages import HtmlPage
from tests.services.large_offices import publisher, staffordshire

MARCH, APRIL = datetime(2024, 3, 1, 5, 0, tzinfo=UTC), datetime(2024, 4, 1, 5, 0, tzinfo=UTC)
MINUS = "\N{MINUS SIGN}"
AMOUNT = re.compile(rf"{MINUS}?£[0-9,]+\.[0-9]{{2}}")


class Published:
    """Two publications, a month apart: the files of the second, its pages taken apart, and the data files of both."""

    def __init__(self, folder: Path) -> None:
        office = staffordshire(folder)
        registers.amend_initiative(
            office.context(),
            "hanley-lighting",
            lambda held: replace(
                held,
                description="New lamps <where> it was dark.",
                planned_start=date(2020, 7, 1),
                actual_start=date(2020, 7, 6),
                milestones=(Milestone(name="Columns up", planned=date(2020, 9, 1)),),
                outputs=(Output(name="Lamp columns", unit="columns", target=1_200, actual=1_150),),
            ),
            None,
        )
        first = publications.publish(publisher(office, MARCH, publication_note="Some figures are made up.", giving_prefix="360G-example"))
        entries.refund(office.context(), "ssf-1-staffordshire.6", date(2020, 12, 1), 100_00, "CN 5", "One more lantern")
        self.context = publisher(office, APRIL, publication_note="Some figures are made up.", giving_prefix="360G-example")
        second = publications.publish(self.context)
        self.id = second.id
        folder_of = publications.key_of(second.id, "")
        self.files = {key.removeprefix(folder_of): self.context.objects.get(key) for key in self.context.objects.list(folder_of)}
        self.pages = {name: HtmlPage(content.decode()) for name, content in self.files.items() if name.endswith(".html")}
        self.data = json.loads(self.files["summary.json"])
        self.before = json.loads(self.context.objects.get(publications.key_of(first.id, "summary.json")))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published(tmp_path_factory.mktemp("office"))


def sheet(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_there_is_a_page_for_everything_that_money_went_to(published: Published) -> None:
    assert sorted(published.pages) == [
        "category-alley-gates.html",
        "category-cctv.html",
        "category-street-lighting.html",
        "category-training.html",
        "changes.html",
        "checking.html",
        "downloads.html",
        "fund-ssf-1.html",
        "fund-ssf-2.html",
        "fund-ssf-3.html",
        "fund-ssf-4.html",
        "fund-ssf-5.html",
        "fund-swan.html",
        "grant-ssf-1-staffordshire.html",
        "grant-ssf-2-staffordshire.html",
        "grant-ssf-3-staffordshire.html",
        "grant-ssf-4-staffordshire.html",
        "grant-ssf-5-warwickshire.html",
        "grant-swan-staffordshire.html",
        "grants-made-2021-22.html",
        "grants-made-2023-24.html",
        "grants-made.html",
        "grants.html",
        "how-to-read.cy.html",
        "how-to-read.html",
        "index.html",
        "initiative-1.html",
        "initiative-2.html",
        "initiative-3.html",
        "initiative-4.html",
        "initiatives.html",
        "partners.html",
        "periods.html",
        "places.html",
        "publications.html",
        "spending-over-500-2020-21.html",
        "spending-over-500-2022-23.html",
        "spending-over-500-2023-24.html",
        "spending-over-500.html",
    ]
    assert len(KINDS) == 17


def test_every_page_has_a_language_one_main_part_and_one_main_heading(published: Published) -> None:
    for name, page in published.pages.items():
        assert page.all("html") == [{"lang": "cy" if name.endswith(".cy.html") else "en-GB", "class": "govuk-template"}]
        assert (len(page.all("h1")), len(page.all("main")), len(page.all("header")), len(page.all("footer"))) == (1, 1, 1, 1), name
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels)), name
        assert all(text.strip() for tag in ("h1", "h2", "title", "a", "th", "caption") for text in page.texts.get(tag, ())), name


def test_every_page_has_a_title_of_its_own(published: Published) -> None:
    titles = [page.texts["title"][0] for page in published.pages.values()]

    assert sorted({each for each in titles if titles.count(each) > 1}) == []
    assert published.pages["index.html"].texts["title"][0] == (
        "Safer streets grants: awards and spending, 1 April 2024 - Example Commissioner's Office"
    )
    assert published.pages["fund-swan.html"].texts["title"][0] == (
        "Safety of Women at Night Fund (fund swan) - Safer streets grants, 1 April 2024 - Example Commissioner's Office"
    )


def test_no_page_runs_anything_and_none_fetches_more_than_its_style(published: Published) -> None:
    for name, page in published.pages.items():
        for tag in ("script", "iframe", "img", "object", "form", "style"):
            assert page.all(tag) == [], name
        assert page.all("link") == [
            {"rel": "stylesheet", "href": "style.css"},
            {"rel": "alternate", "type": "application/atom+xml", "title": page.all("link")[1]["title"], "href": "../../feed.atom"},
            {"rel": "latest-version", "type": "application/json", "href": "../../latest"},
        ]
        assert not any(attribute.startswith("on") or attribute in ("src", "style") for _, each in page.elements for attribute in each)
    assert b"url(" not in published.files["style.css"]
    assert b"@import" not in published.files["style.css"]


def test_every_link_leads_to_a_file_of_the_publication_or_to_an_earlier_one(published: Published) -> None:
    for name, page in published.pages.items():
        for attributes in page.all("a"):
            file, _, anchor = attributes["href"].partition("#")
            if file in ("../2024-03-01-1/index.html", "../../feed.atom", "../../latest", LICENCE):
                continue
            assert file in published.files or not file, f"{name} leads to {file}"
            assert not anchor or anchor in published.pages[file or name].ids, f"{name} leads to {attributes['href']}"


def test_every_page_says_under_which_licence_it_may_be_used_and_how_it_is_checked(published: Published) -> None:
    for name, page in published.pages.items():
        assert [each["href"] for each in page.all("a") if each.get("rel") == "license"] == [LICENCE], name
        assert "checking.html" in [each["href"] for each in page.all("a")], name


def test_every_page_leads_to_the_feed_of_new_publications(published: Published) -> None:
    for name, page in published.pages.items():
        assert {"../../feed.atom"} <= {each["href"] for each in page.all("a")}, name
    assert published.pages["index.html"].all("link")[1]["title"] == "Example Commissioner's Office: new publications"
    assert published.pages["how-to-read.cy.html"].all("link")[1]["title"] == "Example Commissioner's Office: cyhoeddiadau newydd"


def test_a_page_of_a_years_payments_names_the_year(published: Published) -> None:
    assert published.pages["grants-made-2023-24.html"].texts["h1"] == ["Crime and disorder reduction grants made, 2023-24"]
    assert published.pages["spending-over-500-2022-23.html"].texts["h1"] == ["Other spending over £500, 2022-23"]


def test_every_page_can_be_reached_from_the_first(published: Published) -> None:
    reached, waiting = {"index.html"}, ["index.html"]
    while waiting:
        for attributes in published.pages[waiting.pop()].all("a"):
            if attributes["href"] in published.pages.keys() - reached:
                reached.add(attributes["href"])
                waiting.append(attributes["href"])

    assert reached == set(published.pages)


def test_every_id_is_used_once_and_every_label_names_one(published: Published) -> None:
    for name, page in published.pages.items():
        named = {each[key] for _, each in page.elements for key in ("aria-labelledby", "aria-describedby") if key in each}
        assert len(page.ids) == len(set(page.ids)), name
        assert named <= set(page.ids), name
        regions = [each["aria-labelledby"] for each in page.all("div") if each.get("role") == "region"]
        assert len(regions) == len(page.all("table")) == len(page.all("caption")) == len(set(page.texts.get("caption", ()))), name


def test_every_heading_cell_says_what_it_heads_and_every_row_is_as_long_as_the_first(published: Published) -> None:
    for name, page in published.pages.items():
        assert {attributes.get("scope") for attributes in page.all("th")} <= {"col", "row", "rowgroup"}, name
        assert all(each["tabindex"] == "0" for each in page.all("div") if each.get("role") == "region")
        assert [each["aria-current"] for each in page.all("a") if "aria-current" in each] in (["page"], ["true"]), name


def test_each_chart_is_named_described_and_followed_by_its_table_and_file(published: Published) -> None:
    found = {}
    for page in published.pages.values():
        for chart in page.all("svg"):
            assert (chart["role"], chart["aria-describedby"]) == ("img", f"{chart['aria-labelledby']}-words")
            assert f"{chart['aria-labelledby']}.csv" in {each["href"] for each in page.all("a")}
            found[chart["aria-labelledby"]] = page.tables[f"table-{chart['aria-labelledby']}"]

    assert set(found) == {"chart-funds", "chart-fund-years", "chart-categories", "chart-quarters", "chart-reported"}
    assert found["chart-reported"][-1] == ["2021-22 Q4", "£1,200.00", "£1,188.00"]
    assert found["chart-categories"][1] == ["Street lighting", "£797,300.00"]


@pytest.mark.parametrize("name", ["chart-funds", "chart-categories", "chart-quarters", "chart-reported", "chart-fund-years"])
def test_a_charts_file_has_the_figures_of_its_table(published: Published, name: str) -> None:
    page = next(page for page in (published.pages["periods.html"], published.pages["index.html"]) if f"table-{name}" in page.tables)
    heads, *rows = page.tables[f"table-{name}"]
    shown = [(row[0], head, amount) for row in rows for head, amount in zip(heads[1:], row[1:], strict=True)]
    mark = {"exact": "", "rounded": "about ", "lower_bound": "at least "}

    assert [(*list(row.values())[:2], mark[row["basis"]], row["pounds"]) for row in sheet(published.files[f"{name}.csv"])] == [
        (group, head, text[: -len(amount)], decimal_pounds(parse_pounds(amount)))
        for group, head, text in shown
        for amount in [_amount(text)]
    ]


def _amount(text: str) -> str:
    found = AMOUNT.search(text)
    assert found
    return found[0]


def test_a_bar_of_nothing_takes_no_room() -> None:
    bars = (Bar(label="Awarded", kind="awarded", pence=100, figure=""), Bar(label="Spent", kind="spent", pence=0, figure=""))
    chart = Chart(name="x", title="X", of="Fund", groups=(Bars(name="a", bars=bars), Bars(name="b", bars=bars)))
    first, second = chart.blocks

    assert [(each.text_y, each.width) for each in first.drawn] == [("2.30em", "98.00%"), ("4.75em", "")]
    assert (second.name_y, chart.height) == ("7.15em", "12.30em")


def test_the_parts_of_a_fund_add_up_to_its_line(published: Published) -> None:
    for page, total in (("fund-ssf-4.html", "£750,000.00"), ("grant-ssf-4-staffordshire.html", "£750,000.00")):
        rows = published.pages[page].tables["table-financial_year"]
        assert rows[-1][:2] == ["Total", total]
    for name, page_ in published.pages.items():
        for table in ("financial_year", "grant", "category", "initiative", "fund", "partner", "lead_recipient"):
            if rows := page_.tables.get(f"table-{table}", []):
                for column in range(1, len(rows[0])):
                    pence = [parse_pounds(_amount(row[column])) for row in rows[1:]]
                    assert sum(pence[:-1]) == pence[-1], f"{name}, {table}, {rows[0][column]}"


def test_the_words_say_what_the_measures_say(published: Published) -> None:
    """The numbers are read back out of the sentences."""
    sentences = [text for text in published.pages["index.html"].texts["li"] if "awarded" in text or "spent" in text or "paid" in text]
    total = published.data["total"]["pence"]
    by_year = {row["id"]: row["pence"]["spent"] for row in published.data["by_financial_year"]["rows"]}
    awarded, spent, waiting, last, this = ([parse_pounds(amount.replace(",", "")) for amount in AMOUNT.findall(text)] for text in sentences)

    assert sentences == [
        "In 6 grants from 6 funds, at least £3,852,000.00 was awarded.",
        "£1,048,488.05 of it was spent, which is at most 27.2 per cent.",
        "£85,000.00 is ordered or delivered and not yet paid.",
        "In 2023-24, £50,000.05 was spent: £149,999.95 less than in the year before.",
        "In 2024-25, £0.00 has been spent so far.",
    ]
    assert awarded == [total["awarded"]]
    assert spent == [total["spent"]]
    assert waiting == [total["committed"] + total["accrued"]]
    assert last == [by_year["2023-24"], by_year["2022-23"] - by_year["2023-24"]]
    assert this == [by_year.get("2025-26", 0)]
    share = re.search(r"([0-9.]+) per cent", sentences[1])
    assert share
    assert share[1] == f"{100 * total['spent'] / total['awarded']:.1f}"
    counted = re.findall(r"([0-9]+) (?:grants|funds)", sentences[0])
    assert counted == [str(len(published.data[f"by_{each}"]["rows"])) for each in ("grant", "fund")]


def test_the_words_stand_beside_the_day_and_what_is_closed(published: Published) -> None:
    stamp = next(text for text in published.pages["index.html"].texts["p"] if text.startswith("Figures as recorded"))

    assert " ".join(stamp.split()) == (
        "Figures as recorded on 1 April 2024. Quarters of grants that are over: 28. "
        "Closed so far: 4; figures of the others may still change."
    )


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(1, 3, "33.3"), (2, 3, "66.7"), (1, 2000, "0.1"), (49, 100_000, "0.0"), (0, 5, "0.0"), (5, 5, "100.0"), (-1, 3, "-33.3")],
)
def test_a_share_is_rounded_to_one_decimal(part: int, whole: int, share: str) -> None:
    assert share_of(part, whole) == share


def test_what_changed_is_what_the_publication_before_said(published: Published) -> None:
    page = published.pages["changes.html"]

    assert page.tables["table-recorded"] == [["Kind of entry", "Number"], ["Refund", "1"]]
    for name, then, now, change in page.tables["table-measures"][1:]:
        measure = name.lower()
        assert parse_pounds(then) == published.before["total"]["pence"][measure]
        assert parse_pounds(now) == published.data["total"]["pence"][measure]
        assert change == {"refunded": "+£100.00", "spent": f"{MINUS}£100.00", "available": "+£100.00"}.get(measure, "£0.00")
    assert page.tables["table-grants"] == [
        ["Figure", "Last time", "Now", "Change"],
        ["Safer Streets Fund round 1, Staffordshire"],
        ["Spent", "£797,400.00", "£797,300.00", f"{MINUS}£100.00"],
        ["Available", "£102,600.00", "£102,700.00", "+£100.00"],
    ]


def test_the_first_publication_has_nothing_to_compare_with(published: Published) -> None:
    first = published.context.objects.get(publications.key_of("2024-03-01-1", "changes.html")).decode()

    assert "This is the first publication that has figures to compare with: there is nothing to tell." in first


def test_earlier_publications_are_listed_and_stay_so_when_made_again(published: Published) -> None:
    links = [each["href"] for each in published.pages["publications.html"].all("a") if each["href"].startswith("../2")]
    publications.publish(publisher_later(published))

    assert links == ["../2024-03-01-1/index.html"]
    assert publications.rebuild(published.context, published.id) == published.files


def publisher_later(published: Published) -> Context:
    return replace(published.context, now=datetime(2024, 5, 1, 5, 0, tzinfo=UTC))


def test_an_initiatives_page_says_what_it_may(published: Published) -> None:
    lamps, cameras = (
        next(page for page in published.pages.values() if page.texts["h1"] == [title])
        for title in ("Lamp columns in Hanley", "Cameras, Burton")
    )

    assert lamps.tables["table-milestones"] == [["Milestone", "Planned", "Reached"], ["Columns up", "1 September 2020", "Not yet"]]
    assert lamps.tables["table-outputs"] == [["Output", "Unit", "Target", "Reported"], ["Lamp columns", "columns", "1,200", "1,150"]]
    assert "From 1 July 2020" in lamps.texts["dd"]
    assert "New lamps <where> it was dark." in lamps.texts["p"]
    assert cameras.texts["dd"][2] == "Not published"
    assert "Some details of this initiative are not published, such as where cameras are." in cameras.texts["p"]


def test_places_are_named_and_where_cameras_are_is_not(published: Published) -> None:
    page = published.pages["places.html"]

    assert [row for row in page.tables["table-places"] if len(row) == 1] == [["Etruria"], ["Hanley"], ["Rugby"]]
    assert "Initiatives whose places are not published: 1. Where cameras are is withheld as a rule." in page.texts["p"]
    assert not any(b"Burton town centre" in content for content in published.files.values())


def test_every_measure_is_explained_with_its_sum(published: Published) -> None:
    page = published.pages["how-to-read.html"]
    terms, said = page.texts["dt"], page.texts["dd"]

    assert terms == [name.capitalize() for name in MEASURES]
    assert said[0::2] == [measure.meaning for measure in MEASURES.values()]
    sums = dict(zip(MEASURES, said[1::2], strict=True))
    assert sums["spent"] == f"Sum: paid + corrected {MINUS} refunded"
    for name, measure in MEASURES.items():
        signed = re.findall(rf"([+{MINUS}]) (\w+(?: \w+)*)", "+ " + sums[name].removeprefix("Sum: "))
        assert signed == [*(("+", each.replace("_", " ")) for each in measure.plus), *((MINUS, each) for each in measure.minus)]


def test_the_welsh_page_says_everything_that_the_english_one_does(published: Published) -> None:
    welsh, english = published.pages["how-to-read.cy.html"], published.pages["how-to-read.html"]

    assert [tag for tag, _ in welsh.elements] == [tag for tag, _ in english.elements]
    assert welsh.texts["h1"] == ["Sut i ddarllen hyn"]
    assert not set(welsh.texts["dd"]) & set(english.texts["dd"])
    assert not set(welsh.texts["h2"]) & set(english.texts["h2"])
    assert "1 Ebrill 2024" in welsh.texts["footer"][0]
    assert [each["hreflang"] for each in english.all("a") if "hreflang" in each] == ["cy"]


def test_the_welsh_catalogue_has_every_message_of_its_page_and_no_other(published: Published) -> None:
    templates = Path("chalicelib/reports/site/templates")
    asked = {
        text
        for name in ("layout.html", "reading.html")
        for text in re.findall(r'(?:t|heading|paragraph)\("([^"]+)"', (templates / name).read_text())
    }
    menu = {text.strip() for text in published.pages["index.html"].texts["a"][2:15]}
    measures = {text for measure in MEASURES.values() for text in (measure.name.capitalize(), measure.meaning)}
    unused = {"Above this page"}

    assert set(MESSAGES) == (asked | menu | measures | {str(counter) for counter in Counter}) - unused
    assert all(_placeholders(english) == _placeholders(welsh) for english, welsh in MESSAGES.items())


def _placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"{\w+}", text))


def test_a_message_without_a_translation_is_an_error_and_not_half_a_page() -> None:
    with pytest.raises(Untranslated, match="cy has no words for 'Lamps'"):
        WELSH.say("Lamps")
    assert ENGLISH.say("{what} & more", what="<b>") == "&lt;b&gt; &amp; more"
    assert [ENGLISH.count(number, "{count} grant", "{count} grants") for number in (1, 2_000)] == ["1 grant", "2,000 grants"]


def test_the_page_of_downloads_has_words_for_every_data_file(published: Published) -> None:
    files = {name for name in published.files if not name.endswith((".html", ".css"))}

    assert set(ABOUT) | {"manifest.json"} == files
    assert {each["href"] for each in published.pages["downloads.html"].all("a")} >= files


def test_the_style_holds_no_font_file_and_no_crest(published: Published) -> None:
    style: str = published.files["style.css"].decode()

    assert not style.startswith("\N{ZERO WIDTH NO-BREAK SPACE}")
    for word in ("GDS Transport", "@font-face", "url("):
        assert word not in style
    if COMPILED.exists():  # without npm, classes that only GOV.UK's styles know have none
        assert {name for name in _classes(published.pages) if f".{name}" not in style} == set()


def _classes(pages: Mapping[str, HtmlPage]) -> set[str]:
    used = {name for page in pages.values() for _, each in page.elements for name in each.get("class", "").split()}
    return used - {"office__name", "office__site", "govuk-template__body"}
