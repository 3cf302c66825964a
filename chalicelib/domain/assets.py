"""Assets: bought items, each tied to the payment it was bought with, until they are disposed of.

    payment 1,000.00                what is left of it after refunds and corrections
    |-- camera 1     400.00 --|-- camera 2     400.00 --|-- 200.00 unregistered

All that was bought with one payment is one purchase, so that its assets' cost cannot pass what the payment came to,
however many people register at once. Nothing is ever taken out of the register: an asset that is gone says how it went.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind
from chalicelib.domain.entries import Standing
from chalicelib.domain.entry_refusals import DatedInFuture
from chalicelib.domain.errors import Conflict, Missing, NotInState, contradiction
from chalicelib.domain.money import pounds
from chalicelib.domain.values import Struct, replace


class AssetState(StrEnum):
    """Whether an item is still there."""

    HELD = "held"
    DISPOSED = "disposed"


class Consent(Struct, frozen=True, kw_only=True):
    """Who agreed to a disposal, when, and where that is written."""

    by: str
    on: date
    reference: str


class Disposal(Struct, frozen=True, kw_only=True):
    """How an item went: when, with whose consent, what it brought in (pence, or nothing), and why."""

    on: date
    consent: Consent
    proceeds_pence: int
    reason: str


class Asset(Struct, frozen=True, kw_only=True):
    """One item. Its cost is in pence; `version` is the record of its purchase that last changed it.

    `initiative_id` is that of its payment, and `owner_id` the organisation that it belongs to now.
    """

    id: str
    payment_id: str
    initiative_id: str | None
    bought_on: date
    description: str
    cost_pence: int
    place: str
    owner_id: str
    serial_number: str = ""
    disposal: Disposal | None = None
    version: int = 1

    @property
    def state(self) -> AssetState:
        """Whether it is still there."""
        return AssetState.DISPOSED if self.disposal else AssetState.HELD

    @property
    def grant_id(self) -> str:
        """The grant that its payment belongs to."""
        return self.payment_id.rpartition(".")[0]


class Purchase(Struct, frozen=True, kw_only=True):
    """A payment, with everything that was bought with it and registered."""

    KIND: ClassVar = Kind.PURCHASE

    payment_id: str
    assets: tuple[Asset, ...] = ()

    def asset(self, asset_id: str) -> Asset:
        """One of its assets. Raises Missing."""
        for asset in self.assets:
            if asset.id == asset_id:
                return asset
        raise Missing(kind="asset", id=asset_id)


class AssetRegistered(Struct, frozen=True, kw_only=True):
    """An item was bought and registered."""

    KIND: ClassVar = "asset_registered"

    asset: Asset


class AssetAmended(Struct, frozen=True, kw_only=True):
    """An asset's details changed; these are the new ones, whole."""

    KIND: ClassVar = "asset_amended"

    asset: Asset


class AssetDisposed(Struct, frozen=True, kw_only=True):
    """An asset is gone."""

    KIND: ClassVar = "asset_disposed"

    id: str
    disposal: Disposal


PurchaseFact = AssetRegistered | AssetAmended | AssetDisposed


class MoreThanPaid(Conflict):
    """The assets would cost more than the payment came to."""

    payment_id: str
    unregistered_pence: int
    requested_pence: int

    @property
    def detail(self) -> str:
        return (
            f"{pounds(self.unregistered_pence)} of {self.payment_id} is not registered yet, refunds and corrections counted; "
            f"{pounds(self.requested_pence)} is {pounds(self.requested_pence - self.unregistered_pence)} too much."
        )


_ASSET_ID = re.compile(r"(.+\.[1-9][0-9]{0,9})\.([1-9][0-9]{0,4})")


def payment_of(asset_id: str) -> str:
    """The payment that an asset's id names: `ssf-5-warwickshire.42` of `ssf-5-warwickshire.42.1`. Raises Missing."""
    found = _ASSET_ID.fullmatch(asset_id)
    if found is None:
        raise Missing(kind="asset", id=asset_id)
    return found[1]


def place_of(asset_id: str) -> int:
    """An asset's number among those bought with one payment; nothing for what is no asset's id."""
    found = _ASSET_ID.fullmatch(asset_id)
    return int(found[2]) if found else 0


def register(purchase: Purchase | None, payment: Standing, asset: Asset, today: date) -> AssetRegistered:
    """Register an item that was bought with a payment; it gets the next number of that payment's.

    Raises DatedInFuture, MoreThanPaid.
    """
    held = purchase or Purchase(payment_id=payment.entry_id)
    numbered = replace(asset, id=f"{held.payment_id}.{len(held.assets) + 1}")
    return AssetRegistered(asset=_checked(held, payment, numbered, today))


def amend(purchase: Purchase, payment: Standing, asset_id: str, amended: Callable[[Asset], Asset], today: date) -> AssetAmended:
    """Change what is said of an item that is still there. Raises Missing, NotInState, DatedInFuture, MoreThanPaid."""
    return AssetAmended(asset=_checked(purchase, payment, amended(_still_there(purchase, asset_id)), today))


def dispose(purchase: Purchase, asset_id: str, disposal: Disposal, today: date) -> AssetDisposed:
    """Say how an item went. Raises Missing, NotInState, DatedInFuture, Contradictory."""
    asset = _still_there(purchase, asset_id)
    for day in (disposal.on, disposal.consent.on):
        _happened(day, today)
    if disposal.on < asset.bought_on:
        raise contradiction("/on", f"{disposal.on} is before it was bought, on {asset.bought_on}")
    return AssetDisposed(id=asset_id, disposal=disposal)


def _still_there(purchase: Purchase, asset_id: str) -> Asset:
    asset = purchase.asset(asset_id)
    if asset.disposal:
        raise NotInState(kind="asset", id=asset_id, state=asset.state, needed=(AssetState.HELD,))
    return asset


def _checked(purchase: Purchase, payment: Standing, asset: Asset, today: date) -> Asset:
    _happened(asset.bought_on, today)
    others = sum(each.cost_pence for each in purchase.assets if each.id != asset.id)
    unregistered = payment.left_pence - others
    if asset.cost_pence > unregistered:
        raise MoreThanPaid(payment_id=payment.entry_id, unregistered_pence=unregistered, requested_pence=asset.cost_pence)
    return asset


def _happened(day: date, today: date) -> None:
    if day > today:
        raise DatedInFuture(on=day, today=today)


def apply(purchase: Purchase | None, fact: PurchaseFact, seq: int) -> Purchase:
    """The purchase after a fact, which was record `seq`. Raises ValueError for what cannot be where nothing was bought."""
    if isinstance(fact, AssetRegistered):
        held = purchase or Purchase(payment_id=fact.asset.payment_id)
        return replace(held, assets=(*held.assets, replace(fact.asset, version=seq)))
    if purchase is None:
        raise ValueError(f"a purchase cannot begin with {fact.KIND}")
    if isinstance(fact, AssetAmended):
        changed = replace(fact.asset, version=seq)
    else:
        changed = replace(purchase.asset(fact.id), disposal=fact.disposal, version=seq)
    return replace(purchase, assets=tuple(changed if each.id == changed.id else each for each in purchase.assets))
