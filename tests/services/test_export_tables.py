"""Exports that report on the ledger: as finance agreed them, adding up to the measures, and the same bytes again."""

import csv
import io
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.context import Context
from chalicelib.domain.errors import Contradictory, Missing
from chalicelib.domain.exports import CODES, AccountCodesUnset, Asked, Export, ExportFormat, ExportKind, Scope
from chalicelib.domain.money import parse_pounds
from chalicelib.domain.summaries import Dimension
from chalicelib.domain.values import replace
from chalicelib.services import assets, claims, entries, exports, rebuilding, registers, summaries
from chalicelib.services.summaries import AsAt
from chalicelib.services.verification import verify_all
from tests.conftest import Golden
from tests.reports.workbooks import Workbook
from tests.services.claim_steps import dated
from tests.services.finance_offices import FIRST, SECOND, finance_office
from tests.services.offices import Office

ACCOUNTS = ("expenditure", "accruals", "grant_income", "grants_received", "grant_debtors", "receipts_in_advance")
POLICY = {
    "STREETLIGHT_BUDGET_PHASING": "10,20,30,40",
    "STREETLIGHT_VARIANCE_AMBER": "5",
    "STREETLIGHT_VARIANCE_RED": "45.5",
    CODES: ",".join(f"{account}={number}" for number, account in enumerate(ACCOUNTS, 4000)),
}
YEAR = Scope(financial_year="2023-24")
TABLES = [kind for kind in ExportKind if kind is not ExportKind.ENTRIES]
BUDGET = ExportKind.BUDGET_MONITORING


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return finance_office(tmp_path)


def finance(office: Office, policy: dict[str, str] | None = None) -> Context:
    context = office.context()
    return replace(context, settings=replace(context.settings, export_policy=POLICY if policy is None else policy))


def exported(
    office: Office, kind: ExportKind, scope: Scope = YEAR, as_what: ExportFormat = ExportFormat.CSV, policy: dict[str, str] | None = None
) -> tuple[Export, bytes]:
    number = sha256(f"{kind} {as_what} {scope} {policy}".encode()).hexdigest()[:32]
    context = replace(finance(office, policy), new_id=lambda: number)
    export = exports.make(context, scope, Asked(kind=kind, format=as_what)).state
    return export, context.objects.get(exports.key_of(export.id, export.files[0].name))


def rows(office: Office, kind: ExportKind, scope: Scope = YEAR, policy: dict[str, str] | None = None) -> list[dict[str, str]]:
    content = exported(office, kind, scope, policy=policy)[1].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def total(found: list[dict[str, str]], column: str) -> int:
    return sum(parse_pounds(row[column]) for row in found if row[column])


@pytest.mark.parametrize("as_what", [ExportFormat.CSV, ExportFormat.XLSX])
@pytest.mark.parametrize("kind", TABLES)
def test_each_report_is_as_finance_agreed_it(office: Office, golden: Golden, kind: ExportKind, as_what: ExportFormat) -> None:
    export, content = exported(office, kind, as_what=as_what)

    assert [each.name for each in export.files] == [f"{kind.replace('_', '-')}-2023-24.{end}" for end in (as_what, "totals.json")]
    golden(f"exports/{export.files[0].name}", content)
    if as_what is ExportFormat.CSV:
        golden(f"exports/{export.files[1].name}", finance(office).objects.get(exports.key_of(export.id, export.files[1].name)))


