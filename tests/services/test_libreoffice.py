"""Workbooks as LibreOffice opens them: every value that the CSV has, where the CSV has it, and not a formula among them."""

import csv
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.domain.exports import Asked, ExportFormat, ExportKind, Scope
from chalicelib.domain.money import parse_pounds
from chalicelib.domain.values import replace
from chalicelib.services import exports
from tests.services.finance_offices import finance_office
from tests.services.offices import Office
from tests.services.test_export_tables import finance, rows

SOFFICE = shutil.which("soffice") or ""
# Every sheet, in UTF-8, comma and quote, cells as they are and not as they are shown.
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return finance_office(tmp_path / "office")


def opened(content: bytes, folder: Path) -> dict[str, list[dict[str, str]]]:
    """What LibreOffice finds in a workbook, by sheet."""
    (folder / "book.xlsx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    asked = (SOFFICE, profile, "--headless", "--convert-to", AS_CSV, "--outdir", str(folder), str(folder / "book.xlsx"))
    subprocess.run(asked, check=True, capture_output=True, timeout=240, env={**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"})
    return {
        path.stem.removeprefix("book-"): list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        for path in sorted(folder.glob("book-*.csv"))
    }


@pytest.mark.slow
@pytest.mark.skipif(not SOFFICE, reason="LIBREOFFICE IS NOT INSTALLED: nobody has opened the workbooks")
def test_libreoffice_reads_what_the_csv_says(office: Office, tmp_path: Path) -> None:
    context = replace(finance(office), new_id=lambda: "f" * 32)
    export = exports.make(
        context, Scope(financial_year="2023-24"), Asked(kind=ExportKind.BUDGET_MONITORING, format=ExportFormat.XLSX)
    ).state

    sheets = opened(context.objects.get(exports.key_of(export.id, export.files[0].name)), tmp_path)

    found, plain = sheets["Budget monitoring"], rows(office, ExportKind.BUDGET_MONITORING)
    assert [list(row) for row in found] == [list(row) for row in plain]
    for row, expected in zip(found, plain, strict=True):
        for column, text in expected.items():
            if column.endswith("_pounds") and text:
                assert round(float(row[column]) * 100) == parse_pounds(text), column
            elif not column.endswith("_per_cent"):
                assert row[column] == text, column
    assert {row["total"]: row["rows"] for row in sheets["Totals"]}["latest_forecast_outturn_pounds"] == "2"


@pytest.mark.slow
@pytest.mark.skipif(not SOFFICE, reason="LIBREOFFICE IS NOT INSTALLED: nobody has opened the workbooks")
def test_libreoffice_reads_the_entries_as_the_csv_says_them(office: Office, tmp_path: Path) -> None:
    context = replace(finance(office), new_id=lambda: "f" * 32)
    asked = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.XLSX)
    export = exports.make(context, Scope(financial_year="2023-24"), asked).state

    sheets = opened(context.objects.get(exports.key_of(export.id, export.files[0].name)), tmp_path)

    found, plain = sheets["Entries"], rows(office, ExportKind.ENTRIES)
    assert [list(row) for row in found] == [list(row) for row in plain]
    for row, expected in zip(found, plain, strict=True):
        for column, said in expected.items():
            if column.endswith("_pounds"):
                assert (round(float(row[column]) * 100) if row[column] else None) == (parse_pounds(said) if said else None), column
            elif column in ("date", "document_date") and said:
                assert datetime.strptime(row[column], "%m/%d/%Y").replace(tzinfo=UTC).date().isoformat() == said, column
            elif column != "recorded_at":
                assert row[column] == said, column
    assert {row["total"]: row["rows"] for row in sheets["Totals"]}["all entries"] == str(len(plain))
