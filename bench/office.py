"""The office whose ledger is measured: six funds, eight grants, thirty-two initiatives, one financial year; made through the real gate."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from chalicelib.context import Context
from chalicelib.domain.cells import Nature
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.initiatives import Category, Initiative
from chalicelib.domain.organisations import Organisation, VatStatus
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.spending import Budgeted
from chalicelib.domain.variations import AwardLine
from chalicelib.services import entries, grants, registers
from chalicelib.settings import settings_from
from chalicelib.storage.objects import FolderObjects
from chalicelib.storage.store import Store

NOW = datetime(2025, 4, 7, 9, 30, tzinfo=UTC)
YEAR = "2023-24"
"""The financial year in which everything is posted: an export is of one."""

PAYER = "office"
OFFICER = "finance-officer-1"

_FUNDS = ("ssf-1", "ssf-2", "ssf-3", "ssf-4", "ssf-5", "swan")
_AREAS = ("north", "south", "east", "west", "city", "county", "moorlands", "borough")
_CATEGORIES = (Category.STREET_LIGHTING, Category.CCTV, Category.ALLEY_GATES, Category.TRAINING)
_TITLES = ("Brighter streets, safer walks home", "Cameras and help points", "Alley gates and fencing", "Bystander training")
_AWARD_PENCE = 400_000_000_00
"""So much that no ledger of any size exhausts it."""

_SETTINGS = settings_from(
    {
        "STREETLIGHT_OFFICE_NAME": "Example Commissioner's Office",
        "STREETLIGHT_CODE_VERSION": "bench",
        "STREETLIGHT_TABLE": "bench",
        "STREETLIGHT_BUCKET": "bench",
        "STREETLIGHT_TOKEN_ISSUER": "https://issuer.example",
        "STREETLIGHT_TOKEN_AUDIENCE": "streetlight",
        "STREETLIGHT_TOKEN_JWKS_URL": "https://issuer.example/jwks.json",
        "STREETLIGHT_EXTRACT_LARGEST_BYTES": str(1 << 30),
    }
)


def context_on(store: Store, folder: Path) -> Context:
    """A finance officer's context on a store, with files kept in a folder."""
    return Context(
        actor=Actor(subject=OFFICER, roles=frozenset({Role.FINANCE})),
        now=NOW,
        request_id="bench",
        store=store,
        objects=FolderObjects(folder, "http://127.0.0.1/objects", b"a key that signs links"),
        settings=_SETTINGS,
        new_id=lambda: "bench-export",
        pause=lambda _attempt: None,
    )


def open_office(context: Context) -> tuple[Grant, ...]:
    """Set up the funds, organisations, initiatives and grants, and allocate every grant's money."""
    for fund in _FUNDS:
        registers.create_fund(context, Fund(id=fund, title=f"Safer Streets: {fund}", funder="Home Office"))
    _add_organisation(context, PAYER, "Example Commissioner's Office")
    for area in _AREAS:
        _add_organisation(context, f"{area}-council", f"Example {area.title()} Council")
    offered = tuple(_grant(number, area) for number, area in enumerate(_AREAS))
    for grant, area in zip(offered, _AREAS, strict=True):
        _plan(context, area)
        _start(context, grant)
    return offered


def initiatives_of(grant: Grant) -> tuple[str, ...]:
    """The initiatives that a grant pays for."""
    return _initiatives(grant.id.rsplit("-", 1)[-1])


def grants_and_initiatives() -> tuple[tuple[str, str], ...]:
    """Every grant with each initiative that it pays for."""
    return tuple((_grant(number, area).id, initiative_id) for number, area in enumerate(_AREAS) for initiative_id in _initiatives(area))


def _initiatives(area: str) -> tuple[str, ...]:
    return tuple(f"{area}-{category.value.replace('_', '-')}" for category in _CATEGORIES)


def _add_organisation(context: Context, organisation_id: str, name: str) -> None:
    registers.create_organisation(context, Organisation(id=organisation_id, name=name, vat_status=VatStatus.RECOVERS))


def _plan(context: Context, area: str) -> None:
    for initiative_id, category, title in zip(_initiatives(area), _CATEGORIES, _TITLES, strict=True):
        plan = Initiative(id=initiative_id, title=f"{title} ({area})", category=category, partner_id=f"{area}-council")
        registers.create_initiative(context, plan)


def _grant(number: int, area: str) -> Grant:
    fund = _FUNDS[number % len(_FUNDS)]
    return Grant(
        id=f"{fund}-{area}",
        title=f"Safer Streets in the {area}",
        fund_id=fund,
        lead_recipient_id=f"{area}-council",
        force_area="E23000015",
        starts=date(2023, 4, 1),
        ends=date(2024, 3, 31),
        lines=(AwardLine(financial_year=YEAR, nature=Nature.CAPITAL, awarded_pence=_AWARD_PENCE),),
    )


def _start(context: Context, grant: Grant) -> None:
    grants.offer(context, grant)
    grants.move(context, grant.id, GrantState.ACCEPTED, grant.starts, "")
    grants.move(context, grant.id, GrantState.ACTIVE, grant.starts, "")
    for initiative_id in initiatives_of(grant):
        share = Budgeted(initiative_id=initiative_id, financial_year=YEAR, nature=Nature.CAPITAL, on=grant.starts)
        entries.allocate(context, grant.id, share, _AWARD_PENCE // len(_CATEGORIES), "As planned")
