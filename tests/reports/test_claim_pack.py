"""A claim's pack: what each table says, and the same bytes for the same claim."""

import csv
import io
import json
import zipfile
from datetime import date
from hashlib import sha256

import pytest

from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Position
from chalicelib.domain.claim_forecasts import Expected
from chalicelib.domain.claim_lines import Line, Span, Taken, select
from chalicelib.domain.claims import Wording
from chalicelib.domain.entries import Document, DocumentKind, Entry, EntryKind
from chalicelib.domain.evidence import Evidence, EvidenceState, Subject, SubjectKind
from chalicelib.domain.file_types import FileType
from chalicelib.domain.funds import Fund, FundRules, MatchBase, MatchRequirement
from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import replace
from chalicelib.domain.variations import AwardLine
from chalicelib.reports.claim_pack import pack
from chalicelib.reports.claim_tables import Contents
from tests.conftest import Golden

GRANT = Grant(
    id="ssf-4-example",
    title="Example grant",
    fund_id="ssf-4",
    lead_recipient_id="office",
    force_area="E23000015",
    starts=date(2023, 4, 1),
    ends=date(2025, 3, 31),
    lines=(AwardLine(financial_year="2023-24", nature=Nature.CAPITAL, awarded_pence=1_000_000),),
    project_numbers=("HO-17",),
)
INVOICE = Document(
    kind=DocumentKind.INVOICE, number="1041", date=date(2023, 10, 1), supplier="=Lamps Ltd", net_pence=120_000, vat_pence=24_000
)
LINES = (
    Line(
        grant_id=GRANT.id,
        seq=8,
        entry=Entry(
            kind=EntryKind.PAYMENT,
            on=date(2023, 10, 2),
            cell="lighting#2023-24-Q3#capital",
            amount_pence=120_000,
            document=INVOICE,
            description="Lamps",
        ),
    ),
    Line(
        grant_id=GRANT.id,
        seq=9,
        entry=Entry(
            kind=EntryKind.REFUND,
            on=date(2023, 9, 2),
            cell="cctv#2023-24-Q2#capital",
            amount_pence=-1_050,
            of="ssf-4-example.7",
            quoted_reference="CN-1",
        ),
    ),
)
FILE = Evidence(
    id="entry.ssf-4-example.8.1f",
    on=date(2023, 10, 3),
    subject=Subject(kind=SubjectKind.ENTRY, id="ssf-4-example.8"),
    initiative_id="lighting",
    file_name="Invoice 1041.pdf",
    content_type=FileType.PDF,
    size=48_213,
    sha256="ab" * 32,
    requested_by="finance",
    state=EvidenceState.STORED,
)
CONTENTS = Contents(
    claim_id="ssf-4-example.claim-2",
    quarter="2023-24-Q3",
    office="Example Commissioner's Office",
    prepared_by="finance",
    prepared_on="2024-01-15",
    note="",
    wording=Wording(text="I certify that this was spent\nas the grant allows.", clause="Scheme of delegation, 7"),
    grant=GRANT,
    fund=Fund(id="ssf-4", title="Safer Streets Fund round 4", funder="Home Office"),
    lead_recipient="Office",
    at=Position(12, "cd" * 32),
    selected=select(Quarter.parse("2023-24-Q3"), LINES, Taken((Span(quarter="2023-24-Q2", after=0, until=7),)), 12),
    counters={"paid": 125_000, "refunded": 1_050, "match_cash": 20_000, "match_in_kind": 5_000},
    evidence={"ssf-4-example.8": (FILE,)},
    titles={"cctv": "CCTV", "lighting": "Lighting"},
    remaining=("2023-24-Q4", "2024-25-Q1"),
    forecasts={
        "lighting": Expected(
            set_by="lighting.2023-24-Q3",
            accepted_on=date(2024, 1, 12),
            at=Position(5, "ef" * 32),
            pence={"2023-24-Q4": 5_000, "2024-25-Q1": 0, "2024-25-Q2": 700},
        )
    },
)


def files(contents: Contents = CONTENTS) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(pack(contents))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def rows(name: str, contents: Contents = CONTENTS) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files(contents)[name].removeprefix("\ufeff"), newline="")))


def test_the_same_claim_makes_the_same_bytes() -> None:
    # Written out, so that no change of how packs are made goes unseen: what was signed could not be made again.
    assert sha256(pack(CONTENTS)).hexdigest() == "078ce5cb2e3316375afa1af82734bd961027590651bdbdbee54aff3feba1b5da"
    assert pack(replace(CONTENTS, note="Another")) != pack(CONTENTS)


