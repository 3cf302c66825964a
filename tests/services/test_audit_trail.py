"""The audit trail as an export: what was done to the grants, and to all that stands beside them."""

from pathlib import Path

import pytest

from chalicelib.domain.disclosures import Statement
from chalicelib.domain.evidence import Subject, SubjectKind
from chalicelib.domain.exports import ExportKind, Scope
from chalicelib.domain.file_types import FileType
from chalicelib.domain.values import replace
from chalicelib.services import disclosures, evidence
from chalicelib.services.evidence import Announced
from tests.extracts.layouts import row
from tests.services.finance_offices import FIRST, SECOND, finance_office, paid_first
from tests.services.importing import committed, csv, opened, previewed
from tests.services.offices import Office
from tests.services.test_export_tables import rows


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return finance_office(tmp_path)


def test_the_audit_trail_tells_who_did_what_to_the_grants_and_all_that_stands_beside_them(office: Office) -> None:
    grants = office.context()
    invoice_ = Announced(file_name="S-1.pdf", content_type=FileType.PDF, size=8, sha256="0" * 64)
    for number, grant_id in enumerate((FIRST, SECOND)):
        subject = Subject(kind=SubjectKind.ENTRY, id=paid_first(office, grant_id))
        evidence.request(replace(grants, new_id=lambda number=number: f"{number:032}"), subject, invoice_)  # type: ignore[misc]  # bound early
        disclosures.state(grants, subject.id, Statement(purpose="Lanterns"))
    disclosures.state(grants, "lighting", Statement(onward_grant=True))
    committed(office, previewed(opened(office), csv(row(number="too much", amount="9,000,000.00"))).state)

    found = rows(office, ExportKind.AUDIT_TRAIL, Scope(grant_id=SECOND))

    assert sorted({(each["kind"], each["id"]) for each in found}) == [
        ("disclosure", "lighting"),
        ("disclosure", f"{SECOND}.7"),
        ("evidence", f"entry.{SECOND}.7.{'0' * 31}1"),
        ("grant", SECOND),
        ("initiative", "lighting"),
        ("purchase", f"{SECOND}.7"),
        ("return", "lighting.2023-24-Q2"),
        ("return", "lighting.2023-24-Q3"),
    ]
    assert {each["kind"] for each in rows(office, ExportKind.AUDIT_TRAIL, Scope(grant_id=FIRST))} >= {"suspense", "claims"}
    assert "Paid £600.00 to Lamps Ltd" in next(each["what"] for each in found if each["record"] == "7" and each["kind"] == "grant")
    assert rows(office, ExportKind.AUDIT_TRAIL, Scope(financial_year="2022-23")) == [], "everything was recorded in February 2024"
