"""Reminders: an e-mail about something due, so many working days before or after the day on which it is due.

    in doubt --- the mail service took it ------> sent
      ^  |
      |  '------ it did not, and said why ------> failed
      '--------- tried again by a later run --------'

That a reminder is about to be sent is recorded first, and what became of it afterwards. Between the two nobody knows: a
run that dies there leaves the reminder in doubt, and a later run tries again, as often as `MOST_DOUBTS` says. So each
reminder goes out at least once as long as the mail service takes it, once where nothing dies on the way, and never more
than `MOST_DOUBTS` times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.values import Struct, replace
from chalicelib.domain.working_days import working_day_after

LATE = 5
"""For how many working days after its own day a reminder is still sent: runs may be missed and mail refused. The days are no
policy of anybody's; without them an office that sets its first policy would write about every return there ever was."""

MOST_DOUBTS = 3
"""How often a reminder is tried of which nobody knows whether it went out."""

LOST_AFTER = timedelta(hours=1)
"""When a try is given up for lost. A run takes a quarter of an hour at most, so it is at work on nothing older."""


class ReminderState(StrEnum):
    """What became of a reminder."""

    IN_DOUBT = "in_doubt"
    SENT = "sent"
    FAILED = "failed"


class Due(Struct, frozen=True, kw_only=True):
    """What an organisation has to hand in by a day: in a few words, and how it stands in a sentence.

    `about` need not be there: a return that nobody began, or a claim, which is named by its grant and quarter.
    """

    about: Name
    organisation_id: str
    due_on: date
    what: str
    standing: str


class Reminder(Struct, frozen=True, kw_only=True):
    """One reminder, as it was tried last.

    `days` are the working days from the due date to the reminder's own day, negative before it. `doubts` counts the tries
    of which nobody knows whether they went out, the one in hand included. `message_id` is the mail service's.
    """

    KIND: ClassVar = Kind.REMINDER

    id: str
    about: Name
    organisation_id: str
    due_on: date
    days: int
    to: tuple[str, ...]
    tried_at: datetime
    state: ReminderState = ReminderState.IN_DOUBT
    doubts: int = 1
    why: str = ""
    message_id: str = ""


class ReminderTried(Struct, frozen=True, kw_only=True):
    """A reminder is about to be sent to these addresses."""

    KIND: ClassVar = "reminder_tried"

    about: Name
    organisation_id: str
    due_on: date
    days: int
    to: tuple[str, ...]
    tried_at: datetime


class ReminderSent(Struct, frozen=True, kw_only=True):
    """The mail service took it."""

    KIND: ClassVar = "reminder_sent"

    message_id: str


class ReminderFailed(Struct, frozen=True, kw_only=True):
    """It was not sent."""

    KIND: ClassVar = "reminder_failed"

    why: str


ReminderFact = ReminderTried | ReminderSent | ReminderFailed


def id_of(about: Name, days: int) -> str:
    """A reminder's id: what it is about, and when it comes: `return.hanley-cctv.2023-24-Q3.before-5`."""
    return f"{about.kind}.{about.id}.{when(days)}"


def when(days: int) -> str:
    """When a reminder comes, in one word: `before-5`, `due` or `after-10`."""
    return f"{'after' if days > 0 else 'before'}-{abs(days)}" if days else "due"


def come(due_on: date, policy: Iterable[int], today: date, is_holiday: Callable[[date], bool]) -> int | None:
    """Which of a policy's reminders is to be sent today: the last whose day has come, unless that is long past. None is none.

    Of several that have come, one is enough: nobody is told today that something was due soon and that it is overdue.
    """
    reached = [(day, days) for days in policy if (day := working_day_after(due_on, days, is_holiday)) <= today]
    if not reached:
        return None
    day, days = max(reached)
    return days if today <= working_day_after(day, LATE, is_holiday) else None


def open_to_try(held: Reminder | None, to: tuple[str, ...], now: datetime) -> bool:
    """Whether a reminder is to be tried: not once it was sent, nor while another run may be at it, nor in vain."""
    if held is None:
        return True
    if held.state is ReminderState.IN_DOUBT:
        return held.doubts < MOST_DOUBTS and now - held.tried_at >= LOST_AFTER
    return held.state is ReminderState.FAILED and (bool(to) or bool(held.to))


def apply(held: Reminder | None, fact: ReminderFact, _seq: int) -> Reminder:
    """The reminder after a fact. Raises ValueError for one that was never tried."""
    if isinstance(fact, ReminderTried):
        return _tried(held, fact)
    if held is None:
        raise ValueError(f"a reminder cannot begin with {fact.KIND}")
    if isinstance(fact, ReminderSent):
        return replace(held, state=ReminderState.SENT, message_id=fact.message_id, why="")
    return replace(held, state=ReminderState.FAILED, why=fact.why, doubts=held.doubts - 1)


def _tried(held: Reminder | None, fact: ReminderTried) -> Reminder:
    return Reminder(
        id=id_of(fact.about, fact.days),
        about=fact.about,
        organisation_id=fact.organisation_id,
        due_on=fact.due_on,
        days=fact.days,
        to=fact.to,
        tried_at=fact.tried_at,
        doubts=held.doubts + 1 if held else 1,
    )
