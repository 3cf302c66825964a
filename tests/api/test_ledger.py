"""The ledger as its users meet it: what is asked over HTTP, what is answered, and what is refused in which words."""

import json
from pathlib import Path

import pytest

from chalicelib.api.paging import encode
from chalicelib.domain.chain import Kind, Name
from tests.api.library import Answer
from tests.api.office import GRANT, Office, allocation, payment


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path).open()


def entry_of(answer: Answer, place: int = 0) -> dict[str, object]:
    assert answer.status == 201, answer.text
    entries = answer.json["entries"]
    assert isinstance(entries, list)
    entry = entries[place]
    assert isinstance(entry, dict)
    return entry


def total(office: Office, query: str = "") -> dict[str, int]:
    figures = office.get(f"/summaries{query}").json["total_pence"]
    assert isinstance(figures, dict)
    return figures


def records(office: Office) -> int:
    return sum(1 for _ in office.store.links(Name(Kind.GRANT, "ssf-4-example")))


def test_a_payment_is_answered_with_its_entry(office: Office) -> None:
    entry = entry_of(office.create("/payments", payment("INV-1", 120_000, vat_pence=24_000)))

    assert entry["id"] == "ssf-4-example.6"
    assert (entry["kind"], entry["quarter"], entry["amount_pence"]) == ("payment", "2023-24-Q3", 120_000)
    assert (entry["net_pence"], entry["vat_pence"], entry["moves_pence"]) == (120_000, 24_000, {"paid": 120_000})
    assert office.get("/entries/ssf-4-example.6").json == entry | {"paid_on": None, "payment_reference": None, "paid_import_id": None}


def test_an_over_allocation_is_refused_with_what_is_left_and_the_shortfall(office: Office) -> None:
    answer = office.create("/payments", payment("INV-1", 650_000))

    assert (answer.status, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert answer.json["type"] == "/problems/allocation-exhausted"
    assert answer.json["title"] == "The allocation does not have enough money left."
    assert (answer.json["available_pence"], answer.json["requested_pence"], answer.json["shortfall_pence"]) == (600_000, 650_000, 50_000)
    assert "£500.00 too much" in str(answer.json["detail"])
    assert records(office) == 5


def test_a_date_outside_the_period_is_refused_with_the_period(office: Office) -> None:
    answer = office.create("/payments", payment("INV-1", 100, on="2024-04-01"))

    assert (answer.status, answer.json["type"]) == (422, "/problems/date-outside-period")
    assert (answer.json["starts"], answer.json["ends"]) == ("2023-04-01", "2024-03-31")


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "1582-10-15"])
def test_days_that_no_grant_has_are_refused_like_any_other(office: Office, on: str) -> None:
    for path, body in (
        ("/payments", payment("INV-1", 100, on=on)),
        ("/grants/ssf-4-example/commitments", {"initiative_id": "lighting", "nature": "capital", "on": on, "amount_pence": 1}),
    ):
        assert office.create(path, body).status in {400, 422}, path


@pytest.mark.parametrize("amount", [1234.0, 12.5, True, "100", None])
def test_an_amount_that_is_not_whole_pence_is_refused_where_it_stands(office: Office, amount: object) -> None:
    answer = office.create("/grants/ssf-4-example/allocations", allocation("cctv", amount))

    assert answer.status == 400
    assert answer.pointers == ["/amount_pence"]


def test_every_wrong_field_is_named_at_once(office: Office) -> None:
    body = payment("", 1.5)
    body["on"] = "2023-02-30"
    body["typo"] = 1

    answer = office.create("/payments", body)

    assert set(answer.pointers) == {"/document/number", "/document/net_pence", "/lines/0/net_pence", "/on", "/typo"}


def test_a_repeated_key_replays_and_a_reused_one_is_refused(office: Office) -> None:
    first = office.create("/payments", payment("INV-1", 100), key="k")
    again = office.create("/payments", payment("INV-1", 100), key="k")
    other = office.create("/payments", payment("INV-2", 200), key="k")

    assert again.text == first.text
    assert (first.headers.get("Idempotent-Replay"), again.headers["Idempotent-Replay"]) == (None, "true")
    assert (other.status, other.json["type"]) == (422, "/problems/key-reused")
    assert total(office)["paid"] == 100


