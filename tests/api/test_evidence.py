"""Evidence over the API: from the announcement to the download, and who may do each of it, route by route."""

import hashlib
import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chalicelib.context import the_time
from chalicelib.domain.people import Role
from tests.api.library import Answer
from tests.api.office import Office, payment

INVOICE = b"%PDF-1.7\nan invoice"
SHA256 = hashlib.sha256(INVOICE).hexdigest()
LIGHTING = "ssf-4-example.6"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path).open()
    office.create("/payments", payment("1041", 250_000))
    return office


def body(**changes: object) -> dict[str, object]:
    """An invoice to announce, for the payment that bought lamps."""
    said: dict[str, object] = {
        "subject": {"kind": "entry", "id": LIGHTING},
        "file_name": "Invoice 1041.pdf",
        "content_type": "application/pdf",
        "size": len(INVOICE),
        "sha256": SHA256,
    }
    return said | changes


def member(answer: Answer, *path: str) -> object:
    found: object = answer.json
    for step in path:
        assert isinstance(found, dict)
        found = found[step]
    return found


def put(office: Office, url: str, content: bytes = INVOICE) -> None:
    """What the local server does with a PUT to an upload link."""
    link = urlsplit(url)
    office.objects.take(
        link.path.removeprefix("/objects/"), link.query, io.BytesIO(content), content_type="application/pdf", now=the_time()
    )


def announced(office: Office) -> str:
    """The address of a piece of evidence whose file has been put and not been checked."""
    answer = office.create("/evidence", body())
    put(office, str(member(answer, "upload", "url")))
    return answer.headers["Location"]


def moved(office: Office, path: str, move: str, sent: object = None, role: str = "finance", organisation: str | None = None) -> Answer:
    etag = office.get(path).headers["ETag"]
    return office.call("POST", f"{path}/{move}", sent, role=role, organisation=organisation, headers={"If-Match": etag})


def stored(office: Office) -> str:
    path = announced(office)
    assert moved(office, path, "check").json["state"] == "stored"
    return path


WITHDRAWAL = {"reason": "It belongs to another invoice."}


def test_a_file_goes_from_its_announcement_to_its_download(office: Office) -> None:
    answer = office.create("/evidence", body())
    path = answer.headers["Location"]

    assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
    assert path == f"/evidence/{answer.json['id']}"
    assert str(answer.json["id"]).startswith("entry.ssf-4-example.6.")
    assert answer.json["evidence"] == office.get(path).json
    assert member(answer, "upload", "method") == "PUT"
    assert member(answer, "upload", "headers") == {"Content-Type": "application/pdf"}
    assert member(answer, "upload", "seconds") == 900

    put(office, str(member(answer, "upload", "url")))
    checked = moved(office, path, "check")

    assert (checked.status, checked.json["state"], checked.json["version"]) == (200, "stored", "2")
    assert checked.json["wrong"] == []
    link = urlsplit(str(office.get(f"{path}/file").json["link"]))
    key = office.objects.check(link.path.removeprefix("/objects/"), link.query, the_time())
    assert office.objects.get(key) == INVOICE


def test_what_is_shown_says_everything_that_was_announced(office: Office) -> None:
    shown = office.get(announced(office)).json

    assert {name: shown[name] for name in body()} == body()
    assert (shown["state"], shown["initiative_id"], shown["requested_by"]) == ("requested", "lighting", "finance")


def test_the_same_announcement_again_gets_the_same_answer(office: Office) -> None:
    first = office.create("/evidence", body(), key="once")
    again = office.create("/evidence", body(), key="once")

    assert (again.status, again.text, again.headers["Idempotent-Replay"]) == (201, first.text, "true")
    assert len(office.get("/evidence").json["items"]) == 1  # type: ignore[arg-type]  # a list
    assert office.create("/evidence", body(size=20), key="once").status == 422


def test_another_link_is_to_be_had_where_the_first_has_expired(office: Office) -> None:
    path = office.create("/evidence", body()).headers["Location"]

    put(office, str(office.get(f"{path}/upload", role="finance").json["url"]))
    assert moved(office, path, "check").json["state"] == "stored"
    assert office.get(f"{path}/upload", role="finance").json["type"] == "/problems/not-in-state"


