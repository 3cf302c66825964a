"""The overview: the figures in words, the headlines, and the tables and charts that lead to every fund, grant and category."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.domain.measures import MEASURES
from chalicelib.domain.summaries import Dimension
from chalicelib.domain.values import Struct
from chalicelib.reports.contents import Contents, Line, Table
from chalicelib.reports.site.charts import Chart, money_bars, spent_bars
from chalicelib.reports.site.in_words import coverage, sentences
from chalicelib.reports.site.language import ENGLISH
from chalicelib.reports.site.pages import Page, Site, category_page, fund_page, grant_page
from chalicelib.reports.site.tables import SHOWN, SHOWN_OF_INITIATIVES, Grid, Shape, amount, figures_grid
from chalicelib.reports.words import counted, money

TITLE = "Safer streets grants: awards and spending"

_HEADLINES = ("awarded", "spent", "committed", "accrued", "available", "unallocated")
"""The measures at the top: what was awarded, and the five parts that it falls into."""


class Headline(Struct, frozen=True, kw_only=True):
    """A measure at the top of a page, with its meaning."""

    name: str
    text: str
    mark: str
    meaning: str
    figure: str


def headlines(line: Line, figures: str, names: Iterable[str] = _HEADLINES) -> tuple[Headline, ...]:
    """The headline figures of a line, whose id in figures.json is given."""
    each = ((name, amount(line.figures[name], line.basis(name), f"{figures}.{name}")) for name in names)
    return tuple(
        Headline(name=name.capitalize(), text=cell.text, mark=cell.mark, meaning=MEASURES[name].meaning, figure=cell.figure)
        for name, cell in each
    )


def overview(site: Site) -> Iterator[Page]:
    """The first page."""
    contents = site.contents
    yield Page(
        name="index.html",
        title=TITLE,
        template="overview.html",
        menu="index.html",
        values={
            "sentences": tuple(sentences(site, ENGLISH)),
            "suspended": counted(contents.suspended_documents, "document") if contents.suspended_documents else "",
            "suspended_pence": money(contents.suspended_pence),
            "coverage": tuple(coverage(contents, ENGLISH)),
            "figures": headlines(contents.total, "total"),
            "funds": fund_chart(contents),
            "by_fund": fund_grid(contents),
            "categories": category_chart(contents),
            "by_category": category_grid(contents),
            "by_lead_recipient": lead_recipient_grid(contents),
            "by_grant": grant_grid(contents),
        },
    )


def table_by(contents: Contents, by: Dimension) -> Table:
    """The publication's own table by a dimension."""
    return next(table for table in contents.tables if table.by is by)


def fund_grid(contents: Contents) -> Grid:
    """The funds, each leading to its page."""
    table = table_by(contents, Dimension.FUND)
    shape = Shape(name="fund", caption="Awards and spending by fund", subject="Fund", figures=table.by)
    return figures_grid(shape, table.lines, table.total, fund_page)


def grant_grid(contents: Contents) -> Grid:
    """The grants, each leading to its page."""
    table = table_by(contents, Dimension.GRANT)
    shape = Shape(name="grant", caption="Awards and spending by grant", subject="Grant", measures=SHOWN, figures=table.by)
    return figures_grid(shape, table.lines, table.total, grant_page)


def lead_recipient_grid(contents: Contents) -> Grid:
    """Whom grants were awarded to."""
    table = table_by(contents, Dimension.LEAD_RECIPIENT)
    shape = Shape(name="lead_recipient", caption="Awards and spending by lead recipient", subject="Lead recipient", figures=table.by)
    return figures_grid(shape, table.lines, table.total)


def category_grid(contents: Contents) -> Grid:
    """The categories, each leading to its page."""
    table = table_by(contents, Dimension.CATEGORY)
    shape = Shape(name="category", caption="Spending by category", subject="Category", measures=SHOWN_OF_INITIATIVES, figures=table.by)
    return figures_grid(shape, table.lines, table.total, category_page)


def fund_chart(contents: Contents) -> Chart:
    """What became of each fund's awards."""
    groups = tuple(money_bars(line) for line in table_by(contents, Dimension.FUND).lines)
    return Chart(name="funds", title="What became of the awards, by fund", of="Fund", groups=groups)


def category_chart(contents: Contents) -> Chart:
    """What was spent on each category, most first."""
    lines = sorted(table_by(contents, Dimension.CATEGORY).lines, key=lambda line: -line.figures["spent"])
    groups = tuple(spent_bars(line) for line in lines if line.id or line.figures["spent"])
    return Chart(name="categories", title="Spent, by category", of="Category", groups=groups)
