"""Claims over the API: from the draft to the money, by the people who may; and the file that is signed."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.library import Answer
from tests.api.office import Office, payment

CLAIM = "/claims/ssf-4-example.claim-1"
SENT = {"on": "2024-01-15", "reference": "HO-1"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that paid £2,500 in October and £20 in August, for lighting."""
    office = Office(tmp_path).open()
    office.create("/payments", payment("1041", 250_000))
    office.create("/payments", payment("1042", 2_000, on="2023-08-02"))
    worded(office)
    return office


WORDING_PATH = "/grants/ssf-4-example/certificate-wording"
WORDING = {"text": "I certify that this was spent as the grant allows.", "clause": "Scheme of delegation, 7"}


def worded(office: Office, wording: object = WORDING, *, role: str = "certifier") -> Answer:
    """Set what certificates say; it is the first record of the grant's claims."""
    return office.change("PUT", WORDING_PATH, {"wording": wording, "reason": "As the scheme of delegation has it."}, role=role)


def drafted(office: Office, quarter: str = "2023-24-Q3", **more: object) -> Answer:
    return office.create("/grants/ssf-4-example/claims", {"quarter": quarter, **more})


def step(office: Office, move: str, body: object, *, role: str = "finance", subject: str = "", claim: str = CLAIM) -> Answer:
    etag = office.get(claim).headers["ETag"]
    return office.call("POST", f"{claim}/{move}", body, role=role, subject=subject, headers={"If-Match": etag})


def certified(office: Office) -> Answer:
    made = drafted(office)
    step(office, "review", {"reason": "Every invoice was looked at."}, role="officer")
    return step(office, "certification", {"sha256": pack(made)["sha256"]}, role="certifier")


def pack(answer: Answer) -> dict[str, object]:
    return cast("dict[str, object]", answer.json["pack"])


def items(answer: Answer) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", answer.json["items"])


def told(answer: Answer, *names: str) -> list[object]:
    return [answer.json[name] for name in names]


def test_a_claim_is_drafted_reviewed_certified_submitted_and_paid(office: Office) -> None:
    made = drafted(office, note="With the lamps of Hanley")
    assert (made.status, made.headers["Location"], made.headers["ETag"]) == (201, CLAIM, '"2"')
    assert told(made, "state", "total_pence", "lines", "note", "prepared_by") == [
        "drafted",
        252_000,
        2,
        "With the lamps of Hanley",
        ["finance"],
    ]
    assert made.json["spans"] == [
        {"quarter": "2023-24-Q2", "after": 0, "until": 7},
        {"quarter": "2023-24-Q3", "after": 0, "until": 7},
    ]

    reviewed = step(office, "review", {"reason": "Every invoice was looked at."}, role="officer")
    assert told(reviewed, "state", "reviewed_by") == ["reviewed", "officer"]
    signed = step(office, "certification", {"sha256": pack(made)["sha256"]}, role="certifier")
    assert (signed.json["state"], signed.json["certificate"]) == (
        "certified",
        {"by": "certifier", "on": signed.json["drafted_on"], "sha256": pack(made)["sha256"]},
    )
    sent = step(office, "submission", SENT)
    assert told(sent, "state", "submitted_on", "reference", "outstanding_pence") == ["submitted", "2024-01-15", "HO-1", 252_000]
    assert sent.json["parts"] == [
        {
            "financial_year": "2023-24",
            "nature": "capital",
            "quarter": "2023-24-Q3",
            "asked_pence": 252_000,
            "received_pence": 0,
            "claimed_entry": "ssf-4-example.8",
        }
    ]
    part = step(office, "payments", {"on": "2024-02-20", "amount_pence": 200_000, "reference": "BACS-1"})
    assert told(part, "state", "received_pence", "outstanding_pence") == ["part_paid", 200_000, 52_000]
    asked = step(office, "query", {"on": "2024-03-01", "question": "What is invoice 1042?"})
    assert asked.json["state"] == "queried"
    answered = step(office, "answer", {"on": "2024-03-04", "answer": "Bulbs for Burslem."})
    assert answered.json["queries"] == [
        {"on": "2024-03-01", "question": "What is invoice 1042?", "answered_on": "2024-03-04", "answer": "Bulbs for Burslem."}
    ]
    paid = step(office, "payments", {"on": "2024-04-20", "amount_pence": 52_000, "reference": "BACS-2"})
    assert told(paid, "state", "received_pence", "outstanding_pence") == ["paid", 252_000, 0]
    assert office.get(CLAIM).json == paid.json

    assert items(office.get("/grants/ssf-4-example/debtors")) == [
        {
            "financial_year": "2023-24",
            "claimed_pence": 252_000,
            "received_by_year_end_pence": 200_000,
            "debtor_pence": 52_000,
            "received_later_pence": 52_000,
            "outstanding_pence": 0,
        }
    ]
    assert office.get("/verification/claims/ssf-4-example", role="certifier").json["holds"] is True
    assert [record["kind"] for record in items(office.get("/history/claims/ssf-4-example"))] == [
        *("wording_set", "claim_drafted", "claim_reviewed", "claim_certified", "claim_submitted", "claim_settled"),
        *("claim_queried", "claim_answered", "claim_settled"),
    ]


