"""Disclosures: what the public is told of an initiative's payments, an order's or one payment's, and what of it is withheld."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.duties import DISCLOSE, READ, WITHHOLD
from chalicelib.api.fields import DateField, LongText, Reason, Text
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.disclosures import Disclosure, Particular, Statement, Withholding
from chalicelib.domain.entry_refusals import WrongEntry
from chalicelib.domain.errors import Contradictory, Missing, NotInState
from chalicelib.domain.grounds import GROUNDS, Ground
from chalicelib.domain.periods import london_date
from chalicelib.services import disclosures as services
from chalicelib.services.unit import Held, Written, version_of

disclosures = Routes("disclosures")

Subject = Annotated[
    str,
    Meta(
        max_length=72,
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(\.[1-9][0-9]{0,9})?$(?!\n)",
        description="What is disclosed: an initiative's id, or that of an entry which stands as a payment or a commitment.",
        examples=["stoke-lighting-ssf-4"],
    ),
]
OnwardGrant = Annotated[
    bool, Meta(description="Whether the payments are onward grants to a partner (Specified Information Order, paragraph 3(f)).")
]


class StatementBody(Body, frozen=True, kw_only=True):
    """What holds for a subject's payments. What is left out is not said here, and taken from the next subject: see the documentation."""

    onward_grant: OnwardGrant | None = None
    recipient: Text | None = None
    purpose: LongText | None = None
    conditions: LongText | None = None
    reasons: LongText | None = None
    value_for_money: LongText | None = None

    def statement(self) -> Statement:
        """As the domain knows it."""
        return Statement(
            onward_grant=self.onward_grant,
            recipient=self.recipient or "",
            purpose=self.purpose or "",
            conditions=self.conditions or "",
            reasons=self.reasons or "",
            value_for_money=self.value_for_money or "",
        )


class WithholdingBody(Body, frozen=True, kw_only=True):
    """A particular to withhold, on which ground, the day by which that is looked at again, and why."""

    particular: Particular
    ground: Ground
    review_on: DateField
    reason: Reason


class LiftingBody(Body, frozen=True, kw_only=True):
    """Why a particular is published again."""

    reason: Reason


class WithholdingView(Shown, frozen=True, kw_only=True):
    """A particular that is withheld. After `review_on` nothing is published until it is lifted or withheld anew."""

    particular: Particular
    ground: Ground
    words: str
    source: str
    review_on: date
    decided_by: str
    decided_on: date

    @classmethod
    def of(cls, withholding: Withholding) -> WithholdingView:
        """As the API shows it."""
        told = GROUNDS[withholding.ground]
        return cls(
            particular=withholding.particular,
            ground=withholding.ground,
            words=told.words,
            source=told.source,
            review_on=withholding.review_on,
            decided_by=withholding.decided_by,
            decided_on=withholding.decided_on,
        )


class DisclosureView(Versioned, frozen=True, kw_only=True):
    """What is said of a subject, by whom and when, and what of it is withheld. Where nothing is said yet, the version is 0."""

    id: Subject
    onward_grant: bool | None
    recipient: str
    purpose: str
    conditions: str
    reasons: str
    value_for_money: str
    stated_by: str
    stated_on: date | None
    withheld: tuple[WithholdingView, ...]

    @classmethod
    def of(cls, disclosure: Held[Disclosure] | Written[Disclosure]) -> DisclosureView:
        """As the API shows it."""
        state = disclosure.state
        said = state.statement
        return cls(
            id=state.id,
            onward_grant=said.onward_grant,
            recipient=said.recipient,
            purpose=said.purpose,
            conditions=said.conditions,
            reasons=said.reasons,
            value_for_money=said.value_for_money,
            stated_by=state.stated_by,
            stated_on=state.stated_on,
            withheld=tuple(WithholdingView.of(each) for each in state.withheld),
            version=version_of(disclosure),
        )


class DisclosureQuery(PageQuery, frozen=True, kw_only=True):
    """Which disclosures to list: those that withhold something, or nothing; those of which something is to be looked at again by a day."""

    withheld: bool | None = None
    review_by: DateField | None = None

    def takes_in(self, disclosure: Disclosure) -> bool:
        """Whether a disclosure is among them."""
        due = self.review_by is None or any(each.review_on <= self.review_by for each in disclosure.withheld)
        return due and self.withheld in (None, bool(disclosure.withheld))


@disclosures.listing("/disclosures", allow=READ, query=DisclosureQuery, gives=DisclosureView.of, summary="List disclosures")
def list_disclosures(call: Call, query: DisclosureQuery) -> Page[Held[Disclosure]]:
    """Every disclosure in order of its subject."""
    found = (each for each in services.every(call.context, call.after, at_once=query.at_once) if query.takes_in(each.state))
    return Page.of(found, limit=query.limit, key=lambda each: each.state.id)


@disclosures.get(
    "/disclosures/{subject}",
    allow=READ,
    gives=DisclosureView.of,
    versioned=True,
    summary="Show a disclosure",
    problems=(Missing, WrongEntry),
)
def show_disclosure(call: Call, subject: Subject) -> Held[Disclosure]:
    """What is said of one subject itself, whatever is said of others that hold for its payments, too."""
    return services.find(call.context, subject)


@disclosures.put(
    "/disclosures/{subject}",
    allow=DISCLOSE,
    takes=StatementBody,
    gives=DisclosureView.of,
    summary="Say what the public is told",
    problems=(Missing, WrongEntry),
)
def disclose(call: Call, subject: Subject, body: StatementBody) -> Written[Disclosure]:
    """Say anew what holds for a subject's payments, whole. What was said before stays in its history."""
    return services.state(call.context, subject, body.statement())


@disclosures.post(
    "/disclosures/{subject}/withholdings",
    allow=WITHHOLD,
    creates=False,
    takes=WithholdingBody,
    gives=DisclosureView.of,
    summary="Withhold a particular",
    problems=(Missing, WrongEntry, Contradictory),
)
def withhold(call: Call, subject: Subject, body: WithholdingBody) -> Written[Disclosure]:
    """Keep a particular of a subject's payments from the public, or go on doing so. Rows and amounts are published all the same."""
    withholding = Withholding(
        particular=body.particular,
        ground=body.ground,
        review_on=body.review_on,
        decided_by=call.context.actor.subject,
        decided_on=london_date(call.context.now),
    )
    return services.withhold(call.context, subject, withholding, body.reason)


@disclosures.post(
    "/disclosures/{subject}/withholdings/{particular}/lifting",
    allow=WITHHOLD,
    creates=False,
    takes=LiftingBody,
    gives=DisclosureView.of,
    summary="Lift a withholding",
    problems=(Missing, WrongEntry, NotInState),
)
def lift(call: Call, subject: Subject, particular: Particular, body: LiftingBody) -> Written[Disclosure]:
    """Publish a particular again, from the next publication on."""
    return services.lift(call.context, subject, particular, body.reason)
