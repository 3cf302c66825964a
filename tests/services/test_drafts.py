"""Drafts: what the publisher reads is what goes out, to the byte; and publications that are withdrawn leave a tombstone."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chalicelib.context import Context
from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import Missing, NotInState, StaleView
from chalicelib.domain.publication_refusals import DraftChanged, DraftStale
from chalicelib.domain.publications import Publication, PublicationState
from chalicelib.domain.values import replace
from chalicelib.reports.verify_publication import check
from chalicelib.services import drafts, entries, kept_files, publications, reading
from chalicelib.services.rebuilding import rebuild
from chalicelib.services.verification import verify_all
from chalicelib.storage.mail import FolderMail, MailRefused, MailUnanswered, Message
from tests.services.counting import counting, promised
from tests.services.failing_objects import FailingObjects
from tests.services.large_offices import publisher, staffordshire
from tests.services.offices import Office

APRIL, MAY = (datetime(2024, month, 1, 5, 0, tzinfo=UTC) for month in (4, 5))
WHY = "An address was in it that must not be public."


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return staffordshire(tmp_path / "objects")


def draft(office: Office, now: datetime = APRIL) -> Publication:
    return publications.publish(publisher(office, now), as_draft=True)


def post(office: Office) -> None:
    entries.refund(office.context(), "ssf-1-staffordshire.6", date(2021, 2, 1), 45, "CN 9", "Carriage")


def archive(context: Context, publication: Publication) -> dict[str, bytes]:
    """The draft's files, fetched by the link that the publisher gets."""
    key = urlsplit(drafts.preview(context, publication.id)).path.removeprefix("/objects/")
    with zipfile.ZipFile(io.BytesIO(context.objects.get(key))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def public(context: Context) -> dict[str, bytes]:
    return {key: context.objects.get(key) for key in context.objects.list("published/")}


def recorded(office: Office, publication_id: str) -> list[str]:
    context = office.context()
    (name,) = (head.name for head in context.store.heads(Kind.PUBLICATION) if head.name.id == publication_id)
    return [record.kind for record in reading.records(context, name)]


def test_a_draft_is_nowhere_that_the_public_can_read(office: Office) -> None:
    made = draft(office)

    assert (made.id, made.state, len(made.files)) == ("2024-04-01-1", PublicationState.DRAFTED, 14)
    assert public(office.context()) == {}
    assert publications.latest(office.context()) is None
    assert recorded(office, made.id) == ["publication_begun", "publication_drafted"]


def test_what_the_publisher_read_goes_out_to_the_byte_whatever_came_after(office: Office) -> None:
    made = draft(office)
    context = publisher(office, MAY)
    read = archive(context, made)
    post(office)

    published = drafts.publish_draft(replace(context, expected_version=str(made.seq)), made.id)

    assert public(context) == {f"published/2024-04-01-1/{name}": content for name, content in read.items()}
    assert (published.state, published.files, published.made_at) == (PublicationState.MADE, made.files, MAY)
    assert check(read.get).holds
    assert publications.latest(context) == published


@pytest.mark.parametrize("fails_at", [0, 1, 20])
def test_publishing_a_draft_that_broke_off_goes_on_where_it_stopped_and_ends_whole(office: Office, fails_at: int) -> None:
    made = draft(office)
    context = publisher(office, MAY)
    read = archive(context, made)
    with pytest.raises(ConnectionError):
        drafts.publish_draft(replace(context, objects=FailingObjects(office.folder, fails_at)), made.id)
    assert len(public(context)) == fails_at
    assert publications.find(context, made.id).state is PublicationState.DRAFTED

    published = drafts.publish_draft(context, made.id)

    assert published.state is PublicationState.MADE
    assert public(context) == {f"published/2024-04-01-1/{name}": content for name, content in read.items()}
    assert check({name: public(context)[f"published/2024-04-01-1/{name}"] for name in read}.get).holds


def test_a_draft_whose_archive_broke_off_is_finished_by_the_next_event_as_it_was_begun(office: Office) -> None:
    context = publisher(office, APRIL)
    with pytest.raises(ConnectionError):
        publications.publish_monthly(replace(context, objects=FailingObjects(office.folder, 0)))
    post(office)

    made = publications.publish_monthly(context)

    assert (made.id, made.state) == ("2024-04-01-1", PublicationState.DRAFTED)
    assert recorded(office, made.id) == ["publication_begun", "publication_drafted"]
    assert all(file.is_the_same for file in rebuild(office.context(), made.id).files)


def test_a_draft_is_published_by_code_of_another_version_all_the_same(office: Office) -> None:
    made = draft(office)

    assert drafts.publish_draft(publisher(office, MAY, code_version="2"), made.id).code_version == "test"


def test_a_draft_can_be_made_again_from_its_position(office: Office) -> None:
    made = draft(office)
    post(office)

    assert all(file.is_the_same for file in rebuild(office.context(), made.id).files)


def test_others_may_publish_while_a_draft_waits_and_it_is_refused_then(office: Office) -> None:
    waiting = draft(office)
    post(office)
    context = publisher(office, APRIL)
    publications.publish(context)

    with pytest.raises(DraftStale, match="tells what has changed since no publication, and the latest is 2024-04-01-2 by now"):
        drafts.publish_draft(context, waiting.id)


def test_a_draft_that_lists_what_was_withdrawn_since_it_was_made_is_refused_and_says_so(office: Office) -> None:
    context = publisher(office, APRIL)
    publications.publish(context)
    post(office)
    publications.publish(context)
    listing = draft(office)
    assert drafts.judged(context, listing.id) == (listing, None)
    drafts.withdraw(context, "2024-04-01-1", WHY)

    _, stale = drafts.judged(context, listing.id)
    assert stale
    assert stale.detail == (
        "Draft 2024-04-01-3 does not say that 2024-04-01-1 was withdrawn since it was made: discard it, and make another."
    )
    with pytest.raises(DraftStale, match="does not say that 2024-04-01-1 was withdrawn"):
        drafts.publish_draft(context, listing.id)
    assert {key for key in public(context) if key.startswith("published/2024-04-01-3/")} == set()


def test_a_draft_made_again_after_a_withdrawal_says_so_and_is_published(office: Office) -> None:
    context = publisher(office, APRIL)
    publications.publish(context)
    publications.publish(context)
    drafts.withdraw(context, "2024-04-01-1", WHY)
    again = draft(office)

    assert drafts.judged(context, again.id) == (again, None)
    assert drafts.publish_draft(context, again.id).state is PublicationState.MADE


def test_a_draft_that_was_overtaken_twice_over_says_both(office: Office) -> None:
    context = publisher(office, APRIL)
    for _ in range(2):
        publications.publish(context)
    overtaken = draft(office)
    for each in ("2024-04-01-2", "2024-04-01-1"):
        drafts.withdraw(context, each, WHY)

    with pytest.raises(DraftStale) as refused:
        drafts.publish_draft(context, overtaken.id)

    assert refused.value.withdrawn == ("2024-04-01-2", "2024-04-01-1")
    assert refused.value.detail == (
        "Draft 2024-04-01-3 tells what has changed since 2024-04-01-2, and the latest is none by now and does not say that 2024-04-01-2, "
        "2024-04-01-1 were withdrawn since it was made: discard it, and make another."
    )


def test_a_draft_is_published_once(office: Office) -> None:
    made, context = draft(office), publisher(office, MAY)
    drafts.publish_draft(context, made.id)

    with pytest.raises(NotInState, match="is made; this needs it to be drafted"):
        drafts.publish_draft(context, made.id)


@pytest.mark.parametrize(
    "act",
    [drafts.publish_draft, lambda context, named: drafts.discard(context, named, WHY)],
)
def test_what_was_seen_before_it_changed_is_not_acted_on(office: Office, act: Callable[[Context, str], Publication]) -> None:
    made = draft(office)

    with pytest.raises(StaleView):
        act(replace(publisher(office, MAY), expected_version="1"), made.id)
    assert publications.find(office.context(), made.id) == made


def test_a_discarded_draft_is_never_published_and_stays_on_the_record(office: Office) -> None:
    made, context = draft(office), publisher(office, MAY)
    assert drafts.discard(context, made.id, "A figure is wrong").state is PublicationState.DISCARDED

    for act in (drafts.publish_draft, drafts.preview):
        with pytest.raises(NotInState):
            act(context, made.id)
    assert recorded(office, made.id) == ["publication_begun", "publication_drafted", "publication_discarded"]
    assert publications.publish(context).id == "2024-05-01-1"


def test_a_draft_whose_archive_was_changed_is_not_published(office: Office) -> None:
    made, context = draft(office), publisher(office, MAY)
    (kept,) = office.folder.rglob("*.zip")
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes().replace(b"104858805", b"104858806"))

    with pytest.raises(DraftChanged, match=r"publication-2024-04-01-1\.zip of draft 2024-04-01-1"):
        drafts.publish_draft(context, made.id)
    assert public(context) == {}


