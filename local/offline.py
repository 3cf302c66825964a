"""Use cases on the data folder itself, without a server: verify, rebuild, publish, close, remind, while nothing else writes to it."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.backend import backend_from
from chalicelib.context import Context, random_id, the_time, wait_a_moment
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.publication_gaps import PublicationHasGaps
from chalicelib.domain.publications import File
from chalicelib.domain.reminders import ReminderState
from chalicelib.reports.words import counted
from chalicelib.services import kept_files, publications, rebuilding, reminders
from chalicelib.services.findings import Findings
from chalicelib.services.office_closing import Ending, close_everywhere
from chalicelib.services.rebuilding import Rebuilding
from chalicelib.services.verification import Verdict, verify_all
from chalicelib.storage.mail import FolderMail
from local.machine import REGION, TABLE, Machine
from local.office import store_of
from local.table import ensure_table


def verify(machine: Machine) -> int:
    """Print a line for each aggregate, what is wrong with it, and what nothing names; the exit code is 1 when anything is broken."""
    chains = files = broken = 0
    with data_of(machine, Role.VIEWER) as context:
        for verdict in verify_all(context):
            _tell(verdict)
            chains, files, broken = chains + 1, files + verdict.files, broken + bool(verdict.problems)
        unrecorded = Findings.of(kept_files.unrecorded(context))
    print(f"{counted(chains, 'chain')} and {counted(files, 'file')} verified, {broken or 'none'} broken.")
    if unrecorded.found:
        print(f"Beside them, {counted(unrecorded.found, 'file')} that no record names:", *unrecorded.told(), sep="\n    ")
    return 1 if broken else 0


def publish(machine: Machine) -> int:
    """Write a publication and print where its files are; the exit code is 1 when there are gaps, and each is printed."""
    try:
        with data_of(machine, Role.PUBLISHER) as context:
            made = publications.publish(context)
    except PublicationHasGaps as refusal:
        print("Nothing was published:", *(gap.detail for gap in refusal.gaps), sep="\n    ", file=sys.stderr)
        return 1
    print(f"Publication {made.id} is in {machine.objects / publications.key_of(made.id, '')}")
    return 0


def close(machine: Machine, quarter: Quarter, reason: str) -> int:
    """Close a quarter of every grant, and print how it ended for each; the exit code is 1 when anything stopped one."""
    ends: Counter[Ending] = Counter()
    with data_of(machine, Role.FINANCE) as context:
        for outcome in close_everywhere(context, quarter, reason):
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
    with data_of(machine, Role.OFFICER) as context:
        if not context.settings.reminder_days:
            print("No reminder is sent: STREETLIGHT_REMINDER_DAYS is not set. When to remind is the office's own policy.")
        for reminder in reminders.remind(context, mail):
            failed += reminder.state is not ReminderState.SENT
            print(f"{reminder.id}  {reminder.state.replace('_', ' ')}", f"\n    {reminder.why}" if reminder.why else "", sep="")
    for message in mail.sent():
        print(message)
    return 1 if failed else 0


def rebuild(machine: Machine, aggregate_id: str) -> int:
    """Make a publication or export again and print how each file compares; the exit code is 1 when any is another, or cannot be made."""
    with data_of(machine, Role.VIEWER) as context:
        try:
            again = rebuilding.rebuild(context, aggregate_id)
        except (Missing, ChainBroken) as refusal:
            print(refusal, file=sys.stderr)
            return 1
        lines = tuple(comparison(again, context.settings.code_version))
    print(*lines, sep="\n")
    return 0 if all(file.is_the_same for file in again.files) else 1


def comparison(again: Rebuilding, running: str) -> Iterator[str]:
    """What was made again, line by line; `running` is the version of the code that did."""
    others = [file for file in again.files if not file.is_the_same]
    yield f"{again.name}, made by version {again.code_version or 'unknown'} of the code:"
    for file in again.files:
        state = "the same" if file.is_the_same else f"DIFFERENT: recorded were {_bytes(file.recorded)}"
        yield f"    {file.name}  {_bytes(file.made)}  {state}"
    yield f"{counted(len(again.files), 'file')} made again, {len(others) or 'none'} different."
    if others and running != again.code_version:
        yield f"This is version {running}, and other code may write other bytes: make it again with the version that made it first."


def _bytes(file: File | None) -> str:
    return f"{file.size:,} bytes  {file.sha256}" if file else "nothing"


@contextmanager
def data_of(machine: Machine, role: Role) -> Iterator[Context]:
    """Somebody's context on a machine's data, for the length of a `with` block. Raises MachineBusy while a server runs on it."""
    with store_of(machine) as dynamodb:
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        yield context_as(role)


def _tell(verdict: Verdict) -> None:
    files = f" and {counted(verdict.files, 'file')}" if verdict.files else ""
    state = "BROKEN" if verdict.problems else "whole"
    print(f"{verdict.name}  {counted(verdict.position.seq, 'record')}{files}  {verdict.position.hash[:12]}  {state}")
    for problem in verdict.problems:
        print(f"    {problem}")


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
