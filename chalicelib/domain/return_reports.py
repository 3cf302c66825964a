"""What a return says: progress, rating, outputs, milestones, spending, forecasts, risks and reasons for variances.

A report is written by the partner. What it was measured against (targets, planned dates, a code's words) is put in
beside it when it is recorded, so that a report stays whole whatever becomes of the initiative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.values import Struct, replace


class Rating(StrEnum):
    """How delivery goes: red, amber or green."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


class MilestoneState(StrEnum):
    """How far a milestone has come."""

    NOT_STARTED = "not_started"
    ON_TRACK = "on_track"
    LATE = "late"
    ACHIEVED = "achieved"
    DROPPED = "dropped"


class Level(StrEnum):
    """How likely a risk is, or how much it would do."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class OutputReport(Struct, frozen=True, kw_only=True):
    """What was produced so far, in whole units; None until it is said. `unit` and `target` are the initiative's then."""

    name: str
    actual: int | None = None
    unit: str = ""
    target: int | None = None


class MilestoneReport(Struct, frozen=True, kw_only=True):
    """When a step of delivery is due now, and how far it has come. `planned` is the initiative's date then, if it has the step."""

    name: str
    due: date
    state: MilestoneState
    achieved: date | None = None
    planned: date | None = None


class Forecast(Struct, frozen=True, kw_only=True):
    """What will be spent in a quarter, in pence. Nothing is a forecast, too."""

    quarter: str
    amount_pence: int


class Risk(Struct, frozen=True, kw_only=True):
    """What may go wrong, and what is done about it, by which role."""

    description: str
    likelihood: Level
    impact: Level
    mitigation: str
    owner_role: str


class VarianceReason(Struct, frozen=True, kw_only=True):
    """Why something is not as planned: a code of the office's register with its words, and what happened here."""

    code: str
    explanation: str
    words: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """A return's contents. `spent_to_date_pence` is the partner's own figure; the ledger has its own."""

    progress: str = ""
    rating: Rating | None = None
    spent_to_date_pence: int | None = None
    outputs: tuple[OutputReport, ...] = ()
    milestones: tuple[MilestoneReport, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    risks: tuple[Risk, ...] = ()
    variances: tuple[VarianceReason, ...] = ()


NOTHING_SAID = Report()


def beside_the_plan(report: Report, initiative: Initiative, words: Mapping[str, str]) -> Report:
    """The report with what it is measured against: the initiative's targets and dates as they stand, and the codes' words."""
    outputs = {each.name: each for each in initiative.outputs}
    planned = {each.name: each.planned for each in initiative.milestones}
    return replace(
        report,
        outputs=tuple(replace(each, unit=outputs[each.name].unit, target=outputs[each.name].target) for each in report.outputs),
        milestones=tuple(replace(each, planned=planned.get(each.name)) for each in report.milestones),
        variances=tuple(replace(each, words=words.get(each.code, each.words)) for each in report.variances),
    )


Value = str | int | None


class Difference(Struct, frozen=True, kw_only=True):
    """One field in which two reports differ: where, and what it was and is. None is what was not said."""

    field: str
    old: Value
    new: Value


def differences(old: Report, new: Report) -> tuple[Difference, ...]:
    """Every field that differs, in the order of a report.

    Fields of a list are named by what they are about, not by their place: `/forecasts/2023-24-Q4/amount_pence`.
    """
    was, now = dict(_said(old)), dict(_said(new))
    fields = dict.fromkeys((*now, *was))
    return tuple(
        Difference(field=field, old=was.get(field), new=now.get(field))
        for field in sorted(fields, key=_place)
        if was.get(field) != now.get(field)
    )


_ORDER = ("progress", "rating", "spent_to_date_pence", "outputs", "milestones", "forecasts", "risks", "variances")


def _place(field: str) -> int:
    # Sorting keeps the order of what is of one part.
    return _ORDER.index(field.split("/")[1])


def _said(report: Report) -> Iterator[tuple[str, Value]]:
    yield "/progress", report.progress or None
    yield "/rating", report.rating
    yield "/spent_to_date_pence", report.spent_to_date_pence
    for output in report.outputs:
        at = f"/outputs/{_named(output.name)}"
        yield from ((f"{at}/actual", output.actual), (f"{at}/unit", output.unit or None), (f"{at}/target", output.target))
    for milestone in report.milestones:
        at = f"/milestones/{_named(milestone.name)}"
        yield f"{at}/state", milestone.state
        for name, day in (("due", milestone.due), ("achieved", milestone.achieved), ("planned", milestone.planned)):
            yield f"{at}/{name}", day.isoformat() if day else None
    for forecast in report.forecasts:
        yield f"/forecasts/{forecast.quarter}/amount_pence", forecast.amount_pence
    for risk in report.risks:
        at = f"/risks/{_named(risk.description)}"
        yield from ((f"{at}/likelihood", risk.likelihood), (f"{at}/impact", risk.impact))
        yield from ((f"{at}/mitigation", risk.mitigation), (f"{at}/owner_role", risk.owner_role))
    for variance in report.variances:
        yield f"/variances/{variance.code}/explanation", variance.explanation


def _named(text: str) -> str:
    """A name as a part of a JSON pointer."""
    return text.replace("~", "~0").replace("/", "~1")
