"""Closings: a quarter of the whole office, closed some grants at a time until nothing is left but what stops."""

from __future__ import annotations

from chalicelib.api.duties import CLOSE_QUARTERS, READ
from chalicelib.api.fields import QuarterText, Reason, Slug
from chalicelib.api.problems import type_of
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.errors import Conflict
from chalicelib.domain.periods import Quarter
from chalicelib.services import office_closing as services
from chalicelib.services.office_closing import Due, Ending, Outcome, Progress, Readiness

closings = Routes("closings")


class StopView(Shown, frozen=True, kw_only=True):
    """What stops a grant's quarter from closing: the type of the refusal, and its words."""

    type: str
    detail: str

    @classmethod
    def of(cls, stop: Conflict | None) -> StopView | None:
        """As the API shows it."""
        return cls(type=type_of(type(stop)), detail=stop.detail) if stop else None


class DueView(Shown, frozen=True, kw_only=True):
    """A grant that has the quarter: closed, ready to be, or stopped."""

    grant_id: Slug
    readiness: Readiness
    stop: StopView | None

    @classmethod
    def of(cls, due: Due) -> DueView:
        """As the API shows it."""
        return cls(grant_id=due.grant.name.id, readiness=due.readiness, stop=StopView.of(due.stop))


class OutcomeView(Shown, frozen=True, kw_only=True):
    """How closing the quarter of one grant ended just now."""

    grant_id: Slug
    ending: Ending
    stop: StopView | None

    @classmethod
    def of(cls, outcome: Outcome) -> OutcomeView:
        """As the API shows it."""
        return cls(grant_id=outcome.grant_id, ending=outcome.ending, stop=StopView.of(outcome.stop))


class ProgressView(Versioned, frozen=True, kw_only=True):
    """How far the office is with a quarter: its grants by how they stand, and what this request did.

    `after` is what the next request says to go on; null when none is left that nothing stops.
    """

    quarter: QuarterText
    closed: int
    ready: int
    stopped: int
    outcomes: tuple[OutcomeView, ...]
    after: Slug | None

    @classmethod
    def of(cls, progress: Progress) -> ProgressView:
        """As the API shows it."""
        return cls(
            quarter=str(progress.quarter),
            closed=progress.closed,
            ready=progress.ready,
            stopped=progress.stopped,
            outcomes=tuple(OutcomeView.of(outcome) for outcome in progress.outcomes),
            after=progress.after,
            version=progress.version,
        )


class OfficeClose(Body, frozen=True, kw_only=True):
    """Why the quarter is closed, and after which grant to go on (left out: from the first)."""

    reason: Reason
    after: Slug | None = None


@closings.get("/closings/{quarter}", allow=READ, gives=ProgressView.of, versioned=True, summary="Show how far the closing of a quarter is")
def show_closing(call: Call, quarter: QuarterText) -> Progress:
    """How many grants have closed the quarter, how many are ready to, and how many are stopped."""
    return services.progress(call.context, Quarter.parse(quarter))


@closings.listing("/closings/{quarter}/grants", allow=READ, gives=DueView.of, summary="List what stops each grant's quarter")
def list_due(call: Call, quarter: QuarterText, query: PageQuery) -> Page[Due]:
    """Every grant that has the quarter, and what stops it. A broken chain is not seen from here: verification names it."""
    found = services.due(call.context, Quarter.parse(quarter), call.after)
    return Page.of(found, limit=query.limit, key=lambda due: due.grant.name.id)


@closings.post(
    "/closings/{quarter}",
    allow=CLOSE_QUARTERS,
    creates=False,
    takes=OfficeClose,
    gives=ProgressView.of,
    summary="Close a quarter of the whole office, or go on with it",
)
def close_quarter(call: Call, quarter: QuarterText, body: OfficeClose) -> Progress:
    """Close the quarter of the next grants that nothing stops, as many as one request may; each is closed by itself.

    Repeat it with the answer's ETag and its `after` until that is null. What is closed already is left as it is, so when no
    answer came, read how far it is and go on.
    """
    return services.go_on(call.context, Quarter.parse(quarter), body.reason, body.after or "")
