"""Files of entries in the conventional way: `csv.DictWriter`, `json` with `Decimal`, XlsxWriter, an item of boto3's resource at a time.

Each has the columns of our own file, is as safe to open, and adds the columns of money up.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

import xlsxwriter  # type: ignore[import-untyped]  # XlsxWriter carries no types

from bench.conventional import COUNTERS, Directory, Item, Numbers, Table, entries
from chalicelib.reports.entries import COLUMNS
from chalicelib.reports.entry_sheet import ENTRY_COLUMNS
from chalicelib.reports.tables import Shape
from chalicelib.reports.workbook import FORMATS

Totals = dict[str, Decimal]
"""What the columns of money add up to, in pence."""


def csv_file(table: Table, known: Directory, path: Path) -> Totals:
    """Every entry as a row of CSV."""
    totals: Totals = {}
    with path.open("w", encoding="utf-8", newline="") as onto:
        writer = csv.DictWriter(onto, COLUMNS)
        writer.writeheader()
        for item, row in _rows(table, known):
            _guard(row)
            _add(totals, item)
            writer.writerow(row)
    return totals


def json_file(table: Table, known: Directory, path: Path) -> Totals:
    """Every entry as a line of one JSON document, its money in pence."""
    totals: Totals = {}
    with path.open("w", encoding="utf-8") as onto:
        onto.write('{"entries":[')
        before = "\n"
        for item, row in _rows(table, known):
            _add(totals, item)
            numbers = cast("Numbers", item)
            value: dict[str, object] = {column: row.get(column, "") for column in _WORDS}
            value |= {column.replace("_pounds", "_pence"): numbers.get(name) for column, name in _MONEY[:4]}
            value["moves_pence"] = {name: numbers[name] for name in COUNTERS if name in numbers}
            onto.write(before + json.dumps(value, default=_whole))
            before = ",\n"
        onto.write("\n]}\n")
    return totals


def xlsx_file(table: Table, known: Directory, path: Path) -> Totals:
    """Every entry as a row of a sheet: typed cells, real dates, a header that stays, filters."""
    totals: Totals = {}
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Entries")
        sheet.freeze_panes(1, 0)
        formats = {shape: book.add_format({"num_format": code}) for shape, code in FORMATS.items()}
        for place, column in enumerate(ENTRY_COLUMNS):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.name)
        number = 0
        for number, (item, row) in enumerate(_rows(table, known), start=1):
            _add(totals, item)
            for place, column in enumerate(ENTRY_COLUMNS):
                if not (text := row.get(column.name, "")):
                    continue
                if column.shape is Shape.POUNDS:
                    sheet.write_number(number, place, float(text), formats[column.shape])
                elif column.shape is Shape.DATE:
                    sheet.write_datetime(number, place, date.fromisoformat(text), formats[column.shape])
                elif column.shape is Shape.INSTANT:
                    sheet.write_datetime(number, place, datetime.fromisoformat(text).replace(tzinfo=None), formats[column.shape])
                else:
                    sheet.write_string(number, place, text)
        sheet.autofilter(0, 0, number, len(ENTRY_COLUMNS) - 1)
    return totals


def _rows(table: Table, known: Directory) -> Iterator[tuple[Item, dict[str, str]]]:
    """Every entry as it is stored, and as a row."""
    for grant_id, grant in known.grants.items():
        lead = known.names[grant.lead_recipient_id]
        for item in entries(table, grant_id):
            initiative = known.initiatives.get(item.get("initiative_id", ""))
            row = _row(item)
            row["fund"] = grant.fund_id
            row["lead_recipient"] = lead
            if initiative:
                row["initiative_title"] = initiative.title
                row["category"] = initiative.category.value
                row["partner"] = known.names[initiative.partner_id]
            yield item, row


def _whole(number: object) -> int:
    """What the encoder does not know: a number, as the resource API has it."""
    if not isinstance(number, Decimal):
        raise TypeError(f"{number!r} is no number")
    return int(number)


def _guard(row: dict[str, str]) -> None:
    for column in _TYPED:
        if row[column].startswith(_FORMULA):
            row[column] = "'" + row[column]


def _add(totals: Totals, item: Item) -> None:
    numbers = cast("Numbers", item)
    for column, name in _MONEY:
        if name in numbers:
            totals[column] = totals.get(column, Decimal(0)) + numbers[name]


def _row(item: Item) -> dict[str, str]:
    numbers = cast("Numbers", item)
    row = {
        "entry_id": item["entry_id"],
        "kind": item["kind"],
        "date": item["on"],
        "grant": item["grant_id"],
        "initiative": item.get("initiative_id", ""),
        "financial_year": item["financial_year"],
        "quarter": item.get("quarter", ""),
        "nature": item["nature"],
        "document_kind": item.get("document_kind", ""),
        "document_date": item.get("document_date", ""),
        "document_number": item.get("document_number", ""),
        "party": item.get("party", ""),
        "payer": item.get("payer", ""),
        "reference": item.get("reference", ""),
        "entry_named": item.get("entry_named", ""),
        "description": item.get("description", ""),
        "reason": item.get("reason", ""),
        "recorded_by": item["recorded_by"],
        "recorded_at": item["recorded_at"],
    }
    for column, name in _MONEY:
        if name in numbers:
            row[column] = f"{numbers[name] / 100:.2f}"
    return row


_TYPED = ("document_number", "party", "payer", "reference", "entry_named", "description", "reason", "recorded_by")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_MONEY = (
    ("amount_pounds", "amount_pence"),
    ("net_pounds", "net_pence"),
    ("vat_pounds", "vat_pence"),
    ("document_total_pounds", "document_total_pence"),
    *((f"{counter}_pounds", counter) for counter in COUNTERS),
)

_WORDS = tuple(column for column in COLUMNS if not column.endswith("_pounds"))
