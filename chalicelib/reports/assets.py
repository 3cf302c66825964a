"""The register of assets as a table, and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.domain.assets import Asset
from chalicelib.reports.table_csv import table_csv
from chalicelib.reports.tables import Row, Table, dates, pounds, text

_COLUMNS = (
    *text("asset_id", "grant", "initiative", "payment", width=24),
    *dates("bought_on"),
    *text("description", width=40),
    *pounds("cost"),
    *text("place", "serial_number", "owner", "owner_name", "state", width=18),
    *dates("disposed_on"),
    *text("consent_by"),
    *dates("consent_on"),
    *text("consent_reference"),
    *pounds("proceeds"),
    *text("disposal_reason", width=40),
)

COLUMNS = tuple(column.name for column in _COLUMNS)
"""What each row holds. The last six are empty while an item is still there."""


def asset_table(assets: Iterable[Asset], names: Mapping[str, str]) -> Table:
    """A row for each asset, in the order given; `names` has each owner's, by id."""
    return Table(title="Assets", columns=_COLUMNS, rows=(_row(asset, names) for asset in assets))


def register_csv(assets: Iterable[Asset], names: Mapping[str, str]) -> str:
    """The table as CSV."""
    return b"".join(table_csv(asset_table(assets, names))).decode()


def _row(asset: Asset, names: Mapping[str, str]) -> Row:
    return (
        asset.id,
        asset.grant_id,
        asset.initiative_id,
        asset.payment_id,
        asset.bought_on,
        asset.description,
        asset.cost_pence,
        asset.place,
        asset.serial_number,
        asset.owner_id,
        names.get(asset.owner_id, ""),
        asset.state.value,
        *_disposal(asset),
    )


def _disposal(asset: Asset) -> Row:
    gone = asset.disposal
    if gone is None:
        return (None,) * 6
    consent = gone.consent
    return (gone.on, consent.by, consent.on, consent.reference, gone.proceeds_pence, gone.reason)
