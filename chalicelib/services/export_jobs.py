"""Exports in the background: what is too large for one request is begun by it, and made by a job that anybody may watch or cancel.

    begin     take the position and record what was asked          ExportBegun: waiting
    go on     write the files; tell how far it is, every so often  ExportAdvanced, a few times
    finish    record the files, their SHA-256 and totals           ExportMade
              or that somebody cancelled, or why it failed         ExportCancelled, ExportFailed

To tell how far it is is to look whether it is still wanted: both are one change of the export's own chain, which nobody else
waits for. A job that is killed leaves an export that waits, and the next run makes it from the same position: the same files,
which are no others where some are there already. Two runs at once do the same work twice, and one of them records it.

What is too much for one run is made in parts, by many: see `export_parts`.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.context import Context
from chalicelib.domain.errors import DomainError, TooBusy
from chalicelib.domain.exports import (
    Asked,
    Done,
    Export,
    ExportAdvanced,
    ExportBegun,
    ExportCancelled,
    ExportFact,
    ExportMade,
    ExportState,
    Scope,
)
from chalicelib.domain.values import replace
from chalicelib.services import export_parts, exports, registers
from chalicelib.services.export_entries import Progress, records_in, untold
from chalicelib.services.export_records import NotWanted, failed, record, wanted
from chalicelib.services.unit import Held, Part, Plan, View, Written, change, one, view_of
from chalicelib.storage.objects import ObjectExists

AT_ONCE = 100_000
"""Of how many records an export is made within the request: a third of the time that API Gateway waits for an answer."""

_STEPS = 20
"""How many times an export tells how far it is."""


def ask(context: Context, scope: Scope, asked: Asked) -> Written[Export]:
    """Export what was asked for: at once where it is small, and otherwise in the background.

    On a machine of one's own there is no background, and an export takes as long as it takes. Raises what `exports.make` raises.
    """
    begun = exports.prepared(context, scope, asked)
    records = records_in(begun.position)
    if records <= AT_ONCE or context.settings.local_objects is not None:
        return exports.begin(context, ExportMade(export=exports.written(context, begun, untold)))
    waiting = replace(begun, background=ExportState.WAITING, done=Done(records=0, of=records))
    return exports.begin(context, ExportBegun(export=waiting))


def waiting(context: Context) -> Iterator[Held[Export]]:
    """The exports that wait to be made, in the order of the days on which they were asked for."""
    found = (held for held in registers.every(context, Export) if held.state.state is ExportState.WAITING)
    yield from sorted(found, key=lambda held: (held.state.on, held.state.id))


def go_on(context: Context, export_id: str, progress: Progress = untold) -> Export:
    """Make an export that waits; the answer is the export as it ended. Raises Missing, and what the store raises: it waits still, then."""
    held = registers.find(context, Export, export_id).state
    if held.state is not ExportState.WAITING:
        return held
    if export_parts.in_parts(context, held):
        return export_parts.see_to(context, held)
    try:
        made = exports.written(context, replace(held, background=None, done=None), _watched(context, held, progress))
        fact: ExportFact = ExportMade(export=replace(made, code_version=context.settings.code_version))
    except NotWanted:
        return registers.find(context, Export, export_id).state
    except TooBusy:
        raise
    except (DomainError, ObjectExists) as refusal:
        # What is there of other bytes was written by other code for the same position, and stays: it never can be made.
        fact = failed(refusal)
    try:
        return record(context, export_id, fact).state
    except NotWanted:
        return registers.find(context, Export, export_id).state


def cancel(context: Context, export_id: str) -> Written[Export]:
    """Have an export made no further. Raises Missing, NotInState."""

    def decide(view: View) -> Plan:
        held = view.held(Export, export_id)
        held.state.require(ExportState.WAITING)
        return Plan(parts=(Part(held.name, held, (ExportCancelled(),)),))

    return change(context, lambda: view_of(context, wanted(export_id)), decide, one(Export))


def _watched(context: Context, export: Export, progress: Progress) -> Progress:
    """Progress that is recorded every so many records, and ends the run where the export is not wanted any more."""
    of = export.done.of if export.done else 0
    step, told = max(1, of // _STEPS), 0

    def tell(records: int) -> None:
        nonlocal told
        progress(records)
        if told + step <= records < of:
            told = records
            record(context, export.id, ExportAdvanced(records=records))

    return tell
