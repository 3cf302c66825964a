"""Exports of entries say how payments were made, as far as the position that they are taken at knows."""

import csv as reader
import io
import json
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]  # openpyxl carries no types
import pytest

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.export_parts import Run
from chalicelib.domain.exports import Asked, Export, ExportFormat, ExportKind, Scope
from chalicelib.domain.values import replace
from chalicelib.services import exports, rebuilding
from chalicelib.services.export_entries import Ledger, entry_rows
from chalicelib.services.positions import Past, position_now
from tests.extracts.layouts import PAID, PAID_HEADING, row
from tests.services.importing import as_, committed, csv, opened, previewed
from tests.services.offices import Office

GRANT = "ssf-4-example"
SCOPE = Scope(grant_id=GRANT)
PAYMENTS = ("ssf-4-example.8", "ssf-4-example.9", "ssf-4-example.10")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with three payments: the first is paid, and paid otherwise as is said later; the second is; the third is not yet."""
    office = opened(Office(folder=tmp_path).open(), PAID)
    say(office, ("1", "", ""), ("2", "", ""), ("3", "", ""))
    say(office, ("1", "03/11/2023", "=BACS, 77"), ("2", "03/11/2023", ""))
    return office


def say(office: Office, *said: tuple[str, str, str]) -> None:
    """Take in an extract with these numbers, days and references."""
    rows = [[*row(number=number), on, reference] for number, on, reference in said]
    committed(office, previewed(office, csv(*([f"{cell}" for cell in each] for each in rows), heading=PAID_HEADING)).state)


def made(office: Office, as_what: ExportFormat) -> tuple[Export, bytes]:
    asked = Asked(kind=ExportKind.ENTRIES, format=as_what)
    export = exports.make(as_(office), SCOPE, asked).state
    return export, office.context().objects.get(exports.key_of(export.id, export.files[0].name))


def of_csv(content: bytes) -> list[tuple[str, str, str]]:
    rows = reader.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [(each["entry_id"], each["paid_on"], each["payment_reference"]) for each in rows if each["kind"] == "payment"]


EXPECTED = [(PAYMENTS[0], "2023-11-03", "=BACS, 77"), (PAYMENTS[1], "2023-11-03", ""), (PAYMENTS[2], "", "")]


def test_the_csv_has_the_day_and_the_reference_safe_from_formulas(office: Office) -> None:
    _, content = made(office, ExportFormat.CSV)

    assert of_csv(content) == [(PAYMENTS[0], "2023-11-03", "'=BACS, 77"), *EXPECTED[1:]]


def test_the_json_has_them_as_they_are(office: Office) -> None:
    _, content = made(office, ExportFormat.JSON)

    found = [each for each in json.loads(content)["entries"] if each["record"]["kind"] == "payment"]
    assert [(each["entry_id"], each["paid_on"], each["payment_reference"]) for each in found] == EXPECTED


def test_the_workbook_has_a_date_and_a_text(office: Office) -> None:
    _, content = made(office, ExportFormat.XLSX)

    heading, *rows = openpyxl.load_workbook(BytesIO(content))["Entries"].iter_rows(values_only=True)
    columns = [heading.index(name) for name in ("entry_id", "paid_on", "payment_reference")]
    found = [tuple(each[column] for column in columns) for each in rows if each[heading.index("kind")] == "payment"]
    assert [(named, on and on.date() if hasattr(on, "date") else on, reference) for named, on, reference in found] == [
        (PAYMENTS[0], date(2023, 11, 3), "=BACS, 77"),
        (PAYMENTS[1], date(2023, 11, 3), None),
        (PAYMENTS[2], None, None),
    ]


@pytest.mark.parametrize("as_what", [ExportFormat.CSV, ExportFormat.JSON, ExportFormat.XLSX])
def test_an_export_is_the_same_again_after_something_else_was_said(office: Office, as_what: ExportFormat) -> None:
    export, _ = made(office, as_what)
    say(office, ("1", "06/11/2023", "BACS 80"), ("3", "06/11/2023", "BACS 80"))

    again = rebuilding.rebuild(office.context(), export.id)
    assert [each.is_the_same for each in again.files] == [True, True]

    _, later = made(office, ExportFormat.CSV)
    assert of_csv(later) == [(PAYMENTS[0], "2023-11-06", "BACS 80"), EXPECTED[1], (PAYMENTS[2], "2023-11-06", "BACS 80")]


def test_runs_of_records_put_together_say_the_same(office: Office) -> None:
    past = Past(office.context(), position_now(office.context()))
    last = past.position[str(Name(Kind.GRANT, GRANT))]
    ledger = Ledger(past, SCOPE)

    whole = b"".join(entry_rows(ledger, ExportFormat.CSV)[1])
    runs = [Run(grant_id=GRANT, after=after, until=until) for after, until in ((0, 8), (8, 9), (9, last))]
    parts = [b"".join(entry_rows(replace(ledger, runs=(run,)), ExportFormat.CSV)[1]) for run in runs]

    assert b"".join(parts) == whole
    assert b"2023-11-03" in parts[0]
