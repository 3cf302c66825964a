"""Returns: a partner writes and submits them, the office accepts them or requests changes."""

from __future__ import annotations

from datetime import date

from chalicelib.api.duties import READ_OWN, REPORT, REVIEW
from chalicelib.api.fields import QuarterText, Reason, ReturnId, ShownPence, Slug
from chalicelib.api.return_bodies import DifferenceView, ReportBody, ReportView
from chalicelib.api.routing import Call, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.errors import Contradictory, Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.forecasts import Accuracy
from chalicelib.domain.return_checks import ReturnIncomplete
from chalicelib.domain.returns import ReturnNotDue, ReturnState, ReturnTooEarly, Review, Submission
from chalicelib.services import returns as services
from chalicelib.services.unit import version_of

returns = Routes("returns")


class ReviewView(Shown, frozen=True, kw_only=True):
    """What the office said to a submission, and why."""

    outcome: ReturnState
    reviewed_by: str
    on: date
    reason: str

    @classmethod
    def of(cls, review: Review | None) -> ReviewView | None:
        """As the API shows it."""
        if review is None:
            return None
        return cls(outcome=review.outcome, reviewed_by=review.reviewed_by, on=review.on, reason=review.reason)


class SubmissionView(Shown, frozen=True, kw_only=True):
    """When a return was submitted, by whom, and what the office said; the whole of it is among its versions."""

    number: int
    submitted_by: str
    on: date
    review: ReviewView | None

    @classmethod
    def of(cls, number: int, submission: Submission) -> SubmissionView:
        """As the API shows it."""
        return cls(number=number, submitted_by=submission.submitted_by, on=submission.on, review=ReviewView.of(submission.review))


class SpendView(Shown, frozen=True, kw_only=True):
    """What was spent to the quarter's end: the partner's figure (null until it is said), the ledger's, and partner less ledger."""

    reported_pence: ShownPence | None
    ledger_pence: ShownPence
    difference_pence: ShownPence | None

    @classmethod
    def of(cls, shown: services.Shown) -> SpendView:
        """As the API shows it."""
        reported, ledger = shown.held.state.report.spent_to_date_pence, shown.ledger.spent_to(shown.quarter)
        return cls(reported_pence=reported, ledger_pence=ledger, difference_pence=None if reported is None else reported - ledger)


class AccuracyView(Shown, frozen=True, kw_only=True):
    """What an accepted return forecast for a quarter, what was spent in it, and spent less forecast."""

    set_by: ReturnId
    quarter: QuarterText
    forecast_pence: ShownPence
    spent_pence: ShownPence
    difference_pence: ShownPence

    @classmethod
    def of(cls, accuracy: Accuracy) -> AccuracyView:
        """As the API shows it."""
        return cls(
            set_by=accuracy.set_by,
            quarter=accuracy.quarter,
            forecast_pence=accuracy.forecast_pence,
            spent_pence=accuracy.spent_pence,
            difference_pence=accuracy.difference_pence,
        )


class ReturnView(Versioned, frozen=True, kw_only=True):
    """A return. `due_on` is local policy, null where the office has set none.

    `forecast_quarters` are those that a forecast is wanted for; `last_forecast` is what the accepted return of the quarter
    before forecast for this one. `changes` are against what was submitted before.
    """

    id: ReturnId
    initiative_id: Slug
    quarter: QuarterText
    partner_id: Slug
    state: ReturnState
    due_on: date | None
    report: ReportView
    spent_to_date: SpendView
    forecast_quarters: tuple[QuarterText, ...]
    last_forecast: AccuracyView | None
    submissions: tuple[SubmissionView, ...]
    changes: tuple[DifferenceView, ...]

    @classmethod
    def of(cls, shown: services.Shown) -> ReturnView:
        """As the API shows it."""
        state = shown.held.state
        return cls(
            id=state.id,
            initiative_id=state.initiative_id,
            quarter=state.quarter,
            partner_id=state.partner_id,
            state=state.state,
            due_on=shown.due_on,
            report=ReportView.of(state.report),
            spent_to_date=SpendView.of(shown),
            forecast_quarters=shown.ledger.remaining(shown.quarter),
            last_forecast=AccuracyView.of(shown.accuracy) if shown.accuracy else None,
            submissions=tuple(SubmissionView.of(number, each) for number, each in enumerate(state.submissions, start=1)),
            changes=tuple(DifferenceView.of(each) for each in shown.differences),
            version=version_of(shown.held),
        )


class ChangesWanted(Body, frozen=True, kw_only=True):
    """What the partner has to change."""

    reason: Reason


class Acceptance(Body, frozen=True, kw_only=True):
    """What the office says to the return it accepts."""

    reason: Reason


@returns.get(
    "/returns/{return_id}",
    allow=READ_OWN,
    gives=ReturnView.of,
    versioned=True,
    summary="Show a return",
    problems=(Missing, ReturnNotDue),
)
def show_return(call: Call, return_id: ReturnId) -> services.Shown:
    """One return beside what the ledger says. One that is due, or whose quarter still runs, has version 0 until it is written."""
    return services.find(call.context, return_id)


@returns.put(
    "/returns/{return_id}",
    allow=REPORT,
    takes=ReportBody,
    gives=ReturnView.of,
    summary="Write a return",
    problems=(Missing, ReturnNotDue, services.NotYourInitiative, NotInState, Contradictory),
)
def draft_return(call: Call, return_id: ReturnId, body: ReportBody) -> services.Shown:
    """Write the whole report anew; nobody but the initiative's partner does, from the quarter's first day on."""
    return services.draft(call.context, return_id, body.report())


@returns.post(
    "/returns/{return_id}/submission",
    allow=REPORT,
    creates=False,
    gives=ReturnView.of,
    summary="Submit a return",
    problems=(Missing, ReturnNotDue, services.NotYourInitiative, NotInState, ReturnTooEarly, ReturnIncomplete),
)
def submit_return(call: Call, return_id: ReturnId) -> services.Shown:
    """Hand in the report as it was written last, once the quarter ends. Everything that it still leaves out is named at once."""
    return services.submit(call.context, return_id)


@returns.post(
    "/returns/{return_id}/changes-requested",
    allow=REVIEW,
    creates=False,
    takes=ChangesWanted,
    gives=ReturnView.of,
    summary="Request changes to a return",
    problems=(Missing, ReturnNotDue, NotInState, PreparerCannotApprove),
)
def request_changes(call: Call, return_id: ReturnId, body: ChangesWanted) -> services.Shown:
    """Give a submitted return back, with a reason. What was submitted stays among its versions, whole."""
    return services.request_changes(call.context, return_id, body.reason)


@returns.post(
    "/returns/{return_id}/acceptance",
    allow=REVIEW,
    creates=False,
    takes=Acceptance,
    gives=ReturnView.of,
    summary="Accept a return",
    problems=(Missing, ReturnNotDue, NotInState, PreparerCannotApprove),
)
def accept_return(call: Call, return_id: ReturnId, body: Acceptance) -> services.Shown:
    """Accept a submitted return; its forecasts stand from now on. Nobody accepts what they wrote or submitted."""
    return services.accept(call.context, return_id, body.reason)
