"""Returns: drafted and submitted by the partner, reviewed by the office, each shown beside what the ledger says.

Showing or changing one costs the balances, as a live summary does; one atomic load of the return, the one of the quarter
before, its initiative and the grants that pay for it; and, once it was submitted twice, one record to compare with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from chalicelib.context import Context
from chalicelib.domain import forecasts, return_reports, returns
from chalicelib.domain.chain import START, Kind, Name
from chalicelib.domain.due_days import due_after
from chalicelib.domain.errors import ChainBroken, Forbidden, Missing
from chalicelib.domain.forecasts import Accuracy, Funding
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.domain.return_checks import Measured
from chalicelib.domain.return_reports import Difference, Report
from chalicelib.domain.returns import Return, ReturnFact, ReturnNotDue, ReturnState, ReturnSubmitted, Submission
from chalicelib.domain.values import Struct
from chalicelib.domain.variance_codes import VarianceCode
from chalicelib.services import registers
from chalicelib.services.unit import Held, Part, Plan, View, Written, change, expect, one, version_of, view_of
from chalicelib.storage import items
from chalicelib.storage.store import Wanted


@dataclass(eq=False)
class NotYourInitiative(Forbidden):
    """Only its delivery partner writes an initiative's returns."""

    initiative_id: str

    @property
    def detail(self) -> str:
        return f"The returns of {self.initiative_id} are written by its delivery partner: sign in for that organisation."


class Shown(Struct, frozen=True, kw_only=True):
    """A return with what stands beside it: the day it is due (None: the office has not said), the ledger's figures, how good
    the last forecast for its quarter was (None: there is none), and where it differs from what was submitted before.
    """

    held: Held[Return] | Written[Return]
    due_on: date | None
    ledger: Funding
    accuracy: Accuracy | None
    differences: tuple[Difference, ...]

    @property
    def quarter(self) -> Quarter:
        """The quarter that it reports."""
        return Quarter.parse(self.held.state.quarter)


class _Sight(Struct, frozen=True, kw_only=True):
    """What a decision about a return looks at."""

    view: View
    held: Held[Return]
    ledger: Funding

    @property
    def quarter(self) -> Quarter:
        return Quarter.parse(self.held.state.quarter)

    def measured(self, today: date) -> Measured:
        """What the report is held against. Raises Missing."""
        initiative = self.view.state(Initiative, self.held.state.initiative_id)
        return Measured(initiative=initiative, quarter=self.quarter, remaining=self.ledger.remaining(self.quarter), today=today)


Decide = Callable[[_Sight], ReturnFact]


def find(context: Context, return_id: str) -> Shown:
    """One return, begun or not. Raises Missing (also for what is not the actor's), ReturnNotDue."""
    sight = _look(context, return_id)
    return _shown(context, sight.held, sight)


def draft(context: Context, return_id: str, report: Report) -> Shown:
    """Write a return's report, whole.

    Raises Missing, ReturnNotDue, NotYourInitiative, StaleView, NotInState, Contradictory with every field's error.
    """
    codes = tuple(Name(Kind.VARIANCE_CODE, each.code) for each in report.variances)

    def decide(sight: _Sight) -> ReturnFact:
        _own(context, sight.held.state)
        known = {name.id: sight.view.state(VarianceCode, name.id) for name in codes if sight.view.find(VarianceCode, name.id)}
        return returns.draft(sight.held.state, report, sight.measured(_today(context)), known, context.actor)

    return _change(context, return_id, decide, codes=codes)


def submit(context: Context, return_id: str) -> Shown:
    """Hand a return in.

    Raises Missing, ReturnNotDue, NotYourInitiative, StaleView, NotInState, ReturnTooEarly, ReturnIncomplete with every
    field's error.
    """

    def decide(sight: _Sight) -> ReturnFact:
        _own(context, sight.held.state)
        return returns.submit(sight.held.state, sight.measured(_today(context)), context.actor)

    return _change(context, return_id, decide)


def request_changes(context: Context, return_id: str, reason: str) -> Shown:
    """Say what a partner has to change. Raises Missing, ReturnNotDue, StaleView, NotInState, PreparerCannotApprove."""
    return _review(context, return_id, ReturnState.CHANGES_REQUESTED, reason)


def accept(context: Context, return_id: str, reason: str) -> Shown:
    """Accept what a partner submitted. Raises Missing, ReturnNotDue, StaleView, NotInState, PreparerCannotApprove."""
    return _review(context, return_id, ReturnState.ACCEPTED, reason)


def _review(context: Context, return_id: str, outcome: ReturnState, reason: str) -> Shown:
    def decide(sight: _Sight) -> ReturnFact:
        return returns.review(sight.held.state, outcome, reason, _today(context), context.actor)

    return _change(context, return_id, decide, reason=reason)


