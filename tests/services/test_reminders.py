"""Reminding: once each, again what failed, again what nobody knows of but not for ever; and what a run reads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.people import SCHEDULE
from chalicelib.domain.reminders import Due, Reminder, ReminderState
from chalicelib.domain.values import replace
from chalicelib.services import registers, reminders, return_lists
from chalicelib.services.verification import verify, verify_all
from chalicelib.settings import Settings
from chalicelib.storage.mail import MailRefused, MailUnanswered, Message
from tests.services.offices import NOW, PARTNER, SETTINGS, Office, before_each_write
from tests.services.reporting import REMAINING, hand_in, report, reporting, write
from tests.services.watched import Watched

POLICY = replace(SETTINGS, return_working_days=20, reminder_days=(-5, 0, 3), reminder_sender="grants@office.example")
"""With it the returns for 2023-24-Q3 are due on 29 January 2024, and the last reminder's day is 1 February: today."""

CCTV, LIGHTING = "return.cctv.2023-24-Q3.after-3", "return.lighting.2023-24-Q3.after-3"
LATEST = report(quarters=REMAINING[1:])
"""What a return for 2023-24-Q3 says."""

TO = {"council": ("returns@council.example", "lamps@council.example"), "charity": ("returns@charity.example",)}


@dataclass
class Post:
    """A mail service that takes messages, or answers each of the next ones as it is told."""

    answers: list[BaseException] = field(default_factory=list)
    taken: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> str:
        if self.answers:
            raise self.answers.pop(0)
        self.taken.append(message)
        return f"m-{len(self.taken)}"

    @property
    def names(self) -> list[str]:
        return [message.name for message in self.taken]


class Died(BaseException):
    """The process ended here."""


@pytest.fixture
def office() -> Office:
    office = reporting()
    for organisation, emails in TO.items():
        address(office, organisation, *emails)
    return office


def address(office: Office, organisation_id: str, *emails: str) -> None:
    """Say where an organisation's reminders go."""
    registers.amend_organisation(office.context(), organisation_id, lambda held: replace(held, emails=emails))


def scheduled(office: Office, now: datetime = NOW) -> Context:
    return replace(office.context(SCHEDULE), settings=POLICY, now=now)


def run(office: Office, post: Post, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(each.id, each.state.value) for each in reminders.remind(scheduled(office, now), post)]


def found(office: Office, reminder_id: str) -> Reminder:
    return reminders.find(office.context(), reminder_id).state


def test_each_partner_is_reminded_of_its_own_returns_once(office: Office) -> None:
    post = Post()

    assert run(office, post) == [(CCTV, "sent"), (LIGHTING, "sent")]
    assert run(office, post) == run(office, post, NOW + timedelta(days=1)) == []
    assert [message.to for message in post.taken] == [TO["charity"], TO["council"]]
    assert found(office, LIGHTING).message_id == "m-2"


def test_a_message_says_what_is_due_since_when_and_how_it_stands(office: Office) -> None:
    post = Post()
    write(office, "lighting.2023-24-Q3", LATEST)

    run(office, post)

    assert post.taken[1] == Message(
        name=f"{LIGHTING}.1",
        sender="grants@office.example",
        to=TO["council"],
        subject="Overdue since 29 January 2024: The quarterly return on lighting for 2023-24-Q3",
        text=(
            "To Council\n\n"
            "The quarterly return on lighting for 2023-24-Q3 was due on 29 January 2024. A draft has been written, and not handed in.\n\n"
            "Please sign in to Streetlight to see to it. If it has been done since, nothing more is needed.\n\n"
            "Example Commissioner's Office\n\n"
            "This message was sent by Streetlight, which the office above runs. "
            "Its reference is return.lighting.2023-24-Q3.after-3.\n"
        ),
    )


