"""The pages about the publication itself: earlier ones, its files, how to check them, and how to read it, in English and in Welsh."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.measures import MEASURES
from chalicelib.domain.publication_ids import place_of
from chalicelib.domain.summaries import Dimension
from chalicelib.reports.site.language import ENGLISH, WELSH, Language
from chalicelib.reports.site.pages import Link, Page, Site
from chalicelib.reports.tombstone import TOMBSTONE
from chalicelib.reports.words import day, kilobytes

ABOUT = {
    "summary.csv": "Every table of these pages for a spreadsheet",
    "summary.json": "Every table of these pages for programs, with what each figure means",
    "grants-made.csv": "Crime and disorder reduction grants made, for a spreadsheet",
    "grants-made.json": "The same for programs, with what of it is withheld and how both lists come to what was spent",
    "spending-over-500.csv": "Other spending over £500, for a spreadsheet",
    "spending-over-500.json": "The same for programs, with what of it is withheld and how both lists come to what was spent",
    "360giving.csv": "The grants made as 360Giving data, for a spreadsheet",
    "360giving.xlsx": "The same as a workbook, with a sheet on who publishes it and under which licence",
    "360giving.json": "The grants made as 360Giving data, for programs",
    "entries.json": "Every entry, with the pence that it adds, for adding the figures up",
    "figures.json": "Every figure, with which entries it is the sum of and where it is shown",
    "changes.csv": "What has changed since the earlier publication, for a spreadsheet",
    "changes.json": "What has changed since the earlier publication, with the entries and the reasons, for programs",
    "datapackage.json": "What each column of each CSV file holds, as a Frictionless Data Package",
    "verify_publication.py": "The check: a program that holds all of these files against one another",
    "chart-funds.csv": "The chart of what became of the awards, by fund",
    "chart-fund-years.csv": "The charts of what became of the awards, by fund and year",
    "chart-categories.csv": "The chart of what was spent, by category",
    "chart-quarters.csv": "The chart of what was spent, quarter by quarter",
    "chart-reported.csv": "The chart of closed quarters, as reported and as corrected",
}
"""What each data file holds. A publication's data file that is not here has no words on the page of downloads: an error."""


_MANIFEST = "How far the ledger had come, what each file comes to, and the SHA-256 of every file"


def earlier(site: Site) -> Iterator[Page]:
    """Every publication before this one, and those that were withdrawn."""
    links = (Link(href=f"../{each}/index.html", text=f"{each}, made on {day(place_of(each)[0])}") for each in site.contents.earlier)
    gone = (
        Link(href=f"../{each}/{TOMBSTONE}", text=f"{each}, of {day(place_of(each)[0])}: why (JSON)") for each in site.contents.withdrawn
    )
    yield Page(
        name="publications.html",
        title="All publications",
        template="publications.html",
        menu="publications.html",
        values={"earlier": tuple(links), "withdrawn": tuple(gone)},
    )


def downloads(site: Site) -> Iterator[Page]:
    """Every data file, and the manifest."""
    files = [Link(href=name, text=f"{ABOUT[name]} ({_kind(name)}, {kilobytes(size)})") for name, size in site.sizes.items()]
    files.append(Link(href="manifest.json", text=f"{_MANIFEST} (JSON)"))
    yield Page(name="downloads.html", title="Downloads", template="downloads.html", menu="downloads.html", values={"files": tuple(files)})


_PROOFS = ("manifest.json", "figures.json", "entries.json", "changes.json")


def checking(site: Site) -> Iterator[Page]:
    """How anybody can check the figures. The examples are of a fund of the office's own, and a year that it has money in."""
    years = site.figures.within(Dimension.FUND, Dimension.FINANCIAL_YEAR)
    fund_id, year = next(((fund_id, lines[0].id) for fund_id, lines in years.items() if lines), ("FUND", "YEAR"))
    yield Page(
        name="checking.html",
        title="How to check the figures",
        template="checking.html",
        menu="checking.html",
        values={
            "words": site.contents.funds[fund_id].title if years else "Total",
            "example": f"fund={fund_id} financial_year={year}",
            "compared_with": site.compared.earlier.publication if site.compared else "",
            "files": tuple(Link(href=name, text=ABOUT.get(name, _MANIFEST)) for name in _PROOFS),
        },
    )


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
