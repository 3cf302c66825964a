"""Requests to the full office, by route, for counting what each costs."""

from dataclasses import dataclass

from tests.api.full_office import DISCLOSED, LINES, ONE, OTHER, WHY, WORDING
from tests.api.office import GRANT, allocation, payment

PLACES = {
    "grant_id": "ssf-4-example",
    "fund_id": "ssf-4",
    "organisation_id": "council",
    "initiative_id": "lighting",
    "code_id": "weather",
    "quarter": "2023-24-Q1",
    "return_id": "lighting.2023-24-Q2",
    "claim_id": "ssf-4-example.claim-1",
    "entry_id": "ssf-4-example.8",
    "collection": "grants",
    "item_id": "ssf-4-example",
    "name": "missing",
    "subject": "lighting",
    **dict.fromkeys(("variation_id", "waiver_id", "proposal_id"), "2"),
}
"""What stands in each place of a path."""

LISTS = {
    "evidence_id": "evidence",
    "export_id": "exports",
    "publication_id": "publications",
    "reminder_id": "reminders",
    "asset_id": "assets",
}
"""Places whose ids are not known beforehand, and the list that begins with one of them."""

SPENT = {"initiative_id": "lighting", "nature": "capital", "on": "2024-01-20", "amount_pence": 900}
SETTLED = {"quarter": "2022-23-Q1", "nature": "capital", "on": "2024-01-20", "amount_pence": 10, "reference": "R"}
MATCH = {
    "in_kind": False,
    "initiative_id": "lighting",
    "nature": "capital",
    "on": "2024-01-20",
    "amount_pence": 10,
    "contributor": "Council",
}
CHANGE = {"financial_year": "2023-24", "nature": "capital", "change_pence": 1_000}
VARIATION = {"kind": "top_up", "dated": "2024-01-15", "reason": WHY, "notice_reference": "HO-2", "changes": [CHANGE]}
VIREMENT = {"from_initiative_id": "lighting", "to_initiative_id": "cctv", "financial_year": "2023-24", "nature": "capital"}
PLAN = {"id": "signs", "title": "Signs", "category": "other", "partner_id": "council"}
OFFER = {**GRANT, "id": "ssf-4-third", "starts": "2022-04-01", "lines": LINES}
THIRD = "/grants/ssf-4-third"
LATE = {"on": "2024-01-21", "reason": WHY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request that changes something. `at` is where, if not at the route's own places; `read` what If-Match is read from.

    `of` is the kind of the grant's last entry that it names.
    """

    route: str
    role: str
    body: object = None
    at: str = ""
    read: str = ""
    of: str = ""


def _change(route: str, role: str, body: object = None, *, at: str = "", read: str = "", of: str = "") -> Change:
    return Change(route=route, role=role, body=body, at=at, read=read, of=of)


CHANGES = (
    _change("POST /funds", "administrator", {"id": "ssf-6", "title": "A fund", "funder": "Home Office"}),
    _change("PATCH /funds/{fund_id}", "administrator", {"title": "Another"}, read="/funds/ssf-4"),
    _change("POST /organisations", "administrator", {"id": "trust", "name": "Trust", "vat_status": "recovers"}),
    _change("PATCH /organisations/{organisation_id}", "administrator", {"name": "Council"}, read="/organisations/council"),
    _change("POST /grants", "officer", OFFER),
    _change("PATCH /grants/{grant_id}", "officer", {"title": "Another"}, read=ONE),
    _change("POST /grants/{grant_id}/state", "officer", {"state": "accepted", "on": "2022-04-01"}, at=f"{THIRD}/state", read=THIRD),
    _change(
        "PUT /grants/{grant_id}/certificate-wording",
        "certifier",
        {"wording": WORDING, "reason": WHY},
        read=f"{ONE}/certificate-wording",
    ),
    _change("POST /initiatives", "officer", PLAN),
    _change("PATCH /initiatives/{initiative_id}", "officer", {"title": "Lights"}, read="/initiatives/lighting"),
    _change("POST /initiatives/{initiative_id}/state", "officer", {"state": "delayed", "on": "2024-01-02"}, read="/initiatives/lighting"),
    _change("POST /variance-codes", "officer", {"id": "permit", "words": "A permit"}),
    _change("POST /variance-codes/{code_id}/retirement", "officer", {"reason": WHY}, read="/variance-codes/weather"),
    _change("POST /grants/{grant_id}/variations", "finance", VARIATION),
    _change(
        "POST /grants/{grant_id}/variations/{variation_id}/decision",
        "certifier",
        {"decision": "approved", "reason": WHY},
        at=f"{ONE}/variations/3/decision",
        read=f"{ONE}/variations/3",
    ),
    _change("POST /grants/{grant_id}/allocations", "officer", {**allocation("cctv", 1_000), "on": "2024-01-20"}),
    _change("POST /grants/{grant_id}/virements", "officer", {**VIREMENT, "amount_pence": 50, "on": "2024-01-20", "reason": WHY}),
    _change("POST /grants/{grant_id}/commitments", "finance", SPENT),
    _change("POST /grants/{grant_id}/accruals", "finance", SPENT),
    _change("POST /grants/{grant_id}/match", "finance", MATCH),
    _change("POST /grants/{grant_id}/claimed", "finance", SETTLED, at=f"{OTHER}/claimed"),
    _change("POST /grants/{grant_id}/received", "finance", SETTLED, at=f"{OTHER}/received"),
    _change("POST /payments", "finance", payment("COUNTED", 700, on="2024-01-20")),
    _change("POST /entries/{entry_id}/releases", "finance", LATE, of="commitment"),
    _change("POST /entries/{entry_id}/reversals", "finance", LATE, of="accrual"),
    _change("POST /entries/{entry_id}/corrections", "finance", {**LATE, "change_pence": -1}, of="payment"),
    _change("POST /entries/{entry_id}/refunds", "finance", {**LATE, "amount_pence": 1}, of="payment"),
    _change("POST /entries/{entry_id}/recodings", "finance", {**LATE, "to_initiative_id": "cctv", "to_nature": "capital"}, of="payment"),
    _change("PUT /disclosures/{subject}", "officer", DISCLOSED, read="/disclosures/lighting"),
    _change("POST /publications", "publisher"),
    _change("POST /publication-drafts", "publisher"),
    _change("POST /exports", "finance", {"grant_id": "ssf-4-example"}),
)
"""Every write that no other test counts, each on what the ones before it left."""
