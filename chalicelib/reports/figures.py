"""figures.json: every figure of a publication, what its entries have in common, and where the files show it.

Figures come a line at a time, as tables show them: a figure's id is its line's and its measure, `fund.ssf-1.spent`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from chalicelib.domain.columns import QUARTERLY, Columns, ReportedQuarter, together
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.statutory_lists import Row
from chalicelib.domain.values import Struct
from chalicelib.reports.contents import NO_INITIATIVE, Contents, Line, Table, awarded_lines
from chalicelib.reports.initiatives import told
from chalicelib.reports.json_text import as_json_rows
from chalicelib.reports.statutory_lists import GRANTS_MADE, OVER_500, Listing
from chalicelib.reports.verify_publication import Entries
from chalicelib.reports.words import WITHHELD

ABOUT = (
    "Every figure, a line at a time: `fund.ssf-1` and `spent` are the figure fund.ssf-1.spent. Its entries are those in entries.json "
    "that have everything `where` says, in records after `after` and up to `until` where these are given. Its value is what they add to "
    "the counters that its measure adds, less those it takes off. The lines of each table in `adds_up` come to the line itself. `shown` "
    "is where else it stands. `lists` says where the lists that the law wants have a grant's payments: from which row of the CSV on (the "
    "heading is row 1), how many rows, and what these come to. In the column `payment` a row has its entry's id; the corrections and "
    "refunds of a payment are in its row."
)

SUMMARY_JSON, SUMMARY_CSV = "summary.json", "summary.csv"

Where = Mapping[str, str | None]


class Proved(Struct, frozen=True, kw_only=True):
    """A line of figures in pence, and what proves it: what its entries have in common, or (None) the tables that it adds up."""

    id: str
    name: str
    table: str
    where: Where | None
    pence: Mapping[str, int]
    shown: tuple[Mapping[str, object], ...]
    adds_up: tuple[str, ...] = ()
    after: int | None = None
    until: int | None = None


def figures(contents: Contents, entries: Entries) -> bytes:
    """The file."""
    head = {
        "publication": contents.publication.id,
        "about": ABOUT,
        "measures": {
            name: {"meaning": each.meaning, "plus": list(each.plus), "minus": list(each.minus)} for name, each in MEASURES.items()
        },
        "lists": {
            GRANTS_MADE.name: _listed(GRANTS_MADE, contents.lists.grants_made),
            OVER_500.name: _listed(OVER_500, contents.lists.over_threshold),
        },
    }
    return as_json_rows(head, "figures", (_told(line, entries) for line in lines(contents)))


def _listed(listing: Listing, rows: Sequence[Row]) -> dict[str, object]:
    """Where a list has each grant's payments: its rows stand together."""
    grants: dict[str, dict[str, int]] = {}
    for number, row in enumerate(rows, 2):
        held = grants.setdefault(row.grant_id, {"first_row": number, "rows": 0, "amount_pence": 0})
        held["rows"] += 1
        held["amount_pence"] += row.amount_pence
    return {"file": f"{listing.name}.csv", "grants": grants}


def _told(line: Proved, entries: Entries) -> dict[str, object]:
    number, _ = (0, {}) if line.where is None else entries.of(dict(line.where), line.after or 0, line.until)
    return {
        "id": line.id,
        "name": line.name,
        "table": line.table,
        "where": None if line.where is None else dict(line.where),
        **({} if line.after is None else {"after": line.after}),
        **({} if line.until is None else {"until": line.until}),
        "entries": number,
        "adds_up": list(line.adds_up),
        "pence": dict(line.pence),
        "shown": [dict(place) for place in line.shown],
    }


def lines(contents: Contents) -> Iterator[Proved]:
    """Every line of figures, in the order in which summary.csv has its rows."""
    sheet = _Rows()
    yield Proved(
        id="total",
        name=contents.total.name,
        table="total",
        where={},
        pence=contents.total.figures,
        shown=(_in_json("/total/pence"), sheet.next()),
        adds_up=(*(table.by.value for table in contents.tables), "initiative", "award_line"),
    )
    within = {table.total.id: f"lead_recipient.{table.total.id}.category" for table in contents.categories_by_lead_recipient}
    for table in contents.tables:
        yield from _table(table, within, sheet)
    for number, table in enumerate(contents.categories_by_lead_recipient):
        yield from _categories(table, within[table.total.id], number, sheet)
    yield from _closed(contents, sheet)
    yield from _initiatives(contents)
    yield from _award_lines(contents)


class _Rows:
    """The rows of summary.csv, one after another, numbered as a spreadsheet does."""

    def __init__(self) -> None:
        self._last = 1

    def next(self) -> Mapping[str, object]:
        self._last += 1
        return {"file": SUMMARY_CSV, "row": self._last, "column": "{measure}_pounds"}


def _in_json(pointer: str, ending: str = "/{measure}") -> Mapping[str, object]:
    return {"file": SUMMARY_JSON, "at": pointer + ending}


