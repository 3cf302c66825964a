"""A quarter of the whole office over HTTP: finance closes it, everybody sees how far it is and what stops each grant."""

from pathlib import Path

import pytest

from tests.api.library import Answer
from tests.api.office import Office, payment

CLOSING = "/closings/2023-24-Q1"
WHY = {"reason": "The quarter's books are agreed."}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path).open()
    assert office.create("/payments", payment("INV-1", 120_000, on="2023-05-02")).status == 201
    return office


def close(office: Office, path: str = CLOSING, body: object = WHY, role: str = "finance") -> Answer:
    """Close the quarter, or go on, as somebody who has just read how far it is."""
    return office.call("POST", path, body, role=role, headers={"If-Match": office.get(path).headers["ETag"]})


def test_before_anybody_starts_every_grant_is_ready(office: Office) -> None:
    shown = office.get(CLOSING).json

    assert {name: shown[name] for name in shown if name != "version"} == {
        "quarter": "2023-24-Q1",
        "closed": 0,
        "ready": 1,
        "stopped": 0,
        "outcomes": [],
        "after": None,
    }


def test_finance_closes_the_quarter_and_a_second_request_finds_it_done(office: Office) -> None:
    first = close(office)
    stale = office.call("POST", CLOSING, WHY, headers={"If-Match": '"0"'})
    again = office.call("POST", CLOSING, WHY, headers={"If-Match": first.headers["ETag"]})

    assert (first.status, first.json["closed"], first.json["ready"], first.json["after"]) == (200, 1, 0, None)
    assert first.json["outcomes"] == [{"grant_id": "ssf-4-example", "ending": "closed", "stop": None}]
    assert (stale.status, again.status, again.json["closed"], again.json["outcomes"]) == (412, 200, 1, [])
    assert office.get("/grants/ssf-4-example/periods/2023-24-Q1").json["state"] == "closed"


def test_what_stops_a_grant_is_listed_with_its_kind(office: Office) -> None:
    answer = close(office, "/closings/2023-24-Q2")
    listed = office.get("/closings/2023-24-Q2/grants").json

    assert (answer.json["closed"], answer.json["stopped"], answer.json["outcomes"]) == (0, 1, [])
    assert listed["items"] == [
        {
            "grant_id": "ssf-4-example",
            "readiness": "stopped",
            "stop": {
                "type": "/problems/earlier-period-open",
                "detail": "2023-24-Q1 of ssf-4-example must be closed before 2023-24-Q2: quarters close from the earliest on.",
            },
        }
    ]


def test_each_closing_is_on_its_grants_record_with_the_reason(office: Office) -> None:
    close(office)

    records = office.get("/history/grants/ssf-4-example?limit=200").json["items"]
    assert isinstance(records, list)
    assert [(each["kind"], each["by"], each["reason"]) for each in records[-2:]] == [
        ("period_held", "finance", WHY["reason"]),
        ("period_closed", "finance", WHY["reason"]),
    ]


def test_only_finance_closes_and_a_reason_is_needed(office: Office) -> None:
    assert close(office, role="certifier").status == 403
    assert close(office, body={}).status == 400
    assert office.call("POST", CLOSING, WHY).status == 428
    assert office.get("/closings/2023-24-Q9").status == 400
    assert office.call("GET", CLOSING, role="partner").status == 403