def test_the_same_invoice_is_refused_and_its_entry_named(office: Office) -> None:
    office.create("/payments", payment("INV-1", 100))

    answer = office.create("/payments", payment("inv 1", 100, supplier="LAMPS  LTD"))

    assert (answer.status, answer.json["entered_as"]) == (409, "ssf-4-example.6")


def test_a_stale_etag_is_refused_and_a_missing_one_asked_for(office: Office) -> None:
    etag = office.get("/grants/ssf-4-example").headers["ETag"]
    changed = office.change("PATCH", "/grants/ssf-4-example", {"title": "New title"}, etag=etag)

    stale = office.change("PATCH", "/grants/ssf-4-example", {"title": "Newer title"}, etag=etag)
    missing = office.call("PATCH", "/grants/ssf-4-example", {"title": "Newer title"}, role="officer")

    assert (changed.status, changed.json["title"]) == (200, "New title")
    assert (stale.status, missing.status) == (412, 428)


def test_a_supplier_whose_name_is_a_formula_is_kept_as_it_is_and_defused_in_the_export(office: Office) -> None:
    entry = entry_of(office.create("/payments", payment("INV-1", 100, supplier="=HYPERLINK(1)")))

    made = office.create("/exports", {"financial_year": "2023-24"})

    assert entry["party"] == "=HYPERLINK(1)"
    assert made.status == 201, made.text
    (csv,) = (each for each in made.json["files"] if each["name"].endswith(".csv"))  # type: ignore[attr-defined]  # a list of objects
    content = office.objects.get(f"exports/{made.json['id']}/{csv['name']}").decode()
    assert "'=HYPERLINK(1)" in content
    assert not any(cell.startswith("=") for row in content.splitlines() for cell in row.split(","))


def test_a_commitment_is_drawn_by_its_payment_and_the_rest_released(office: Office) -> None:
    order = {"initiative_id": "lighting", "nature": "capital", "on": "2023-05-01", "amount_pence": 500_000, "reference": "PO-1"}
    named = str(entry_of(office.create("/grants/ssf-4-example/commitments", order))["id"])
    body = payment("INV-1", 450_000)
    body["lines"][0]["commitment"] = named  # type: ignore[index]  # the lines of the body above

    paid = entry_of(office.create("/payments", body))
    assert (paid["moves_pence"], paid["against_pence"]) == ({"paid": 450_000, "committed": -450_000}, {named: -450_000})
    assert (total(office)["committed"], total(office)["available"]) == (50_000, 100_000)

    released = entry_of(office.create(f"/entries/{named}/releases", {"on": "2023-11-01", "reason": "Order closed"}))
    assert released["amount_pence"] == -50_000
    assert (total(office)["committed"], total(office)["available"]) == (0, 150_000)


def test_a_mistake_is_answered_by_a_correction_and_a_refund_and_nothing_is_edited(office: Office) -> None:
    office.create("/payments", payment("INV-1", 100_000))
    before = office.get("/entries/ssf-4-example.6").json

    correction = {"on": "2023-11-01", "change_pence": -10_000, "reason": "Invoice overstated"}
    corrected = entry_of(office.create("/entries/ssf-4-example.6/corrections", correction))
    refund = {"on": "2023-12-01", "amount_pence": 40_000, "reason": "Lamps returned", "reference": "CR-1"}
    refunded = entry_of(office.create("/entries/ssf-4-example.6/refunds", refund))
    too_much = office.create("/entries/ssf-4-example.6/refunds", {**refund, "amount_pence": 50_001})

    assert (corrected["of"], refunded["of"]) == ("ssf-4-example.6", "ssf-4-example.6")
    assert (too_much.status, too_much.json["left_pence"]) == (409, 50_000)
    figures = total(office)
    assert (figures["paid"], figures["corrected"], figures["refunded"], figures["spent"]) == (100_000, -10_000, 40_000, 50_000)
    assert office.get("/entries/ssf-4-example.6").json == before


def test_a_miscoded_payment_is_moved_to_where_it_belongs(office: Office) -> None:
    office.create("/grants/ssf-4-example/allocations", allocation("cctv", 200_000))
    office.create("/payments", payment("INV-1", 100_000))

    answer = office.create(
        "/entries/ssf-4-example.7/recodings",
        {"on": "2023-11-01", "to_initiative_id": "cctv", "to_nature": "capital", "reason": "It was for cameras"},
    )

    assert (entry_of(answer)["amount_pence"], entry_of(answer, 1)["amount_pence"]) == (-100_000, 100_000)
    assert total(office, "?initiative=cctv")["spent"] == 100_000
    assert total(office, "?initiative=lighting")["spent"] == 0


