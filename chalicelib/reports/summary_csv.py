"""summary.csv: every table of a publication in one sheet, in pounds; `group_by` says which table a row belongs to."""

from __future__ import annotations

from chalicelib.domain.measures import MEASURES
from chalicelib.reports.cells import BOM, END, cells, line, pounds
from chalicelib.reports.contents import Contents, Line

COLUMNS = ("group_by", "id", "name", "awarded_basis", *(f"{measure}_pounds" for measure in MEASURES))


def summary_csv(contents: Contents) -> bytes:
    """The file. Each table adds up to the row `total`; a measure that a table does not have is left empty."""
    rows = [line(COLUMNS), _row("total", contents.total)]
    rows += [_row(table.by, each) for table in contents.tables for each in table.lines]
    return BOM + "".join(rows).encode()


def _row(group_by: str, each: Line) -> str:
    basis = each.awarded_basis.value if "awarded" in each.figures else ""
    figures = ",".join(pounds(each.figures.get(measure)) for measure in MEASURES)
    return f"{cells((group_by, each.id, each.name, basis))},{figures}{END}"
