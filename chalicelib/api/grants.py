"""Grants: what the Home Office offered, accepted, and where it stands."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from chalicelib.api.changes import given
from chalicelib.api.duties import READ, RUN_GRANTS
from chalicelib.api.fields import MOST_PENCE, FinancialYearText, LongText, PositivePence, ShownPence, Slug, Text
from chalicelib.api.funds import Match
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import AlreadyExists, IllegalMove, Missing
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.refusals import AwardAboveCeiling, MatchRequired
from chalicelib.domain.values import replace
from chalicelib.domain.variations import AwardLine, Basis
from chalicelib.services import grants as services
from chalicelib.services import registers
from chalicelib.services.unit import Held, Written, version_of

grants = Routes("grants")

ProjectNumbers = Annotated[tuple[Text, ...], Meta(description="The Home Office's project numbers.", max_length=20)]
Conditions = Annotated[tuple[LongText, ...], Meta(description="The grant's conditions, one by one.", max_length=50)]
ForceArea = Annotated[
    str,
    Meta(
        pattern=r"^(E23|W15)[0-9]{6}$(?!\n)",
        description="The ONS code of the police force area the money is for.",
        examples=["E23000015"],
    ),
]


AssetThreshold = Annotated[
    int,
    Meta(
        ge=0,
        le=MOST_PENCE,
        description="Local policy, in pence: what was bought for more belongs in the register of assets. Null demands nothing.",
        examples=[500000],
    ),
]


class NewLine(Body, frozen=True, kw_only=True):
    """An amount for one financial year and one nature. `note` says where the amount is not exact, why."""

    financial_year: FinancialYearText
    nature: Nature
    amount_pence: PositivePence
    basis: Basis = Basis.EXACT
    note: Text | None = None


class LineView(Shown, frozen=True, kw_only=True):
    """An award line after every approved variation, with what is allocated and used of it."""

    financial_year: FinancialYearText
    nature: Nature
    awarded_pence: ShownPence
    allocated_pence: ShownPence
    used_pence: ShownPence
    basis: Basis
    note: str

    @classmethod
    def of(cls, line: AwardLine) -> LineView:
        """As the API shows it."""
        return cls(
            financial_year=line.financial_year,
            nature=line.nature,
            awarded_pence=line.awarded_pence,
            allocated_pence=line.allocated_pence,
            used_pence=line.used_pence,
            basis=line.basis,
            note=line.note,
        )


class NewGrant(Body, frozen=True, kw_only=True):
    """An offered grant."""

    id: Slug
    title: Text
    fund_id: Slug
    lead_recipient_id: Slug
    force_area: ForceArea
    starts: date
    ends: date
    lines: Annotated[tuple[NewLine, ...], Meta(min_length=1, max_length=20)]
    project_numbers: ProjectNumbers = ()
    conditions: Conditions = ()
    match: Match | None = None
    source: Text | None = None
    asset_threshold_pence: AssetThreshold | None = None

    def grant(self) -> Grant:
        """As the domain knows it."""
        return Grant(
            id=self.id,
            title=self.title,
            fund_id=self.fund_id,
            lead_recipient_id=self.lead_recipient_id,
            force_area=self.force_area,
            starts=self.starts,
            ends=self.ends,
            lines=tuple(
                AwardLine(
                    financial_year=line.financial_year,
                    nature=line.nature,
                    awarded_pence=line.amount_pence,
                    basis=line.basis,
                    note=line.note or "",
                )
                for line in self.lines
            ),
            project_numbers=self.project_numbers,
            conditions=self.conditions,
            match=self.match.requirement() if self.match else None,
            source=self.source or "",
            asset_threshold_pence=self.asset_threshold_pence,
        )


class GrantChanges(Body, frozen=True, kw_only=True):
    """What to change about a grant's description. Lines and dates change by variation only."""

    title: Text | UnsetType = UNSET
    project_numbers: ProjectNumbers | UnsetType = UNSET
    conditions: Conditions | UnsetType = UNSET
    source: Text | UnsetType = UNSET
    asset_threshold_pence: AssetThreshold | UnsetType | None = UNSET


