"""An initiative in delivery and a whole return of it, for tests that change one thing about them."""

from datetime import date

from chalicelib.domain.initiatives import Category, Initiative, InitiativeState, Milestone, Output
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.return_checks import Measured
from chalicelib.domain.return_reports import (
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
from chalicelib.domain.returns import Return, ReturnFact, apply, due
from chalicelib.domain.values import replace
from chalicelib.domain.variance_codes import VarianceCode

INITIATIVE = Initiative(
    id="lighting",
    title="Lighting",
    category=Category.STREET_LIGHTING,
    partner_id="council",
    actual_start=date(2023, 5, 2),
    milestones=(Milestone(name="First street lit", planned=date(2023, 9, 1)),),
    outputs=(Output(name="Columns", unit="columns", target=90),),
    state=InitiativeState.IN_DELIVERY,
)
QUARTER = Quarter.parse("2023-24-Q2")
TODAY = date(2023, 10, 6)
MEASURED = Measured(initiative=INITIATIVE, quarter=QUARTER, remaining=("2023-24-Q3", "2023-24-Q4"), today=TODAY)
LATE = VarianceCode(id="late-supplier", words="A supplier was late")
REPORT = Report(
    progress="Half of the columns are in.",
    rating=Rating.AMBER,
    spent_to_date_pence=120_000,
    outputs=(OutputReport(name="Columns", actual=45),),
    milestones=(
        MilestoneReport(name="First street lit", due=date(2023, 9, 20), state=MilestoneState.ACHIEVED, achieved=date(2023, 9, 18)),
    ),
    forecasts=(Forecast(quarter="2023-24-Q3", amount_pence=300_000), Forecast(quarter="2023-24-Q4", amount_pence=0)),
    risks=(
        Risk(
            description="The last street needs a permit",
            likelihood=Level.LOW,
            impact=Level.HIGH,
            mitigation="Asked for it in August",
            owner_role="Programme lead",
        ),
    ),
    variances=(VarianceReason(code="late-supplier", explanation="Columns came three weeks late"),),
)
PARTNER = Actor(subject="partner", roles=frozenset({Role.PARTNER}), organisation_id="council")
OFFICER = Actor(subject="officer", roles=frozenset({Role.OFFICER}))
DUE = due(INITIATIVE, QUARTER)


def folded(*facts: ReturnFact) -> Return:
    """The return that these facts lead to."""
    held: Return | None = None
    for seq, fact in enumerate(facts, start=1):
        held = apply(held, fact, seq)
    assert held is not None
    return held


def forecasting(*pence: int) -> Report:
    """The report with other forecasts for the quarters that remain."""
    quarters = zip(MEASURED.remaining, pence, strict=False)
    return replace(REPORT, forecasts=tuple(Forecast(quarter=quarter, amount_pence=each) for quarter, each in quarters))
