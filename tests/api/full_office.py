"""An office with two and more of everything that is listed, among them things of two partners; on 2 February 2024."""

import hashlib
import io
from pathlib import Path
from urllib.parse import urlsplit

from chalicelib.context import Context
from chalicelib.domain.people import SCHEDULE
from chalicelib.domain.values import replace
from chalicelib.services import reminders
from chalicelib.storage.mail import FolderMail
from chalicelib.storage.memory import MemoryStore
from tests.api.imported import bring_in
from tests.api.library import SETTINGS, Answer
from tests.api.office import GRANT, allocation, payment
from tests.api.reporting import REPORT, RETURN, ReportingOffice, reporting

ONE = "/grants/ssf-4-example"
OTHER = "/grants/ssf-4-second"
WHY = "As the office's regulations have it."
LINES = [{"financial_year": year, "nature": "capital", "amount_pence": 500_000} for year in ("2022-23", "2023-24")]
WORDING = {"text": "I certify that this was spent as the grant allows.", "clause": "Scheme of delegation, 7"}
DISCLOSED = {"onward_grant": False, "purpose": "As the initiative's title says", "value_for_money": "The lowest of three quotations"}
RULES = {
    "virement_limit": {"clause": "Scheme of delegation, 3.1", "breach": "refuse", "limit_pence": 100},
    "capital_ceiling": {"clause": "Scheme of delegation, 3.2", "breach": "warn", "limit_pence": 1_000},
}
THIRD = {**REPORT, "forecasts": [{"quarter": "2023-24-Q4", "amount_pence": 75_000}]}
THEIRS = {"progress": "Unseen by the council", "rating": "red", "spent_to_date_pence": 31_313}
"""What the charity says of its cameras; tests look for these words and figures where they must not be."""

POLICY = replace(SETTINGS, return_working_days=20, reminder_days=(0,), reminder_sender="grants@office.example")


def full(folder: Path) -> ReportingOffice:
    """The office of `reporting`, and the rest."""
    office = reporting(folder)
    _registers(office)
    _money(office)
    _evidence(office, RETURN, "council")
    _returns(office)
    _claims(office)
    _decisions(office)
    for initiative in ("lighting", "cctv"):
        _made(office.change("PUT", f"/disclosures/{initiative}", DISCLOSED))
    for _ in range(2):
        _made(office.create("/publications", role="publisher"))
        _made(office.create("/exports", {"grant_id": "ssf-4-example"}))
    # What was said before is taken back, so that something keeps the ledger from being published.
    _made(office.change("PUT", "/disclosures/lighting", {}))
    bring_in(office)
    _made(office.create(f"{ONE}/periods/2023-24-Q4/agreement", {"totals": [{"office_pence": 900}], "reason": WHY}))
    list(reminders.remind(scheduled(office), FolderMail(folder / "mail")))
    return office


def _made(answer: Answer) -> Answer:
    assert answer.status in (200, 201), answer.text
    return answer


def _registers(office: ReportingOffice) -> None:
    _made(office.create("/funds", {"id": "ssf-5", "title": "Safer Streets Fund round 5", "funder": "Home Office"}, role="administrator"))
    plan = {"id": "benches", "title": "Benches", "category": "other", "partner_id": "council"}
    _made(office.create("/initiatives", plan, role="officer"))
    _made(office.change("POST", "/initiatives/benches/state", {"state": "in_delivery", "on": "2023-10-02"}))
    _made(office.create("/variance-codes", {"id": "weather", "words": "The weather"}, role="officer"))
    office.change("PATCH", "/organisations/council", {"emails": ["returns@council.example"]}, role="administrator")
    office.change("PATCH", "/organisations/charity", {"emails": ["returns@charity.example"]}, role="administrator")
    office.change("PATCH", ONE, {"asset_threshold_pence": 500})
    _made(office.create("/grants", {**GRANT, "id": "ssf-4-second", "starts": "2022-04-01", "lines": LINES}, role="officer"))
    for state in ("accepted", "active"):
        _made(office.change("POST", f"{OTHER}/state", {"state": state, "on": "2022-04-01"}))


def _money(office: ReportingOffice) -> None:
    _made(office.create(f"{OTHER}/allocations", allocation("cctv", 31_313)))
    for quarter in ("2022-23-Q1", "2023-24-Q1"):
        settled = {"quarter": quarter, "nature": "capital", "on": "2023-11-01", "amount_pence": 1_000, "reference": quarter}
        _made(office.create(f"{OTHER}/claimed", settled))
    theirs = payment("THEIRS", 31_313, supplier="Cameras of the charity", on="2023-08-02")
    theirs["lines"] = [{**theirs["lines"][0], "initiative_id": "cctv"}]  # type: ignore[index]  # one line
    bought = _made(office.create("/payments", theirs)).json["entries"]
    entry = str(bought[0]["id"])  # type: ignore[index]  # a list of objects
    for number in range(2):
        item = {"payment": entry, "bought_on": "2023-08-02", "description": f"Camera {number}", "cost_pence": 10_000}
        _made(office.create("/assets", {**item, "place": "Unseen Road", "owner_id": "charity"}))
        for each in (entry, "ssf-4-example.6"):
            _evidence(office, f"/entries/{each}", "finance")


