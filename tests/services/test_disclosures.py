"""Disclosures on the record: of what is there, under the eye of whoever read them last, at the cost that is promised."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from chalicelib.context import Context
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.disclosures import Particular, Statement, Withholding
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.entry_refusals import WrongEntry
from chalicelib.domain.errors import Missing, StaleView
from chalicelib.domain.grounds import Ground
from chalicelib.domain.income import MatchGiven
from chalicelib.services import disclosures, entries, reading
from chalicelib.services.unit import version_of
from chalicelib.services.verification import verify_all
from tests.services.counting import counting, promised
from tests.services.offices import CERTIFIER, NOW, Office, invoice, line, pay
from tests.services.tampering import memory

PAYMENT = "ssf-4-example.8"
WITHHELD = Withholding(
    particular=Particular.RECIPIENT, ground=Ground.SAFETY, review_on=date(2024, 8, 1), decided_by="certifier", decided_on=NOW.date()
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(folder=tmp_path).open()
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))
    return office


def test_nothing_said_is_version_0_and_what_is_said_has_who_and_when(office: Office) -> None:
    assert version_of(disclosures.find(office.context(), "lighting")) == "0"

    said = disclosures.state(office.context(expected="0"), "lighting", Statement(purpose="Lamps"))

    assert (version_of(said), said.state.stated_by, said.state.stated_on) == ("1", "finance", date(2024, 2, 1))
    assert disclosures.find(office.context(), "lighting").state == said.state


def test_a_payment_and_a_commitment_may_have_one_of_their_own(office: Office) -> None:
    disclosures.state(office.context(), PAYMENT, Statement(purpose="One lamp"))

    assert disclosures.find(office.context(), PAYMENT).state.statement.purpose == "One lamp"
    assert [held.name.id for held in disclosures.every(office.context())] == [PAYMENT]


@pytest.mark.parametrize("subject", ["lightning", "ssf-4-example.99", "nowhere.1"])
def test_nothing_is_said_of_what_is_not_there(office: Office, subject: str) -> None:
    with pytest.raises(Missing):
        disclosures.state(office.context(), subject, Statement(purpose="Lamps"))
    assert list(disclosures.every(office.context())) == []


def test_nothing_is_said_of_a_match(office: Office) -> None:
    given = MatchGiven(kind=EntryKind.MATCH_CASH, contributor="Council", on=date(2023, 7, 1), amount_pence=100, nature=Nature.CAPITAL)
    entries.record_match(office.context(), "ssf-4-example", given)

    with pytest.raises(WrongEntry, match="match_cash"):
        disclosures.find(office.context(), "ssf-4-example.9")


def test_who_read_an_earlier_version_reads_again(office: Office) -> None:
    disclosures.state(office.context(expected="0"), "lighting", Statement(purpose="Lamps"))

    with pytest.raises(StaleView):
        disclosures.withhold(office.context(CERTIFIER, expected="0"), "lighting", WITHHELD, "A refuge")
    withheld = disclosures.withhold(office.context(CERTIFIER, expected="1"), "lighting", WITHHELD, "A refuge")
    lifted = disclosures.lift(office.context(CERTIFIER, expected="2"), "lighting", Particular.RECIPIENT, "It moved")

    assert (withheld.state.withheld, lifted.state.withheld) == ((WITHHELD,), ())
    records = list(reading.records(office.context(), Name(Kind.DISCLOSURE, "lighting")))
    assert [(each.kind, each.by, each.reason) for each in records] == [
        ("particulars_stated", "finance", ""),
        ("particular_withheld", "certifier", "A refuge"),
        ("withholding_lifted", "certifier", "It moved"),
    ]


def test_verify_reads_disclosures_and_finds_what_they_name_and_is_gone(office: Office) -> None:
    disclosures.state(office.context(), PAYMENT, Statement(purpose="One lamp"))
    assert not any(each.problems for each in verify_all(office.context()))

    lost = Name(Kind.INITIATIVE, "cctv")
    disclosures.state(office.context(), "cctv", Statement(purpose="Cameras"))
    del memory(office)._heads[lost], memory(office)._links[lost]

    assert {str(each.name): each.problems for each in verify_all(office.context()) if each.problems} == {
        "initiative#cctv": ("There is neither a head nor a record of initiative#cctv. Record 1 of disclosure#cctv names it.",)
    }


@pytest.mark.parametrize(
    ("request_", "act"),
    [
        ("state particulars", lambda context: disclosures.state(context, PAYMENT, Statement(purpose="One lamp"))),
        ("withhold a particular", lambda context: disclosures.withhold(context, "lighting", WITHHELD, "A refuge")),
        ("lift a withholding", lambda context: disclosures.lift(context, "cctv", Particular.RECIPIENT, "It moved")),
        ("show a disclosure", lambda context: disclosures.find(context, "cctv")),
        ("list disclosures", lambda context: list(disclosures.every(context))),
    ],
)
def test_each_request_makes_the_calls_that_are_promised(office: Office, request_: str, act: Callable[[Context], object]) -> None:
    disclosures.withhold(office.context(CERTIFIER), "cctv", WITHHELD, "A refuge")
    office.store = store = counting(office.store)

    act(office.context())

    assert store.calls == promised("disclosures")[request_]
