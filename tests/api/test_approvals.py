"""Proposals and the list of what waits, as their users meet them over HTTP."""

from pathlib import Path

import pytest

from tests.api.library import Answer
from tests.api.office import Office

GRANT = "/grants/ssf-4-example"
WHY = "The lamps cost less than was planned."
VIREMENT = {
    "from_initiative_id": "lighting",
    "to_initiative_id": "cctv",
    "financial_year": "2023-24",
    "nature": "capital",
    "amount_pence": 50_000,
    "on": "2023-10-02",
    "reason": WHY,
}
ORDER = {"initiative_id": "lighting", "nature": "capital", "on": "2023-10-02", "amount_pence": 9_000}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path).open()


def decide(office: Office, at: str, decision: str = "approved", *, role: str = "certifier", subject: str = "") -> Answer:
    etag = office.get(at.removesuffix("/reopening")).headers["ETag"]
    body = {"decision": decision, "reason": "Seen, and agreed."}
    return office.call("POST", f"{at}/decision", body, role=role, subject=subject, headers={"If-Match": etag})


def listed(answer: Answer, name: str = "items") -> list[dict[str, object]]:
    found = answer.json[name]
    assert isinstance(found, list)
    return found


def test_a_proposed_virement_is_posted_by_its_approval(office: Office) -> None:
    asked = office.create(f"{GRANT}/virement-proposals", VIREMENT, role="officer")
    at = asked.headers["Location"]
    own = decide(office, at, role="administrator", subject="officer")
    done = decide(office, at)

    assert (asked.status, asked.json["state"], asked.json["after_pence"]) == (201, "requested", None)
    assert (own.status, own.json["type"]) == (403, "/problems/preparer-cannot-approve")
    assert (done.status, done.json["state"], done.json["decided_by"]) == (200, "approved", "certifier")
    assert done.json["before_pence"] == {"lighting": 600_000, "cctv": 0}
    assert done.json["after_pence"] == {"lighting": 550_000, "cctv": 50_000}
    posted = listed(office.get("/entries?kind=virement"))
    assert [(each["amount_pence"], each["recorded_by"]) for each in posted] == [(-50_000, "certifier"), (50_000, "certifier")]


def test_above_the_limit_the_refusal_says_what_to_do(office: Office) -> None:
    limit = {"clause": "Scheme of delegation, 3.1", "breach": "refuse", "limit_pence": 49_999}
    office.change("PATCH", f"{GRANT}/rules", {"virement_limit": limit, "reason": WHY}, role="certifier")

    direct = office.create(f"{GRANT}/virements", VIREMENT)
    asked = office.create(f"{GRANT}/virement-proposals", VIREMENT)

    assert (direct.status, direct.json["type"]) == (422, "/problems/rule-broken")
    assert str(direct.json["detail"]).startswith(
        "A virement may come to £499.99 by itself; £500.00 needs a proposal that a second person approves. (Scheme of delegation, 3.1.)"
    )
    assert decide(office, asked.headers["Location"]).json["state"] == "approved"


def test_a_write_off_gives_up_all_that_is_left_unless_told_otherwise(office: Office) -> None:
    order = listed(office.create(f"{GRANT}/commitments", ORDER), "entries")[0]["id"]

    part = office.create(f"/entries/{order}/write-off-proposals", {"on": "2023-10-02", "amount_pence": 1_000, "reason": WHY})
    rest = office.create(f"/entries/{order}/write-off-proposals", {"on": "2023-10-02", "reason": WHY})

    assert (part.json["amount_pence"], rest.json["amount_pence"], rest.json["entry"]) == (1_000, 9_000, order)
    assert decide(office, part.headers["Location"]).json["after_pence"] == {order: 8_000}
    stale = decide(office, rest.headers["Location"])
    assert (stale.status, stale.json["type"]) == (409, "/problems/request-stale")
    assert stale.json["changed"] == f"{order} stood at £90.00 and stands at £80.00 now."
    assert decide(office, rest.headers["Location"], "rejected").json["state"] == "rejected"
    first = office.get(f"{GRANT}/proposals?limit=1").json
    second = office.get(str(first["next"])).json
    assert [each["id"] for each in (*first["items"], *second["items"])] == [1, 2]  # type: ignore[misc]  # lists of objects


def test_everything_that_waits_is_one_list(office: Office) -> None:
    office.create(f"{GRANT}/virement-proposals", VIREMENT, role="officer")
    office.create(f"{GRANT}/virement-proposals", VIREMENT)
    top_up = {
        "kind": "top_up",
        "dated": "2023-10-02",
        "reason": "More money",
        "notice_reference": "Letter",
        "changes": [{"financial_year": "2023-24", "nature": "capital", "change_pence": 100}],
    }
    office.create(f"{GRANT}/variations", top_up)

    first = office.get("/approvals?limit=2")
    second = office.get(str(first.json["next"]))
    found = listed(first) + listed(second)

    assert [(each["matter"], each["requested_by"]) for each in found] == [
        ("virement", "officer"),
        ("virement", "finance"),
        ("variation", "finance"),
    ]
    assert second.json["next"] is None
    assert found[2]["may_decide"] == ["administrator", "certifier"]
    assert (found[2]["shown_at"], found[2]["reason"]) == (f"{GRANT}/variations/1", "More money")
    assert [each["id"] for each in listed(office.get("/approvals?by_others=true", role="officer"))] == ["2", "1"]
    assert listed(office.get("/approvals?matter=waiver")) == []
    assert office.get("/approvals?grant=no-such-grant").status == 404


def test_each_request_is_decided_where_the_list_says(office: Office) -> None:
    office.create(f"{GRANT}/virement-proposals", VIREMENT)
    quarter = f"{GRANT}/periods/2023-24-Q1"
    for path, body in (
        (f"{quarter}/state", {"state": "held", "reason": WHY}),
        (f"{quarter}/state", {"state": "closed", "reason": WHY}),
        (f"{quarter}/reopening", {"reason": WHY}),
    ):
        held = office.get(quarter).headers["ETag"]
        assert office.call("POST", path, body, headers={"If-Match": held}).status == 200

    waiting = listed(office.get("/approvals"))
    assert [each["matter"] for each in waiting] == ["virement", "reopening"]
    for each in waiting:
        etag = office.get(str(each["shown_at"])).headers["ETag"]
        decision = {"decision": "approved", "reason": "Seen, and agreed."}
        assert office.call("POST", str(each["decided_at"]), decision, role="certifier", headers={"If-Match": etag}).status == 200
    assert listed(office.get("/approvals")) == []


def test_a_cursor_of_another_list_is_refused(office: Office) -> None:
    for _ in range(2):
        office.create(f"{GRANT}/virement-proposals", VIREMENT)
    cursor = str(office.get(f"{GRANT}/proposals?limit=1").json["next"]).partition("cursor=")[2].partition("&")[0]

    assert office.get(f"/approvals?cursor={cursor}").json["type"] == "/problems/unknown-cursor"