@pytest.mark.parametrize("kind", TABLES)
def test_a_workbook_says_what_the_csv_says_and_its_totals_are_the_control_totals(office: Office, kind: ExportKind) -> None:
    plain = exported(office, kind)[0]
    export, content = exported(office, kind, as_what=ExportFormat.XLSX)
    workbook = Workbook(content)
    title = workbook.titles[0]

    assert plain.rows
    assert (export.rows, export.totals_pence) == (plain.rows, plain.totals_pence)
    totals = {str(row["total"][1]): row for row in workbook.rows("Totals")}
    assert totals["all rows"]["rows"] == ("number", float(export.rows))
    for column, pence in export.totals_pence.items():
        shown = [value for value in workbook.column(title, column) if isinstance(value, float)]
        assert round(sum(shown) * 100) == pence == round(float(totals[column]["amount_pounds"][1] or 0) * 100), column
        assert totals[column]["rows"] == ("number", float(len(shown)))
    assert "<f>" not in workbook.xml(title)


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("as_what", [ExportFormat.CSV, ExportFormat.XLSX])
def test_each_is_made_again_to_the_same_bytes_whatever_came_after(office: Office, kind: ExportKind, as_what: ExportFormat) -> None:
    export, _ = exported(office, kind, as_what=as_what)

    entries.refund(office.context(), f"{SECOND}.7", date(2023, 12, 8), 100, "CN 1", "Sent back")
    registers.amend_organisation(office.context(), "council", lambda held: replace(held, name="Renamed"))
    registers.amend_initiative(office.context(), "lighting", lambda held: replace(held, title="Renamed"), None)
    claims.settle(office.context(), f"{FIRST}.claim-1", 20_000, dated(), "")
    assets.amend(office.context(), f"{SECOND}.7.1", lambda held: replace(held, place="Elsewhere"), None)

    # Under another policy, too: the one it was made under stands in its record.
    again = rebuilding.rebuild(finance(office, {}), export.id)
    assert [each.name for each in again.files if not each.is_the_same] == []
    assert len(again.files) == 2


def test_verify_finds_nothing_amiss_with_any(office: Office) -> None:
    for kind in ExportKind:
        exported(office, kind)

    assert [problem for verdict in verify_all(office.context()) for problem in verdict.problems] == []


def test_budget_monitoring_comes_to_what_the_summaries_say(office: Office) -> None:
    by = (Dimension.GRANT, Dimension.INITIATIVE, Dimension.FINANCIAL_YEAR)
    summed = summaries.summary(office.context(), by, {}, AsAt()).rows
    found = rows(office, BUDGET, Scope(fund_id="ssf-4"))
    there = {(row["grant"], row["initiative"], row["financial_year"]): row for row in found}

    keys = {tuple(row.group[each] or "" for each in by) for row in summed}
    assert there.keys() - keys == {(SECOND, "lighting", "2024-25")}, "there is a forecast for that year, and nothing else yet"
    for row in summed:
        grant, initiative, year = (row.group[each] or "" for each in by)
        for column, measure in (("actual_to_date", "spent"), ("committed", "committed"), ("accrued", "accrued")):
            assert parse_pounds(there[grant, initiative, year][f"{column}_pounds"]) == row.measures[measure], (row.group, column)
        if initiative:
            assert parse_pounds(there[grant, initiative, year]["latest_budget_pounds"]) == row.measures["allocated"]
    unallocated = summaries.summary(office.context(), (Dimension.GRANT,), {}, AsAt()).rows
    for row in unallocated:
        own = [each for each in found if each["grant"] == row.group[Dimension.GRANT] and not each["initiative"]]
        assert total(own, "latest_budget_pounds") == row.measures["unallocated"]
    whole = summaries.summary(office.context(), (), {}, AsAt()).total
    assert total(found, "latest_budget_pounds") == whole["awarded"] == 4_000_000
    assert total(found, "actual_to_date_pounds") == whole["spent"] == 310_000


def test_a_budget_row_has_the_first_allocation_the_latest_and_both_forecasts(office: Office) -> None:
    lighting = next(row for row in rows(office, BUDGET) if (row["grant"], row["initiative"]) == (FIRST, "lighting"))

    assert (lighting["original_budget_pounds"], lighting["latest_budget_pounds"]) == ("6000.00", "6300.00")
    # £1,200.00 in Q2, and 63/93 of the £3,000.00 that was forecast for Q3 and Q4; then £2,400.00 up to Q3, and 63/93 of £2,000.00.
    assert (lighting["previous_return"], lighting["previous_forecast_outturn_pounds"]) == ("2023-24-Q2", "3232.26")
    assert (lighting["latest_return"], lighting["latest_forecast_outturn_pounds"]) == ("2023-24-Q3", "3754.84")
    assert (lighting["outturn_variance_pounds"], lighting["outturn_variance_per_cent"]) == ("(2545.16)", "(40.39)")
    assert lighting["variance_pounds"] == "(3750.00)"


