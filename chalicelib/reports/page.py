"""index.html: the publication for people. One file: no scripts, nothing fetched, readable by ear, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.measures import MEASURES
from chalicelib.domain.variations import Basis
from chalicelib.reports.chart import CHART_TITLE, chart
from chalicelib.reports.contents import Contents
from chalicelib.reports.html import Markup, element, joined, void
from chalicelib.reports.page_style import STYLE
from chalicelib.reports.page_tables import figures_table, initiatives_table, known_table, uncertain_lines
from chalicelib.reports.words import counted, day, kilobytes, marked

TITLE = "Safer streets grants: awards and spending"

_HEADLINES = {
    "awarded": "Awarded",
    "spent": "Spent",
    "committed": "Committed",
    "accrued": "Accrued",
    "available": "Available",
    "unallocated": "Not yet allocated",
}
"""The measures at the top: what was awarded, and the five parts that it falls into."""


def page(contents: Contents, sizes: Mapping[str, int]) -> bytes:
    """The file. `sizes` are the data files' in bytes, by name."""
    head = joined(
        void("meta", charset="utf-8"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{TITLE}, {day(contents.publication.on)} - {contents.office}"),
        element("style", Markup(STYLE)),
    )
    body = joined(
        element("a", "Skip to main content", class_="skip", href="#main"),
        element("header", element("div", element("p", contents.office), class_="wide")),
        element("main", *_sections(contents, sizes), id="main", class_="wide"),
        element("footer", element("div", _stamp(contents), class_="wide")),
    )
    html = element("html", element("head", head), element("body", body), lang="en-GB")
    return f"<!DOCTYPE html>\n{html}\n".encode()


def _sections(contents: Contents, sizes: Mapping[str, int]) -> tuple[Markup, ...]:
    by_fund, *others = contents.tables
    return (
        element("h1", TITLE),
        _lead(contents),
        _notice(contents.note),
        _section("Headline figures", "headline", _headline(contents)),
        _section(by_fund.title, "fund", _chart(contents), figures_table(by_fund)),
        *(_section(table.title, table.by.replace("_", "-"), figures_table(table)) for table in others),
        _section("What the money pays for", "initiatives", initiatives_table(contents)),
        _known(contents),
        _section("What the figures mean", "meanings", _meanings()),
        _section("Download the data", "files", _files(sizes)),
    )


def _section(title: str, name: str, *inside: str) -> Markup:
    return element("section", element("h2", title, id=name), *inside, aria_labelledby=name)


def _lead(contents: Contents) -> Markup:
    made = day(contents.publication.on)
    return element(
        "p",
        "Home Office grants that make streets safer: what was awarded, what the money pays for, and how much of it has been spent, ",
        "as recorded on ",
        element("time", made, datetime=str(contents.publication.on)),
        ".",
        class_="lead",
    )


def _notice(note: str) -> Markup:
    return element("div", element("p", element("strong", "Please note: "), note), class_="notice", role="note") if note else joined()


def _headline(contents: Contents) -> Markup:
    total = contents.total
    described = []
    for measure, label in _HEADLINES.items():
        words = marked(total.figures[measure], total.awarded_basis if measure == "awarded" else Basis.EXACT)
        figure = element("dd", words, class_="figure")
        described.append(element("div", element("dt", label), figure, element("dd", MEASURES[measure].meaning)))
    return joined(
        element("dl", *described, class_="headline"),
        element("p", "The amount awarded is the sum of the other five figures."),
    )


def _chart(contents: Contents) -> Markup:
    caption = element("figcaption", element("strong", CHART_TITLE), ". The table after the chart has the same figures.")
    return element("figure", caption, chart(contents))


def _known(contents: Contents) -> Markup:
    if not uncertain_lines(contents):
        return joined()
    why = (
        "Some awards were published only in round figures, or as more than an amount. Sums that hold one of them are marked: "
        "“about” where it was rounded, “at least” where only the least amount is known."
    )
    return _section("Awards that are not known exactly", "known", element("p", why), known_table(contents))


def _meanings() -> Markup:
    words = (joined(element("dt", name.capitalize()), element("dd", measure.meaning)) for name, measure in MEASURES.items())
    return element("dl", *words, class_="meanings")


def _files(sizes: Mapping[str, int]) -> Markup:
    files = (
        ("summary.csv", f"Every table on this page for a spreadsheet, in pounds (CSV, {kilobytes(sizes['summary.csv'])})"),
        ("summary.json", f"Every table on this page for programs, in pence (JSON, {kilobytes(sizes['summary.json'])})"),
        ("manifest.json", "What this publication was made from, and how to check it (JSON)"),
    )
    items = (element("li", element("a", name, href=name), ": ", about) for name, about in files)
    return element("ul", *items, class_="files")


def _stamp(contents: Contents) -> Markup:
    publication = contents.publication
    records = sum(at.seq for at in contents.heads.values())
    return element(
        "p",
        f"Publication {publication.id}, made on {day(publication.on)} from ",
        f"{counted(records, 'record')} in the ledger. The ",
        element("a", "ledger position is in the manifest", href="manifest.json"),
        ", with a SHA-256 for every file. A publication is never changed: later figures are published as another one.",
        class_="stamp",
    )
