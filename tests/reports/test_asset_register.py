"""The register of assets as CSV: what people typed is text in a spreadsheet, and never a formula."""

import csv
import io
from datetime import date

from chalicelib.domain.assets import Asset, Consent, Disposal
from chalicelib.reports.assets import COLUMNS, register_csv

LAMP = Asset(
    id="ssf-5-warwickshire.42.1",
    payment_id="ssf-5-warwickshire.42",
    initiative_id="lighting",
    bought_on=date(2023, 11, 1),
    description='=HYPERLINK("http://example.org")',
    cost_pence=123_456,
    place="@Hanley, by the station",
    owner_id="council",
    serial_number="-1+2",
)
GONE = Asset(
    id="ssf-5-warwickshire.42.2",
    payment_id="ssf-5-warwickshire.42",
    initiative_id=None,
    bought_on=date(2023, 11, 1),
    description="Lamp\N{EN DASH}post",
    cost_pence=100,
    place="Hanley",
    owner_id="nobody-any-more",
    disposal=Disposal(
        on=date(2024, 1, 31),
        consent=Consent(by="+44 grants team", on=date(2024, 1, 15), reference="=1+1"),
        proceeds_pence=0,
        reason="Knocked down.\nTwice.",
    ),
)


def test_each_asset_is_a_row_and_nothing_in_it_is_a_formula() -> None:
    text = register_csv([LAMP, GONE], {"council": "=Council"})

    assert text.startswith("\ufeffasset_id,grant,initiative,payment,")
    first, second = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert tuple(first) == COLUMNS
    assert {name: first[name] for name in ("description", "place", "serial_number", "owner_name", "cost_pounds", "state")} == {
        "description": '\'=HYPERLINK("http://example.org")',
        "place": "'@Hanley, by the station",
        "serial_number": "'-1+2",
        "owner_name": "'=Council",
        "cost_pounds": "1234.56",
        "state": "held",
    }
    assert [first[name] for name in COLUMNS[-6:]] == [""] * 6
    assert [second[name] for name in COLUMNS[-7:]] == [
        "disposed",
        "2024-01-31",
        "'+44 grants team",
        "2024-01-15",
        "'=1+1",
        "0.00",
        "Knocked down.\nTwice.",
    ]
    assert (second["initiative"], second["owner_name"]) == ("", "")


def test_an_empty_register_has_its_heading() -> None:
    assert register_csv([], {}) == "\ufeff" + ",".join(COLUMNS) + "\r\n"
