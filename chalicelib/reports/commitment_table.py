"""Commitments outstanding: orders and onward grants of which something is neither paid nor released."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.cells import Cell
from chalicelib.domain.entries import Entry
from chalicelib.domain.summaries import Directory
from chalicelib.domain.values import Struct
from chalicelib.reports.tables import Row, Table, dates, pounds, text


class Outstanding(Struct, frozen=True, kw_only=True):
    """A commitment's entry, and the pence that are left of it."""

    grant_id: str
    entry_id: str
    entry: Entry
    left_pence: int


_COLUMNS = (
    *text("entry_id", width=26),
    *dates("date"),
    *text("fund", "grant", "initiative", width=22),
    *text("initiative_title", width=30),
    *text("partner", "financial_year", "quarter", "nature"),
    *text("party", "reference", width=24),
    *text("description", width=40),
    *pounds("committed", "paid_or_released", "outstanding"),
)


def commitment_table(found: Iterable[Outstanding], directory: Directory) -> Table:
    """A row for each, in the order given."""
    return Table(title="Commitments", columns=_COLUMNS, rows=(_row(each, directory) for each in found))


def _row(each: Outstanding, directory: Directory) -> Row:
    entry, where = each.entry, Cell.parse(each.entry.cell)
    initiative = directory.initiatives[where.initiative_id] if where.initiative_id else None
    return (
        each.entry_id,
        entry.on,
        directory.grants[each.grant_id].fund_id,
        each.grant_id,
        where.initiative_id,
        initiative.title if initiative else None,
        initiative.partner_id if initiative else None,
        *(where.financial_year, where.quarter, where.nature.value),
        *(entry.party, entry.reference, entry.description),
        *(entry.amount_pence, entry.amount_pence - each.left_pence, each.left_pence),
    )
