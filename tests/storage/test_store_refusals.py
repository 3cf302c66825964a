"""What no store takes: the second part of the contract suite, run on memory, moto and the embedded DynamoDB."""

import pytest

from chalicelib.domain.chain import START, Kind, Name, Position
from chalicelib.domain.errors import ChainBroken
from chalicelib.storage.store import (
    Batch,
    BatchTooLarge,
    Change,
    RequestKey,
    Standing,
    Store,
    Wanted,
)
from tests.storage.batches import CELL, GRANT, OTHER, after, change


def test_a_hundred_items_fit_in_a_batch_and_one_more_does_not(store: Store) -> None:
    fits = Batch(changes=(change(GRANT, *(str(number) for number in range(99))),))
    too_many = Batch(changes=(change(OTHER, *(str(number) for number in range(100))),))

    store.record(fits)
    with pytest.raises(BatchTooLarge):
        store.record(too_many)

    assert len(list(store.links(GRANT))) == 99
    assert list(store.links(OTHER)) == []


def test_a_text_that_no_item_holds_is_refused(store: Store) -> None:
    with pytest.raises(BatchTooLarge):
        store.record(Batch(changes=(change(GRANT, "x" * 390_001),)))
    with pytest.raises(BatchTooLarge):
        store.record(Batch(changes=(change(GRANT, *("x" * 380_000 for _ in range(11))),)))
    assert list(store.links(GRANT)) == []


def test_a_chain_with_a_gap_or_a_wrong_hash_is_never_written(store: Store) -> None:
    first, second = after(GRANT, START, "first", "second")
    for links in ((second,), (first, second._replace(body="tampered")), (first, first)):
        with pytest.raises(ChainBroken):
            store.record(Batch(changes=(Change(name=GRANT, links=links, state="{}"),)))


@pytest.mark.parametrize(
    ("batch", "what"),
    [
        (Batch(changes=()), "without changes"),
        (Batch(changes=(Change(name=GRANT, links=(), state="{}"),)), "without a record"),
        (Batch(changes=(change(GRANT, "first"), change(GRANT, "second", seen=Position(1, "0")))), "twice"),
        (Batch(changes=(change(GRANT, "1"),), balances={CELL: {}}), "does not move"),
        (Batch(changes=(change(GRANT, "1"),), opened=(Standing("g", 1, "", 1),), moved={("g", 1): 1}), "twice"),
    ],
)
def test_a_batch_that_makes_no_sense_is_refused(store: Store, batch: Batch, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        store.record(batch)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(heads=(Name(Kind.GRANT, "swan#1"),)),
        Wanted(heads=(GRANT, Name(Kind.GRANT, ""))),
        Wanted(balances=(("swan#1", "-#2023-24#revenue"),)),
        Wanted(standings=(("swan-1", 0),)),
        Wanted(request=RequestKey("officer-1", "")),
        Wanted(request=RequestKey("officer-1", "k" * 1025)),
    ],
)
def test_what_no_key_can_be_made_of_is_refused_and_not_called_absent(store: Store, wanted: Wanted) -> None:
    with pytest.raises(ValueError, match=r"'#'|empty|numbered|1025 bytes"):
        store.load(wanted)


def test_what_no_key_can_be_made_of_is_not_written(store: Store) -> None:
    with pytest.raises(ValueError, match="'#'"):
        store.record(Batch(changes=(change(Name(Kind.GRANT, "swan#1"), "first"),)))
    with pytest.raises(ValueError, match="'#'"):
        list(store.links(Name(Kind.GRANT, "swan#1")))
