"""What a return says, as it travels: what a partner sends, and what is shown of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.fields import LongText, PenceOrNothing, QuarterText, ShownPence, Slug, Text
from chalicelib.api.initiatives import Count
from chalicelib.api.schemas import Body, Shown
from chalicelib.domain.return_reports import (
    Difference,
    Forecast,
    Level,
    MilestoneReport,
    MilestoneState,
    OutputReport,
    Rating,
    Report,
    Risk,
    VarianceReason,
)


class ReportedOutput(Body, frozen=True, kw_only=True):
    """How much of one of the initiative's outputs was produced so far, in whole units; null until it is known, and 0 is a value."""

    name: Text
    actual: Count | None = None


class ReportedMilestone(Body, frozen=True, kw_only=True):
    """When a step is due now, how far it has come, and since when it is achieved, if it is."""

    name: Text
    due: date
    state: MilestoneState
    achieved: date | None = None


class ForecastBody(Body, frozen=True, kw_only=True):
    """What will be spent in a quarter. 0 is a forecast; leaving a quarter out is none."""

    quarter: QuarterText
    amount_pence: PenceOrNothing


class RiskBody(Body, frozen=True, kw_only=True):
    """What may go wrong, what is done about it, and the role (no person) that does it."""

    description: LongText
    likelihood: Level
    impact: Level
    mitigation: LongText
    owner_role: Text


class VarianceBody(Body, frozen=True, kw_only=True):
    """Why something is not as planned: a code of the office's register, and what happened."""

    code: Slug
    explanation: LongText


class ReportBody(Body, frozen=True, kw_only=True):
    """What a return says, whole: what is left out is not said. Only a draft may leave anything out."""

    progress: LongText | None = None
    rating: Rating | None = None
    spent_to_date_pence: PenceOrNothing | None = None
    outputs: Annotated[tuple[ReportedOutput, ...], Meta(max_length=50)] = ()
    milestones: Annotated[tuple[ReportedMilestone, ...], Meta(max_length=100)] = ()
    forecasts: Annotated[tuple[ForecastBody, ...], Meta(max_length=40)] = ()
    risks: Annotated[tuple[RiskBody, ...], Meta(max_length=50)] = ()
    variances: Annotated[tuple[VarianceBody, ...], Meta(max_length=50)] = ()

    def report(self) -> Report:
        """As the domain knows it."""
        return Report(
            progress=self.progress or "",
            rating=self.rating,
            spent_to_date_pence=self.spent_to_date_pence,
            outputs=tuple(OutputReport(name=each.name, actual=each.actual) for each in self.outputs),
            milestones=tuple(_milestone(each) for each in self.milestones),
            forecasts=tuple(Forecast(quarter=each.quarter, amount_pence=each.amount_pence) for each in self.forecasts),
            risks=tuple(_risk(each) for each in self.risks),
            variances=tuple(VarianceReason(code=each.code, explanation=each.explanation) for each in self.variances),
        )


def _milestone(body: ReportedMilestone) -> MilestoneReport:
    return MilestoneReport(name=body.name, due=body.due, state=body.state, achieved=body.achieved)


def _risk(body: RiskBody) -> Risk:
    return Risk(
        description=body.description,
        likelihood=body.likelihood,
        impact=body.impact,
        mitigation=body.mitigation,
        owner_role=body.owner_role,
    )


class ReportedOutputView(Shown, frozen=True, kw_only=True):
    """An output with the initiative's unit and target as they were when the return was written."""

    name: str
    unit: str
    target: int | None
    actual: int | None


class ReportedMilestoneView(Shown, frozen=True, kw_only=True):
    """A milestone; `planned` is the initiative's date when the return was written, null where the initiative has no such step."""

    name: str
    planned: date | None
    due: date
    state: MilestoneState
    achieved: date | None


class VarianceView(Shown, frozen=True, kw_only=True):
    """A reason for a variance, with its code's words."""

    code: Slug
    words: str
    explanation: str


class ReportView(Shown, frozen=True, kw_only=True):
    """What a return says. Null is what was not said."""

    progress: str | None
    rating: Rating | None
    spent_to_date_pence: ShownPence | None
    outputs: tuple[ReportedOutputView, ...]
    milestones: tuple[ReportedMilestoneView, ...]
    forecasts: tuple[ForecastBody, ...]
    risks: tuple[RiskBody, ...]
    variances: tuple[VarianceView, ...]

    @classmethod
    def of(cls, report: Report) -> ReportView:
        """As the API shows it."""
        return cls(
            progress=report.progress or None,
            rating=report.rating,
            spent_to_date_pence=report.spent_to_date_pence,
            outputs=tuple(
                ReportedOutputView(name=each.name, unit=each.unit, target=each.target, actual=each.actual) for each in report.outputs
            ),
            milestones=tuple(_milestone_shown(each) for each in report.milestones),
            forecasts=tuple(ForecastBody(quarter=each.quarter, amount_pence=each.amount_pence) for each in report.forecasts),
            risks=tuple(_risk_shown(each) for each in report.risks),
            variances=tuple(VarianceView(code=each.code, words=each.words, explanation=each.explanation) for each in report.variances),
        )


def _milestone_shown(milestone: MilestoneReport) -> ReportedMilestoneView:
    return ReportedMilestoneView(
        name=milestone.name, planned=milestone.planned, due=milestone.due, state=milestone.state, achieved=milestone.achieved
    )


def _risk_shown(risk: Risk) -> RiskBody:
    return RiskBody(
        description=risk.description,
        likelihood=risk.likelihood,
        impact=risk.impact,
        mitigation=risk.mitigation,
        owner_role=risk.owner_role,
    )


FieldName = Annotated[
    str,
    Meta(
        description="Which field; one of a list is named by what it is about, not by its place.",
        examples=["/forecasts/2023-24-Q4/amount_pence"],
    ),
]


class DifferenceView(Shown, frozen=True, kw_only=True):
    """One field that differs from what was submitted before: what it was, and what it is. Null is what was not said."""

    field: FieldName
    old: str | int | None
    new: str | int | None

    @classmethod
    def of(cls, difference: Difference) -> DifferenceView:
        """As the API shows it."""
        return cls(field=difference.field, old=difference.old, new=difference.new)
