"""Entries as a workbook: their rows, made from the records at once, and a sheet of what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Name
from chalicelib.domain.imports import Waiting
from chalicelib.domain.payment_status import Paid
from chalicelib.reports.bodies import Body, Document, Facts, Part, decode_all, make_safe
from chalicelib.reports.cells import pounds
from chalicelib.reports.entries import COLUMNS, Place, Placed, Placing, Rows
from chalicelib.reports.entry_totals import COUNTERS, Totals
from chalicelib.reports.in_suspense import WORDS
from chalicelib.reports.large_workbook import LargeWorkbook
from chalicelib.reports.sheet_cells import (
    EMPTY,
    END,
    NEEDS_CARE,
    NUMBER_END,
    POUNDS,
    TEXT,
    TYPED,
    day_cell,
    escaped,
    instant_cell,
    row,
    text_cell,
    typed,
)
from chalicelib.reports.tables import Column, Row, Shape

_WIDE = {"description": 40, "reason": 40, "initiative_title": 30, "lead_recipient": 30, "partner": 30, "party": 30, "entry_id": 26}
_DATES = {"date", "document_date", "paid_on"}


def _column(name: str) -> Column:
    if name.endswith("_pounds"):
        return Column(name, Shape.POUNDS, 16)
    if name in _DATES:
        return Column(name, Shape.DATE, 12)
    return Column(name, Shape.INSTANT, 20) if name == "recorded_at" else Column(name, Shape.TEXT, _WIDE.get(name, 16))


ENTRY_COLUMNS = tuple(map(_column, COLUMNS))
"""The CSV's columns, typed."""

_TOTALS = (Column("total", Shape.TEXT, 30), Column("rows", Shape.NUMBER, 12), Column("amount_pounds", Shape.POUNDS, 18))

_UNPAID = EMPTY * 2
_NO_DOCUMENT = EMPTY * 6
"""The cells from `net_pounds` to `document_number` of an entry that has none."""


def write_entry_workbook(rows: Iterable[list[str]], totals: Totals, onto: BinaryIO, waits: Waiting) -> None:
    """Write the workbook, as the rows come, then what they have added up to, and what waits in suspense."""
    book = LargeWorkbook(onto)
    book.add("Entries", ENTRY_COLUMNS, rows)
    book.add("Totals", _TOTALS, ([row(_TOTALS, total)] for total in _sums(totals, waits)))
    book.close()


def _sums(totals: Totals, waits: Waiting) -> Iterator[Row]:
    """By kind of entry, by column, by measure."""
    yield "all entries", totals.rows, None
    yield from ((f"kind: {kind}", rows, pence) for kind, (rows, pence) in totals.by_kind.items())
    yield from ((f"column: {column}", None, pence) for column, pence in totals.columns.items())
    yield from ((f"measure: {name}", None, pence) for name, pence in totals.measures.items())
    yield WORDS, waits.documents, waits.pence


Counted = tuple[Body, Facts, Document | Part | None, Mapping[str, int] | None, Placing]
"""An entry that was counted: its record and its facts, what it carries of its document; what it adds to each counter, in pence, or None
where that is its amount, in its kind's own; and where it belongs."""


class SheetRows(Rows[Body]):
    """Rows of a sheet, of the columns that the CSV has: numbers and dates as such, and nothing where there is nothing."""

    def decoded(self, texts: Sequence[str], name: Name, first: int) -> list[Body]:
        return decode_all(texts, name, first)

    def said(self, place: Place, where: Cell) -> str:
        return "".join(map(text_cell, place.values(where)))

    def around(self, counter: int) -> tuple[str, str]:
        return f"{EMPTY * counter}{POUNDS}", f"{NUMBER_END}{EMPTY * (len(COUNTERS) - 1 - counter)}"

    def settled(self, paid: Paid) -> str:
        return f"{day_cell(paid.on.isoformat())}{typed(escaped(paid.reference))}"

    def rows(self, grant_id: str, texts: Sequence[str], bodies: Sequence[Body], placed: Placed) -> list[str]:
        joined = "".join(texts)
        if any(mark in joined for mark in NEEDS_CARE):
            make_safe(bodies, escaped)
        rows = []
        for body, entry, carried, moves, (place, before, after, negated, *_) in self._counted(grant_id, bodies, placed):
            kind, amount = body.kind, pounds(entry.amount_pence)
            if moves is None:
                moved = f"{before}{pounds(-entry.amount_pence) if negated else amount}{after}"
            else:
                moved = "".join(_money(moves.get(counter)) for counter in COUNTERS)
            of_document = f"{_money(carried.net_pence)}{_money(carried.vat_pence)}{_document(entry)}" if carried else _no_document(entry)
            rows.append(
                f"<row>{TEXT}{grant_id}.{body.seq}{END}{TEXT}{kind}{END}{day_cell(entry.on)}{place}{POUNDS}{amount}{NUMBER_END}{of_document}"
                f"{typed(entry.of)}{typed(entry.description)}{typed(body.reason)}{TYPED}{body.by}{END}{instant_cell(body.at)}"
                f"{self.paid.get(body.seq, _UNPAID)}{moved}</row>"
            )
        return rows

    def _counted(self, grant_id: str, bodies: Sequence[Body], placed: Placed) -> Iterator[Counted]:
        """The entries among some bodies that are in scope, each added to the totals as it passes."""
        totals = self.totals
        for body in bodies:
            entry = body.facts
            if placing := placed[entry.cell, body.kind]:
                *_, alone, of_cell = placing
                if entry.settles or entry.counter:
                    moves: Mapping[str, int] | None = of_cell.take_other(body)
                else:
                    moves = None
                    alone[0] += 1
                    alone[1] += entry.amount_pence
                if carried := entry.part or entry.document:
                    totals.net_pence += carried.net_pence
                    totals.vat_pence += carried.vat_pence
                yield body, entry, carried, moves, placing
            elif not entry.cell:
                totals.take_closing(grant_id, body)


def _document(entry: Facts) -> str:
    """The cells from `document_kind` to `reference` of an entry that has a document."""
    if not (document := entry.document):
        return _no_document(entry)[2 * len(EMPTY) :]
    total, number = document.net_pence + document.vat_pence, typed(document.number)
    return (
        f"{TEXT}{document.kind}{END}{day_cell(document.date)}{POUNDS}{pounds(total)}{NUMBER_END}"
        f"{number}{typed(document.supplier)}{typed(entry.payer)}{number}"
    )


def _no_document(entry: Facts) -> str:
    """The cells from `net_pounds` to `reference` of an entry that has none."""
    return f"{_NO_DOCUMENT}{typed(entry.counterparty)}{typed(entry.payer)}{typed(entry.quoted_reference)}"


def _money(pence: int | None) -> str:
    return EMPTY if pence is None else f"{POUNDS}{pounds(pence)}{NUMBER_END}"
