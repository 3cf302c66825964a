"""Reading: no entry is shown as good that somebody meddled with."""

import pytest

from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.exports import Scope
from chalicelib.services import reading
from chalicelib.services.reading import Chosen
from tests.services.offices import Office, invoice, line, pay
from tests.services.tampering import GRANT, change_record, memory, remove_record


@pytest.fixture
def office() -> Office:
    office = Office().open()
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))
    pay(office.context(), invoice("2", 1_000), line("lighting", 1_000))
    return office


def listed(office: Office, after: int = 0) -> list[str]:
    found = reading.list_entries(office.context(), Chosen(scope=Scope()), ("ssf-4-example" if after else "", after))
    return [entry_id for entry_id, _, _ in found]


def test_entries_are_found_and_listed_from_any_place(office: Office) -> None:
    _, entry = reading.find_entry(office.context(), "ssf-4-example", 8)

    assert entry.amount_pence == 120_000
    assert listed(office)[-2:] == ["ssf-4-example.8", "ssf-4-example.9"]
    assert listed(office, 8) == ["ssf-4-example.9"]
    assert listed(office, 9) == []


def test_a_changed_entry_is_not_found_but_refused(office: Office) -> None:
    change_record(office, 8, '"amount_pence":120000', '"amount_pence":120001')

    with pytest.raises(ChainBroken, match="Record 8 of grant#ssf-4-example does not match its hash"):
        reading.find_entry(office.context(), "ssf-4-example", 8)
    assert reading.find_entry(office.context(), "ssf-4-example", 9)[1].amount_pence == 1_000


@pytest.mark.parametrize("after", [0, 3, 7])
def test_a_changed_entry_is_not_listed_but_refused(office: Office, after: int) -> None:
    change_record(office, 8, '"amount_pence":120000', '"amount_pence":120001')

    with pytest.raises(ChainBroken, match="Record 8"):
        listed(office, after)
    assert listed(office, 8) == ["ssf-4-example.9"]


@pytest.mark.parametrize("after", [0, 5, 7])
def test_a_list_does_not_pass_over_a_record_that_is_gone(office: Office, after: int) -> None:
    remove_record(office, 8)

    with pytest.raises(ChainBroken, match="Record 8 of grant#ssf-4-example is missing"):
        listed(office, after)


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"previous_hash":7}'])
def test_a_record_that_cannot_be_read_breaks_its_chain(office: Office, body: str) -> None:
    links = memory(office)._links[GRANT]
    links[7] = links[7]._replace(body=body)

    with pytest.raises(ChainBroken, match="Record 8"):
        reading.find_entry(office.context(), "ssf-4-example", 8)


@pytest.mark.parametrize("seq", [1, 10, 10**12])
def test_what_is_no_entry_is_missing(office: Office, seq: int) -> None:
    with pytest.raises(Missing):
        reading.find_entry(office.context(), "ssf-4-example", seq)
