"""Reports: what differs between two of them, field by field."""

from datetime import date

from chalicelib.domain.return_reports import (
    NOTHING_SAID,
    Forecast,
    MilestoneReport,
    MilestoneState,
    OutputReport,
    Rating,
    Report,
    Risk,
    beside_the_plan,
    differences,
)
from chalicelib.domain.values import replace
from tests.domain.reporting import INITIATIVE, LATE, REPORT, forecasting


def changes(old: Report, new: Report) -> list[tuple[str, object, object]]:
    return [(each.field, each.old, each.new) for each in differences(old, new)]


def test_a_report_does_not_differ_from_itself() -> None:
    assert changes(REPORT, REPORT) == []


def test_each_field_that_differs_is_named_with_what_it_was_and_is() -> None:
    new = replace(
        REPORT,
        rating=Rating.GREEN,
        spent_to_date_pence=None,
        outputs=(OutputReport(name="Columns", actual=50),),
        milestones=(replace(REPORT.milestones[0], achieved=date(2023, 9, 19)),),
        variances=(),
    )

    assert changes(REPORT, new) == [
        ("/rating", "amber", "green"),
        ("/spent_to_date_pence", 120_000, None),
        ("/outputs/Columns/actual", 45, 50),
        ("/milestones/First street lit/achieved", "2023-09-18", "2023-09-19"),
        ("/variances/late-supplier/explanation", "Columns came three weeks late", None),
    ]


def test_a_forecast_of_nothing_differs_from_none() -> None:
    assert changes(forecasting(300_000), forecasting(300_000, 0)) == [("/forecasts/2023-24-Q4/amount_pence", None, 0)]


def test_the_order_of_a_list_is_no_difference() -> None:
    turned = replace(REPORT, forecasts=tuple(reversed(REPORT.forecasts)))

    assert changes(REPORT, turned) == []


def test_names_are_written_as_pointers_have_them() -> None:
    slashed = replace(NOTHING_SAID, outputs=(OutputReport(name="CCTV/ANPR ~ all", actual=1),))

    assert changes(NOTHING_SAID, slashed) == [("/outputs/CCTV~1ANPR ~0 all/actual", None, 1)]


def test_every_field_of_a_report_is_compared() -> None:
    full = beside_the_plan(REPORT, INITIATIVE, {LATE.id: LATE.words})

    assert [field for field, _, _ in changes(NOTHING_SAID, full)] == [
        "/progress",
        "/rating",
        "/spent_to_date_pence",
        "/outputs/Columns/actual",
        "/outputs/Columns/unit",
        "/outputs/Columns/target",
        "/milestones/First street lit/state",
        "/milestones/First street lit/due",
        "/milestones/First street lit/achieved",
        "/milestones/First street lit/planned",
        "/forecasts/2023-24-Q3/amount_pence",
        "/forecasts/2023-24-Q4/amount_pence",
        "/risks/The last street needs a permit/likelihood",
        "/risks/The last street needs a permit/impact",
        "/risks/The last street needs a permit/mitigation",
        "/risks/The last street needs a permit/owner_role",
        "/variances/late-supplier/explanation",
    ]


def test_what_a_report_is_measured_against_is_never_the_partners_to_say() -> None:
    claimed = replace(
        REPORT,
        outputs=(OutputReport(name="Columns", actual=45, unit="miles", target=1),),
        milestones=(MilestoneReport(name="Own", due=date(2023, 9, 1), state=MilestoneState.LATE, planned=date(2020, 1, 1)),),
    )

    kept = beside_the_plan(claimed, INITIATIVE, {})

    assert [(each.unit, each.target) for each in kept.outputs] == [("columns", 90)]
    assert [each.planned for each in kept.milestones] == [None]


def test_a_risk_is_known_by_its_description() -> None:
    reworded: Risk = replace(REPORT.risks[0], description="No permit yet")

    fields = [field for field, _, _ in changes(REPORT, replace(REPORT, risks=(reworded,)))]

    assert fields.count("/risks/No permit yet/impact") == fields.count("/risks/The last street needs a permit/impact") == 1


def test_a_quarter_that_no_longer_has_a_forecast_shows() -> None:
    shorter = replace(REPORT, forecasts=(Forecast(quarter="2023-24-Q3", amount_pence=300_000),))

    assert changes(REPORT, shorter) == [("/forecasts/2023-24-Q4/amount_pence", 0, None)]
