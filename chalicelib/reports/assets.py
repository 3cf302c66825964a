"""The register of assets as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.domain.assets import Asset
from chalicelib.reports.cells import BOM, line, pounds

COLUMNS = (
    "asset_id",
    "grant",
    "initiative",
    "payment",
    "bought_on",
    "description",
    "cost_pounds",
    "place",
    "serial_number",
    "owner",
    "owner_name",
    "state",
    "disposed_on",
    "consent_by",
    "consent_on",
    "consent_reference",
    "proceeds_pounds",
    "disposal_reason",
)
"""What each row holds. The last six are empty while an item is still there."""


def register_csv(assets: Iterable[Asset], names: Mapping[str, str]) -> str:
    """A row for each asset, in the order given; `names` has each owner's, by id."""
    return BOM.decode() + line(COLUMNS) + "".join(line(_row(asset, names)) for asset in assets)


def _row(asset: Asset, names: Mapping[str, str]) -> tuple[str, ...]:
    return (
        asset.id,
        asset.grant_id,
        asset.initiative_id or "",
        asset.payment_id,
        str(asset.bought_on),
        asset.description,
        pounds(asset.cost_pence),
        asset.place,
        asset.serial_number,
        asset.owner_id,
        names.get(asset.owner_id, ""),
        asset.state.value,
        *_disposal(asset),
    )


def _disposal(asset: Asset) -> tuple[str, ...]:
    gone = asset.disposal
    if gone is None:
        return ("",) * 6
    consent = gone.consent
    return (str(gone.on), consent.by, str(consent.on), consent.reference, pounds(gone.proceeds_pence), gone.reason)
