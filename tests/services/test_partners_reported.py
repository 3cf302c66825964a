"""How many partners have reported: counted when a publication is begun, said in it, and the same when it is made again."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.domain.partners_reported import PartnersReported
from chalicelib.domain.values import replace
from chalicelib.services import publications
from chalicelib.services.partners_reported import partners_reported
from tests.services.large_offices import PUBLISHER
from tests.services.offices import OTHER_PARTNER, Office
from tests.services.reporting import agree, give_back, hand_in, report, reporting, write

ON = date(2024, 2, 1)
LIGHTING, CCTV = "lighting.2023-24-Q3", "cctv.2023-24-Q3"
REST = ("2023-24-Q4", "2024-25-Q1", "2024-25-Q2", "2024-25-Q3", "2024-25-Q4")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return reporting(folder=tmp_path).disclose("lighting", "cctv")


def told(office: Office, on: date = ON) -> tuple[int, int]:
    found = partners_reported(office.context(PUBLISHER), on)
    assert found is not None
    return found.reported, found.partners


def test_a_partner_has_reported_when_its_return_was_handed_in_and_until_it_is_given_back(office: Office) -> None:
    counted = [told(office)]
    for step in (write, hand_in, give_back, hand_in, agree):
        if step in (write, hand_in):
            step(office, LIGHTING, report(100_000, quarters=REST))
        else:
            step(office, LIGHTING)
        counted.append(told(office))

    assert counted == [(0, 2), (0, 2), (1, 2), (0, 2), (1, 2), (1, 2)]


def test_only_partners_with_a_return_to_make_for_the_last_quarter_count(office: Office) -> None:
    hand_in(office, LIGHTING, report(100_000, quarters=REST))
    hand_in(office, CCTV, report(0, quarters=REST), OTHER_PARTNER)

    assert partners_reported(office.context(PUBLISHER), ON) == PartnersReported(quarter="2023-24-Q3", partners=2, reported=2)
    assert partners_reported(office.context(PUBLISHER), date(2023, 10, 1)) == PartnersReported(quarter="2023-24-Q2", partners=1, reported=0)
    assert partners_reported(office.context(PUBLISHER), date(2023, 5, 1)) is None


def test_a_publication_says_so_and_still_does_when_made_again(office: Office) -> None:
    hand_in(office, LIGHTING, report(100_000, quarters=REST))
    context = replace(office.context(PUBLISHER), now=datetime(2024, 2, 1, 6, 0, tzinfo=UTC))
    publication = publications.publish(context)
    made = publications.rebuild(context, publication.id)
    hand_in(office, CCTV, report(0, quarters=REST), OTHER_PARTNER)

    assert re.findall(rb"([0-9]+) of ([0-9]+) partners have reported on (\S+ Q[1-4])\.", made["index.html"]) == [
        (b"1", b"2", b"2023-24 Q3")
    ]
    assert publications.rebuild(context, publication.id) == made


def test_one_partner_is_spoken_of_as_one(office: Office) -> None:
    context = replace(office.context(PUBLISHER), now=datetime(2023, 10, 1, 6, 0, tzinfo=UTC))

    assert b"0 of 1 partner has reported on 2023-24 Q2." in publications.rebuild(context, publications.publish(context).id)["index.html"]


def test_where_nobody_has_to_report_nothing_is_said(tmp_path: Path) -> None:
    office = Office(folder=tmp_path).open()
    context = office.context(PUBLISHER)

    assert b"reported on" not in publications.rebuild(context, publications.publish(context).id)["index.html"]
