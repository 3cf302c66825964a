"""What is wrong with a report: every field's error at once, each with a JSON pointer.

A draft may leave anything out and contradict nothing; what is submitted leaves out nothing, either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from chalicelib.domain.errors import Contradictory, FieldError
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.periods import Quarter
from chalicelib.domain.return_reports import MilestoneReport, MilestoneState, Report
from chalicelib.domain.values import Struct
from chalicelib.domain.variance_codes import VarianceCode


class ReturnIncomplete(Contradictory):
    """The return is not complete.

    Each pointer names a field of its report: change the draft, then submit it.
    """


class Measured(Struct, frozen=True, kw_only=True):
    """What a report is held against: the initiative, the return's quarter, the quarters that a forecast is wanted for,
    and today in London.
    """

    initiative: Initiative
    quarter: Quarter
    remaining: tuple[str, ...]
    today: date


def check_draft(report: Report, by: Measured, codes: Mapping[str, VarianceCode], kept: frozenset[str]) -> None:
    """Refuse a report that contradicts itself or what it is about.

    `codes` are those it names, as far as there are such; the return carries the `kept` ones already, retired or not.
    Raises Contradictory with every error.
    """
    if errors := (*_contradictions(report, by), *_codes(report, codes, kept)):
        raise Contradictory(errors)


def check_submission(report: Report, by: Measured) -> None:
    """Refuse a report that leaves anything out, or no longer fits what it is about.

    Raises ReturnIncomplete with every error.
    """
    if errors := (*_contradictions(report, by), *_gaps(report, by)):
        raise ReturnIncomplete(errors)


def _contradictions(report: Report, by: Measured) -> Iterator[FieldError]:
    outputs = [each.name for each in by.initiative.outputs]
    for place, output in enumerate(report.outputs):
        if output.name not in outputs:
            yield FieldError(f"/outputs/{place}/name", f"{output.name!r} is not an output of {by.initiative.id}: {_listed(outputs)}")
    yield from _twice("/outputs", "name", [each.name for each in report.outputs])
    for place, milestone in enumerate(report.milestones):
        yield from _milestone(f"/milestones/{place}", milestone, by.today)
    yield from _twice("/milestones", "name", [each.name for each in report.milestones])
    for place, forecast in enumerate(report.forecasts):
        if forecast.quarter not in by.remaining:
            why = f"no forecast is wanted for {forecast.quarter}; wanted: {_listed(by.remaining)}"
            yield FieldError(f"/forecasts/{place}/quarter", why)
    yield from _twice("/forecasts", "quarter", [each.quarter for each in report.forecasts])
    yield from _twice("/risks", "description", [each.description for each in report.risks])
    yield from _twice("/variances", "code", [each.code for each in report.variances])


def _milestone(at: str, milestone: MilestoneReport, today: date) -> Iterator[FieldError]:
    achieved = milestone.state is MilestoneState.ACHIEVED
    if achieved and milestone.achieved is None:
        yield FieldError(f"{at}/achieved", "say when it was achieved")
    if not achieved and milestone.achieved is not None:
        yield FieldError(f"{at}/achieved", f"it is {milestone.state}: only what is achieved has a date")
    if milestone.achieved is not None and milestone.achieved > today:
        yield FieldError(f"{at}/achieved", f"{milestone.achieved} is after today, {today}")


def _codes(report: Report, codes: Mapping[str, VarianceCode], kept: frozenset[str]) -> Iterator[FieldError]:
    for place, variance in enumerate(report.variances):
        code = codes.get(variance.code)
        if code is None:
            yield FieldError(f"/variances/{place}/code", f"there is no variance code {variance.code!r}")
        elif code.retired and code.id not in kept:
            yield FieldError(f"/variances/{place}/code", f"{code.id!r} is retired: choose one that is in use")


def _gaps(report: Report, by: Measured) -> Iterator[FieldError]:
    if not report.progress:
        yield FieldError("/progress", "say how delivery goes")
    if report.rating is None:
        yield FieldError("/rating", "rate delivery red, amber or green")
    if report.spent_to_date_pence is None:
        yield FieldError("/spent_to_date_pence", "say what was spent so far; 0 where nothing was")
    for place, output in enumerate(report.outputs):
        if output.actual is None:
            yield FieldError(f"/outputs/{place}/actual", "say how many so far; 0 where there are none")
    yield from _missing("/outputs", [each.name for each in by.initiative.outputs], [each.name for each in report.outputs])
    yield from _missing("/milestones", [each.name for each in by.initiative.milestones], [each.name for each in report.milestones])
    yield from _missing("/forecasts", by.remaining, [each.quarter for each in report.forecasts])


def _missing(pointer: str, wanted: Iterable[str], given: Sequence[str]) -> Iterator[FieldError]:
    left = [each for each in dict.fromkeys(wanted) if each not in given]
    if left:
        yield FieldError(pointer, f"{_listed(left)} {'is' if len(left) == 1 else 'are'} not reported on; nothing is 0")


def _twice(pointer: str, member: str, given: Sequence[str]) -> Iterator[FieldError]:
    for place, each in enumerate(given):
        if each in given[:place]:
            yield FieldError(f"{pointer}/{place}/{member}", f"{each!r} is there already: name it once")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
