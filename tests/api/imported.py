"""What the full office has brought in: two profiles, two extracts of two documents each, all of which wait in suspense."""

import hashlib
import io
from urllib.parse import urlsplit

import msgspec

from tests.api.library import Answer
from tests.api.reporting import ReportingOffice

PROFILE = {
    "title": "One line for each payment",
    "payer_id": "office",
    "columns": {"on": ["Paid on"], "supplier": ["Supplier"], "codes": [["Code"]], "amount": ["Amount"], "reference": ["Number"]},
    "codings": [{"codes": ["*"], "grant_id": "ssf-4-example", "initiative_id": "lighting", "nature": "capital"}],
}


def bring_in(office: ReportingOffice) -> None:
    """Far more than is allocated, so that the ledger refuses all of it and every figure stays as it was."""
    for profile in ("payments", "journals"):
        _made(office.create("/profiles", {**PROFILE, "id": profile}))
    for month in ("December", "January"):
        rows = [f"15/01/2024,Lamps Ltd,SS4,{number}0000000.00,{month} {number}" for number in (1, 2)]
        _import(office, f"{month}.csv", "\n".join(("Paid on,Supplier,Code,Amount,Number", *rows)).encode())


def _import(office: ReportingOffice, name: str, content: bytes) -> None:
    said = {"content_type": "text/csv", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    made = _made(office.create("/imports", {"profile_id": "payments", "file_name": name, **said}))
    link = urlsplit(str(msgspec.convert(made.json["upload"], dict[str, object])["url"]))
    key = link.path.removeprefix("/objects/")
    office.objects.take(key, link.query, io.BytesIO(content), content_type="text/csv", now=office.now.time)
    path = made.headers["Location"]
    preview = _made(office.call("POST", f"{path}/preview", headers={"If-Match": '"1"'})).json["preview"]
    digest = msgspec.convert(preview, dict[str, object])["digest"]
    _made(office.call("POST", f"{path}/commit", {"digest": digest}, headers={"If-Match": '"2"'}))


def _made(answer: Answer) -> Answer:
    assert answer.status in (200, 201), answer.text
    return answer
