"""Open data: 360Giving's own schema takes the grants, and the data package says what is in each CSV."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.domain.disclosures import Particular, Withholding
from chalicelib.domain.grounds import Ground
from chalicelib.domain.initiatives import Place
from chalicelib.domain.organisations import Organisation, VatStatus
from chalicelib.domain.values import replace
from chalicelib.services import disclosures, registers
from tests.reports.giving_data import mistakes, published, schema
from tests.services.large_offices import staffordshire
from tests.services.offices import CERTIFIER, Office

GATES = "ssf-5-warwickshire.12"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return staffordshire(tmp_path)


def grants(files: dict[str, bytes]) -> list[dict[str, object]]:
    found = json.loads(files["360giving.json"])["grants"]
    assert isinstance(found, list)
    return found


def test_the_grants_are_valid_360giving_data(office: Office) -> None:
    files = published(office)

    assert mistakes(files["360giving.json"]) == []
    assert mistakes(files["360giving.json"].replace(b'"2022-01-07"', b'"7 January 2022"')) != []


def test_each_recipient_of_each_initiative_has_one_grant(office: Office) -> None:
    first, second = grants(published(office))

    assert first == {
        "id": "360G-example-swan-staffordshire.6",
        "title": "Training for door staff",
        "description": "=Training, and more",
        "currency": "GBP",
        "amountAwarded": 1188,
        "amountDisbursed": 1188,
        "awardDate": "2022-01-07",
        "recipientOrganization": [{"id": "360G-example-recipient-hyperlink-x", "name": '=HYPERLINK("x")'}],
        "fundingOrganization": [{"id": "360G-example-staffordshire", "name": "Staffordshire Commissioner's Office"}],
        "grantProgramme": [{"code": "swan", "title": "Safety of Women at Night Fund"}],
        "beneficiaryLocation": [{"geoCode": "E23000015", "geoCodeType": "PFA"}],
    }
    assert (second["id"], second["amountAwarded"]) == (f"360G-example-{GATES}", 5000)


def test_a_recipient_in_the_register_goes_by_its_public_identifier(office: Office) -> None:
    identifiers = ("GB-COH-01234567", "GB-CHC-1164883")
    known = Organisation(id="gates", name="Gates & Sons", vat_status=VatStatus.RECOVERS, identifiers=identifiers)
    registers.create_organisation(office.context(), known)

    assert grants(published(office))[1]["recipientOrganization"] == [{"id": "GB-COH-01234567", "name": "Gates & Sons"}]


def test_places_have_their_ons_codes_unless_they_are_withheld(office: Office) -> None:
    places = (Place(name="Newbold", area_code="E05012345"), Place(name="A street", area_code="W01000001"), Place(name="Elsewhere"))
    registers.amend_initiative(office.context(), "night-training", lambda held: replace(held, places=places), None)
    files = published(office)

    assert mistakes(files["360giving.json"]) == []
    assert grants(files)[0]["beneficiaryLocation"] == [
        {"name": "Newbold", "geoCode": "E05012345", "geoCodeType": "WD"},
        {"name": "A street", "geoCode": "W01000001", "geoCodeType": "LSOA"},
        {"name": "Elsewhere"},
        {"geoCode": "E23000015", "geoCodeType": "PFA"},
    ]
    registers.amend_initiative(office.context(), "night-training", lambda held: held, None, withheld=("places",))
    assert b"Newbold" not in published(office)["360giving.json"]


def test_a_withheld_recipient_is_one_of_its_own_and_has_no_name(office: Office) -> None:
    withheld = Withholding(
        particular=Particular.RECIPIENT,
        ground=Ground.PERSONAL_DATA,
        review_on=date(2025, 1, 1),
        decided_by="certifier",
        decided_on=date(2024, 4, 1),
    )
    disclosures.withhold(office.context(CERTIFIER), "swan-staffordshire.6", withheld, "A person")
    files = published(office)

    assert mistakes(files["360giving.json"]) == []
    assert grants(files)[0]["recipientOrganization"] == [
        {"id": "360G-example-withheld-swan-staffordshire.6", "name": "Withheld: personal_data"}
    ]
    assert not any(b"HYPERLINK" in content for content in files.values())


def test_the_flattened_file_says_the_same_in_the_standards_own_titles(office: Office) -> None:
    files = published(office)
    sheet = list(csv.DictReader(io.StringIO(files["360giving.csv"].decode("utf-8-sig"), newline="")))

    assert [(row["Identifier"], row["Amount Awarded"], row["Award Date"]) for row in sheet] == [
        ("360G-example-swan-staffordshire.6", "1188.00", "2022-01-07"),
        (f"360G-example-{GATES}", "5000.00", "2023-05-03"),
    ]
    assert sheet[0]["Recipient Org:Name"] == '\'=HYPERLINK("x")'
    assert sheet[0]["Beneficiary Location:0:Geographic Code"] == "E23000015"
    titles = {each["title"] for each in _properties().values() if "title" in each}
    assert {column.partition(":")[0] for column in sheet[0]} - titles == {"Currency"}  # which the schema calls by a reference


def test_the_grants_add_up_with_the_statutory_list(office: Office) -> None:
    files = published(office)

    disbursed = sum(Decimal(str(grant["amountDisbursed"])) for grant in grants(files))
    assert disbursed * 100 == json.loads(files["grants-made.json"])["total"]["amount_pence"] == 618_800


def test_without_a_prefix_of_the_offices_own_nothing_is_published_as_360giving_data(office: Office) -> None:
    assert not [name for name in published(office, prefix="") if name.startswith("360")]


def test_the_data_package_has_every_csv_with_its_hash_and_the_type_of_each_column(office: Office) -> None:
    files = published(office)
    package = json.loads(files["datapackage.json"])

    assert [each["path"] for each in package["resources"]] == sorted(name for name in files if name.endswith(".csv"))
    assert package["licenses"][0]["name"] == "OGL-UK-3.0"
    for resource in package["resources"]:
        content = files[resource["path"]]
        assert (resource["hash"], resource["bytes"]) == (f"sha256:{sha256(content).hexdigest()}", len(content))
        for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            for field in resource["schema"]["fields"]:
                _read(field["type"], row[field["name"]])


def _read(kind: str, text: str) -> None:
    """Read a cell as what its column is said to be."""
    if text and kind == "number":
        Decimal(text)
    if text and kind == "date":
        date.fromisoformat(text)


def _properties() -> dict[str, dict[str, object]]:
    """A grant's properties in the standard's schema, which are schemas themselves."""
    found = schema("360-giving-schema.json")["properties"]
    assert isinstance(found, dict)
    return found
