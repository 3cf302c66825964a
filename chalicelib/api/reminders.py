"""Reminders: what was sent to whom, what failed, and what nobody knows of."""

from __future__ import annotations

import re
from datetime import date

from chalicelib.api.duties import READ
from chalicelib.api.fields import Instant, ItemId, Slug
from chalicelib.api.paging import UnknownCursor
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Shown
from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import Missing
from chalicelib.domain.reminders import MOST_DOUBTS, Reminder, ReminderState
from chalicelib.services import reminders as services
from chalicelib.services.unit import Held

reminders = Routes("reminders")

_ID = re.compile(r"[A-Za-z0-9.-]+")


class ReminderQuery(PageQuery, frozen=True, kw_only=True):
    """Which reminders to list."""

    state: ReminderState | None = None
    organisation: Slug | None = None


class AboutView(Shown, frozen=True, kw_only=True):
    """What is due: its kind, and its id."""

    kind: Kind
    id: ItemId


class ReminderView(Shown, frozen=True, kw_only=True):
    """A reminder as it was tried last. `days` are working days after the due date, negative before it.

    `given_up` says that no later run tries it again although nobody knows whether it went out.
    """

    id: ItemId
    about: AboutView
    organisation_id: Slug
    due_on: date
    days: int
    state: ReminderState
    to: tuple[str, ...]
    tried_at: Instant
    why: str
    message_id: str
    given_up: bool

    @classmethod
    def of(cls, held: Held[Reminder]) -> ReminderView:
        """As the API shows it."""
        state = held.state
        return cls(
            id=state.id,
            about=AboutView(kind=state.about.kind, id=state.about.id),
            organisation_id=state.organisation_id,
            due_on=state.due_on,
            days=state.days,
            state=state.state,
            to=state.to,
            tried_at=state.tried_at,
            why=state.why,
            message_id=state.message_id,
            given_up=state.state is ReminderState.IN_DOUBT and state.doubts >= MOST_DOUBTS,
        )


@reminders.listing(
    "/reminders", allow=READ, query=ReminderQuery, gives=ReminderView.of, summary="List reminders", problems=(UnknownCursor,)
)
def list_reminders(call: Call, query: ReminderQuery) -> Page[Held[Reminder]]:
    """Every reminder that was sent, failed or is in doubt, in order of id."""
    if call.after and not _ID.fullmatch(call.after):
        raise UnknownCursor
    found = services.find_all(call.context, query.state, query.organisation, after=call.after)
    return Page.of(found, limit=query.limit, key=lambda held: held.name.id)


@reminders.get("/reminders/{reminder_id}", allow=READ, gives=ReminderView.of, summary="Show a reminder", problems=(Missing,))
def show_reminder(call: Call, reminder_id: ItemId) -> Held[Reminder]:
    """One reminder. Its history has every try."""
    return services.find(call.context, reminder_id)
