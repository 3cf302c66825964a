"""Initiatives: what is delivered; a partner sees its own and nothing of anybody else's."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from chalicelib.api.changes import given
from chalicelib.api.duties import READ_OWN, RUN_INITIATIVES
from chalicelib.api.fields import LongText, Slug, Text
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Versioned
from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import AlreadyExists, IllegalMove, Missing
from chalicelib.domain.initiatives import (
    Category,
    Initiative,
    InitiativeState,
    Milestone,
    Output,
    Place,
    unpublished_by_default,
)
from chalicelib.domain.values import replace
from chalicelib.services import registers
from chalicelib.services.unit import Held, Written, version_of

initiatives = Routes("initiatives")

Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class PlaceBody(Body, frozen=True, kw_only=True):
    """Where: a name, and the ONS code of the ward (E05...) or LSOA (E01...) where one is known."""

    name: Text
    area_code: Annotated[str, Meta(pattern=r"^[EW](05|01)[0-9]{6}$(?!\n)", examples=["E05012345"])] | None = None


class MilestoneBody(Body, frozen=True, kw_only=True):
    """A dated step of delivery."""

    name: Text
    planned: date
    actual: date | None = None


class OutputBody(Body, frozen=True, kw_only=True):
    """What delivery produces, in whole units; `actual` is null until something is reported, and zero is a value."""

    name: Text
    unit: Text
    target: Count
    actual: Count | None = None


Places = Annotated[tuple[PlaceBody, ...], Meta(max_length=50)]
Milestones = Annotated[tuple[MilestoneBody, ...], Meta(max_length=50)]
Outputs = Annotated[tuple[OutputBody, ...], Meta(max_length=50)]
Publishable = Literal["title", "description", "partner", "places", "dates", "milestones", "outputs"]
"""The names in `chalicelib.domain.initiatives.PUBLISHABLE`, as a schema can show them."""
Unpublished = Annotated[
    tuple[Publishable, ...],
    Meta(
        description="The fields no publication may carry. Where it is left out, the places of cameras are withheld.",
        max_length=10,
    ),
]


class NewInitiative(Body, frozen=True, kw_only=True):
    """An initiative to plan."""

    id: Slug
    title: Text
    category: Category
    partner_id: Slug
    description: LongText | None = None
    places: Places = ()
    planned_start: date | None = None
    planned_end: date | None = None
    milestones: Milestones = ()
    outputs: Outputs = ()
    unpublished_fields: Unpublished | None = None

    def initiative(self) -> Initiative:
        """As the domain knows it."""
        withheld = self.unpublished_fields
        return Initiative(
            id=self.id,
            title=self.title,
            category=self.category,
            partner_id=self.partner_id,
            description=self.description or "",
            places=_places(self.places),
            planned_start=self.planned_start,
            planned_end=self.planned_end,
            milestones=_milestones(self.milestones),
            outputs=_outputs(self.outputs),
            unpublished_fields=unpublished_by_default(self.category) if withheld is None else withheld,
        )


def _places(bodies: Places) -> tuple[Place, ...]:
    return tuple(Place(name=each.name, area_code=each.area_code) for each in bodies)


def _milestones(bodies: Milestones) -> tuple[Milestone, ...]:
    return tuple(Milestone(name=each.name, planned=each.planned, actual=each.actual) for each in bodies)


def _outputs(bodies: Outputs) -> tuple[Output, ...]:
    return tuple(Output(name=each.name, unit=each.unit, target=each.target, actual=each.actual) for each in bodies)


class InitiativeChanges(Body, frozen=True, kw_only=True):
    """What to change about an initiative; what is left out stays, and a list that is sent replaces the old one."""

    title: Text | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    partner_id: Slug | UnsetType = UNSET
    description: LongText | UnsetType = UNSET
    places: Places | UnsetType = UNSET
    planned_start: date | UnsetType | None = UNSET
    planned_end: date | UnsetType | None = UNSET
    actual_start: date | UnsetType | None = UNSET
    actual_end: date | UnsetType | None = UNSET
    milestones: Milestones | UnsetType = UNSET
    outputs: Outputs | UnsetType = UNSET
    unpublished_fields: Unpublished | UnsetType = UNSET

    def after(self, held: Initiative) -> Initiative:
        """The initiative with these changes, but for what is withheld: the domain decides that, with `withheld`."""
        changes = given(self)
        changes.pop("unpublished_fields", None)
        if isinstance(self.places, tuple):
            changes["places"] = _places(self.places)
        if isinstance(self.milestones, tuple):
            changes["milestones"] = _milestones(self.milestones)
        if isinstance(self.outputs, tuple):
            changes["outputs"] = _outputs(self.outputs)
        return replace(held, **changes)

    @property
    def withheld(self) -> tuple[str, ...] | None:
        """What is to be withheld, or None where that was not sent."""
        return self.unpublished_fields if isinstance(self.unpublished_fields, tuple) else None


class InitiativeMove(Body, frozen=True, kw_only=True):
    """The state delivery goes on to, since when, and why."""

    state: InitiativeState
    on: date
    reason: Text | None = None


class InitiativeQuery(PageQuery, frozen=True, kw_only=True):
    """Which initiatives to list."""

    partner: Slug | None = None
    category: Category | None = None
    state: InitiativeState | None = None


class InitiativeView(Versioned, frozen=True, kw_only=True):
    """An initiative."""

    id: Slug
    title: str
    category: Category
    partner_id: Slug
    description: str
    places: tuple[PlaceBody, ...]
    planned_start: date | None
    planned_end: date | None
    actual_start: date | None
    actual_end: date | None
    milestones: tuple[MilestoneBody, ...]
    outputs: tuple[OutputBody, ...]
    unpublished_fields: tuple[str, ...]
    state: InitiativeState

    @classmethod
    def of(cls, initiative: Held[Initiative] | Written[Initiative]) -> InitiativeView:
        """As the API shows it."""
        state = initiative.state
        return cls(
            id=state.id,
            title=state.title,
            category=state.category,
            partner_id=state.partner_id,
            description=state.description,
            places=tuple(PlaceBody(name=each.name, area_code=each.area_code) for each in state.places),
            planned_start=state.planned_start,
            planned_end=state.planned_end,
            actual_start=state.actual_start,
            actual_end=state.actual_end,
            milestones=tuple(MilestoneBody(name=each.name, planned=each.planned, actual=each.actual) for each in state.milestones),
            outputs=tuple(OutputBody(name=each.name, unit=each.unit, target=each.target, actual=each.actual) for each in state.outputs),
            unpublished_fields=state.unpublished_fields,
            state=state.state,
            version=version_of(initiative),
        )


@initiatives.listing(
    "/initiatives", allow=READ_OWN, query=InitiativeQuery, gives=InitiativeView.of, summary="List initiatives", problems=(Missing,)
)
def list_initiatives(call: Call, query: InitiativeQuery) -> Page[Held[Initiative]]:
    """Initiatives in order of id; of one partner, which must be there, if you say so. A partner gets its own."""
    registers.require(call.context, (Kind.ORGANISATION, query.partner))
    found = (
        each
        for each in registers.find_all(call.context, Initiative, after=call.after, at_once=query.at_once)
        if query.partner in (None, each.state.partner_id)
        and query.category in (None, each.state.category)
        and query.state in (None, each.state.state)
    )
    return Page.of(found, limit=query.limit, key=lambda each: each.state.id)


@initiatives.post(
    "/initiatives",
    allow=RUN_INITIATIVES,
    takes=NewInitiative,
    gives=InitiativeView.of,
    at="/initiatives/{id}",
    summary="Plan an initiative",
    problems=(AlreadyExists, Missing),
)
def create_initiative(call: Call, body: NewInitiative) -> Written[Initiative]:
    """Plan an initiative. Money comes to it by allocations, of one grant or of several."""
    return registers.create_initiative(call.context, body.initiative())


@initiatives.get(
    "/initiatives/{initiative_id}",
    allow=READ_OWN,
    gives=InitiativeView.of,
    versioned=True,
    summary="Show an initiative",
    problems=(Missing,),
)
def show_initiative(call: Call, initiative_id: Slug) -> Held[Initiative]:
    """One initiative."""
    return registers.find(call.context, Initiative, initiative_id)


@initiatives.patch(
    "/initiatives/{initiative_id}",
    allow=RUN_INITIATIVES,
    takes=InitiativeChanges,
    gives=InitiativeView.of,
    summary="Change an initiative",
    problems=(Missing,),
)
def change_initiative(call: Call, initiative_id: Slug, body: InitiativeChanges) -> Written[Initiative]:
    """Change an initiative's details. One that becomes an initiative with cameras withholds their places, unless
    `unpublished_fields` is sent with it.
    """
    partner_id = body.partner_id if isinstance(body.partner_id, str) else None
    return registers.amend_initiative(call.context, initiative_id, body.after, partner_id, withheld=body.withheld)


@initiatives.post(
    "/initiatives/{initiative_id}/state",
    allow=RUN_INITIATIVES,
    creates=False,
    takes=InitiativeMove,
    gives=InitiativeView.of,
    summary="Start, delay, complete or cancel an initiative",
    problems=(Missing, IllegalMove),
)
def move_initiative(call: Call, initiative_id: Slug, body: InitiativeMove) -> Written[Initiative]:
    """Take delivery to its next state; only the legal moves are taken."""
    return registers.move_initiative(call.context, initiative_id, body.state, body.on, body.reason or "")