def _evidence(office: ReportingOffice, of: str, who: str) -> None:
    """A small file behind an entry, or behind a return that its partner writes first."""
    kind, subject = ("return", of.removeprefix("/returns/")) if of.startswith("/returns/") else ("entry", of.removeprefix("/entries/"))
    if kind == "return":
        _made(office.partner("PUT", of, {}, organisation=who))
    content = f"A file behind {of}".encode()
    said = {"content_type": "text/plain", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    made = _made(office.create("/evidence", {"subject": {"kind": kind, "id": subject}, "file_name": "file.txt", **said}))
    link = urlsplit(str(made.json["upload"]["url"]))  # type: ignore[index]  # an object
    key = link.path.removeprefix("/objects/")
    office.objects.take(key, link.query, io.BytesIO(content), content_type="text/plain", now=office.now.time)
    path = made.headers["Location"]
    _made(office.call("POST", f"{path}/check", headers={"If-Match": '"1"'}))


def _returns(office: ReportingOffice) -> None:
    _made(office.hand_in())
    _made(office.review(f"{RETURN}/changes-requested"))
    _made(office.hand_in())
    _made(office.review(f"{RETURN}/acceptance"))
    _made(office.hand_in("/returns/lighting.2023-24-Q3", THIRD))
    _made(office.review("/returns/lighting.2023-24-Q3/acceptance"))
    _evidence(office, "/returns/cctv.2023-24-Q2", "charity")
    quarters = ("2023-24-Q3", "2023-24-Q4")
    report = {**THEIRS, "forecasts": [{"quarter": quarter, "amount_pence": 31_313} for quarter in quarters]}
    _made(office.partner("PUT", "/returns/cctv.2023-24-Q2", report, organisation="charity"))
    _made(office.partner("POST", "/returns/cctv.2023-24-Q2/submission", organisation="charity"))
    _made(office.review("/returns/cctv.2023-24-Q2/acceptance"))


def _claims(office: ReportingOffice) -> None:
    _made(office.change("PUT", f"{ONE}/certificate-wording", {"wording": WORDING, "reason": WHY}, role="certifier"))
    for quarter in ("2023-24-Q2", "2023-24-Q3"):
        _made(office.create(f"{ONE}/claims", {"quarter": quarter}))
    claim = "/claims/ssf-4-example.claim-1"
    _step(office, claim, "review", {"reason": WHY}, "officer")
    pack = office.get(claim).json["pack"]
    assert isinstance(pack, dict)
    _step(office, claim, "certification", {"sha256": pack["sha256"]}, "certifier")
    _step(office, claim, "submission", {"on": "2024-01-10", "reference": "C1"}, "finance")
    _step(office, claim, "payments", {"on": "2024-01-31", "amount_pence": 1_000, "reference": "P1"}, "finance")


def _decisions(office: ReportingOffice) -> None:
    """A quarter agreed with the office's ledger and closed, and of variations, waivers and proposals some decided and some not."""
    _made(office.create(f"{ONE}/periods/2023-24-Q1/agreement", {"totals": [{"office_pence": 0}], "reason": WHY}))
    _step(office, f"{ONE}/periods/2023-24-Q1/agreement", "signature", {"reason": WHY}, "certifier")
    for quarter, state in (("Q1", "held"), ("Q1", "closed"), ("Q2", "held")):
        period = f"{ONE}/periods/2023-24-{quarter}"
        _step(office, period, "state", {"state": state, "reason": WHY}, "finance")
    _step(office, f"{ONE}/periods/2023-24-Q1", "reopening", {"reason": WHY}, "finance")
    _made(office.change("PATCH", f"{ONE}/rules", {**RULES, "reason": WHY}, role="certifier"))
    change = {"financial_year": "2023-24", "nature": "capital", "change_pence": 1_000}
    variation = {"kind": "top_up", "dated": "2024-01-15", "reason": WHY, "notice_reference": "HO-1", "changes": [change]}
    virement = {"from_initiative_id": "lighting", "to_initiative_id": "cctv", "financial_year": "2023-24", "nature": "capital"}
    virement |= {"amount_pence": "", "on": "2024-01-15", "reason": WHY}
    for number in range(2):
        waiver = {"rule": "capital_ceiling", "expires": "2199-12-31", "publishable": True, "reason": WHY}
        for path, body in (
            (f"{ONE}/variations", variation),
            (f"{ONE}/waivers", waiver),
            (f"{ONE}/virement-proposals", {**virement, "amount_pence": 200 + number}),
        ):
            asked = _made(office.create(path, body)).headers["Location"]
            if number:
                _step(office, asked, "decision", {"decision": "approved", "reason": WHY}, "certifier")


def _step(office: ReportingOffice, thing: str, step: str, body: object, role: str) -> None:
    headers = {"If-Match": office.get(thing).headers["ETag"]}
    _made(office.call("POST", f"{thing}/{step}", body, role=role, headers=headers))


def scheduled(office: ReportingOffice) -> Context:
    assert isinstance(office.store, MemoryStore)
    return Context(
        actor=SCHEDULE,
        now=office.now.time,
        request_id="reminders",
        store=office.store,
        objects=office.objects,
        settings=POLICY,
        new_id=lambda: "0" * 32,
        pause=lambda _: None,
    )
