"""Dropped files: one import each, previewed and told of, and never committed by itself."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pytest

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.dropped_files import Dropped
from chalicelib.domain.imports import Import, ImportState
from chalicelib.domain.people import INCOMING
from chalicelib.domain.values import replace
from chalicelib.services import reading, registers, verification
from chalicelib.services.dropped_files import NotTold, Taken, take_in
from chalicelib.storage.mail import FolderMail, MailRefused, MailUnanswered, Message
from chalicelib.storage.objects import FolderDrops, FolderObjects, ObjectMissing, Stored
from tests.extracts.layouts import row
from tests.services.importing import committed, counts, csv, found, opened
from tests.services.offices import SETTINGS, Office, invoice, line, pay

KEY = "incoming/payments/Extract of October+November (1) é.csv"
CONTENT = csv(row(), row(on="x", number="2"))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return opened(Office(folder=tmp_path / "objects").open())


def system(office: Office, *, told: bool = True, largest: int = 1_000_000) -> Context:
    """The system's own context, where finance is told."""
    emails = ("finance@office.example",) if told else ()
    settings = replace(SETTINGS, finance_emails=emails, reminder_sender="grants@office.example", evidence_largest_bytes=largest)
    return replace(office.context(INCOMING), settings=settings)


def drops(office: Office) -> FolderDrops:
    return FolderDrops(office.folder.parent / "door")


def mail(office: Office) -> FolderMail:
    return FolderMail(office.folder.parent / "mail")


def drop(office: Office, content: bytes = CONTENT, key: str = KEY) -> Dropped:
    path = drops(office).root / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Dropped(key=key, size=len(content))


def taken(office: Office, dropped: Dropped) -> Taken:
    return take_in(system(office), mail(office), drops(office), dropped)


def test_a_dropped_file_is_previewed_in_the_systems_name_and_finance_is_told(office: Office) -> None:
    given = taken(office, drop(office))

    held = found(office, given.import_id)
    assert given == Taken(key=KEY, import_id=held.id, state=ImportState.PREVIEWED, told=True)
    assert (held.announced_by, held.dropped_as) == ("streetlight incoming", KEY)
    assert held.file_name == "Extract of October+November (1) é.csv"
    assert counts(held) == {"added": 1, "rejected": 1}
    (message,) = mail(office).sent()
    text = message.read_text()
    assert "To: finance@office.example" in text
    assert held.preview
    assert held.preview.digest not in text


def test_nothing_of_it_is_posted_before_a_person_of_finance_commits_it(office: Office) -> None:
    held = found(office, taken(office, drop(office)).import_id)
    assert held.posted == 0
    assert INCOMING.roles == frozenset()

    done = committed(office, held)
    assert (done.state, done.posted, done.committed_by) == (ImportState.COMMITTED, 1, "finance")


@pytest.mark.parametrize("name", ["incoming/payments/October.csv", KEY])
def test_the_same_file_twice_makes_one_import_and_one_message(office: Office, name: str) -> None:
    first = taken(office, drop(office))
    again = taken(office, drop(office, key=name))

    assert again.import_id == first.import_id
    assert len(list(registers.every(office.context(), Import))) == 1
    assert len(mail(office).sent()) == 1
    assert [record.fact.KIND for record in reading.records(office.context(), Name(Kind.IMPORT, first.import_id))] == [
        "import_announced",
        "import_previewed",
        "finance_told",
    ]


def test_a_file_that_comes_again_after_the_ledger_moved_is_previewed_and_told_anew(office: Office) -> None:
    first = found(office, taken(office, drop(office)).import_id)
    pay(office.context(), invoice("77", 1_000), line("lighting", 1_000))

    again = found(office, taken(office, drop(office)).import_id)

    assert first.preview
    assert again.preview
    assert again.preview.digest != first.preview.digest
    assert len(mail(office).sent()) == 2


def test_a_file_that_comes_again_after_it_was_committed_changes_nothing(office: Office) -> None:
    done = committed(office, found(office, taken(office, drop(office)).import_id))

    assert taken(office, drop(office)).state is ImportState.COMMITTED
    assert found(office, done.id) == done
    assert len(mail(office).sent()) == 1