def test_what_was_never_drafted_has_no_preview(office: Office) -> None:
    with pytest.raises(Missing):
        drafts.preview(publisher(office, MAY), "2024-04-01-1")


def test_a_withdrawn_publication_leaves_a_tombstone_and_its_files(office: Office) -> None:
    context = publisher(office, APRIL)
    first = publications.publish(context)
    before = public(context)
    withdrawn = drafts.withdraw(publisher(office, MAY), first.id, WHY)

    assert (withdrawn.state, withdrawn.why, publications.latest(context)) == (PublicationState.WITHDRAWN, WHY, None)
    after = public(context)
    assert json.loads(after.pop("published/2024-04-01-1/withdrawn.json")) == {
        "publication": "2024-04-01-1",
        "withdrawn_on": "2024-05-01",
        "why": WHY,
    }
    assert after == before


def test_the_latest_is_the_one_before_when_the_last_is_withdrawn_and_comparisons_follow_it(office: Office) -> None:
    context = publisher(office, APRIL)
    first = publications.publish(context)
    post(office)
    second = publications.publish(context)
    drafts.withdraw(context, second.id, WHY)

    assert publications.latest(context) == first
    assert publications.publish(context).follows == first.id


def test_a_withdrawal_that_broke_off_is_finished_when_it_is_asked_for_again(office: Office) -> None:
    context = publisher(office, APRIL)
    made = publications.publish(context)
    drafts.withdraw(context, made.id, WHY)
    (stone,) = office.folder.rglob("withdrawn.json")
    content = stone.read_bytes()
    stone.unlink()
    drafts.withdraw(publisher(office, MAY), made.id, "Another reason")

    assert stone.read_bytes() == content


