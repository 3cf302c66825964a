"""index.html: the publication for people. One file: no scripts, nothing fetched, readable by ear, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.domain.measures import MEASURES
from chalicelib.domain.summaries import Dimension
from chalicelib.reports.chart import CHART_TITLE, chart
from chalicelib.reports.contents import Contents, Table
from chalicelib.reports.html import Markup, element, joined, void
from chalicelib.reports.page_awards import awards_tables
from chalicelib.reports.page_quarters import closed_quarters_table
from chalicelib.reports.page_style import STYLE
from chalicelib.reports.page_tables import categories_table, figures_table, initiatives_table, known_table, uncertain_lines
from chalicelib.reports.words import counted, day, kilobytes, marked, money

TITLE = "Safer streets grants: awards and spending"

_HEADLINES = ("awarded", "spent", "committed", "accrued", "available", "unallocated")
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
        _suspended(contents),
        _section("Headline figures", "headline", _headline(contents)),
        _section(by_fund.title, "fund", _chart(contents), figures_table(by_fund)),
        *(part for table in others for part in _tabled(contents, table)),
        _closed_quarters(contents),
        _section("What the money pays for", "initiatives", initiatives_table(contents)),
        _known(contents),
        _section("What the figures mean", "meanings", _meanings()),
        _section("Download the data", "files", _files(sizes)),
    )


def _tabled(contents: Contents, table: Table) -> Iterator[Markup]:
    yield _section(table.title, table.by.replace("_", "-"), figures_table(table))
    if table.by is Dimension.LEAD_RECIPIENT:
        yield _section("By lead recipient and category", "lead-recipient-category", categories_table(contents))
    if table.by is Dimension.GRANT:
        yield _section("How each award came about", "awards", awards_tables(contents))


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


def _suspended(contents: Contents) -> Markup:
    if not contents.suspended_documents:
        return joined()
    documents = counted(contents.suspended_documents, "document")
    what = f"{documents} of the office's ledger, {money(contents.suspended_pence)} in all, could not be entered yet: no figure has them."
    return element("div", element("p", what), class_="notice", role="note")


def _headline(contents: Contents) -> Markup:
    total = contents.total
    described = []
    for measure in _HEADLINES:
        figure = element("dd", marked(total.figures[measure], total.basis(measure)), class_="figure")
        described.append(element("div", element("dt", measure.capitalize()), figure, element("dd", MEASURES[measure].meaning)))
    return joined(
        element("dl", *described, class_="headline"),
        element("p", "The amount awarded is the sum of the other five figures."),
    )


def _chart(contents: Contents) -> Markup:
    caption = element("figcaption", element("strong", CHART_TITLE), ". The table after the chart has the same figures.")
    return element("figure", caption, chart(contents))


def _closed_quarters(contents: Contents) -> Markup:
    if not contents.closed_quarters:
        return joined()
    why = (
        "When a quarter of a grant is closed, its figures are reported and never change. What comes to light later is recorded "
        "with a later date, and shows here as the difference. Quarters that were never closed are left out."
    )
    return _section("Closed quarters", "closed-quarters", element("p", why), closed_quarters_table(contents))


def _known(contents: Contents) -> Markup:
    if not uncertain_lines(contents):
        return joined()
    why = (
        "Some awards were published only in round figures, or as more than an amount. Sums that hold one of them are marked: "
        "“about” where it was rounded, “at least” where only the least amount is known. Where such an award is allocated to the "
        "last penny, what is allocated and available of it is no better known, and is marked alike; where some of it is left, "
        "it is the unallocated part."
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
