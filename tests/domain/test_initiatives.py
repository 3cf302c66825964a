"""Initiatives: what is delivered, the moves it may make, and what the public may see of it."""

from datetime import date

import pytest

from chalicelib.domain.errors import IllegalMove, Invalid
from chalicelib.domain.initiatives import (
    PUBLISHABLE,
    Category,
    Initiative,
    InitiativeAmended,
    InitiativeCreated,
    InitiativeMoved,
    InitiativeState,
    Milestone,
    Output,
    Place,
    amend,
    apply,
    checked,
    move,
    unpublished_by_default,
)
from chalicelib.domain.values import replace

ON = date(2023, 11, 1)
LEGAL = {
    InitiativeState.PLANNED: {InitiativeState.IN_DELIVERY, InitiativeState.DELAYED, InitiativeState.CANCELLED},
    InitiativeState.IN_DELIVERY: {InitiativeState.DELAYED, InitiativeState.COMPLETE, InitiativeState.CANCELLED},
    InitiativeState.DELAYED: {InitiativeState.IN_DELIVERY, InitiativeState.COMPLETE, InitiativeState.CANCELLED},
    InitiativeState.COMPLETE: set(),
    InitiativeState.CANCELLED: set(),
}


def initiative(state: InitiativeState = InitiativeState.PLANNED, category: Category = Category.STREET_LIGHTING) -> Initiative:
    return Initiative(id="lighting", title="Lighting", category=category, partner_id="stockton", state=state)


def moved(before: Initiative, state: InitiativeState, on: date) -> Initiative:
    return apply(before, move(before, state, on), 2)


@pytest.mark.parametrize("state", InitiativeState)
@pytest.mark.parametrize("wanted", InitiativeState)
def test_only_the_legal_moves_are_made(state: InitiativeState, wanted: InitiativeState) -> None:
    if wanted in LEGAL[state]:
        assert move(initiative(state), wanted, ON) == InitiativeMoved(state=wanted, on=ON)
        return
    with pytest.raises(IllegalMove) as refused:
        move(initiative(state), wanted, ON)
    assert set(refused.value.allowed) == LEGAL[state]


def test_starting_and_completing_delivery_set_its_dates() -> None:
    started = moved(initiative(), InitiativeState.IN_DELIVERY, date(2023, 11, 1))
    done = moved(started, InitiativeState.COMPLETE, date(2024, 3, 1))

    assert (started.actual_start, started.actual_end) == (date(2023, 11, 1), None)
    assert (done.actual_start, done.actual_end) == (date(2023, 11, 1), date(2024, 3, 1))
    assert done.state is InitiativeState.COMPLETE


def test_delivery_that_goes_on_after_a_delay_keeps_its_first_day() -> None:
    started = moved(initiative(), InitiativeState.IN_DELIVERY, date(2023, 11, 1))
    delayed = moved(started, InitiativeState.DELAYED, date(2023, 12, 1))
    again = moved(delayed, InitiativeState.IN_DELIVERY, date(2024, 2, 1))

    assert again.actual_start == date(2023, 11, 1)


def test_delivery_is_not_complete_before_it_began() -> None:
    started = moved(initiative(), InitiativeState.IN_DELIVERY, date(2023, 11, 1))

    with pytest.raises(Invalid, match="/on: 2023-10-31 is before the start on 2023-11-01"):
        move(started, InitiativeState.COMPLETE, date(2023, 10, 31))


def test_what_is_cancelled_has_no_end_of_delivery() -> None:
    assert moved(initiative(), InitiativeState.CANCELLED, ON).actual_end is None


def test_an_initiative_begins_with_its_creation() -> None:
    with pytest.raises(ValueError, match="an initiative begins with its creation"):
        apply(None, InitiativeMoved(state=InitiativeState.IN_DELIVERY, on=ON), 1)


def test_an_initiative_is_what_was_last_recorded() -> None:
    amended = replace(initiative(), title="More lighting")

    assert apply(None, InitiativeCreated(initiative=initiative()), 1) == initiative()
    assert apply(initiative(), InitiativeAmended(initiative=amended), 2) == amended


