"""Years and quarters: the page, and the table of closed quarters as they were reported and as they are known now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from chalicelib.domain.columns import Columns, ReportedQuarter, together
from chalicelib.domain.periods import Quarter
from chalicelib.domain.summaries import Dimension
from chalicelib.domain.values import replace
from chalicelib.reports.contents import Contents
from chalicelib.reports.site.charts import Bar, Bars, Chart, money_bars, spent_bars
from chalicelib.reports.site.overview import table_by
from chalicelib.reports.site.pages import Page, Site, grant_page
from chalicelib.reports.site.tables import Body, Cell, Grid, Row, Shape, amount, changed, columns, figures_grid, texts

_MEASURE = "spent"
"""The measure that fits on a page; the data files hold every one that a quarter has."""


def periods(site: Site) -> Iterator[Page]:
    """The figures by year and by quarter."""
    contents, by_year = site.contents, table_by(site.contents, Dimension.FINANCIAL_YEAR)
    shape = Shape(name="financial_year", caption="Awards and spending by financial year", subject="Financial year", figures=by_year.by)
    yield Page(
        name="periods.html",
        title="Years and quarters",
        template="periods.html",
        menu="periods.html",
        values={
            "by_financial_year": figures_grid(shape, by_year.lines, by_year.total),
            "years": years_chart(site),
            "quarters": quarters_chart(site),
            "closed": closed_grid(contents),
            "reported": reported_chart(contents),
        },
    )


def years_chart(site: Site) -> Chart:
    """What became of the awards of each fund and year."""
    funds = site.contents.funds
    groups = tuple(
        money_bars(replace(line, name=f"{funds[fund_id].title}, {line.name}"))
        for fund_id, lines in site.figures.within(Dimension.FUND, Dimension.FINANCIAL_YEAR).items()
        for line in lines
    )
    return Chart(name="fund-years", title="What became of the awards, by fund and year", of="Fund and year", groups=groups)


def quarters_chart(site: Site) -> Chart:
    """What was spent in each quarter, from the first in which anything was to the last."""
    lines = site.figures.by(Dimension.QUARTER)
    groups = tuple(spent_bars(line) for line in lines.values() if line.figures[_MEASURE])
    return Chart(name="quarters", title="Spent, quarter by quarter", of="Quarter", groups=groups)


def reported_chart(contents: Contents) -> Chart:
    """What closed quarters reported as spent, over all grants, beside what is known of them now."""
    found = sorted(contents.closed_quarters, key=lambda each: each.quarter)
    groups = tuple(
        _reported_bars(quarter, together(each.columns for each in same)) for quarter, same in groupby(found, key=lambda each: each.quarter)
    )
    return Chart(name="reported", title="Closed quarters: spent, as reported and as corrected", of="Quarter", groups=groups)


def _reported_bars(quarter: str, columns: Columns) -> Bars:
    return Bars(
        name=Quarter.parse(quarter).words,
        bars=(
            _bar("as_reported", quarter, columns.as_reported),
            _bar("as_corrected", quarter, columns.as_corrected),
        ),
    )


def _bar(column: str, quarter: str, pence: Mapping[str, int]) -> Bar:
    words, figure = column.replace("_", " ").capitalize(), f"closed_quarter.{column}.{quarter}.{_MEASURE}"
    return Bar(label=words, kind=column.removeprefix("as_"), pence=pence[_MEASURE], figure=figure)


def closed_grid(contents: Contents, grant_id: str | None = None) -> Grid | None:
    """Each grant's closed quarters with their sum, and the total over all of them; None where none was closed."""
    found = [each for each in contents.closed_quarters if grant_id in (None, each.grant_id)]
    if not found:
        return None
    bodies = tuple(
        Body(
            heading=Cell(text=contents.grants[of].title, href="" if grant_id else grant_page(of)),
            rows=tuple(_of_grant(tuple(quarters))),
        )
        for of, quarters in groupby(found, key=lambda quarter: quarter.grant_id)
    )
    return Grid(
        name="closed-quarters",
        caption="Spending of closed quarters, as reported and as corrected since",
        columns=columns("Quarter", money=("Spent, as reported", "Spent, as corrected", "Difference")),
        bodies=bodies,
        foot=_line("Total", together(each.columns for each in found), figures="" if grant_id else ".{column}"),
    )


def _of_grant(quarters: Iterable[ReportedQuarter]) -> Iterator[Row]:
    each = tuple(quarters)
    for quarter in each:
        yield _line(Quarter.parse(quarter.quarter).words, quarter.columns, figures=f".{{column}}.{quarter.grant_id}.{quarter.quarter}")
    yield _line("Subtotal", together(quarter.columns for quarter in each), kind="sum")


def _line(name: str, of: Columns, kind: str = "", figures: str = "") -> Row:
    """A row; `figures` is its id in figures.json behind `closed_quarter`, with `{column}` for each column's own, where it has one."""

    def figure(column: str) -> str:
        return f"closed_quarter{figures.format(column=column)}.{_MEASURE}" if figures else ""

    reported = amount(of.as_reported[_MEASURE], figure=figure("as_reported"))
    corrected = amount(of.as_corrected[_MEASURE], figure=figure("as_corrected"))
    return Row(cells=(*texts(name), reported, corrected, changed(of.difference[_MEASURE], figure("difference"))), kind=kind)
