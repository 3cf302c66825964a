"""Rules: what a grant's conditions answer, with their clauses and figures; and waivers, which two people stand behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.changes import given
from chalicelib.api.duties import READ, SET_RULES
from chalicelib.api.fields import DateField, Reason, Slug
from chalicelib.api.paging import number_after
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.rule_answers import AnswerView
from chalicelib.api.rule_bodies import GrantRuleChanges, GrantRules
from chalicelib.api.schemas import Body, Versioned
from chalicelib.api.variations import Decision, Verdict
from chalicelib.domain.errors import ChainBroken, Missing, NotInState, PreparerCannotApprove, RequestStale
from chalicelib.domain.matters import Matter
from chalicelib.domain.rules import NO_RULES, RuleName
from chalicelib.domain.separation import Step, may
from chalicelib.domain.values import replace
from chalicelib.domain.waivers import Waiver, WaiverState
from chalicelib.services import rules as services
from chalicelib.services.unit import version_of

rules = Routes("rules")

WaiverNumber = Annotated[int, Meta(ge=1, le=100_000, description="The waiver's number within its grant.")]
LABEL = "Local policy of this office. No public source states the Home Office's values."


class RulesView(Versioned, frozen=True, kw_only=True):
    """A grant's rules as they are set, and what each answers today. A rule that is not set is not checked."""

    grant_id: Slug
    label: str
    rules: GrantRules
    answers: tuple[AnswerView, ...]

    @classmethod
    def of(cls, shown: services.ShownRules) -> RulesView:
        """As the API shows it."""
        return cls(
            grant_id=shown.grant.state.id,
            label=LABEL,
            rules=GrantRules.of(shown.grant.state.rules or NO_RULES),
            answers=tuple(AnswerView.of(answer) for answer in shown.answers),
            version=version_of(shown.grant),
        )


class NewRules(GrantRuleChanges, frozen=True, kw_only=True):
    """The rules to set anew, each whole, and why; null takes a rule back, and what is left out stays as it is."""

    reason: Reason


class NewWaiver(Body, frozen=True, kw_only=True):
    """A rule to set aside up to and including a day, and why; `publishable` lets publications show it once it is approved."""

    rule: RuleName
    expires: DateField
    publishable: bool
    reason: Reason

    def waiver(self) -> Waiver:
        """As the domain knows it; its number, its clause and who asked are put in when it is recorded."""
        return Waiver(id=0, rule=self.rule, clause="", expires=self.expires, publishable=self.publishable, requested_by="")


class WaiverView(Versioned, frozen=True, kw_only=True):
    """A waiver: of which rule, who asked and why, who decided and why, and until when it holds."""

    id: int
    grant_id: Slug
    rule: RuleName
    clause: str
    state: WaiverState
    expires: date
    publishable: bool
    requested_by: str
    reason: str
    decided_by: str | None
    decision_reason: str | None

    @classmethod
    def of(cls, shown: services.ShownWaiver) -> WaiverView:
        """As the API shows it."""
        waiver = shown.waiver
        return cls(
            id=waiver.id,
            grant_id=shown.grant.state.id,
            rule=waiver.rule,
            clause=waiver.clause,
            state=shown.state,
            expires=waiver.expires,
            publishable=waiver.publishable,
            requested_by=waiver.requested_by,
            reason=shown.why,
            decided_by=waiver.decided_by,
            decision_reason=shown.decision or None,
            version=version_of(shown.grant),
        )


@rules.get("/grants/{grant_id}/rules", allow=READ, gives=RulesView.of, versioned=True, summary="Show a grant's rules", problems=(Missing,))
def show_rules(call: Call, grant_id: Slug) -> services.ShownRules:
    """Each rule that is set, with what it answers today: `pass`, `warn` or `refuse`, its clause and its figures."""
    return services.show(call.context, grant_id)


@rules.patch(
    "/grants/{grant_id}/rules",
    allow=SET_RULES,
    takes=NewRules,
    gives=RulesView.of,
    summary="Set a grant's rules",
    problems=(Missing,),
)
def set_rules(call: Call, grant_id: Slug, body: NewRules) -> services.ShownRules:
    """Set rules of a grant, or take them back. What was recorded before is not judged anew."""
    changes = {name: sent and sent.policy() for name, sent in given(body).items() if name != "reason"}
    return services.set_rules(call.context, grant_id, lambda held: replace(held, **changes), body.reason)


@rules.listing(
    "/grants/{grant_id}/waivers",
    allow=READ,
    gives=WaiverView.of,
    summary="List a grant's waivers",
    problems=(Missing, ChainBroken),
)
def list_waivers(call: Call, grant_id: Slug, query: PageQuery) -> Page[services.ShownWaiver]:
    """The waivers of one grant in the order in which they were asked for, expired and rejected ones too."""
    found = services.waivers(call.context, grant_id, number_after(call.after), query.at_once)
    return Page.of(found, limit=query.limit, key=lambda shown: str(shown.waiver.id))


@rules.post(
    "/grants/{grant_id}/waivers",
    allow=may(Matter.WAIVER, Step.PREPARE),
    takes=NewWaiver,
    gives=WaiverView.of,
    at="/grants/{grant_id}/waivers/{id}",
    summary="Ask for a waiver",
    problems=(Missing,),
)
def request_waiver(call: Call, grant_id: Slug, body: NewWaiver) -> services.ShownWaiver:
    """Ask for one rule of a grant to be set aside for a time. Nothing changes until somebody else approves."""
    return services.request_waiver(call.context, grant_id, body.waiver(), body.reason)


@rules.get(
    "/grants/{grant_id}/waivers/{waiver_id}",
    allow=READ,
    gives=WaiverView.of,
    versioned=True,
    summary="Show a waiver",
    problems=(Missing, ChainBroken),
)
def show_waiver(call: Call, grant_id: Slug, waiver_id: WaiverNumber) -> services.ShownWaiver:
    """One waiver. The day after its last day it is `expired`, and its rule blocks again."""
    return services.find_waiver(call.context, grant_id, waiver_id)


@rules.post(
    "/grants/{grant_id}/waivers/{waiver_id}/decision",
    allow=may(Matter.WAIVER, Step.APPROVE),
    creates=False,
    takes=Decision,
    gives=WaiverView.of,
    summary="Approve or reject a waiver",
    problems=(Missing, NotInState, PreparerCannotApprove, RequestStale),
)
def decide_waiver(call: Call, grant_id: Slug, waiver_id: WaiverNumber, body: Decision) -> services.ShownWaiver:
    """Decide a waiver that somebody else asked for. Where its rule was set anew meanwhile, it cannot be approved any more."""
    decide: Callable[..., services.ShownWaiver] = {
        Verdict.APPROVED: services.approve_waiver,
        Verdict.REJECTED: services.reject_waiver,
    }[body.decision]
    return decide(call.context, grant_id, waiver_id, body.reason)
