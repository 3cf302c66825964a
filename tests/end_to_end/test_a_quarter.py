"""A quarter of Staffordshire's round 5 over HTTP, from the allocation to the money received; every figure is in pence.

The award is the announced one. How it is split over years and initiatives, and all that is spent, is illustrative.
"""

import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast
from zipfile import ZipFile

import pytest

from local.embedded import free_port
from local.machine import Machine
from local.running import opened
from local.streetlight import parts
from local.told import Told
from local.verifying import verify
from tests.end_to_end.people import ADMINISTRATOR, CERTIFIER, FINANCE, OFFICER, VIEWER, Asking, Person, refusal

GRANT = "/grants/ssf-5-staffordshire"
Q3 = f"{GRANT}/periods/2023-24-Q3"
LIGHTING, CCTV = "cannock-park-lighting-ssf-5", "longton-cctv-ssf-5"
RETURN = f"/returns/{LIGHTING}.2023-24-Q3"
CANNOCK = Person(name="cannock", role="partner", organisation="cannock-chase-district-council")
STOKE = Person(name="stoke", role="partner", organisation="stoke-on-trent-city-council")
FUND = {"id": "ssf-5", "title": "Safer Streets Fund round 5", "funder": "Home Office"}
OFFER = {
    "id": "ssf-5-staffordshire",
    "title": "Cannock, Longton, Tunstall",
    "fund_id": "ssf-5",
    "lead_recipient_id": "staffordshire-pfcc",
    "force_area": "E23000015",
    "starts": "2023-10-01",
    "ends": "2025-03-31",
    "lines": [
        {"financial_year": "2023-24", "nature": "capital", "amount_pence": 60_000_000},
        {"financial_year": "2024-25", "nature": "capital", "amount_pence": 40_000_000},
    ],
}
INVOICE = {
    "kind": "invoice",
    "number": "EX-9001",
    "date": "2023-11-10",
    "supplier": "Example lighting contractor",
    "net_pence": 10_000_001,
    "vat_pence": 2_000_000,
}
FORECAST_QUARTERS = ("2023-24-Q4", "2024-25-Q1", "2024-25-Q2", "2024-25-Q3", "2024-25-Q4")


@contextmanager
def served(machine: Machine) -> Iterator[Asking]:
    """The server as `make run` starts it, with nothing in it, and people who ask it."""
    with opened(machine, parts(machine)) as running:
        yield Asking(running.url, running.issuer)