def test_an_initiative_hears_of_every_problem_at_once() -> None:
    bad = replace(
        initiative(),
        places=(Place(name="Hanley", area_code="E05013955"), Place(name="Fenton", area_code="E23000015"), Place(name="Burton")),
        planned_start=date(2024, 1, 2),
        planned_end=date(2024, 1, 1),
        actual_start=date(2024, 2, 2),
        actual_end=date(2024, 2, 1),
        unpublished_fields=("places", "partner_id"),
    )

    with pytest.raises(Invalid) as refused:
        checked(bad)

    assert [error.pointer for error in refused.value.errors] == [
        "/places/1/area_code",
        "/planned_end",
        "/actual_end",
        "/unpublished_fields/1",
    ]


def test_two_milestones_or_outputs_are_not_called_alike() -> None:
    twice = replace(
        initiative(),
        milestones=(Milestone(name="Lit", planned=ON), Milestone(name="Lit", planned=ON)),
        outputs=(Output(name="Columns", unit="columns", target=1), Output(name="Columns", unit="miles", target=2)),
    )

    with pytest.raises(Invalid) as refused:
        checked(twice)

    assert [error.pointer for error in refused.value.errors] == ["/milestones/1/name", "/outputs/1/name"]


@pytest.mark.parametrize("code", ["E05013955", "E01014370", "W05000001", "W01000001"])
def test_a_place_is_a_ward_or_an_lsoa(code: str) -> None:
    there = replace(initiative(), places=(Place(name="Hanley", area_code=code),))

    assert checked(there) == there


def test_one_day_is_long_enough() -> None:
    short = replace(initiative(), planned_start=ON, planned_end=ON)

    assert checked(short) == short


@pytest.mark.parametrize("category", Category)
def test_only_where_the_cameras_are_is_withheld_by_default(category: Category) -> None:
    cameras = category in (Category.CCTV, Category.AUTOMATIC_NUMBER_PLATE_RECOGNITION)

    assert unpublished_by_default(category) == (("places",) if cameras else ())


def test_an_initiative_publishes_what_it_does_not_withhold() -> None:
    cctv = replace(initiative(category=Category.CCTV), unpublished_fields=unpublished_by_default(Category.CCTV))

    assert {field for field in PUBLISHABLE if cctv.may_publish(field)} == PUBLISHABLE - {"places"}


def test_what_is_not_publishable_is_never_published() -> None:
    assert not initiative().may_publish("id")
    assert not initiative().may_publish("unpublished_fields")


@pytest.mark.parametrize(
    ("category", "words"),
    [(Category.CCTV, "CCTV"), (Category.STREET_LIGHTING, "Street lighting"), (Category.OTHER, "Other")],
)
def test_a_category_is_written_as_people_write_it(category: Category, words: str) -> None:
    assert category.words == words


@pytest.mark.parametrize("category", [Category.CCTV, Category.AUTOMATIC_NUMBER_PLATE_RECOGNITION])
def test_what_becomes_an_initiative_with_cameras_withholds_their_places(category: Category) -> None:
    held = replace(initiative(), unpublished_fields=("partner",))

    assert amend(held, replace(held, category=category)).initiative.unpublished_fields == ("partner", "places")
    assert amend(held, replace(held, title="More lighting")).initiative.unpublished_fields == ("partner",)


def test_what_is_withheld_is_what_somebody_decided() -> None:
    held = initiative()

    assert amend(held, replace(held, category=Category.CCTV), withheld=()).initiative.unpublished_fields == ()
    assert amend(held, held, withheld=("dates",)).initiative.unpublished_fields == ("dates",)


def test_a_decision_to_publish_where_cameras_are_outlasts_other_changes() -> None:
    held = initiative(category=Category.CCTV)

    assert amend(held, replace(held, title="More cameras")).initiative.unpublished_fields == ()


def test_an_amendment_is_checked() -> None:
    with pytest.raises(Invalid):
        amend(initiative(), initiative(), withheld=("partner_id",))
