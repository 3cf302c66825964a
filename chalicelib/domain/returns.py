"""Returns: what a delivery partner reports of an initiative and a quarter, and what the office says to it.

    due --drafted--> draft --submitted--> submitted --accepted--> accepted
                                            |    ^
                            changes requested    submitted again
                                            v    |
                                      changes requested

Nothing is recorded of a return that is due: it follows from its initiative. It can be drafted while its quarter runs, and is
due, and can be submitted, from the quarter's last day on. A return is an aggregate of its own, so
writing one never waits for the ledger of a grant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import Conflict, Missing, NotFound, NotInState
from chalicelib.domain.initiatives import Initiative, InitiativeState
from chalicelib.domain.matters import Override, OverrideGiven
from chalicelib.domain.people import Actor, second_person
from chalicelib.domain.periods import PeriodUnreadable, Quarter
from chalicelib.domain.return_checks import Measured, check_draft, check_submission
from chalicelib.domain.return_reports import NOTHING_SAID, Report, beside_the_plan
from chalicelib.domain.values import Struct, replace
from chalicelib.domain.variance_codes import VarianceCode


class ReturnState(StrEnum):
    """How far a return has come."""

    DUE = "due"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    ACCEPTED = "accepted"


@dataclass(eq=False)
class ReturnNotDue(NotFound):
    """No return is made for this initiative and quarter."""

    initiative_id: str
    quarter: str

    @property
    def detail(self) -> str:
        return f"{self.initiative_id} makes no return for {self.quarter}: one is made for each quarter of its delivery that has begun."


@dataclass(eq=False)
class ReturnTooEarly(Conflict):
    """The return's quarter has not ended yet."""

    quarter: str
    last_day: date

    @property
    def detail(self) -> str:
        return f"What happened in {self.quarter} can be submitted from {self.last_day} on, its last day; until then it is a draft."


class Review(Struct, frozen=True, kw_only=True):
    """What the office said to a submission: accepted, or changes requested, and why."""

    outcome: ReturnState
    reviewed_by: str
    on: date
    reason: str


class Submission(Struct, frozen=True, kw_only=True):
    """A return as it was submitted: its record in the return's chain holds the whole report."""

    position: int
    submitted_by: str
    on: date
    review: Review | None = None


class Return(Struct, frozen=True, kw_only=True):
    """A partner's return for an initiative and a quarter. `report` is the latest there is, submitted or not.

    It belongs to the partner that began it. `prepared_by` are all who wrote or submitted any of it. `decided` are the records
    of what the office said to it; `override` is for what it says next.
    """

    KIND: ClassVar = Kind.RETURN

    initiative_id: str
    quarter: str
    partner_id: str
    state: ReturnState
    report: Report = NOTHING_SAID
    prepared_by: tuple[str, ...] = ()
    submissions: tuple[Submission, ...] = ()
    decided: tuple[int, ...] = ()
    override: Override | None = None

    @property
    def id(self) -> str:
        """The initiative's id, a full stop, and the quarter."""
        return id_of(self.initiative_id, Quarter.parse(self.quarter))

    @property
    def accepted_on(self) -> date | None:
        """The day on which it was accepted, if it was."""
        said = self.submissions[-1].review if self.state is ReturnState.ACCEPTED else None
        return said.on if said else None

    @property
    def compared_with(self) -> Submission | None:
        """The submission that the report, as it is now, is compared with: the one before it, if there is one."""
        before = self.submissions[:-1] if self.state in (ReturnState.SUBMITTED, ReturnState.ACCEPTED) else self.submissions
        return before[-1] if before else None


def id_of(initiative_id: str, quarter: Quarter) -> str:
    """The id of an initiative's return for a quarter: `hanley-cctv.2023-24-Q3`."""
    return f"{initiative_id}.{quarter}"


def parts_of(return_id: str) -> tuple[str, Quarter]:
    """The initiative's id and the quarter that a return's id names. Raises Missing when it is not one."""
    initiative_id, _, quarter = return_id.rpartition(".")
    try:
        return initiative_id, Quarter.parse(quarter)
    except PeriodUnreadable:
        raise Missing(kind="return", id=return_id) from None


def name_of(return_id: str) -> Name:
    """The aggregate that a return is."""
    return Name(Kind.RETURN, return_id)


_FIRST_DAY = date(1900, 4, 1)
"""The first day of the first quarter that an address can name."""


def quarters_due(initiative: Initiative, today: date) -> Iterator[Quarter]:
    """The quarters whose return is due: those of its delivery that have ended, the last day counted."""
    return (quarter for quarter in quarters_reported(initiative, today) if quarter.last_day <= today)


def quarters_reported(initiative: Initiative, today: date) -> Iterator[Quarter]:
    """The quarters for which an initiative makes a return: those of its delivery that have begun.

    Delivery runs from its actual start to its actual end. While it has no end it goes on, unless it was completed
    or cancelled: then nobody knows until when it ran, and the office has to say.
    """
    ongoing = (InitiativeState.IN_DELIVERY, InitiativeState.DELAYED)
    begun = initiative.actual_start is not None and initiative.state is not InitiativeState.PLANNED
    until = initiative.actual_end or (today if initiative.state in ongoing else None)
    if not begun or initiative.actual_start is None or until is None or until < _FIRST_DAY:
        return
    quarter, last = Quarter.of(max(initiative.actual_start, _FIRST_DAY)), Quarter.of(min(until, today))
    while quarter <= last:
        yield quarter
        quarter = quarter.next()


