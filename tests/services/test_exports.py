"""Finance's exports: every entry once, sums that prove it, and the same bytes again."""

import csv
import gc
import io
import json
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import ChainBroken, Invalid, Missing
from chalicelib.domain.exports import Export, Scope
from chalicelib.domain.measures import figures
from chalicelib.domain.money import parse_pounds
from chalicelib.domain.values import replace
from chalicelib.reports.entries import COLUMNS
from chalicelib.services import entries, exports, reading, registers
from chalicelib.services.unit import Replayed
from chalicelib.services.verification import verify
from tests.conftest import Golden
from tests.services.large_offices import publisher, staffordshire
from tests.services.offices import FINANCE, Office
from tests.services.tampering import memory

NOW = datetime(2024, 4, 3, 8, 0, tzinfo=UTC)
EVERY_GRANT = ("ssf-1-staffordshire", "ssf-2-staffordshire", "ssf-3-staffordshire", "ssf-4-staffordshire", "swan-staffordshire")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return staffordshire(tmp_path)


def file(context: Context, export: Export, place: int) -> bytes:
    return context.objects.get(exports.key_of(export.id, export.files[place].name))


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("entries-ssf-4", Scope(fund_id="ssf-4")),
        ("entries-swan-staffordshire", Scope(grant_id="swan-staffordshire")),
        ("entries-ssf-5-warwickshire", Scope(grant_id="ssf-5-warwickshire")),
        ("entries-2020-21", Scope(financial_year="2020-21")),
        ("entries-2020-21-Q3-ssf-1", Scope(financial_year="2020-21", quarter="2020-21-Q3", fund_id="ssf-1")),
    ],
)
def test_an_export_is_as_finance_agreed_it(office: Office, golden: Golden, name: str, scope: Scope) -> None:
    context = publisher(office, NOW)
    export = exports.make(context, scope).state

    assert [each.name for each in export.files] == [f"{name}.csv", f"{name}.totals.json"]
    for place, each in enumerate(export.files):
        content = file(context, export, place)
        assert (each.size, each.sha256) == (len(content), sha256(content).hexdigest())
        golden(f"exports/{each.name}", content)


def test_every_entry_of_a_fund_has_one_row(office: Office) -> None:
    context = publisher(office, NOW)
    export = exports.make(context, Scope(fund_id="ssf-5")).state

    assert [row["entry_id"] for row in rows(file(context, export, 0))] == [
        named for named, _, _ in reading.entries(context, "ssf-5-warwickshire")
    ]


def test_the_years_together_hold_every_entry_once(office: Office) -> None:
    found: list[str] = []
    for number, year in enumerate(("2020-21", "2021-22", "2022-23", "2023-24", "2024-25")):
        context = replace(publisher(office, NOW), new_id=lambda number=number: f"{number:032}")  # type: ignore[misc]  # bound early
        export = exports.make(context, Scope(financial_year=year)).state
        found += [row["entry_id"] for row in rows(file(context, export, 0))]

    there = [named for grant_id in (*EVERY_GRANT, "ssf-5-warwickshire") for named, _, _ in reading.entries(office.context(), grant_id)]
    assert sorted(found) == sorted(there)


def test_the_columns_add_up_to_the_control_totals_and_the_measures(office: Office) -> None:
    context = publisher(office, NOW)
    export = exports.make(context, Scope(fund_id="ssf-1")).state
    totals, found = json.loads(file(context, export, 1)), rows(file(context, export, 0))

    for column, total in totals["columns"].items():
        assert sum(parse_pounds(row[column]) for row in found if row[column]) == total["pence"], column
    counters = {
        name: totals["columns"][f"{name}_pounds"]["pence"] for name in ("awarded", "allocated", "paid", "corrected", "refunded", "claimed")
    }
    assert figures(counters) == dict(export.totals_pence)
    assert {name: each["pence"] for name, each in totals["measures"].items()} == dict(export.totals_pence)
    assert (export.totals_pence["paid"], export.totals_pence["refunded"], export.totals_pence["spent"]) == (80_000_000, 250_000, 79_740_000)
    assert totals["rows"] == export.rows == len(found) == sum(kind["rows"] for kind in totals["by_kind"].values())
    assert totals["file"]["sha256"] == sha256(file(context, export, 0)).hexdigest()


