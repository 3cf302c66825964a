"""Exports through the API: what may be asked for, and what is refused with what would be right."""

from pathlib import Path

import pytest

from chalicelib.domain.exports import FORMATS, ExportFormat, ExportKind
from chalicelib.services import export_jobs, export_parts
from tests.api.office import Office
from tests.services import offices
from tests.services.workshops import Bench


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(folder=tmp_path).open()


ASKED = [(kind, each) for kind, formats in FORMATS.items() for each in formats if kind is not ExportKind.JOURNALS]


@pytest.mark.parametrize(("kind", "as_what"), ASKED)
def test_each_kind_comes_in_each_of_its_formats_by_a_signed_link(office: Office, kind: ExportKind, as_what: ExportFormat) -> None:
    made = office.create("/exports", {"kind": kind, "format": as_what, "financial_year": "2023-24"})

    assert (made.status, made.json["kind"], made.json["format"]) == (201, kind, as_what)
    files = [each["name"] for each in made.json["files"]]  # type: ignore[attr-defined]  # a list of objects
    ending = "journal" if as_what is ExportFormat.HLEDGER else as_what
    assert files == [f"{kind.replace('_', '-')}-2023-24.{each}" for each in (ending, "totals.json")]
    links = office.get(f"/exports/{made.json['id']}/links", role="certifier").json["links"]
    assert list(links) == files  # type: ignore[call-overload]  # an object


def test_entries_as_csv_are_made_where_nothing_else_is_asked_for(office: Office) -> None:
    made = office.create("/exports", {"grant_id": "ssf-4-example"}).json

    assert (made["kind"], made["format"], made["policy"]) == ("entries", "csv", {})


def test_a_format_that_is_not_there_is_refused_with_those_that_are(office: Office) -> None:
    refused = office.create("/exports", {"kind": "match", "format": "json", "financial_year": "2023-24"})

    assert refused.status == 422
    assert refused.json["errors"] == [{"pointer": "/format", "detail": "there is no json of match: choose csv or xlsx"}]


def test_a_kind_that_is_not_there_is_refused(office: Office) -> None:
    assert office.create("/exports", {"kind": "everything", "financial_year": "2023-24"}).status == 400


def test_account_codes_that_nobody_set_are_named(office: Office) -> None:
    refused = office.create("/exports", {"kind": "journals", "financial_year": "2023-24"})

    assert (refused.status, refused.json["type"], refused.json["setting"]) == (
        422,
        "/problems/account-codes-unset",
        "STREETLIGHT_ACCOUNT_CODES",
    )
    accounts = ["expenditure", "accruals", "grant_income", "grants_received", "grant_debtors", "receipts_in_advance"]
    assert refused.json["accounts"] == accounts
    assert office.get("/exports", role="finance").json["items"] == []


@pytest.mark.parametrize("role", ["viewer", "officer", "publisher", "administrator", "partner"])
def test_only_those_who_export_may(office: Office, role: str) -> None:
    assert office.create("/exports", {"kind": "assets", "financial_year": "2023-24"}, role=role).status == 403


def test_a_large_export_is_watched_and_cancelled(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "AT_ONCE", 3)
    asked = office.create("/exports", {"financial_year": "2023-24", "format": "xlsx"})
    path = f"/exports/{asked.json['id']}"

    assert (asked.status, asked.json["state"], asked.json["files"]) == (201, "waiting", [])
    assert office.get(path, role="finance").json["done"] == {"records": 0, "of": 5, "why": "", "parts": None}
    refused = office.get(f"{path}/links", role="finance")
    assert (refused.status, refused.json["type"], refused.json["needed"]) == (409, "/problems/not-in-state", ["made"])

    cancelled = office.create(f"{path}/cancellation", role="certifier", key="stop")
    assert (cancelled.status, cancelled.json["state"]) == (201, "cancelled")
    assert office.create(f"{path}/cancellation", role="certifier", key="stop").json == cancelled.json
    assert office.create(f"{path}/cancellation").status == 409
    assert office.create(f"{path}/cancellation", role="officer").status == 403
    assert office.create(f"/exports/{'f' * 32}/cancellation").status == 404


def test_an_export_in_parts_says_how_many_are_made(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for service, bound, records in ((export_jobs, "AT_ONCE", 3), (export_parts, "IN_ONE_RUN", 3), (export_parts, "RECORDS_EACH", 2)):
        monkeypatch.setattr(service, bound, records)
    path = f"/exports/{office.create('/exports', {'financial_year': '2023-24'}).json['id']}"
    bench = Bench(tmp_path / "pieces")
    schedule = bench.at(offices.Office(store=office.store, folder=office.folder).context())
    export_jobs.go_on(schedule, path.rpartition("/")[2])

    seen: list[object] = [office.get(path, role="finance").json["done"]]
    while bench.queue.messages:
        bench.work(schedule, bench.queue.messages.pop(0))
        seen.append(office.get(path, role="finance").json["done"])

    assert seen == [
        {"records": 0, "of": 5, "why": "", "parts": {"made": 0, "of": 3}},
        {"records": 2, "of": 5, "why": "", "parts": {"made": 1, "of": 3}},
        {"records": 4, "of": 5, "why": "", "parts": {"made": 2, "of": 3}},
        None,
    ]
    links = office.get(f"{path}/links", role="finance").json["links"]
    assert list(links) == ["entries-2023-24.csv", "entries-2023-24.totals.json"]  # type: ignore[call-overload]  # an object
