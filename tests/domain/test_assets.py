"""Assets: what was bought with a payment, no more of it than was paid, and how it went."""

from datetime import date

import pytest

from chalicelib.domain.assets import (
    Asset,
    AssetDisposed,
    AssetState,
    Consent,
    Disposal,
    MoreThanPaid,
    Purchase,
    amend,
    apply,
    dispose,
    payment_of,
    place_of,
    register,
)
from chalicelib.domain.entries import EntryKind, Standing
from chalicelib.domain.entry_refusals import DatedInFuture
from chalicelib.domain.errors import Contradictory, Missing, NotInState
from chalicelib.domain.values import replace

TODAY = date(2024, 2, 1)
PAYMENT = Standing(
    entry_id="ssf-5-warwickshire.42",
    kind=EntryKind.PAYMENT,
    cell="cctv#2023-24-Q3#capital",
    on=date(2023, 11, 1),
    opened_pence=100_000,
    left_pence=100_000,
)
CAMERA = Asset(
    id="",
    payment_id="ssf-5-warwickshire.42",
    initiative_id="cctv",
    bought_on=date(2023, 11, 1),
    description="Camera",
    cost_pence=40_000,
    place="Hanley",
    owner_id="council",
)
GONE = Disposal(
    on=date(2024, 1, 31),
    consent=Consent(by="Home Office grants team", on=date(2024, 1, 15), reference="HO/123"),
    proceeds_pence=2_500,
    reason="Broken beyond repair, sold for parts.",
)


def bought(*costs: int, left_pence: int = 100_000) -> Purchase:
    """A purchase of items at these prices, in pence."""
    held: Purchase | None = None
    for seq, cost in enumerate(costs, 1):
        fact = register(held, replace(PAYMENT, left_pence=left_pence), replace(CAMERA, cost_pence=cost), TODAY)
        held = apply(held, fact, seq)
    assert held is not None
    return held


def test_items_are_numbered_within_their_payment() -> None:
    held = bought(40_000, 40_000, 20_000)

    assert [asset.id for asset in held.assets] == [f"ssf-5-warwickshire.42.{number}" for number in (1, 2, 3)]
    assert [asset.version for asset in held.assets] == [1, 2, 3]
    assert {asset.grant_id for asset in held.assets} == {"ssf-5-warwickshire"}


def test_items_cannot_cost_more_than_is_left_of_their_payment() -> None:
    held = bought(40_000, 40_000)

    with pytest.raises(MoreThanPaid) as refused:
        register(held, PAYMENT, replace(CAMERA, cost_pence=20_001), TODAY)
    assert (refused.value.unregistered_pence, refused.value.requested_pence) == (20_000, 20_001)
    assert refused.value.detail == (
        "£200.00 of ssf-5-warwickshire.42 is not registered yet, refunds and corrections counted; £200.01 is £0.01 too much."
    )


@pytest.mark.parametrize("left_pence", [39_999, 0, -40_000])
def test_money_that_came_back_bought_nothing(left_pence: int) -> None:
    with pytest.raises(MoreThanPaid):
        bought(40_000, left_pence=left_pence)


def test_what_is_gone_was_bought_all_the_same() -> None:
    held = bought(60_000)
    held = apply(held, dispose(held, "ssf-5-warwickshire.42.1", GONE, TODAY), 2)

    with pytest.raises(MoreThanPaid):
        register(held, PAYMENT, replace(CAMERA, cost_pence=40_001), TODAY)


def test_a_change_is_held_against_what_the_other_items_cost() -> None:
    held = bought(40_000, 40_000)
    dearer = amend(held, PAYMENT, "ssf-5-warwickshire.42.2", lambda asset: replace(asset, cost_pence=60_000, place="Burslem"), TODAY)

    changed = apply(held, dearer, 3)

    assert [(asset.cost_pence, asset.place, asset.version) for asset in changed.assets] == [(40_000, "Hanley", 1), (60_000, "Burslem", 3)]
    with pytest.raises(MoreThanPaid):
        amend(held, PAYMENT, "ssf-5-warwickshire.42.2", lambda asset: replace(asset, cost_pence=60_001), TODAY)


def test_an_item_that_is_gone_says_how_and_stays() -> None:
    held = bought(40_000)
    fact = dispose(held, "ssf-5-warwickshire.42.1", GONE, TODAY)

    (asset,) = apply(held, fact, 2).assets

    assert (asset.state, asset.disposal, asset.version) == (AssetState.DISPOSED, GONE, 2)
    assert replace(asset, disposal=None, version=1) == held.assets[0]


def test_an_item_goes_once_and_nothing_is_said_of_it_afterwards() -> None:
    held = bought(40_000)
    gone = apply(held, dispose(held, "ssf-5-warwickshire.42.1", GONE, TODAY), 2)

    with pytest.raises(NotInState, match="is disposed; this needs it to be held"):
        dispose(gone, "ssf-5-warwickshire.42.1", GONE, TODAY)
    with pytest.raises(NotInState):
        amend(gone, PAYMENT, "ssf-5-warwickshire.42.1", lambda asset: asset, TODAY)


@pytest.mark.parametrize(
    "disposal",
    [replace(GONE, on=date(2024, 2, 2)), replace(GONE, consent=replace(GONE.consent, on=date(2024, 2, 2)))],
)
def test_what_has_not_happened_yet_is_not_recorded(disposal: Disposal) -> None:
    with pytest.raises(DatedInFuture):
        dispose(bought(40_000), "ssf-5-warwickshire.42.1", disposal, TODAY)
    with pytest.raises(DatedInFuture):
        register(None, PAYMENT, replace(CAMERA, bought_on=date(2024, 2, 2)), TODAY)


def test_nothing_goes_before_it_was_bought() -> None:
    with pytest.raises(Contradictory, match="2023-10-31 is before it was bought, on 2023-11-01") as refused:
        dispose(bought(40_000), "ssf-5-warwickshire.42.1", replace(GONE, on=date(2023, 10, 31)), TODAY)
    assert [error.pointer for error in refused.value.errors] == ["/on"]


def test_an_item_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing, match=r"There is no asset with the id 'ssf-5-warwickshire\.42\.2'"):
        dispose(bought(40_000), "ssf-5-warwickshire.42.2", GONE, TODAY)


def test_an_assets_id_names_its_payment() -> None:
    assert payment_of("ssf-5-warwickshire.42.10") == "ssf-5-warwickshire.42"
    assert place_of("ssf-5-warwickshire.42.10") == 10
    assert place_of("ssf-5-warwickshire.42") == place_of("") == 0
    with pytest.raises(Missing):
        payment_of("ssf-5-warwickshire.42")


def test_nothing_can_happen_to_what_was_never_bought() -> None:
    with pytest.raises(ValueError, match="a purchase cannot begin with asset_disposed"):
        apply(None, AssetDisposed(id="ssf-5-warwickshire.42.1", disposal=GONE), 1)