@pytest.mark.slow
def test_a_quarter_of_round_5_from_the_allocation_to_the_money_received(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine(folder=tmp_path, port=free_port())
    with served(machine) as office:
        an_office_with_a_grant(office)
        payment = money_is_promised_and_spent(office)
        the_partner_reports(office)
        the_quarter_is_held_and_closed(office)
        late_items_go_to_the_open_quarter(office, payment)
        claim = a_claim_is_drafted_reviewed_and_certified(office, payment)
        the_money_comes(office, claim)
        the_record_says_all_of_it(office, claim)

    assert verify(machine, Told()) == 0
    assert "none broken" in capsys.readouterr().out


def an_office_with_a_grant(office: Asking) -> None:
    office.create(ADMINISTRATOR, "/funds", FUND)
    for organisation in ("staffordshire-pfcc", "cannock-chase-district-council", "stoke-on-trent-city-council"):
        office.create(ADMINISTRATOR, "/organisations", {"id": organisation, "name": organisation, "vat_status": "recovers"})
    office.create(OFFICER, "/grants", OFFER)
    for state in ("accepted", "active"):
        office.ask(OFFICER, "POST", f"{GRANT}/state", {"state": state, "on": "2023-10-01"}, If_Match=office.etag(GRANT))
    for initiative, partner, category in ((LIGHTING, CANNOCK, "street_lighting"), (CCTV, STOKE, "cctv")):
        plan = {"id": initiative, "title": initiative, "category": category, "partner_id": partner.organisation}
        office.create(OFFICER, "/initiatives", plan)
        office.move(OFFICER, f"/initiatives/{initiative}", "state", {"state": "in_delivery", "on": "2023-10-16"})
    assert office.get(GRANT)["state"] == "active"


def money_is_promised_and_spent(office: Asking) -> str:
    """Allocate, commit, pay one invoice for both initiatives, and accrue; the lighting part's entry."""
    for initiative, pence in ((LIGHTING, 20_000_000), (CCTV, 15_000_000)):
        share = {"initiative_id": initiative, "financial_year": "2023-24", "nature": "capital", "amount_pence": pence}
        office.post(OFFICER, f"{GRANT}/allocations", {**share, "on": "2023-10-02", "reason": "As planned"})
    lamps = {"initiative_id": LIGHTING, "nature": "capital", "on": "2023-10-20", "amount_pence": 12_000_000, "reference": "PO-1"}
    wrong_role = office.ask(OFFICER, "POST", f"{GRANT}/commitments", lamps, Idempotency_Key="officer")
    assert refusal(wrong_role) == (403, "role-missing")
    (order,) = office.post(FINANCE, f"{GRANT}/commitments", lamps)

    lines = [
        {"grant_id": "ssf-5-staffordshire", "initiative_id": LIGHTING, "nature": "capital", "shares": 2, "commitment": order},
        {"grant_id": "ssf-5-staffordshire", "initiative_id": CCTV, "nature": "capital", "shares": 1},
    ]
    paid = {"document": INVOICE, "on": "2023-11-15", "payer_id": "staffordshire-pfcc", "lines": lines}
    payment, _ = office.post(FINANCE, "/payments", paid)
    again = office.ask(FINANCE, "POST", "/payments", {**paid, "on": "2023-11-16"}, Idempotency_Key="the-invoice-again")
    assert refusal(again) == (409, "document-already-entered")
    cameras = {"initiative_id": CCTV, "nature": "capital", "on": "2023-12-29", "amount_pence": 1_500_000, "party": "Example cameras"}
    office.post(FINANCE, f"{GRANT}/accruals", cameras)
    office.upload(FINANCE, "entry", payment, "Invoice EX-9001.pdf", b"%PDF-1.7\nIllustrative invoice EX-9001")

    # 10,000,001 in shares of 2 and 1; the penny that is over goes where the larger part of a penny was lost.
    assert figures(office, "initiative") == {
        LIGHTING: {"allocated": 20_000_000, "committed": 5_333_333, "accrued": 0, "spent": 6_666_667, "available": 8_000_000},
        CCTV: {"allocated": 15_000_000, "committed": 0, "accrued": 1_500_000, "spent": 3_333_334, "available": 10_166_666},
    }
    return payment


def figures(office: Asking, by: str) -> dict[str, dict[str, int]]:
    """What each initiative of the grant has of some measures."""
    rows = cast("list[dict[str, dict[str, object]]]", office.get(f"/summaries?by={by}&grant=ssf-5-staffordshire")["rows"])
    wanted = ("allocated", "committed", "accrued", "spent", "available")
    return {str(row["group"][by]): {name: cast("int", row["measures_pence"][name]) for name in wanted} for row in rows if row["group"][by]}


def report(next_quarter_pence: int) -> dict[str, object]:
    forecasts = [{"quarter": quarter, "amount_pence": 0} for quarter in FORECAST_QUARTERS[1:]]
    forecasts.insert(0, {"quarter": FORECAST_QUARTERS[0], "amount_pence": next_quarter_pence})
    return {"progress": "Illustrative: two thirds are in.", "rating": "green", "spent_to_date_pence": 6_666_667, "forecasts": forecasts}


def the_partner_reports(office: Asking) -> None:
    due = office.get(RETURN, CANNOCK)
    assert (due["state"], due["version"], due["forecast_quarters"]) == ("due", "0", list(FORECAST_QUARTERS))
    office.move(CANNOCK, RETURN, "", report(5_000_000), method="PUT")
    photograph = office.upload(CANNOCK, "return", RETURN.removeprefix("/returns/"), "Columns.pdf", b"%PDF-1.7\nIllustrative photograph")
    for hidden in (RETURN, photograph, f"{photograph}/file"):
        assert refusal(office.ask(STOKE, "GET", hidden)) == (404, "missing")
    assert refusal(office.ask(CANNOCK, "POST", f"{RETURN}/submission", If_Match='"9"')) == (412, "stale-view")
    assert office.move(CANNOCK, RETURN, "submission")["state"] == "submitted"

    said = {"reason": "The forecast leaves out the last order."}
    assert office.refused(VIEWER, RETURN, "acceptance", said) == (403, "role-missing")
    assert office.refused(Person(name="cannock", role="officer"), RETURN, "acceptance", said) == (403, "preparer-cannot-approve")
    assert office.move(OFFICER, RETURN, "changes-requested", said)["state"] == "changes_requested"
    office.move(CANNOCK, RETURN, "", report(5_333_333), method="PUT")
    again = office.move(CANNOCK, RETURN, "submission")
    assert again["changes"] == [{"field": "/forecasts/2023-24-Q4/amount_pence", "old": 5_000_000, "new": 5_333_333}]
    accepted = office.move(OFFICER, RETURN, "acceptance", {"reason": "Agrees with the ledger."})
    assert accepted["state"] == "accepted"
    assert accepted["spent_to_date"] == {"reported_pence": 6_666_667, "ledger_pence": 6_666_667, "difference_pence": 0}


def the_quarter_is_held_and_closed(office: Asking) -> None:
    held = office.move(FINANCE, Q3, "state", {"state": "held", "reason": "The figures are being agreed."})
    assert held["state"] == "held"
    back = {"initiative_id": CCTV, "financial_year": "2023-24", "nature": "capital", "on": "2023-12-30", "reason": "Not needed"}
    by_officer = office.ask(OFFICER, "POST", f"{GRANT}/allocations", {**back, "amount_pence": -1}, Idempotency_Key="held")
    assert refusal(by_officer) == (403, "period-is-held")
    closing = {"state": "closed", "reason": "The figures are agreed."}
    assert office.refused(OFFICER, Q3, "state", closing) == (403, "role-missing")
    assert office.refused(FINANCE, Q3, "state", closing, etag='"1"') == (412, "stale-view")
    closed = office.move(FINANCE, Q3, "state", closing)
    assert (closed["state"], spent(closed)) == ("closed", (10_000_001, 10_000_001, 0))


def spent(period: dict[str, object]) -> tuple[int, ...]:
    """What was spent in a quarter: as reported, as corrected, the difference."""
    return of_columns({column: period[f"{column}_pence"] for column in ("as_reported", "as_corrected", "difference")})


def of_columns(columns: object) -> tuple[int, ...]:
    """What was spent, column by column."""
    return tuple(column["spent"] for column in cast("dict[str, dict[str, int]]", columns).values())


def late_items_go_to_the_open_quarter(office: Asking, payment: str) -> None:
    late = {**INVOICE, "number": "EX-9002", "date": "2023-12-19", "net_pence": 10_000, "vat_pence": 0}
    line = {"grant_id": "ssf-5-staffordshire", "initiative_id": CCTV, "nature": "capital", "shares": 1}
    paid = {"document": late, "on": "2023-12-20", "payer_id": "staffordshire-pfcc", "lines": [line]}
    refused = office.ask(FINANCE, "POST", "/payments", paid, Idempotency_Key="closed")
    assert refusal(refused) == (409, "period-is-closed")
    assert cast("dict[str, str]", refused.json)["first_open_day"] == "2024-01-01"

    change = {"on": "2024-01-12", "change_pence": -166_667, "reason": "EX-9001 was charged for columns that were not delivered."}
    (correction,) = office.post(FINANCE, f"/entries/{payment}/corrections", change)
    entry = office.get(f"/entries/{correction}")
    assert (entry["on"], entry["of"], entry["quarter"], entry["amount_pence"]) == ("2024-01-12", payment, "2023-24-Q3", -166_667)
    assert spent(office.get(Q3)) == (10_000_001, 9_833_334, -166_667)
    assert {str(each["initiative_id"]): of_columns(each["reported"]) for each in office.items(f"{Q3}/initiatives")} == {
        LIGHTING: (6_666_667, 6_500_000, -166_667),
        CCTV: (3_333_334, 3_333_334, 0),
    }
    # What is paid late without being part of the quarter is the next quarter's.
    assert office.post(FINANCE, "/payments", {**paid, "on": "2024-01-15"})
    assert spent(office.get(Q3)) == (10_000_001, 9_833_334, -166_667)


def a_claim_is_drafted_reviewed_and_certified(office: Asking, payment: str) -> str:
    assert refusal(office.ask(OFFICER, "POST", f"{GRANT}/claims", {"quarter": "2023-24-Q3"}, Idempotency_Key="officers-claim")) == (
        *(403, "role-missing"),
    )
    wording = {"text": "Illustrative: I certify that this was spent as the grant allows.", "clause": "Scheme of delegation, 7"}
    office.move(CERTIFIER, f"{GRANT}/certificate-wording", "", {"wording": wording, "reason": "Illustrative"}, method="PUT")
    drafted = office.create(FINANCE, f"{GRANT}/claims", {"quarter": "2023-24-Q3", "note": "Illustrative"})
    claim = f"/claims/{drafted['id']}"
    assert (drafted["state"], drafted["lines"], drafted["total_pence"]) == ("drafted", 3, 9_833_334)
    lines = [(line["kind"], line["on"], line["amount_pence"]) for line in office.items(f"{claim}/lines")]
    assert lines == [("payment", "2023-11-15", 6_666_667), ("payment", "2023-11-15", 3_333_334), ("correction", "2024-01-12", -166_667)]

    looked = {"reason": "Looked through line by line."}
    assert office.refused(FINANCE, claim, "review", looked) == (403, "preparer-cannot-approve")
    assert office.refused(OFFICER, claim, "review", looked, etag='"99"') == (412, "stale-view")
    assert office.move(OFFICER, claim, "review", looked)["state"] == "reviewed"
    pack = office.download(f"{claim}/pack", CERTIFIER)
    assert_pack(pack, payment)
    sha256 = hashlib.sha256(pack).hexdigest()
    assert office.refused(CERTIFIER, claim, "certification", {"sha256": "0" * 64}) == (409, "pack-differs")
    assert office.refused(FINANCE, claim, "certification", {"sha256": sha256}) == (403, "role-missing")
    assert office.refused(Person(name="finance", role="certifier"), claim, "certification", {"sha256": sha256}) == (
        *(403, "preparer-cannot-approve"),
    )
    certified = office.move(CERTIFIER, claim, "certification", {"sha256": sha256})
    assert (certified["state"], cast("dict[str, str]", certified["certificate"])["sha256"]) == ("certified", sha256)
    return claim


def assert_pack(pack: bytes, payment: str) -> None:
    """The pack's files are those of its manifest, and the invoice that was uploaded stands beside its line."""
    with ZipFile(io.BytesIO(pack)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    assert {each["name"]: each["sha256"] for each in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    claim = json.loads(files["claim.json"])
    assert (claim["lines"], claim["lines_without_evidence"], claim["total_pence"]) == (3, 2, 9_833_334)
    row = next(row for row in files["evidence.csv"].decode().splitlines() if row.startswith(f"{payment},"))
    assert "Invoice EX-9001.pdf" in row


def the_money_comes(office: Asking, claim: str) -> None:
    sent = office.move(FINANCE, claim, "submission", {"on": "2024-01-31", "reference": "EX-CLAIM-1"})
    assert (sent["state"], sent["outstanding_pence"]) == ("submitted", 9_833_334)
    office.upload(FINANCE, "claim", claim.removeprefix("/claims/"), "Remittance.pdf", b"%PDF-1.7\nIllustrative remittance")
    part = office.move(FINANCE, claim, "payments", {"on": "2024-03-15", "amount_pence": 5_000_000, "reference": "EX-PAID-1"})
    assert (part["state"], part["received_pence"], part["outstanding_pence"]) == ("part_paid", 5_000_000, 4_833_334)
    more = {"on": "2024-04-26", "amount_pence": 4_833_335, "reference": "EX-PAID-2"}
    assert office.refused(FINANCE, claim, "payments", more) == (409, "more-than-claimed")
    assert debtor(office) == (9_833_334, 5_000_000, 4_833_334, 0, 4_833_334)
    paid = office.move(FINANCE, claim, "payments", {**more, "amount_pence": 4_833_334})
    assert (paid["state"], paid["received_pence"], paid["outstanding_pence"]) == ("paid", 9_833_334, 0)
    assert debtor(office) == (9_833_334, 5_000_000, 4_833_334, 4_833_334, 0)


def debtor(office: Asking) -> tuple[object, ...]:
    """2023-24: claimed; received by the year's end; owed at it; received later; still owed."""
    (year,) = (each for each in office.items(f"{GRANT}/debtors") if each["financial_year"] == "2023-24")
    names = ("claimed", "received_by_year_end", "debtor", "received_later", "outstanding")
    return tuple(year[f"{name}_pence"] for name in names)


def the_record_says_all_of_it(office: Asking, claim: str) -> None:
    total = cast("dict[str, int]", office.get("/summaries?grant=ssf-5-staffordshire")["total_pence"])
    names = ("awarded", "allocated", "committed", "accrued", "paid", "corrected", "spent", "claimed", "received")
    assert {name: total[name] for name in names} == {
        "awarded": 100_000_000,
        "allocated": 35_000_000,
        "committed": 5_333_333,
        "accrued": 1_500_000,
        "paid": 10_010_001,
        "corrected": -166_667,
        "spent": 9_843_334,
        "claimed": 9_833_334,
        "received": 9_833_334,
    }
    for thing in (GRANT, f"/claims/{claim.removeprefix('/claims/').partition('.')[0]}", RETURN):
        assert office.get(f"/verification{thing}", CERTIFIER)["problems"] == []
    assert office.items(f"/history{RETURN}/words")[-1]["by"] == "officer"