def _table(table: Table, within: Mapping[str, str], sheet: _Rows) -> Iterator[Proved]:
    for number, line in enumerate(table.lines):
        which = _group(line)
        inside = within.get(line.id) if table.by == "lead_recipient" else None
        yield Proved(
            id=f"{table.by}.{_named(which)}",
            name=f"{table.title}: {line.name}",
            table=table.by.value,
            where={table.by.value: which},
            pence=line.figures,
            shown=(_in_json(f"/by_{table.by}/rows/{number}/pence"), sheet.next()),
            adds_up=(inside,) if inside else (),
        )


def _categories(table: Table, name: str, place: int, sheet: _Rows) -> Iterator[Proved]:
    for number, line in enumerate(table.lines):
        which = _group(line)
        yield Proved(
            id=f"{name}.{_named(which)}",
            name=f"{table.title}: {line.name}",
            table=name,
            where={"lead_recipient": table.total.id, "category": which},
            pence=line.figures,
            shown=(_in_json(f"/by_lead_recipient_and_category/{place}/rows/{number}/pence"), sheet.next()),
        )


def _group(line: Line) -> str | None:
    """What a line's entries are of: None where that is no initiative, nothing where it is withheld."""
    return None if not line.id and line.name == NO_INITIATIVE else line.id


def _named(group: str | None) -> str:
    return "none" if group is None else group or "withheld"


def _closed(contents: Contents, sheet: _Rows) -> Iterator[Proved]:
    """Closed quarters: as reported by the records up to the closing, with what later ones changed, and as corrected by all."""
    for number, each in enumerate(contents.closed_quarters):
        closing = contents.grants[each.grant_id].periods[each.quarter].closing
        at = closing.position if closing else None
        spans = {"as_reported": (None, at), "as_corrected": (None, None), "difference": (at, None)}
        for column, pence in each.columns.by_name():
            after, until = spans[column]
            yield Proved(
                id=f"closed_quarter.{column}.{each.grant_id}.{each.quarter}",
                name=f"{_quarter(contents, each)}, {column.replace('_', ' ')}",
                table=f"closed_quarter.{column}.{each.quarter}",
                where={"grant": each.grant_id, "quarter": each.quarter},
                pence=pence,
                shown=(_in_json(f"/closed_quarters/rows/{number}/{column}_pence"), sheet.next()),
                after=after,
                until=until,
            )
    found = sorted(contents.closed_quarters, key=lambda each: each.quarter)
    for quarter, same in groupby(found, key=lambda each: each.quarter):
        yield from _closed_in_quarter(quarter, together(each.columns for each in same))
    yield from _closed_in_all(together(each.columns for each in contents.closed_quarters))


def _quarter(contents: Contents, each: ReportedQuarter) -> str:
    return f"Closed quarters: {contents.grants[each.grant_id].title}, {each.quarter}"


def _closed_in_quarter(quarter: str, columns: Columns) -> Iterator[Proved]:
    """What all grants that closed a quarter reported of it together."""
    for column, pence in columns.by_name():
        yield Proved(
            id=f"closed_quarter.{column}.{quarter}",
            name=f"Closed quarters: all grants, {quarter}, {column.replace('_', ' ')}",
            table=f"closed_quarter.{column}",
            where=None,
            pence={name: pence[name] for name in QUARTERLY},
            shown=(),
            adds_up=(f"closed_quarter.{column}.{quarter}",),
        )


def _closed_in_all(columns: Columns) -> Iterator[Proved]:
    for column, pence in columns.by_name():
        yield Proved(
            id=f"closed_quarter.{column}",
            name=f"Closed quarters: total, {column.replace('_', ' ')}",
            table="closed_quarter",
            where=None,
            pence={name: pence[name] for name in QUARTERLY},
            shown=(_in_json(f"/closed_quarters/total/{column}_pence"),),
            adds_up=(f"closed_quarter.{column}",),
        )


def _initiatives(contents: Contents) -> Iterator[Proved]:
    for number, each in enumerate(told(contents)):
        yield Proved(
            id=f"initiative.{each.first_entry}",
            name=f"Initiatives: {each.title or WITHHELD}",
            table="initiative",
            where={"initiative": each.first_entry},
            pence={"allocated": each.allocated_pence, "spent": each.spent_pence},
            shown=(_in_json(f"/initiatives/{number}", "/{measure}_pence"),),
        )


def _award_lines(contents: Contents) -> Iterator[Proved]:
    every = ((grant, line) for _, grant in sorted(contents.grants.items()) for line in awarded_lines(grant))
    for number, (grant, line) in enumerate(every):
        yield Proved(
            id=f"award_line.{grant.id}.{line.financial_year}.{line.nature}",
            name=f"Award lines: {grant.title}, {line.financial_year}, {line.nature.replace('_', ' ')}",
            table="award_line",
            where={"grant": grant.id, "financial_year": line.financial_year, "nature": line.nature.value},
            pence={"awarded": line.awarded_pence},
            shown=(_in_json(f"/award_lines/{number}", "/{measure}_pence"),),
        )
