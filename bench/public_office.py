"""The office whose publication is measured: as many grants and initiatives as are asked for, and all that the law wants told of them.

Every fifth initiative's payments are onward grants to a partner. Every hundredth withholds its recipient, so that every file is
looked through for the names. Two grants in three have closed the first three quarters of their year.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bench.growth import TRADES, Delivery
from bench.office import NOW, PAYER
from chalicelib.context import Context
from chalicelib.domain.cells import Nature
from chalicelib.domain.disclosures import Particular, Statement, Withholding
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.grounds import Ground
from chalicelib.domain.initiatives import Category, Initiative, Place, unpublished_by_default
from chalicelib.domain.organisations import Organisation, VatStatus
from chalicelib.domain.periods import FinancialYear
from chalicelib.domain.spending import Budgeted
from chalicelib.domain.values import Struct
from chalicelib.domain.variations import AwardLine
from chalicelib.services import closing, disclosures, entries, grants, registers

_YEARS = {"ssf-1": "2020-21", "ssf-2": "2021-22", "swan": "2021-22", "ssf-3": "2022-23", "ssf-4": "2023-24", "ssf-5": "2024-25"}
_AWARD_PENCE = 400_000_000_00
_ONWARD, _WITHHOLDING, _CLOSED = 5, 100, 3
_PURPOSE = "To make the streets round {place} safer after dark, as set out in the application"
_CONDITIONS = "A report each quarter with photographs of the works; what is not spent by the end of the year comes back."
_REASONS = "The partner knows the place, has delivered this before, and asked for less than others."
_VALUE = "Three quotations were taken; this one met the specification at the lowest price over the life of the works."


class Size(Struct, frozen=True, kw_only=True):
    """How much there is to publish."""

    grants: int
    initiatives: int
    entries: int


class Planned(Struct, frozen=True, kw_only=True):
    """One grant of the office, and the numbers of the initiatives that it pays for."""

    number: int
    initiatives: tuple[int, ...]

    @property
    def fund(self) -> str:
        """Its fund's id."""
        return tuple(_YEARS)[self.number % len(_YEARS)]

    @property
    def year(self) -> FinancialYear:
        """Its only financial year."""
        return FinancialYear.parse(_YEARS[self.fund])

    @property
    def id(self) -> str:
        """Its id."""
        return f"{self.fund}-area-{self.number}"

    @property
    def delivery(self) -> Delivery:
        """What it pays for, and from whom it buys that. A document's supplier is one grant's alone, so no document is two grants'."""
        suppliers = tuple(f"Example {trade} {self.number} Ltd" for trade in TRADES)
        whose = {initiative_id(number): (f"Example Refuge {number}",) if _withholds(number) else suppliers for number in self.initiatives}
        return Delivery(year=str(self.year), suppliers=whose)

    @property
    def closes(self) -> bool:
        """Whether its first three quarters are closed."""
        return self.number % _CLOSED > 0


def planned(size: Size) -> Iterator[Planned]:
    """Every grant, with the initiatives dealt out evenly."""
    for number in range(size.grants):
        yield Planned(number=number, initiatives=tuple(range(number, size.initiatives, size.grants)))


def initiative_id(number: int) -> str:
    """An initiative's id."""
    return f"initiative-{number}"


def _withholds(number: int) -> bool:
    return number % _WITHHOLDING == _WITHHOLDING // 2


def open_office(context: Context, size: Size) -> None:
    """Set up everything but the entries, through the real gate."""
    for fund in _YEARS:
        registers.create_fund(context, Fund(id=fund, title=f"Safer Streets: {fund}", funder="Home Office"))
    _add_organisation(context, PAYER, "Example Commissioner's Office")
    for grant in planned(size):
        _add_organisation(context, f"council-{grant.number}", f"Example Council {grant.number}")
        for number in grant.initiatives:
            _plan(context, number, grant)
        _start(context, grant)


def close_quarters(context: Context, size: Size) -> None:
    """Close the first three quarters of the grants that close any."""
    for grant in planned(size):
        for quarter in grant.year.quarters()[:3] if grant.closes else ():
            closing.hold_and_close(context, grant.id, quarter, "Quarter end")


def _add_organisation(context: Context, organisation_id: str, name: str) -> None:
    registers.create_organisation(context, Organisation(id=organisation_id, name=name, vat_status=VatStatus.RECOVERS))


def _plan(context: Context, number: int, grant: Planned) -> None:
    category = tuple(Category)[number % len(Category)]
    where = f"ward {number}"
    plan = Initiative(
        id=initiative_id(number),
        title=f"{category.words} in {where}",
        category=category,
        partner_id=f"council-{grant.number}",
        description=f"What residents of {where} asked for when the office went round with its questions, and what the police advised.",
        places=(Place(name=where.capitalize(), area_code=f"E05{number:06}"),),
        unpublished_fields=unpublished_by_default(category),
    )
    registers.create_initiative(context, plan)
    disclosures.state(context, plan.id, _statement(number, where))
    if _withholds(number):
        withholding = Withholding(
            particular=Particular.RECIPIENT,
            ground=Ground.SAFETY,
            review_on=date(2026, 4, 1),
            decided_by="certifier",
            decided_on=NOW.date(),
        )
        disclosures.withhold(context, plan.id, withholding, "Where it is must not be known")


def _statement(number: int, where: str) -> Statement:
    purpose = _PURPOSE.format(place=where)
    if number % _ONWARD == 0:
        return Statement(onward_grant=True, purpose=purpose, conditions=_CONDITIONS, reasons=_REASONS)
    return Statement(onward_grant=False, purpose=purpose, value_for_money=_VALUE)


def _start(context: Context, plan: Planned) -> None:
    year = plan.year
    grant = Grant(
        id=plan.id,
        title=f"Safer Streets in area {plan.number}",
        fund_id=plan.fund,
        lead_recipient_id=f"council-{plan.number}",
        force_area="E23000015",
        starts=year.first_day,
        ends=year.last_day,
        lines=(AwardLine(financial_year=str(year), nature=Nature.CAPITAL, awarded_pence=_AWARD_PENCE),),
    )
    grants.offer(context, grant)
    grants.move(context, grant.id, GrantState.ACCEPTED, grant.starts, "")
    grants.move(context, grant.id, GrantState.ACTIVE, grant.starts, "")
    for number in plan.initiatives:
        share = Budgeted(initiative_id=initiative_id(number), financial_year=str(year), nature=Nature.CAPITAL, on=grant.starts)
        entries.allocate(context, grant.id, share, _AWARD_PENCE // len(plan.initiatives), "As planned")