def test_a_virement_records_both_legs(office: Office) -> None:
    answer = office.create(
        "/grants/ssf-4-example/virements",
        {
            "from_initiative_id": "lighting",
            "to_initiative_id": "cctv",
            "financial_year": "2023-24",
            "nature": "capital",
            "amount_pence": 150_000,
            "on": "2023-06-01",
            "reason": "Cameras cost more",
        },
    )

    assert [entry_of(answer, leg)["amount_pence"] for leg in (0, 1)] == [-150_000, 150_000]
    held = office.get("/grants/ssf-4-example/allocations").json["items"]
    assert [(each["initiative_id"], each["allocated_pence"]) for each in held] == [("cctv", 150_000), ("lighting", 450_000)]  # type: ignore[attr-defined]  # a list of objects


@pytest.mark.parametrize(("kind", "net_pence"), [("credit_note", -1), ("journal", 0), ("journal", -1)])
def test_an_initiative_that_nobody_planned_is_given_nothing_back(office: Office, kind: str, net_pence: int) -> None:
    body = payment("CN-1", net_pence)
    body["document"]["kind"] = kind  # type: ignore[index]  # the document of the body above
    body["lines"][0]["initiative_id"] = "lightning"  # type: ignore[index]  # and its lines

    answer = office.create("/payments", body)

    assert (answer.status, answer.json["kind"], answer.json["id"]) == (404, "initiative", "lightning")
    assert office.create("/publications", role="publisher").status == 201


def test_money_is_not_recoded_to_an_initiative_that_nobody_planned(office: Office) -> None:
    paid = entry_of(office.create("/payments", payment("INV-1", 10_000)))["id"]
    there = {"on": "2023-10-02", "to_initiative_id": "lightning", "to_nature": "capital", "reason": "Meant for another"}

    answer = office.create(f"/entries/{paid}/recodings", there)

    assert (answer.status, answer.json["kind"], answer.json["id"]) == (404, "initiative", "lightning")


def test_a_credit_gives_back_no_more_than_was_spent(office: Office) -> None:
    office.create("/payments", payment("INV-1", 100_000))
    body = payment("CN-1", -100_001)
    body["document"]["kind"] = "credit_note"  # type: ignore[index]  # the document of the body above

    refused = office.create("/payments", body)
    body["document"]["net_pence"] = body["lines"][0]["net_pence"] = -100_000  # type: ignore[index]  # the same
    taken = office.create("/payments", body)

    assert (refused.status, refused.json["type"], refused.json["spent_pence"]) == (409, "/problems/more-than-spent", 100_000)
    assert taken.status == 201
    assert (total(office)["spent"], total(office)["available"]) == (0, 600_000)


def test_a_cancelled_initiative_takes_no_new_money_and_gives_its_allocation_back(office: Office) -> None:
    office.change("POST", "/initiatives/lighting/state", {"state": "cancelled", "on": "2023-06-01"})
    order = {"initiative_id": "lighting", "nature": "capital", "on": "2023-06-02", "amount_pence": 1}

    assert office.create("/grants/ssf-4-example/commitments", order).status == 409
    assert office.create("/grants/ssf-4-example/allocations", allocation("lighting", 1)).status == 409
    assert office.create("/grants/ssf-4-example/allocations", allocation("lighting", -600_000)).status == 201
    assert total(office)["unallocated"] == 1_000_000


def test_an_initiative_that_is_misspelt_is_told_as_such(office: Office) -> None:
    order = {"initiative_id": "lightning", "nature": "capital", "on": "2023-06-02", "amount_pence": 1}

    answer = office.create("/grants/ssf-4-example/commitments", order)

    assert (answer.status, answer.json["kind"], answer.json["id"]) == (404, "initiative", "lightning")


def test_what_has_not_happened_yet_is_not_recorded(office: Office) -> None:
    office.create("/payments", payment("INV-1", 100))

    answer = office.create("/entries/ssf-4-example.6/refunds", {"on": "2222-01-01", "amount_pence": 1, "reason": "Typing slip"})

    assert (answer.status, answer.json["type"]) == (422, "/problems/dated-in-future")