def test_the_pack_that_comes_by_the_link_is_the_one_that_is_signed(office: Office) -> None:
    made = drafted(office)

    linked = office.get(f"{CLAIM}/pack")

    link = urlsplit(str(linked.json["link"]))
    content = office.objects.get(link.path.removeprefix("/objects/"))
    assert hashlib.sha256(content).hexdigest() == linked.json["sha256"] == pack(made)["sha256"]
    assert parse_qs(link.query)["filename"] == ["ssf-4-example.claim-1.zip"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert json.loads(archive.read("claim.json"))["total_pence"] == 252_000


def test_lines_are_listed_a_page_at_a_time_and_say_which_came_late(office: Office) -> None:
    drafted(office)

    first = office.get(f"{CLAIM}/lines?limit=1")
    second = office.get(str(first.json["next"]))

    assert [(each["entry"], each["late"], each["amount_pence"]) for each in (*items(first), *items(second))] == [
        ("ssf-4-example.6", False, 250_000),
        ("ssf-4-example.7", True, 2_000),
    ]
    assert second.json["next"] is None
    assert items(first)[0] | {"party": "Lamps Ltd", "reference": "1041", "kind": "payment"} == items(first)[0]
    assert office.get("/claims/ssf-4-example.claim-2/lines").status == 404


def test_claims_are_listed_a_page_at_a_time_and_by_what_they_are(office: Office) -> None:
    drafted(office, "2023-24-Q2")
    drafted(office)
    step(office, "withdrawal", {"on": "2024-01-20", "reason": "Sent by mistake"})
    first = office.get("/claims?limit=1&grant=ssf-4-example")

    def ids(query: str) -> list[object]:
        return [each["id"] for each in items(office.get(f"/claims?{query}"))]

    assert [each["id"] for each in (*items(first), *items(office.get(str(first.json["next"]))))] == [
        "ssf-4-example.claim-1",
        "ssf-4-example.claim-2",
    ]
    assert ids("state=withdrawn") == ids("quarter=2023-24-Q2") == ["ssf-4-example.claim-1"]
    assert ids("state=drafted&quarter=2023-24-Q2") == ids("grant=ssf-4") == []


def test_what_was_claimed_is_not_claimed_again_until_it_is_withdrawn(office: Office) -> None:
    drafted(office)

    again = drafted(office)
    assert (again.status, again.json["type"]) == (409, "/problems/nothing-to-claim")
    gone = step(office, "withdrawal", {"on": "2024-01-20", "reason": "Sent by mistake"})
    assert told(gone, "state", "outstanding_pence") == ["withdrawn", 0]
    assert drafted(office).headers["Location"] == "/claims/ssf-4-example.claim-2"


def test_a_change_voids_the_signature_and_keeps_it_on_the_record(office: Office) -> None:
    signed = certified(office)

    anew = step(office, "redraft", {"reason": "The note was wrong.", "note": "Another note"})

    assert told(anew, "state", "certificate", "note", "reviewed_by") == ["drafted", None, "Another note", None]
    assert anew.json["voided"] == [signed.json["certificate"]]
    assert step(office, "submission", SENT).json["type"] == "/problems/not-in-state"
    assert pack(anew)["sha256"] != pack(signed)["sha256"]
    step(office, "review", {"reason": "Looked at again."}, role="officer")
    stale = step(office, "certification", {"sha256": pack(signed)["sha256"]}, role="certifier")
    assert (stale.status, stale.json["type"], stale.json["pack_sha256"]) == (409, "/problems/pack-differs", pack(anew)["sha256"])


def test_nobody_decides_on_their_own_work_administrators_included(office: Office) -> None:
    made = drafted(office)
    own = step(office, "review", {"reason": "It is fine."}, subject="finance", role="administrator")
    assert (own.status, own.json["type"]) == (403, "/problems/preparer-cannot-approve")
    step(office, "review", {"reason": "It is fine."}, subject="both", role="officer")
    both = step(office, "certification", {"sha256": pack(made)["sha256"]}, subject="both", role="certifier")
    assert (both.status, both.json["type"]) == (403, "/problems/reviewer-cannot-certify")
    preparer = step(office, "certification", {"sha256": pack(made)["sha256"]}, subject="finance", role="certifier")
    assert (preparer.status, preparer.json["type"]) == (403, "/problems/preparer-cannot-approve")


def test_entries_of_a_claim_and_claims_by_hand_are_refused(office: Office) -> None:
    certified(office)
    step(office, "submission", SENT)

    correction = {"on": "2024-02-01", "change_pence": -1, "reason": "By hand"}
    answer = office.create("/entries/ssf-4-example.8/corrections", correction)
    assert (answer.status, answer.json["type"], answer.json["claim_id"]) == (409, "/problems/part-of-claim", "ssf-4-example.claim-1")
    by_hand = {"quarter": "2023-24-Q3", "nature": "capital", "amount_pence": 1, **SENT}
    assert office.create("/grants/ssf-4-example/claimed", by_hand).json["type"] == "/problems/claims-are-prepared"


@pytest.mark.parametrize(
    ("move", "body", "status", "type_"),
    [
        ("submission", {"on": "2023-12-30", "reference": "HO-1"}, 422, "contradictory"),
        ("submission", {"on": "2999-01-01", "reference": "HO-1"}, 422, "dated-in-future"),
        ("submission", {"on": "2024-01-15"}, 400, "invalid"),
        ("payments", {"on": "2024-01-15", "amount_pence": 1, "reference": "B"}, 409, "not-in-state"),
        ("payments", {"on": "2024-01-15", "amount_pence": 1.5, "reference": "B"}, 400, "invalid"),
        ("query", {"on": "2024-01-15", "question": "Why?"}, 409, "not-in-state"),
        ("answer", {"on": "2024-01-15", "answer": "So"}, 409, "not-in-state"),
        ("certification", {"sha256": "0" * 63}, 403, "role-missing"),
    ],
)
def test_a_step_that_cannot_be_is_refused(office: Office, move: str, body: object, status: int, type_: str) -> None:
    certified(office)

    answer = step(office, move, body)

    assert (answer.status, answer.json["type"]) == (status, f"/problems/{type_}")
    assert office.get(CLAIM).json["state"] == "certified"


def test_more_than_was_claimed_does_not_come_in(office: Office) -> None:
    certified(office)
    step(office, "submission", SENT)

    more = step(office, "payments", {"on": "2024-02-20", "amount_pence": 252_001, "reference": "BACS-1"})
    early = step(office, "payments", {"on": "2024-01-14", "amount_pence": 1, "reference": "BACS-1"})

    assert (more.status, more.json["type"], more.json["left_pence"]) == (409, "/problems/more-than-claimed", 252_000)
    assert (early.status, early.pointers) == (422, ["/on"])


def test_a_quarter_is_claimed_when_it_is_over_and_a_step_names_the_version_that_was_read(office: Office) -> None:
    assert drafted(office, "2022-23-Q4").status == 404
    assert drafted(office, "2023-24-Q5").status == 400
    assert office.create("/grants/no-such-grant/claims", {"quarter": "2023-24-Q3"}).status == 404
    drafted(office)
    assert office.call("POST", f"{CLAIM}/review", {"reason": "Fine."}, role="officer").status == 428
    stale = office.call("POST", f"{CLAIM}/review", {"reason": "Fine."}, role="officer", headers={"If-Match": '"1"'})
    assert stale.status == 412


def test_evidence_of_a_claim_is_listed_by_its_claim_and_not_with_its_grants_entries(office: Office) -> None:
    drafted(office)
    announced = {
        "subject": {"kind": "claim", "id": "ssf-4-example.claim-1"},
        "file_name": "Remittance.pdf",
        "content_type": "application/pdf",
        "size": 10,
        "sha256": "0" * 64,
    }
    made = office.create("/evidence", announced)
    assert (made.status, made.headers["Location"].startswith("/evidence/claim.ssf-4-example.claim-1.")) == (201, True)
    assert len(items(office.get("/evidence?claim=ssf-4-example.claim-1"))) == 1
    assert items(office.get("/evidence?grant=ssf-4-example")) == []
    assert office.get("/evidence?claim=ssf-4-example.claim-1&grant=ssf-4-example").status == 422


def test_a_repeated_draft_is_answered_as_it_was(office: Office) -> None:
    first = office.create("/grants/ssf-4-example/claims", {"quarter": "2023-24-Q3"}, key="once")
    again = office.create("/grants/ssf-4-example/claims", {"quarter": "2023-24-Q3"}, key="once")

    assert (again.status, again.text, again.headers["Idempotent-Replay"]) == (201, first.text, "true")
    assert len(items(office.get("/claims"))) == 1


LABEL = "Local policy of this office. No public source states the Home Office's wording."
NOT_SET = "No certificate wording is set for this grant, so no claim of it can be certified: set one, and draft the claim anew."


def test_the_wording_is_set_by_the_certifier_or_an_administrator_and_a_claim_shows_it(office: Office) -> None:
    made = drafted(office)
    shown = office.get(WORDING_PATH)

    assert (shown.headers["ETag"], shown.json["certificate_wording"]) == ('"1"', {"label": LABEL, **WORDING, "not_set": None})
    assert made.json["certificate_wording"] == {"label": LABEL, **WORDING, "not_set": None}
    content = office.objects.get(f"claims/ssf-4-example.claim-1/{pack(made)['sha256']}.zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "I certify that this was spent as the grant allows." in archive.read("certificate.txt").decode()
    assert worded(office, role="finance").status == 403
    assert worded(office, {"text": "x" * 2001, "clause": "7"}).pointers == ["/wording/text"]
    assert worded(office, {"text": "I certify it.", "clause": "8"}, role="administrator").headers["ETag"] == '"3"'


def test_without_wording_a_claim_says_so_and_is_not_certified(tmp_path: Path) -> None:
    office = Office(tmp_path).open()
    office.create("/payments", payment("1041", 250_000))
    unset = {"label": LABEL, "text": None, "clause": None, "not_set": NOT_SET}
    assert (office.get(WORDING_PATH).headers["ETag"], office.get(WORDING_PATH).json["certificate_wording"]) == ('"0"', unset)

    refused = certified(office)
    assert (refused.status, refused.json["type"]) == (409, "/problems/no-certificate-wording")
    assert office.get(CLAIM).json["certificate_wording"] == unset

    worded(office)
    drafted_before = step(office, "certification", {"sha256": pack(office.get(CLAIM))["sha256"]}, role="certifier")
    assert (drafted_before.status, drafted_before.json["type"]) == (409, "/problems/certificate-wording-changed")
    anew = step(office, "redraft", {"reason": "The wording is set now."})
    assert anew.json["certificate_wording"] == {"label": LABEL, **WORDING, "not_set": None}
    step(office, "review", {"reason": "Every invoice was looked at."}, role="officer")
    assert step(office, "certification", {"sha256": pack(anew)["sha256"]}, role="certifier").json["state"] == "certified"


def test_wording_that_is_taken_back_certifies_nothing_more_and_what_was_signed_stays(office: Office) -> None:
    signed = certified(office)
    worded(office, None)

    assert office.get(WORDING_PATH).json["certificate_wording"] == {"label": LABEL, "text": None, "clause": None, "not_set": NOT_SET}
    assert office.get(CLAIM).json["certificate_wording"] == signed.json["certificate_wording"]
    assert step(office, "submission", SENT).json["state"] == "submitted"
    assert office.get("/grants/no-such-grant/certificate-wording").status == 404