def due(initiative: Initiative, quarter: Quarter) -> Return:
    """A return of which nothing is recorded yet."""
    return Return(initiative_id=initiative.id, quarter=str(quarter), partner_id=initiative.partner_id, state=ReturnState.DUE)


class ReturnDrafted(Struct, frozen=True, kw_only=True):
    """The partner wrote the return, or wrote it anew; the report is whole."""

    KIND: ClassVar = "return_drafted"

    initiative_id: str
    quarter: str
    partner_id: str
    drafted_by: str
    report: Report


class ReturnSubmitted(Struct, frozen=True, kw_only=True):
    """The partner submitted the return; this is what it said, whole."""

    KIND: ClassVar = "return_submitted"

    submitted_by: str
    on: date
    report: Report


class ReturnReviewed(Struct, frozen=True, kw_only=True):
    """The office accepted what was submitted last, or requested changes to it. `submission` is that one's record.

    `prepared_by` are all who had written or submitted any of the return, one of whom may have been let (`override`).
    """

    KIND: ClassVar = "return_reviewed"

    submission: int
    review: Review
    prepared_by: tuple[str, ...] = ()
    override: Override | None = None


ReturnStep = ReturnDrafted | ReturnSubmitted | ReturnReviewed
ReturnFact = ReturnStep | OverrideGiven


def draft(held: Return, report: Report, by: Measured, codes: Mapping[str, VarianceCode], actor: Actor) -> ReturnDrafted:
    """Write a return's report, whole. Raises NotInState, Contradictory with every field's error."""
    _require(held, ReturnState.DUE, ReturnState.DRAFT, ReturnState.CHANGES_REQUESTED)
    check_draft(report, by, codes, kept=frozenset(each.code for each in held.report.variances))
    words = {code.id: code.words for code in codes.values()}
    return ReturnDrafted(
        initiative_id=held.initiative_id,
        quarter=held.quarter,
        partner_id=held.partner_id,
        drafted_by=actor.subject,
        report=beside_the_plan(report, by.initiative, words),
    )


def submit(held: Return, by: Measured, actor: Actor) -> ReturnSubmitted:
    """Hand the return in. Raises NotInState, ReturnTooEarly, ReturnIncomplete with every field's error."""
    _require(held, ReturnState.DRAFT, ReturnState.CHANGES_REQUESTED)
    if by.today < by.quarter.last_day:
        raise ReturnTooEarly(quarter=held.quarter, last_day=by.quarter.last_day)
    check_submission(held.report, by)
    return ReturnSubmitted(submitted_by=actor.subject, on=by.today, report=beside_the_plan(held.report, by.initiative, {}))


def review(held: Return, outcome: ReturnState, reason: str, today: date, actor: Actor) -> ReturnReviewed:
    """Accept what was submitted, or request changes to it.

    Raises NotInState, and PreparerCannotApprove for whoever wrote or submitted any of it, unless a second person let them.
    """
    _require(held, ReturnState.SUBMITTED)
    for preparer in held.prepared_by:
        second_person(actor, prepared_by=preparer, override=held.override)
    said = Review(outcome=outcome, reviewed_by=actor.subject, on=today, reason=reason)
    position = held.submissions[-1].position
    return ReturnReviewed(submission=position, review=said, prepared_by=held.prepared_by, override=held.override)


def _require(held: Return, *states: ReturnState) -> None:
    if held.state not in states:
        raise NotInState(kind="return", id=held.id, state=held.state, needed=states)


def apply(held: Return | None, fact: ReturnFact, seq: int) -> Return:
    """The return after a fact, which was record `seq`."""
    if isinstance(fact, ReturnDrafted):
        return _drafted(held, fact)
    if held is None:
        raise ValueError("a return begins with its draft")
    if isinstance(fact, OverrideGiven):
        return replace(held, override=fact.override)
    if isinstance(fact, ReturnSubmitted):
        handed_in = Submission(position=seq, submitted_by=fact.submitted_by, on=fact.on)
        return replace(
            held,
            state=ReturnState.SUBMITTED,
            report=fact.report,
            prepared_by=_with(held.prepared_by, fact.submitted_by),
            submissions=(*held.submissions, handed_in),
        )
    reviewed = replace(held.submissions[-1], review=fact.review)
    return replace(
        held,
        state=fact.review.outcome,
        submissions=(*held.submissions[:-1], reviewed),
        decided=(*held.decided, seq),
        override=None,
    )


def _drafted(held: Return | None, fact: ReturnDrafted) -> Return:
    if held is not None:
        return replace(held, report=fact.report, prepared_by=_with(held.prepared_by, fact.drafted_by))
    return Return(
        initiative_id=fact.initiative_id,
        quarter=fact.quarter,
        partner_id=fact.partner_id,
        state=ReturnState.DRAFT,
        report=fact.report,
        prepared_by=(fact.drafted_by,),
    )


def _with(people: tuple[str, ...], subject: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*people, subject)))
