"""Reminding: find what is due, record that a reminder is about to go, hand it to the mail service, record what became of it.

What is due comes from sources. Each is a function of a context, so that what an office owes and is owed can be told of by
the service that knows about it; this one knows about days, addresses and tries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol

from chalicelib.context import Context
from chalicelib.domain import reminders
from chalicelib.domain.bank_holidays import YEARS, is_bank_holiday
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.periods import london_date
from chalicelib.domain.reminders import Due, Reminder, ReminderFact, ReminderFailed, ReminderSent, ReminderState, ReminderTried
from chalicelib.domain.values import Struct
from chalicelib.reports.reminder_text import subject_of, text_of
from chalicelib.services import claims_due, registers, return_lists
from chalicelib.services.unit import Held, Part, Plan, View, Written, change, one, view_of
from chalicelib.storage.mail import Mail, MailRefused, MailUnanswered, Message
from chalicelib.storage.store import Wanted

NO_ADDRESS = "The organisation has no e-mail address."


class DueThings(Protocol):
    """A source: everything of one sort that has a due date and has not been done, whoever asks."""

    def __call__(self, context: Context, /) -> Iterable[Due]: ...


SOURCES: tuple[DueThings, ...] = (return_lists.outstanding, claims_due.outstanding)


class _NotNow(Exception):
    """There is nothing to record of this reminder: it was sent, or another run is at it."""


class _Tried(Struct, frozen=True):
    """A reminder whose try is on the record, and to whom it goes."""

    reminder: Written[Reminder]
    organisation: Organisation


def remind(context: Context, mail: Mail, sources: Iterable[DueThings] = SOURCES) -> Iterator[Reminder]:
    """Send every reminder whose day has come, and give each as it then stands. Where the office has set no days, nothing is read.

    Whatever fails or stays in doubt is tried again by a later run. Raises TooBusy, and what the store raises; what was sent
    until then is on the record, or in doubt.
    """
    policy = context.settings.reminder_days
    if not policy:
        return
    today = london_date(context.now)
    for due in (each for source in sources for each in source(context)):
        days = reminders.come(due.due_on, policy, today, is_bank_holiday) if _known(due.due_on) else None
        if days is not None and (tried := _try(context, due, days)):
            nowhere = tried.reminder.state.state is ReminderState.FAILED
            yield tried.reminder.state if nowhere else _send(context, mail, due, tried)


def find(context: Context, reminder_id: str) -> Held[Reminder]:
    """One reminder. Raises Missing."""
    return registers.find(context, Reminder, reminder_id)


def find_all(
    context: Context, state: ReminderState | None = None, organisation_id: str | None = None, after: str = ""
) -> Iterator[Held[Reminder]]:
    """The reminders that were ever tried, in order of id, after the id given."""
    for held in registers.find_all(context, Reminder, after):
        if state in (None, held.state.state) and organisation_id in (None, held.state.organisation_id):
            yield held


def _known(due_on: date) -> bool:
    """Whether the bank holidays round a due date are known."""
    return YEARS[1] <= due_on.year <= YEARS[-3]


def _try(context: Context, due: Due, days: int) -> _Tried | None:
    """Record that a reminder is about to go, or that it has nowhere to go. None when it is not to be tried."""
    name = Name(Kind.REMINDER, reminders.id_of(due.about, days))
    wanted = Wanted(heads=(name, Name(Kind.ORGANISATION, due.organisation_id)))
    seen: list[Organisation] = []

    def decide(view: View) -> Plan:
        held = view.find(Reminder, name.id)
        seen.append(view.state(Organisation, due.organisation_id))
        to = seen[-1].emails
        if not reminders.open_to_try(held.state if held else None, to, context.now):
            raise _NotNow
        tried = ReminderTried(
            about=due.about, organisation_id=due.organisation_id, due_on=due.due_on, days=days, to=to, tried_at=context.now
        )
        facts: tuple[ReminderFact, ...] = (tried,) if to else (tried, ReminderFailed(why=NO_ADDRESS))
        return Plan(parts=(Part(name, held, facts),))

    try:
        written = change(context, lambda: view_of(context, wanted), decide, one(Reminder))
    except _NotNow:
        return None
    return _Tried(written, seen[-1])


def _send(context: Context, mail: Mail, due: Due, tried: _Tried) -> Reminder:
    reminder = tried.reminder.state
    today = london_date(context.now)
    message = Message(
        # A reminder that is tried again is another message.
        name=f"{reminder.id}.{tried.reminder.position.seq}",
        sender=context.settings.reminder_sender,
        to=reminder.to,
        subject=subject_of(due, today),
        text=text_of(due, today, organisation=tried.organisation.name, office=context.settings.office_name, reminder_id=reminder.id),
    )
    try:
        taken_as = mail.send(message)
    except MailUnanswered:
        return reminder
    except MailRefused as refusal:
        return _settle(context, tried.reminder, ReminderFailed(why=str(refusal)))
    return _settle(context, tried.reminder, ReminderSent(message_id=taken_as))


def _settle(context: Context, tried: Written[Reminder], fact: ReminderFact) -> Reminder:
    """Record what became of a try, unless a later one was begun meanwhile, which settles it."""

    def decide(view: View) -> Plan:
        held = view.held(Reminder, tried.name.id)
        if held.position != tried.position:
            raise _NotNow
        return Plan(parts=(Part(tried.name, held, (fact,)),))

    wanted = Wanted(heads=(tried.name,))
    try:
        return change(context, lambda: view_of(context, wanted), decide, one(Reminder)).state
    except _NotNow:
        return find(context, tried.name.id).state
