"""Returns: when one is due, the way it goes, and who may take it there."""

from datetime import date

import pytest

from chalicelib.domain.errors import Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.initiatives import Initiative, InitiativeState
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.return_reports import NOTHING_SAID
from chalicelib.domain.returns import (
    Return,
    ReturnFact,
    ReturnReviewed,
    ReturnState,
    ReturnSubmitted,
    ReturnTooEarly,
    Review,
    apply,
    draft,
    parts_of,
    quarters_due,
    quarters_reported,
    review,
    submit,
)
from chalicelib.domain.values import replace
from tests.domain.reporting import DUE, INITIATIVE, LATE, MEASURED, OFFICER, PARTNER, QUARTER, REPORT, TODAY, folded, forecasting

CODES = {LATE.id: LATE}
CHANGES, ACCEPTED = ReturnState.CHANGES_REQUESTED, ReturnState.ACCEPTED


def told(*steps: str) -> Return:
    """A return that was taken these steps: drafted, submitted, given back, accepted."""
    held, facts = DUE, list[ReturnFact]()
    for step in steps:
        facts.append(_fact(held, step))
        held = folded(*facts)
    return held


def _fact(held: Return, step: str) -> ReturnFact:
    match step:
        case "drafted":
            return draft(held, REPORT, MEASURED, CODES, PARTNER)
        case "submitted":
            return submit(held, MEASURED, PARTNER)
        case "given back":
            return review(held, CHANGES, "The forecast is short.", TODAY, OFFICER)
        case _:
            return review(held, ACCEPTED, "Agreed.", TODAY, OFFICER)


@pytest.mark.parametrize(
    ("state", "starts", "ends", "today", "quarters"),
    [
        (InitiativeState.IN_DELIVERY, date(2023, 5, 2), None, date(2023, 12, 30), ["2023-24-Q1", "2023-24-Q2"]),
        (InitiativeState.IN_DELIVERY, date(2023, 5, 2), None, date(2023, 12, 31), ["2023-24-Q1", "2023-24-Q2", "2023-24-Q3"]),
        (InitiativeState.DELAYED, date(2023, 6, 30), None, date(2023, 7, 1), ["2023-24-Q1"]),
        (InitiativeState.COMPLETE, date(2023, 5, 2), date(2023, 7, 1), date(2024, 5, 1), ["2023-24-Q1", "2023-24-Q2"]),
        (InitiativeState.COMPLETE, date(2023, 5, 2), date(2023, 7, 1), date(2023, 9, 29), ["2023-24-Q1"]),
        (InitiativeState.CANCELLED, date(2023, 5, 2), None, date(2024, 5, 1), []),
        (InitiativeState.CANCELLED, date(2023, 5, 2), date(2023, 5, 3), date(2024, 5, 1), ["2023-24-Q1"]),
        (InitiativeState.PLANNED, date(2023, 5, 2), None, date(2024, 5, 1), []),
        (InitiativeState.DELAYED, None, None, date(2024, 5, 1), []),
        (InitiativeState.IN_DELIVERY, date(2024, 5, 2), None, date(2024, 5, 1), []),
        (InitiativeState.COMPLETE, date(1, 1, 1), date(1, 1, 2), date(2024, 5, 1), []),
        (InitiativeState.COMPLETE, date(1, 1, 1), date(1900, 4, 1), date(2024, 5, 1), ["1900-01-Q1"]),
    ],
)
def test_a_return_is_due_for_each_quarter_of_delivery_that_has_ended(
    state: InitiativeState, starts: date | None, ends: date | None, today: date, quarters: list[str]
) -> None:
    initiative = replace(INITIATIVE, state=state, actual_start=starts, actual_end=ends)

    assert [str(quarter) for quarter in quarters_due(initiative, today)] == quarters


@pytest.mark.parametrize(
    ("ends", "today", "last"),
    [
        (None, date(2023, 9, 30), "2023-24-Q2"),
        (None, date(2023, 10, 1), "2023-24-Q3"),
        (date(2023, 9, 1), date(2023, 10, 1), "2023-24-Q2"),
    ],
)
def test_a_return_can_be_begun_from_its_quarters_first_day_on(ends: date | None, today: date, last: str) -> None:
    state = InitiativeState.COMPLETE if ends else InitiativeState.IN_DELIVERY
    initiative = replace(INITIATIVE, state=state, actual_start=date(2023, 5, 2), actual_end=ends)

    assert [str(quarter) for quarter in quarters_reported(initiative, today)][-1] == last


@pytest.mark.parametrize("state", ["drafted", "given back"])
def test_what_happened_in_a_quarter_is_submitted_from_its_last_day_on(state: str) -> None:
    held = told("drafted") if state == "drafted" else told("drafted", "submitted", "given back")

    with pytest.raises(ReturnTooEarly, match="from 2023-09-30 on"):
        submit(held, replace(MEASURED, today=date(2023, 9, 29)), PARTNER)
    assert submit(held, replace(MEASURED, today=date(2023, 9, 30)), PARTNER).on == date(2023, 9, 30)


def test_a_returns_id_names_its_initiative_and_its_quarter() -> None:
    assert DUE.id == "lighting.2023-24-Q2"
    assert parts_of(DUE.id) == ("lighting", QUARTER)
    with pytest.raises(Missing, match="There is no return with the id 'lighting'"):
        parts_of("lighting")


