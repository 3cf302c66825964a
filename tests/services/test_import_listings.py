"""Listings that are not of payments: purchase orders become commitments, and an accruals journal becomes accruals."""

from pathlib import Path

import pytest

from chalicelib.domain.errors import Contradictory
from chalicelib.domain.previews import Status
from chalicelib.domain.profiles import Listing
from chalicelib.domain.suspense import Suspended
from chalicelib.domain.values import replace
from chalicelib.services import registers, suspense
from chalicelib.services.suspense import Elsewhere
from chalicelib.services.verification import verify_all
from chalicelib.storage.memory import MemoryStore
from tests.extracts.layouts import PAYMENTS, row
from tests.services.importing import as_, committed, counts, csv, opened, previewed, shown
from tests.services.offices import Office

GRANT = "ssf-4-example"
ORDERS = csv(
    row(number="PO-1", amount="£1,000.00"),
    row(number="PO-1", centre="SS5", amount="200.00"),
    row(number="PO-2", amount="50.00"),
    row(number="PO-3", centre="GEN"),
)


def office_with(tmp_path: Path, lists: Listing) -> Office:
    office = opened(Office(folder=tmp_path).open())
    return opened(office, replace(PAYMENTS, id="listing", lists=lists))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return office_with(tmp_path, Listing.COMMITMENTS)


def sums(office: Office) -> dict[str, int]:
    """What was moved in all, in pence, but for what was awarded and allocated, by counter."""
    found: dict[str, int] = {}
    for balance in office.store.balances(GRANT):
        for counter, pence in balance.counters.items():
            found[counter] = found.get(counter, 0) + pence
    return {counter: pence for counter, pence in found.items() if pence and counter not in ("awarded", "allocated")}


def problems(office: Office) -> list[str]:
    return [problem for verdict in verify_all(office.context()) for problem in verdict.problems]


@pytest.mark.parametrize(("lists", "counter"), [(Listing.COMMITMENTS, "committed"), (Listing.ACCRUALS, "accrued")])
def test_a_listing_becomes_entries_of_its_kind_once(tmp_path: Path, lists: Listing, counter: str) -> None:
    office = office_with(tmp_path, lists)

    first = committed(office, previewed(office, ORDERS, "listing").state)
    again = previewed(office, ORDERS, "listing").state
    committed(office, again)

    assert (first.posted, first.posted_pence) == (2, 125_000)
    assert counts(again) == {"same": 2, "left_out": 1}
    assert sums(office) == {counter: 125_000}
    assert problems(office) == []


def test_an_order_that_changed_at_its_source_is_corrected_where_somebody_confirms_it(office: Office) -> None:
    committed(office, previewed(office, ORDERS, "listing").state)

    changed = previewed(office, csv(row(number="po 2", amount="80.00"), row(number="PO-4", amount="1.00")), "listing").state
    (order,) = shown(office, changed, Status.CHANGED)
    done = committed(office, changed, order.number)

    assert [(each.entry_id, each.change_pence) for each in order.corrections] == [(f"{GRANT}.10", 3_000)]
    assert (done.posted, done.posted_pence) == (2, 3_100)
    assert sums(office) == {"committed": 128_100}
    assert problems(office) == []


def test_an_invoice_with_the_number_of_an_order_is_another_thing(office: Office) -> None:
    committed(office, previewed(office, ORDERS, "listing").state)

    done = committed(office, previewed(office, csv(row(number="PO-2", amount="50.00"))).state)

    assert done.posted == 1
    assert sums(office) == {"committed": 125_000, "paid": 5_000}


def test_an_order_over_its_allocation_waits_until_there_is_room(office: Office) -> None:
    done = committed(office, previewed(office, csv(row(number="PO-9", centre="SS5", amount="1,500.00")), "listing").state)
    held = registers.find(office.context(), Suspended, f"{done.id}.1").state
    office.allocate("cctv", 50_000)

    suspense.post(as_(office), held.id, Elsewhere(), "There is room now")

    assert (held.problem, held.pence) == ("The allocation does not have enough money left.", 150_000)
    assert sums(office) == {"committed": 150_000}
    assert counts(previewed(office, csv(row(number="PO-9", centre="SS5", amount="1,500.00")), "listing").state) == {"same": 1}
    assert problems(office) == []


def test_an_order_that_could_not_be_known_again_or_is_below_nothing_is_refused(office: Office) -> None:
    rows = row(number=""), row(supplier="REDACTED", number="PO-5"), row(number="PO-6", amount="(5.00)")

    held = previewed(office, csv(*rows), "listing").state

    told = [(each.column, each.value, each.wrong) for refused in shown(office, held, Status.REJECTED) for each in refused.complaints]
    assert told == [
        ("Invoice number", "", "cannot be told from others"),
        ("Invoice number", "PO-5", "cannot be told from others"),
        ("Amount", "-£5.00", "is below nothing"),
    ]


def test_an_order_whose_item_is_gone_is_found(office: Office) -> None:
    committed(office, previewed(office, ORDERS, "listing").state)
    assert isinstance(office.store, MemoryStore)
    office.store._documents.clear()

    assert problems(office) == [
        f"Record {seq} of grant#{GRANT} carries commitment PO-{number} of Lamps Ltd, and nothing keeps that document from being entered "
        "again: its item is gone."
        for seq, number in ((8, 1), (10, 2))
    ]


def test_a_listing_of_orders_says_nothing_of_payments() -> None:
    profile = replace(PAYMENTS, lists=Listing.COMMITMENTS, columns=replace(PAYMENTS.columns, paid_on=("Paid on",)))

    with pytest.raises(Contradictory) as refused:
        profile.checked()

    assert [(each.pointer, each.detail) for each in refused.value.errors] == [
        ("/columns/paid_on", "is for payments: commitments are not paid")
    ]
