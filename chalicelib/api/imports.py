"""Imports: extracts of finance's ledger, previewed before anything is posted, and committed by what was seen."""

from __future__ import annotations

from chalicelib.api.duties import IMPORT, READ
from chalicelib.api.evidence import UploadView
from chalicelib.api.import_bodies import Commitment, ImportId, ImportView, NewImport, RequestedImport, RowQuery
from chalicelib.api.paging import number_after
from chalicelib.api.preview_rows import PreviewRowView
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.domain.errors import ChainBroken, Missing, NotInState
from chalicelib.domain.evidence import FileTooLarge, NotUploaded
from chalicelib.domain.import_refusals import ControlTotalDiffers, ExtractUnreadable, NothingToConfirm, PreviewStale
from chalicelib.domain.imports import Import
from chalicelib.domain.previews import PreviewRow
from chalicelib.services import import_posting, registers
from chalicelib.services import imports as services
from chalicelib.services.imports import Requested
from chalicelib.services.unit import Held, Written
from chalicelib.storage.objects import Upload

imports = Routes("imports")


@imports.listing("/imports", allow=READ, gives=ImportView.of, summary="List imports")
def list_imports(call: Call, query: PageQuery) -> Page[Held[Import]]:
    """Every import in order of id."""
    found = registers.every(call.context, Import, after=call.after, at_once=query.at_once)
    return Page.of(found, limit=query.limit, key=lambda held: held.state.id)


@imports.post(
    "/imports",
    allow=IMPORT,
    takes=NewImport,
    gives=RequestedImport.of,
    at="/imports/{id}",
    summary="Announce an extract",
    problems=(Missing, FileTooLarge),
)
def announce_import(call: Call, body: NewImport) -> Requested:
    """Announce an extract of the office's ledger and get the request that uploads it. Nothing is posted."""
    return services.announce(call.context, body.profile_id, body.announced())


@imports.get("/imports/{import_id}", allow=READ, gives=ImportView.of, versioned=True, summary="Show an import", problems=(Missing,))
def show_import(call: Call, import_id: ImportId) -> Held[Import]:
    """One import: its preview, and how far its posting is."""
    return registers.find(call.context, Import, import_id)


@imports.get(
    "/imports/{import_id}/upload",
    allow=IMPORT,
    gives=UploadView.of,
    summary="Get an extract's upload link again",
    problems=(Missing, NotInState),
)
def show_import_upload(call: Call, import_id: ImportId) -> Upload:
    """The request that uploads the extract, once more, as the first one has expired."""
    return services.upload(call.context, import_id)


@imports.post(
    "/imports/{import_id}/preview",
    allow=IMPORT,
    creates=False,
    gives=ImportView.of,
    summary="Preview an extract",
    problems=(Missing, NotInState, NotUploaded, ExtractUnreadable, ChainBroken),
)
def preview_import(call: Call, import_id: ImportId) -> Written[Import]:
    """Read what was uploaded, and say what would become of every row. It can be asked again while nothing is committed."""
    return services.preview(call.context, import_id)


@imports.listing(
    "/imports/{import_id}/rows",
    allow=READ,
    query=RowQuery,
    gives=PreviewRowView.of,
    summary="List the rows of a preview",
    problems=(Missing,),
)
def list_rows(call: Call, import_id: ImportId, query: RowQuery) -> Page[PreviewRow]:
    """The documents with one status, and every row that is no document under `rejected`, each with all that is wrong with it."""
    held = registers.find(call.context, Import, import_id).state
    after = number_after(call.after)
    numbered = enumerate(services.rows(call.context, held, query.status, after), after + 1)
    page = Page.of(numbered, limit=query.limit, key=lambda each: str(each[0]))
    return Page(tuple(row for _, row in page.items), page.after)


@imports.post(
    "/imports/{import_id}/commit",
    allow=IMPORT,
    creates=False,
    takes=Commitment,
    gives=ImportView.of,
    summary="Commit a preview, or go on with it",
    problems=(Missing, NotInState, PreviewStale, ControlTotalDiffers, NothingToConfirm),
)
def commit_import(call: Call, import_id: ImportId, body: Commitment) -> Held[Import]:
    """Post what was previewed: so many documents a request, each write whole. What the ledger refuses waits in suspense.

    Repeat it with the answer's ETag until the import is `committed`. What is posted is posted once, so when no answer came,
    read how far it is and go on.
    """
    return import_posting.commit(call.context, import_id, body.asked())
