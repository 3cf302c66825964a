"""What a reminder says, in plain text. It carries no figure, no link and no password: whoever reads it signs in."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.reminders import Due
from chalicelib.reports.words import day


def subject_of(due: Due, today: date) -> str:
    """The line that a list of mail shows."""
    begin = due.what[:1].upper() + due.what[1:]
    if today > due.due_on:
        return f"Overdue since {day(due.due_on)}: {begin}"
    return f"{begin} is due on {day(due.due_on)}" if today < due.due_on else f"{begin} is due today"


def text_of(due: Due, today: date, *, organisation: str, office: str, reminder_id: str) -> str:
    """The whole message."""
    was = "was" if today > due.due_on else "is"
    begin = due.what[:1].upper() + due.what[1:]
    return (
        f"To {organisation}\n\n"
        f"{begin} {was} due on {day(due.due_on)}. {due.standing}\n\n"
        f"Please sign in to Streetlight to see to it. If it has been done since, nothing more is needed.\n\n"
        f"{office}\n\n"
        f"This message was sent by Streetlight, which the office above runs. Its reference is {reminder_id}.\n"
    )