def test_an_accrual_takes_the_place_of_the_order_it_names(office: Office) -> None:
    order = {"initiative_id": "lighting", "nature": "capital", "on": "2023-05-01", "amount_pence": 600_000}
    named = str(entry_of(office.create("/grants/ssf-4-example/commitments", order))["id"])

    office.create("/grants/ssf-4-example/accruals", {**order, "on": "2024-03-31", "amount_pence": 500_000, "commitment": named})

    figures = total(office)
    assert (figures["committed"], figures["accrued"], figures["available"]) == (100_000, 500_000, 0)


def test_an_accrual_is_reversed_by_its_invoice(office: Office) -> None:
    cost = {"initiative_id": "lighting", "nature": "capital", "on": "2024-03-31", "amount_pence": 30_000, "description": "March"}
    named = str(entry_of(office.create("/grants/ssf-4-example/accruals", cost))["id"])
    body = payment("INV-1", 30_000, on="2024-03-31")
    body["lines"][0]["accrual"] = named  # type: ignore[index]  # the lines of the body above

    office.create("/payments", body)

    assert (total(office)["accrued"], total(office)["spent"]) == (0, 30_000)
    again = office.create(f"/entries/{named}/reversals", {"on": "2024-03-31", "reason": "By hand"})
    assert again.status in {400, 409}


def test_an_invoice_split_by_shares_adds_up_to_the_penny(office: Office) -> None:
    office.create("/grants/ssf-4-example/allocations", allocation("cctv", 200_000))
    body = payment("INV-1", 10_001)
    shares = [{"grant_id": "ssf-4-example", "initiative_id": each, "nature": "capital", "shares": 1} for each in ("lighting", "cctv")]
    body["lines"] = shares

    answer = office.create("/payments", body)

    assert [entry_of(answer, place)["amount_pence"] for place in (0, 1)] == [5_001, 5_000]


def test_lines_that_do_not_add_up_are_refused_with_the_difference(office: Office) -> None:
    body = payment("INV-1", 10_000)
    body["lines"][0]["net_pence"] = 9_999  # type: ignore[index]  # the lines of the body above

    answer = office.create("/payments", body)

    assert (answer.status, answer.json["document_pence"], answer.json["lines_pence"]) == (422, 10_000, 9_999)


def test_a_line_gives_amounts_or_shares(office: Office) -> None:
    body = payment("INV-1", 10_000)
    body["lines"] = [{"grant_id": "ssf-4-example", "initiative_id": "lighting", "nature": "capital"}]

    assert office.create("/payments", body).details == {"/lines/0": "give net_pence and vat_pence, or shares"}


def test_match_is_recorded_and_is_not_the_grants_money(office: Office) -> None:
    given = {"contributor": "Council", "nature": "capital", "on": "2023-06-01", "amount_pence": 117_000}
    office.create("/grants/ssf-4-example/match", {**given, "in_kind": False})
    office.create("/grants/ssf-4-example/match", {**given, "in_kind": True, "amount_pence": 3_000, "initiative_id": "lighting"})

    assert (total(office)["match"], total(office)["available"]) == (120_000, 600_000)


def test_what_was_claimed_and_received_belongs_to_its_quarter_whenever_it_came(office: Office) -> None:
    claim = {"quarter": "2023-24-Q4", "nature": "capital", "on": "2024-05-10", "amount_pence": 90_000, "reference": "C-4"}
    office.create("/grants/ssf-4-example/claimed", claim)
    office.create("/grants/ssf-4-example/received", {**claim, "on": "2024-07-01", "amount_pence": 80_000})

    figures = total(office, "?quarter=2023-24-Q4")
    assert (figures["claimed"], figures["received"]) == (90_000, 80_000)


def split_over(office: Office, initiatives: int) -> dict[str, object]:
    """An invoice split over so many initiatives, a pound for each."""
    lines = []
    for number in range(initiatives):
        plan = {"id": f"plan-{number}", "title": "A plan", "category": "other", "partner_id": "council"}
        office.create("/initiatives", plan, role="officer")
        office.create("/grants/ssf-4-example/allocations", allocation(f"plan-{number}", 100))
        line = {"grant_id": "ssf-4-example", "initiative_id": f"plan-{number}", "nature": "capital", "net_pence": 100, "vat_pence": 0}
        lines.append(line)
    return {**payment(f"INV-{initiatives}", 100 * initiatives), "lines": lines}


