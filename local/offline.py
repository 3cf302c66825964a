"""Use cases on the data folder itself, without a server, while nothing else writes to it: closing quarters, and reminding."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.backend import backend_from
from chalicelib.context import Context, random_id, the_time, wait_a_moment
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.reminders import Reminder, ReminderState
from chalicelib.services import reminders
from chalicelib.services.office_closing import Ending, Outcome, close_everywhere
from chalicelib.storage.mail import FolderMail
from local.exit_codes import ExitCode
from local.machine import REGION, TABLE, Machine
from local.office import store_of
from local.table import ensure_table
from local.told import Told


def close(machine: Machine, quarter: Quarter, reason: str, told: Told) -> ExitCode:
    """Close a quarter of every grant, and say how it ended for each; the exit code is 1 when anything stopped one."""
    ends: Counter[Ending] = Counter()
    outcomes: list[Outcome] = []
    with data_of(machine, Role.FINANCE) as context:
        for outcome in close_everywhere(context, quarter, reason):
            ends[outcome.ending] += 1
            told.people(f"{outcome.grant_id}  {outcome.ending}", *([f"    {outcome.stop}"] if outcome.stop else []))
            outcomes.append(outcome)
    told.people(f"{quarter}: {', '.join(f'{ends[ending]} {ending}' for ending in Ending)}.")
    grants = [
        {"grant_id": each.grant_id, "ending": each.ending.value, "stopped_by": each.stop.detail if each.stop else None} for each in outcomes
    ]
    told.program({"quarter": str(quarter), "grants": grants})
    return ExitCode.NOT_DONE if ends[Ending.STOPPED] else ExitCode.DONE


def remind(machine: Machine, told: Told) -> ExitCode:
    """Write the reminders whose day has come as files, say what became of each, and list every message there is.

    The exit code is 1 when one failed.
    """
    mail = FolderMail(machine.mail)
    tried: list[Reminder] = []
    with data_of(machine, Role.OFFICER) as context:
        if not context.settings.reminder_days:
            told.people("No reminder is sent: STREETLIGHT_REMINDER_DAYS is not set. When to remind is the office's own policy.")
        for reminder in reminders.remind(context, mail):
            tried.append(reminder)
            told.people(f"{reminder.id}  {reminder.state.replace('_', ' ')}", *([f"    {reminder.why}"] if reminder.why else []))
    told.people(*mail.sent())
    found = [{"id": each.id, "state": each.state.value, "why": each.why or None} for each in tried]
    told.program({"reminders": found, "messages": [str(message) for message in mail.sent()]})
    return ExitCode.DONE if all(each.state is ReminderState.SENT for each in tried) else ExitCode.NOT_DONE


@contextmanager
def data_of(machine: Machine, role: Role) -> Iterator[Context]:
    """Somebody's context on a machine's data, for the length of a `with` block. Raises MachineBusy while a server runs on it."""
    with store_of(machine) as dynamodb:
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        yield context_as(role)


def context_as(role: Role) -> Context:
    """Return the context of somebody at this machine's keyboard, on the store that the environment names."""
    backend = backend_from(os.environ)
    return Context(
        actor=Actor(subject=f"local-{role}", roles=frozenset({role})),
        now=the_time(),
        request_id=random_id(),
        store=backend.store,
        objects=backend.objects,
        settings=backend.settings,
        new_id=random_id,
        pause=wait_a_moment,
    )
