"""Imports over the API: profiles, an extract from its announcement to its last row, and what waits in suspense."""

import hashlib
import io
import json
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from chalicelib.context import the_time
from tests.api.library import Answer
from tests.api.office import Office
from tests.docs.tables import DOCS

HEADING = "Paid on,Supplier,Code,Amount,Number\n"
PROFILE = {
    "id": "payments",
    "title": "One line for each payment",
    "payer_id": "office",
    "columns": {"on": ["Paid on"], "supplier": ["Supplier"], "codes": [["Code"]], "amount": ["Amount"], "reference": ["Number"]},
    "codings": [
        {"codes": ["SS4"], "grant_id": "ssf-4-example", "initiative_id": "lighting", "nature": "capital"},
        {"codes": ["SS5"], "grant_id": "ssf-4-example", "initiative_id": "cctv", "nature": "capital"},
        {"codes": ["GEN"], "left_out": "Not of a grant"},
    ],
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path).open()
    assert office.create("/profiles", PROFILE).status == 201
    return office


def announced(office: Office, content: bytes, profile_id: str = "payments") -> str:
    """The address of an import whose file has been put."""
    body = {
        "profile_id": profile_id,
        "file_name": "October.csv",
        "content_type": "text/csv",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    answer = office.create("/imports", body)
    assert answer.status == 201
    upload = answer.json["upload"]
    assert isinstance(upload, dict)
    link = urlsplit(upload["url"])
    office.objects.take(link.path.removeprefix("/objects/"), link.query, io.BytesIO(content), content_type="text/csv", now=the_time())
    return answer.headers["Location"]


def asked(office: Office, path: str, step: str, body: object = None, *, role: str = "finance") -> Answer:
    etag = office.get(path, role="finance").headers["ETag"]
    return office.call("POST", f"{path}/{step}", body, role=role, headers={"If-Match": etag})


class Complaint(msgspec.Struct):
    row: int
    column: str
    value: str
    wrong: str


class Item(msgspec.Struct):
    """What these tests look at of a preview's row, or of a document in suspense."""

    id: str = ""
    problem: str = ""
    rows: tuple[int, ...] = ()
    complaints: tuple[Complaint, ...] = ()


def listed(office: Office, path: str) -> list[Item]:
    return msgspec.convert(office.get(path).json["items"], list[Item])


def previewed(office: Office, *rows: str, profile_id: str = "payments") -> tuple[str, dict[str, object]]:
    path = announced(office, (HEADING + "\n".join(rows)).encode(), profile_id)
    answer = asked(office, path, "preview")
    assert answer.status == 200, answer.json
    preview = answer.json["preview"]
    assert isinstance(preview, dict)
    return path, preview


def test_an_extract_goes_from_its_announcement_into_the_ledger_by_what_was_seen(office: Office) -> None:
    path, preview = previewed(office, '02/10/2023,Lamps Ltd,SS4,"£1,234.50",1', "02/10/2023,Lamps Ltd,XX,5.00,2", "x,,GEN,y,3")

    counts = msgspec.convert(preview["counts"], dict[str, dict[str, int]])
    assert {status: each["documents"] for status, each in counts.items() if each["documents"]} == {"added": 1, "unmapped": 1, "rejected": 1}
    assert preview["totals"] == [{"grant_id": "ssf-4-example", "initiative_id": "lighting", "added_pence": 123_450, "changed_pence": 0}]
    done = asked(office, path, "commit", {"digest": preview["digest"]})
    assert (done.status, done.json["state"], done.json["posted_pence"]) == (200, "committed", 123_450)
    entry = office.get("/entries/ssf-4-example.6").json
    assert (entry["kind"], entry["amount_pence"]) == ("payment", 123_450)


def test_rows_are_listed_by_status_a_page_at_a_time_with_all_that_is_wrong(office: Office) -> None:
    path, _ = previewed(office, "x,,SS4,y,1", *(f"02/10/2023,Lamps Ltd,SS4,{number}.00,{number}" for number in range(1, 6)))

    first = office.get(f"{path}/rows?status=added&limit=2").json
    second = listed(office, str(first["next"]))
    (rejected,) = listed(office, f"{path}/rows?status=rejected")

    assert [row.rows for row in (*msgspec.convert(first["items"], list[Item]), *second)] == [(3,), (4,), (5,), (6,)]
    assert [(each.row, each.column, each.value, each.wrong) for each in rejected.complaints] == [
        (2, "Paid on", "x", "is not a date"),
        (2, "Supplier", "", "is empty"),
        (2, "Amount", "y", "has letters or the sign of another currency"),
    ]


def test_another_digest_than_the_previews_is_refused(office: Office) -> None:
    path, _ = previewed(office, "02/10/2023,Lamps Ltd,SS4,1.00,1")

    answer = asked(office, path, "commit", {"digest": "0" * 64})

    assert (answer.status, answer.json["type"]) == (409, "/problems/preview-stale")


def test_what_the_ledger_refuses_is_listed_and_posted_elsewhere_or_dismissed_by_another(office: Office) -> None:
    rows = [f"02/10/2023,Lamps Ltd,SS5,{amount}.00,{amount}" for amount in (7, 8)]
    path, preview = previewed(office, *rows)
    done = asked(office, path, "commit", {"digest": preview["digest"]}).json
    assert done["suspense"] == [{"grant_id": "ssf-4-example", "quarter": "2023-24-Q3", "documents": 2, "pence": 1_500}]

    first, second = listed(office, "/suspense?grant=ssf-4-example")
    posted = asked(office, f"/suspense/{first.id}", "posting", {"reason": "For lamps", "initiative_id": "lighting"})
    own = asked(office, f"/suspense/{second.id}", "dismissal", {"reason": "Paid by the council"})
    other = asked(office, f"/suspense/{second.id}", "dismissal", {"reason": "Paid by the council"}, role="certifier")

    assert first.problem == "The allocation does not have enough money left."
    assert (posted.status, posted.json["state"], posted.json["entries"]) == (200, "posted", ["ssf-4-example.6"])
    assert (own.status, own.json["type"]) == (403, "/problems/preparer-cannot-approve")
    assert (other.status, other.json["state"]) == (200, "dismissed")
    assert (len(listed(office, "/suspense")), len(listed(office, "/suspense?state=posted"))) == (0, 1)
    assert office.get(path).json["suspense"] == []


def test_whoever_committed_an_import_dismisses_from_it_only_where_another_lets_them(office: Office) -> None:
    path, preview = previewed(office, "02/10/2023,Lamps Ltd,SS5,7.00,7")
    asked(office, path, "commit", {"digest": preview["digest"]})
    (held,) = listed(office, "/suspense")
    at = f"/suspense/{held.id}"

    (waits,) = msgspec.convert(office.get("/approvals?matter=suspense").json["items"], list[dict[str, object]])
    let = office.create(f"{at}/override", {"reason": "Nobody else is here."}, role="certifier")
    own = asked(office, at, "dismissal", {"reason": "Paid by the council"})
    (done,) = msgspec.convert(office.get("/separation-of-duties").json["items"], list[dict[str, object]])

    assert [waits[name] for name in ("step", "grant_id", "id", "requested_by", "may_decide", "reason", "decided_at")] == [
        *("dismiss", None, held.id, "finance", ["administrator", "certifier", "finance"]),
        *("cctv has £0.00 of ssf-4-example left for 2023-24 capital; £7.00 was asked for, £7.00 too much.", f"{at}/dismissal"),
    ]
    assert (let.status, own.status, own.json["state"]) == (201, 200, "dismissed")
    assert [done[name] for name in ("matter", "step", "outcome", "prepared_by", "decision", "decided_by")] == [
        *("suspense", "dismiss", "overridden", ["finance"], "approved", "finance"),
    ]
    assert office.get("/approvals").json["items"] == []
    assert office.get(f"/verification/suspense/{held.id}", role="certifier").json["holds"] is True


def test_a_profile_that_does_not_fit_together_is_refused_with_everything_that_is_wrong(office: Office) -> None:
    body = PROFILE | {
        "id": "other",
        "columns": {"on": ["Paid on"], "supplier": [], "codes": [["Code"]], "debit": ["Debit"]},
        "codings": [{"codes": ["SS4", "1"], "grant_id": "ssf-4-example", "left_out": "Both"}, {"codes": ["SS5"]}],
        "types": {"INV": "invoice"},
    }

    answer = office.create("/profiles", body)

    assert answer.status == 422
    assert [error["pointer"] for error in msgspec.convert(answer.json["errors"], list[dict[str, str]])] == [
        "/columns/amount",
        "/columns/supplier",
        "/types",
        "/codings/0/codes",
        "/codings/0/left_out",
        "/codings/1",
    ]


def test_a_profile_is_set_anew_by_whoever_read_it_and_names_what_is_there(office: Office) -> None:
    body = {name: value for name, value in PROFILE.items() if name != "id"} | {"title": "Another title"}

    assert office.change("PUT", "/profiles/payments", body, role="finance").json["title"] == "Another title"
    assert office.call("PUT", "/profiles/payments", body, headers={"If-Match": '"1"'}).status == 412
    strange = PROFILE | {"id": "strange", "payer_id": "nobody"}
    assert office.create("/profiles", strange).json["type"] == "/problems/missing"


@pytest.mark.parametrize("path", sorted((DOCS / "profiles").glob("*.json")), ids=lambda path: path.stem)
def test_the_profiles_that_ship_are_taken_as_they_are(office: Office, path: Path) -> None:
    body = json.loads(path.read_text())
    body |= {"payer_id": "office"}
    for coding in body["codings"]:
        if "grant_id" in coding:
            coding |= {"grant_id": "ssf-4-example", "initiative_id": "lighting", "nature": "capital"}

    assert office.create("/profiles", body).status == 201


def test_a_listing_of_orders_becomes_commitments(office: Office) -> None:
    assert office.create("/profiles", PROFILE | {"id": "orders", "lists": "commitments"}).status == 201
    assert office.get("/profiles/orders").json["lists"] == "commitments"
    path, preview = previewed(office, "02/10/2023,Lamps Ltd,SS4,1.00,PO-1", profile_id="orders")

    (row,) = msgspec.convert(office.get(f"{path}/rows").json["items"], list[dict[str, object]])
    done = asked(office, path, "commit", {"digest": preview["digest"]})

    assert row["posts"] == "commitment"
    assert done.json["posted_pence"] == 100
    assert office.get("/entries?kind=commitment&grant=ssf-4-example").json["items"]
    unnumbered = PROFILE | {
        "id": "unnumbered",
        "lists": "accruals",
        "columns": {"on": ["On"], "supplier": ["Who"], "codes": [["Code"]], "amount": ["Amount"], "paid_on": ["Paid"]},
    }
    refused = office.create("/profiles", unnumbered)
    assert refused.json["errors"] == [
        {"pointer": "/columns/reference", "detail": "must name a column: accruals are known by their numbers"},
        {"pointer": "/columns/paid_on", "detail": "is for payments: accruals are not paid"},
    ]


def test_the_history_of_an_import_is_told_in_words_and_verified(office: Office) -> None:
    path, preview = previewed(office, "02/10/2023,Lamps Ltd,SS4,1.00,1", "02/10/2023,Lamps Ltd,SS5,2.00,2")
    asked(office, path, "commit", {"digest": preview["digest"]})

    told = msgspec.convert(office.get(f"/history{path}/words").json["items"], list[dict[str, object]])

    assert [each["what"] for each in told][1:] == [
        "Previewed the extract: 2 added.",
        f"Committed the preview {str(preview['digest'])[:12]}.",
        "Posted 1 document, £1.00; 1 document went to suspense.",
    ]
    waiting = f"suspense{path.removeprefix('/imports')}.2"
    for thing in (path.removeprefix("/"), waiting, "profiles/payments"):
        assert office.get(f"/verification/{thing}", role="finance").json["problems"] == [], thing


def test_what_an_extract_says_of_payments_is_answered_with_the_entry_and_told_in_the_grants_history(office: Office) -> None:
    columns = {**msgspec.convert(PROFILE["columns"], dict[str, object]), "paid_on": ["Cleared"], "payment_reference": ["BACS"]}
    assert office.create("/profiles", {**PROFILE, "id": "paid", "columns": columns}).status == 201
    heading = HEADING.strip() + ",Cleared,BACS\n"
    path = ""
    for cleared in ("", "03/11/2023,77", "06/11/2023,80"):
        path = announced(office, f"{heading}02/10/2023,Lamps Ltd,SS4,10.00,1,{cleared or ','}\n".encode(), profile_id="paid")
        digest = msgspec.convert(asked(office, path, "preview").json["preview"], dict[str, object])["digest"]
        committed = asked(office, path, "commit", {"digest": digest}).json
        assert (committed["state"], committed["paid"]) == ("committed", 1 if cleared else 0)

    named = "ssf-4-example.6"
    (news,) = msgspec.convert(office.get(f"{path}/rows?status=paid").json["items"], list[dict[str, object]])
    assert news["paid"] == {"on": "2023-11-06", "reference": "80", "entries": [named]}
    entry = office.get(f"/entries/{named}").json
    assert (entry["paid_on"], entry["payment_reference"], f"/imports/{entry['paid_import_id']}") == ("2023-11-06", "80", path)
    told = msgspec.convert(office.get("/history/grants/ssf-4-example/words").json["items"], list[dict[str, object]])
    said = [each["changes"] for each in told if str(each["what"]).startswith("Noted when 1 payment went out, as import ")]
    assert said == [
        [{"field": f"{named} paid on", "before": "", "after": "3 November 2023 77"}],
        [{"field": f"{named} paid on", "before": "", "after": "6 November 2023 80"}],
    ]
    assert office.get("/verification/grants/ssf-4-example", role="finance").json["problems"] == []