def test_a_document_over_thirty_two_initiatives_is_taken_whole(office: Office) -> None:
    answer = office.create("/payments", split_over(office, 32))

    assert (answer.status, total(office)["paid"]) == (201, 3_200)


def test_a_document_over_more_initiatives_is_refused_whole_and_says_what_to_do(office: Office) -> None:
    body = split_over(office, 33)

    refused = office.create("/payments", body)

    assert (refused.status, refused.json["type"], refused.json["writes"]) == (422, "/problems/too-many-lines", 102)
    assert refused.json["detail"] == (
        "This needs 102 writes in one step and 100 fit: three for each line, and one more for each commitment or accrual that a line "
        "settles. Enter fewer lines, with the rest of the document under uncharged; then enter that rest as a journal that names the "
        "document."
    )
    assert total(office)["paid"] == 0

    lines = list(body["lines"])  # type: ignore[call-overload]  # a list
    first = office.create("/payments", {**body, "lines": lines[:30], "uncharged": {"net_pence": 300}})
    journal = {**payment("INV-33 rest", 300), "lines": lines[30:]}
    journal["document"] = {**dict(payment("INV-33 rest", 300)["document"]), "kind": "journal"}  # type: ignore[call-overload]  # a dict
    rest = office.create("/payments", journal)

    assert (first.status, rest.status, total(office)["paid"]) == (201, 201, 3_300)


@pytest.mark.parametrize(("payer", "before", "after"), [("office", 100_000, 100_000), ("charity", 102_000, 120_000)])
def test_vat_that_was_entered_wrong_is_put_right_by_a_journal(office: Office, payer: str, before: int, after: int) -> None:
    office.create("/payments", {**payment("INV-1", 100_000, vat_pence=2_000), "payer_id": payer})
    assert total(office)["spent"] == before

    journal = {**payment("INV-1 VAT", 0, vat_pence=18_000), "payer_id": payer}
    journal["document"] = {**dict(journal["document"]), "kind": "journal"}  # type: ignore[call-overload]  # a dict
    answer = office.create("/payments", journal)
    exported = office.create("/exports", {"grant_id": "ssf-4-example"}).json["id"]

    assert (answer.status, total(office)["spent"]) == (201, after)
    (totals,) = (office.folder / f"exports/{exported}").glob("*.totals.json")
    columns = json.loads(totals.read_text())["columns"]
    assert (columns["net_pounds"]["pounds"], columns["vat_pounds"]["pounds"]) == ("1000.00", "200.00")
    assert columns["paid_pounds"]["pence"] == after


def test_a_reduction_is_requested_by_one_and_approved_by_another(office: Office) -> None:
    body = {
        "kind": "reduction",
        "dated": "2023-12-14",
        "reason": "Home Office savings",
        "notice_reference": "HO-1",
        "changes": [{"financial_year": "2023-24", "nature": "capital", "change_pence": -180_000}],
    }
    requested = office.create("/grants/ssf-4-example/variations", body, role="officer")
    path = "/grants/ssf-4-example/variations/1/decision"
    decision = {"decision": "approved", "reason": "Notified"}
    etag = requested.headers["ETag"]
    own = office.call("POST", path, decision, role="administrator", subject="officer", headers={"If-Match": etag})
    approved = office.change("POST", path, decision, role="certifier")

    assert (requested.status, requested.headers["Location"]) == (201, "/grants/ssf-4-example/variations/1")
    assert (own.status, own.json["type"]) == (403, "/problems/preparer-cannot-approve")
    assert (approved.status, approved.json["state"], approved.json["decided_by"]) == (200, "approved", "certifier")
    assert approved.json["before"]["lines"][0]["awarded_pence"] == 1_000_000  # type: ignore[index]  # the budget before
    assert approved.json["after"]["lines"][0]["awarded_pence"] == 820_000  # type: ignore[index]  # and after
    assert approved.json["decision_reason"] == "Notified"
    assert str(approved.json["decided_at"]).endswith("Z")
    assert office.get("/grants/ssf-4-example/variations/1").json == approved.json
    assert office.get("/grants/ssf-4-example/variations").json["items"] == [approved.json]
    assert (requested.json["decided_at"], requested.json["decision_reason"]) == (None, None)
    assert office.get("/grants/ssf-4-example").json["awarded_pence"] == 820_000
    assert [total(office, f"?as_at={day}")["awarded"] for day in ("2023-12-13", "2023-12-14")] == [1_000_000, 820_000]


