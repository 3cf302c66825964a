"""From which position of the ledger an export is made: how far each chain has come that its rows are made of."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.context import Context
from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Kind
from chalicelib.domain.exports import ExportKind, Scope
from chalicelib.domain.funds import Fund
from chalicelib.domain.periods import Quarter
from chalicelib.domain.returns import Return
from chalicelib.domain.suspense import Suspended
from chalicelib.services import positions, reading, registers
from chalicelib.services.unit import Held

_RETURNS = 2
"""How many of an initiative's accepted returns are looked at: the latest, and the one before."""

_NAMING = {
    ExportKind.ENTRIES: (Kind.INITIATIVE, Kind.ORGANISATION),
    ExportKind.BUDGET_MONITORING: (Kind.GRANT, Kind.INITIATIVE, Kind.ORGANISATION),
    ExportKind.CLAIM_SCHEDULE: (),
    ExportKind.COMMITMENTS: (Kind.INITIATIVE, Kind.ORGANISATION),
    ExportKind.MATCH: (Kind.FUND,),
    ExportKind.ASSETS: (Kind.ORGANISATION,),
    ExportKind.AUDIT_TRAIL: (),
    ExportKind.JOURNALS: (),
}
"""The kinds of which every chain is taken in beside the scope's grants. Forecasts fall on all grants that pay for an initiative."""


def position_of(context: Context, scope: Scope, kind: ExportKind) -> dict[str, int]:
    """How far the chains have come: those of the scope's grants, what rows are made of beside them, and what they name.

    Raises Missing, where the scope names what is not there.
    """
    if scope.fund_id is not None:
        registers.find(context, Fund, scope.fund_id)
    chosen = {grant.name.id for grant in reading.grants_in(context, scope)}
    # First what names grants and their entries: all that it names is there when these are read.
    beside = dict(_beside(context, scope, kind, chosen))
    taken = positions.position_now(context)
    grants = {f"{Kind.GRANT}#{grant_id}" for grant_id in chosen}
    named = tuple(f"{each}#" for each in _NAMING[kind])
    return {**beside, **{key: seq for key, seq in taken.items() if key in grants or key.startswith(named)}}


def _beside(context: Context, scope: Scope, kind: ExportKind, grants: set[str]) -> Iterator[tuple[str, int]]:
    if kind is ExportKind.BUDGET_MONITORING:
        yield from _returns(context, scope)
    if kind in (ExportKind.CLAIM_SCHEDULE, ExportKind.AUDIT_TRAIL):
        yield from _those(context, Kind.CLAIMS, grants)
    if kind in (ExportKind.ASSETS, ExportKind.AUDIT_TRAIL):
        yield from _purchases(context, grants)
    if kind is ExportKind.AUDIT_TRAIL:
        paid = {Cell.parse(each.cell).initiative_id or "" for grant_id in grants for each in context.store.balances(grant_id)}
        yield from _those(context, Kind.INITIATIVE, paid)
        yield from _told_of(context, grants, paid)


def _those(context: Context, kind: Kind, ids: set[str]) -> Iterator[tuple[str, int]]:
    for head in context.store.heads(kind):
        if head.name.id in ids:
            yield str(head.name), head.position.seq


def _told_of(context: Context, grants: set[str], initiatives: set[str]) -> Iterator[tuple[str, int]]:
    """What stands beside grants and the initiatives that they pay for: returns, evidence, disclosures, and what was in suspense.

    A slug has no full stop, so an id's parts say what it belongs to: `lighting.2023-24-Q2`, `entry.ssf-4-example.42.<unique>`.
    """
    for kind, part, of in (
        (Kind.RETURN, 0, initiatives),
        (Kind.EVIDENCE, 1, grants | initiatives),
        (Kind.DISCLOSURE, 0, grants | initiatives),
    ):
        for head in context.store.heads(kind):
            if head.name.id.split(".")[part] in of:
                yield str(head.name), head.position.seq
    for held in registers.every(context, Suspended):
        if held.state.place.partition(" ")[0] in grants:
            yield str(held.name), held.position.seq


def _purchases(context: Context, grants: set[str]) -> Iterator[tuple[str, int]]:
    for grant_id in sorted(grants):
        start = f"{grant_id}."
        for head in context.store.heads(Kind.PURCHASE, after=start):
            if not head.name.id.startswith(start):
                break
            yield str(head.name), head.position.seq


def _returns(context: Context, scope: Scope) -> Iterator[tuple[str, int]]:
    """The returns that were accepted last of each initiative, up to the scope's quarter where it has one."""
    last: dict[str, list[Held[Return]]] = {}
    for held in registers.every(context, Return):
        in_time = scope.quarter is None or Quarter.parse(held.state.quarter) <= Quarter.parse(scope.quarter)
        if held.state.accepted_on and in_time:
            last.setdefault(held.state.initiative_id, []).append(held)
    for found in last.values():
        for held in sorted(found, key=lambda held: Quarter.parse(held.state.quarter))[-_RETURNS:]:
            yield str(held.name), held.position.seq
