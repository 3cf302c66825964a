"""360Giving data for spreadsheets: what is on the workbook's sheets, and what may never be in it."""

from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.disclosures import Particular, Withholding
from chalicelib.domain.grounds import Ground
from chalicelib.domain.initiatives import Place
from chalicelib.domain.publications import Publication, PublicationBegun
from chalicelib.domain.values import replace
from chalicelib.reports.giving_sheets import as_csv, as_workbook
from chalicelib.reports.publication import media_type
from chalicelib.reports.withheld_in_files import withheld_in
from chalicelib.services import disclosures, positions, registers
from chalicelib.services.publication_files import contents_of
from tests.reports.giving_data import NOW, published
from tests.reports.workbooks import Workbook
from tests.services.large_offices import staffordshire
from tests.services.offices import CERTIFIER, Office

WITHHELD = "swan-staffordshire.6"
PERSON = Withholding(
    particular=Particular.RECIPIENT,
    ground=Ground.PERSONAL_DATA,
    review_on=date(2025, 1, 1),
    decided_by="certifier",
    decided_on=date(2024, 4, 1),
)
PLACES = (Place(name="Newbold", area_code="E05012345"), Place(name="A street", area_code="E01000001"), Place(name="Elsewhere"))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return staffordshire(tmp_path)


def workbook(office: Office) -> Workbook:
    return Workbook(published(office)["360giving.xlsx"])


def test_the_workbook_has_the_grants_with_amounts_as_numbers_and_everything_else_as_text(office: Office) -> None:
    book = workbook(office)
    first, second = book.rows("grants")

    assert first == {
        "Identifier": ("text", "360G-example-swan-staffordshire.6"),
        "Title": ("text", "Training for door staff"),
        "Description": ("text", "=Training, and more"),
        "Currency": ("text", "GBP"),
        "Amount Awarded": ("number", 1188.0),
        "Amount Disbursed": ("number", 1188.0),
        "Award Date": ("text", "2022-01-07"),
        "Recipient Org:Identifier": ("text", "360G-example-recipient-hyperlink-x"),
        "Recipient Org:Name": ("text", '=HYPERLINK("x")'),
        "Funding Org:Identifier": ("text", "360G-example-staffordshire"),
        "Funding Org:Name": ("text", "Staffordshire Commissioner's Office"),
        "Grant Programme:Code": ("text", "swan"),
        "Grant Programme:Title": ("text", "Safety of Women at Night Fund"),
        "Beneficiary Location:0:Geographic Code": ("text", "E23000015"),
        "Beneficiary Location:0:Geographic Code Type": ("text", "PFA"),
    }
    assert second["Amount Awarded"] == ("number", 5000.0)


def test_the_workbooks_amounts_add_up_with_the_statutory_list(office: Office) -> None:
    book = workbook(office)

    for column in ("Amount Awarded", "Amount Disbursed"):
        assert sum(float(amount or 0) for amount in book.column("grants", column)) == 6188.0


def test_no_cell_of_the_workbook_is_a_formula(office: Office) -> None:
    book = workbook(office)

    assert not any("<f>" in book.xml(title) or "<f " in book.xml(title) for title in book.titles)


def test_the_second_sheet_says_who_publishes_and_under_which_licence(office: Office) -> None:
    book = workbook(office)

    assert book.titles == ["grants", "Meta"]
    assert book.rows("Meta") == [
        {"version": ("text", name), "1.4": ("text", value)}
        for name, value in (
            ("title", "Crime and disorder reduction grants of Example Commissioner's Office"),
            ("issued", "2024-04-01"),
            ("identifier", "360G-example-2024-04-01-1"),
            ("publisher/name", "Example Commissioner's Office"),
            ("license", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"),
        )
    ]


def test_each_place_has_its_ons_code_in_columns_of_its_own(office: Office) -> None:
    registers.amend_initiative(office.context(), "night-training", lambda held: replace(held, places=PLACES), None)
    first = workbook(office).rows("grants")[0]

    assert {name: value for name, (_, value) in first.items() if name.startswith("Beneficiary")} == {
        "Beneficiary Location:0:Name": "Newbold",
        "Beneficiary Location:0:Geographic Code": "E05012345",
        "Beneficiary Location:0:Geographic Code Type": "WD",
        "Beneficiary Location:1:Name": "A street",
        "Beneficiary Location:1:Geographic Code": "E01000001",
        "Beneficiary Location:1:Geographic Code Type": "LSOA",
        "Beneficiary Location:2:Name": "Elsewhere",
        "Beneficiary Location:3:Geographic Code": "E23000015",
        "Beneficiary Location:3:Geographic Code Type": "PFA",
    }


def test_places_that_are_withheld_are_in_no_part_of_the_workbook(office: Office) -> None:
    registers.amend_initiative(office.context(), "night-training", lambda held: replace(held, places=PLACES), None)
    assert any(b"Newbold" in part for part in workbook(office).parts.values())

    registers.amend_initiative(office.context(), "night-training", lambda held: held, None, withheld=("places",))
    assert not any(b"Newbold" in part or b"E05012345" in part for part in workbook(office).parts.values())


def test_the_same_grants_are_the_same_bytes_without_the_time_at_which_they_were_written(office: Office) -> None:
    files = published(office)
    book = Workbook(files["360giving.xlsx"])

    assert book.stamps == {(1980, 1, 1, 0, 0, 0)}
    assert published(office)["360giving.csv"] == files["360giving.csv"]
    about = {"version": "1.4", "title": "Grants"}
    grant: dict[str, object] = {"id": "360G-example-1", "beneficiaryLocation": [{"geoCode": "E23000015", "geoCodeType": "PFA"}]}
    assert as_workbook(about, (grant,)) == as_workbook(about, (grant,))


def test_a_withheld_name_is_in_no_part_of_the_workbook(office: Office) -> None:
    assert any(b"HYPERLINK" in part for part in workbook(office).parts.values())

    disclosures.withhold(office.context(CERTIFIER), WITHHELD, PERSON, "A person")
    book = workbook(office)
    assert not any(b"HYPERLINK" in part for part in book.parts.values())
    assert book.rows("grants")[0]["Recipient Org:Name"] == ("text", "Withheld: personal_data")


def test_the_search_for_withheld_names_looks_into_workbooks(office: Office) -> None:
    before = published(office)["360giving.xlsx"]
    assert b"HYPERLINK" not in before  # as it is compressed

    disclosures.withhold(office.context(CERTIFIER), WITHHELD, PERSON, "A person")
    context = office.context()
    publication = Publication(id="2024-04-01-1", on=NOW.date(), code_version="1", requested_by="publisher")
    contents = contents_of(context, PublicationBegun(publication=publication, position=positions.position_now(context), office="Office"))
    after = published(office)["360giving.xlsx"]
    assert [gap.subject for gap in withheld_in({"360giving.xlsx": before}, contents)] == [WITHHELD]
    assert list(withheld_in({"360giving.xlsx": after}, contents)) == []


def test_what_is_too_long_for_a_cell_is_cut_where_readers_see_it() -> None:
    grant: dict[str, object] = {"id": "360G-example-1", "description": "é" * 32_768, "beneficiaryLocation": [{}]}
    book = Workbook(as_workbook({"version": "1.4", "title": "Grants"}, (grant,)))

    assert book.column("grants", "Description") == ["é" * 32_766 + "…"]
    assert ("é" * 32_768).encode() in as_csv((grant,))


def test_the_workbook_is_served_as_one() -> None:
    assert media_type("360giving.xlsx") == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
