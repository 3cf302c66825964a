"""Entries as JSON and as a workbook, from their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from itertools import islice

import msgspec

from chalicelib.domain.imports import Waiting
from chalicelib.reports.entries import COLUMNS
from chalicelib.reports.entry_totals import COUNTERS, Totals
from chalicelib.reports.entry_values import EntryValue
from chalicelib.reports.in_suspense import WORDS
from chalicelib.reports.tables import Column, Shape
from chalicelib.reports.workbook import MOST_ROWS, Cells, Sheet, cells_of

_WIDE = {"description": 40, "reason": 40, "initiative_title": 30, "lead_recipient": 30, "partner": 30, "party": 30, "entry_id": 26}
_DATES = {"date", "document_date"}


def _column(name: str) -> Column:
    if name.endswith("_pounds"):
        return Column(name, Shape.POUNDS, 16)
    if name in _DATES:
        return Column(name, Shape.DATE, 12)
    return Column(name, Shape.INSTANT, 20) if name == "recorded_at" else Column(name, Shape.TEXT, _WIDE.get(name, 16))


ENTRY_COLUMNS = tuple(map(_column, COLUMNS))
"""The CSV's columns, typed."""

_COUNTERS = tuple((counter, f"{counter}_pounds") for counter in COUNTERS)


def entries_json(pages: Iterable[list[EntryValue]]) -> Iterator[bytes]:
    """One document, a line for each entry, some lines at a time."""
    encode = msgspec.json.Encoder().encode
    yield b'{"entries":['
    before = b"\n"
    for page in pages:
        if page:
            yield before + b",\n".join(map(encode, page))
            before = b",\n"
    yield b"\n]}\n"


def entry_sheets(pages: Iterable[list[EntryValue]], totals: Totals, most: int, waits: Waiting) -> Iterator[Sheet]:
    """A sheet of the entries, of which there are `most` at most: several where one cannot hold so many. Then their totals, and
    what waits in suspense.
    """
    cells = (_cells(value) for page in pages for value in page)
    for number in range(1, max(1, -(-most // MOST_ROWS)) + 1):
        title = "Entries" if number == 1 else f"Entries {number}"
        yield Sheet(title=title, columns=ENTRY_COLUMNS, rows=islice(cells, MOST_ROWS))
    yield Sheet(title="Totals", columns=_TOTALS, rows=_sums(totals, waits))


_TOTALS = (Column("total", Shape.TEXT, 30), Column("rows", Shape.NUMBER, 12), Column("amount_pounds", Shape.POUNDS, 18))


def _sums(totals: Totals, waits: Waiting) -> Iterator[Cells]:
    """By kind of entry, by column, by measure. They are added up when the first is asked for: once the entries are written."""
    yield from cells_of(_TOTALS, (("all entries", totals.rows, None),))
    yield from cells_of(_TOTALS, ((f"kind: {kind}", rows, pence) for kind, (rows, pence) in totals.by_kind.items()))
    yield from cells_of(_TOTALS, ((f"column: {column}", None, pence) for column, pence in totals.columns.items()))
    yield from cells_of(_TOTALS, ((f"measure: {name}", None, pence) for name, pence in totals.measures.items()))
    yield from cells_of(_TOTALS, ((WORDS, waits.documents, waits.pence),))


@lru_cache(maxsize=4096)
def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _in_pounds(pence: int | None) -> float | None:
    """As a spreadsheet's numbers, which hold pounds to the penny."""
    return None if pence is None else pence / 100


def _cells(value: EntryValue) -> Cells:
    """A row of the sheet. What is empty is nothing. Instants are in UTC: a spreadsheet's times have no zone."""
    moves = value.moves_pence
    return {
        "entry_id": value.entry_id,
        "kind": value.kind,
        "date": _day(value.date),
        "fund": value.fund,
        "grant": value.grant,
        "lead_recipient": value.lead_recipient,
        "initiative": value.initiative or None,
        "initiative_title": value.initiative_title or None,
        "category": value.category or None,
        "partner": value.partner or None,
        "financial_year": value.financial_year,
        "quarter": value.quarter or None,
        "nature": value.nature,
        "amount_pounds": value.amount_pence / 100,
        "net_pounds": _in_pounds(value.net_pence),
        "vat_pounds": _in_pounds(value.vat_pence),
        "document_kind": value.document_kind or None,
        "document_date": _day(value.document_date),
        "document_total_pounds": _in_pounds(value.document_total_pence),
        "document_number": value.document_number or None,
        "party": value.party or None,
        "payer": value.payer or None,
        "reference": value.reference or None,
        "entry_named": value.entry_named or None,
        "description": value.description or None,
        "reason": value.reason or None,
        "recorded_by": value.recorded_by,
        "recorded_at": datetime.fromisoformat(value.recorded_at).replace(tzinfo=None),
        **{column: moves[counter] / 100 if counter in moves else None for counter, column in _COUNTERS},
    }
