"""Initiatives: what is delivered, by whom, where and when, and which of its fields may be published."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import Contradictory, FieldError, IllegalMove, contradiction
from chalicelib.domain.values import Struct, replace


class Category(StrEnum):
    """What was really funded in Safer Streets rounds 1 to 5 and the Safety of Women at Night Fund."""

    STREET_LIGHTING = "street_lighting"
    CCTV = "cctv"
    ALLEY_GATES = "alley_gates"
    TARGET_HARDENING = "target_hardening"
    AUTOMATIC_NUMBER_PLATE_RECOGNITION = "automatic_number_plate_recognition"
    ENVIRONMENTAL_IMPROVEMENT = "environmental_improvement"
    TRAINING = "training"
    EDUCATION = "education"
    CAMPAIGN = "campaign"
    SAFE_PLACES = "safe_places"
    SAFE_ROUTES = "safe_routes"
    TAXI_MARSHALS = "taxi_marshals"
    PATROLS_AND_WARDENS = "patrols_and_wardens"
    YOUTH_WORK = "youth_work"
    REPORTING_APP = "reporting_app"
    COMMUNITY_ENGAGEMENT = "community_engagement"
    EVALUATION = "evaluation"
    PROJECT_MANAGEMENT = "project_management"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The category as people write it."""
        if self is Category.CCTV:
            return "CCTV"
        return self.value.replace("_", " ").capitalize()


class InitiativeState(StrEnum):
    """How far delivery has come."""

    PLANNED = "planned"
    IN_DELIVERY = "in_delivery"
    DELAYED = "delayed"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


_MOVES: dict[InitiativeState, tuple[InitiativeState, ...]] = {
    InitiativeState.PLANNED: (InitiativeState.IN_DELIVERY, InitiativeState.DELAYED, InitiativeState.CANCELLED),
    InitiativeState.IN_DELIVERY: (InitiativeState.DELAYED, InitiativeState.COMPLETE, InitiativeState.CANCELLED),
    InitiativeState.DELAYED: (InitiativeState.IN_DELIVERY, InitiativeState.COMPLETE, InitiativeState.CANCELLED),
    InitiativeState.COMPLETE: (),
    InitiativeState.CANCELLED: (),
}

PUBLISHABLE = frozenset({"title", "description", "partner", "places", "dates", "milestones", "outputs"})
"""The fields that a publication may carry, unless an initiative withholds them."""

_AREA_CODE = re.compile(r"[EW](05|01)[0-9]{6}")


class Place(Struct, frozen=True, kw_only=True):
    """Where: a name, and the ONS code of its ward (`E05...`) or LSOA (`E01...`) where one is known."""

    name: str
    area_code: str | None = None


class Milestone(Struct, frozen=True, kw_only=True):
    """A dated step of delivery."""

    name: str
    planned: date
    actual: date | None = None


class Output(Struct, frozen=True, kw_only=True):
    """What delivery produces, in whole units (`14 cameras`); `actual` is None until something is reported."""

    name: str
    unit: str
    target: int
    actual: int | None = None


class Initiative(Struct, frozen=True, kw_only=True):
    """An initiative. `unpublished_fields` names those of PUBLISHABLE that no publication may carry."""

    KIND: ClassVar = Kind.INITIATIVE

    id: str
    title: str
    category: Category
    partner_id: str
    description: str = ""
    places: tuple[Place, ...] = ()
    planned_start: date | None = None
    planned_end: date | None = None
    actual_start: date | None = None
    actual_end: date | None = None
    milestones: tuple[Milestone, ...] = ()
    outputs: tuple[Output, ...] = ()
    unpublished_fields: tuple[str, ...] = ()
    state: InitiativeState = InitiativeState.PLANNED

    def may_publish(self, field: str) -> bool:
        """Whether a publication may carry a field of PUBLISHABLE."""
        return field in PUBLISHABLE and field not in self.unpublished_fields


def unpublished_by_default(category: Category) -> tuple[str, ...]:
    """What is withheld unless somebody decides otherwise: where the cameras are."""
    cameras = (Category.CCTV, Category.AUTOMATIC_NUMBER_PLATE_RECOGNITION)
    return ("places",) if category in cameras else ()


