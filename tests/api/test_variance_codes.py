"""Variance codes over HTTP: added and retired by the office, read by everybody, deleted by nobody."""

from pathlib import Path

import pytest

from tests.api.library import Answer
from tests.api.office import Office

LATE = {"id": "late-supplier", "words": "A supplier was late"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    assert office.create("/variance-codes", LATE, role="officer").status == 201
    return office


def retire(office: Office, code: str = "late-supplier", etag: str | None = None) -> Answer:
    held = etag or office.get(f"/variance-codes/{code}").headers["ETag"]
    body = {"reason": "Too vague: name the cause."}
    return office.call("POST", f"/variance-codes/{code}/retirement", body, role="officer", headers={"If-Match": held})


def test_a_code_is_added_and_found(office: Office) -> None:
    shown = office.get("/variance-codes/late-supplier", role="partner", organisation="council")

    assert shown.json == {**LATE, "retired": False, "version": "1"}


def test_a_code_is_added_once(office: Office) -> None:
    again = office.create("/variance-codes", {**LATE, "words": "Other words"}, role="administrator")

    assert (again.status, again.json["type"]) == (409, "/problems/already-exists")


def test_a_retired_code_stays_in_the_register(office: Office) -> None:
    office.create("/variance-codes", {"id": "weather", "words": "The weather"}, role="officer")

    assert retire(office).json == {**LATE, "retired": True, "version": "2"}
    assert ids(office.get("/variance-codes")) == ["late-supplier", "weather"]
    assert ids(office.get("/variance-codes?retired=true")) == ["late-supplier"]
    assert ids(office.get("/variance-codes?retired=false")) == ["weather"]


def ids(answer: Answer) -> list[str]:
    return [each["id"] for each in answer.json["items"]]  # type: ignore[attr-defined]  # a list of objects


def test_a_code_is_retired_once_and_under_the_eye_of_who_read_it(office: Office) -> None:
    stale = retire(office, etag='"7"')
    retire(office)
    again = retire(office)

    assert (stale.status, again.status, again.json["type"]) == (412, 409, "/problems/not-in-state")


def test_codes_page(office: Office) -> None:
    office.create("/variance-codes", {"id": "weather", "words": "The weather"}, role="officer")

    first = office.get("/variance-codes?limit=1")

    assert (ids(first), ids(office.get(str(first.json["next"])))) == (["late-supplier"], ["weather"])


def test_why_a_code_was_retired_is_in_its_history(office: Office) -> None:
    retire(office)

    records = office.get("/history/variance-codes/late-supplier").json["items"]
    assert isinstance(records, list)
    assert [(each["kind"], each["reason"]) for each in records] == [
        ("variance_code_added", ""),
        ("variance_code_retired", "Too vague: name the cause."),
    ]
    assert office.get("/verification/variance-codes/late-supplier", role="finance").json["holds"] is True
