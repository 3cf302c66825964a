"""Publications of the data folder, without a server: made, drafted, published from a draft, and made again to compare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from chalicelib.api.publication_views import PublicationView
from chalicelib.domain.people import Role
from chalicelib.domain.publication_gaps import PublicationHasGaps
from chalicelib.domain.publications import File, Publication, PublicationState
from chalicelib.reports.words import counted
from chalicelib.services import drafts, publications, rebuilding
from chalicelib.services.publication_places import draft_key_of
from chalicelib.services.rebuilding import Rebuilding
from local.exit_codes import ExitCode
from local.machine import Machine
from local.offline import data_of
from local.told import Told


def publish(machine: Machine, told: Told, *, draft_id: str | None = None, as_draft: bool = False) -> ExitCode:
    """Publish the ledger as it stands, or a draft that was made of it; or make that draft. Say where the files are.

    The exit code is 1 when there are gaps, and each is said.
    """
    try:
        with data_of(machine, Role.PUBLISHER) as context:
            made = drafts.publish_draft(context, draft_id) if draft_id else publications.publish(context, as_draft=as_draft)
    except PublicationHasGaps as refusal:
        return told.refused(refusal, ["Nothing was published:", *(f"    {gap.detail}" for gap in refusal.gaps)])
    where = _place(machine, made)
    told.program({**msgspec.to_builtins(PublicationView.of(made)), "place": str(where)})
    told.people(f"{'Draft' if made.state is PublicationState.DRAFTED else 'Publication'} {made.id} is in {where}")
    return ExitCode.DONE


def rebuild(machine: Machine, aggregate_id: str, told: Told) -> ExitCode:
    """Make a publication or export again and say how each file compares; the exit code is 1 when any is another, or cannot be made."""
    with data_of(machine, Role.VIEWER) as context:
        again = rebuilding.rebuild(context, aggregate_id)
        running = context.settings.code_version
    told.people(*comparison(again, running))
    files = [{"name": each.name, "recorded": each.recorded, "made": each.made, "is_the_same": each.is_the_same} for each in again.files]
    told.program({"name": str(again.name), "code_version": again.code_version, "running_version": running, "files": files})
    return ExitCode.DONE if all(file.is_the_same for file in again.files) else ExitCode.NOT_DONE


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


def _place(machine: Machine, made: Publication) -> Path:
    if made.state is PublicationState.DRAFTED and made.archive:
        return machine.objects / draft_key_of(made.id, made.archive.name)
    return machine.objects / publications.key_of(made.id, "")


def _bytes(file: File | None) -> str:
    return f"{file.size:,} bytes  {file.sha256}" if file else "nothing"
