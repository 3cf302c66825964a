"""The pages about the publication itself: earlier ones, its files, and how to read it, in English and in Welsh."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.measures import MEASURES
from chalicelib.domain.publications import place_of
from chalicelib.reports.site.language import ENGLISH, WELSH, Language
from chalicelib.reports.site.pages import Link, Page, Site
from chalicelib.reports.words import day, kilobytes

ABOUT = {
    "summary.csv": "Every table of these pages for a spreadsheet",
    "summary.json": "Every table of these pages for programs, with what each figure means",
    "chart-funds.csv": "The chart of what became of the awards, by fund",
    "chart-fund-years.csv": "The charts of what became of the awards, by fund and year",
    "chart-categories.csv": "The chart of what was spent, by category",
    "chart-quarters.csv": "The chart of what was spent, quarter by quarter",
    "chart-reported.csv": "The chart of closed quarters, as reported and as corrected",
}
"""What each data file holds. A publication's data file that is not here has no words on the page of downloads: an error."""


def earlier(site: Site) -> Iterator[Page]:
    """Every publication before this one."""
    links = (Link(href=f"../{each}/index.html", text=f"{each}, made on {day(place_of(each)[0])}") for each in site.contents.earlier)
    yield Page(
        name="publications.html",
        title="All publications",
        template="publications.html",
        menu="publications.html",
        values={"earlier": tuple(links)},
    )


def downloads(site: Site) -> Iterator[Page]:
    """Every data file, and the manifest."""
    files = [Link(href=name, text=f"{ABOUT[name]} ({_kind(name)}, {kilobytes(size)})") for name, size in site.sizes.items()]
    files.append(Link(href="manifest.json", text="What this publication was made from, and how to check it (JSON)"))
    yield Page(name="downloads.html", title="Downloads", template="downloads.html", menu="downloads.html", values={"files": tuple(files)})


def _kind(name: str) -> str:
    return name.rpartition(".")[2].upper()


_NAMES: dict[str, str] = {ENGLISH.code: "how-to-read.html", WELSH.code: "how-to-read.cy.html"}


def reading(_site: Site) -> Iterator[Page]:
    """How to read the pages, in each language that it is written in."""
    for language in (ENGLISH, WELSH):
        yield Page(
            name=_NAMES[language.code],
            title="How to read this",
            template="reading.html",
            menu=_NAMES[ENGLISH.code],
            values={"measures": tuple(MEASURES.values())},
            language=language,
            twins=tuple(_twins(language)),
        )


def _twins(language: Language) -> Iterator[tuple[Language, str]]:
    for other in (ENGLISH, WELSH):
        if other is not language:
            yield other, _NAMES[other.code]