def due_on(context: Context, quarter: Quarter) -> date | None:
    """The day by which a quarter's returns are due. None where the office has not said, or the bank holidays are not known."""
    return due_after(quarter, context.settings.return_working_days)


def standing(context: Context, view: View, return_id: str) -> Held[Return]:
    """A return as a view has it, which holds its initiative, too; one that is due stands before its first record.

    Raises Missing (also for what is not the actor's), ReturnNotDue.
    """
    found = view.find(Return, return_id) or _due(context, view, return_id)
    if not registers.visible(context, found):
        raise Missing(kind="return", id=return_id)
    return found


def submitted(context: Context, name: Name, submission: Submission) -> Report:
    """What a return said when it was submitted, from that record. Raises ChainBroken."""
    for link in context.store.links(name, after=submission.position - 1, until=submission.position):
        fact = items.record_of(name, link).fact
        if isinstance(fact, ReturnSubmitted):
            return fact.report
    raise ChainBroken(aggregate=str(name), seq=submission.position, why="is missing: it should hold a submission")


def _today(context: Context) -> date:
    return london_date(context.now)


def _due(context: Context, view: View, return_id: str) -> Held[Return]:
    initiative_id, quarter = returns.parts_of(return_id)
    initiative = view.find(Initiative, initiative_id)
    if initiative is None or not registers.visible(context, initiative):
        raise Missing(kind="return", id=return_id)
    if quarter not in returns.quarters_reported(initiative.state, _today(context)):
        raise ReturnNotDue(initiative_id=initiative_id, quarter=str(quarter))
    return Held(returns.name_of(return_id), START, returns.due(initiative.state, quarter))


def _own(context: Context, held: Return) -> None:
    if context.actor.organisation_id != held.partner_id:
        raise NotYourInitiative(initiative_id=held.initiative_id)


def _look(context: Context, return_id: str, codes: tuple[Name, ...] = ()) -> _Sight:
    """What there is to see of a return. Raises Missing, ReturnNotDue."""
    initiative_id, quarter = returns.parts_of(return_id)
    balances = ((each.grant_id, each.cell, each.counters) for each in context.store.balances())
    cells = forecasts.cells_of(balances, initiative_id)
    about = (return_id, returns.id_of(initiative_id, quarter.previous()))
    grants = tuple(Name(Kind.GRANT, grant_id) for grant_id in cells)
    names = (*(returns.name_of(each) for each in about), Name(Kind.INITIATIVE, initiative_id), *grants, *codes)
    view = view_of(context, Wanted(heads=tuple(dict.fromkeys(names))))
    held = standing(context, view, return_id)
    ledger = forecasts.funding(cells, [view.state(Grant, grant_id) for grant_id in cells])
    return _Sight(view=view, held=held, ledger=ledger)


def _change(
    context: Context,
    return_id: str,
    decide: Decide,
    *,
    codes: tuple[Name, ...] = (),
    reason: str = "",
) -> Shown:
    sights: list[_Sight] = []

    def look() -> View:
        sights.append(_look(context, return_id, codes))
        return sights[-1].view

    def plan(_view: View) -> Plan:
        held = sights[-1].held
        expect(context, version_of(held))
        recorded = None if held.position == START else held
        return Plan(parts=(Part(held.name, recorded, (decide(sights[-1]),)),), reason=reason)

    written = change(context, look, plan, one(Return))
    return _shown(context, written, sights[-1])


def _shown(context: Context, held: Held[Return] | Written[Return], sight: _Sight) -> Shown:
    return Shown(
        held=held,
        due_on=due_on(context, sight.quarter),
        ledger=sight.ledger,
        accuracy=_accuracy(context, sight),
        differences=_differences(context, held),
    )


def _accuracy(context: Context, sight: _Sight) -> Accuracy | None:
    """What the return before forecast for the quarter; only what was accepted is a forecast, and it must be the actor's to see."""
    before = sight.view.find(Return, returns.id_of(sight.held.state.initiative_id, sight.quarter.previous()))
    if before is None or before.state.state is not ReturnState.ACCEPTED or not registers.visible(context, before):
        return None
    rows = forecasts.accuracy(before.state.id, before.state.report.forecasts, sight.ledger)
    return next((row for row in rows if row.quarter == str(sight.quarter)), None)


def _differences(context: Context, held: Held[Return] | Written[Return]) -> tuple[Difference, ...]:
    before = held.state.compared_with
    if before is None:
        return ()
    return return_reports.differences(submitted(context, held.name, before), held.state.report)