def test_the_totals_show_what_closed_quarters_reported_and_the_rows_come_to_what_is_known_now(office: Office) -> None:
    context = publisher(office, NOW)
    export = exports.make(context, Scope(quarter="2021-22-Q4")).state
    (closed,) = json.loads(file(context, export, 1))["closed_quarters"]

    assert (closed["grant"], closed["quarter"]) == ("swan-staffordshire", "2021-22-Q4")
    columns = ("as_reported_pence", "as_corrected_pence", "difference_pence")
    assert [closed[column]["spent"] for column in columns] == [120_000, 118_800, -1_200]
    assert closed["as_corrected_pence"] == {name: export.totals_pence[name] for name in closed["as_corrected_pence"]}
    late = [row for row in rows(file(context, export, 0)) if row["date"] > "2022-03-31"]
    assert [row["corrected_pounds"] for row in late] == ["-12.00"], "the rows dated after the quarter make the difference"


@pytest.mark.parametrize(
    ("scope", "closed"),
    [
        (Scope(financial_year="2021-22"), ["2021-22-Q1", "2021-22-Q2", "2021-22-Q3", "2021-22-Q4"]),
        (Scope(grant_id="swan-staffordshire", quarter="2021-22-Q2"), ["2021-22-Q2"]),
        (Scope(financial_year="2023-24"), []),
        (Scope(fund_id="ssf-2"), []),
    ],
)
def test_the_totals_show_the_closed_quarters_in_scope(office: Office, scope: Scope, closed: list[str]) -> None:
    context = publisher(office, NOW)
    totals = json.loads(file(context, exports.make(context, scope).state, 1))

    assert [each["quarter"] for each in totals["closed_quarters"]] == closed


def test_a_formula_in_a_suppliers_name_is_defused_and_a_number_is_not_spoilt(office: Office) -> None:
    context = publisher(office, NOW)
    export = exports.make(context, Scope(fund_id="swan")).state
    (paid,) = (row for row in rows(file(context, export, 0)) if row["kind"] == "payment")

    assert (paid["party"], paid["document_number"], paid["description"]) == ('\'=HYPERLINK("x")', "'=1+1", "-1,234.56")
    assert (paid["amount_pounds"], paid["net_pounds"], paid["vat_pounds"]) == ("1200.00", "1000.00", "200.00")


def test_the_same_position_gives_the_same_bytes_whatever_came_after(office: Office) -> None:
    context = publisher(office, NOW)
    export = exports.make(context, Scope(fund_id="ssf-1")).state
    made = file(context, export, 0)

    entries.refund(office.context(), "ssf-1-staffordshire.6", date(2020, 12, 1), 100, "CN 5", "One more lantern")
    registers.amend_organisation(office.context(), "staffordshire", lambda held: replace(held, name="Renamed"))
    registers.amend_initiative(office.context(), "hanley-lighting", lambda held: replace(held, title="Renamed"), None)

    again = io.BytesIO()
    exports.rebuild(context, export, again)
    assert again.getvalue() == made
    later = replace(context, new_id=lambda: "1" * 32)
    assert b"Renamed" in file(later, exports.make(later, Scope(fund_id="ssf-1")).state, 0)


def test_an_export_of_nothing_has_its_heading_and_totals_of_nothing(office: Office) -> None:
    context = publisher(office, NOW)
    export = exports.make(context, Scope(financial_year="2030-31")).state

    assert file(context, export, 0).decode("utf-8-sig") == ",".join(COLUMNS) + "\r\n"
    assert (export.rows, set(export.totals_pence.values())) == (0, {0})


