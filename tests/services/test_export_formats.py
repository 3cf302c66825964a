"""Entries as a workbook and as JSON: the rows of the CSV, typed, with the same sums, and the same bytes again."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.domain.errors import Contradictory
from chalicelib.domain.exports import Asked, Export, ExportFormat, ExportKind, Scope
from chalicelib.domain.values import replace
from chalicelib.reports import large_workbook
from chalicelib.reports.entries import COLUMNS
from chalicelib.services import entries, exports, rebuilding
from tests.conftest import Golden
from tests.reports.workbooks import Workbook
from tests.services.large_offices import publisher, staffordshire
from tests.services.offices import Office
from tests.services.test_exports import file, rows

NOW = datetime(2024, 4, 3, 8, 0, tzinfo=UTC)
XLSX = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.XLSX)
JSON = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.JSON)
HLEDGER = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.HLEDGER)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return staffordshire(tmp_path)


def exported(office: Office, asked: Asked, scope: Scope, number: str = "0") -> tuple[Export, bytes]:
    context = replace(publisher(office, NOW), new_id=lambda: number * 32)
    export = exports.make(context, scope, asked).state
    return export, file(context, export, 0)


@pytest.mark.parametrize("asked", [XLSX, JSON, HLEDGER])
@pytest.mark.parametrize("scope", [Scope(fund_id="ssf-5"), Scope(grant_id="swan-staffordshire"), Scope(financial_year="2030-31")])
def test_each_format_is_as_finance_agreed_it(office: Office, golden: Golden, asked: Asked, scope: Scope) -> None:
    export, content = exported(office, asked, scope)

    golden(f"exports/{export.files[0].name}", content)


@pytest.mark.parametrize("scope", [Scope(fund_id="ssf-1"), Scope(fund_id="ssf-4"), Scope(financial_year="2021-22")])
def test_every_format_has_the_same_rows_and_the_same_sums(office: Office, scope: Scope) -> None:
    csv, text = exported(office, replace(XLSX, format=ExportFormat.CSV), scope)
    xlsx, book = exported(office, XLSX, scope, "1")
    as_json, document = exported(office, JSON, scope, "2")

    workbook, found = Workbook(book), json.loads(document)["entries"]
    assert csv.rows == xlsx.rows == as_json.rows == len(found) > 0
    assert csv.totals_pence == xlsx.totals_pence == as_json.totals_pence
    for column in (name for name in COLUMNS if name.endswith("_pounds")):
        plain = [float(row[column]) if row[column] else None for row in rows(text)]
        assert workbook.column("Entries", column) == plain, column
    assert workbook.column("Entries", "entry_id") == [row["entry_id"] for row in rows(text)] == [each["entry_id"] for each in found]
    assert sum(each["moves_pence"].get("paid", 0) for each in found) == csv.totals_pence["paid"]


def test_a_workbook_has_typed_cells_a_header_that_stays_filters_and_a_sheet_of_totals(office: Office) -> None:
    _, content = exported(office, XLSX, Scope(fund_id="ssf-1"))
    workbook = Workbook(content)
    paid = next(row for row in workbook.rows("Entries") if row["kind"] == ("text", "payment"))

    assert workbook.titles == ["Entries", "Totals"]
    assert [paid[name] for name in ("amount_pounds", "date", "party")] == [
        ("number", 800_000.0),
        ("number", 44_077.0),
        ("text", "Lamps Ltd"),
    ]
    for title in workbook.titles:
        assert 'state="frozen"' in workbook.xml(title)
        assert "<autoFilter " in workbook.xml(title)
        assert "customWidth" in workbook.xml(title)
    totals = {str(row["total"][1]): row.get("amount_pounds", ("", None))[1] for row in workbook.rows("Totals")}
    assert (totals["measure: paid"], totals["measure: refunded"], totals["measure: spent"]) == (800_000.0, 2_500.0, 797_400.0)
    assert totals["kind: correction"] == -100.0


def test_nothing_in_a_workbook_is_ever_a_formula(office: Office) -> None:
    _, content = exported(office, XLSX, Scope(fund_id="swan"))
    (paid,) = (row for row in Workbook(content).rows("Entries") if row["kind"] == ("text", "payment"))

    assert (paid["party"], paid["document_number"]) == (("text", '=HYPERLINK("x")'), ("text", "=1+1"))
    assert paid["description"] == ("text", "-1,234.56")
    assert "<f>" not in Workbook(content).xml("Entries")


def test_json_holds_pence_and_texts_as_they_were_typed(office: Office) -> None:
    _, content = exported(office, JSON, Scope(fund_id="swan"))
    (paid,) = (each for each in json.loads(content)["entries"] if each["record"]["kind"] == "payment")

    document = paid["record"]["facts"]["document"]
    assert (document["supplier"], document["net_pence"], document["vat_pence"]) == ('=HYPERLINK("x")', 100_000, 20_000)
    assert paid["moves_pence"] == {"paid": 120_000}


def test_a_workbook_says_nothing_of_when_it_was_written(office: Office) -> None:
    workbook = Workbook(exported(office, XLSX, Scope(fund_id="ssf-1"))[1])

    assert workbook.stamps == {(1980, 1, 1, 0, 0, 0)}
    assert not any(b"created" in part or b"modified" in part for part in workbook.parts.values())


@pytest.mark.parametrize("asked", [XLSX, JSON, HLEDGER])
def test_the_same_position_gives_the_same_bytes_whatever_came_after(office: Office, asked: Asked) -> None:
    export, made = exported(office, asked, Scope(fund_id="ssf-1"))

    entries.refund(office.context(), "ssf-1-staffordshire.6", date(2020, 12, 1), 100, "CN 5", "One more lantern")

    again = io.BytesIO()
    exports.rebuild(publisher(office, NOW), export, again)
    assert again.getvalue() == made
    assert all(each.is_the_same for each in rebuilding.rebuild(publisher(office, NOW), export.id).files)


def test_more_rows_than_a_sheet_holds_go_on_in_another(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_workbook, "MOST_ROWS", 4)
    export, content = exported(office, XLSX, Scope(grant_id="ssf-1-staffordshire"))
    workbook = Workbook(content)

    entered = [title for title in workbook.titles if title.startswith("Entries")]
    assert entered == ["Entries", "Entries 2"]
    found = [row["entry_id"][1] for title in entered for row in workbook.rows(title)]
    assert len(found) == export.rows == 6
    assert found == sorted(found, key=lambda named: int(str(named).rpartition(".")[2]))


def test_a_format_that_an_export_does_not_have_is_refused_with_those_it_has(office: Office) -> None:
    with pytest.raises(Contradictory, match="there is no json of match: choose csv or xlsx"):
        exported(office, Asked(kind=ExportKind.MATCH, format=ExportFormat.JSON), Scope(fund_id="ssf-1"))