class InitiativeCreated(Struct, frozen=True, kw_only=True):
    """An initiative was planned."""

    KIND: ClassVar = "initiative_created"

    initiative: Initiative


class InitiativeAmended(Struct, frozen=True, kw_only=True):
    """An initiative's details changed; these are the new ones, whole."""

    KIND: ClassVar = "initiative_amended"

    initiative: Initiative


class InitiativeMoved(Struct, frozen=True, kw_only=True):
    """Delivery went on to another state, on a day."""

    KIND: ClassVar = "initiative_moved"

    state: InitiativeState
    on: date


InitiativeFact = InitiativeCreated | InitiativeAmended | InitiativeMoved


def checked(initiative: Initiative) -> Initiative:
    """The initiative itself, when its dates are in order, its codes well formed, and no two of its milestones or outputs called alike.

    Raises Contradictory with every error there is.
    """
    errors: list[FieldError] = []
    for place, where in enumerate(initiative.places):
        if where.area_code and not _AREA_CODE.fullmatch(where.area_code):
            errors.append(FieldError(f"/places/{place}/area_code", "must be a ward (E05...) or LSOA (E01...) code"))
    for early, late in (("planned_start", "planned_end"), ("actual_start", "actual_end")):
        first, last = getattr(initiative, early), getattr(initiative, late)
        if first and last and last < first:
            errors.append(FieldError(f"/{late}", f"{last} is before the start on {first}"))
    errors += _named_twice("/milestones", [each.name for each in initiative.milestones])
    errors += _named_twice("/outputs", [each.name for each in initiative.outputs])
    for place, field in enumerate(initiative.unpublished_fields):
        if field not in PUBLISHABLE:
            names = ", ".join(sorted(PUBLISHABLE))
            errors.append(FieldError(f"/unpublished_fields/{place}", f"{field!r} is not one of {names}"))
    if errors:
        raise Contradictory(tuple(errors))
    return initiative


def _named_twice(pointer: str, names: list[str]) -> list[FieldError]:
    # A return reports on each by its name.
    return [
        FieldError(f"{pointer}/{place}/name", f"{name!r} is there already: name each by itself")
        for place, name in enumerate(names)
        if name in names[:place]
    ]


def amend(held: Initiative, changed: Initiative, *, withheld: tuple[str, ...] | None = None) -> InitiativeAmended:
    """Change an initiative's details; `withheld` is what somebody decided to keep unpublished, if anybody did.

    Where nobody did, an initiative that becomes one with cameras withholds their places, whoever changes it and from
    wherever. Raises Contradictory, as `checked`.
    """
    if withheld is None:
        before = unpublished_by_default(held.category)
        due = (field for field in unpublished_by_default(changed.category) if field not in before)
        withheld = tuple(dict.fromkeys((*changed.unpublished_fields, *due)))
    return InitiativeAmended(initiative=checked(replace(changed, unpublished_fields=withheld)))


def move(initiative: Initiative, state: InitiativeState, on: date) -> InitiativeMoved:
    """Take delivery to another state; the legal moves only. Raises IllegalMove, naming them, and Contradictory for the day."""
    allowed = _MOVES[initiative.state]
    if state not in allowed:
        raise IllegalMove(kind="initiative", state=initiative.state, wanted=state, allowed=allowed)
    if state is InitiativeState.COMPLETE and initiative.actual_start and on < initiative.actual_start:
        raise contradiction("/on", f"{on} is before the start on {initiative.actual_start}")
    return InitiativeMoved(state=state, on=on)


def apply(initiative: Initiative | None, fact: InitiativeFact, _seq: int) -> Initiative:
    """The initiative after a fact. Starting and ending delivery set the actual dates."""
    if isinstance(fact, InitiativeCreated | InitiativeAmended):
        return fact.initiative
    if initiative is None:
        raise ValueError("an initiative begins with its creation")
    match fact.state:
        case InitiativeState.IN_DELIVERY:
            return replace(initiative, state=fact.state, actual_start=initiative.actual_start or fact.on)
        case InitiativeState.COMPLETE:
            return replace(initiative, state=fact.state, actual_end=fact.on)
        case _:
            return replace(initiative, state=fact.state)
