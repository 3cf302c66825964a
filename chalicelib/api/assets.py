"""The register of assets: what was bought with the grants' money, where it is, and how it went."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from chalicelib.api.changes import given
from chalicelib.api.duties import KEEP_ASSETS, READ
from chalicelib.api.fields import (
    MOST_PENCE,
    DateField,
    EntryId,
    PositivePence,
    QuarterText,
    Reason,
    ShownPence,
    Slug,
    Text,
)
from chalicelib.api.paging import UnknownCursor
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.assets import Asset, AssetState, Consent, Disposal, MoreThanPaid, place_of
from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import parse_entry_id
from chalicelib.domain.entry_refusals import DatedInFuture, WrongEntry
from chalicelib.domain.errors import ChainBroken, Missing, NotInState
from chalicelib.domain.values import replace
from chalicelib.services import assets as services
from chalicelib.services.assets import RegisterTooLong, Unregistered

assets = Routes("assets")

AssetId = Annotated[
    str,
    Meta(
        max_length=80,
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\.[1-9][0-9]{0,9}\.[1-9][0-9]{0,4}$(?!\n)",
        description="An asset's id: its payment's id, a full stop, and its number among those bought with that payment.",
        examples=["ssf-5-warwickshire.42.1"],
    ),
]
Proceeds = Annotated[int, Meta(ge=0, le=MOST_PENCE, description="A whole number of pence, or nothing.", examples=[15000])]
CSV = "text/csv; charset=utf-8"


class NewAsset(Body, frozen=True, kw_only=True):
    """An item that was bought. Its cost may not pass what is left of the payment."""

    payment: EntryId
    bought_on: DateField
    description: Text
    cost_pence: PositivePence
    place: Text
    owner_id: Slug
    serial_number: Text | None = None

    def asset(self) -> Asset:
        """As the domain knows it, but for its number and its initiative, which its payment says."""
        return Asset(
            id="",
            payment_id=self.payment,
            initiative_id=None,
            bought_on=self.bought_on,
            description=self.description,
            cost_pence=self.cost_pence,
            place=self.place,
            owner_id=self.owner_id,
            serial_number=self.serial_number or "",
        )


class AssetChanges(Body, frozen=True, kw_only=True):
    """What to change about an asset; what is left out stays."""

    bought_on: DateField | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    cost_pence: PositivePence | UnsetType = UNSET
    place: Text | UnsetType = UNSET
    owner_id: Slug | UnsetType = UNSET
    serial_number: Text | UnsetType = UNSET


class ConsentBody(Body, frozen=True, kw_only=True):
    """Who agreed to a disposal, when, and where that is written."""

    by: Text
    on: DateField
    reference: Text


class DisposalBody(Body, frozen=True, kw_only=True):
    """How an item went: when, with whose consent, what it brought in, and why."""

    on: DateField
    consent: ConsentBody
    proceeds_pence: Proceeds
    reason: Reason

    def disposal(self) -> Disposal:
        """As the domain knows it."""
        consent = Consent(by=self.consent.by, on=self.consent.on, reference=self.consent.reference)
        return Disposal(on=self.on, consent=consent, proceeds_pence=self.proceeds_pence, reason=self.reason)

    @classmethod
    def of(cls, disposal: Disposal | None) -> DisposalBody | None:
        """As the API shows it, where there was one."""
        if disposal is None:
            return None
        consent = ConsentBody(by=disposal.consent.by, on=disposal.consent.on, reference=disposal.consent.reference)
        return cls(on=disposal.on, consent=consent, proceeds_pence=disposal.proceeds_pence, reason=disposal.reason)


class AssetView(Versioned, frozen=True, kw_only=True):
    """An asset."""

    id: AssetId
    payment: EntryId
    grant_id: Slug
    initiative_id: Slug | None
    bought_on: date
    description: str
    cost_pence: ShownPence
    place: str
    owner_id: Slug
    serial_number: str
    state: AssetState
    disposal: DisposalBody | None

    @classmethod
    def of(cls, asset: Asset) -> AssetView:
        """As the API shows it."""
        return cls(
            id=asset.id,
            payment=asset.payment_id,
            grant_id=asset.grant_id,
            initiative_id=asset.initiative_id,
            bought_on=asset.bought_on,
            description=asset.description,
            cost_pence=asset.cost_pence,
            place=asset.place,
            owner_id=asset.owner_id,
            serial_number=asset.serial_number,
            state=asset.state,
            disposal=DisposalBody.of(asset.disposal),
            version=str(asset.version),
        )


class AssetQuery(PageQuery, frozen=True, kw_only=True):
    """Which assets to list."""

    grant: Slug | None = None
    initiative: Slug | None = None
    state: AssetState | None = None


class RegisterQuery(Body, frozen=True, kw_only=True):
    """Whose assets the file has: one grant's, or everybody's."""

    grant: Slug | None = None


@assets.listing("/assets", allow=READ, query=AssetQuery, gives=AssetView.of, summary="List assets")
def list_assets(call: Call, query: AssetQuery) -> Page[Asset]:
    """Assets payment by payment, those included that are gone."""
    if call.after and not place_of(call.after):
        raise UnknownCursor
    found = (
        asset
        for asset in services.every(call.context, query.grant, call.after)
        if query.initiative in (None, asset.initiative_id) and query.state in (None, asset.state)
    )
    return Page.of(found, limit=query.limit, key=lambda asset: asset.id)


_WHAT_MAY_BE_WRONG = (Missing, WrongEntry, DatedInFuture, MoreThanPaid)


@assets.post(
    "/assets",
    allow=KEEP_ASSETS,
    takes=NewAsset,
    gives=AssetView.of,
    at="/assets/{id}",
    summary="Register an asset",
    problems=_WHAT_MAY_BE_WRONG,
)
def register_asset(call: Call, body: NewAsset) -> Asset:
    """Register an item that was bought, with the payment that it was bought with."""
    return services.register(call.context, body.asset())


@assets.get("/assets/{asset_id}", allow=READ, gives=AssetView.of, versioned=True, summary="Show an asset", problems=(Missing,))
def show_asset(call: Call, asset_id: AssetId) -> Asset:
    """One asset."""
    return services.find(call.context, asset_id)


@assets.patch(
    "/assets/{asset_id}",
    allow=KEEP_ASSETS,
    takes=AssetChanges,
    gives=AssetView.of,
    summary="Change an asset",
    problems=(*_WHAT_MAY_BE_WRONG, NotInState),
)
def change_asset(call: Call, asset_id: AssetId, body: AssetChanges) -> Asset:
    """Change what is said of an item that is still there: where it is, whose it is, what it cost."""
    owner_id = body.owner_id if isinstance(body.owner_id, str) else None
    return services.amend(call.context, asset_id, lambda asset: replace(asset, **given(body)), owner_id)


@assets.post(
    "/assets/{asset_id}/disposal",
    allow=KEEP_ASSETS,
    creates=False,
    takes=DisposalBody,
    gives=AssetView.of,
    summary="Dispose of an asset",
    problems=(Missing, NotInState, DatedInFuture),
)
def dispose_of_asset(call: Call, asset_id: AssetId, body: DisposalBody) -> Asset:
    """Record that an item is gone. It stays in the register, with who consented and what it brought in."""
    return services.dispose(call.context, asset_id, body.disposal())


def _as_it_is(text: str) -> str:
    return text


@assets.get(
    "/asset-register",
    allow=READ,
    query=RegisterQuery,
    gives=_as_it_is,
    media=CSV,
    headers={"Content-Disposition": 'attachment; filename="asset-register.csv"'},
    summary="Get the register as CSV",
    problems=(RegisterTooLong,),
)
def asset_register(call: Call, query: RegisterQuery) -> str:
    """The register as a file that is safe to open in a spreadsheet: a row for each asset, those included that are gone."""
    return services.register_file(call.context, query.grant)


class UnregisteredView(Shown, frozen=True, kw_only=True):
    """A payment above its grant's threshold that no asset is registered for, and what still stands of it."""

    payment: EntryId
    on: date
    initiative_id: Slug | None
    quarter: QuarterText | None
    nature: Nature
    party: str
    reference: str
    description: str
    left_pence: ShownPence

    @classmethod
    def of(cls, found: Unregistered) -> UnregisteredView:
        """As the API shows it."""
        entry = found.entry
        return cls(
            payment=found.payment_id,
            on=entry.on,
            initiative_id=entry.place.initiative_id,
            quarter=entry.place.quarter,
            nature=entry.place.nature,
            party=entry.party,
            reference=entry.reference,
            description=entry.description,
            left_pence=found.left_pence,
        )


@assets.listing(
    "/grants/{grant_id}/unregistered-purchases",
    allow=READ,
    gives=UnregisteredView.of,
    summary="List payments without an asset",
    problems=(Missing, ChainBroken, UnknownCursor),
)
def list_unregistered(call: Call, grant_id: Slug, query: PageQuery) -> Page[Unregistered]:
    """A grant's payments above its asset threshold that have no asset yet, in the order in which they were recorded.

    Without a threshold nothing is demanded, and the list is empty.
    """
    named = parse_entry_id(call.after) if call.after else ("", 0)
    if named is None:
        raise UnknownCursor
    return Page.of(services.unregistered(call.context, grant_id, named[1]), limit=query.limit, key=lambda found: found.payment_id)