def test_a_pack_is_as_its_readers_know_it(golden: Golden) -> None:
    for name, text in files().items():
        golden(f"claim/{name}", text.encode())


def test_nothing_in_the_file_tells_when_or_where_it_was_made() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(CONTENTS))) as archive:
        assert {(each.date_time, each.create_system, each.compress_type) for each in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 3, 0)}
        assert archive.namelist() == sorted(archive.namelist())


def test_the_statement_shows_expenditure_by_nature_initiative_and_quarter_with_its_total() -> None:
    assert files()["statement.csv"].removeprefix("\ufeff").splitlines() == [
        "nature,initiative,initiative_title,financial_year,quarter,lines,paid_pounds,corrected_pounds,refunded_pounds,spent_pounds",
        "capital,cctv,CCTV,2023-24,2023-24-Q2,1,0.00,0.00,10.50,-10.50",
        "capital,lighting,Lighting,2023-24,2023-24-Q3,1,1200.00,0.00,0.00,1200.00",
        "total,,,,,2,1200.00,0.00,10.50,1189.50",
    ]


def test_the_schedule_has_every_line_and_says_which_came_late() -> None:
    paid, refunded = rows("lines.csv")

    assert (paid["entry_id"], paid["party"], paid["document_number"], paid["late"], paid["amount_pounds"]) == (
        "ssf-4-example.8",
        "'=Lamps Ltd",
        "1041",
        "",
        "1200.00",
    )
    assert (refunded["kind"], refunded["entry_named"], refunded["reference"], refunded["late"], refunded["amount_pounds"]) == (
        "refund",
        "ssf-4-example.7",
        "CN-1",
        "late",
        "-10.50",
    )


def test_every_file_behind_a_line_is_listed_and_lines_without_one_are_named() -> None:
    with_file, without = rows("evidence.csv")

    assert (with_file["evidence"], with_file["file_name"], with_file["size_bytes"], with_file["sha256"]) == (
        "stored",
        "Invoice 1041.pdf",
        "48213",
        "ab" * 32,
    )
    assert (without["entry_id"], without["evidence"], without["sha256"]) == ("ssf-4-example.9", "none", "")
    assert json.loads(files()["claim.json"])["lines_without_evidence"] == 1


@pytest.mark.parametrize(
    ("grants", "funds", "award", "so_far"),
    [
        (None, None, ("", "", "", "", "250.00", ""), ("", "", "", "", "250.00", "")),
        (
            None,
            MatchRequirement(basis_points=5_000, base=MatchBase.GRANT),
            ("fund", "50.00", "grant", "5000.00", "250.00", "4750.00"),
            ("fund", "50.00", "grant", "619.75", "250.00", "369.75"),
        ),
        (
            MatchRequirement(basis_points=1_000, base=MatchBase.TOTAL),
            MatchRequirement(basis_points=500, base=MatchBase.TOTAL),
            ("grant", "10.00", "total", "1111.12", "250.00", "861.12"),
            ("grant", "10.00", "total", "137.73", "250.00", "0.00"),
        ),
    ],
)
def test_the_match_position_holds_what_came_against_what_is_required(
    grants: MatchRequirement | None, funds: MatchRequirement | None, award: tuple[str, ...], so_far: tuple[str, ...]
) -> None:
    contents = replace(CONTENTS, grant=replace(GRANT, match=grants), fund=replace(CONTENTS.fund, rules=FundRules(match=funds)))

    columns = ("required_by", "per_cent", "base", "required_pounds", "match_pounds", "short_pounds")
    assert [tuple(row[column] for column in columns) for row in rows("match.csv", contents)] == [award, so_far]
    assert {(row["cash_pounds"], row["in_kind_pounds"]) for row in rows("match.csv", contents)} == {("200.00", "50.00")}


def test_what_was_not_reported_is_named_and_nothing_is_a_forecast_too() -> None:
    assert files()["forecast.csv"].removeprefix("\ufeff").splitlines() == [
        "initiative,initiative_title,quarter,forecast,forecast_pounds,return,accepted_on",
        "cctv,CCTV,2023-24-Q4,not reported,,,",
        "cctv,CCTV,2024-25-Q1,not reported,,,",
        "lighting,Lighting,2023-24-Q4,reported,50.00,lighting.2023-24-Q3,2024-01-12",
        "lighting,Lighting,2024-25-Q1,reported,0.00,lighting.2023-24-Q3,2024-01-12",
        "lighting,Lighting,2024-25-Q2,reported,7.00,lighting.2023-24-Q3,2024-01-12",
    ]
    assert json.loads(files()["claim.json"])["initiatives_without_forecast"] == ["cctv"]


