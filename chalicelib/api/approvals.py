"""Approvals: one list of everything across the office that waits for a decision."""

from __future__ import annotations

import re
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

approvals = Routes("approvals")

_PLACE = re.compile(r"([a-z0-9-]+)#([1-9][0-9]{0,9})")


class ApprovalQuery(PageQuery, frozen=True, kw_only=True):
    """Which requests to list: of one matter or grant, by one person; `by_others` leaves out those that you made yourself."""

    matter: Matter | None = None
    grant: Slug | None = None
    requested_by: Text | None = None
    by_others: bool = False


class WaitingView(Shown, frozen=True, kw_only=True):
    """A request that waits: what for, who asked, when and why, and who may decide.

    `shown_at` is where it is read, and `decided_at` takes the decision. Whoever has one of the roles may decide, but
    `requested_by` only where somebody let them (`overridden_by`).
    """

    matter: Matter
    grant_id: Slug
    id: Annotated[str, Meta(description="Its number within its grant, or the quarter to reopen.")]
    requested_by: str
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
            grant_id=waiting.grant_id,
            id=waiting.id,
            requested_by=waiting.requested_by,
            requested_at=shown.requested_at,
            reason=shown.why,
            may_decide=tuple(sorted(may(waiting.matter, Step.APPROVE))),
            overridden_by=waiting.override.by if waiting.override else None,
            shown_at=waiting.path.removesuffix("/reopening"),
            decided_at=f"{waiting.path}/decision",
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
    """Variations, reopenings, waivers, virements and write-offs that nobody has decided, grant by grant, oldest first."""
    wanting = services.Wanting(
        matter=query.matter,
        grant_id=query.grant,
        requested_by=query.requested_by,
        by_others=query.by_others,
    )
    found = services.every(call.context, wanting, _place(call.after), query.limit + 1)
    return Page.of(found, limit=query.limit, key=lambda shown: f"{shown.waiting.grant_id}#{shown.waiting.requested_in}")


def _place(after: str) -> tuple[str, int]:
    found = _PLACE.fullmatch(after)
    if after and found is None:
        raise UnknownCursor
    return (found[1], int(found[2])) if found else ("", 0)
