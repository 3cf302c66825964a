"""Funds: the rounds of the Home Office's programmes, and their rules."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.api.changes import given
from chalicelib.api.duties import KEEP_REGISTERS, READ
from chalicelib.api.fields import FinancialYearText, PositivePence, Slug, Text
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.rule_bodies import GrantRules
from chalicelib.api.schemas import Body, Versioned
from chalicelib.domain.errors import AlreadyExists, Missing
from chalicelib.domain.funds import Fund, FundRules, MatchBase, MatchRequirement
from chalicelib.domain.rules import checked
from chalicelib.domain.values import replace
from chalicelib.services import registers
from chalicelib.services.unit import Held, Written, version_of

funds = Routes("funds")

BasisPoints = Annotated[int, Meta(ge=1, le=9_999, description="Hundredths of a per cent: 5000 is 50 %.", examples=[5000])]


class Match(Body, frozen=True, kw_only=True):
    """How much partners must contribute, and what the per cent is of: the grant, or grant and match together."""

    basis_points: BasisPoints
    base: MatchBase

    def requirement(self) -> MatchRequirement:
        """As the domain knows it."""
        return MatchRequirement(basis_points=self.basis_points, base=self.base)

    @classmethod
    def of(cls, requirement: MatchRequirement | None) -> Match | None:
        """As the API shows it."""
        return cls(basis_points=requirement.basis_points, base=requirement.base) if requirement else None


class Rules(Body, frozen=True, kw_only=True):
    """A fund's rules. Leave out what is not known: it is then not checked.

    `for_grants` is local policy that each grant of the fund begins with when it is offered.
    """

    match: Match | None = None
    award_ceilings_pence: Annotated[
        dict[FinancialYearText, PositivePence],
        Meta(description="The most one grant may be awarded, by financial year.", max_length=20),
    ] = field(default_factory=dict)
    money_may_move_between_years: bool = False
    for_grants: GrantRules | None = None

    def rules(self) -> FundRules:
        """As the domain knows them."""
        return FundRules(
            match=self.match.requirement() if self.match else None,
            award_ceilings=self.award_ceilings_pence,
            money_may_move_between_years=self.money_may_move_between_years,
            for_grants=checked(self.for_grants.rules(), "/rules/for_grants") if self.for_grants else None,
        )

    @classmethod
    def of(cls, rules: FundRules) -> Rules:
        """As the API shows them."""
        return cls(
            match=Match.of(rules.match),
            award_ceilings_pence=dict(rules.award_ceilings),
            money_may_move_between_years=rules.money_may_move_between_years,
            for_grants=GrantRules.of(rules.for_grants) if rules.for_grants else None,
        )


class NewFund(Body, frozen=True, kw_only=True):
    """A fund to set up."""

    id: Slug
    title: Text
    funder: Text
    rules: Rules = Rules()
    source: Text | None = None


class FundChanges(Body, frozen=True, kw_only=True):
    """What to change about a fund; what is left out stays."""

    title: Text | UnsetType = UNSET
    funder: Text | UnsetType = UNSET
    rules: Rules | UnsetType = UNSET
    source: Text | UnsetType = UNSET


class FundView(Versioned, frozen=True, kw_only=True):
    """A fund."""

    id: Slug
    title: str
    funder: str
    rules: Rules
    source: str

    @classmethod
    def of(cls, fund: Held[Fund] | Written[Fund]) -> FundView:
        """As the API shows it."""
        state = fund.state
        return cls(
            id=state.id,
            title=state.title,
            funder=state.funder,
            rules=Rules.of(state.rules),
            source=state.source,
            version=version_of(fund),
        )


@funds.listing("/funds", allow=READ, gives=FundView.of, summary="List funds")
def list_funds(call: Call, query: PageQuery) -> Page[Held[Fund]]:
    """Every fund, in order of id."""
    found = registers.find_all(call.context, Fund, after=call.after, at_once=query.at_once)
    return Page.of(found, limit=query.limit, key=lambda fund: fund.state.id)


@funds.post(
    "/funds",
    allow=KEEP_REGISTERS,
    takes=NewFund,
    gives=FundView.of,
    at="/funds/{id}",
    summary="Set up a fund",
    problems=(AlreadyExists,),
)
def create_fund(call: Call, body: NewFund) -> Written[Fund]:
    """Set up one round of a programme with its rules."""
    fund = Fund(id=body.id, title=body.title, funder=body.funder, rules=body.rules.rules(), source=body.source or "")
    return registers.create_fund(call.context, fund)


@funds.get("/funds/{fund_id}", allow=READ, gives=FundView.of, versioned=True, summary="Show a fund", problems=(Missing,))
def show_fund(call: Call, fund_id: Slug) -> Held[Fund]:
    """One fund with its rules."""
    return registers.find(call.context, Fund, fund_id)


@funds.patch(
    "/funds/{fund_id}",
    allow=KEEP_REGISTERS,
    takes=FundChanges,
    gives=FundView.of,
    summary="Change a fund",
    problems=(Missing,),
)
def change_fund(call: Call, fund_id: Slug, body: FundChanges) -> Written[Fund]:
    """Change a fund's description or rules; grants already offered are not judged anew."""
    changes = given(body)
    if isinstance(body.rules, Rules):
        changes["rules"] = body.rules.rules()
    return registers.amend_fund(call.context, fund_id, lambda fund: replace(fund, **changes))
