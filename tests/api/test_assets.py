"""The register of assets over the API."""

import csv
import io
from pathlib import Path

import pytest

from tests.api.library import Answer
from tests.api.office import Office, payment

LAMPS = "ssf-4-example.6"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that paid £2,500 for lamps and £20 for bulbs."""
    office = Office(tmp_path).open()
    office.create("/payments", payment("1041", 250_000))
    office.create("/payments", payment("1042", 2_000))
    return office


def item(**changes: object) -> dict[str, object]:
    said: dict[str, object] = {
        "payment": LAMPS,
        "bought_on": "2023-10-01",
        "description": "Lamp post",
        "cost_pence": 100_000,
        "place": "Hanley",
        "owner_id": "council",
        "serial_number": "LP-1",
    }
    return said | changes


DISPOSAL = {
    "on": "2024-01-31",
    "consent": {"by": "Home Office grants team", "on": "2024-01-15", "reference": "HO/123"},
    "proceeds_pence": 2_500,
    "reason": "Knocked down by a lorry; sold as scrap.",
}


def change(office: Office, method: str, path: str, body: object, role: str = "officer") -> Answer:
    etag = office.get(path.removesuffix("/disposal")).headers["ETag"]
    return office.change(method, path, body, role=role, etag=etag)


def ids(answer: Answer) -> list[str]:
    items = answer.json["items"]
    assert isinstance(items, list)
    return [str(each.get("id", each.get("payment"))) for each in items]


def test_an_asset_is_registered_moved_and_disposed_of(office: Office) -> None:
    made = office.create("/assets", item())
    path = made.headers["Location"]

    assert (made.status, path, made.headers["ETag"]) == (201, f"/assets/{LAMPS}.1", '"1"')
    assert {name: made.json[name] for name in item()} == item()
    assert {name: made.json[name] for name in ("grant_id", "initiative_id", "state", "disposal")} == {
        "grant_id": "ssf-4-example",
        "initiative_id": "lighting",
        "state": "held",
        "disposal": None,
    }
    moved = change(office, "PATCH", path, {"place": "Burslem"})
    assert (moved.status, moved.json["place"], moved.headers["ETag"]) == (200, "Burslem", '"2"')
    gone = change(office, "POST", f"{path}/disposal", DISPOSAL)
    assert (gone.status, gone.json["state"], gone.json["disposal"]) == (200, "disposed", DISPOSAL)
    assert office.get(path).json == gone.json
    assert change(office, "POST", f"{path}/disposal", DISPOSAL).json["type"] == "/problems/not-in-state"
    assert change(office, "PATCH", path, {"place": "Stoke"}).json["type"] == "/problems/not-in-state"


def test_no_more_is_registered_than_was_paid(office: Office) -> None:
    office.create("/assets", item(cost_pence=200_000))

    answer = office.create("/assets", item(cost_pence=50_001))

    assert (answer.status, answer.json["type"]) == (409, "/problems/more-than-paid")
    assert (answer.json["unregistered_pence"], answer.json["requested_pence"]) == (50_000, 50_001)
    assert office.create("/assets", item(cost_pence=50_000)).status == 201


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"payment": "ssf-4-example.5"}, 404),
        ({"payment": "ssf-4-example.99"}, 404),
        ({"owner_id": "nobody"}, 404),
        ({"bought_on": "2999-01-01"}, 422),
        ({"cost_pence": 0}, 400),
        ({"cost_pence": 10.5}, 400),
        ({"description": ""}, 400),
        ({"place": "Han\u0000ley"}, 400),
    ],
)
def test_what_cannot_be_an_asset_is_refused(office: Office, changes: dict[str, object], status: int) -> None:
    assert office.create("/assets", item(**changes)).status == status
    assert ids(office.get("/assets")) == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"on": "2023-09-30"}, 422),
        ({"on": "2999-01-01"}, 422),
        ({"proceeds_pence": -1}, 400),
        ({"reason": ""}, 400),
        ({"consent": None}, 400),
        ({"consent": {"by": "Somebody", "on": "2024-01-15"}}, 400),
    ],
)
def test_a_disposal_says_when_with_whose_consent_for_how_much_and_why(office: Office, changes: dict[str, object], status: int) -> None:
    path = office.create("/assets", item()).headers["Location"]

    assert change(office, "POST", f"{path}/disposal", DISPOSAL | changes).status == status
    assert office.get(path).json["state"] == "held"


def test_a_change_names_the_version_that_it_changes(office: Office) -> None:
    path = office.create("/assets", item()).headers["Location"]

    assert office.call("POST", f"{path}/disposal", DISPOSAL).status == 428
    assert office.change("POST", f"{path}/disposal", DISPOSAL, etag='"2"').status == 412
    assert office.change("PATCH", path, {"place": "Stoke"}, etag='"2"').status == 412
    assert office.change("PATCH", path, {"owner_id": "nobody"}, etag='"1"').status == 404
    assert office.change("PATCH", path, {}, etag='"1"').status == 400


def test_the_register_is_listed_a_page_at_a_time(office: Office) -> None:
    made = [str(office.create("/assets", item(cost_pence=10)).json["id"]) for _ in range(3)]
    made.append(str(office.create("/assets", item(cost_pence=10, payment="ssf-4-example.7")).json["id"]))
    change(office, "POST", f"/assets/{made[1]}/disposal", DISPOSAL)
    path: object = "/assets?limit=2&grant=ssf-4-example"
    pages = []
    while path:
        answer = office.get(str(path))
        pages.append(ids(answer))
        path = answer.json["next"]

    assert pages == [made[:2], made[2:]]
    assert ids(office.get("/assets?state=disposed")) == [made[1]]
    assert ids(office.get("/assets?initiative=lighting&state=held")) == [made[0], *made[2:]]
    assert ids(office.get("/assets?initiative=cctv")) == ids(office.get("/assets?grant=ssf-4")) == []


def test_without_a_threshold_nothing_is_demanded(office: Office) -> None:
    grant = office.get("/grants/ssf-4-example")

    assert grant.json["asset_threshold_pence"] is None
    assert ids(office.get("/grants/ssf-4-example/unregistered-purchases")) == []
    assert office.get("/grants/no-such-grant/unregistered-purchases").status == 404


def test_payments_above_the_threshold_are_listed_until_they_have_an_asset(office: Office) -> None:
    path = "/grants/ssf-4-example/unregistered-purchases"
    assert change(office, "PATCH", "/grants/ssf-4-example", {"asset_threshold_pence": 2_000}).json["asset_threshold_pence"] == 2_000

    assert office.get(path).json["items"] == [
        {
            "payment": LAMPS,
            "on": "2023-10-02",
            "initiative_id": "lighting",
            "quarter": "2023-24-Q3",
            "nature": "capital",
            "party": "Lamps Ltd",
            "reference": "1041",
            "description": "",
            "left_pence": 250_000,
        }
    ]
    change(office, "PATCH", "/grants/ssf-4-example", {"asset_threshold_pence": 1_999})
    first = office.get(f"{path}?limit=1")
    assert [*ids(first), *ids(office.get(str(first.json["next"])))] == [LAMPS, "ssf-4-example.7"]
    office.create("/assets", item())
    assert ids(office.get(path)) == ["ssf-4-example.7"]
    assert change(office, "PATCH", "/grants/ssf-4-example", {"asset_threshold_pence": None}).status == 200
    assert ids(office.get(path)) == []


def test_a_grant_can_be_offered_with_its_threshold_and_never_with_less_than_nothing(office: Office) -> None:
    grant = {
        "id": "ssf-5-example",
        "title": "Another grant",
        "fund_id": "ssf-4",
        "lead_recipient_id": "office",
        "force_area": "E23000015",
        "starts": "2023-04-01",
        "ends": "2024-03-31",
        "lines": [{"financial_year": "2023-24", "nature": "capital", "amount_pence": 1_000_000}],
    }

    assert office.create("/grants", {**grant, "asset_threshold_pence": -1}, role="officer").pointers == ["/asset_threshold_pence"]
    assert office.create("/grants", {**grant, "asset_threshold_pence": 0}, role="officer").json["asset_threshold_pence"] == 0


def test_the_register_is_a_file_that_a_spreadsheet_opens_safely(office: Office) -> None:
    office.create("/assets", item(description="=cmd|'/C calc'!A0"))

    answer = office.get("/asset-register?grant=ssf-4-example")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="asset-register.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline=""))
    assert row["description"] == "'=cmd|'/C calc'!A0"
    assert (row["cost_pounds"], row["owner_name"], row["payment"]) == ("1000.00", "Council", LAMPS)
    assert office.get("/asset-register?grant=ssf-4").text.count("\r\n") == 1


def test_the_history_of_a_purchase_can_be_read_and_verified(office: Office) -> None:
    path = office.create("/assets", item()).headers["Location"]
    change(office, "POST", f"{path}/disposal", DISPOSAL)

    records = office.get(f"/history/purchases/{LAMPS}").json["items"]
    assert [(record["kind"], record["reason"]) for record in records] == [  # type: ignore[attr-defined]  # a list of objects
        ("asset_registered", ""),
        ("asset_disposed", "Knocked down by a lorry; sold as scrap."),
    ]
    assert office.get(f"/verification/purchases/{LAMPS}", role="certifier").json["holds"] is True
