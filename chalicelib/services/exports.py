"""Finance's exports: files made from one position of the ledger, with control totals, streamed in flat memory."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.exports import ENTRIES_AS_CSV, POLICIES, Asked, Export, ExportBegun, ExportFormat, ExportKind, ExportMade, Scope
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.domain.publications import File
from chalicelib.domain.values import Struct, replace
from chalicelib.reports.control_totals import control_totals
from chalicelib.reports.entry_totals import Totals
from chalicelib.reports.in_suspense import altogether
from chalicelib.services import waiting
from chalicelib.services.export_entries import Ledger, Progress, untold, write_entries
from chalicelib.services.export_positions import position_of
from chalicelib.services.positions import Past
from chalicelib.services.unit import Part, Plan, View, Written, change, new_name, one, view_of
from chalicelib.storage.objects import Stored
from chalicelib.storage.store import Wanted

JSON = "application/json"
_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON: JSON,
    ExportFormat.HLEDGER: "text/plain; charset=utf-8",
}

_ENDINGS = {ExportFormat.HLEDGER: "journal"}
"""How the names of files end that are not called after their format."""


def make(context: Context, scope: Scope, asked: Asked = ENTRIES_AS_CSV, progress: Progress = untold) -> Written[Export]:
    """Export what was asked for in a scope: the files first, then the record of them.

    `registers.find(context, Export, id)` and `registers.every(context, Export)` read it again. When it fails between the
    two, the files are there and nothing names them: the request, made again, makes others.
    Raises Replayed, Invalid, Missing (the grant or fund), ChainBroken, AccountCodesUnset.
    """
    begun = prepared(context, scope, asked)
    return begin(context, ExportMade(export=written(context, begun, progress)))


def prepared(context: Context, scope: Scope, asked: Asked) -> Export:
    """An export of which nothing is written yet, at the ledger's present position. Raises Replayed, Invalid, Missing."""
    export_id = context.new_id()
    view_of(context, Wanted(heads=(Name(Kind.EXPORT, export_id),)))
    what = _with_policy(context, asked.checked(scope.checked()))
    # Before the position: what is posted meanwhile is told twice, and never left out.
    waits = waiting.everywhere(context)
    position = position_of(context, scope, what.kind)
    return Export(
        id=export_id,
        on=london_date(context.now),
        scope=scope,
        position=position,
        rows=0,
        totals_pence={},
        files=(),
        code_version=context.settings.code_version,
        asked=what,
        suspended={place: each for place, each in waits.items() if _taken_in(scope, position, place)},
    )


def _taken_in(scope: Scope, position: Mapping[str, int], place: str) -> bool:
    """Whether a grant's quarter (`ssf-4-example 2023-24-Q3`) is one that an export takes in."""
    grant_id, _, quarter = place.partition(" ")
    return f"{Kind.GRANT}#{grant_id}" in position and scope.takes_in_quarter(Quarter.parse(quarter))


def begin(context: Context, fact: ExportBegun | ExportMade) -> Written[Export]:
    """Record an export's first fact."""
    export_id = fact.export.id
    wanted = Wanted(heads=(Name(Kind.EXPORT, export_id),))

    def decide(view: View) -> Plan:
        return Plan(parts=(Part(new_name(view, Export, export_id), None, (fact,)),))

    return change(context, lambda: view_of(context, wanted), decide, one(Export))


def rebuild(context: Context, export: Export, onto: BinaryIO, progress: Progress = untold) -> bytes:
    """Write an export's file again, byte for byte, whatever was posted since; the answer is its control totals. Raises ChainBroken."""
    return _write(context, export, onto, progress).proof(replace(export, files=export.files[:1]))


def key_of(export_id: str, name: str) -> str:
    """Under which key an export's file is kept."""
    return f"exports/{export_id}/{name}"


