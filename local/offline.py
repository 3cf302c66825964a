"""Use cases on the data folder itself, without a server: `make verify` and `make publish`, while nothing else writes to it."""

from __future__ import annotations

import os

from chalicelib.backend import backend_from
from chalicelib.context import Context, random_id, the_time, wait_a_moment
from chalicelib.domain.people import Actor, Role
from chalicelib.reports.words import counted
from chalicelib.services import kept_files, publications
from chalicelib.services.findings import Findings
from chalicelib.services.verification import Verdict, verify_all
from local.machine import REGION, TABLE, Machine
from local.office import store_of
from local.table import ensure_table


def verify(machine: Machine) -> int:
    """Print a line for each aggregate, what is wrong with it, and what nothing names; the exit code is 1 when anything is broken."""
    chains = files = broken = 0
    with store_of(machine) as dynamodb:
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        context = context_as(Role.VIEWER)
        for verdict in verify_all(context):
            _tell(verdict)
            chains, files, broken = chains + 1, files + verdict.files, broken + bool(verdict.problems)
        unrecorded = Findings.of(kept_files.unrecorded(context))
    print(f"{counted(chains, 'chain')} and {counted(files, 'file')} verified, {broken or 'none'} broken.")
    if unrecorded.found:
        print(f"Beside them, {counted(unrecorded.found, 'file')} that no record names:", *unrecorded.told(), sep="\n    ")
    return 1 if broken else 0


def publish(machine: Machine) -> int:
    """Write a publication and print where its files are."""
    with store_of(machine) as dynamodb:
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        made = publications.publish(context_as(Role.PUBLISHER))
    print(f"Publication {made.id} is in {machine.objects / publications.key_of(made.id, '')}")
    return 0


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