def test_a_quarter_that_the_return_does_not_speak_of_was_not_reported() -> None:
    told = replace(CONTENTS.forecasts["lighting"], pence={"2023-24-Q4": 5_000})
    contents = replace(CONTENTS, forecasts={"lighting": told})

    assert [(row["quarter"], row["forecast"], row["forecast_pounds"]) for row in rows("forecast.csv", contents)][2:] == [
        ("2023-24-Q4", "reported", "50.00"),
        ("2024-25-Q1", "not reported", ""),
    ]


def test_with_no_quarter_to_come_nothing_is_left_to_forecast() -> None:
    told = replace(CONTENTS.forecasts["lighting"], pence={})
    contents = replace(CONTENTS, remaining=(), forecasts={"lighting": told})

    assert [(row["initiative"], row["quarter"], row["forecast"], row["return"]) for row in rows("forecast.csv", contents)] == [
        ("cctv", "", "no quarter to come", ""),
        ("lighting", "", "no quarter to come", "lighting.2023-24-Q3"),
    ]


def test_the_certificate_says_what_is_certified_of_which_claim() -> None:
    assert files()["certificate.txt"] == (
        "Certificate\n"
        "Example Commissioner's Office\n\n"
        "Claim:          ssf-4-example.claim-2\n"
        "Grant:          Example grant (ssf-4-example)\n"
        "Fund:           Safer Streets Fund round 4 (Home Office)\n"
        "Lead recipient: Office\n"
        "Quarter:        2023-24-Q3\n"
        "Asked for:      £1,189.50\n"
        "Lines:          2\n"
        "Prepared by:    finance, 2024-01-15\n\n"
        "I certify that this was spent\nas the grant allows.\n\n"
        "Wording: Scheme of delegation, 7. Local policy of this office. No public source states the Home Office's wording.\n\n"
        "The chief finance officer signs the SHA-256 of the file that this is in; who signed, and when, is on the record.\n"
    )
    assert json.loads(files()["claim.json"])["certificate"] == {
        "label": "Local policy of this office. No public source states the Home Office's wording.",
        "wording": "I certify that this was spent\nas the grant allows.",
        "clause": "Scheme of delegation, 7",
    }


def test_a_certificate_without_wording_says_so_and_nothing_else_is_put_there() -> None:
    unworded = replace(CONTENTS, wording=None)
    said = files(unworded)["certificate.txt"].splitlines()

    assert said[-3] == (
        "No certificate wording is set for this grant, so no claim of it can be certified: set one, and draft the claim anew."
    )
    assert json.loads(files(unworded)["claim.json"])["certificate"]["wording"] is None
    assert pack(unworded) != pack(CONTENTS)


def test_the_manifest_names_every_other_file_and_where_the_lines_and_the_forecasts_stand() -> None:
    found = files()
    manifest = json.loads(found.pop("manifest.json"))

    assert {each["name"]: (each["sha256"], each["size"]) for each in manifest["files"]} == {
        name: (sha256(text.encode()).hexdigest(), len(text.encode())) for name, text in found.items()
    }
    assert manifest["ledger"] == {
        "grant": "ssf-4-example",
        "seq": 12,
        "hash": "cd" * 32,
        "lines": [{"quarter": "2023-24-Q2", "after": 7, "until": 12}, {"quarter": "2023-24-Q3", "after": 0, "until": 12}],
    }
    assert manifest["forecasts"] == [{"initiative": "lighting", "return": "lighting.2023-24-Q3", "seq": 5, "hash": "ef" * 32}]


def test_the_claim_says_what_is_asked_for_by_year_and_nature() -> None:
    said = json.loads(files()["claim.json"])

    assert (said["claim"], said["fund"]["funder"], said["grant"]["project_numbers"]) == ("ssf-4-example.claim-2", "Home Office", ["HO-17"])
    assert said["asked_for"] == [{"financial_year": "2023-24", "nature": "capital", "quarter": "2023-24-Q3", "pence": 118_950}]
    assert said["total_pence"] == 118_950