def test_a_rejected_variation_says_when_and_why_it_was_rejected(office: Office) -> None:
    body = {
        "kind": "top_up",
        "dated": "2023-12-14",
        "reason": "More was promised",
        "notice_reference": "HO-2",
        "changes": [{"financial_year": "2023-24", "nature": "capital", "change_pence": 180_000}],
    }
    office.create("/grants/ssf-4-example/variations", body, role="officer")
    rejection = {"decision": "rejected", "reason": "No notice came"}
    rejected = office.change("POST", "/grants/ssf-4-example/variations/1/decision", rejection, role="certifier")

    shown = office.get("/grants/ssf-4-example/variations/1").json
    assert shown == rejected.json
    assert (shown["state"], shown["decided_by"], shown["decision_reason"]) == ("rejected", "certifier", "No notice came")
    assert (shown["decided_at"] is None, shown["before"], shown["after"]) == (False, None, None)


def test_a_reduction_below_what_is_used_says_by_how_much(office: Office) -> None:
    office.create("/payments", payment("INV-1", 500_000))
    body = {
        "kind": "reduction",
        "dated": "2023-12-14",
        "reason": "Home Office savings",
        "notice_reference": "HO-1",
        "changes": [{"financial_year": "2023-24", "nature": "capital", "change_pence": -600_000}],
    }

    answer = office.create("/grants/ssf-4-example/variations", body, role="officer")

    assert (answer.status, answer.json["short_by_pence"], answer.json["used_pence"]) == (409, 100_000, 500_000)


def test_a_declined_offer_takes_no_money(office: Office) -> None:
    office.create("/grants", {**GRANT, "id": "ssf-4-declined"}, role="officer")
    office.change("POST", "/grants/ssf-4-declined/state", {"state": "declined", "on": "2023-05-01"})

    answer = office.create("/grants/ssf-4-declined/allocations", allocation("lighting", 1))
    move = office.change("POST", "/grants/ssf-4-declined/state", {"state": "active", "on": "2023-05-01"})

    assert (answer.status, answer.json["type"]) == (409, "/problems/not-in-state")
    assert (move.status, move.json["type"]) == (409, "/problems/illegal-move")
    assert total(office)["awarded"] == 1_000_000


def test_an_initiative_starts_and_completes_and_its_cameras_are_not_published(office: Office) -> None:
    office.change("POST", "/initiatives/cctv/state", {"state": "in_delivery", "on": "2023-06-01"})
    done = office.change("POST", "/initiatives/cctv/state", {"state": "complete", "on": "2024-01-31"})
    back = office.change("POST", "/initiatives/cctv/state", {"state": "planned", "on": "2024-02-01"})

    assert (done.json["actual_start"], done.json["actual_end"]) == ("2023-06-01", "2024-01-31")
    assert done.json["unpublished_fields"] == ["places"]
    assert back.status == 409


def test_an_initiatives_outputs_are_replaced_as_a_whole(office: Office) -> None:
    outputs = [{"name": "Lamps", "unit": "lamps", "target": 14, "actual": 0}]

    changed = office.change("PATCH", "/initiatives/lighting", {"outputs": outputs, "planned_end": "2024-03-01"})

    assert changed.status == 200, changed.text
    assert changed.json["outputs"] == outputs
    assert changed.json["planned_end"] == "2024-03-01"


def test_an_organisations_bad_identifiers_are_each_named(office: Office) -> None:
    body = {"id": "x", "name": "X", "vat_status": "recovers", "identifiers": ["GB-COH-1", "GB-LAE-STE", "DUNS-1"]}

    answer = office.create("/organisations", body, role="officer")

    assert answer.pointers == ["/identifiers/0", "/identifiers/2"]


def test_a_grant_above_its_funds_ceiling_or_without_its_match_is_refused(office: Office) -> None:
    rules = {"award_ceilings_pence": {"2023-24": 900_000}}
    office.create("/funds", {"id": "ssf-5", "title": "Round 5", "funder": "Home Office", "rules": rules}, role="administrator")
    with_match = {"match": {"basis_points": 5_000, "base": "grant"}}
    office.create("/funds", {"id": "swan", "title": "SWaN", "funder": "Home Office", "rules": with_match}, role="administrator")

    above = office.create("/grants", {**GRANT, "id": "a", "fund_id": "ssf-5"}, role="officer")
    unmatched = office.create("/grants", {**GRANT, "id": "b", "fund_id": "swan"}, role="officer")

    assert (above.status, above.json["ceiling_pence"]) == (422, 900_000)
    assert (unmatched.status, unmatched.json["required_pence"]) == (422, 500_000)