UNREADABLE = b'Date,Amount\n"1,2\n'
REFUSED = [
    ("incoming/nowhere/October.csv", CONTENT, "There is no profile with the id 'nowhere'."),
    ("incoming/October.csv", CONTENT, "'incoming/October.csv' is not incoming/, the id of a mapping profile"),
    ("incoming/payments/October.pdf", CONTENT, "it must end with .csv or .xlsx"),
    ("incoming/payments/a\nb.csv", CONTENT, "/file_name: may not hold"),
    ("incoming/payments/October.csv", b"Date\n" + b"x" * 1_000_000, "The file has 1,000,005 bytes and up to 1,000,000 are taken"),
    ("incoming/payments/October.csv", UNREADABLE, "quote"),
]


@pytest.mark.parametrize(("key", "content", "why"), REFUSED, ids=["profile", "place", "type", "name", "size", "quote"])
def test_what_cannot_be_previewed_is_told_and_kept(office: Office, key: str, content: bytes, why: str) -> None:
    dropped = drop(office, content, key)

    given = taken(office, dropped)

    assert why in given.refused
    assert (given.state, given.told) == (None, True)
    (message,) = mail(office).sent()
    assert message.name.startswith("dropped.")
    assert "Nothing of it is posted" in message.read_text()
    assert drops(office).get(key, "") == content


def test_a_file_that_is_none_of_its_type_is_refused_on_the_record_and_told_once(office: Office) -> None:
    given = [taken(office, drop(office, b"%PDF-1.4", "incoming/payments/October.csv")) for _ in range(2)]

    assert [(each.state, each.told) for each in given] == [(ImportState.REFUSED, True)] * 2
    assert given[0].refused == "It does not begin as a file of the type text/csv does."
    assert len(mail(office).sent()) == 1


def test_an_extract_that_could_not_be_read_is_read_again_when_it_comes_again(office: Office) -> None:
    dropped = drop(office, UNREADABLE)
    taken(office, dropped)

    (held,) = registers.every(office.context(), Import)
    assert held.state.state is ImportState.ANNOUNCED
    assert "quote" in taken(office, dropped).refused


def test_where_nobody_is_to_be_told_nobody_is(office: Office) -> None:
    given = take_in(system(office, told=False), mail(office), drops(office), drop(office))

    assert (given.state, given.told) == (ImportState.PREVIEWED, False)
    assert mail(office).sent() == ()


class Failing:
    """Mail that fails so many times, and then is sent."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.sent: list[str] = []

    def send(self, message: Message) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message.name)
        return "m-1"


@pytest.mark.parametrize("failure", [MailRefused("Amazon SES refused it: Throttled."), MailUnanswered("ReadTimeout")])
def test_a_run_whose_message_was_not_sent_fails_and_the_next_sends_it(office: Office, failure: Exception) -> None:
    failing = Failing(failure)
    dropped = drop(office)
    with pytest.raises(NotTold, match="Finance was not told of import"):
        take_in(system(office), failing, drops(office), dropped)

    given = take_in(system(office), failing, drops(office), dropped)

    assert (given.state, given.told, len(failing.sent)) == (ImportState.PREVIEWED, True, 1)
    assert len(list(registers.every(office.context(), Import))) == 1


def test_a_refusal_that_could_not_be_told_fails_the_run(office: Office) -> None:
    with pytest.raises(NotTold, match="a dropped file that is refused"):
        take_in(system(office), Failing(MailUnanswered("x")), drops(office), drop(office, key="incoming/x.csv"))


@dataclass(frozen=True)
class FullDisk(FolderObjects):
    """A store that takes so many files, and then no more."""

    takes: int = 0
    taken: list[str] = field(default_factory=list)

    def put(self, key: str, content: BinaryIO, *, content_type: str) -> Stored:
        if len(self.taken) == self.takes:
            raise OSError("No space left on device")
        self.taken.append(key)
        return super().put(key, content, content_type=content_type)


@pytest.mark.parametrize("takes", [0, 1, 2])
def test_a_run_that_was_broken_off_is_taken_up_where_it_was(office: Office, takes: int) -> None:
    dropped = drop(office)
    full = FullDisk(office.folder, "http://127.0.0.1/objects", b"a key that signs links", takes=takes)
    with pytest.raises(OSError, match="No space"):
        take_in(replace(system(office), objects=full), mail(office), drops(office), dropped)

    given = taken(office, dropped)

    assert given.state is ImportState.PREVIEWED
    assert counts(found(office, given.import_id)) == {"added": 1, "rejected": 1}
    assert len(list(registers.every(office.context(), Import))) == 1
    assert [verdict.problems for verdict in verification.verify_all(office.context()) if verdict.problems] == []


def test_a_file_that_is_gone_fails_the_run(office: Office) -> None:
    with pytest.raises(ObjectMissing):
        taken(office, Dropped(key=KEY, size=10))
