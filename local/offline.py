"""Use cases on the data folder itself, without a server: verify, publish, close a quarter, remind, while nothing else writes to it."""

from __future__ import annotations

import os
from collections import Counter

from chalicelib.backend import backend_from
from chalicelib.context import Context, random_id, the_time, wait_a_moment
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.reminders import ReminderState
from chalicelib.services import publications, reminders
from chalicelib.services.office_closing import Ending, close_everywhere
from chalicelib.services.verification import Verdict, verify_all
from chalicelib.storage.mail import FolderMail
from local.machine import REGION, TABLE, Machine
from local.office import store_of
from local.table import ensure_table


def verify(machine: Machine) -> int:
    """Print a line for each aggregate and what is wrong with it; the exit code is 1 when anything is."""
    with store_of(machine) as dynamodb:
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        verdicts = [_told(verdict) for verdict in verify_all(context_as(Role.VIEWER))]
    broken = sum(bool(verdict.problems) for verdict in verdicts)
    print(f"{len(verdicts)} chains verified, {broken or 'none'} broken.")
    return 1 if broken else 0


def publish(machine: Machine) -> int:
    """Write a publication and print where its files are."""
    with store_of(machine) as dynamodb:
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        made = publications.publish(context_as(Role.PUBLISHER))
    print(f"Publication {made.id} is in {machine.objects / publications.key_of(made.id, '')}")
    return 0


def close(machine: Machine, quarter: Quarter, reason: str) -> int:
    """Close a quarter of every grant, and print how it ended for each; the exit code is 1 when anything stopped one."""
    with store_of(machine) as dynamodb:
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        ends: Counter[Ending] = Counter()
        for outcome in close_everywhere(context_as(Role.FINANCE), quarter, reason):
            ends[outcome.ending] += 1
            print(f"{outcome.grant_id}  {outcome.ending}", f"\n    {outcome.stop}" if outcome.stop else "", sep="", flush=True)
    print(f"{quarter}: {', '.join(f'{ends[ending]} {ending}' for ending in Ending)}.")
    return 1 if ends[Ending.STOPPED] else 0


def remind(machine: Machine) -> int:
    """Write the reminders whose day has come as files, print what became of each, and list every message there is.

    The exit code is 1 when one failed.
    """
    mail = FolderMail(machine.mail)
    failed = 0
    with store_of(machine) as dynamodb:
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        context = context_as(Role.OFFICER)
        if not context.settings.reminder_days:
            print("No reminder is sent: STREETLIGHT_REMINDER_DAYS is not set. When to remind is the office's own policy.")
        for reminder in reminders.remind(context, mail):
            failed += reminder.state is not ReminderState.SENT
            print(f"{reminder.id}  {reminder.state.replace('_', ' ')}", f"\n    {reminder.why}" if reminder.why else "", sep="")
    for message in mail.sent():
        print(message)
    return 1 if failed else 0


def _told(verdict: Verdict) -> Verdict:
    print(f"{verdict.name}  {verdict.position.seq} records  {verdict.position.hash[:12]}  {'BROKEN' if verdict.problems else 'whole'}")
    for problem in verdict.problems:
        print(f"    {problem}")
    return verdict


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
