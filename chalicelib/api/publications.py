"""Publications: what the public reads, each one frozen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.duties import PUBLISH, READ
from chalicelib.api.gap_views import GapView
from chalicelib.api.paging import UnknownCursor
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Shown
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.publication_gaps import Gap, PublicationHasGaps
from chalicelib.domain.publications import File, Publication, place_of
from chalicelib.services import publications as services

publications = Routes("publications")

PublicationId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-[1-9][0-9]{0,3}$(?!\n)",
        description="A publication's id: its day, and its number on that day.",
        examples=["2024-04-01-1"],
    ),
]


class FileView(Shown, frozen=True, kw_only=True):
    """One file, with its SHA-256 and its size in bytes."""

    name: str
    sha256: str
    size: int

    @classmethod
    def of(cls, file: File) -> FileView:
        """As the API shows it."""
        return cls(name=file.name, sha256=file.sha256, size=file.size)


class PublicationView(Shown, frozen=True, kw_only=True):
    """A publication and its files, under `path` of the public site; manifest.json says what they were made from."""

    id: PublicationId
    on: date
    path: str
    code_version: str
    requested_by: str
    files: tuple[FileView, ...]

    @classmethod
    def of(cls, publication: Publication) -> PublicationView:
        """As the API shows it."""
        return cls(
            id=publication.id,
            on=publication.on,
            path=services.key_of(publication.id, "index.html"),
            code_version=publication.code_version,
            requested_by=publication.requested_by,
            files=tuple(FileView.of(file) for file in publication.files),
        )


@publications.listing("/publications", allow=READ, gives=PublicationView.of, summary="List publications")
def list_publications(call: Call, query: PageQuery) -> Page[Publication]:
    """Every publication, newest first."""
    found: Iterable[Publication] = services.made(call.context)
    if call.after:
        shown = _place(call.after)
        found = (each for each in found if place_of(each.id) < shown)
    return Page.of(found, limit=query.limit, key=lambda publication: publication.id)


def _place(after: str) -> tuple[date, int]:
    try:
        return place_of(after)
    except ValueError:
        raise UnknownCursor from None


@publications.post(
    "/publications",
    allow=PUBLISH,
    gives=PublicationView.of,
    at="/publications/{id}",
    summary="Publish",
    problems=(ChainBroken, PublicationHasGaps),
)
def publish(call: Call) -> Publication:
    """Publish the ledger as it stands. Earlier publications are never changed. Where something is missing, every gap is named."""
    return services.publish(call.context)


@publications.listing(
    "/publications/gaps", allow=READ, gives=GapView.of, summary="List what is missing for a publication", problems=(ChainBroken,)
)
def list_gaps(call: Call, query: PageQuery) -> Page[Gap]:
    """Every gap that would keep the ledger as it stands from being published, in order of subject. It takes as long as publishing."""
    found = (gap for gap in services.gaps(call.context) if gap.key > call.after)
    return Page.of(found, limit=query.limit, key=lambda gap: gap.key)


@publications.get(
    "/publications/{publication_id}",
    allow=READ,
    gives=PublicationView.of,
    summary="Show a publication",
    problems=(Missing,),
)
def show_publication(call: Call, publication_id: PublicationId) -> Publication:
    """One publication, with its files."""
    return services.find(call.context, publication_id)