def test_entries_are_listed_page_by_page_and_filtered(office: Office) -> None:
    for number in range(5):
        office.create("/payments", payment(f"INV-{number}", 100 + number))

    path: str | None = "/entries?kind=payment&limit=2"
    found: list[object] = []
    pages = 0
    while path:
        page = office.get(path)
        found += [each["amount_pence"] for each in page.json["items"]]  # type: ignore[attr-defined]  # a list of objects
        path = page.json["next"]  # type: ignore[assignment]  # a link or null
        pages += 1

    assert (found, pages) == ([100, 101, 102, 103, 104], 3)
    assert office.get("/entries?initiative=cctv").json["items"] == []


def test_a_history_tells_everything_from_the_first_record(office: Office) -> None:
    page = office.get("/history/grants/ssf-4-example?limit=4")
    rest = office.get(str(page.json["next"]))

    kinds = [each["kind"] for answer in (page, rest) for each in answer.json["items"]]  # type: ignore[attr-defined]  # a list of objects
    assert kinds == ["grant_offered", "grant_moved", "award", "grant_moved", "allocation"]
    assert office.get("/history/grants/nowhere").status == 404


def test_verification_holds_until_a_byte_is_changed(office: Office) -> None:
    whole = office.get("/verification/grants/ssf-4-example", role="certifier")
    links = office.store._links[Name(Kind.GRANT, "ssf-4-example")]
    links[2] = type(links[2])(links[2].seq, links[2].body.replace("1000000", "1000001"), links[2].hash)
    broken = office.get("/verification/grants/ssf-4-example", role="certifier")

    assert (whole.json["holds"], whole.json["records"]) == (True, 5)
    assert broken.json["holds"] is False
    assert broken.json["problems"] == ["Record 3 of grant#ssf-4-example does not match its hash: it or the one before was changed."]


@pytest.mark.parametrize(
    ("query", "status", "pointers"),
    [
        ("?by=fund,fund", 422, ["/by"]),
        ("?by=colour", 400, ["/by"]),
        ("?as_at=2023-02-30", 400, ["/as_at"]),
        ("?as_at=a@1,a@2", 422, ["/as_at"]),
        ("?financial_year=2023-25", 400, ["/financial_year"]),
        ("?category=moon", 400, ["/category"]),
    ],
)
def test_a_summary_that_cannot_be_made_says_why(office: Office, query: str, status: int, pointers: list[str]) -> None:
    answer = office.get(f"/summaries{query}")

    assert answer.status == status, answer.text
    assert answer.pointers == pointers


def test_a_summary_serves_each_measures_meaning_beside_it(office: Office) -> None:
    answer = office.get("/summaries?by=fund,category")

    assert list(answer.json["total_pence"]) == list(answer.json["meanings"])  # type: ignore[call-overload]  # both are objects
    assert answer.json["meanings"]["spent"] == "Paid, with corrections, less refunds."  # type: ignore[index]  # the same


def test_a_measure_that_says_nothing_in_a_grouping_is_left_out_there(office: Office) -> None:
    by_initiative = office.get("/summaries?by=initiative").json
    by_quarter = office.get("/summaries?by=quarter").json
    of_one = office.get("/summaries?initiative=lighting").json

    rows = [*by_initiative["rows"], *by_quarter["rows"]]  # type: ignore[misc]  # lists of objects
    assert not any("unallocated" in row["measures_pence"] for row in rows)
    assert not any("available" in row["measures_pence"] for row in by_quarter["rows"])  # type: ignore[attr-defined]  # the same
    assert by_initiative["total_pence"]["unallocated"] == 400_000  # type: ignore[index]  # an object
    assert "unallocated" not in of_one["total_pence"]  # type: ignore[operator]  # the same


def test_a_publication_is_listed_and_shown(office: Office) -> None:
    made = office.create("/publications", role="publisher", key="p1")
    again = office.create("/publications", role="publisher", key="p1")

    assert made.status == 201, made.text
    assert again.text == made.text
    assert office.get(f"/publications/{made.json['id']}").json == made.json
    assert office.get("/publications").json["items"] == [made.json]
    assert office.get("/publications/2020-01-01-1").status == 404