def written(context: Context, begun: Export, progress: Progress) -> Export:
    """An export with its files in place. The same position gives the same files, so what was interrupted can be begun anew."""
    import tempfile  # noqa: PLC0415  it is slow to import, and few requests export

    with tempfile.TemporaryFile() as file:
        summed = _write(context, begun, file, progress)
        file.seek(0)
        name = file_name(begun)
        stored = context.objects.put(key_of(begun.id, name), file, content_type=type_of(begun.what.format))
    return proven(context, begun, stored, summed)


def file_name(export: Export) -> str:
    """What an export's file is called: after what is in it."""
    return f"{_called(export)}.{_ENDINGS.get(export.what.format, export.what.format)}"


def type_of(as_what: ExportFormat) -> str:
    """A format's media type."""
    return _TYPES[as_what]


def _called(export: Export) -> str:
    scope, what = export.scope, export.what
    words = (what.kind.replace("_", "-"), scope.quarter or scope.financial_year, scope.fund_id, scope.grant_id)
    return "-".join(word for word in words if word)


def proven(context: Context, begun: Export, stored: Stored, summed: Summed) -> Export:
    """An export whose file is in place, with its control totals put beside it."""
    file = File(name=file_name(begun), sha256=stored.sha256, size=stored.size)
    export = replace(begun, rows=summed.rows, totals_pence=summed.totals_pence, files=(file,))
    proof = _kept(context, begun.id, f"{_called(begun)}.totals.json", BytesIO(summed.proof(export)), JSON)
    return replace(export, files=(file, proof))


def _kept(context: Context, export_id: str, name: str, content: BinaryIO, content_type: str) -> File:
    stored: Stored = context.objects.put(key_of(export_id, name), content, content_type=content_type)
    return File(name=name, sha256=stored.sha256, size=stored.size)


@contextmanager
def no_collecting() -> Iterator[None]:
    """Without looking for cycles: rows make none, and to look through all that is loaded takes a twentieth of an export's time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _with_policy(context: Context, asked: Asked) -> Asked:
    """With what the office has said that its figures rest on: made again, they must rest on the same."""
    said = context.settings.export_policy
    return replace(asked, policy={name: said[name] for name in POLICIES.get(asked.kind, ()) if name in said})


class Summed(Struct, frozen=True):
    """What a file that was written comes to: its rows, its totals in pence, and how its control totals are made of the export."""

    rows: int
    totals_pence: Mapping[str, int]
    proof: Callable[[Export], bytes]


def summed_of(totals: Totals) -> Summed:
    """What a file of entries comes to."""
    return Summed(totals.rows, totals.measures, lambda kept: control_totals(kept, totals))


@no_collecting()
def _write(context: Context, export: Export, onto: BinaryIO, progress: Progress) -> Summed:
    ledger = Ledger(Past(context, export.position), export.scope, progress)
    what = export.what
    if what.kind is ExportKind.ENTRIES:
        return summed_of(write_entries(ledger, what.format, onto, altogether(export)))
    return _write_table(context, export, ledger, onto)


def _write_table(context: Context, export: Export, ledger: Ledger, onto: BinaryIO) -> Summed:
    # What tables are made with is for the few requests that export: the others start without it.
    from chalicelib.reports.table_csv import table_csv  # noqa: PLC0415
    from chalicelib.reports.table_totals import sheets, table_totals  # noqa: PLC0415
    from chalicelib.reports.tables import Sums  # noqa: PLC0415
    from chalicelib.reports.workbook import write_workbook  # noqa: PLC0415
    from chalicelib.services.export_tables import Source, table_of  # noqa: PLC0415

    sums = Sums(table_of(Source(context, export, ledger)))
    if export.what.format is ExportFormat.XLSX:
        write_workbook(sheets(sums, altogether(export)), onto)
    else:
        onto.writelines(table_csv(sums.table, sums.passing()))
    return Summed(sums.rows, sums.totals_pence, lambda kept: table_totals(kept, sums))