def test_the_forecast_of_an_initiative_falls_on_its_grants_to_the_penny(office: Office) -> None:
    found = [row for row in rows(office, BUDGET, Scope(fund_id="ssf-4")) if row["initiative"] == "lighting"]

    assert total(found, "latest_forecast_outturn_pounds") == 300_000 + 200_000 + 150_001
    (next_year,) = (row for row in found if row["financial_year"] == "2024-25")
    assert (next_year["grant"], next_year["latest_budget_pounds"], next_year["latest_forecast_outturn_pounds"]) == (
        SECOND,
        "0.00",
        "1500.01",
    )
    assert next_year["outturn_variance_per_cent"] == "", "there is no budget to take a per cent of"


def test_with_a_quarter_everything_is_counted_up_to_it(office: Office) -> None:
    (lighting,) = (row for row in rows(office, BUDGET, Scope(quarter="2023-24-Q2", grant_id=FIRST)) if row["initiative"] == "lighting")

    # Three tenths of £6,300.00 fall on the first two quarters.
    assert (lighting["budget_to_date_pounds"], lighting["actual_to_date_pounds"]) == ("1890.00", "1200.00")
    assert (lighting["accrued_pounds"], lighting["variance_pounds"]) == ("0.00", "(690.00)")
    assert (lighting["previous_return"], lighting["latest_return"]) == ("", "2023-24-Q2")


def test_without_a_policy_nothing_is_phased_and_nothing_is_flagged(office: Office) -> None:
    found = rows(office, BUDGET, Scope(quarter="2023-24-Q2"), policy={})

    assert {row["budget_to_date_pounds"] for row in found} == {row["variance_pounds"] for row in found} == {""}
    assert {row["flag"] for row in rows(office, BUDGET, policy={})} == {""}
    export, content = exported(office, BUDGET, as_what=ExportFormat.XLSX, policy={})
    assert "conditionalFormatting" not in Workbook(content).xml("Budget monitoring")
    assert export.what.policy == {}


def test_amber_and_red_are_where_the_office_says(office: Office) -> None:
    found = {(row["grant"], row["initiative"]): row for row in rows(office, BUDGET)}

    assert [(found[grant, "lighting"]["outturn_variance_per_cent"], found[grant, "lighting"]["flag"]) for grant in (FIRST, SECOND)] == [
        ("(40.39)", "amber"),
        ("(58.49)", "red"),
    ]
    assert found[FIRST, "cctv"]["flag"] == "", "nobody has forecast anything"
    xml = Workbook(exported(office, BUDGET, as_what=ExportFormat.XLSX)[1]).xml("Budget monitoring")
    assert [xml.count(f"<formula>{share}</formula>") for share in ("0.455", "-0.455", "0.05", "-0.05")] == [1, 1, 1, 1]


def test_what_is_outstanding_of_orders_is_what_is_committed(office: Office) -> None:
    (order,) = rows(office, ExportKind.COMMITMENTS)

    assert (order["party"], order["committed_pounds"], order["paid_or_released_pounds"]) == ("Cameras plc", "400.00", "100.00")
    measures = summaries.summary(office.context(), (), {}, AsAt()).total
    assert parse_pounds(order["outstanding_pounds"]) == measures["committed"] == 30_000


