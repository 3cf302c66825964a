"""Agreements over HTTP: who may, once, on what was seen, and what a refusal tells."""

from pathlib import Path

import pytest

from tests.api.library import Answer
from tests.api.office import Office, payment
from tests.api.test_rules import listed

PERIOD = "/grants/ssf-4-example/periods/2023-24-Q3"
AGREEMENT = f"{PERIOD}/agreement"
WHY = "Trial balance of 31 December"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that has paid £7.00 in the third quarter."""
    office = Office(tmp_path).open()
    made = office.create("/payments", payment("1", 700, on="2023-11-20"))
    assert made.status == 201, made.text
    return office


def stated(office: Office, pence: int, **more: object) -> Answer:
    return office.create(AGREEMENT, {"totals": [{"office_pence": pence}], "reason": WHY, **more})


def stepped(office: Office, step: str, role: str, **body: object) -> Answer:
    headers = {"If-Match": office.get(AGREEMENT).headers["ETag"]}
    return office.call("POST", f"{AGREEMENT}/{step}", {"reason": WHY, **body}, role=role, headers=headers)


def closed(office: Office) -> Answer:
    """Close the third quarter, and those before it; what the last of them was answered."""
    answers = [_moved(office, f"2023-24-Q{number}", state) for number in (1, 2, 3) for state in ("held", "closed")]
    return answers[-1]


def _moved(office: Office, quarter: str, state: str) -> Answer:
    path = f"/grants/ssf-4-example/periods/{quarter}"
    headers = {"If-Match": office.get(path).headers["ETag"]}
    return office.call("POST", f"{path}/state", {"state": state, "reason": WHY}, role="finance", headers=headers)


def test_a_penny_is_told_explained_signed_and_then_the_quarter_closes(office: Office) -> None:
    made = stated(office, 701)
    assert (made.status, made.headers["Location"]) == (201, AGREEMENT)
    (line,) = listed(made, "lines")
    assert (line["office_pence"], line["ours_pence"], line["unexplained_pence"], line["since_pence"]) == (701, 700, 1, 0)

    refused = closed(office)
    assert (refused.status, refused.json["type"]) == (409, "/problems/difference-unexplained")
    assert refused.json["unexplained"] == [{"of": "all that no other total names", "pence": 1}]
    assert stepped(office, "signature", "certifier").json["type"] == "/problems/difference-unexplained"

    given = office.create(f"{AGREEMENT}/explanations", {"cause": "timing", "pence": 1, "reason": "Rounded by the bank"})
    assert (given.status, given.json["cause"], given.json["explained_by"]) == (201, "timing", "finance")
    assert closed(office).json["type"] == "/problems/agreement-not-signed"
    assert stepped(office, "signature", "finance").json["type"] == "/problems/preparer-cannot-approve"
    assert stepped(office, "signature", "certifier").json["state"] == "signed"
    shown = closed(office).json
    agreed = office.get(AGREEMENT).json["signed_in"]
    assert shown["state"] == "closed"
    assert isinstance(shown["closing"], dict)
    assert shown["closing"]["agreed_in"] == agreed

    assert listed(office.get("/agreements/2023-24-Q3")) == [
        {
            "grant_id": "ssf-4-example",
            "state": "signed",
            "difference_pence": 1,
            "unexplained_pence": [],
            "prepared_by": ["finance"],
            "signed_by": "certifier",
        }
    ]


def test_to_state_the_totals_twice_is_to_state_them_once(office: Office) -> None:
    body = {"totals": [{"office_pence": 700}], "reason": WHY}
    first = office.call("POST", AGREEMENT, body, role="finance", headers={"Idempotency-Key": "once"})
    again = office.call("POST", AGREEMENT, body, role="finance", headers={"Idempotency-Key": "once"})

    assert (first.status, again.status, again.headers["Idempotent-Replay"], again.text) == (201, 201, "true", first.text)
    assert stated(office, 700).json["type"] == "/problems/already-exists"


def test_what_is_seen_is_named_by_every_change(office: Office) -> None:
    seen = stated(office, 700).headers["ETag"]
    body = {"totals": [{"office_pence": 700}], "reason": WHY}

    assert office.call("PUT", AGREEMENT, body, role="finance").status == 428
    assert office.call("PUT", AGREEMENT, body, role="finance", headers={"If-Match": seen}).status == 200
    for path, told in ((f"{AGREEMENT}/signature", {"reason": WHY}), (f"{AGREEMENT}/explanations/9/withdrawal", {"reason": WHY})):
        role = "certifier" if path.endswith("signature") else "finance"
        assert office.call("POST", path, told, role=role, headers={"If-Match": seen}).status == 412


def test_what_is_posted_later_shows_beside_what_was_agreed(office: Office) -> None:
    stated(office, 700)
    stepped(office, "signature", "certifier")
    office.create("/payments", payment("2", 25, on="2023-12-01"))

    (line,) = listed(office.get(AGREEMENT), "lines")
    assert (line["ours_pence"], line["since_pence"]) == (700, 25)
    refused = closed(office)
    assert refused.json["type"] == "/problems/agreement-outdated"
    assert refused.json["moved"] == [{"of": "all that no other total names", "agreed_pence": 700, "now_pence": 725}]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"totals": [{"office_pence": 1}, {"office_pence": 2}]}, ["/totals/1"]),
        ({"totals": [{"office_pence": 1, "codes": ["SS4"]}]}, ["/profile_id"]),
        ({"totals": [{"office_pence": 1, "codes": ["SS4"], "nature": "capital"}], "profile_id": "payments"}, ["/totals/0"]),
        (
            {"totals": [{"office_pence": 1, "initiative_id": "lighting"}, {"office_pence": 1, "nature": "capital"}]},
            ["/totals/1"],
        ),
    ],
)
def test_totals_that_cannot_be_are_refused_where_they_stand(office: Office, body: dict[str, object], pointers: list[str]) -> None:
    refused = office.create(AGREEMENT, {**body, "reason": WHY})

    assert refused.status == 422
    assert [error["pointer"] for error in listed(refused, "errors")] == pointers


def test_what_was_never_stated_is_not_there(office: Office) -> None:
    assert office.get(AGREEMENT).status == 404
    assert office.get(f"{AGREEMENT}/items").status == 404
    assert [each["state"] for each in listed(office.get("/agreements/2023-24-Q3"))] == [None]
    assert office.get("/grants/ssf-4-example/periods/2019-20-Q1/agreement").status == 404
