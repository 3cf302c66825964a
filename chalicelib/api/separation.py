"""Separation of duties: who may take which step, overrides by a second person, and the report of what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.api.approvals import place_after
from chalicelib.api.claim_bodies import ClaimId
from chalicelib.api.duties import OVERRIDE, READ
from chalicelib.api.fields import Instant, Reason, RecordNumber, ReturnId, Slug, Text
from chalicelib.api.import_bodies import SuspenseId
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.api.variations import Verdict
from chalicelib.domain.errors import ChainBroken, Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.matters import Matter, Override
from chalicelib.domain.people import Role
from chalicelib.domain.separation import TABLE, Separation, Step, may
from chalicelib.services import separation as services
from chalicelib.services.unit import version_of

separation = Routes("separation")

RequestName = Annotated[
    str,
    Meta(
        max_length=10,
        pattern=r"^([1-9][0-9]{0,5}|(19|20)[0-9]{2}-[0-9]{2}-Q[1-4])$(?!\n)",
        description="The request's number within its grant, or the quarter to reopen or to agree.",
        examples=["1"],
    ),
]


class DutyView(Shown, frozen=True, kw_only=True):
    """Who may take which step about a matter; a step that the matter has not got is null."""

    matter: Matter
    prepare: tuple[Role, ...] | None
    review: tuple[Role, ...] | None
    approve: tuple[Role, ...] | None
    certify: tuple[Role, ...] | None
    accept: tuple[Role, ...] | None
    sign: tuple[Role, ...] | None
    dismiss: tuple[Role, ...] | None
    publish: tuple[Role, ...] | None
    withdraw: tuple[Role, ...] | None
    override: tuple[Role, ...] | None


class DutiesView(Shown, frozen=True, kw_only=True):
    """The table of duties. Whoever prepared a thing never decides it, whatever their roles, unless a second person lets them."""

    duties: tuple[DutyView, ...]

    @classmethod
    def of(cls, table: Mapping[Matter, Mapping[Step, frozenset[Role]]]) -> DutiesView:
        """As the API shows it."""
        return cls(duties=tuple(_row(matter, steps) for matter, steps in table.items()))


def _row(matter: Matter, steps: Mapping[Step, frozenset[Role]]) -> DutyView:
    return DutyView(matter=matter, **{step.value: tuple(sorted(steps[step])) if step in steps else None for step in Step})


class NewOverride(Body, frozen=True, kw_only=True):
    """A request whose preparer may decide it, and why nobody else can."""

    matter: Literal["variation", "reopening", "waiver", "virement", "write_off", "agreement"]
    request: RequestName
    reason: Reason


class StepOverride(Body, frozen=True, kw_only=True):
    """Why whoever prepared a claim or a return, or committed what is in suspense, may take the next step, and nobody else can."""

    reason: Reason


class OverrideView(Shown, frozen=True, kw_only=True):
    """Who let the preparer decide, and why."""

    by: str
    reason: str

    @classmethod
    def of(cls, override: Override | None) -> OverrideView | None:
        """As the API shows it."""
        return cls(by=override.by, reason=override.reason) if override else None


class OverriddenView(Versioned, frozen=True, kw_only=True):
    """A request that waits, and whose preparer may decide it now."""

    grant_id: Slug | None
    matter: Matter
    step: Step
    id: str
    requested_by: str
    override: OverrideView | None

    @classmethod
    def of(cls, shown: services.ShownOverride) -> OverriddenView:
        """As the API shows it."""
        waiting = shown.waiting
        return cls(
            grant_id=waiting.grant_id,
            matter=waiting.matter,
            step=waiting.step,
            id=waiting.id,
            requested_by=waiting.requested_by,
            override=OverrideView.of(waiting.override),
            version=version_of(shown.held),
        )


class SeparationQuery(PageQuery, frozen=True, kw_only=True):
    """Which decisions to list; `person` is anybody who prepared, decided or overrode."""

    outcome: Separation | None = None
    matter: Matter | None = None
    grant: Slug | None = None
    person: Text | None = None


class ActionView(Shown, frozen=True, kw_only=True):
    """A decision: who had a hand in what was decided, who decided, when and why, as which record; and whether the rule held or
    was overridden. A claim that was reviewed or certified, or a document that was dismissed, is `approved`; a return to which
    changes were requested is `rejected`.
    """

    grant_id: Slug | None
    matter: Matter
    step: Step
    id: str
    record: RecordNumber
    outcome: Separation
    prepared_by: tuple[str, ...]
    decision: Verdict
    decided_by: str
    decided_at: Instant
    reason: str
    override: OverrideView | None

    @classmethod
    def of(cls, action: services.Action) -> ActionView:
        """As the API shows it."""
        return cls(
            grant_id=action.decided.grant_id,
            matter=action.decided.matter,
            step=action.told.step,
            id=action.decided.id,
            record=action.record.seq,
            outcome=action.outcome,
            prepared_by=action.told.prepared_by,
            decision=Verdict.APPROVED if action.told.approved else Verdict.REJECTED,
            decided_by=action.record.by,
            decided_at=action.record.at,
            reason=action.record.reason,
            override=OverrideView.of(action.told.override),
        )


@separation.get("/duties", allow=READ, gives=DutiesView.of, summary="Show who may take which step")
def show_duties(call: Call) -> Mapping[Matter, Mapping[Step, frozenset[Role]]]:  # noqa: ARG001  it is the same for everybody
    """Who may prepare, review, approve, certify, accept, sign, publish, and let a preparer decide."""
    return TABLE


@separation.post(
    "/grants/{grant_id}/overrides",
    allow=OVERRIDE,
    takes=NewOverride,
    gives=OverriddenView.of,
    summary="Let a preparer decide",
    problems=(Missing, NotInState, PreparerCannotApprove),
)
def give_override(call: Call, grant_id: Slug, body: NewOverride) -> services.ShownOverride:
    """Let whoever prepared one request decide it, because nobody else can. Never for a request of your own; on the record for good."""
    return services.override(call.context, grant_id, Matter(body.matter), body.request, body.reason)


@separation.post(
    "/claims/{claim_id}/override",
    allow=may(Matter.CLAIM, Step.OVERRIDE),
    takes=StepOverride,
    gives=OverriddenView.of,
    summary="Let a claim's preparer decide",
    problems=(Missing, NotInState, PreparerCannotApprove),
)
def override_claim(call: Call, claim_id: ClaimId, body: StepOverride) -> services.ShownOverride:
    """Let whoever drafted a claim review it, or whoever drafted or reviewed it certify it: the step it waits for, and no other.

    Never by anybody who had a hand in it; on the record for good.
    """
    return services.override_claim(call.context, claim_id, body.reason)


@separation.post(
    "/returns/{return_id}/override",
    allow=may(Matter.RETURN, Step.OVERRIDE),
    takes=StepOverride,
    gives=OverriddenView.of,
    summary="Let a return's preparer decide",
    problems=(Missing, NotInState, PreparerCannotApprove),
)
def override_return(call: Call, return_id: ReturnId, body: StepOverride) -> services.ShownOverride:
    """Let whoever wrote or submitted a return accept it, or request changes to it. Never by one of them; on the record for good."""
    return services.override_return(call.context, return_id, body.reason)


@separation.post(
    "/suspense/{suspense_id}/override",
    allow=may(Matter.SUSPENSE, Step.OVERRIDE),
    takes=StepOverride,
    gives=OverriddenView.of,
    summary="Let whoever committed an import dismiss",
    problems=(Missing, NotInState, PreparerCannotApprove),
)
def override_suspended(call: Call, suspense_id: SuspenseId, body: StepOverride) -> services.ShownOverride:
    """Let whoever committed an import dismiss one document of it from suspense. Never by themselves; on the record for good."""
    return services.override_suspended(call.context, suspense_id, body.reason)


@separation.listing(
    "/separation-of-duties",
    allow=READ,
    query=SeparationQuery,
    gives=ActionView.of,
    summary="List where the separation of duties held or was overridden",
    problems=(Missing, ChainBroken),
)
def list_separation(call: Call, query: SeparationQuery) -> Page[services.Action]:
    """Every decision on what somebody prepared: grant by grant, then their claims, then returns, then what was in suspense,
    each in the order in which they were made.
    """
    wanting = services.Wanting(outcome=query.outcome, matter=query.matter, grant_id=query.grant, person=query.person)
    found = services.report(call.context, wanting, place_after(call.after), query.limit + 1)
    return Page.of(found, limit=query.limit, key=lambda action: str(services.place_of(action.decided)))