def test_the_claim_schedule_comes_to_what_is_claimed_and_received(office: Office) -> None:
    found = rows(office, ExportKind.CLAIM_SCHEDULE, Scope(fund_id="ssf-4"))

    measures = summaries.summary(office.context(), (), {}, AsAt()).total
    assert total(found, "claimed_pounds") == measures["claimed"] == 120_000
    assert total(found, "received_pounds") == measures["received"] == 100_000
    assert [(row["claim"], row["state"], row["outstanding_pounds"]) for row in found] == [(f"{FIRST}.claim-1", "part_paid", "200.00")]


def test_the_match_position_comes_to_the_measure(office: Office) -> None:
    found = {row["grant"]: row for row in rows(office, ExportKind.MATCH)}

    assert total(list(found.values()), "match_pounds") == summaries.summary(office.context(), (), {}, AsAt()).total["match"] == 12_345
    second = found[SECOND]
    assert (second["required_of_award_pounds"], second["short_of_award_pounds"]) == ("4000.00", "3876.55")
    assert (second["required_of_spent_pounds"], second["short_of_spent_pounds"]) == ("120.00", "0.00")
    assert found[FIRST]["required_of_award_pounds"] == "", "nothing requires any"


def test_the_asset_register_is_that_of_the_assets_route(office: Office) -> None:
    content = exported(office, ExportKind.ASSETS, Scope(fund_id="ssf-4"))[1]

    assert content.decode() == assets.register_file(office.context())
    assert rows(office, ExportKind.ASSETS)[0]["description"] == "'=Twelve lanterns"
    assert rows(office, ExportKind.ASSETS, Scope(quarter="2023-24-Q1")) == []
    assert rows(office, ExportKind.ASSETS, Scope(grant_id=FIRST)) == []


def test_every_journal_balances_and_grants_received_is_cleared(office: Office) -> None:
    found = rows(office, ExportKind.JOURNALS)

    for journal in {row["journal"] for row in found}:
        assert total([row for row in found if row["journal"] == journal], "amount_pounds") == 0, journal
    by_account = {account: total([row for row in found if row["account"] == account], "amount_pounds") for account in ACCOUNTS}
    assert by_account == {
        "expenditure": 15_000,
        "accruals": -15_000,
        "grant_income": -325_000,
        "grants_received": 100_000,
        "grant_debtors": 225_000,
        "receipts_in_advance": 0,
    }
    assert {row["account_code"] for row in found} == {"4000", "4001", "4002", "4003", "4004"}
    assert {row["date"] for row in found} == {"2024-03-31"}


def test_account_codes_that_are_not_set_are_named_all_at_once(office: Office) -> None:
    with pytest.raises(AccountCodesUnset, match="says none for expenditure, grant_debtors, receipts_in_advance: add them to it"):
        exported(office, ExportKind.JOURNALS, policy={CODES: "accruals=1,grant_income=2,grants_received=3"})


@pytest.mark.parametrize("scope", [Scope(grant_id=FIRST), Scope(financial_year="2023-24", quarter="2023-24-Q4")])
def test_journals_are_for_the_end_of_a_year(office: Office, scope: Scope) -> None:
    with pytest.raises(Contradictory, match="journals are for the end of a financial year: give it, and no quarter"):
        exported(office, ExportKind.JOURNALS, scope)


@pytest.mark.parametrize("kind", TABLES)
def test_a_report_on_what_is_not_there_is_refused(office: Office, kind: ExportKind) -> None:
    with pytest.raises(Missing, match="with the id 'nowhere'"):
        exported(office, kind, Scope(grant_id="nowhere", financial_year="2023-24"))


@pytest.mark.parametrize("kind", [kind for kind in TABLES if kind is not ExportKind.MATCH])
def test_a_report_of_nothing_has_its_heading_and_totals_of_nothing(office: Office, kind: ExportKind) -> None:
    scope = Scope(financial_year="1999-00")
    export, content = exported(office, kind, scope)

    assert content.count(b"\r\n") == 1
    assert (export.rows, set(export.totals_pence.values()) - {0}) == (0, set())
    workbook = Workbook(exported(office, kind, scope, ExportFormat.XLSX)[1])
    assert workbook.rows(workbook.titles[0]) == []