@pytest.mark.parametrize(
    ("day", "subject"),
    [
        (date(2024, 1, 22), "The quarterly return on cctv for 2023-24-Q3 is due on 29 January 2024"),
        (date(2024, 1, 29), "The quarterly return on cctv for 2023-24-Q3 is due today"),
    ],
)
def test_before_the_day_and_on_it_nothing_is_overdue(office: Office, day: date, subject: str) -> None:
    post = Post()
    run(office, post, NOW.replace(month=day.month, day=day.day))

    assert post.taken[0].subject == subject
    assert " is due on 29 January 2024. Nothing of it has been written yet." in post.taken[0].text


def test_whoever_has_handed_in_is_left_alone(office: Office) -> None:
    hand_in(office, "lighting.2023-24-Q3", LATEST)

    assert run(office, Post()) == [(CCTV, "sent")]


@pytest.mark.parametrize("settings", [replace(POLICY, reminder_days=()), replace(POLICY, return_working_days=None)])
def test_without_the_offices_policy_nothing_is_sent_or_read(office: Office, settings: Settings) -> None:
    watched = Watched(office.store)
    context = replace(scheduled(office), store=watched, settings=settings)

    assert list(reminders.remind(context, Post())) == []
    assert watched.asked == []


def test_what_is_refused_is_visible_and_sent_by_the_next_run(office: Office) -> None:
    post = Post([MailRefused("Amazon SES refused it: MessageRejected.")])

    assert run(office, post) == [(CCTV, "failed"), (LIGHTING, "sent")]
    assert [each.state.id for each in reminders.find_all(office.context(), ReminderState.FAILED)] == [CCTV]
    assert found(office, CCTV).why == "Amazon SES refused it: MessageRejected."

    assert run(office, post) == [(CCTV, "sent")]
    assert post.names == [f"{LIGHTING}.1", f"{CCTV}.3"]


def test_an_organisation_without_an_address_shows_as_failed_until_it_has_one(office: Office) -> None:
    address(office, "charity")
    post = Post()

    assert run(office, post) == [(CCTV, "failed"), (LIGHTING, "sent")]
    assert found(office, CCTV).why == "The organisation has no e-mail address."
    assert run(office, post) == []

    address(office, "charity", *TO["charity"])
    assert run(office, post) == [(CCTV, "sent")]


def test_a_crash_after_the_mail_was_taken_repeats_it_once_and_not_before_the_run_is_surely_over(office: Office) -> None:
    post = Post()
    dying = dies_at_write(office, 2)

    with pytest.raises(Died):
        run(dying, post)
    assert (post.names, found(office, CCTV).state) == ([f"{CCTV}.1"], ReminderState.IN_DOUBT)

    assert run(office, post) == [(LIGHTING, "sent")]  # the same event again: another run might be at it
    assert run(office, post, NOW + timedelta(days=1)) == [(CCTV, "sent")]
    assert post.names == [f"{CCTV}.1", f"{LIGHTING}.1", f"{CCTV}.2"]


def test_a_crash_before_the_mail_was_handed_over_loses_nothing(office: Office) -> None:
    post = Post([Died()])

    with pytest.raises(Died):
        run(office, post)

    assert run(office, post, NOW + timedelta(days=1)) == [(CCTV, "sent"), (LIGHTING, "sent")]


def test_what_stays_in_doubt_is_sent_three_times_at_most_and_stays_visible(office: Office) -> None:
    hand_in(office, "lighting.2023-24-Q3", LATEST)
    post = Post([MailUnanswered("timeout")] * 9)

    tries = [run(office, post, NOW + timedelta(days=day)) for day in range(6)]

    assert tries == [[(CCTV, "in_doubt")]] * 3 + [[]] * 3
    assert found(office, CCTV).doubts == 3


def test_two_runs_at_once_send_each_reminder_once(office: Office) -> None:
    post, rival = Post(), Post()
    beside = Office(store=before_each_write(office.store, lambda: begin(office, rival)))

    assert run(beside, post) == []
    assert rival.names == [f"{CCTV}.1", f"{LIGHTING}.1"]
    assert post.names == []


