"""summary.csv: every table of a publication in one sheet, in pounds; `group_by` says which table a row belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.columns import ReportedQuarter
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import replace
from chalicelib.reports.cells import BOM, END, cell, line, pounds
from chalicelib.reports.contents import Contents, Line, Table

COLUMNS = ("group_by", "id", "name", "awarded_basis", "allocated_basis", *(f"{measure}_pounds" for measure in MEASURES))


def summary_csv(contents: Contents) -> bytes:
    """The file. Each table adds up to the row `total`; a measure that a table does not have is left empty.

    Only the rows of closed quarters do not: they come three times, and as reported with the difference makes as corrected.
    """
    rows = [line(COLUMNS), _row("total", contents.total)]
    rows += [_row(table.by, each) for table in contents.tables for each in table.lines]
    for table in contents.categories_by_lead_recipient:
        rows += [_row("lead_recipient,category", _within(table, each)) for each in table.lines]
    for quarter in contents.closed_quarters:
        rows += [_row(f"grant,quarter,{name}", _of_quarter(contents, quarter, figures)) for name, figures in quarter.columns.by_name()]
    return BOM + "".join(rows).encode()


def _within(table: Table, each: Line) -> Line:
    """A line of a table that is itself about one thing, named after both."""
    return replace(each, id=f"{table.total.id},{each.id}", name=f"{table.total.name}: {each.name}")


def _of_quarter(contents: Contents, quarter: ReportedQuarter, figures: Mapping[str, int]) -> Line:
    """One column of a closed quarter, as a line."""
    name = f"{contents.grants[quarter.grant_id].title}: {Quarter.parse(quarter.quarter).words}"
    return Line(id=f"{quarter.grant_id},{quarter.quarter}", name=name, bases={}, figures=figures)


def _row(group_by: str, each: Line) -> str:
    bases = tuple(each.basis(measure).value if measure in each.figures else "" for measure in ("awarded", "allocated"))
    figures = ",".join(pounds(each.figures[measure]) if measure in each.figures else "" for measure in MEASURES)
    named = ",".join(map(cell, (group_by, each.id, each.name, *bases)))
    return f"{named},{figures}{END}"
