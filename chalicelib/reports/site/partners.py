"""Who leads and who delivers: the sums by lead recipient, by its categories, and by delivery partner."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.summaries import Dimension
from chalicelib.domain.values import replace
from chalicelib.reports.contents import Contents
from chalicelib.reports.site.overview import lead_recipient_grid, table_by
from chalicelib.reports.site.pages import Page, Site, category_page
from chalicelib.reports.site.tables import SHOWN_OF_INITIATIVES, Body, Cell, Grid, Shape, capitals, columns, figures_grid, figures_row


def partners(site: Site) -> Iterator[Page]:
    """The page."""
    contents = site.contents
    delivers = table_by(contents, Dimension.PARTNER)
    delivering = Shape(
        name="partner",
        caption="Spending by delivery partner",
        subject="Delivery partner",
        measures=SHOWN_OF_INITIATIVES,
        figures=delivers.by,
    )
    yield Page(
        name="partners.html",
        title="Who leads and delivers",
        template="partners.html",
        menu="partners.html",
        values={
            "by_lead_recipient": lead_recipient_grid(contents),
            "by_lead_recipient_and_category": _categories(contents),
            "by_partner": figures_grid(delivering, delivers.lines, delivers.total),
        },
    )


def _categories(contents: Contents) -> Grid:
    """What each lead recipient's money is for, with a sum for each that is its line in the table by lead recipient."""
    measures = ("allocated", "spent")
    bodies = tuple(
        Body(
            heading=Cell(text=table.title),
            rows=(
                *(
                    figures_row(line, measures, href=category_page(line.id) if line.id else "")
                    for line in table.lines
                    if line.id or any(line.figures[name] for name in measures)
                ),
                figures_row(replace(table.total, name="Subtotal"), measures, kind="sum"),
            ),
        )
        for table in contents.categories_by_lead_recipient
    )
    return Grid(
        name="lead_recipient-category",
        caption="Allocated and spent by category, for each lead recipient",
        columns=columns("Category", money=capitals(measures)),
        bodies=bodies,
        foot=figures_row(contents.total, measures, figures="total"),
    )
