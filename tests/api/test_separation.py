"""Separation of duties over HTTP: the table is what the routes keep, and nobody gets past it alone."""

from pathlib import Path

import pytest

from chalicelib.api.route import Route
from chalicelib.domain.matters import Matter
from chalicelib.domain.separation import TABLE, Step, may
from tests.api.library import Answer
from tests.api.office import Office
from tests.api.test_approvals import GRANT, VIREMENT, WHY, decide, listed

ROUTES = {f"{route.method} {route.path}": route for route in Office(Path("unused")).api.declared}
PREPARED = {
    Matter.VARIATION: "POST /grants/{grant_id}/variations",
    Matter.REOPENING: "POST /grants/{grant_id}/periods/{quarter}/reopening",
    Matter.WAIVER: "POST /grants/{grant_id}/waivers",
    Matter.VIREMENT: "POST /grants/{grant_id}/virement-proposals",
    Matter.WRITE_OFF: "POST /entries/{entry_id}/write-off-proposals",
}
DECIDED = {
    Matter.VARIATION: "POST /grants/{grant_id}/variations/{variation_id}/decision",
    Matter.REOPENING: "POST /grants/{grant_id}/periods/{quarter}/reopening/decision",
    Matter.WAIVER: "POST /grants/{grant_id}/waivers/{waiver_id}/decision",
    Matter.VIREMENT: "POST /grants/{grant_id}/proposals/{proposal_id}/decision",
    Matter.WRITE_OFF: "POST /grants/{grant_id}/proposals/{proposal_id}/decision",
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path).open()


@pytest.mark.parametrize("matter", PREPARED)
def test_the_routes_let_in_whom_the_table_names(matter: Matter) -> None:
    prepares, decides = ROUTES[PREPARED[matter]], ROUTES[DECIDED[matter]]

    assert (prepares.allow, decides.allow) == (may(matter, Step.PREPARE), may(matter, Step.APPROVE))


def test_no_route_decides_what_the_table_does_not_know() -> None:
    deciding: dict[str, Route] = {name: route for name, route in ROUTES.items() if route.path.endswith("/decision")}

    assert set(deciding) == set(DECIDED.values())


def test_the_table_can_be_read(office: Office) -> None:
    duties = listed(office.get("/duties"), "duties")

    assert [each["matter"] for each in duties] == list(TABLE)
    assert duties[0] == {
        "matter": "variation",
        "prepare": ["administrator", "finance", "officer"],
        "review": None,
        "approve": ["administrator", "certifier"],
        "certify": None,
        "publish": None,
        "withdraw": None,
        "override": ["administrator", "certifier", "finance"],
    }
    assert (duties[-1]["matter"], duties[-1]["publish"], duties[-1]["approve"]) == ("publication", ["publisher"], None)


def let(office: Office, named: object = "1", matter: str = "virement", *, role: str = "finance") -> Answer:
    body = {"matter": matter, "request": named, "reason": "The certifier is ill, and the money is needed this week."}
    return office.create(f"{GRANT}/overrides", body, role=role)


def test_a_second_person_lets_the_preparer_decide_and_the_report_says_so(office: Office) -> None:
    at = office.create(f"{GRANT}/virement-proposals", VIREMENT, role="officer").headers["Location"]
    assert decide(office, at, role="administrator", subject="officer").status == 403
    given = let(office)
    waiting = listed(office.get("/approvals"))
    decided = decide(office, at, role="administrator", subject="officer")

    assert (given.status, given.json["requested_by"]) == (201, "officer")
    assert given.json["override"] == {"by": "finance", "reason": "The certifier is ill, and the money is needed this week."}
    assert [each["overridden_by"] for each in waiting] == ["finance"]
    assert (decided.status, decided.json["decided_by"]) == (200, "officer")
    (action,) = listed(office.get("/separation-of-duties?outcome=overridden"))
    assert action["override"] == given.json["override"]
    assert [action[name] for name in ("matter", "id", "prepared_by", "decision", "decided_by", "reason")] == [
        *("virement", "1", "officer", "approved", "officer", "Seen, and agreed."),
    ]
    assert listed(office.get("/separation-of-duties?outcome=held")) == []


def test_nobody_lets_themselves(office: Office) -> None:
    office.create(f"{GRANT}/virement-proposals", VIREMENT)
    answer = let(office)

    assert (answer.status, answer.json["type"]) == (403, "/problems/preparer-cannot-approve")


def test_what_does_not_wait_is_not_overridden(office: Office) -> None:
    office.create(f"{GRANT}/virement-proposals", VIREMENT, role="officer")

    assert (let(office, "2").status, let(office, "1", "variation").status) == (404, 404)
    assert (let(office).status, let(office).status) == (201, 409)
    assert let(office, "1", "publication").pointers == ["/matter"]
    assert let(office, "0").pointers == ["/request"]


def test_the_report_pages(office: Office) -> None:
    for number in (1, 2, 3):
        office.create(f"{GRANT}/virement-proposals", {**VIREMENT, "amount_pence": number}, role="officer")
        decide(office, f"{GRANT}/proposals/{number}", "rejected" if number == 2 else "approved")

    first = office.get("/separation-of-duties?limit=2")
    second = office.get(str(first.json["next"]))

    assert [(each["id"], each["outcome"], each["decision"]) for each in listed(first) + listed(second)] == [
        ("1", "held", "approved"),
        ("2", "held", "rejected"),
        ("3", "held", "approved"),
    ]
    assert second.json["next"] is None
    assert len(listed(office.get("/separation-of-duties?person=certifier&matter=virement"))) == 3
    assert listed(office.get("/separation-of-duties?person=nobody")) == []


def test_a_repeated_override_is_given_once(office: Office) -> None:
    office.create(f"{GRANT}/virement-proposals", VIREMENT, role="officer")
    body = {"matter": "virement", "request": "1", "reason": WHY}

    first, again = (office.create(f"{GRANT}/overrides", body, key="once") for _ in range(2))

    assert (first.text, again.headers["Idempotent-Replay"]) == (again.text, "true")