def test_what_was_not_uploaded_is_not_stored(office: Office) -> None:
    path = office.create("/evidence", body()).headers["Location"]

    answer = moved(office, path, "check")

    assert (answer.status, answer.json["type"]) == (409, "/problems/not-uploaded")
    assert office.get(f"{path}/file").json["type"] == "/problems/not-in-state"


def test_what_only_calls_itself_a_pdf_is_refused_and_says_why(office: Office) -> None:
    program = b"MZ\x90\0 a program"
    answer = office.create("/evidence", body(size=len(program), sha256=hashlib.sha256(program).hexdigest()))
    put(office, str(member(answer, "upload", "url")), program)

    refused = moved(office, answer.headers["Location"], "check")

    assert (refused.status, refused.json["state"]) == (200, "refused")
    assert refused.json["wrong"] == ["It does not begin as a file of the type application/pdf does."]
    assert office.get(f"{answer.headers['Location']}/file").status == 409


@pytest.mark.parametrize(
    ("changes", "status", "pointers"),
    [
        ({"content_type": "text/html"}, 400, ["/content_type"]),
        ({"content_type": "application/x-msdownload"}, 400, ["/content_type"]),
        ({"size": 0}, 400, ["/size"]),
        ({"size": "1"}, 400, ["/size"]),
        ({"sha256": SHA256.upper()}, 400, ["/sha256"]),
        ({"sha256": "abc", "size": -1, "file_name": ""}, 400, ["/file_name", "/size", "/sha256"]),
        ({"subject": {"kind": "grant", "id": "ssf-4-example"}}, 400, ["/subject/kind"]),
        ({"subject": {"kind": "entry", "id": "../1"}}, 400, ["/subject/id"]),
        ({"file_name": "../invoice.pdf"}, 422, ["/file_name"]),
        ({"file_name": "invoice\u202efdp.exe"}, 422, ["/file_name"]),
        ({"file_name": "invoice\r\nX: y.pdf"}, 422, ["/file_name"]),
        ({"file_name": "invoice.pdf.exe"}, 422, ["/file_name"]),
        ({"file_name": "NUL.pdf"}, 422, ["/file_name"]),
    ],
)
def test_what_cannot_be_evidence_is_refused_where_it_stands(
    office: Office, changes: dict[str, object], status: int, pointers: list[str]
) -> None:
    answer = office.create("/evidence", body(**changes))

    assert (answer.status, answer.pointers) == (status, pointers)
    assert office.get("/evidence").json["items"] == []


def test_a_file_larger_than_the_setting_is_refused_with_both_figures(office: Office) -> None:
    answer = office.create("/evidence", body(size=1_000_001))

    assert (answer.status, answer.json["type"]) == (422, "/problems/file-too-large")
    assert (answer.json["size"], answer.json["largest"]) == (1_000_001, 1_000_000)
    assert office.create("/evidence", body(size=1_000_000)).status == 201


def test_a_missing_entry_has_no_evidence(office: Office) -> None:
    for entry in ("ssf-4-example.99", "ssf-4-example.1", "ssf-4-example"):
        assert office.create("/evidence", body(subject={"kind": "entry", "id": entry})).status == 404


def test_a_withdrawn_file_stays_on_the_record_and_is_for_the_auditors_alone(office: Office) -> None:
    path = stored(office)

    gone = moved(office, path, "withdrawal", WITHDRAWAL, role="officer")

    assert (gone.status, gone.json["state"]) == (200, "withdrawn")
    assert [each["state"] for each in office.get("/evidence").json["items"]] == ["withdrawn"]  # type: ignore[attr-defined]  # objects
    records = office.get(f"/history{path}").json["items"]
    assert [(record["kind"], record["reason"]) for record in records] == [  # type: ignore[attr-defined]  # the same
        ("evidence_requested", ""),
        ("evidence_stored", ""),
        ("evidence_withdrawn", "It belongs to another invoice."),
    ]
    for role in ("viewer", "officer", "finance", "publisher"):
        assert office.get(f"{path}/file", role=role).json["type"] == "/problems/role-missing"
    assert office.get(f"{path}/file", role="partner", organisation="council").status == 403
    assert office.get(f"{path}/file", role="certifier").status == office.get(f"{path}/file", role="administrator").status == 200
    assert moved(office, path, "withdrawal", WITHDRAWAL).status == 409


