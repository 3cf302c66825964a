"""Reminders: which one comes on which day, and which is tried again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain import reminders
from chalicelib.domain.bank_holidays import is_bank_holiday
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.reminders import Reminder, ReminderFailed, ReminderSent, ReminderState, ReminderTried
from chalicelib.domain.values import replace

ABOUT = Name(Kind.RETURN, "hanley-cctv.2023-24-Q3")
NOW = datetime(2024, 1, 22, 7, 0, tzinfo=UTC)
TO = ("returns@council.example",)
TRIED = ReminderTried(about=ABOUT, organisation_id="council", due_on=date(2024, 1, 29), days=-5, to=TO, tried_at=NOW)


def tried(doubts: int = 1, **changes: object) -> Reminder:
    return replace(reminders.apply(None, TRIED, 1), doubts=doubts, **changes)  # type: ignore[arg-type]  # the row's own fields


@pytest.mark.parametrize(
    ("today", "comes"),
    [
        (date(2024, 1, 19), None),  # a Friday, six working days before
        (date(2024, 1, 22), -5),
        (date(2024, 1, 26), -5),
        (date(2024, 1, 28), -5),
        (date(2024, 1, 29), 0),
        (date(2024, 2, 2), 0),
        (date(2024, 2, 12), 10),
        (date(2024, 2, 19), 10),  # five working days later
        (date(2024, 2, 20), None),
    ],
)
def test_of_those_whose_day_has_come_the_last_is_sent_and_none_long_after(today: date, comes: int | None) -> None:
    assert reminders.come(date(2024, 1, 29), (-5, 0, 10), today, is_bank_holiday) == comes


def test_bank_holidays_are_no_days_of_a_reminder() -> None:
    boxing_day, thursday = date(2023, 12, 26), date(2023, 12, 28)

    assert reminders.come(date(2023, 12, 22), (2,), boxing_day, is_bank_holiday) is None
    assert reminders.come(date(2023, 12, 22), (2,), thursday, is_bank_holiday) == 2


def test_without_a_policy_none_comes() -> None:
    assert reminders.come(date(2024, 1, 29), (), date(2024, 1, 29), is_bank_holiday) is None


@pytest.mark.parametrize(("days", "named"), [(-5, "before-5"), (0, "due"), (10, "after-10")])
def test_a_reminders_id_says_what_it_is_about_and_when_it_comes(days: int, named: str) -> None:
    assert reminders.id_of(ABOUT, days) == f"return.hanley-cctv.2023-24-Q3.{named}"


@pytest.mark.parametrize(
    ("held", "to", "later", "again"),
    [
        (None, TO, timedelta(0), True),
        (tried(state=ReminderState.SENT), TO, timedelta(days=1), False),
        (tried(), TO, timedelta(0), False),  # the same event, or a run beside it
        (tried(), TO, timedelta(minutes=59), False),
        (tried(), TO, timedelta(hours=1), True),
        (tried(doubts=2), TO, timedelta(days=1), True),
        (tried(doubts=3), TO, timedelta(days=1), False),
        (tried(state=ReminderState.FAILED), TO, timedelta(0), True),
        (tried(state=ReminderState.FAILED, to=()), (), timedelta(days=1), False),
        (tried(state=ReminderState.FAILED, to=()), TO, timedelta(days=1), True),
    ],
)
def test_what_failed_is_tried_again_and_what_was_sent_is_not(
    held: Reminder | None, to: tuple[str, ...], later: timedelta, again: bool
) -> None:
    assert reminders.open_to_try(held, to, NOW + later) is again


def test_a_try_that_failed_leaves_no_doubt() -> None:
    twice = reminders.apply(reminders.apply(None, TRIED, 1), TRIED, 2)
    failed = reminders.apply(twice, ReminderFailed(why="Throttled"), 3)
    sent = reminders.apply(reminders.apply(failed, TRIED, 4), ReminderSent(message_id="m-1"), 5)

    assert (twice.state, twice.doubts) == (ReminderState.IN_DOUBT, 2)
    assert (failed.state, failed.doubts, failed.why) == (ReminderState.FAILED, 1, "Throttled")
    assert (sent.state, sent.message_id, sent.why) == (ReminderState.SENT, "m-1", "")


def test_nothing_was_sent_that_was_not_tried() -> None:
    with pytest.raises(ValueError, match="a reminder cannot begin with reminder_sent"):
        reminders.apply(None, ReminderSent(message_id="m-1"), 1)