def test_only_what_is_public_can_be_withdrawn(office: Office) -> None:
    with pytest.raises(NotInState, match="is drafted; this needs it to be made"):
        drafts.withdraw(publisher(office, MAY), draft(office).id, WHY)


def test_verify_covers_drafts_and_tombstones(office: Office) -> None:
    context = publisher(office, APRIL)
    drafts.withdraw(context, publications.publish(context).id, WHY)
    draft(office)

    assert [problem for verdict in verify_all(context) for problem in verdict.problems] == []
    assert list(kept_files.unrecorded(context)) == []
    for kept in (*office.folder.rglob("withdrawn.json"), *office.folder.rglob("*.zip")):
        kept.unlink()
    gone = [problem.partition(" is gone")[0] for verdict in verify_all(context) for problem in verdict.problems]
    assert sorted(gone) == ["drafts/2024-04-01-2/publication-2024-04-01-2.zip", "published/2024-04-01-1/withdrawn.json"]


def test_the_publisher_is_told_once(office: Office, tmp_path: Path) -> None:
    mail = FolderMail(tmp_path / "mail")
    context = publisher(office, APRIL, publisher_emails=("publisher@office.example",), reminder_sender="grants@office.example")
    made = draft(office)
    told = [drafts.tell(context, mail, made.id).told for _ in range(2)]

    assert told == [True, True]
    (file,) = mail.sent()
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert file.name == "draft.2024-04-01-1.eml"
    assert (message["To"], message["Subject"]) == ("publisher@office.example", "Draft 2024-04-01-1 waits to be read and published")
    assert "GET /publications/2024-04-01-1/preview" in message.get_content()
    assert recorded(office, made.id) == ["publication_begun", "publication_drafted", "publisher_told"]


class NoMail:
    """A mail service that fails."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def send(self, message: Message) -> str:
        raise self.failure


@pytest.mark.parametrize(
    ("emails", "failure", "why"),
    [
        ((), MailRefused("never asked"), "The office has set no address of a publisher."),
        (("publisher@office.example",), MailRefused("Amazon SES refused it: X."), "Amazon SES refused it: X."),
        (("publisher@office.example",), MailUnanswered("no answer"), "The mail service gave no answer."),
    ],
)
def test_that_the_publisher_was_not_told_is_on_the_record_and_tried_again(
    office: Office, tmp_path: Path, emails: tuple[str, ...], failure: Exception, why: str
) -> None:
    made, context = draft(office), publisher(office, APRIL, publisher_emails=emails)
    assert drafts.tell(context, NoMail(failure), made.id).told is False

    (name,) = (head.name for head in context.store.heads(Kind.PUBLICATION))
    *_, last = reading.records(context, name)
    assert getattr(last.fact, "why", None) == why
    again = publisher(office, APRIL, publisher_emails=("publisher@office.example",))
    assert drafts.tell(again, FolderMail(tmp_path / "mail"), made.id).told is True


def test_nobody_is_told_of_what_is_published_already(office: Office) -> None:
    context = publisher(office, APRIL)
    made = publications.publish(context)

    assert drafts.tell(context, NoMail(MailRefused("never asked")), made.id) == made


def test_each_request_takes_the_calls_that_are_promised(office: Office) -> None:
    found: dict[str, list[str]] = {}

    def count(request: str, act: Callable[[Context], object]) -> None:
        counted = counting(office.store)
        act(replace(publisher(office, APRIL), store=counted))
        found[request] = counted.calls

    first, second, third = draft(office).id, draft(office).id, draft(office).id
    count("show a publication", lambda context: publications.find(context, first))
    count("show a draft", lambda context: drafts.judged(context, first))
    count("list publications", publications.every)
    count("the latest, or the feed", publications.latest)
    count("preview a draft", lambda context: drafts.preview(context, first))
    count("publish a draft", lambda context: drafts.publish_draft(context, first))
    count("discard a draft", lambda context: drafts.discard(context, second, WHY))
    count("tell, or cancel", lambda context: drafts.tell(context, NoMail(MailRefused("never asked")), third))
    count("withdraw a publication", lambda context: drafts.withdraw(context, first, WHY))

    assert found == promised("publications")