class GrantMove(Body, frozen=True, kw_only=True):
    """The state a grant goes on to, since when, and why."""

    state: GrantState
    on: date
    reason: Text | None = None


class GrantQuery(PageQuery, frozen=True, kw_only=True):
    """Which grants to list."""

    fund: Slug | None = None
    state: GrantState | None = None


class GrantView(Versioned, frozen=True, kw_only=True):
    """A grant. Its figures are at `/summaries?grant=<id>`."""

    id: Slug
    title: str
    fund_id: Slug
    lead_recipient_id: Slug
    force_area: str
    starts: date
    ends: date
    state: GrantState
    lines: tuple[LineView, ...]
    awarded_pence: ShownPence
    project_numbers: tuple[str, ...]
    conditions: tuple[str, ...]
    match: Match | None
    required_match_pence: ShownPence
    source: str
    asset_threshold_pence: AssetThreshold | None

    @classmethod
    def of(cls, grant: Held[Grant] | Written[Grant]) -> GrantView:
        """As the API shows it."""
        state = grant.state
        return cls(
            id=state.id,
            title=state.title,
            fund_id=state.fund_id,
            lead_recipient_id=state.lead_recipient_id,
            force_area=state.force_area,
            starts=state.starts,
            ends=state.ends,
            state=state.state,
            lines=tuple(LineView.of(line) for line in state.lines),
            awarded_pence=state.awarded_pence,
            project_numbers=state.project_numbers,
            conditions=state.conditions,
            match=Match.of(state.match),
            required_match_pence=state.match.required_pence(state.awarded_pence) if state.match else 0,
            source=state.source,
            asset_threshold_pence=state.asset_threshold_pence,
            version=version_of(grant),
        )


@grants.listing("/grants", allow=READ, query=GrantQuery, gives=GrantView.of, summary="List grants", problems=(Missing,))
def list_grants(call: Call, query: GrantQuery) -> Page[Held[Grant]]:
    """Grants in order of id; of one fund, which must be there, or in one state, if you say so."""
    registers.require(call.context, (Kind.FUND, query.fund))
    found = (
        grant
        for grant in registers.find_all(call.context, Grant, after=call.after, at_once=query.at_once)
        if query.fund in (None, grant.state.fund_id) and query.state in (None, grant.state.state)
    )
    return Page.of(found, limit=query.limit, key=lambda grant: grant.state.id)


@grants.post(
    "/grants",
    allow=RUN_GRANTS,
    takes=NewGrant,
    gives=GrantView.of,
    at="/grants/{id}",
    summary="Record an offered grant",
    problems=(AlreadyExists, Missing, AwardAboveCeiling, MatchRequired),
)
def offer_grant(call: Call, body: NewGrant) -> Written[Grant]:
    """Record what the Home Office offered. Nothing counts as awarded until the offer is accepted."""
    return services.offer(call.context, body.grant())


@grants.get("/grants/{grant_id}", allow=READ, gives=GrantView.of, versioned=True, summary="Show a grant", problems=(Missing,))
def show_grant(call: Call, grant_id: Slug) -> Held[Grant]:
    """One grant with its award lines."""
    return registers.find(call.context, Grant, grant_id)


@grants.patch(
    "/grants/{grant_id}",
    allow=RUN_GRANTS,
    takes=GrantChanges,
    gives=GrantView.of,
    summary="Change a grant's description",
    problems=(Missing,),
)
def change_grant(call: Call, grant_id: Slug, body: GrantChanges) -> Written[Grant]:
    """Change what a grant is called, its project numbers, conditions and source, and its asset threshold."""
    return services.amend(call.context, grant_id, lambda details: replace(details, **given(body)))


@grants.post(
    "/grants/{grant_id}/state",
    allow=RUN_GRANTS,
    creates=False,
    takes=GrantMove,
    gives=GrantView.of,
    summary="Accept, start, close or decline a grant",
    problems=(Missing, IllegalMove),
)
def move_grant(call: Call, grant_id: Slug, body: GrantMove) -> Written[Grant]:
    """Take a grant to its next state: offered, accepted, active, closed; or from offered to declined."""
    return services.move(call.context, grant_id, body.state, body.on, body.reason or "")
