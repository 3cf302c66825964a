"""The published page's table of closed quarters: what was reported spent, what is known now, and the difference."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from chalicelib.domain.columns import Columns, ReportedQuarter, together
from chalicelib.domain.periods import Quarter
from chalicelib.reports.contents import Contents
from chalicelib.reports.html import Markup, element, joined
from chalicelib.reports.page_tables import amount, column, framed, group, row
from chalicelib.reports.words import change

_MEASURE = "spent"
"""The measure that fits on a page; the data files hold every one that a quarter has."""


def closed_quarters_table(contents: Contents) -> Markup:
    """Each grant's closed quarters with their sum, and the total over all of them."""
    heads = (column("Quarter"), *(column(name, money=True) for name in ("Spent, as reported", "Spent, as corrected", "Difference")))
    by_grant = groupby(contents.closed_quarters, key=lambda quarter: quarter.grant_id)
    bodies = (_of_grant(contents.grants[grant_id].title, tuple(quarters)) for grant_id, quarters in by_grant)
    foot = element("tfoot", _line("Total", together(each.columns for each in contents.closed_quarters)))
    caption = "Spending of closed quarters, as reported and as corrected since"
    return framed(caption, "table-closed-quarters", element("thead", row(*heads)), *bodies, foot)


def _of_grant(title: str, quarters: Iterable[ReportedQuarter]) -> Markup:
    each = tuple(quarters)
    lines = (_line(Quarter.parse(quarter.quarter).words, quarter.columns) for quarter in each)
    total = _line("Subtotal", together(quarter.columns for quarter in each), class_="sum")
    return element("tbody", group(title, 4), *lines, total)


def _line(name: str, columns: Columns, **attributes: str) -> Markup:
    difference = element("td", joined(change(columns.difference[_MEASURE])), class_="money")
    cells = (amount(columns.as_reported[_MEASURE]), amount(columns.as_corrected[_MEASURE]), difference)
    return row(element("th", name, scope="row"), *cells, **attributes)