def test_a_change_names_the_version_that_it_changes(office: Office) -> None:
    path = announced(office)

    assert office.call("POST", f"{path}/check").status == 428
    assert office.call("POST", f"{path}/check", headers={"If-Match": '"9"'}).status == 412
    assert office.call("POST", f"{path}/withdrawal", WITHDRAWAL, headers={"If-Match": '"9"'}).status == 412
    assert office.get(path).json["version"] == "1"


def test_a_reason_is_needed_to_withdraw(office: Office) -> None:
    assert moved(office, stored(office), "withdrawal", {}).pointers == ["/reason"]


def ids(answer: Answer) -> list[str]:
    items = answer.json["items"]
    assert isinstance(items, list)
    return [str(each["id"]) for each in items]


def test_evidence_is_listed_a_page_at_a_time(office: Office) -> None:
    made = sorted(str(office.create("/evidence", body()).json["id"]) for _ in range(5))
    path: object = f"/evidence?entry={LIGHTING}&limit=2"
    pages = []
    while path:
        answer = office.get(str(path))
        pages.append(ids(answer))
        path = answer.json["next"]

    assert pages == [made[:2], made[2:4], made[4:]]
    assert ids(office.get("/evidence?grant=ssf-4-example")) == made
    assert ids(office.get("/evidence?entry=ssf-4-example.5")) == ids(office.get("/evidence?grant=ssf-4")) == []


@pytest.mark.parametrize("organisation", ["charity", "nobody-we-know", None])
def test_to_another_partner_a_file_is_nowhere_whatever_it_calls(office: Office, organisation: str | None) -> None:
    path = stored(office)
    waiting = announced(office)

    def call(method: str, at: str, sent: object = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return office.call(method, at, sent, role="partner", organisation=organisation, headers=named)

    declared = {route.path for route in office.api.declared if isinstance(route.allow, frozenset) and Role.PARTNER in route.allow}
    one = "/evidence/{evidence_id}"
    assert {each for each in declared if each.startswith("/evidence/")} == {one, f"{one}/file", f"{one}/upload", f"{one}/check"}
    for at in (path, f"{path}/file", f"{waiting}/upload"):
        answer = call("GET", at)
        assert (answer.status, answer.json["type"]) == (404, "/problems/missing"), at
        assert "lighting" not in answer.text
    assert call("POST", f"{waiting}/check", If_Match='"1"').status == 404
    assert call("POST", f"{waiting}/withdrawal", WITHDRAWAL, If_Match='"1"').json["type"] == "/problems/role-missing"
    for query in ("", f"?entry={LIGHTING}", "?grant=ssf-4-example"):
        assert call("GET", f"/evidence{query}").json["items"] == []
    answer = call("POST", "/evidence", body(), Idempotency_Key="theirs")
    assert (answer.status, answer.json["kind"]) == (404, "entry")
    for at in (f"/history{path}", f"/verification{path}", f"/entries/{LIGHTING}"):
        assert call("GET", at).json["type"] == "/problems/role-missing"
    assert (office.get(path).json["version"], office.get(waiting).json["version"]) == ("2", "1")


def test_a_partner_does_for_its_own_initiative_all_that_an_upload_needs(office: Office) -> None:
    def call(method: str, at: str, sent: object = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return office.call(method, at, sent, role="partner", organisation="council", headers=named)

    made = call("POST", "/evidence", body(), Idempotency_Key="ours")
    path = made.headers["Location"]
    put(office, str(member(call("GET", f"{path}/upload"), "url")))

    assert call("POST", f"{path}/check", If_Match='"1"').json["state"] == "stored"
    assert ids(call("GET", "/evidence")) == [made.json["id"]]
    assert call("GET", f"{path}/file").status == 200
    assert call("POST", f"{path}/withdrawal", WITHDRAWAL, If_Match='"2"').json["type"] == "/problems/role-missing"


def test_the_chain_of_a_file_verifies_until_its_bytes_are_changed(office: Office) -> None:
    path = stored(office)
    assert office.get(f"/verification{path}", role="certifier").json["holds"] is True

    (office.folder / path.removeprefix("/")).write_bytes(b"%PDF-1.7\nno invoice")

    assert office.get(f"/verification{path}", role="certifier").json["holds"] is False
