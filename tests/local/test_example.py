"""The example: loaded through the API, it gives exactly the published figures, once, however often it is broken off."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast
from zipfile import ZipFile

import pytest

from local.example import ExampleNotLoaded, load
from tests.local.calling import call
from tests.local.memory_office import MemoryOffice, memory_office

Row = Mapping[str, object]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryOffice]:
    """An office that holds the example. Tests only read it."""
    with memory_office(tmp_path_factory.mktemp("loaded")) as office:
        office.fill()
        yield office


def test_staffordshires_own_awards_by_september_2023_are_the_announced_three_million(loaded: MemoryOffice) -> None:
    rows = summary(loaded, "by=fund&lead_recipient=staffordshire-pfcc&as_at=2023-09-30")

    assert {row["fund"]: row["awarded"] for row in rows} == {
        "ssf-1": 100_000_000,
        "ssf-2": 43_200_000,
        "ssf-3": 55_000_000,
        "ssf-4": 75_000_000,
        "swan": 30_000_000,
    }
    assert total(loaded, "lead_recipient=staffordshire-pfcc&as_at=2023-09-30")["awarded"] == 303_200_000


def test_every_pound_of_staffordshires_is_allocated_to_something_that_was_funded(loaded: MemoryOffice) -> None:
    rows = summary(loaded, "by=category&lead_recipient=staffordshire-pfcc")

    allocated = {row["category"]: row["allocated"] for row in rows if row["category"]}
    assert allocated == {
        "alley_gates": 3_000_000,
        "campaign": 6_450_000,
        "cctv": 99_800_000,
        "education": 32_550_000,
        "patrols_and_wardens": 2_250_000,
        "safe_places": 13_310_000,
        "safe_routes": 2_000_000,
        "street_lighting": 104_052_000,
        "target_hardening": 20_000_000,
        "taxi_marshals": 500_000,
        "training": 19_288_000,
    }
    assert total(loaded, "lead_recipient=staffordshire-pfcc")["allocated"] == 303_200_000


def test_round_one_is_a_lower_bound_and_says_why(loaded: MemoryOffice) -> None:
    (line,) = members(get(loaded, "/grants/ssf-1-staffordshire"), "lines")

    assert (line["basis"], line["awarded_pence"]) == ("lower_bound", 100_000_000)
    assert "exact award NOT found" in str(line["note"])


def test_what_is_offered_and_not_accepted_counts_nowhere(loaded: MemoryOffice) -> None:
    grant = get(loaded, "/grants/ssf-5-staffordshire")

    assert (grant["state"], grant["awarded_pence"]) == ("offered", 100_000_000)
    assert total(loaded, "grant=ssf-5-staffordshire")["awarded"] == 0


def test_stocktons_five_lines_and_what_was_retained_are_the_award(loaded: MemoryOffice) -> None:
    rows = summary(loaded, "by=category&grant=ssf-2-cleveland")

    assert {row["category"]: row["allocated"] for row in rows if row["category"]} == {
        "cctv": 19_980_100,
        "street_lighting": 2_790_000,
        "alley_gates": 4_338_200,
        "target_hardening": 6_491_400,
        "training": 465_000,
        "project_management": 2_564_200,
    }
    assert total(loaded, "grant=ssf-2-cleveland&partner=stockton-on-tees-borough-council")["allocated"] == 34_064_700
    assert total(loaded, "grant=ssf-2-cleveland")["awarded"] == 36_628_900
    assert total(loaded, "grant=ssf-2-cleveland")["unallocated"] == 0
    assert total(loaded, "grant=ssf-2-cleveland")["match"] == 11_700_000


@pytest.mark.parametrize(("day", "pence"), [("2023-12-13", 100_000_000), ("2023-12-14", 82_000_000)])
def test_warwickshires_second_year_is_reduced_on_the_day_of_the_notice(loaded: MemoryOffice, day: str, pence: int) -> None:
    assert total(loaded, f"lead_recipient=warwickshire-pcc&as_at={day}")["awarded"] == pence


def test_one_person_asked_for_the_reduction_and_another_approved_it(loaded: MemoryOffice) -> None:
    variation = get(loaded, "/grants/ssf-5-warwickshire/variations/1")

    assert variation["state"] == "approved"
    assert (variation["requested_by"], variation["decided_by"]) == ("local-finance", "local-certifier")
    assert [sum(awards(variation, when)) for when in ("before", "after")] == [100_000_000, 82_000_000]
    assert awards(variation, "after") == [46_500_000, 35_500_000]


def test_hexthorpe_has_its_award_and_its_top_up(loaded: MemoryOffice) -> None:
    assert awards(get(loaded, "/grants/ssf-1-south-yorkshire/variations/1"), "before") == [54_996_400]
    assert total(loaded, "grant=ssf-1-south-yorkshire")["awarded"] == 64_996_400


@pytest.mark.parametrize("by", ["fund", "lead_recipient", "category", "grant", "partner", "financial_year", "quarter", "initiative,fund"])
def test_every_grouping_adds_up_to_the_same_total(loaded: MemoryOffice, by: str) -> None:
    rows, whole = summary(loaded, f"by={by}"), total(loaded, "")

    assert whole["awarded"] == 486_825_300
    said = [measure for measure in whole if measure in rows[0]]
    assert {measure: sum(int(str(row[measure])) for row in rows) for measure in said} == {measure: whole[measure] for measure in said}


def test_the_spending_shows_every_kind_of_entry(loaded: MemoryOffice) -> None:
    assert {entry["kind"] for entry in entries(loaded)} == {
        "award",
        "variation",
        "allocation",
        "virement",
        "commitment",
        "release",
        "payment",
        "accrual",
        "correction",
        "refund",
        "match_cash",
        "match_in_kind",
        "claimed",
        "received",
    }


def test_nobody_can_take_illustrative_spending_for_published(loaded: MemoryOffice) -> None:
    spending = [entry for entry in entries(loaded) if entry["kind"] not in ("award", "variation", "allocation")]
    # What a claim posted says which claim, and that says in its note what it is.
    claimed = {str(claim["id"]): str(claim["note"]) for claim in members(get(loaded, "/claims"), "items")}
    assert all(note.startswith("Illustrative: ") for note in claimed.values())
    spending = [entry for entry in spending if entry["description"] not in claimed]

    unmarked = [entry for entry in spending if not f"{entry['description'] or entry['reason']}".startswith("Illustrative: ")]
    assert [(entry["party"], entry["amount_pence"]) for entry in unmarked] == [("Stockton-on-Tees Borough Council", 11_700_000)]
    assert str(unmarked[0]["description"]).startswith("Published match")


def test_an_allocation_says_whether_its_amount_is_published(loaded: MemoryOffice) -> None:
    allocated = [entry for entry in entries(loaded) if entry["kind"] == "allocation"]

    published = {
        entry["initiative_id"]: entry["amount_pence"] for entry in allocated if str(entry["description"]).startswith("Published: ")
    }
    assert published == {
        "stockton-cctv-ssf-2": 19_980_100,
        "stockton-lighting-ssf-2": 2_790_000,
        "stockton-alley-gates-ssf-2": 4_338_200,
        "stockton-target-hardening-ssf-2": 6_491_400,
        "stockton-training-ssf-2": 465_000,
        "stockton-oversight-ssf-2": 2_564_200,
        "stafford-safe-routes-swan": 2_000_000,
        "stafford-safe-places-swan": 1_700_000,
        "stafford-taxi-marshals-swan": 500_000,
    }
    rest = [entry for entry in allocated if entry["initiative_id"] not in published]
    assert {str(entry["description"]) for entry in rest} == {"Illustrative: the split over initiatives is not published."}


def test_one_invoice_split_over_two_grants_loses_no_penny(loaded: MemoryOffice) -> None:
    parts = [entry for entry in entries(loaded) if entry["reference"] == "EX-INV-4006"]

    assert {entry["grant_id"]: entry["amount_pence"] for entry in parts} == {
        "ssf-3-staffordshire": 5_333_334,
        "swan-staffordshire": 7_466_667,
    }
    assert {int(str(entry["vat_pence"])) for entry in parts} == {1_066_667, 1_493_333}


@pytest.mark.parametrize(("reference", "cost", "net"), [("EX-INV-3003", 8_700_000, 7_250_000), ("EX-INV-3001", 21_964_000, 21_964_000)])
def test_vat_is_a_cost_where_the_payer_does_not_recover_it(loaded: MemoryOffice, reference: str, cost: int, net: int) -> None:
    (payment,) = [entry for entry in entries(loaded) if entry["reference"] == reference]

    assert (payment["amount_pence"], payment["net_pence"]) == (cost, net)


def test_the_accrual_is_reversed_by_its_invoice(loaded: MemoryOffice) -> None:
    assert total(loaded, "initiative=hanley-lighting-ssf-2")["accrued"] == 0
    assert total(loaded, "initiative=hanley-lighting-ssf-2&as_at=2022-02-24")["accrued"] == 8_800_000


def test_there_is_a_supplier_whose_name_looks_like_a_formula(loaded: MemoryOffice) -> None:
    assert "=Example & Co" in {entry["party"] for entry in entries(loaded)}


def test_one_asset_is_registered_and_two_payments_above_the_threshold_still_ask_for_theirs(loaded: MemoryOffice) -> None:
    (asset,) = members(get(loaded, "/assets"), "items")
    payment = get(loaded, f"/entries/{asset['payment']}")

    assert (asset["grant_id"], asset["cost_pence"], payment["reference"]) == ("ssf-5-warwickshire", 9_744_000, "EX-INV-8002")
    assert str(asset["description"]).startswith("Illustrative: ")
    waiting = members(get(loaded, "/grants/ssf-5-warwickshire/unregistered-purchases"), "items")
    assert [row["reference"] for row in waiting] == ["EX-INV-8001", "EX-INV-8004"]


def test_no_suppliers_name_is_a_real_ones(loaded: MemoryOffice) -> None:
    suppliers = {str(entry["party"]) for entry in entries(loaded) if entry["kind"] in ("payment", "commitment", "accrual")}

    assert [name for name in suppliers if not name.lstrip("=").startswith("Example ")] == []


def test_staffordshires_round_four_has_a_closed_a_held_and_open_quarters(loaded: MemoryOffice) -> None:
    periods = members(get(loaded, "/grants/ssf-4-staffordshire/periods"), "items")

    assert {period["quarter"]: period["state"] for period in periods} == {
        "2022-23-Q2": "closed",
        "2022-23-Q3": "held",
        "2022-23-Q4": "open",
        "2023-24-Q1": "open",
        "2023-24-Q2": "open",
    }
    closed = cast("Mapping[str, Mapping[str, int]]", periods[0])
    columns = ("as_reported_pence", "as_corrected_pence", "difference_pence")
    assert [closed[column]["spent"] for column in columns] == [135_000, 130_000, -5_000]


def test_one_return_is_accepted_and_the_next_one_waits_for_changes(loaded: MemoryOffice) -> None:
    found = members(get(loaded, "/returns?initiative=stoke-lighting-ssf-4"), "items")

    assert [(each["quarter"], each["state"]) for each in found] == [
        ("2022-23-Q2", "due"),
        ("2022-23-Q3", "accepted"),
        ("2022-23-Q4", "changes_requested"),
    ]


def test_a_return_stands_beside_the_ledger_and_beside_what_was_forecast(loaded: MemoryOffice) -> None:
    shown = get(loaded, "/returns/stoke-lighting-ssf-4.2022-23-Q4", "partner")

    assert shown["spent_to_date"] == {"reported_pence": 9_780_000, "ledger_pence": 9_960_000, "difference_pence": -180_000}
    assert cast("Row", shown["last_forecast"])["difference_pence"] == 180_000
    assert cast("Row", shown["report"])["progress"] == "Illustrative: all columns are relit."
    assert [cast("Row", each["review"])["reviewed_by"] for each in members(shown, "submissions")] == ["local-officer"]


def test_nobody_can_take_a_return_for_a_real_one(loaded: MemoryOffice) -> None:
    for quarter in ("2022-23-Q3", "2022-23-Q4"):
        shown = get(loaded, f"/returns/stoke-lighting-ssf-4.{quarter}")
        report = cast("Row", shown["report"])
        texts = [report["progress"], *(each["description"] for each in members(report, "risks"))]
        texts += [*(each["explanation"] for each in members(report, "variances"))]
        texts += [cast("Row", each["review"])["reason"] for each in members(shown, "submissions")]
        assert [text for text in texts if not str(text).startswith("Illustrative: ")] == []


def test_staffordshires_round_four_has_an_expired_waiver_and_its_limit_blocks_again(loaded: MemoryOffice) -> None:
    (waiver,) = members(get(loaded, "/grants/ssf-4-staffordshire/waivers"), "items")

    assert (waiver["rule"], waiver["state"], waiver["expires"]) == ("virement_limit", "expired", "2023-01-31")
    assert (waiver["requested_by"], waiver["decided_by"]) == ("local-finance", "local-certifier")
    assert all(str(waiver[name]).startswith("Illustrative: ") for name in ("clause", "reason", "decision_reason"))


def test_staffordshires_round_four_has_a_paid_and_a_certified_claim(loaded: MemoryOffice) -> None:
    paid, certified = members(get(loaded, "/claims?grant=ssf-4-staffordshire"), "items")

    assert [(claim["quarter"], claim["state"], claim["total_pence"], claim["lines"]) for claim in (paid, certified)] == [
        ("2022-23-Q2", "paid", 135_000, 1),
        ("2022-23-Q3", "certified", 241_000, 2),
    ]
    assert certified["prepared_by"] == ["local-finance"]
    assert (certified["reviewed_by"], cast("Row", certified["certificate"])["by"]) == ("local-officer", "local-certifier")
    assert cast("Row", certified["certificate"])["sha256"] == cast("Row", certified["pack"])["sha256"]
    late = [line for line in members(get(loaded, f"/claims/{certified['id']}/lines"), "items") if line["late"]]
    assert [(line["kind"], line["amount_pence"]) for line in late] == [("correction", -5_000)]
    assert get(loaded, "/verification/claims/ssf-4-staffordshire", "finance")["holds"] is True


def test_an_entry_a_claim_and_a_return_have_a_file_behind_them_that_says_what_it_is(loaded: MemoryOffice) -> None:
    found = members(get(loaded, "/evidence"), "items")

    assert [(cast("Row", each["subject"])["kind"], each["file_name"], each["state"], each["requested_by"]) for each in found] == [
        ("claim", "Remittance for EX-CLAIM-4-Q2.txt", "stored", "local-finance"),
        ("entry", "EX-INV-5012.txt", "stored", "local-finance"),
        ("return", "Columns relit.txt", "stored", "local-partner"),
    ]
    for each in found:
        assert (loaded.objects / f"evidence/{each['id']}").read_text().startswith("Illustrative: ")


def test_the_pack_of_the_certified_claim_lists_the_file_behind_its_line(loaded: MemoryOffice) -> None:
    _, certified = members(get(loaded, "/claims?grant=ssf-4-staffordshire"), "items")
    sha256 = str(cast("Row", certified["pack"])["sha256"])

    (pack,) = (path for path in loaded.objects.rglob("*") if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256)
    with ZipFile(pack) as archive:
        listed = archive.read("evidence.csv").decode()
    assert listed.count("EX-INV-5012.txt") == 1


def test_no_camera_is_placed(loaded: MemoryOffice) -> None:
    initiatives = members(get(loaded, "/initiatives?category=cctv&limit=200"), "items")

    assert len(initiatives) == 10
    assert all(each["places"] == [] and each["unpublished_fields"] == ["places"] for each in initiatives)


def test_every_chain_holds(loaded: MemoryOffice) -> None:
    grants = members(get(loaded, "/grants?limit=200"), "items")

    assert len(grants) == 9
    assert all(get(loaded, f"/verification/grants/{grant['id']}", "finance")["holds"] for grant in grants)


def test_it_publishes_once(loaded: MemoryOffice) -> None:
    assert [each["id"] for each in members(get(loaded, "/publications"), "items")] == ["2024-09-02-1"]


def published(office: MemoryOffice, name: str) -> str:
    return (office.objects / "published/2024-09-02-1" / name).read_text()


def test_every_published_page_says_at_its_top_that_the_spending_is_illustrative(loaded: MemoryOffice) -> None:
    pages = [path.read_text() for path in (loaded.objects / "published/2024-09-02-1").glob("*.html")]

    assert len(pages) > 50
    for page in pages:
        said = page.index("all spending, most delivery partners and most splits over initiatives are illustrative")
        assert page.index("<h1") < said
        assert not re.search("£[0-9,]+[.][0-9]{2}", page[:said])
    assert "4,868,253" in published(loaded, "index.html")
    assert "£3,032,000.00" in published(loaded, "index.html")


def test_the_published_page_shows_the_closed_quarter_as_reported_and_as_corrected(loaded: MemoryOffice) -> None:
    (row,) = (line for line in published(loaded, "grant-ssf-4-staffordshire.html").splitlines() if "2022-23 Q2" in line)

    assert [f"£{pounds}" in row for pounds in ("1,350.00", "1,300.00", "50.00")] == [True, True, True]


def test_a_second_load_changes_nothing(loaded: MemoryOffice) -> None:
    before = loaded.ledger()

    loaded.fill()

    assert loaded.ledger() == before


@pytest.mark.slow
def test_a_load_that_was_broken_off_is_finished_and_ends_the_same(loaded: MemoryOffice, tmp_path: Path) -> None:
    with memory_office(tmp_path) as office:
        for answers in (0, 25, 44, 120, 190, 280):  # each time, one request is done and its answer lost
            with pytest.raises(ExampleNotLoaded, match="503"):
                office.fill(answers=answers)
        office.fill()

        assert office.ledger() == loaded.ledger()
        assert office.figures() == loaded.figures()


def test_a_refusal_is_told_with_what_was_asked_and_by_whom(tmp_path: Path) -> None:
    with memory_office(tmp_path) as office, pytest.raises(ExampleNotLoaded, match=r"POST /funds as administrator was answered with 403"):
        load(office.url, dict.fromkeys(office.tokens, office.tokens["viewer"]), say=lambda _: None)


def test_a_grant_that_somebody_has_declined_stops_the_load(tmp_path: Path) -> None:
    with memory_office(tmp_path) as office:
        with pytest.raises(ExampleNotLoaded):
            office.fill(answers=19)  # the first grant stands offered
        decline(office, "ssf-1-south-yorkshire")

        with pytest.raises(ExampleNotLoaded, match="is declined, and the example knows it as offered, accepted, active, closed only"):
            office.fill()


def decline(office: MemoryOffice, grant_id: str) -> None:
    path, signed = f"/grants/{grant_id}", {"Authorization": f"Bearer {office.tokens['officer']}"}
    version = cast("Mapping[str, str]", call(office.url, path, headers=signed).json)["version"]
    headers = {**signed, "If-Match": f'"{version}"', "Content-Type": "application/json"}
    answer = call(office.url, f"{path}/state", method="POST", body=b'{"state": "declined", "on": "2020-08-01"}', headers=headers)
    assert answer.status == 200, answer.body


def get(office: MemoryOffice, path: str, role: str = "viewer") -> Row:
    answer = call(office.url, path, headers={"Authorization": f"Bearer {office.tokens[role]}"})
    assert answer.status == 200, answer.body
    return cast("Row", answer.json)


def members(body: Row, name: str) -> Sequence[Row]:
    return cast("Sequence[Row]", body[name])


def summary(office: MemoryOffice, query: str) -> list[Row]:
    """The rows of a summary, each with its group and its measures in one."""
    rows = cast("Sequence[Mapping[str, Row]]", get(office, f"/summaries?{query}")["rows"])
    return [{**row["group"], **row["measures_pence"]} for row in rows]


def total(office: MemoryOffice, query: str) -> dict[str, int]:
    return cast("dict[str, int]", get(office, f"/summaries?{query}")["total_pence"])


def awards(variation: Row, when: str) -> list[int]:
    lines = cast("Mapping[str, Sequence[Mapping[str, int]]]", variation[when])["lines"]
    return [line["awarded_pence"] for line in lines]


def entries(office: MemoryOffice) -> list[Row]:
    """Every entry of every grant."""
    found: list[Row] = []
    path: object = "/entries?limit=200"
    while path:
        page = get(office, str(path))
        found += members(page, "items")
        path = page["next"]
    return found
