"""Exports: finance's files, with control totals; downloads are signed links that expire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar

from msgspec import Meta

from chalicelib.api.duties import EXPORT
from chalicelib.api.fields import FinancialYearText, QuarterText, ShownPence, Slug
from chalicelib.api.import_bodies import WaitingView
from chalicelib.api.publication_views import FileView
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown
from chalicelib.domain.errors import ChainBroken, Missing, NotInState
from chalicelib.domain.export_parts import Split
from chalicelib.domain.exports import AccountCodesUnset, Asked, Export, ExportFormat, ExportKind, ExportState, Scope
from chalicelib.services import export_jobs, registers
from chalicelib.services import exports as services
from chalicelib.services.unit import Held, Written

exports = Routes("exports")

LINK_SECONDS = 900
"""How long a download link works."""

ExportId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)", description="An export's id.")]


_PARTS = ("financial_year", "quarter", "fund_id", "grant_id")


class NewExport(Body, frozen=True, kw_only=True):
    """What to export, and of what: of all that matches every part given; at least one must be."""

    ALSO: ClassVar[Mapping[str, object]] = {"anyOf": [{"required": [part], "properties": {part: {"type": "string"}}} for part in _PARTS]}

    kind: ExportKind = ExportKind.ENTRIES
    format: ExportFormat = ExportFormat.CSV
    financial_year: FinancialYearText | None = None
    quarter: QuarterText | None = None
    fund_id: Slug | None = None
    grant_id: Slug | None = None

    def scope(self) -> Scope:
        """As the domain knows it. Raises Invalid, Contradictory."""
        return Scope(financial_year=self.financial_year, quarter=self.quarter, fund_id=self.fund_id, grant_id=self.grant_id).checked()


class PartsView(Shown, frozen=True, kw_only=True):
    """How many of an export's parts are made, of how many."""

    made: int
    of: int

    @classmethod
    def of_split(cls, split: Split) -> PartsView:
        """As the API shows it."""
        return cls(made=len(split.parts) - len(split.missing), of=len(split.parts))


class DoneView(Shown, frozen=True, kw_only=True):
    """How many of the ledger's records were read so far, of how many, and why it failed, if it did; `parts` where it is made in parts."""

    records: int
    of: int
    why: str
    parts: PartsView | None

    @classmethod
    def of_export(cls, export: Export) -> DoneView | None:
        """As the API shows it."""
        if export.done is None:
            return None
        parts = PartsView.of_split(export.split) if export.split else None
        return cls(records=export.done.records, of=export.done.of, why=export.done.why, parts=parts)


class ExportView(Shown, frozen=True, kw_only=True):
    """An export: what it took in, from which ledger position, and what its rows come to, and what waited in suspense
    beside them; `done` until it is made, where that takes long.
    """

    id: ExportId
    kind: ExportKind
    format: ExportFormat
    state: ExportState
    done: DoneView | None
    on: date
    financial_year: FinancialYearText | None
    quarter: QuarterText | None
    fund_id: Slug | None
    grant_id: Slug | None
    policy: dict[str, str]
    position: dict[str, int]
    rows: int
    totals_pence: dict[str, ShownPence]
    suspense: tuple[WaitingView, ...]
    code_version: str
    files: tuple[FileView, ...]

    @classmethod
    def of(cls, held: Held[Export] | Written[Export]) -> ExportView:
        """As the API shows it."""
        export = held.state
        return cls(
            id=export.id,
            kind=export.what.kind,
            format=export.what.format,
            state=export.state,
            done=DoneView.of_export(export),
            on=export.on,
            financial_year=export.scope.financial_year,
            quarter=export.scope.quarter,
            fund_id=export.scope.fund_id,
            grant_id=export.scope.grant_id,
            policy=dict(export.what.policy),
            position=dict(export.position),
            rows=export.rows,
            totals_pence=dict(export.totals_pence),
            suspense=WaitingView.each(export.suspended),
            code_version=export.code_version,
            files=tuple(FileView.of(file) for file in export.files),
        )


@exports.listing("/exports", allow=EXPORT, gives=ExportView.of, summary="List exports")
def list_exports(call: Call, query: PageQuery) -> Page[Held[Export]]:
    """Every export anybody made, in order of id."""
    found = registers.every(call.context, Export, after=call.after, at_once=query.at_once)
    return Page.of(found, limit=query.limit, key=lambda export: export.state.id)


@exports.post(
    "/exports",
    allow=EXPORT,
    takes=NewExport,
    gives=ExportView.of,
    at="/exports/{id}",
    summary="Export",
    problems=(Missing, AccountCodesUnset, ChainBroken),
)
def make_export(call: Call, body: NewExport) -> Written[Export]:
    """Export the entries of a financial year, quarter, fund or grant, or a report on them, with control totals beside it.

    Of more than 100,000 records it is made in the background: its `state` is `waiting`, and `done` says how far it is. Entries of more
    than 1,000,000 records are made in parts, by several workers at once, unless they are to be a workbook.
    """
    return export_jobs.ask(call.context, body.scope(), Asked(kind=body.kind, format=body.format))


@exports.get("/exports/{export_id}", allow=EXPORT, gives=ExportView.of, summary="Show an export", problems=(Missing,))
def show_export(call: Call, export_id: ExportId) -> Held[Export]:
    """One export. Its files come from `/exports/{export_id}/links`."""
    return registers.find(call.context, Export, export_id)


@exports.post(
    "/exports/{export_id}/cancellation",
    allow=EXPORT,
    gives=ExportView.of,
    at="/exports/{id}",
    summary="Cancel an export",
    problems=(Missing, NotInState),
)
def cancel_export(call: Call, export_id: ExportId) -> Written[Export]:
    """Have an export made no further that is waiting or being made."""
    return export_jobs.cancel(call.context, export_id)


class Links(Shown, frozen=True, kw_only=True):
    """Where each file can be fetched, without signing in, for the next quarter of an hour."""

    links: dict[str, str]
    seconds: int


def _links(links: dict[str, str]) -> Links:
    return Links(links=links, seconds=LINK_SECONDS)


@exports.get(
    "/exports/{export_id}/links", allow=EXPORT, gives=_links, summary="Get an export's download links", problems=(Missing, NotInState)
)
def link_export(call: Call, export_id: ExportId) -> dict[str, str]:
    """A signed link to each of an export's files."""
    context = call.context
    export = registers.find(context, Export, export_id).state
    export.require(ExportState.MADE)
    return {
        file.name: context.objects.link(services.key_of(export.id, file.name), seconds=LINK_SECONDS, now=context.now, filename=file.name)
        for file in export.files
    }
