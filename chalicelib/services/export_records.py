"""What becomes of an export that waits, on its own chain: recorded by whoever works on it, as long as it is wanted."""

from __future__ import annotations

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import DomainError
from chalicelib.domain.exports import Export, ExportFact, ExportFailed, ExportPartMade, ExportSplit, ExportState
from chalicelib.services.unit import Part, Plan, View, Written, change, one, view_of
from chalicelib.storage.store import Wanted

_MOST_WHY = 500


class NotWanted(Exception):
    """The export was cancelled, or somebody else made it, while this run was about it."""


class DoneAlready(Exception):
    """Somebody else made this part of the export, or cut it into parts."""


def record(context: Context, export_id: str, fact: ExportFact) -> Written[Export]:
    """Record what became of an export that waits. Raises NotWanted where it waits no more, DoneAlready for what is done once."""

    def decide(view: View) -> Plan:
        held = view.held(Export, export_id)
        if held.state.state is not ExportState.WAITING:
            raise NotWanted(export_id)
        if (split := held.state.split) and (
            isinstance(fact, ExportSplit) or (isinstance(fact, ExportPartMade) and split.part(fact.part).piece)
        ):
            raise DoneAlready(export_id)
        return Plan(parts=(Part(held.name, held, (fact,)),))

    return change(context, lambda: view_of(context, wanted(export_id)), decide, one(Export))


def wanted(export_id: str) -> Wanted:
    """What is read of an export to record something of it."""
    return Wanted(heads=(Name(Kind.EXPORT, export_id),))


def failed(why: DomainError) -> ExportFailed:
    """That an export can never be made."""
    return ExportFailed(why=str(why)[:_MOST_WHY])
