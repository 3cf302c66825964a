"""Heads that were taken away: whatever mentions an aggregate finds it out, and says where."""

from io import BytesIO
from itertools import count
from pathlib import Path

import pytest

from chalicelib.domain.aggregates import State, apply
from chalicelib.domain.chain import Kind, Name, Position
from chalicelib.domain.exports import Scope
from chalicelib.domain.organisations import Organisation, VatStatus
from chalicelib.domain.publications import OFFICE
from chalicelib.domain.values import replace
from chalicelib.services import exports, publications, registers
from chalicelib.services.verification import verify, verify_all
from chalicelib.storage import items
from chalicelib.storage.store import Head
from tests.services.large_offices import PUBLISHER
from tests.services.offices import Office, grant, invoice, line, pay
from tests.services.rivals import before_each_read
from tests.services.tampering import GRANT, memory

FUND = Name(Kind.FUND, "ssf-4")
PUBLICATION = Name(Kind.PUBLICATION, "2024-02-01-1")
EXPORT = Name(Kind.EXPORT, "0" * 32)
FILE = f"exports/{EXPORT.id}/entries-ssf-4-example.csv"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(folder=tmp_path).open().disclose("lighting")
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))
    return office


def lose(office: Office, name: Name, *, records: bool = False) -> None:
    """Take away a head, and with it all records or none."""
    del memory(office)._heads[name]
    if records:
        del memory(office)._links[name]


def cut(office: Office, name: Name, seq: int) -> None:
    """Put a chain and its head back to where they were at a record, as a restored backup would."""
    store = memory(office)
    del store._links[name][seq:]
    state: State | None = None
    for link in store._links[name]:
        state = apply(state, items.record_of(name, link).fact, link.seq)
    last = store._links[name][-1]
    store._heads[name] = Head(name, Position(last.seq, last.hash), items.canonical(state))


def broken(office: Office) -> dict[str, tuple[str, ...]]:
    """What is wrong, by the name of the aggregate."""
    return {str(each.name): each.problems for each in verify_all(office.context(PUBLISHER)) if each.problems}


@pytest.mark.parametrize(
    ("name", "named_by"),
    [
        ("fund#ssf-4", "Record 1 of grant#ssf-4-example"),
        ("organisation#office", "Record 1 of grant#ssf-4-example"),
        ("organisation#council", "Record 1 of initiative#lighting"),
        ("initiative#lighting", "Record 1 of disclosure#lighting"),
    ],
)
def test_a_lost_head_is_found_by_what_names_the_aggregate(office: Office, name: str, named_by: str) -> None:
    kind, _, aggregate_id = name.partition("#")
    lose(office, Name(Kind(kind), aggregate_id))

    assert broken(office) == {name: (f"{name} has records and no head.", f"{named_by} names it.")}


def test_a_lost_head_whose_records_are_lost_too_is_found(office: Office) -> None:
    lose(office, FUND, records=True)

    why = "There is neither a head nor a record of fund#ssf-4. Record 1 of grant#ssf-4-example names it."
    assert broken(office) == {"fund#ssf-4": (why,)}


def test_a_lost_head_of_a_grant_is_found_by_its_balances(office: Office) -> None:
    lose(office, GRANT)

    assert broken(office) == {"grant#ssf-4-example": ("grant#ssf-4-example has records and no head.", "There are balances of it.")}


def test_what_only_a_headless_aggregate_names_is_found_too(office: Office) -> None:
    lose(office, GRANT)
    lose(office, FUND, records=True)

    assert list(broken(office)) == ["grant#ssf-4-example", "fund#ssf-4"]


def test_what_only_a_publication_or_an_export_was_made_of_is_found_by_its_position(office: Office) -> None:
    spare = Organisation(id="spare", name="Spare", vat_status=VatStatus.RECOVERS)
    registers.create_organisation(office.context(), spare)
    export = exports.make(office.context(), Scope(grant_id="ssf-4-example")).name
    lose(office, Name(Kind.ORGANISATION, "spare"))

    assert broken(office) == {"organisation#spare": ("organisation#spare has records and no head.", f"Record 1 of {export} names it.")}


