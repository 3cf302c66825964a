"""Finance's exports: entries as rows, with control totals, streamed in flat memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from itertools import chain
from typing import BinaryIO

from chalicelib.context import Context
from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Kind, Link, Name
from chalicelib.domain.exports import Export, ExportMade, Scope
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant, GrantOffered
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.periods import london_date
from chalicelib.domain.publications import File
from chalicelib.domain.values import replace
from chalicelib.reports.cells import BOM
from chalicelib.reports.control_totals import control_totals
from chalicelib.reports.entries import HEADING, EntryRows, Place
from chalicelib.reports.entry_totals import Totals
from chalicelib.services import positions, reading, registers
from chalicelib.services.positions import Past
from chalicelib.services.unit import Part, Plan, View, Written, change, new_name, one, view_of
from chalicelib.storage import items
from chalicelib.storage.objects import Stored
from chalicelib.storage.store import Wanted

CSV = "text/csv; charset=utf-8"
JSON = "application/json"


def make(context: Context, scope: Scope) -> Written[Export]:
    """Export the entries in a scope: the files first, then the record of them.

    `registers.find(context, Export, id)` and `registers.every(context, Export)` read it again. When it fails between the
    two, the files are there and nothing names them: the request, made again, makes others.
    Raises Replayed, Invalid, Missing (the grant or fund), ChainBroken.
    """
    export_id = context.new_id()
    wanted = Wanted(heads=(Name(Kind.EXPORT, export_id),))
    view_of(context, wanted)
    export = _written(context, export_id, scope.checked(), _position(context, scope))

    def decide(view: View) -> Plan:
        return Plan(parts=(Part(new_name(view, Export, export_id), None, (ExportMade(export=export),)),))

    return change(context, lambda: view_of(context, wanted), decide, one(Export))


def rebuild(context: Context, export: Export, onto: BinaryIO) -> bytes:
    """Write an export's CSV again, byte for byte, whatever was posted since; the answer is its control totals. Raises ChainBroken."""
    totals = _write(context, export.scope, export.position, onto)
    return control_totals(replace(export, files=export.files[:1]), totals)


def key_of(export_id: str, name: str) -> str:
    """Under which key an export's file is kept."""
    return f"exports/{export_id}/{name}"


def _position(context: Context, scope: Scope) -> dict[str, int]:
    """How far the chains have come that the rows are made of: the scope's grants, and what any grant may name."""
    if scope.fund_id is not None:
        registers.find(context, Fund, scope.fund_id)
    chosen = {str(grant.name) for grant in reading.grants_in(context, scope)}
    taken = positions.position_now(context)
    named = (f"{Kind.INITIATIVE}#", f"{Kind.ORGANISATION}#")
    return {key: seq for key, seq in taken.items() if key in chosen or key.startswith(named)}


def _written(context: Context, export_id: str, scope: Scope, position: Mapping[str, int]) -> Export:
    import tempfile  # noqa: PLC0415  it is slow to import, and few requests export

    words = "-".join(part for part in (scope.quarter or scope.financial_year, scope.fund_id, scope.grant_id) if part)
    on = london_date(context.now)
    with tempfile.TemporaryFile() as file:
        totals = _write(context, scope, position, file)
        file.seek(0)
        rows = _kept(context, export_id, f"entries-{words}.csv", file, CSV)
    export = Export(
        id=export_id,
        on=on,
        scope=scope,
        position=position,
        rows=totals.rows,
        totals_pence=totals.measures,
        files=(rows,),
        code_version=context.settings.code_version,
    )
    proof = BytesIO(control_totals(export, totals))
    summed = _kept(context, export_id, f"entries-{words}.totals.json", proof, JSON)
    return replace(export, files=(rows, summed))


def _kept(context: Context, export_id: str, name: str, content: BinaryIO, content_type: str) -> File:
    stored: Stored = context.objects.put(key_of(export_id, name), content, content_type=content_type)
    return File(name=name, sha256=stored.sha256, size=stored.size)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Without looking for cycles: rows make none, and to look through all that is loaded takes a twentieth of an export's time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_no_collecting()
def _write(context: Context, scope: Scope, position: Mapping[str, int], onto: BinaryIO) -> Totals:
    past, rows = Past(context, position), EntryRows()
    past.take_heads(Initiative)
    past.take_heads(Organisation)
    onto.write(BOM + HEADING.encode())
    for grant_id in positions.ids_in(position, Kind.GRANT):
        onto.writelines(some.encode() for some in _rows(past, scope, grant_id, rows))
    return rows.totals


def _rows(past: Past, scope: Scope, grant_id: str, rows: EntryRows) -> Iterator[str]:
    name = Name(Kind.GRANT, grant_id)
    pages = past.bodies(name)
    page = next(pages)
    # A grant's fund and lead recipient never change, so its first record says them for every row.
    offered = items.record_of(name, Link(1, page[0], "")).fact
    if not isinstance(offered, GrantOffered):
        raise TypeError(f"{name} does not begin with its offer")
    return rows.of_grant(name, chain((page,), pages), lambda where: _place(past, scope, offered.grant, where))


def _place(past: Past, scope: Scope, grant: Grant, where: Cell) -> Place | None:
    if not scope.takes_in(where):
        return None
    lead = past.state(Organisation, grant.lead_recipient_id).name
    if where.initiative_id is None:
        return Place(fund=grant.fund_id, grant=grant.id, lead_recipient=lead)
    initiative = past.state(Initiative, where.initiative_id)
    return Place(
        fund=grant.fund_id,
        grant=grant.id,
        lead_recipient=lead,
        initiative=initiative.id,
        initiative_title=initiative.title,
        category=initiative.category.value,
        partner=past.state(Organisation, initiative.partner_id).name,
    )