def test_a_run_that_was_overtaken_leaves_the_later_try_alone(office: Office) -> None:
    late = Post()
    overtaking = Office(store=office.store)

    class Slow(Post):
        def send(self, message: Message) -> str:
            run(overtaking, late, NOW + timedelta(hours=2))
            return super().send(message)

    slow = Slow()
    states = run(office, slow)

    assert states[0] == (CCTV, "sent")
    assert found(office, CCTV).message_id == late_id(late)
    assert not verify(office.context(), Name(Kind.REMINDER, CCTV)).problems


def late_id(late: Post) -> str:
    return f"m-{late.names.index(f'{CCTV}.2') + 1}"


def test_any_source_of_due_things_will_do(office: Office) -> None:
    def claims(_context: Context) -> Iterator[Due]:
        yield Due(
            about=Name(Kind.GRANT, "ssf-4-example"),
            organisation_id="council",
            due_on=date(2024, 2, 1),
            what="the claim on ssf-4-example for 2023-24-Q3",
            standing="It has not been drafted.",
        )

    post = Post()
    ended = [each.id for each in reminders.remind(scheduled(office), post, (claims,))]

    assert ended == ["grant.ssf-4-example.due"]
    assert post.taken[0].subject == "The claim on ssf-4-example for 2023-24-Q3 is due today"


def test_a_due_date_whose_bank_holidays_are_not_known_reminds_of_nothing(office: Office) -> None:
    def ancient(_context: Context) -> Iterator[Due]:
        about = Name(Kind.GRANT, "ssf-4-example")
        yield Due(about=about, organisation_id="council", due_on=date(2015, 1, 5), what="something", standing="")

    assert list(reminders.remind(scheduled(office, NOW.replace(year=2015)), Post(), (ancient,))) == []


def test_a_run_costs_the_list_of_returns_and_three_loads_and_records_for_each_it_sends(office: Office) -> None:
    watched = Watched(office.store)
    context = replace(scheduled(office), store=watched)

    list(reminders.remind(context, Post()))
    first, watched.asked = watched.asked, []
    list(reminders.remind(context, Post()))

    each = "load reminder#{0} organisation#{1}", "record reminder#{0}", "load reminder#{0}", "record reminder#{0}"
    assert [asked for asked in first if "heads" in asked] == ["heads of return", "heads of initiative"]
    assert [asked for asked in first if "heads" not in asked] == [
        *(asked.format(CCTV, "charity") for asked in each),
        *(asked.format(LIGHTING, "council") for asked in each),
    ]
    assert [asked for asked in watched.asked if "heads" not in asked] == [
        f"load reminder#{CCTV} organisation#charity",
        f"load reminder#{LIGHTING} organisation#council",
    ]


def test_outstanding_returns_are_nobodys_view(office: Office) -> None:
    context = replace(office.context(PARTNER), settings=POLICY)

    assert [each.about.id for each in return_lists.outstanding(replace(context, actor=SCHEDULE))] == [
        "cctv.2023-24-Q3",
        "lighting.2023-24-Q1",
        "lighting.2023-24-Q2",
        "lighting.2023-24-Q3",
    ]


def test_reminders_verify_like_everything_else(office: Office) -> None:
    run(office, Post([MailRefused("Amazon SES refused it: MessageRejected.")]))

    checked = {str(each.name): each.problems for each in verify_all(office.context())}
    assert checked[f"reminder#{CCTV}"] == checked[f"reminder#{LIGHTING}"] == ()


def dies_at_write(office: Office, number: int) -> Office:
    """The same office, whose process ends instead of making its so-manieth write."""
    left = [number]

    def count() -> None:
        left[0] -= 1
        if not left[0]:
            raise Died

    return Office(store=before_each_write(office.store, count))


def begin(office: Office, post: Post) -> None:
    """Another run, the first time that this is called."""
    if not post.taken:
        run(office, post)