def test_a_chain_that_is_shorter_than_a_publication_says_is_found(office: Office) -> None:
    registers.amend_fund(office.context(), "ssf-4", lambda held: replace(held, title="Renamed"))
    publications.publish(office.context(PUBLISHER))
    cut(office, FUND, 1)

    why = "fund#ssf-4 ends at record 1. Record 1 of publication#2024-02-01-1 names it and says that it had come to record 2."
    assert broken(office) == {"fund#ssf-4": (why,)}


@pytest.mark.parametrize("records", [False, True])
def test_a_lost_publication_is_found_by_the_offices_list(office: Office, records: bool) -> None:
    publications.publish(office.context(PUBLISHER))
    lose(office, PUBLICATION, records=records)

    (problems,) = broken(office).values()
    assert "Record 1 of publications#office names it." in " ".join(problems)


def test_a_lost_list_of_publications_is_found_by_them(office: Office) -> None:
    publications.publish(office.context(PUBLISHER))
    lose(office, OFFICE)

    why = ("publications#office has records and no head.", "Record 1 of publication#2024-02-01-1 names it.")
    assert broken(office) == {"publications#office": why}


def test_a_lost_export_is_found_by_its_files(office: Office) -> None:
    exports.make(office.context(), Scope(grant_id="ssf-4-example"))
    lose(office, EXPORT)

    assert broken(office) == {str(EXPORT): (f"{EXPORT} has records and no head.", f"{FILE} is kept for it.")}


def test_files_that_nothing_was_recorded_of_break_nothing(office: Office) -> None:
    office.context().objects.put(FILE, BytesIO(b"left behind"), content_type="text/csv")

    assert broken(office) == {}


def test_one_aggregate_is_verified_with_what_it_names(office: Office) -> None:
    publications.publish(office.context(PUBLISHER))
    lose(office, FUND)

    assert verify(office.context(), GRANT).problems == ("fund#ssf-4 has no head. Record 1 of grant#ssf-4-example names it.",)
    assert verify(office.context(), PUBLICATION).problems == ("fund#ssf-4 has no head. Record 1 of publication#2024-02-01-1 names it.",)


def test_one_publication_finds_the_chain_that_became_shorter(office: Office) -> None:
    publications.publish(office.context(PUBLISHER))
    cut(office, GRANT, 7)

    assert verify(office.context(), PUBLICATION).problems == (
        "grant#ssf-4-example ends at record 7. Record 1 of publication#2024-02-01-1 names it and says that it had come to record 8.",
    )


def test_more_aggregates_than_one_read_holds_are_looked_for(office: Office) -> None:
    for number in range(25):
        each = Organisation(id=f"partner-{number:02}", name="Partner", vat_status=VatStatus.RECOVERS)
        registers.create_organisation(office.context(), each)
    publications.publish(office.context(PUBLISHER))
    lose(office, Name(Kind.ORGANISATION, "partner-24"))

    assert verify(office.context(), PUBLICATION).problems == (
        "organisation#partner-24 has no head. Record 1 of publication#2024-02-01-1 names it.",
    )


def test_what_is_published_and_posted_while_all_are_verified_is_not_called_broken(office: Office) -> None:
    reads = count(1)

    def act() -> None:
        number = next(reads)
        if not number % 5:
            office.start(grant(f"ssf-4-new-{number}"))
            pay(office.context(), invoice(f"rival-{number}", 100), line("lighting", 100))
            publications.publish(office.context(PUBLISHER))

    watched = replace(office.context(), store=before_each_read(office.store, act))

    assert [verdict.problems for verdict in verify_all(watched) if verdict.problems] == []
    assert next(reads) > 50
