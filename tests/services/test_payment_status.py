"""Payment status: what an extract says of payments is noted beside the entries, once, and the last that was said counts."""

from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.imports import Import, ImportState
from chalicelib.domain.payment_status import Paid, PaymentsPaid
from chalicelib.domain.periods import Quarter
from chalicelib.domain.previews import PaidWanted, Status
from chalicelib.domain.values import replace
from chalicelib.services import closing, import_posting, reading, registers, suspense, verification
from chalicelib.services.import_posting import Asked
from chalicelib.services.suspense import Elsewhere
from chalicelib.storage.memory import MemoryStore
from tests.extracts.layouts import PAID, PAID_HEADING, row
from tests.services.importing import as_, committed, counts, csv, found, opened, previewed, shown
from tests.services.offices import Office

GRANT = "ssf-4-example"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return opened(Office(folder=tmp_path).open(), PAID)


def extract(*rows: list[str]) -> bytes:
    return csv(*rows, heading=PAID_HEADING)


def taken(office: Office, *rows: list[str], confirmed: tuple[int, ...] = ()) -> Import:
    """An extract, previewed and committed."""
    return committed(office, previewed(office, extract(*rows)).state, *confirmed)


def unpaid(number: str = "1", **cells: str) -> list[str]:
    return [*row(number=number, **cells), "", ""]


def paid(number: str = "1", on: str = "03/11/2023", reference: str = "BACS 77", **cells: str) -> list[str]:
    return [*row(number=number, **cells), on, reference]


def status(office: Office, entry_id: str) -> Paid | None:
    grant_id, _, seq = entry_id.rpartition(".")
    return reading.paid(office.context(), grant_id, int(seq))


def notes(office: Office) -> list[list[tuple[str, date, str]]]:
    """What each fact on the grant's chain says of payments."""
    facts = (record.fact for record in reading.records(office.context(), Name(Kind.GRANT, GRANT)))
    return [
        [(each.entry_id, each.paid.on, each.paid.reference) for each in fact.entries] for fact in facts if isinstance(fact, PaymentsPaid)
    ]


def whole(office: Office) -> bool:
    return not [problem for verdict in verification.verify_all(office.context()) for problem in verdict.problems]


def entries(office: Office) -> list[str]:
    """The payments that the grant has."""
    return [named for named, _, entry in reading.entries(office.context(), GRANT) if entry.kind == "payment"]


def test_what_is_paid_later_is_noted_beside_the_payment_which_stays_as_it_was(office: Office) -> None:
    taken(office, unpaid("1"), unpaid("2"), unpaid("3"))
    before = [reading.find_entry(office.context(), GRANT, int(named.rpartition(".")[2])) for named in entries(office)]

    held = previewed(office, extract(paid("1"), paid("2", reference=""), unpaid("3"))).state

    assert counts(held) == {"paid": 2, "same": 1}
    first, second = shown(office, held, Status.PAID)
    named = entries(office)
    assert first.paid == PaidWanted(on=date(2023, 11, 3), reference="BACS 77", entries=(named[0],))
    assert second.paid == PaidWanted(on=date(2023, 11, 3), entries=(named[1],))
    assert [status(office, each) for each in named] == [None, None, None]

    done = committed(office, held)
    assert (done.state, done.done, done.to_do, done.posted, done.posted_pence, done.paid) == (ImportState.COMMITTED, 2, 2, 0, 0, 2)
    assert [status(office, each) for each in named] == [
        Paid(on=date(2023, 11, 3), reference="BACS 77", import_id=held.id),
        Paid(on=date(2023, 11, 3), import_id=held.id),
        None,
    ]
    assert notes(office) == [[(named[0], date(2023, 11, 3), "BACS 77"), (named[1], date(2023, 11, 3), "")]]
    assert [reading.find_entry(office.context(), GRANT, int(each.rpartition(".")[2])) for each in entries(office)] == before
    assert whole(office)


def test_the_same_extract_again_notes_nothing_twice(office: Office) -> None:
    taken(office, unpaid())
    taken(office, paid())

    again = previewed(office, extract(paid())).state
    assert counts(again) == {"same": 1}
    assert committed(office, again).state is ImportState.COMMITTED
    assert len(notes(office)) == 1


def test_what_is_said_later_counts_and_both_stay_on_the_chain(office: Office) -> None:
    taken(office, unpaid())
    taken(office, paid())
    last = taken(office, paid(on="06/11/2023", reference="BACS 80"))

    (named,) = entries(office)
    assert status(office, named) == Paid(on=date(2023, 11, 6), reference="BACS 80", import_id=last.id)
    assert notes(office) == [[(named, date(2023, 11, 3), "BACS 77")], [(named, date(2023, 11, 6), "BACS 80")]]
    assert whole(office)


def test_an_extract_that_says_nothing_of_a_payment_takes_nothing_back(office: Office) -> None:
    taken(office, paid())

    assert counts(previewed(office, extract(unpaid())).state) == {"same": 1}


