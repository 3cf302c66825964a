"""Separation of duties over HTTP: the table is what the routes keep, and nobody gets past it alone."""

from pathlib import Path

import pytest

from chalicelib.api.route import Route
from chalicelib.domain.matters import Matter
from chalicelib.domain.separation import TABLE, Step, may
from tests.api.library import Answer
from tests.api.office import Office, payment
from tests.api.reporting import REPORT, reporting
from tests.api.test_approvals import GRANT, VIREMENT, WHY, decide, listed

ROUTES = {f"{route.method} {route.path}": route for route in Office(Path("unused")).api.declared}
PREPARED = {
    Matter.VARIATION: "POST /grants/{grant_id}/variations",
    Matter.REOPENING: "POST /grants/{grant_id}/periods/{quarter}/reopening",
    Matter.WAIVER: "POST /grants/{grant_id}/waivers",
    Matter.VIREMENT: "POST /grants/{grant_id}/virement-proposals",
    Matter.WRITE_OFF: "POST /entries/{entry_id}/write-off-proposals",
    Matter.AGREEMENT: "POST /grants/{grant_id}/periods/{quarter}/agreement",
    Matter.CLAIM: "POST /grants/{grant_id}/claims",
    Matter.RETURN: "PUT /returns/{return_id}",
    Matter.SUSPENSE: "POST /imports/{import_id}/commit",
}
DECIDED = {
    (Matter.VARIATION, Step.APPROVE): "POST /grants/{grant_id}/variations/{variation_id}/decision",
    (Matter.REOPENING, Step.APPROVE): "POST /grants/{grant_id}/periods/{quarter}/reopening/decision",
    (Matter.WAIVER, Step.APPROVE): "POST /grants/{grant_id}/waivers/{waiver_id}/decision",
    (Matter.VIREMENT, Step.APPROVE): "POST /grants/{grant_id}/proposals/{proposal_id}/decision",
    (Matter.WRITE_OFF, Step.APPROVE): "POST /grants/{grant_id}/proposals/{proposal_id}/decision",
    (Matter.AGREEMENT, Step.SIGN): "POST /grants/{grant_id}/periods/{quarter}/agreement/signature",
    (Matter.CLAIM, Step.REVIEW): "POST /claims/{claim_id}/review",
    (Matter.CLAIM, Step.CERTIFY): "POST /claims/{claim_id}/certification",
    (Matter.RETURN, Step.ACCEPT): "POST /returns/{return_id}/acceptance",
    (Matter.SUSPENSE, Step.DISMISS): "POST /suspense/{suspense_id}/dismissal",
}
OVERRIDDEN = {
    Matter.CLAIM: "POST /claims/{claim_id}/override",
    Matter.RETURN: "POST /returns/{return_id}/override",
    Matter.SUSPENSE: "POST /suspense/{suspense_id}/override",
}
"""All others are overridden under their grant."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path).open()


@pytest.mark.parametrize("matter", PREPARED)
def test_the_routes_let_in_whom_the_table_names(matter: Matter) -> None:
    overrides = ROUTES[OVERRIDDEN.get(matter, "POST /grants/{grant_id}/overrides")]

    assert (ROUTES[PREPARED[matter]].allow, overrides.allow) == (may(matter, Step.PREPARE), may(matter, Step.OVERRIDE))


@pytest.mark.parametrize(("matter", "step"), DECIDED)
def test_the_routes_let_those_decide_whom_the_table_names(matter: Matter, step: Step) -> None:
    assert ROUTES[DECIDED[matter, step]].allow == may(matter, step)


def test_every_step_of_the_table_has_its_route() -> None:
    deciding = {Step.REVIEW, Step.APPROVE, Step.CERTIFY, Step.ACCEPT, Step.SIGN, Step.DISMISS}

    assert {(matter, step) for matter, steps in TABLE.items() for step in steps if step in deciding} == set(DECIDED)
    assert ROUTES["POST /returns/{return_id}/changes-requested"].allow == may(Matter.RETURN, Step.ACCEPT)
    for path in ("submission", "payments", "redraft", "withdrawal", "query", "answer"):
        assert ROUTES[f"POST /claims/{{claim_id}}/{path}"].allow == may(Matter.CLAIM, Step.PREPARE)


def test_no_route_decides_what_the_table_does_not_know() -> None:
    ends = ("/decision", "/review", "/certification", "/acceptance", "/signature", "/dismissal")
    deciding: dict[str, Route] = {name: route for name, route in ROUTES.items() if route.path.endswith(ends)}

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
        "accept": None,
        "sign": None,
        "dismiss": None,
        "publish": None,
        "withdraw": None,
        "override": ["administrator", "certifier", "finance"],
    }
    claim, returned = duties[6], duties[7]
    assert [claim[step] for step in ("prepare", "review", "certify", "accept")] == [
        *(["finance"], ["administrator", "finance", "officer"], ["certifier"], None),
    ]
    assert [returned[step] for step in ("prepare", "review", "accept")] == [["partner"], None, ["administrator", "officer"]]
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
        *("virement", "1", ["officer"], "approved", "officer", "Seen, and agreed."),
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


CLAIM, RETURN = "/claims/ssf-4-example.claim-1", "/returns/lighting.2023-24-Q2"
WORDING = {"wording": {"text": "I certify that this was spent as the grant allows.", "clause": "Scheme, 7"}, "reason": WHY}
DECISION = ("step", "outcome", "prepared_by", "decision", "decided_by", "override")


@pytest.fixture
def claiming(tmp_path: Path) -> Office:
    """An office with something to claim, whose certificates say what they say."""
    office = Office(tmp_path).open()
    office.create("/payments", payment("1041", 250_000))
    office.change("PUT", f"{GRANT}/certificate-wording", WORDING, role="certifier")
    office.create(f"{GRANT}/claims", {"quarter": "2023-24-Q3"})
    return office


def moved(office: Office, path: str, body: object, *, role: str, subject: str) -> Answer:
    """Take a step of what was just read, as somebody with a role who is called as `subject`."""
    etag = office.get("/".join(path.split("/")[:3])).headers["ETag"]
    return office.call("POST", path, body, role=role, subject=subject, headers={"If-Match": etag})


def actions(office: Office, query: str = "") -> list[tuple[object, ...]]:
    return [tuple(each[name] for name in DECISION) for each in listed(office.get(f"/separation-of-duties{query}"))]


def test_a_claim_waits_for_its_review_and_then_for_its_signature(claiming: Office) -> None:
    (asked,) = listed(claiming.get("/approvals"))
    assert {name: asked[name] for name in ("matter", "step", "grant_id", "id", "requested_by", "prepared_by")} == {
        "matter": "claim",
        "step": "review",
        "grant_id": "ssf-4-example",
        "id": "ssf-4-example.claim-1",
        "requested_by": "finance",
        "prepared_by": ["finance"],
    }
    assert [asked["shown_at"], asked["decided_at"], asked["may_decide"]] == [
        CLAIM,
        f"{CLAIM}/review",
        ["administrator", "finance", "officer"],
    ]
    assert listed(claiming.get("/approvals?by_others=true", role="finance")) == []

    moved(claiming, f"{CLAIM}/review", {"reason": WHY}, role="officer", subject="officer")
    (asked,) = listed(claiming.get("/approvals?grant=ssf-4-example&matter=claim"))
    assert [asked[name] for name in ("step", "prepared_by", "may_decide", "reason")] == [
        "certify",
        ["finance", "officer"],
        ["certifier"],
        WHY,
    ]
    sha256 = claiming.get(f"{CLAIM}/pack").json["sha256"]
    assert moved(claiming, str(asked["decided_at"]), {"sha256": sha256}, role="certifier", subject="cfo").status == 200

    assert listed(claiming.get("/approvals")) == []
    assert actions(claiming, "?matter=claim") == [
        ("review", "held", ["finance"], "approved", "officer", None),
        ("certify", "held", ["finance", "officer"], "approved", "cfo", None),
    ]


def test_an_override_of_a_claim_is_for_one_step_and_shows(claiming: Office) -> None:
    def overridden(role: str) -> Answer:
        return claiming.create(f"{CLAIM}/override", {"reason": "Nobody else is here this week."}, role=role)

    def review() -> Answer:
        return moved(claiming, f"{CLAIM}/review", {"reason": WHY}, role="administrator", subject="finance")

    def sign(subject: str) -> Answer:
        sha256 = claiming.get(f"{CLAIM}/pack").json["sha256"]
        return moved(claiming, f"{CLAIM}/certification", {"sha256": sha256}, role="certifier", subject=subject)

    assert review().json["type"] == "/problems/preparer-cannot-approve"
    assert overridden("finance").json["type"] == "/problems/preparer-cannot-approve"
    assert [overridden(role).status for role in ("officer", "administrator", "certifier")] == [403, 201, 409]
    assert [each["overridden_by"] for each in listed(claiming.get("/approvals"))] == ["administrator"]
    assert review().json["state"] == "reviewed"

    assert sign("finance").json["type"] == "/problems/preparer-cannot-approve"
    given = overridden("administrator")
    assert [given.json[name] for name in ("matter", "step", "id", "requested_by")] == [
        "claim",
        "certify",
        "ssf-4-example.claim-1",
        "finance",
    ]
    assert sign("finance").json["state"] == "certified"

    by = {"by": "administrator", "reason": "Nobody else is here this week."}
    assert actions(claiming, "?outcome=overridden") == [
        ("review", "overridden", ["finance"], "approved", "finance", by),
        ("certify", "overridden", ["finance"], "approved", "finance", by),
    ]
    assert listed(claiming.get("/history/claims/ssf-4-example"))[2]["kind"] == "override_given"
    assert claiming.get("/verification/claims/ssf-4-example", role="certifier").json["holds"] is True


def test_whoever_reviewed_a_claim_signs_it_only_where_another_lets_them(claiming: Office) -> None:
    moved(claiming, f"{CLAIM}/review", {"reason": WHY}, role="administrator", subject="both")
    sha256 = {"sha256": claiming.get(f"{CLAIM}/pack").json["sha256"]}

    refused = moved(claiming, f"{CLAIM}/certification", sha256, role="certifier", subject="both")
    assert (refused.status, refused.json["type"]) == (403, "/problems/reviewer-cannot-certify")
    claiming.create(f"{CLAIM}/override", {"reason": "Nobody else is here."}, role="certifier")
    assert moved(claiming, f"{CLAIM}/certification", sha256, role="certifier", subject="both").json["state"] == "certified"
    assert [action[1:3] for action in actions(claiming)] == [("held", ["finance"]), ("overridden", ["finance", "both"])]


def test_drafting_anew_ends_an_override(claiming: Office) -> None:
    claiming.create(f"{CLAIM}/override", {"reason": "Nobody else is here."}, role="certifier")
    moved(claiming, f"{CLAIM}/redraft", {"reason": WHY}, role="finance", subject="finance")

    refused = moved(claiming, f"{CLAIM}/review", {"reason": WHY}, role="administrator", subject="finance")
    assert refused.json["type"] == "/problems/preparer-cannot-approve"
    assert [each["overridden_by"] for each in listed(claiming.get("/approvals"))] == [None]


def test_a_submitted_return_waits_for_the_office_and_what_it_says_is_reported(tmp_path: Path) -> None:
    office = reporting(tmp_path)
    office.hand_in()
    (asked,) = listed(office.get("/approvals?matter=return"))
    assert [asked[name] for name in ("step", "grant_id", "id", "requested_by", "may_decide", "decided_at")] == [
        *("accept", None, "lighting.2023-24-Q2", "council-partner", ["administrator", "officer"], f"{RETURN}/acceptance"),
    ]
    assert listed(office.get("/approvals?grant=ssf-4-example")) == []

    own = office.review(f"{RETURN}/changes-requested", role="officer", subject="council-partner")
    assert own.json["type"] == "/problems/preparer-cannot-approve"
    assert office.review(f"{RETURN}/changes-requested").status == 200
    assert listed(office.get("/approvals")) == []
    office.hand_in()
    assert office.create(f"{RETURN}/override", {"reason": "Nobody else is here."}, role="finance").status == 201
    assert office.review(f"{RETURN}/acceptance", subject="council-partner").json["state"] == "accepted"

    assert actions(office) == [
        ("accept", "held", ["council-partner"], "rejected", "officer", None),
        ("accept", "overridden", ["council-partner"], "approved", "council-partner", {"by": "finance", "reason": "Nobody else is here."}),
    ]
    assert listed(office.get("/history/returns/lighting.2023-24-Q2"))[5]["kind"] == "override_given"
    assert office.get("/verification/returns/lighting.2023-24-Q2", role="certifier").json["holds"] is True


def test_what_nobody_submitted_is_not_overridden(tmp_path: Path) -> None:
    office = reporting(tmp_path)

    def overridden(path: str) -> Answer:
        return office.create(f"{path}/override", {"reason": "Nobody else is here."})

    assert (overridden(RETURN).status, overridden(CLAIM).status) == (404, 404)
    office.partner("PUT", RETURN, REPORT)
    assert overridden(RETURN).json["type"] == "/problems/missing"
    assert office.call("POST", f"{RETURN}/override", {"reason": WHY}, role="partner", organisation="council").status == 403


def test_grants_claims_and_returns_are_one_list_page_by_page(tmp_path: Path) -> None:
    office = reporting(tmp_path)
    office.hand_in()
    office.create(f"{GRANT}/claims", {"quarter": "2023-24-Q3"})
    office.create(f"{GRANT}/virement-proposals", VIREMENT, role="officer")

    found, next_page = [], "/approvals?limit=1"
    while next_page:
        answer = office.get(next_page)
        found += [(each["matter"], each["id"]) for each in listed(answer)]
        next_page = str(answer.json["next"] or "")

    assert found == [("virement", "1"), ("claim", "ssf-4-example.claim-1"), ("return", "lighting.2023-24-Q2")]
