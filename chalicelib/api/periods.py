"""Periods: the quarters of a grant, held and closed by finance, reopened by two people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from chalicelib.api.columns import ColumnsView, QuarterlyPence
from chalicelib.api.duties import CLOSE_QUARTERS, READ
from chalicelib.api.fields import QuarterText, Reason, RecordNumber, Slug
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.api.variations import Decision, Verdict
from chalicelib.domain.closing_refusals import EarlierPeriodOpen, LaterPeriodClosed, NoSuchPeriod, QuarterNotOver, ReopeningNeeded
from chalicelib.domain.columns import QUARTERLY
from chalicelib.domain.errors import ChainBroken, IllegalMove, Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.matters import Matter
from chalicelib.domain.periods import Quarter
from chalicelib.domain.quarter_states import Closing, PeriodState, Reopening
from chalicelib.domain.separation import Step, may
from chalicelib.services import closing as services
from chalicelib.services.unit import version_of

periods = Routes("periods")


class ClosingView(Shown, frozen=True, kw_only=True):
    """Who last closed a quarter, as which record of the grant's chain, and on which signature under its agreement with the office's
    ledger (null: nobody stated control totals for it).
    """

    closed_by: str
    position: RecordNumber
    agreed_in: RecordNumber | None

    @classmethod
    def of(cls, closing: Closing | None) -> ClosingView | None:
        """As the API shows it."""
        return cls(closed_by=closing.closed_by, position=closing.position, agreed_in=closing.agreed_in) if closing else None


class ReopeningView(Shown, frozen=True, kw_only=True):
    """A request to reopen a quarter that nobody has decided yet."""

    requested_by: str
    reason: str

    @classmethod
    def of(cls, reopening: Reopening | None) -> ReopeningView | None:
        """As the API shows it."""
        return cls(requested_by=reopening.requested_by, reason=reopening.reason) if reopening else None


class PeriodView(Versioned, frozen=True, kw_only=True):
    """One quarter of one grant: what was reported when it was last closed (null until then), what is known now, the difference.

    What was reported never moves. The difference is what came to light later: it is dated in an open quarter and belongs here.
    """

    grant_id: Slug
    quarter: QuarterText
    first_day: date
    last_day: date
    state: PeriodState
    closing: ClosingView | None
    reopening: ReopeningView | None
    as_reported_pence: QuarterlyPence | None
    as_corrected_pence: QuarterlyPence
    difference_pence: QuarterlyPence | None
    meanings: dict[str, str]

    @classmethod
    def of(cls, shown: services.Shown) -> PeriodView:
        """As the API shows it."""
        columns = shown.columns
        return cls(
            grant_id=shown.grant.state.id,
            quarter=str(shown.quarter),
            first_day=shown.quarter.first_day,
            last_day=shown.quarter.last_day,
            state=shown.period.state,
            closing=ClosingView.of(shown.period.closing),
            reopening=ReopeningView.of(shown.period.reopening),
            as_reported_pence=dict(columns.as_reported) if columns else None,
            as_corrected_pence=shown.as_corrected,
            difference_pence=dict(columns.difference) if columns else None,
            meanings={name: measure.meaning for name, measure in QUARTERLY.items()},
            version=version_of(shown.grant),
        )


class ShareView(Shown, frozen=True, kw_only=True):
    """One initiative's part of a quarter (null: money for none), with what it reported where the quarter was closed."""

    initiative_id: Slug | None
    as_corrected_pence: QuarterlyPence
    reported: ColumnsView | None

    @classmethod
    def of(cls, share: services.Share) -> ShareView:
        """As the API shows it."""
        return cls(
            initiative_id=share.initiative_id,
            as_corrected_pence=share.as_corrected,
            reported=ColumnsView.of(share.columns),
        )


class PeriodMove(Body, frozen=True, kw_only=True):
    """The state a quarter goes on to, and why: `held`, `closed`, or back from held to `open`."""

    state: PeriodState
    reason: Reason


class NewReopening(Body, frozen=True, kw_only=True):
    """Why a closed quarter is to be opened again."""

    reason: Reason


