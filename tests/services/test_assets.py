"""The register as use cases: held against the ledger in one view, whoever else registers; and what is missing from it."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from chalicelib.domain.assets import Asset, Consent, Disposal, MoreThanPaid
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entry_refusals import WrongEntry
from chalicelib.domain.errors import Missing, StaleView, TooBusy
from chalicelib.domain.putting_right import Elsewhere
from chalicelib.domain.spending import Spend
from chalicelib.domain.values import replace
from chalicelib.services import assets, entries, grants
from chalicelib.services.unit import Replayed
from chalicelib.services.verification import verify, verify_all
from chalicelib.storage import keys
from chalicelib.storage.store import Store
from tests.services.counted import CountedStore
from tests.services.offices import Office, invoice, line, pay

GRANT = "ssf-4-example"
LAMPS, CAMERAS, POLES = (f"{GRANT}.{seq}" for seq in (8, 9, 10))
NAME = Name(Kind.PURCHASE, LAMPS)


def opened(store: Store) -> Office:
    """An office that paid £1,200 for lamps, £10 for cameras and £2,000 for poles."""
    office = Office(store=store).open()
    for number, (pence, initiative) in enumerate(((120_000, "lighting"), (1_000, "cctv"), (200_000, "lighting")), 1):
        pay(office.context(), invoice(str(number), pence), line(initiative, pence))
    return office


@pytest.fixture
def office() -> Office:
    return opened(CountedStore())


def item(pence: int, payment: str = LAMPS, description: str = "Lamp", owner: str = "council") -> Asset:
    return Asset(
        id="",
        payment_id=payment,
        initiative_id=None,
        bought_on=date(2023, 10, 2),
        description=description,
        cost_pence=pence,
        place="Hanley",
        owner_id=owner,
    )


GONE = Disposal(
    on=date(2024, 1, 31),
    consent=Consent(by="Home Office grants team", on=date(2024, 1, 15), reference="HO/123"),
    proceeds_pence=0,
    reason="Knocked down by a lorry.",
)


def registered(office: Office, pence: int, payment: str = LAMPS) -> Asset:
    return assets.register(office.context(), item(pence, payment))


def test_an_item_takes_its_initiative_from_its_payment(office: Office) -> None:
    made = registered(office, 100_000)

    assert (made.id, made.initiative_id, made.grant_id) == (f"{LAMPS}.1", "lighting", GRANT)
    assert assets.find(office.context(), made.id) == made


def test_items_are_held_against_what_is_left_after_a_refund(office: Office) -> None:
    entries.refund(office.context(), LAMPS, date(2023, 11, 1), 20_000, "", "Two lamps went back")

    registered(office, 60_000)
    with pytest.raises(MoreThanPaid, match=r"£400.00 of ssf-4-example\.8 is not registered yet"):
        registered(office, 40_001)
    registered(office, 40_000)


def test_what_is_no_payment_buys_nothing(office: Office) -> None:
    with pytest.raises(Missing):
        registered(office, 1, f"{GRANT}.6")
    with pytest.raises(Missing):
        registered(office, 1, "no-such-grant.1")
    with pytest.raises(Missing, match="There is no organisation with the id 'nobody'"):
        assets.register(office.context(), item(1, owner="nobody"))
    commitment = entries.commit(office.context(), GRANT, _order()).position.seq
    with pytest.raises(WrongEntry):
        registered(office, 1, f"{GRANT}.{commitment}")


def _order() -> Spend:
    return Spend(initiative_id="lighting", nature=Nature.CAPITAL, on=date(2023, 12, 1), amount_pence=10_000, party="Lamps Ltd")


def test_a_change_and_a_disposal_keep_the_history(office: Office) -> None:
    made = registered(office, 100_000)

    moved = assets.amend(
        office.context(expected="1"), made.id, lambda asset: replace(asset, place="Burslem", owner_id="charity"), "charity"
    )
    gone = assets.dispose(office.context(expected="2"), made.id, GONE)

    assert (moved.place, moved.owner_id, moved.version) == ("Burslem", "charity", 2)
    assert (gone.disposal, gone.version) == (GONE, 3)
    assert '"reason":"Knocked down by a lorry."' in list(office.store.links(NAME))[2].body
    assert verify(office.context(), NAME).problems == ()
    assert [str(verdict.name) for verdict in verify_all(office.context()) if verdict.problems] == []


def test_a_change_on_an_old_view_is_refused_and_one_beside_it_is_not(office: Office) -> None:
    first, second = registered(office, 10_000), registered(office, 10_000)
    assets.dispose(office.context(expected="1"), first.id, GONE)

    with pytest.raises(StaleView):
        assets.dispose(office.context(expected="1"), second.id, GONE)
    assert assets.dispose(office.context(expected="2"), second.id, GONE).version == 4


@pytest.mark.parametrize("asset_id", [f"{LAMPS}.1", f"{CAMERAS}.7", "no-such-grant.1.1"])
def test_what_was_not_registered_cannot_change(office: Office, asset_id: str) -> None:
    changes: list[Callable[[], object]] = [
        lambda: assets.dispose(office.context(), asset_id, GONE),
        lambda: assets.amend(office.context(), asset_id, lambda asset: asset, None),
        lambda: assets.find(office.context(), asset_id),
    ]
    for change in changes:
        with pytest.raises(Missing, match=f"There is no asset with the id '{asset_id}'"):
            change()


def test_a_repeated_request_registers_once(office: Office) -> None:
    assets.register(office.context(key="k"), item(1))

    with pytest.raises(Replayed):
        assets.register(office.context(key="k"), item(1))
    assert len(list(assets.every(office.context()))) == 1


def test_of_many_who_register_at_once_none_gets_more_than_was_paid(live_store: Store) -> None:
    office = opened(live_store)

    def registers(_: int) -> bool:
        for _attempt in range(20):
            try:
                registered(office, 50_000)
            except MoreThanPaid:
                return False
            except TooBusy:
                continue
            return True
        raise AssertionError("never had its turn")

    with ThreadPoolExecutor(8) as people:
        assert list(people.map(registers, range(8))).count(True) == 2
    assert [asset.cost_pence for asset in assets.every(office.context())] == [50_000, 50_000]
    assert verify(office.context(), NAME).problems == ()


def test_the_register_is_read_from_any_place_in_it(office: Office) -> None:
    made = [registered(office, 1, payment).id for payment in (POLES, LAMPS, CAMERAS, LAMPS, POLES)]

    def ids(after: str = "", grant: str | None = None) -> list[str]:
        return [asset.id for asset in assets.every(office.context(), grant, after)]

    in_order = sorted(made)  # .10.1 .10.2 .8.1 .8.2 .9.1
    assert ids() == ids(grant=GRANT) == in_order
    assert [ids(after) for after in in_order] == [in_order[place:] for place in range(1, 6)]
    assert ids(grant="ssf-4") == []


def test_payments_above_the_threshold_without_an_asset_are_found(office: Office) -> None:
    def missing(after: int = 0) -> list[tuple[str, int]]:
        return [(found.payment_id, found.left_pence) for found in assets.unregistered(office.context(), GRANT, after)]

    assert missing() == []
    threshold(office, 120_000)
    assert missing() == [(POLES, 200_000)]
    threshold(office, 119_999)
    assert missing() == [(LAMPS, 120_000), (POLES, 200_000)]
    assert missing(after=8) == [(POLES, 200_000)]
    registered(office, 1)
    assert missing() == [(POLES, 200_000)]
    entries.refund(office.context(), POLES, date(2023, 11, 1), 80_001, "", "Some went back")
    assert missing() == []
    threshold(office, 0)
    assert missing() == [(CAMERAS, 1_000), (POLES, 119_999)]


def test_money_recoded_away_from_a_payment_is_looked_for_where_it_went(office: Office) -> None:
    threshold(office, 100_000)
    office.allocate("cctv", 300_000)
    for payment in (LAMPS, POLES):
        to = Elsewhere(initiative_id="cctv", nature=Nature.CAPITAL)
        entries.recode(office.context(), payment, date(2023, 11, 1), None, to, "It was for cameras")

    assert list(unregistered_ids(office)) == [f"{GRANT}.14", f"{GRANT}.16"]


def test_an_asset_still_answers_for_money_that_was_recoded_later(office: Office) -> None:
    threshold(office, 100_000)
    office.allocate("cctv", 300_000)
    registered(office, 120_000)
    to = Elsewhere(initiative_id="cctv", nature=Nature.CAPITAL)
    entries.recode(office.context(), LAMPS, date(2023, 11, 1), None, to, "It was for cameras")

    assert list(unregistered_ids(office)) == [POLES]


def unregistered_ids(office: Office) -> Iterator[str]:
    return (found.payment_id for found in assets.unregistered(office.context(), GRANT))


def threshold(office: Office, pence: int) -> None:
    grants.amend(office.context(), GRANT, lambda details: replace(details, asset_threshold_pence=pence))


def test_a_threshold_stays_when_something_else_changes(office: Office) -> None:
    threshold(office, 500_000)

    grant = grants.amend(office.context(), GRANT, lambda details: replace(details, title="Renamed")).state

    assert (grant.title, grant.asset_threshold_pence) == ("Renamed", 500_000)
    assert verify(office.context(), Name(Kind.GRANT, GRANT)).problems == ()


def test_each_request_takes_the_round_trips_that_are_promised(office: Office) -> None:
    store = office.store
    assert isinstance(store, CountedStore)
    store.spent()

    made = registered(office, 1)
    assert store.spent() == {"load": 1, "record": 1}
    assets.amend(office.context(), made.id, lambda asset: replace(asset, owner_id="charity"), "charity")
    assert store.spent() == {"load": 1, "record": 1}
    assets.dispose(office.context(), made.id, GONE)
    assert store.spent() == {"load": 1, "record": 1}
    assets.find(office.context(), made.id)
    assert store.spent() == {"load": 1}
    list(assets.every(office.context(), GRANT, made.id))
    assert store.spent() == {"heads": 1}
    assets.register_file(office.context())
    assert store.spent() == {"heads": 2}
    threshold(office, 1)
    store.spent()
    list(assets.unregistered(office.context(), GRANT))
    assert store.spent() == {"load": 1, "heads": 1, "standings": 1, "links": 1}

    assert "Registering, changing or disposing of an asset is one load and one record" in re.sub(r"\s+", " ", keys.__doc__ or "")


def test_a_register_that_is_too_long_is_refused_and_never_cut(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(office, 1)
    monkeypatch.setattr(assets, "MOST_CSV_CHARACTERS", 100)

    with pytest.raises(assets.RegisterTooLong, match="The register has 1 assets, too many for one answer"):
        assets.register_file(office.context())
