"""Approvals: one list of everything across the office that waits for a decision."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chalicelib.api.duties import READ
from chalicelib.api.fields import Instant, Slug, Text
from chalicelib.api.paging import UnknownCursor
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Shown
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.matters import Matter
from chalicelib.domain.people import Role
from chalicelib.domain.separation import Step, may
from chalicelib.services import approvals as services
from chalicelib.services.decisions import BEGINNING, Place

approvals = Routes("approvals")


class ApprovalQuery(PageQuery, frozen=True, kw_only=True):
    """Which requests to list: of one matter or grant (its claims too, but no returns and nothing in suspense), by one person.

    `by_others` leaves out what you had a hand in.
    """

    matter: Matter | None = None
    grant: Slug | None = None
    requested_by: Text | None = None
    by_others: bool = False


class WaitingView(Shown, frozen=True, kw_only=True):
    """A request that waits: for which step, who asked, when and why, and who may decide.

    `shown_at` is where it is read, and `decided_at` takes the decision. Whoever has one of the roles may decide, but those in
    `prepared_by` only where somebody let them (`overridden_by`). A return and a document in suspense are no single
    grant's, and have no `grant_id`.
    """

    matter: Matter
    step: Step
    grant_id: Slug | None
    id: Annotated[
        str,
        Meta(description="Its number within its grant, the quarter it is about, or the id of a claim, a return or a document in suspense."),
    ]
    requested_by: str
    prepared_by: tuple[str, ...]
    requested_at: Instant
    reason: str
    may_decide: tuple[Role, ...]
    overridden_by: str | None
    shown_at: str
    decided_at: str

    @classmethod
    def of(cls, shown: services.ShownWaiting) -> WaitingView:
        """As the API shows it."""
        waiting = shown.waiting
        return cls(
            matter=waiting.matter,
            step=waiting.step,
            grant_id=waiting.grant_id,
            id=waiting.id,
            requested_by=waiting.requested_by,
            prepared_by=waiting.prepared_by,
            requested_at=shown.requested_at,
            reason=shown.why,
            may_decide=tuple(sorted(may(waiting.matter, waiting.step))),
            overridden_by=waiting.override.by if waiting.override else None,
            shown_at=waiting.shown_at,
            decided_at=waiting.decided_at,
        )


@approvals.listing(
    "/approvals",
    allow=READ,
    query=ApprovalQuery,
    gives=WaitingView.of,
    summary="List what waits for a decision",
    problems=(Missing, ChainBroken),
)
def list_approvals(call: Call, query: ApprovalQuery) -> Page[services.ShownWaiting]:
    """What nobody has decided, oldest first: variations, reopenings, waivers, virements, write-offs and agreements to sign, grant by
    grant, then claims to review or to certify, then returns to accept, then what is in suspense to dismiss, unless it can be posted.
    """
    wanting = services.Wanting(
        matter=query.matter,
        grant_id=query.grant,
        requested_by=query.requested_by,
        by_others=query.by_others,
    )
    found = services.every(call.context, wanting, place_after(call.after), query.limit + 1)
    return Page.of(found, limit=query.limit, key=lambda shown: str(services.place_of(shown.waiting)))


def place_after(after: str) -> Place:
    """The place after which a list of decisions goes on. Raises UnknownCursor."""
    found = Place.read(after) if after else BEGINNING
    if found is None:
        raise UnknownCursor
    return found