@periods.listing("/grants/{grant_id}/periods", allow=READ, gives=PeriodView.of, summary="List a grant's quarters", problems=(Missing,))
def list_periods(call: Call, grant_id: Slug, query: PageQuery) -> Page[services.Shown]:
    """Every quarter in which the grant has a day, in order; each as reported, as corrected, and the difference."""
    found = (shown for shown in services.every(call.context, grant_id) if str(shown.quarter) > call.after)
    return Page.of(found, limit=query.limit, key=lambda shown: str(shown.quarter))


@periods.get(
    "/grants/{grant_id}/periods/{quarter}",
    allow=READ,
    gives=PeriodView.of,
    versioned=True,
    summary="Show a quarter of a grant",
    problems=(Missing, NoSuchPeriod),
)
def show_period(call: Call, grant_id: Slug, quarter: QuarterText) -> services.Shown:
    """One quarter, with what was reported and what is known now."""
    return services.find(call.context, grant_id, Quarter.parse(quarter))


@periods.listing(
    "/grants/{grant_id}/periods/{quarter}/initiatives",
    allow=READ,
    gives=ShareView.of,
    summary="List what each initiative had in a quarter",
    problems=(Missing, NoSuchPeriod, ChainBroken),
)
def list_shares(call: Call, grant_id: Slug, quarter: QuarterText, query: PageQuery) -> Page[services.Share]:
    """Each initiative with money in the quarter, now or as reported; together they make the quarter."""
    found = services.shares(call.context, grant_id, Quarter.parse(quarter))
    return Page.of((share for share in found if share.place > call.after), limit=query.limit, key=lambda share: share.place)


@periods.post(
    "/grants/{grant_id}/periods/{quarter}/state",
    allow=CLOSE_QUARTERS,
    creates=False,
    takes=PeriodMove,
    gives=PeriodView.of,
    summary="Hold a quarter, or close it",
    problems=(Missing, NoSuchPeriod, NotInState, IllegalMove, EarlierPeriodOpen, QuarterNotOver, ReopeningNeeded),
)
def move_period(call: Call, grant_id: Slug, quarter: QuarterText, body: PeriodMove) -> services.Shown:
    """Hold an open quarter: only finance then posts into it. Close a held one: nobody does, and its figures are kept as reported."""
    move: Callable[..., services.Shown] = {
        PeriodState.OPEN: services.free,
        PeriodState.HELD: services.hold,
        PeriodState.CLOSED: services.close,
    }[body.state]
    return move(call.context, grant_id, Quarter.parse(quarter), body.reason)


@periods.post(
    "/grants/{grant_id}/periods/{quarter}/reopening",
    allow=may(Matter.REOPENING, Step.PREPARE),
    creates=False,
    takes=NewReopening,
    gives=PeriodView.of,
    summary="Ask to reopen a quarter",
    problems=(Missing, NoSuchPeriod, NotInState, LaterPeriodClosed),
)
def request_reopening(call: Call, grant_id: Slug, quarter: QuarterText, body: NewReopening) -> services.Shown:
    """Ask for the latest closed quarter to be opened again. It stays closed until a second person decides."""
    return services.request_reopening(call.context, grant_id, Quarter.parse(quarter), body.reason)


@periods.post(
    "/grants/{grant_id}/periods/{quarter}/reopening/decision",
    allow=may(Matter.REOPENING, Step.APPROVE),
    creates=False,
    takes=Decision,
    gives=PeriodView.of,
    summary="Approve or reject a reopening",
    problems=(Missing, NoSuchPeriod, NotInState, PreparerCannotApprove, LaterPeriodClosed),
)
def decide_reopening(call: Call, grant_id: Slug, quarter: QuarterText, body: Decision) -> services.Shown:
    """Decide a reopening that somebody else requested. What was reported stays on the record, whatever is posted then."""
    decide: Callable[..., services.Shown] = {
        Verdict.APPROVED: services.reopen,
        Verdict.REJECTED: services.keep_closed,
    }[body.decision]
    return decide(call.context, grant_id, Quarter.parse(quarter), body.reason)