def test_a_document_that_comes_paid_is_posted_and_noted_in_one_write(office: Office) -> None:
    done = taken(office, paid("1"), unpaid("2"), paid("3", centre="SS5"))

    first, second, third = entries(office)
    assert (done.posted, done.paid) == (3, 0)
    assert [status(office, each) is not None for each in (first, second, third)] == [True, False, True]
    assert [[each[0] for each in fact] for fact in notes(office)] == [[first, third]]
    assert whole(office)


def test_every_line_of_a_document_is_paid(office: Office) -> None:
    taken(office, unpaid("1"), unpaid("1", centre="SS5"))
    taken(office, paid("1"), paid("1", centre="SS5"))

    lighting, cctv = entries(office)
    assert status(office, lighting) == status(office, cctv) is not None


def test_a_changed_document_is_noted_with_the_correction_that_was_confirmed(office: Office) -> None:
    taken(office, unpaid())
    held = previewed(office, extract(paid(amount="90.00"))).state
    assert counts(held) == {"changed": 1}
    (named,) = entries(office)
    assert status(office, named) is None

    done = committed(office, held, 1)

    assert (done.posted_pence, done.paid) == (-1_000, 0)
    assert status(office, named) == Paid(on=date(2023, 11, 3), reference="BACS 77", import_id=held.id)
    assert whole(office)


def test_a_closed_quarter_takes_what_is_known_of_its_payments(office: Office) -> None:
    taken(office, unpaid(on="02/10/2023"))
    for quarter in ("2023-24-Q1", "2023-24-Q2", "2023-24-Q3"):
        closing.hold_and_close(office.context(), GRANT, Quarter.parse(quarter), "Quarter end")

    taken(office, paid(on="03/11/2023"))

    (named,) = entries(office)
    assert status(office, named)
    assert whole(office)


def test_what_waits_in_suspense_is_noted_when_it_is_posted(office: Office) -> None:
    done = taken(office, paid(centre="SS5", amount="5000.00"))
    assert done.posted == 0

    suspense.post(as_(office), f"{done.id}.1", Elsewhere(initiative_id="lighting"), "Lighting pays")

    (named,) = entries(office)
    assert status(office, named) == Paid(on=date(2023, 11, 3), reference="BACS 77", import_id=done.id)
    assert whole(office)


@pytest.mark.parametrize("number", [1, 95, 100, 230])
def test_many_payments_are_noted_a_write_at_a_time_and_each_once(office: Office, number: int) -> None:
    rows = [str(each) for each in range(number)]
    taken(office, *(unpaid(each, amount="1.00") for each in rows))
    held = previewed(office, extract(*(paid(each, amount="1.00") for each in rows))).state
    assert held.preview

    done = import_posting.commit(as_(office), held.id, Asked(digest=held.preview.digest)).state
    while done.state is ImportState.COMMITTING:
        done = import_posting.commit(as_(office), held.id, Asked(digest=held.preview.digest)).state

    assert (done.paid, done.done) == (number, number)
    assert sorted(each[0] for fact in notes(office) for each in fact) == sorted(entries(office))
    assert whole(office)


def test_a_commit_that_was_broken_off_goes_on_and_notes_nothing_twice(office: Office) -> None:
    rows = [str(each) for each in range(200)]
    taken(office, *(unpaid(each, amount="1.00") for each in rows))
    held = previewed(office, extract(unpaid("new"), *(paid(each, amount="1.00") for each in rows))).state
    assert held.preview
    seen = registers.find(office.context(), Import, held.id)
    begun = import_posting._begun(as_(office), seen, Asked(digest=held.preview.digest))
    part = import_posting.go_on(as_(office), begun, 50)
    assert 0 < part.state.done < part.state.to_do == 201

    done = committed(office, held)

    assert (done.posted, done.paid, done.done) == (1, 200, 201)
    noted = [each[0] for fact in notes(office) for each in fact]
    assert len(noted) == len(set(noted)) == 200
    assert whole(office)


def test_a_status_that_was_tampered_with_is_found(office: Office) -> None:
    taken(office, paid())
    (named,) = entries(office)
    store = office.store
    assert isinstance(store, MemoryStore)
    key = (GRANT, int(named.rpartition(".")[2]))
    store._standings[key] = replace(store._standings[key], mark="")

    problems = [problem for verdict in verification.verify_all(office.context()) for problem in verdict.problems]
    assert len(problems) == 1
    assert problems[0].startswith(f"The standing of grant#{GRANT}'s record {key[1]} is kept as")


def test_wrong_payments_reject_their_rows_and_nothing_of_them_is_posted(office: Office) -> None:
    held = previewed(office, extract(paid("1", on="01/10/2023"), paid("2", on="02/02/2024"), paid("3", on="x"), paid("4"))).state

    assert counts(held) == {"added": 1, "rejected": 3}
    told = [(each.row, each.column, each.value, each.wrong) for line in shown(office, held, Status.REJECTED) for each in line.complaints]
    assert told == [
        (2, "Cleared on", "2023-10-01", "is before its document"),
        (3, "Cleared on", "2024-02-02", "has not come yet"),
        (4, "Cleared on", "x", "is not a date"),
    ]
    assert committed(office, held).posted == 1
    assert found(office, held.id).paid == 0
