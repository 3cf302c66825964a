"""Reminding the office of its claims: by the office's own date, once each, to the lead recipient; and what a run reads."""

from datetime import date
from pathlib import Path

import pytest

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.people import SCHEDULE
from chalicelib.domain.values import replace
from chalicelib.services import claims, claims_due, registers, reminders
from chalicelib.services.verification import verify
from chalicelib.settings import SettingsIncomplete, settings_from
from chalicelib.storage.mail import Message
from tests.services.claim_steps import GRANT, Q3, certified, dated, drafted, worded
from tests.services.offices import NOW, SETTINGS, Office, invoice, line, pay
from tests.services.test_reminders import Post
from tests.services.test_returns import ENVIRONMENT
from tests.services.watched import Watched

POLICY = replace(SETTINGS, claim_working_days=20, reminder_days=(-5, 0, 3), reminder_sender="grants@office.example")
"""With it claims for 2023-24-Q3 are due on 29 January 2024, and the last reminder's day is 1 February: today."""

REMINDER = f"claims.{GRANT}.2023-24-Q3.after-3"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that paid for lamps in October, and whose lead recipient has an address."""
    office = Office(folder=tmp_path).open()
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))
    registers.amend_organisation(office.context(), "office", lambda held: replace(held, emails=("claims@office.example",)))
    return worded(office)


def scheduled(office: Office) -> Context:
    return replace(office.context(SCHEDULE), settings=POLICY)


def run(office: Office, post: Post) -> list[tuple[str, str]]:
    return [(each.id, each.state.value) for each in reminders.remind(scheduled(office), post)]


def standing(office: Office) -> list[str]:
    return [each.standing for each in claims_due.outstanding(scheduled(office))]


def test_a_claim_that_was_not_sent_is_reminded_of_once(office: Office) -> None:
    post = Post()

    assert run(office, post) == [(REMINDER, "sent")]
    assert run(office, post) == []
    assert post.taken == [
        Message(
            name=f"{REMINDER}.1",
            sender="grants@office.example",
            to=("claims@office.example",),
            subject="Overdue since 29 January 2024: The claim on ssf-4-example for 2023-24-Q3",
            text=(
                "To Office\n\n"
                "The claim on ssf-4-example for 2023-24-Q3 was due on 29 January 2024. Nothing of it has been drafted yet.\n\n"
                "Please sign in to Streetlight to see to it. If it has been done since, nothing more is needed.\n\n"
                "Example Commissioner's Office\n\n"
                "This message was sent by Streetlight, which the office above runs. "
                "Its reference is claims.ssf-4-example.2023-24-Q3.after-3.\n"
            ),
        )
    ]
    assert verify(office.context(), Name(Kind.REMINDER, REMINDER)).problems == ()


def test_before_the_day_and_on_it_nothing_is_overdue(office: Office) -> None:
    for day, subject in ((22, "is due on 29 January 2024"), (29, "is due today")):
        post = Post()
        list(reminders.remind(replace(scheduled(office), now=NOW.replace(month=1, day=day)), post))
        assert [each.subject for each in post.taken] == [f"The claim on ssf-4-example for 2023-24-Q3 {subject}"]


def test_a_reminder_says_how_far_the_claim_is_and_none_is_sent_once_it_was_sent(office: Office) -> None:
    assert standing(office) == ["Nothing of it has been drafted yet."]
    claim = drafted(office)
    assert standing(office) == ["It has been drafted, and not reviewed."]
    certified(office, claim)
    assert standing(office) == ["It has been certified, and not sent."]
    claims.submit(office.context(), claim.id, dated())

    assert standing(office) == []
    assert run(office, Post()) == []


def test_without_the_offices_date_nothing_is_sent_or_read(office: Office) -> None:
    watched = Watched(office.store)
    context = replace(scheduled(office), store=watched, settings=replace(POLICY, claim_working_days=None))

    assert list(reminders.remind(context, Post())) == []
    assert watched.asked == []


@pytest.mark.parametrize(("text", "days"), [("", None), ("0", 0), (" 30 ", 30)])
def test_how_many_days_is_the_offices_own(text: str, days: int | None) -> None:
    assert settings_from({**ENVIRONMENT, "STREETLIGHT_CLAIM_WORKING_DAYS": text}).claim_working_days == days
    with pytest.raises(SettingsIncomplete, match="STREETLIGHT_CLAIM_WORKING_DAYS is"):
        settings_from({**ENVIRONMENT, "STREETLIGHT_CLAIM_WORKING_DAYS": "soon"})


def test_a_run_costs_two_lists_of_heads_and_the_balances(office: Office) -> None:
    watched = Watched(office.store)
    list(reminders.remind(replace(scheduled(office), store=watched), Post()))

    one = f"reminder#{REMINDER}"
    assert watched.asked == [
        *("heads of claims", "balances of every grant", "heads of grant"),
        *(f"load {one} organisation#office", f"record {one}", f"load {one}", f"record {one}"),
    ]


def test_every_grant_has_its_own_date_for_each_quarter(office: Office) -> None:
    pay(office.context(), invoice("2", 500), line("lighting", 500), on=date(2023, 8, 1))

    assert [(each.about.id, str(each.due_on)) for each in claims_due.outstanding(scheduled(office))] == [
        (f"{GRANT}.2023-24-Q2", "2023-10-27"),
        (f"{GRANT}.{Q3}", "2024-01-29"),
    ]