def test_garbage_is_collected_again_after_an_export_and_after_one_that_fails(office: Office) -> None:
    exports.make(publisher(office, NOW), Scope(fund_id="ssf-2"))
    assert gc.isenabled()

    del memory(office)._links[Name(Kind.GRANT, "ssf-1-staffordshire")][-1]
    with pytest.raises(ChainBroken):
        exports.make(replace(publisher(office, NOW), new_id=lambda: "1" * 32), Scope(fund_id="ssf-1"))
    assert gc.isenabled()


def test_an_export_stays_on_the_record(office: Office) -> None:
    context = publisher(office, NOW)
    made = exports.make(context, Scope(fund_id="ssf-1"))

    assert registers.find(context, Export, made.state.id).state == made.state
    assert [record.by for record in made.records] == ["publisher"]


@pytest.mark.parametrize("scope", [Scope(grant_id="nowhere"), Scope(fund_id="nowhere")])
def test_an_export_of_what_is_not_there_is_refused(office: Office, scope: Scope) -> None:
    with pytest.raises(Missing, match="with the id 'nowhere'"):
        exports.make(publisher(office, NOW), scope)


def test_an_export_of_everything_is_refused(office: Office) -> None:
    with pytest.raises(Invalid, match="give at least one"):
        exports.make(publisher(office, NOW), Scope())


def test_a_repeated_request_makes_no_second_export(office: Office) -> None:
    context = office.context(FINANCE, key="export-1")
    exports.make(context, Scope(fund_id="ssf-1"))

    with pytest.raises(Replayed):
        exports.make(replace(context, new_id=lambda: "1" * 32), Scope(fund_id="ssf-1"))
    assert len(list(registers.every(context, Export))) == 1


def test_what_somebody_changed_in_the_store_is_named_by_verify_not_by_an_export(office: Office) -> None:
    grant = Name(Kind.GRANT, "ssf-1-staffordshire")
    links = memory(office)._links[grant]
    links[5] = links[5]._replace(body=links[5].body.replace("80000000", "90000000"))

    export = exports.make(publisher(office, NOW), Scope(fund_id="ssf-1")).state

    assert export.totals_pence["paid"] == 90_000_000
    assert "Record 6 of grant#ssf-1-staffordshire does not match its hash" in verify(office.context(), grant).problems[0]


@pytest.mark.parametrize(
    ("body", "why"), [("{", "cannot be read"), ('{"seq":7,"at":"","by":"","kind":"","facts":{}}', "says that it is record 7")]
)
def test_nothing_is_exported_from_a_chain_with_a_record_that_is_none(office: Office, body: str, why: str) -> None:
    links = memory(office)._links[Name(Kind.GRANT, "ssf-1-staffordshire")]
    links[5] = links[5]._replace(body=body)

    with pytest.raises(ChainBroken, match=f"Record 6 of grant#ssf-1-staffordshire {why}"):
        exports.make(publisher(office, NOW), Scope(fund_id="ssf-1"))
    assert list(registers.every(office.context(), Export)) == []


def test_nothing_is_exported_from_a_chain_with_a_record_missing(office: Office) -> None:
    del memory(office)._links[Name(Kind.GRANT, "ssf-1-staffordshire")][5]

    with pytest.raises(ChainBroken, match="Record 6 of grant#ssf-1-staffordshire says that it is record 7"):
        exports.make(publisher(office, NOW), Scope(fund_id="ssf-1"))


def test_nothing_is_exported_from_a_chain_that_was_cut_short(office: Office) -> None:
    del memory(office)._links[Name(Kind.GRANT, "ssf-1-staffordshire")][-1]

    with pytest.raises(ChainBroken, match=r"Record 10 of grant#ssf-1-staffordshire is missing: the chain had come to record 10"):
        exports.make(publisher(office, NOW), Scope(fund_id="ssf-1"))