def test_a_draft_carries_what_it_is_measured_against() -> None:
    report = told("drafted").report

    assert [(each.unit, each.target, each.actual) for each in report.outputs] == [("columns", 90, 45)]
    assert [each.planned for each in report.milestones] == [date(2023, 9, 1)]
    assert [each.words for each in report.variances] == ["A supplier was late"]


def test_a_submission_keeps_the_targets_of_its_day() -> None:
    drafted = told("drafted")
    raised: Initiative = replace(INITIATIVE, outputs=(replace(INITIATIVE.outputs[0], target=100),))

    submitted = submit(drafted, replace(MEASURED, initiative=raised), PARTNER)

    assert [each.target for each in submitted.report.outputs] == [100]
    assert [each.words for each in submitted.report.variances] == ["A supplier was late"]


def test_the_way_of_a_return_that_is_given_back_once() -> None:
    held = told("drafted", "submitted", "given back", "drafted", "submitted", "accepted")

    assert held.state is ACCEPTED
    assert [(each.position, each.review and (each.review.outcome, each.review.reason)) for each in held.submissions] == [
        (2, (CHANGES, "The forecast is short.")),
        (5, (ACCEPTED, "Agreed.")),
    ]
    assert held.accepted_on == TODAY


LEGAL = {
    (): {"drafted"},
    ("drafted",): {"drafted", "submitted"},
    ("drafted", "submitted"): {"given back", "accepted"},
    ("drafted", "submitted", "given back"): {"drafted", "submitted"},
    ("drafted", "submitted", "accepted"): set(),
}


@pytest.mark.parametrize("steps", LEGAL)
@pytest.mark.parametrize("step", ["drafted", "submitted", "given back", "accepted"])
def test_only_the_legal_steps_are_taken(steps: tuple[str, ...], step: str) -> None:
    held = told(*steps) if steps else DUE
    if step in LEGAL[steps]:
        _fact(held, step)
        return
    with pytest.raises(NotInState) as refused:
        _fact(held, step)
    assert refused.value.state == held.state


def test_what_the_partner_goes_on_writing_stays_with_changes_requested() -> None:
    assert told("drafted", "submitted", "given back", "drafted").state is CHANGES


@pytest.mark.parametrize("outcome", [CHANGES, ACCEPTED])
@pytest.mark.parametrize("subject", ["writer", "partner"])
def test_nobody_reviews_what_they_wrote_or_submitted_whatever_their_roles(outcome: ReturnState, subject: str) -> None:
    written = draft(DUE, REPORT, MEASURED, CODES, replace(PARTNER, subject="writer"))
    held = folded(written, submit(folded(written), MEASURED, PARTNER))
    everything = Actor(subject=subject, roles=frozenset(Role), organisation_id="council")

    with pytest.raises(PreparerCannotApprove):
        review(held, outcome, "Fine by me.", TODAY, everything)


def test_who_submitted_an_earlier_version_does_not_accept_a_later_one() -> None:
    facts: list[ReturnFact] = [draft(DUE, REPORT, MEASURED, CODES, PARTNER), submit(told("drafted"), MEASURED, PARTNER)]
    back = review(folded(*facts), CHANGES, "The forecast is short.", TODAY, OFFICER)
    again = submit(folded(*facts, back), MEASURED, replace(PARTNER, subject="colleague"))

    held = folded(*facts, back, again)

    assert held.prepared_by == ("partner", "colleague")
    with pytest.raises(PreparerCannotApprove):
        review(held, ACCEPTED, "Fine by me.", TODAY, replace(OFFICER, subject="partner"))


@pytest.mark.parametrize(
    ("steps", "compared"),
    [
        (("drafted",), None),
        (("drafted", "submitted"), None),
        (("drafted", "submitted", "given back"), 2),
        (("drafted", "submitted", "given back", "submitted"), 2),
        (("drafted", "submitted", "given back", "submitted", "given back"), 4),
        (("drafted", "submitted", "given back", "submitted", "given back", "submitted", "accepted"), 4),
    ],
)
def test_a_return_is_compared_with_what_was_submitted_before(steps: tuple[str, ...], compared: int | None) -> None:
    before = told(*steps).compared_with

    assert (before.position if before else None) == compared


def test_a_draft_replaces_the_report_whole() -> None:
    held = folded(draft(DUE, REPORT, MEASURED, CODES, PARTNER), draft(told("drafted"), NOTHING_SAID, MEASURED, {}, PARTNER))

    assert held.report == NOTHING_SAID


def test_a_submission_is_not_changed_by_what_is_written_after_it() -> None:
    facts: list[ReturnFact] = [draft(DUE, REPORT, MEASURED, CODES, PARTNER)]
    submitted = submit(folded(*facts), MEASURED, PARTNER)
    facts += [submitted, review(folded(*facts, submitted), CHANGES, "The forecast is short.", TODAY, OFFICER)]

    again = draft(folded(*facts), forecasting(1, 2), MEASURED, CODES, PARTNER)

    assert folded(*facts, again).report.forecasts != submitted.report.forecasts
    assert [each.amount_pence for each in submitted.report.forecasts] == [300_000, 0]


@pytest.mark.parametrize(
    "fact",
    [
        ReturnSubmitted(submitted_by="partner", on=TODAY, report=REPORT),
        ReturnReviewed(submission=1, review=Review(outcome=ACCEPTED, reviewed_by="officer", on=TODAY, reason="")),
    ],
)
def test_a_return_begins_with_its_draft(fact: ReturnFact) -> None:
    with pytest.raises(ValueError, match="a return begins with its draft"):
        apply(None, fact, 1)