def test_an_exports_files_come_by_a_signed_link(office: Office) -> None:
    made = office.create("/exports", {"grant_id": "ssf-4-example"})
    links = office.get(f"/exports/{made.json['id']}/links", role="certifier")

    assert made.json["rows"] == 2
    assert made.json["position"]["grant#ssf-4-example"] == 5  # type: ignore[index]  # an object
    assert links.json["seconds"] == 900
    assert all(str(link).startswith("http://127.0.0.1:8000/objects/exports/") for link in links.json["links"].values())  # type: ignore[attr-defined]  # an object
    assert office.create("/exports", {}).status == 400
    assert office.create("/exports", {"grant_id": "nowhere"}).status == 404


def test_a_grant_whose_money_moved_is_shown_anew_under_the_same_version(office: Office) -> None:
    first = office.get("/grants/ssf-4-example")
    office.create("/payments", payment("INV-1", 100_000))

    again = office.get("/grants/ssf-4-example", headers={"If-None-Match": first.headers["ETag"]})  # type: ignore[arg-type]  # passed on

    assert (again.status, again.headers["ETag"]) == (200, first.headers["ETag"])
    assert again.text != first.text


def test_a_lighting_initiative_that_becomes_cctv_no_longer_publishes_its_places(office: Office) -> None:
    changed = office.change("PATCH", "/initiatives/lighting", {"category": "cctv", "places": [{"name": "Hanley"}]})

    assert changed.json["unpublished_fields"] == ["places"]


def test_where_cameras_are_is_published_when_somebody_decides_so(office: Office) -> None:
    changed = office.change("PATCH", "/initiatives/lighting", {"category": "cctv", "unpublished_fields": []})

    assert (changed.json["category"], changed.json["unpublished_fields"]) == ("cctv", [])


def test_a_summary_of_a_grant_that_is_not_there_is_refused(office: Office) -> None:
    answer = office.get("/summaries?grant=ssf-4-nowhere")

    assert (answer.status, answer.json["kind"], answer.json["id"]) == (404, "grant", "ssf-4-nowhere")


@pytest.mark.parametrize("position", ["ssf-4-example@1", "ssf-4-example@999", "ssf-4-nowhere@1"])
def test_a_partner_cannot_count_records_by_asking_for_positions(office: Office, position: str) -> None:
    answer = office.get(f"/summaries?as_at={position}", role="partner", organisation="council")

    assert (answer.status, answer.json["type"]) == (403, "/problems/position-withheld")


def test_an_exports_history_is_for_those_who_may_export(office: Office) -> None:
    made = office.create("/exports", {"grant_id": "ssf-4-example"})
    path = f"/history/exports/{made.json['id']}"

    refused = office.get(path, role="viewer")

    assert (refused.status, refused.json["type"]) == (403, "/problems/role-missing")
    assert refused.json["allowed"] == ["certifier", "finance"]
    assert office.get(path, role="certifier").status == 200


@pytest.mark.parametrize("after", ["lighting", "-1", "0", "1.0", " 1", "\u0661", "1" * 11])
def test_a_cursor_that_no_history_made_is_refused(office: Office, after: str) -> None:
    path = "/history/grants/ssf-4-example"

    answer = office.get(f"{path}?cursor={encode(after, scope=path)}")

    assert (answer.status, answer.json["type"]) == (422, "/problems/unknown-cursor")


@pytest.mark.parametrize("blank", [" ", "   ", "\u00a0\u2003 ", " \n\t\n "])
def test_a_reason_of_white_space_is_none(office: Office, blank: str) -> None:
    body = {**allocation("cctv", 100), "reason": blank * 3}

    answer = office.create("/grants/ssf-4-example/allocations", body)

    assert (answer.status, answer.pointers) == (400, ["/reason"])


@pytest.mark.parametrize("path", ["/entries/ssf-4-example.5", "/entries?grant=ssf-4-example"])
def test_an_entry_that_was_tampered_with_is_not_shown(office: Office, path: str) -> None:
    links = office.store._links[Name(Kind.GRANT, "ssf-4-example")]
    links[4] = links[4]._replace(body=links[4].body.replace("600000", "600001"))

    answer = office.get(path)

    assert (answer.status, answer.json["type"], answer.json["seq"]) == (409, "/problems/chain-broken", 5)
