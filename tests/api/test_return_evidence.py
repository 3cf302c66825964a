"""What stands behind a return, over the API: for the partner that writes it and for the office, and for no other partner."""

import hashlib
import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.api.library import Answer
from tests.api.reporting import REPORT, RETURN, ReportingOffice, reporting

PHOTOGRAPH = b"\x89PNG\r\n\x1a\nlamps"
ID = RETURN.removeprefix("/returns/")
BODY = {
    "subject": {"kind": "return", "id": ID},
    "file_name": "Lamps in place.png",
    "content_type": "image/png",
    "size": len(PHOTOGRAPH),
    "sha256": hashlib.sha256(PHOTOGRAPH).hexdigest(),
}


@pytest.fixture
def office(tmp_path: Path) -> ReportingOffice:
    return reporting(tmp_path)


def announced(office: ReportingOffice, organisation: str = "council", key: str = "photograph") -> Answer:
    return office.call("POST", "/evidence", BODY, role="partner", organisation=organisation, headers={"Idempotency-Key": key})


def stored(office: ReportingOffice) -> str:
    """The address of a photograph that the council sent in with its draft."""
    office.partner("PUT", RETURN, REPORT)
    answer = announced(office)
    assert answer.status == 201, answer.text
    upload = answer.json["upload"]
    assert isinstance(upload, dict)
    link = urlsplit(str(upload["url"]))
    office.objects.take(
        link.path.removeprefix("/objects/"), link.query, io.BytesIO(PHOTOGRAPH), content_type="image/png", now=office.now.time
    )
    path = answer.headers["Location"]
    assert office.partner("POST", f"{path}/check", etag='"1"').json["state"] == "stored"
    return path


def listed(office: ReportingOffice, query: str, **who: str) -> list[str]:
    items = office.get(f"/evidence{query}", **who).json["items"]
    assert isinstance(items, list)
    return [f"/evidence/{each['id']}" for each in items]


def test_a_partner_brings_a_file_with_its_return_and_the_office_reads_it(office: ReportingOffice) -> None:
    path = stored(office)

    assert path.startswith(f"/evidence/return.{ID}.")
    for query in ("", f"?return={ID}"):
        assert listed(office, query) == listed(office, query, role="partner", organisation="council") == [path]
    assert office.get(path).json["subject"] == {"kind": "return", "id": ID}
    assert office.get(path).json["initiative_id"] == "lighting"
    assert office.get(f"{path}/file", role="officer").status == office.partner("GET", f"{path}/file").status == 200
    assert office.get(f"/verification{path}", role="finance").json["holds"] is True


def test_its_history_is_told_in_words(office: ReportingOffice) -> None:
    path = stored(office)

    told = office.get(f"/history{path}/words").json["items"]

    assert [each["what"] for each in told] == [  # type: ignore[attr-defined]  # a list of objects
        f"Announced a file as evidence of return {ID}: Lamps in place.png, 1 KB.",
        "Found the file as it was announced, 1 KB, and stored it.",
    ]


def test_to_another_partner_there_is_no_such_file(office: ReportingOffice) -> None:
    path = stored(office)

    for query in ("", f"?return={ID}"):
        assert listed(office, query, role="partner", organisation="charity") == []
    for at in (path, f"{path}/file", f"{path}/upload"):
        refused = office.partner("GET", at, organisation="charity")
        assert (refused.status, refused.json["type"]) == (404, "/problems/missing")
        assert "council" not in refused.text
    assert office.partner("POST", f"{path}/check", organisation="charity", etag='"2"').status == 404
    refused = announced(office, "charity", "theirs")
    assert (refused.status, refused.json["kind"]) == (404, "return")


def test_a_return_that_nobody_has_begun_takes_no_file_yet(office: ReportingOffice) -> None:
    refused = announced(office)

    assert (refused.status, refused.json["type"], refused.json["state"]) == (409, "/problems/not-in-state", "due")


@pytest.mark.parametrize("query", ["entry=ssf-4-example.6", "grant=ssf-4-example", "claim=ssf-4-example.claim-1"])
def test_a_returns_evidence_is_listed_by_itself(office: ReportingOffice, query: str) -> None:
    refused = office.get(f"/evidence?return={ID}&{query}")

    assert (refused.status, len(refused.pointers)) == (422, 1)
