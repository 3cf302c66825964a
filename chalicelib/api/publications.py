"""Publications: what the public reads, each one frozen; drafts of them, and those that were withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chalicelib.api.duties import DRAFT, PUBLISH, READ, WITHDRAW
from chalicelib.api.gap_views import GapView
from chalicelib.api.paging import UnknownCursor
from chalicelib.api.publication_views import (
    Judged,
    LatestView,
    PreviewView,
    PublicationId,
    PublicationQuery,
    PublicationView,
    WhyBody,
    judged_view,
)
from chalicelib.api.routing import ANYONE, Call, Page, PageQuery, Routes
from chalicelib.domain.errors import ChainBroken, Contradictory, Missing, NotInState
from chalicelib.domain.publication_gaps import Gap, PublicationHasGaps
from chalicelib.domain.publication_ids import place_of
from chalicelib.domain.publication_refusals import (
    DraftChanged,
    DraftStale,
    EarlierChanged,
    NothingWaits,
    PublicationOvertaken,
    PublicationWaits,
)
from chalicelib.domain.publications import Publication
from chalicelib.services import drafts, publication_jobs
from chalicelib.services import publications as services

publications = Routes("publications")

ATOM = "application/atom+xml; charset=utf-8"


@publications.listing(
    "/publications", allow=READ, query=PublicationQuery, gives=judged_view, summary="List publications", problems=(ChainBroken,)
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
    later=True,
    problems=(ChainBroken, EarlierChanged, PublicationHasGaps, PublicationOvertaken, PublicationWaits),
)
def publish(call: Call) -> Publication:
    """Publish the ledger as it stands, without a draft. Earlier ones are never changed. Where something is missing, every gap is named.

    Of more than 20,000 records it is made in the background, one at a time: the answer is 202, and it `waits`.
    """
    return publication_jobs.publish(call.context)


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
    later=True,
    problems=(ChainBroken, EarlierChanged, PublicationHasGaps, PublicationOvertaken, PublicationWaits),
)
def draft_publication(call: Call) -> Publication:
    """Make a publication of the ledger as it stands that nobody but the publisher can read yet. Gaps refuse it, too.

    Of more than 20,000 records it is made in the background, one at a time: the answer is 202, and it `waits`.
    """
    return publication_jobs.publish(call.context, as_draft=True)


@publications.get(
    "/publications/{publication_id}",
    allow=READ,
    gives=judged_view,
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
    later=True,
    problems=(Missing, NotInState, ChainBroken, DraftStale, DraftChanged, PublicationHasGaps, PublicationOvertaken, PublicationWaits),
)
def publish_draft(call: Call, publication_id: PublicationId) -> Publication:
    """Publish a draft's own bytes. Where something else was published or withdrawn since it was made, it is refused.

    An archive of more than 20 MB is published in the background: the answer is 202, and the draft `waits`.
    """
    return publication_jobs.publish_draft(call.context, publication_id)


@publications.post(
    "/publications/{publication_id}/cancellation",
    allow=PUBLISH,
    creates=False,
    takes=WhyBody,
    gives=PublicationView.of,
    summary="Cancel what waits of a publication",
    problems=(Missing, NotInState, NothingWaits),
)
def cancel_publication(call: Call, publication_id: PublicationId, body: WhyBody) -> Publication:
    """Have a publication not made, or a draft not published, that was asked for and `waits`. A draft stays a draft."""
    return publication_jobs.cancel(call.context, publication_id, body.reason)


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
