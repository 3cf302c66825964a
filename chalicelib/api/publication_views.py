"""Publications as the API shows and takes them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.fields import Reason, Sha256
from chalicelib.api.paging import PageQuery
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.publication_refusals import DraftStale
from chalicelib.domain.publications import File, Publication, PublicationState
from chalicelib.services import drafts
from chalicelib.services import publications as services

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


class PublicationView(Versioned, frozen=True, kw_only=True):
    """A publication and its files; manifest.json says what they were made from, and `manifest_sha256` proves that file.

    What is `made` is under `path` of the public site. A draft is nowhere until it is published: ask for its preview. `stale` says why
    it cannot be published any more, if that is so. What `waits` is being made, or published, in the background: ask again in a few
    minutes. `why_not` says why nothing came of it.
    """

    id: PublicationId
    on: date
    state: PublicationState
    path: str | None
    manifest_sha256: Sha256 | None
    compared_with: PublicationId | None
    code_version: str
    requested_by: str
    why_withdrawn: str | None
    stale: str | None
    waits: bool
    why_not: str | None
    files: tuple[FileView, ...]

    @classmethod
    def of(cls, publication: Publication, stale: DraftStale | None = None) -> PublicationView:
        """As the API shows it."""
        manifest = publication.file("manifest.json")
        return cls(
            id=publication.id,
            on=publication.on,
            state=publication.state,
            path=services.key_of(publication.id, "index.html") if publication.state is PublicationState.MADE else None,
            manifest_sha256=manifest.sha256 if manifest else None,
            compared_with=publication.follows or None,
            code_version=publication.code_version,
            requested_by=publication.requested_by,
            why_withdrawn=publication.why or None,
            stale=stale.detail if stale else None,
            waits=publication.waits,
            why_not=publication.failed or None,
            files=tuple(FileView.of(file) for file in publication.files),
            version=str(publication.seq),
        )


class PublicationQuery(PageQuery, frozen=True, kw_only=True):
    """Which publications to list: those in one state, or all that have files."""

    state: PublicationState | None = None


class WhyBody(Body, frozen=True, kw_only=True):
    """Why. Of a withdrawal the reason is published."""

    reason: Reason


class PreviewView(Shown, frozen=True, kw_only=True):
    """Where a draft's archive can be fetched, without signing in, for the next quarter of an hour."""

    link: str
    seconds: int

    @classmethod
    def of(cls, link: str) -> PreviewView:
        """As the API shows it."""
        return cls(link=link, seconds=drafts.LINK_SECONDS)


class LatestView(Shown, frozen=True, kw_only=True):
    """The publication that stands now, for everybody: where it is, and what its manifest's SHA-256 must be."""

    id: PublicationId
    on: date
    path: str
    manifest_sha256: Sha256 | None

    @classmethod
    def of(cls, publication: Publication) -> LatestView:
        """As the API shows it."""
        shown = PublicationView.of(publication)
        return cls(id=shown.id, on=shown.on, path=shown.path or "", manifest_sha256=shown.manifest_sha256)


Judged = tuple[Publication, DraftStale | None]
"""A publication, and why it cannot be published any more: a draft that something overtook."""


def judged_view(found: Judged) -> PublicationView:
    """As the API shows it."""
    publication, stale = found
    return PublicationView.of(publication, stale)
