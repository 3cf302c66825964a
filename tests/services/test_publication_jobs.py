"""Publications in the background: asked for by a request, done by a job, watched, cancelled, killed and gone on with."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib import jobs
from chalicelib.backend import Backend
from chalicelib.context import Context, Once
from chalicelib.domain.aggregates import Record
from chalicelib.domain.errors import NotInState, StaleView
from chalicelib.domain.publication_refusals import DraftStale, NothingWaits, PublicationWaits
from chalicelib.domain.publications import Publication, PublicationState, name_of
from chalicelib.domain.values import replace
from chalicelib.services import drafts, entries, kept_files, publication_ends, publication_jobs, publications, reading
from chalicelib.services.rebuilding import rebuild
from chalicelib.services.unit import Replayed
from chalicelib.services.verification import verify_all
from chalicelib.storage.mail import FolderMail
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Batch, RequestKey, Store, StoreBusy
from tests.services.counting import counting, promised
from tests.services.failing_objects import FailingObjects
from tests.services.large_offices import publisher, staffordshire
from tests.services.offices import Office, before_each_write, invoice, line, pay

APRIL, MAY = (datetime(2024, month, 1, 5, 0, tzinfo=UTC) for month in (4, 5))
TICK = {"time": "2024-04-01T05:05:00Z", "id": "tick"}
WHY = "Next month will do"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(publication_jobs, "RECORDS_AT_ONCE", 10)
    monkeypatch.setattr(publication_jobs, "BYTES_AT_ONCE", 1_000)
    return staffordshire(tmp_path / "objects")


@pytest.fixture
def mail(tmp_path: Path) -> FolderMail:
    return FolderMail(tmp_path / "mail")


def asker(office: Office, now: datetime = APRIL) -> Context:
    return publisher(office, now, publisher_emails=("publisher@office.example",), reminder_sender="grants@office.example")


def run(office: Office, mail: FolderMail) -> dict[str, int]:
    context = asker(office)
    return jobs.continue_publications(Backend(settings=context.settings, store=office.store, objects=context.objects), mail, TICK)


def found(office: Office, publication: Publication) -> Publication:
    return publications.find(office.context(), publication.id)


def facts(office: Office, publication: Publication) -> list[Record]:
    return list(reading.records(office.context(), name_of(publication.id)))


def kinds(office: Office, publication: Publication) -> list[str]:
    return [record.kind for record in facts(office, publication)]


def letters(mail: FolderMail) -> list[tuple[str, str]]:
    read = (message_from_bytes(file.read_bytes(), policy=policy.default) for file in mail.sent())
    return [(message["Subject"], message.get_content()) for message in read]


def public(office: Office) -> list[str]:
    return list(office.context().objects.list("published/"))


def test_a_small_ledger_is_published_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication_jobs, "RECORDS_AT_ONCE", 1_000)
    made = publication_jobs.publish(asker(office))

    assert (made.state, made.waits) == (PublicationState.MADE, False)


def test_on_a_machine_of_ones_own_everything_is_done_at_once(office: Office) -> None:
    context = asker(office)
    local = replace(context, settings=replace(context.settings, local_objects="objects"))
    drafted = publication_jobs.publish(local, as_draft=True)

    assert drafted.state is PublicationState.DRAFTED
    assert publication_jobs.publish_draft(local, drafted.id).state is PublicationState.MADE


def test_of_a_large_ledger_a_publication_waits_with_its_position_taken(office: Office) -> None:
    waiting = publication_jobs.publish(asker(office))

    assert (waiting.id, waiting.state, waiting.waits, waiting.requested_by) == ("2024-04-01-1", PublicationState.BEGUN, True, "publisher")
    assert found(office, waiting) == waiting
    assert publications.every(office.context()) == (waiting,)
    assert (publications.latest(office.context()), public(office)) == (None, [])


def test_the_scheduled_job_makes_what_waits_as_the_ledger_stood_when_it_was_asked_for(office: Office, mail: FolderMail) -> None:
    waiting = publication_jobs.publish(asker(office))
    position = publications.position_of(office.context(), waiting.id)
    entries.refund(office.context(), "ssf-1-staffordshire.6", date(2021, 2, 1), 45, "CN 9", "Carriage")

    assert run(office, mail) == {"done": 1, "failed": 0}
    assert run(office, mail) == {"done": 0, "failed": 0}

    made = found(office, waiting)
    assert (made.state, made.requested_by, made.waits) == (PublicationState.MADE, "publisher", False)
    assert publications.position_of(office.context(), made.id) == position
    assert all(file.is_the_same for file in rebuild(office.context(), made.id).files)
    assert publications.latest(office.context()) == made
    assert [problem for verdict in verify_all(office.context()) for problem in verdict.problems] == []
    assert list(kept_files.unrecorded(office.context())) == []


def test_it_makes_the_files_that_a_request_would_have_made(office: Office, mail: FolderMail, tmp_path: Path) -> None:
    in_background = publication_jobs.publish(asker(office))
    run(office, mail)
    at_once = publications.publish(asker(staffordshire(tmp_path / "other")))

    figures = {file.name: file.sha256 for file in at_once.files if file.name in {"figures.json", "entries.json", "summary.json"}}
    assert {file.name: file.sha256 for file in found(office, in_background).files if file.name in figures} == figures


def test_a_draft_that_was_asked_for_is_made_and_the_publisher_told(office: Office, mail: FolderMail) -> None:
    waiting = publication_jobs.publish(asker(office), as_draft=True)

    assert run(office, mail) == {"done": 1, "failed": 0}

    made = found(office, waiting)
    assert (made.state, made.told, made.waits) == (PublicationState.DRAFTED, True, False)
    assert [subject for subject, _ in letters(mail)] == ["Draft 2024-04-01-1 waits to be read and published"]


def test_a_large_draft_is_published_by_the_job_in_the_name_of_who_asked(office: Office, mail: FolderMail) -> None:
    drafted = publications.publish(asker(office), as_draft=True)
    asked = publication_jobs.publish_draft(replace(asker(office), expected_version=str(drafted.seq)), drafted.id)
    assert (asked.state, asked.waits, public(office)) == (PublicationState.DRAFTED, True, [])

    assert run(office, mail) == {"done": 1, "failed": 0}
    assert run(office, mail) == {"done": 0, "failed": 0}

    made = found(office, drafted)
    assert (made.state, made.files, made.waits) == (PublicationState.MADE, drafted.files, False)
    assert kinds(office, drafted) == ["publication_begun", "publication_drafted", "publishing_asked", "publication_made"]
    assert [record.by for record in facts(office, drafted)[2:]] == ["publisher", "publisher"]
    assert [problem for verdict in verify_all(office.context()) for problem in verdict.problems] == []


def test_asked_again_a_draft_that_waits_is_the_answer_and_nothing_is_recorded(office: Office) -> None:
    drafted = publications.publish(asker(office), as_draft=True)
    asked = publication_jobs.publish_draft(asker(office), drafted.id)

    assert publication_jobs.publish_draft(asker(office), drafted.id) == asked
    assert len(facts(office, drafted)) == 3


def test_what_refuses_a_draft_refuses_it_before_it_waits(office: Office) -> None:
    drafted = publications.publish(asker(office), as_draft=True)
    publications.publish(asker(office))

    with pytest.raises(DraftStale):
        publication_jobs.publish_draft(asker(office), drafted.id)
    with pytest.raises(StaleView):
        publication_jobs.publish_draft(replace(asker(office), expected_version="1"), drafted.id)
    assert not found(office, drafted).waits


def test_a_draft_that_is_refused_when_its_turn_comes_waits_no_more_and_says_why(office: Office, mail: FolderMail) -> None:
    drafted = publications.publish(asker(office), as_draft=True)
    publication_jobs.publish_draft(asker(office), drafted.id)
    publications.publish(asker(office))

    assert run(office, mail) == {"done": 0, "failed": 1}
    assert run(office, mail) == {"done": 0, "failed": 0}

    held = found(office, drafted)
    why = (
        "Draft 2024-04-01-1 tells what has changed since no publication, and the latest is 2024-04-01-2 by now: "
        "discard it, and make another."
    )
    assert (held.state, held.waits, held.failed) == (PublicationState.DRAFTED, False, why)
    ((subject, text),) = letters(mail)
    assert subject == "Publication 2024-04-01-1 was not published"
    assert why in text.replace("\n", " ")


def test_gaps_are_found_by_the_job_and_told(mail: FolderMail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication_jobs, "RECORDS_AT_ONCE", 1)
    office = Office(folder=tmp_path / "with gaps").open()
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))
    waiting = publication_jobs.publish(asker(office))

    assert run(office, mail) == {"done": 0, "failed": 1}

    held = found(office, waiting)
    assert (held.state, held.waits) == (PublicationState.ABANDONED, False)
    assert held.failed.startswith("Nothing was published.")
    assert [subject for subject, _ in letters(mail)] == ["Publication 2024-04-01-1 was not published"]
    assert public(office) == []


@pytest.mark.parametrize(("fails_at", "as_draft"), [(0, False), (1, False), (20, False), (0, True)])
def test_a_run_that_broke_off_is_gone_on_with_and_ends_whole(office: Office, mail: FolderMail, fails_at: int, as_draft: bool) -> None:
    waiting = publication_jobs.publish(asker(office), as_draft=as_draft)
    with pytest.raises(ConnectionError):
        list(publication_jobs.go_on(replace(asker(office), objects=FailingObjects(office.folder, fails_at)), mail))
    assert found(office, waiting).waits

    assert run(office, mail) == {"done": 1, "failed": 0}
    assert found(office, waiting).state is (PublicationState.DRAFTED if as_draft else PublicationState.MADE)


@pytest.mark.parametrize("fails_at", [0, 1, 20])
def test_publishing_a_draft_that_broke_off_is_gone_on_with(office: Office, mail: FolderMail, fails_at: int) -> None:
    drafted = publications.publish(asker(office), as_draft=True)
    publication_jobs.publish_draft(asker(office), drafted.id)
    with pytest.raises(ConnectionError):
        list(publication_jobs.go_on(replace(asker(office), objects=FailingObjects(office.folder, fails_at)), mail))
    assert found(office, drafted).waits

    assert run(office, mail) == {"done": 1, "failed": 0}
    assert found(office, drafted).state is PublicationState.MADE


class BusyStore(MemoryStore):
    """The same store, which refuses every write for now."""

    def __init__(self, inner: Store) -> None:
        self.__dict__.update(vars(inner))

    def record(self, batch: Batch) -> None:
        raise StoreBusy


@pytest.mark.parametrize("ask", ["a publication", "a draft's publication"])
def test_what_the_store_refuses_for_now_waits_for_the_next_run(office: Office, mail: FolderMail, ask: str) -> None:
    if ask == "a publication":
        waiting = publication_jobs.publish(asker(office))
    else:
        waiting = publication_jobs.publish_draft(asker(office), publications.publish(asker(office), as_draft=True).id)
    with pytest.raises(StoreBusy):
        list(publication_jobs.go_on(replace(asker(office), store=BusyStore(office.store)), mail))
    assert found(office, waiting) == waiting

    assert run(office, mail) == {"done": 1, "failed": 0}
    assert found(office, waiting).state is PublicationState.MADE


def test_two_runs_at_once_publish_a_draft_once(office: Office, mail: FolderMail) -> None:
    drafted = publications.publish(asker(office), as_draft=True)
    publication_jobs.publish_draft(asker(office), drafted.id)

    def rival() -> None:
        if found(office, drafted).waits:
            run(office, mail)

    context = asker(office)
    (ended,) = publication_jobs.go_on(replace(context, store=before_each_write(office.store, rival)), mail)

    assert (ended.state, ended.failed) == (PublicationState.MADE, "")
    assert kinds(office, drafted) == ["publication_begun", "publication_drafted", "publishing_asked", "publication_made"]


def test_what_a_request_left_unfinished_is_finished_by_the_next_run_too(office: Office, mail: FolderMail) -> None:
    with pytest.raises(ConnectionError):
        publications.publish(replace(asker(office), objects=FailingObjects(office.folder, 1)))

    assert run(office, mail) == {"done": 1, "failed": 0}
    latest = publications.latest(office.context())
    assert latest
    assert latest.id == "2024-04-01-1"


def test_two_runs_at_once_do_it_once(office: Office, mail: FolderMail) -> None:
    waiting = publication_jobs.publish(asker(office))
    made = publication_ends.made_again(asker(office), waiting)
    assert made
    run(office, mail)
    publication_ends.finish_for_another(asker(office, MAY), waiting, made.contents)

    assert kinds(office, waiting) == ["publication_begun", "publication_made"]


def test_code_of_another_version_gives_up_what_waits_and_says_so(office: Office, mail: FolderMail) -> None:
    waiting = publication_jobs.publish(asker(office))
    (ended,) = publication_jobs.go_on(publisher(office, MAY, code_version="2"), mail)

    assert (ended.id, ended.state, ended.failed) == (waiting.id, PublicationState.ABANDONED, "Other code runs now: version 2")


def test_one_thing_waits_at_a_time(office: Office) -> None:
    drafted = publications.publish(asker(office), as_draft=True)
    publication_jobs.publish_draft(asker(office), drafted.id)
    with pytest.raises(PublicationWaits, match="Publication 2024-04-01-1 is being made or published"):
        publication_jobs.publish(asker(office))
    publication_jobs.cancel(asker(office), drafted.id, WHY)

    waiting = publication_jobs.publish(asker(office))
    for as_draft in (False, True):
        with pytest.raises(PublicationWaits, match=waiting.id):
            publication_jobs.publish(asker(office), as_draft=as_draft)
    with pytest.raises(PublicationWaits, match=waiting.id):
        publication_jobs.publish_draft(asker(office), drafted.id)


def test_the_same_request_finds_what_it_asked_for(office: Office, mail: FolderMail) -> None:
    def answer(outcome: object) -> str:
        assert isinstance(outcome, Publication)
        return json.dumps([outcome.id, outcome.waits])

    once = Once(request=RequestKey("publisher", "key-1"), fingerprint=sha256(b"asked").hexdigest(), answer=answer)
    context = replace(asker(office), once=once)
    publication_jobs.publish(context)

    for _ in range(2):
        with pytest.raises(Replayed) as replayed:
            publication_jobs.publish(context)
        assert json.loads(replayed.value.body) == ["2024-04-01-1", True]
        run(office, mail)
    assert len(publications.every(office.context())) == 1


@pytest.mark.parametrize("as_draft", [False, True])
def test_what_is_cancelled_is_not_made(office: Office, mail: FolderMail, as_draft: bool) -> None:
    waiting = publication_jobs.publish(asker(office), as_draft=as_draft)
    ended = publication_jobs.cancel(asker(office), waiting.id, WHY)

    assert (ended.state, ended.failed, ended.waits) == (PublicationState.ABANDONED, "Cancelled: Next month will do", False)
    assert run(office, mail) == {"done": 0, "failed": 0}
    assert publication_jobs.publish(asker(office)).id == "2024-04-01-2"


def test_a_draft_whose_publishing_is_cancelled_stays_a_draft(office: Office, mail: FolderMail) -> None:
    drafted = publications.publish(asker(office), as_draft=True)
    publication_jobs.publish_draft(asker(office), drafted.id)
    held = publication_jobs.cancel(asker(office), drafted.id, WHY)

    assert (held.state, held.failed, held.waits) == (PublicationState.DRAFTED, "Cancelled: Next month will do", False)
    assert run(office, mail) == {"done": 0, "failed": 0}
    assert public(office) == []
    again = publication_jobs.publish_draft(asker(office), drafted.id)
    assert (again.waits, again.failed) == (True, "")


def test_a_draft_that_waits_may_be_discarded_and_is_not_published(office: Office, mail: FolderMail) -> None:
    drafted = publications.publish(asker(office), as_draft=True)
    publication_jobs.publish_draft(asker(office), drafted.id)
    drafts.discard(asker(office), drafted.id, WHY)

    assert run(office, mail) == {"done": 0, "failed": 0}
    assert found(office, drafted).state is PublicationState.DISCARDED


def test_only_what_waits_is_cancelled_and_only_as_it_was_seen(office: Office, mail: FolderMail) -> None:
    waiting = publication_jobs.publish(asker(office))
    with pytest.raises(StaleView):
        publication_jobs.cancel(replace(asker(office), expected_version="7"), waiting.id, WHY)
    run(office, mail)

    with pytest.raises(NothingWaits):
        publication_jobs.cancel(asker(office), waiting.id, WHY)


def test_a_cancellation_that_comes_while_files_are_put_ends_the_run(office: Office, mail: FolderMail) -> None:
    waiting = publication_jobs.publish(asker(office))
    made = publication_ends.made_again(asker(office), waiting)
    assert made
    publication_jobs.cancel(asker(office), waiting.id, WHY)
    publication_ends.finish_for_another(asker(office), waiting, made.contents)

    assert kinds(office, waiting) == ["publication_begun", "publication_abandoned"]
    with pytest.raises(NotInState):
        drafts.withdraw(asker(office), waiting.id, WHY)


def test_each_request_takes_the_calls_that_are_promised(office: Office) -> None:
    calls: dict[str, list[str]] = {}

    def count(request: str, act: Callable[[Context], object]) -> None:
        counted = counting(office.store)
        act(replace(asker(office), store=counted))
        calls[request] = counted.calls

    drafted = publications.publish(asker(office), as_draft=True)
    count("publish a draft", lambda context: publication_jobs.publish_draft(context, drafted.id))
    count("tell, or cancel", lambda context: publication_jobs.cancel(context, drafted.id, WHY))

    assert calls == {request: of for request, of in promised("publications").items() if request in calls}
    assert len(calls) == 2
