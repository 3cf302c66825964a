"""What waits in suspense is told with every export, until it is resolved: no figure is taken for whole while it is not."""

import json
from pathlib import Path

import pytest

from chalicelib.domain.chain import Kind
from chalicelib.domain.exports import Asked, Export, ExportFormat, ExportKind, Scope
from chalicelib.domain.imports import Waiting
from chalicelib.domain.values import replace
from chalicelib.services import exports, suspense
from tests.extracts.layouts import row
from tests.reports.workbooks import Workbook
from tests.services.importing import as_, committed, csv, opened, previewed
from tests.services.offices import CERTIFIER, Office
from tests.services.test_exports import file

GRANT = "ssf-4-example"
IN_SUSPENSE = "in suspense, in no row"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with £2,000.00 of October and £1,500.00 of January in suspense: the cameras have £1,000.00."""
    office = opened(Office(folder=tmp_path).open())
    late = csv(row(centre="SS5", amount="2,000.00"), row(centre="SS5", number="2", on="10/01/2024", amount="1,500.00"))
    committed(office, previewed(office, late).state)
    return office


def exported(office: Office, kind: ExportKind, format_: ExportFormat, **scope: str) -> tuple[Export, bytes, bytes]:
    """An export, its file, and its control totals."""
    context = as_(office)
    export = exports.make(context, Scope(**scope), Asked(kind=kind, format=format_)).state
    return export, file(context, export, 0), file(context, export, 1)


def told(totals: bytes) -> list[tuple[object, ...]]:
    return [tuple(each.values()) for each in json.loads(totals)["in_suspense"]]


@pytest.mark.parametrize("kind", [ExportKind.ENTRIES, ExportKind.BUDGET_MONITORING, ExportKind.COMMITMENTS, ExportKind.AUDIT_TRAIL])
def test_what_waits_is_in_the_control_totals_by_grant_and_quarter(office: Office, kind: ExportKind) -> None:
    export, _, totals = exported(office, kind, ExportFormat.CSV, financial_year="2023-24")

    assert told(totals) == [(GRANT, "2023-24-Q3", 1, 200_000, "2000.00"), (GRANT, "2023-24-Q4", 1, 150_000, "1500.00")]
    assert export.suspended == {
        f"{GRANT} 2023-24-Q3": Waiting(documents=1, pence=200_000),
        f"{GRANT} 2023-24-Q4": Waiting(documents=1, pence=150_000),
    }


@pytest.mark.parametrize("kind", [ExportKind.ENTRIES, ExportKind.BUDGET_MONITORING])
def test_a_workbooks_sheet_of_totals_says_what_waits(office: Office, kind: ExportKind) -> None:
    _, book, _ = exported(office, kind, ExportFormat.XLSX, grant_id=GRANT)

    totals = Workbook(book)
    (at,) = (place for place, name in enumerate(totals.column("Totals", "total")) if name == IN_SUSPENSE)
    assert (totals.column("Totals", "rows")[at], totals.column("Totals", "amount_pounds")[at]) == (2, 3500.0)


def test_a_journal_says_what_waits_in_a_comment(office: Office) -> None:
    _, journal, _ = exported(office, ExportKind.ENTRIES, ExportFormat.HLEDGER, grant_id=GRANT)

    assert journal.decode().splitlines()[1] == "; In suspense, and so not here: 2 documents, £3500.00."


def test_an_export_of_a_quarter_tells_of_that_quarter_alone(office: Office) -> None:
    _, _, totals = exported(office, ExportKind.ENTRIES, ExportFormat.CSV, quarter="2023-24-Q4")

    assert told(totals) == [(GRANT, "2023-24-Q4", 1, 150_000, "1500.00")]


def test_what_was_resolved_is_told_no_more_and_an_earlier_export_stays_as_it_was(office: Office) -> None:
    before, rows, totals = exported(office, ExportKind.ENTRIES, ExportFormat.XLSX, grant_id=GRANT)
    (held,) = {head.name.id.partition(".")[0] for head in office.store.heads(Kind.SUSPENSE)}
    for number in (1, 2):
        suspense.dismiss(as_(office, CERTIFIER), f"{held}.{number}", "Paid by the council")

    assert told(exported(office, ExportKind.ENTRIES, ExportFormat.XLSX, grant_id=GRANT)[2]) == []
    again = exports.written(replace(as_(office), new_id=lambda: "again"), replace(before, id="again"), lambda _: None)
    assert again.files[0].sha256 == before.files[0].sha256
    assert len(told(totals)) == 2
    assert rows
