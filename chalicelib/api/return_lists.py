"""Lists of returns, of their versions, and of the forecasts that they set."""

from __future__ import annotations

import re
from datetime import date

from chalicelib.api.duties import READ_OWN
from chalicelib.api.fields import Instant, QuarterText, ReturnId, Slug
from chalicelib.api.paging import UnknownCursor
from chalicelib.api.return_bodies import DifferenceView, ReportView
from chalicelib.api.returns import AccuracyView, ReviewView
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Shown
from chalicelib.domain.errors import Missing
from chalicelib.domain.return_reports import Rating
from chalicelib.domain.returns import ReturnNotDue, ReturnState
from chalicelib.services import return_lists as services
from chalicelib.services.unit import version_of

return_lists = Routes("returns")

_RETURN_ID = re.compile(r"[a-z0-9-]+\.[0-9]{4}-[0-9]{2}-Q[1-4]")
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


class ReturnQuery(PageQuery, frozen=True, kw_only=True):
    """Which returns to list. `grant` means the initiatives that a grant pays for."""

    quarter: QuarterText | None = None
    initiative: Slug | None = None
    grant: Slug | None = None
    state: ReturnState | None = None
    partner: Slug | None = None


class ReturnRow(Shown, frozen=True, kw_only=True):
    """A return in a list. `due_on` is local policy, null where the office has set none."""

    id: ReturnId
    initiative_id: Slug
    quarter: QuarterText
    partner_id: Slug
    state: ReturnState
    due_on: date | None
    rating: Rating | None
    submitted_on: date | None
    version: str

    @classmethod
    def of(cls, listed: services.Listed) -> ReturnRow:
        """As the API shows it."""
        state = listed.held.state
        return cls(
            id=state.id,
            initiative_id=state.initiative_id,
            quarter=state.quarter,
            partner_id=state.partner_id,
            state=state.state,
            due_on=listed.due_on,
            rating=state.report.rating,
            submitted_on=state.submissions[-1].on if state.submissions else None,
            version=version_of(listed.held),
        )


class VersionView(Shown, frozen=True, kw_only=True):
    """A return as it was submitted once, what changed since the time before, and what the office said to it."""

    number: int
    submitted_by: str
    submitted_at: Instant
    report: ReportView
    changes: tuple[DifferenceView, ...]
    review: ReviewView | None

    @classmethod
    def of(cls, version: services.Version) -> VersionView:
        """As the API shows it."""
        return cls(
            number=version.number,
            submitted_by=version.submitted_by,
            submitted_at=version.submitted_at,
            report=ReportView.of(version.report),
            changes=tuple(DifferenceView.of(each) for each in version.differences),
            review=ReviewView.of(version.review),
        )


class ForecastSetView(Shown, frozen=True, kw_only=True):
    """The forecasts that an accepted return set. They never change; what was spent in a quarter may still."""

    set_by: ReturnId
    quarter: QuarterText
    accepted_on: date
    forecasts: tuple[AccuracyView, ...]

    @classmethod
    def of(cls, found: services.ForecastSet) -> ForecastSetView:
        """As the API shows it."""
        state = found.set_by.state
        return cls(
            set_by=state.id,
            quarter=state.quarter,
            accepted_on=found.accepted_on,
            forecasts=tuple(AccuracyView.of(each) for each in found.rows),
        )


@return_lists.listing("/returns", allow=READ_OWN, query=ReturnQuery, gives=ReturnRow.of, summary="List returns", problems=(UnknownCursor,))
def list_returns(call: Call, query: ReturnQuery) -> Page[services.Listed]:
    """Returns in order of id, those included that are due and have not been begun. A partner gets its own."""
    only = services.Only(
        quarter=query.quarter, initiative_id=query.initiative, grant_id=query.grant, partner_id=query.partner, state=query.state
    )
    found = services.find_all(call.context, only, after=_after(call, _RETURN_ID))
    return Page.of(found, limit=query.limit, key=lambda listed: listed.held.name.id)


@return_lists.listing(
    "/returns/{return_id}/versions",
    allow=READ_OWN,
    gives=VersionView.of,
    summary="List a return's versions",
    problems=(Missing, ReturnNotDue, UnknownCursor),
)
def list_versions(call: Call, return_id: ReturnId, query: PageQuery) -> Page[services.Version]:
    """Everything that was submitted, from the first time on, each with what changed since the time before."""
    after = int(_after(call, _NUMBER) or 0)
    found = (version for version in services.versions(call.context, return_id) if version.number > after)
    return Page.of(found, limit=query.limit, key=lambda version: str(version.number))


@return_lists.listing(
    "/initiatives/{initiative_id}/forecasts",
    allow=READ_OWN,
    gives=ForecastSetView.of,
    summary="List an initiative's forecasts",
    problems=(Missing, UnknownCursor),
)
def list_forecasts(call: Call, initiative_id: Slug, query: PageQuery) -> Page[services.ForecastSet]:
    """The forecasts by the return that set them, from the earliest on, each beside what was spent. The last ones stand."""
    found = services.forecasts_of(call.context, initiative_id, after=_after(call, _RETURN_ID))
    return Page.of(found, limit=query.limit, key=lambda each: each.set_by.name.id)


def _after(call: Call, key: re.Pattern[str]) -> str:
    if call.after and not key.fullmatch(call.after):
        raise UnknownCursor
    return call.after
