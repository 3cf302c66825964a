"""Publications: what the public reads, each one frozen; drafts of them, and those that were withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.duties import DRAFT, PUBLISH, READ, WITHDRAW
from chalicelib.api.fields import Reason, Sha256
from chalicelib.api.gap_views import GapView
from chalicelib.api.paging import UnknownCursor
from chalicelib.api.routing import ANYONE, Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.errors import ChainBroken, Contradictory, Missing, NotInState
from chalicelib.domain.publication_gaps import Gap, PublicationHasGaps
from chalicelib.domain.publication_refusals import DraftChanged, DraftStale, EarlierChanged, PublicationOvertaken
from chalicelib.domain.publications import File, Publication, PublicationState, place_of
from chalicelib.services import drafts
from chalicelib.services import publications as services

publications = Routes("publications")

ATOM = "application/atom+xml; charset=utf-8"
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
    it cannot be published any more, if that is so.
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


def _judged(found: Judged) -> PublicationView:
    publication, stale = found
    return PublicationView.of(publication, stale)


@publications.listing(
    "/publications", allow=READ, query=PublicationQuery, gives=_judged, summary="List publications", problems=(ChainBroken,)
)
def list_publications(call: Call, query: PublicationQuery) -> Page[Judged]:
    """Every publication, draft, discarded draft and withdrawn publication, newest first."""
    known = services.every(call.context)
    found: Iterable[Publication] = (each for each in known if query.state in (None, each.state))
    if call.after:
        shown = _place(call.after)
        found = (each for each in found if place_of(each.id) < shown)
    judged = ((each, drafts.stale(call.context, each, known)) for each in found)
    return Page.of(judged, limit=query.limit, key=lambda judged: judged[0].id)


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
    summary="Publish at once",
    problems=(ChainBroken, EarlierChanged, PublicationHasGaps, PublicationOvertaken),
)
def publish(call: Call) -> Publication:
    """Publish the ledger as it stands, without a draft. Earlier ones are never changed. Where something is missing, every gap is named."""
    return services.publish(call.context)


@publications.listing(
    "/publications/gaps",
    allow=READ,
    gives=GapView.of,
    summary="List what is missing for a publication",
    problems=(ChainBroken, EarlierChanged),
)
def list_gaps(call: Call, query: PageQuery) -> Page[Gap]:
    """Every gap that would keep the ledger as it stands from being published, in order of subject. It takes as long as publishing."""
    found = (gap for gap in services.gaps(call.context) if gap.key > call.after)
    return Page.of(found, limit=query.limit, key=lambda gap: gap.key)


@publications.post(
    "/publication-drafts",
    allow=DRAFT,
    gives=PublicationView.of,
    at="/publications/{id}",
    summary="Draft a publication",
    problems=(ChainBroken, EarlierChanged, PublicationHasGaps, PublicationOvertaken),
)
def draft_publication(call: Call) -> Publication:
    """Make a publication of the ledger as it stands that nobody but the publisher can read yet. Gaps refuse it, too."""
    return services.publish(call.context, as_draft=True)


@publications.get(
    "/publications/{publication_id}",
    allow=READ,
    gives=_judged,
    versioned=True,
    summary="Show a publication",
    problems=(Missing, ChainBroken),
)
def show_publication(call: Call, publication_id: PublicationId) -> Judged:
    """One publication or draft, with its files."""
    return drafts.judged(call.context, publication_id)


@publications.get(
    "/publications/{publication_id}/preview",
    allow=PUBLISH,
    gives=PreviewView.of,
    summary="Get a link to a draft",
    problems=(Missing, NotInState),
)
def preview_publication(call: Call, publication_id: PublicationId) -> str:
    """A signed link to one archive with every file of a draft: exactly the bytes that will go out."""
    return drafts.preview(call.context, publication_id)


@publications.post(
    "/publications/{publication_id}/publication",
    allow=PUBLISH,
    creates=False,
    gives=PublicationView.of,
    summary="Publish a draft",
    problems=(Missing, NotInState, ChainBroken, DraftStale, DraftChanged, PublicationHasGaps, PublicationOvertaken),
)
def publish_draft(call: Call, publication_id: PublicationId) -> Publication:
    """Publish a draft's own bytes. Where something else was published or withdrawn since it was made, it is refused."""
    return drafts.publish_draft(call.context, publication_id)


@publications.post(
    "/publications/{publication_id}/discard",
    allow=PUBLISH,
    creates=False,
    takes=WhyBody,
    gives=PublicationView.of,
    summary="Discard a draft",
    problems=(Missing, NotInState),
)
def discard_draft(call: Call, publication_id: PublicationId, body: WhyBody) -> Publication:
    """Say that a draft will not be published, and why."""
    return drafts.discard(call.context, publication_id, body.reason)


@publications.post(
    "/publications/{publication_id}/withdrawal",
    allow=WITHDRAW,
    creates=False,
    takes=WhyBody,
    gives=PublicationView.of,
    summary="Withdraw a publication",
    problems=(Missing, NotInState, ChainBroken, Contradictory),
)
def withdraw_publication(call: Call, publication_id: PublicationId, body: WhyBody) -> Publication:
    """Say that a publication no longer counts. Its record and its files stay, and withdrawn.json beside them gives the reason in public."""
    return drafts.withdraw(call.context, publication_id, body.reason)


@publications.get("/latest", allow=ANYONE, gives=LatestView.of, summary="Show the latest publication", problems=(Missing,))
def latest_publication(call: Call) -> Publication:
    """The publication that stands now. Anybody may ask."""
    found = services.latest(call.context)
    if found is None:
        raise Missing(kind="publication", id="latest")
    return found


def _as_it_is(text: str) -> str:
    return text


@publications.get("/feed.atom", allow=ANYONE, gives=_as_it_is, media=ATOM, summary="Follow publications")
def publication_feed(call: Call) -> str:
    """Every publication as an Atom feed, newest first; those that were withdrawn say so. Anybody may ask."""
    from chalicelib.reports.feed import feed  # noqa: PLC0415  few requests need it, and it is slow to import

    settings = call.context.settings
    return feed(services.every(call.context), settings.office_name, settings.bucket_name)
