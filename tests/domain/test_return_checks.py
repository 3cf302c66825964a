"""What is wrong with a report: everything at once, each with where it is."""

from datetime import date

import pytest

from chalicelib.domain.errors import Contradictory
from chalicelib.domain.return_checks import ReturnIncomplete, check_draft, check_submission
from chalicelib.domain.return_reports import (
    NOTHING_SAID,
    Forecast,
    MilestoneReport,
    MilestoneState,
    OutputReport,
    Report,
    VarianceReason,
)
from chalicelib.domain.values import replace
from chalicelib.domain.variance_codes import VarianceCode
from tests.domain.reporting import LATE, MEASURED, REPORT, forecasting

RETIRED = VarianceCode(id="weather", words="The weather", retired=True)


def problems(report: Report) -> list[tuple[str, str]]:
    """What is wrong with a draft: each error's pointer and detail."""
    with pytest.raises(Contradictory) as refused:
        check_draft(report, MEASURED, {code.id: code for code in (LATE, RETIRED)}, frozenset())
    return [(error.pointer, error.detail) for error in refused.value.errors]


def gaps(report: Report) -> dict[str, str]:
    """What is wrong with a submission, by pointer."""
    with pytest.raises(ReturnIncomplete) as refused:
        check_submission(report, MEASURED)
    return {error.pointer: error.detail for error in refused.value.errors}


def test_a_whole_report_is_taken() -> None:
    check_draft(REPORT, MEASURED, {LATE.id: LATE}, frozenset())
    check_submission(REPORT, MEASURED)


def test_a_draft_may_say_nothing_at_all() -> None:
    check_draft(NOTHING_SAID, MEASURED, {}, frozenset())


def test_a_submission_that_says_nothing_hears_of_every_gap_at_once() -> None:
    assert gaps(NOTHING_SAID) == {
        "/progress": "say how delivery goes",
        "/rating": "rate delivery red, amber or green",
        "/spent_to_date_pence": "say what was spent so far; 0 where nothing was",
        "/outputs": "Columns is not reported on; nothing is 0",
        "/milestones": "First street lit is not reported on; nothing is 0",
        "/forecasts": "2023-24-Q3, 2023-24-Q4 are not reported on; nothing is 0",
    }


def test_nothing_is_a_figure_and_a_missing_one_is_none() -> None:
    zeros = replace(forecasting(0, 0), spent_to_date_pence=0, outputs=(OutputReport(name="Columns", actual=0),))

    check_submission(zeros, MEASURED)
    assert gaps(forecasting(0)) == {"/forecasts": "2023-24-Q4 is not reported on; nothing is 0"}
    assert gaps(replace(REPORT, outputs=(OutputReport(name="Columns"),))) == {
        "/outputs/0/actual": "say how many so far; 0 where there are none"
    }


def test_a_draft_hears_of_every_contradiction_at_once() -> None:
    wrong = replace(
        REPORT,
        outputs=(OutputReport(name="Columns", actual=1), OutputReport(name="Benches", actual=2), OutputReport(name="Columns")),
        milestones=(
            MilestoneReport(name="A", due=date(2023, 9, 1), state=MilestoneState.ACHIEVED),
            MilestoneReport(name="B", due=date(2023, 9, 1), state=MilestoneState.LATE, achieved=date(2023, 9, 2)),
            MilestoneReport(name="B", due=date(2023, 9, 1), state=MilestoneState.ACHIEVED, achieved=date(2023, 10, 7)),
        ),
        forecasts=(
            Forecast(quarter="2023-24-Q2", amount_pence=1),
            Forecast(quarter="2023-24-Q3", amount_pence=1),
            Forecast(quarter="2023-24-Q3", amount_pence=2),
            Forecast(quarter="2024-25-Q1", amount_pence=1),
        ),
        risks=(*REPORT.risks, *REPORT.risks),
        variances=(
            VarianceReason(code="weather", explanation="It rained"),
            VarianceReason(code="moonlight", explanation="There was none"),
            VarianceReason(code="moonlight", explanation="There was some"),
        ),
    )

    assert problems(wrong) == [
        ("/outputs/1/name", "'Benches' is not an output of lighting: Columns"),
        ("/outputs/2/name", "'Columns' is there already: name it once"),
        ("/milestones/0/achieved", "say when it was achieved"),
        ("/milestones/1/achieved", "it is late: only what is achieved has a date"),
        ("/milestones/2/achieved", "2023-10-07 is after today, 2023-10-06"),
        ("/milestones/2/name", "'B' is there already: name it once"),
        ("/forecasts/0/quarter", "no forecast is wanted for 2023-24-Q2; wanted: 2023-24-Q3, 2023-24-Q4"),
        ("/forecasts/3/quarter", "no forecast is wanted for 2024-25-Q1; wanted: 2023-24-Q3, 2023-24-Q4"),
        ("/forecasts/2/quarter", "'2023-24-Q3' is there already: name it once"),
        ("/risks/1/description", "'The last street needs a permit' is there already: name it once"),
        ("/variances/2/code", "'moonlight' is there already: name it once"),
        ("/variances/0/code", "'weather' is retired: choose one that is in use"),
        ("/variances/1/code", "there is no variance code 'moonlight'"),
        ("/variances/2/code", "there is no variance code 'moonlight'"),
    ]


def test_a_retired_code_stays_where_it_is_already() -> None:
    kept = replace(REPORT, variances=(VarianceReason(code="weather", explanation="It rained"),))

    check_draft(kept, MEASURED, {RETIRED.id: RETIRED}, frozenset({"weather"}))
    assert problems(kept) == [("/variances/0/code", "'weather' is retired: choose one that is in use")]


def test_an_output_that_the_initiative_has_no_more_stops_a_submission() -> None:
    gone = replace(MEASURED, initiative=replace(MEASURED.initiative, outputs=()))

    with pytest.raises(ReturnIncomplete) as refused:
        check_submission(REPORT, gone)
    assert [error.pointer for error in refused.value.errors] == ["/outputs/0/name"]


def test_a_partner_may_add_milestones_of_its_own() -> None:
    own = MilestoneReport(name="Permit", due=date(2023, 12, 1), state=MilestoneState.ON_TRACK)

    check_submission(replace(REPORT, milestones=(*REPORT.milestones, own)), MEASURED)
