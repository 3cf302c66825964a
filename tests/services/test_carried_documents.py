"""What keeps a document from being entered twice is verified from the entries that carry it."""

from datetime import timedelta

import pytest

from chalicelib.domain.values import replace
from chalicelib.services import entries
from chalicelib.services.verification import verify
from tests.services.offices import NOW, Office, grant, invoice, line, pay
from tests.services.tampering import GRANT, memory

GONE = (
    "Record 8 of grant#ssf-4-example carries invoice 1 of Lamps Ltd, and nothing keeps that document from being entered again: "
    "its item is gone."
)
SECOND = replace(GRANT, id="ssf-4-second")


@pytest.fixture
def office() -> Office:
    """An office with a second grant; invoice 1 is split over both."""
    office = Office().open()
    office.start(grant(SECOND.id))
    office.allocate("lighting", 500_000, SECOND.id)
    office.allocate("cctv", 500_000, SECOND.id)
    lines = (line("lighting", 100), line("cctv", 100), line("cctv", 100, grant_id=SECOND.id), line("lighting", 100, grant_id=SECOND.id))
    pay(office.context(), invoice("1", 400), *lines)
    return office


def problems(office: Office) -> tuple[str, ...]:
    return verify(office.context(), GRANT).problems


def entered_as(office: Office, named: str) -> None:
    """Let the item of the first document name another entry."""
    documents = memory(office)._documents
    documents[next(iter(documents))] = named


def test_a_document_split_over_two_grants_holds_in_both(office: Office) -> None:
    assert memory(office)._documents == {"lampsltd|invoice|1": "ssf-4-example.8"}
    assert problems(office) == ()
    assert verify(office.context(), SECOND).problems == ()


def test_a_document_whose_item_is_gone_is_found_in_every_grant_that_it_is_split_over(office: Office) -> None:
    memory(office)._documents.clear()

    assert problems(office) == (GONE,)
    assert verify(office.context(), SECOND).problems == (GONE.replace("Record 8 of grant#ssf-4-example", "Record 8 of grant#ssf-4-second"),)


@pytest.mark.parametrize(
    "named",
    [
        "ssf-4-example.9",  # a later line
        "ssf-4-example.7",  # an allocation
        "ssf-4-second.5",  # no payment
        "ssf-4-second.99",  # no record
        "ssf-4-nowhere.1",
        "lampsltd",
    ],
)
def test_a_document_whose_item_names_another_entry_is_found(office: Office, named: str) -> None:
    entered_as(office, named)

    assert problems(office) == (f"Record 8 of grant#ssf-4-example carries invoice 1 of Lamps Ltd, which is kept as entered by {named}.",)


def test_a_document_that_was_entered_again_in_another_grant_is_found(office: Office) -> None:
    memory(office)._documents.clear()
    later = replace(office.context(), now=NOW + timedelta(days=1))
    pay(later, invoice("1", 400), line("lighting", 400, grant_id=SECOND.id))

    assert problems(office) == (
        "Record 8 of grant#ssf-4-example carries invoice 1 of Lamps Ltd, which is kept as entered by ssf-4-second.10.",
    )


def test_a_record_of_the_other_grant_that_cannot_be_read_is_no_witness(office: Office) -> None:
    entered_as(office, "ssf-4-second.8")
    assert problems(office) == ()

    links = memory(office)._links[SECOND]
    links[7] = links[7]._replace(body="{")

    assert problems(office)[0].endswith("which is kept as entered by ssf-4-second.8.")


def test_more_documents_than_one_read_holds_are_all_looked_for(office: Office) -> None:
    for number in range(2, 253):
        pay(office.context(), invoice(str(number), 100), line("lighting", 100))
    assert problems(office) == ()

    del memory(office)._documents["lampsltd|invoice|2"]
    del memory(office)._documents["lampsltd|invoice|101"]
    del memory(office)._documents["lampsltd|invoice|252"]

    assert [problem.split(" carries ")[1].split(",")[0] for problem in problems(office)] == [
        "invoice 2 of Lamps Ltd",
        "invoice 101 of Lamps Ltd",
        "invoice 252 of Lamps Ltd",
    ]


def test_entries_without_a_document_need_none(office: Office) -> None:
    entries.refund(office.context(), "ssf-4-example.8", NOW.date(), 50, "CN 1", "Sent back")

    assert problems(office) == ()
