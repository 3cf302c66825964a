"""What every store does, whatever it is made of: one suite, run on memory, moto and the embedded DynamoDB."""

import pytest

from chalicelib.domain.chain import START, Kind, Name
from chalicelib.domain.values import replace
from chalicelib.storage.store import (
    Answered,
    Balance,
    Batch,
    DocumentTaken,
    Head,
    RequestKey,
    Snapshot,
    Stale,
    Standing,
    StandingMissing,
    Store,
    Wanted,
)
from tests.storage.batches import CELL, GRANT, OTHER, REQUEST, change, end_of, everything, whole


def test_what_was_never_written_is_absent(store: Store) -> None:
    assert store.load(everything()) == Snapshot()
    assert store.load(Wanted(heads=(GRANT,))) == Snapshot()
    assert store.load(Wanted()) == Snapshot()
    assert list(store.heads(Kind.GRANT)) == []
    assert list(store.links(GRANT)) == []
    assert list(store.balances()) == []
    assert list(store.standings(GRANT.id)) == []


def test_a_load_gives_back_all_that_was_recorded(store: Store) -> None:
    batch = whole("first", "second")

    store.record(batch)

    head = Head(GRANT, end_of(batch.changes[0]), '{"state":"active"}')
    assert store.load(everything()) == Snapshot(
        heads={GRANT: head},
        balances={CELL: {"paid": 12_500, "committed": -12_500}},
        standings={(GRANT.id, 1): Standing(GRANT.id, 1, '{"what":"payment"}', 12_500)},
        answered=Answered("f" * 64, '{"id":"1"}'),
    )
    assert store.load(Wanted(heads=(GRANT,))) == Snapshot(heads={GRANT: head})
    assert head.position.seq == 2


def test_a_load_may_name_a_thing_twice_and_things_that_are_not_there(store: Store) -> None:
    store.record(whole("first"))
    cells = tuple((GRANT.id, f"initiative-{number}#2023-24-Q3#capital") for number in range(5))

    snapshot = store.load(Wanted(heads=(GRANT, GRANT), balances=(*cells, CELL), standings=((GRANT.id, 1),), request=REQUEST))

    assert list(snapshot.heads) == [GRANT]
    assert snapshot.balances == {CELL: {"paid": 12_500, "committed": -12_500}}
    assert list(snapshot.standings) == [(GRANT.id, 1)]
    assert snapshot.answered == Answered("f" * 64, '{"id":"1"}')


def test_single_records_are_loaded_by_their_numbers(store: Store) -> None:
    batch = whole("first", "second")
    store.record(batch)

    found = store.load(Wanted(heads=(GRANT,), records=((GRANT, 2), (GRANT, 3), (OTHER, 1)))).links

    assert found == {(GRANT, 2): batch.changes[0].links[1]}
    assert store.load(Wanted(records=((GRANT, 1),))).links == {(GRANT, 1): batch.changes[0].links[0]}


def test_records_come_back_in_order_and_text_as_it_was_written(store: Store) -> None:
    bodies = ('{"reason":"Ynys Môn, £5 — “tŷ”, 🔦"}', '{"tab":"\\t","quote":"\\"","nul":"\\u0000"}', "", '{"é":1}')
    batch = Batch(changes=(change(GRANT, *bodies, state='{"name":"Eglwys-wen 🏮"}'),))

    store.record(batch)

    assert list(store.links(GRANT)) == list(batch.changes[0].links)
    assert store.load(Wanted(heads=(GRANT,))).heads[GRANT].state == '{"name":"Eglwys-wen 🏮"}'


def test_a_second_change_follows_the_first(store: Store) -> None:
    first = change(GRANT, "first")
    second = change(GRANT, "second", "third", seen=end_of(first), state="later")

    store.record(Batch(changes=(first,)))
    store.record(Batch(changes=(second,)))

    assert list(store.links(GRANT)) == [*first.links, *second.links]
    assert store.load(Wanted(heads=(GRANT,))).heads == {GRANT: Head(GRANT, end_of(second), "later")}


@pytest.mark.parametrize(("after", "until", "found"), [(0, None, "abcd"), (1, None, "bcd"), (1, 3, "bc"), (3, 3, ""), (4, None, "")])
def test_some_of_the_bodies_can_be_read_alone(store: Store, after: int, until: int | None, found: str) -> None:
    store.record(Batch(changes=(change(GRANT, *"abcd"),)))

    assert [body for page in store.bodies(GRANT, after=after, until=until) for body in page] == list(found)


def test_a_change_of_what_somebody_else_changed_is_stale_and_writes_nothing(store: Store) -> None:
    first = change(GRANT, "first")
    store.record(Batch(changes=(first,)))
    store.record(Batch(changes=(change(GRANT, "rival", seen=end_of(first)),)))
    late = whole("mine")

    with pytest.raises(Stale):
        store.record(replace(late, changes=(change(GRANT, "mine", seen=end_of(first)),)))

    assert [link.body for link in store.links(GRANT)] == ["first", "rival"]
    assert list(store.balances()) == []
    assert store.load(everything()).answered is None


def test_a_chain_is_started_once(store: Store) -> None:
    store.record(Batch(changes=(change(GRANT, "first"),)))

    with pytest.raises(Stale):
        store.record(Batch(changes=(change(GRANT, "another first"),)))


def test_a_chain_that_nobody_started_cannot_be_continued(store: Store) -> None:
    with pytest.raises(Stale):
        store.record(Batch(changes=(change(GRANT, "second", seen=end_of(change(GRANT, "first"))),)))


def test_the_same_number_with_another_past_is_stale(store: Store) -> None:
    store.record(Batch(changes=(change(GRANT, "first"),)))

    with pytest.raises(Stale):
        store.record(Batch(changes=(change(GRANT, "second", seen=end_of(change(GRANT, "another first"))),)))


def test_two_aggregates_move_together_or_not_at_all(store: Store) -> None:
    store.record(Batch(changes=(change(OTHER, "first"),)))

    with pytest.raises(Stale):
        store.record(Batch(changes=(change(GRANT, "mine"), change(OTHER, "mine, too"))))
    assert list(store.links(GRANT)) == []

    store.record(Batch(changes=(change(GRANT, "mine"), change(OTHER, "mine, too", seen=end_of(change(OTHER, "first"))))))
    assert [link.body for link in store.links(GRANT)] == ["mine"]
    assert [link.body for link in store.links(OTHER)] == ["first", "mine, too"]


def test_a_batch_whose_last_item_fails_writes_nothing(store: Store) -> None:
    batch = replace(whole("first"), moved={(GRANT.id, 7): -100})

    with pytest.raises(StandingMissing) as missing:
        store.record(batch)

    assert (missing.value.grant_id, missing.value.seq) == (GRANT.id, 7)
    assert store.load(everything()) == Snapshot()
    assert list(store.links(GRANT)) == []
    store.record(whole("first"))


def test_a_request_is_recorded_once(store: Store) -> None:
    store.record(whole("first"))
    again = whole("again", name=OTHER)

    with pytest.raises(Stale):
        store.record(replace(again, documents={}))

    assert list(store.links(OTHER)) == []
    assert store.load(everything()).answered == Answered("f" * 64, '{"id":"1"}')


def test_two_people_may_choose_the_same_key(store: Store) -> None:
    theirs = RequestKey("officer-2", REQUEST.key)
    store.record(whole("first"))

    store.record(replace(whole("first", name=OTHER, key=theirs), documents={}))

    assert store.load(Wanted(request=theirs)).answered is not None


def test_a_document_is_entered_once_and_the_refusal_names_its_entry(store: Store) -> None:
    store.record(whole("first"))
    other = whole("first", name=OTHER, key=RequestKey("officer-2", "key-2"))

    with pytest.raises(DocumentTaken) as taken:
        store.record(replace(other, documents={"invoice INV-0": "mine", **other.documents}))

    assert taken.value.key == "invoice INV-1 of example-lighting"
    assert taken.value.entered_as == "ssf-5-warwickshire.1"
    assert list(store.links(OTHER)) == []


def test_a_document_that_was_entered_is_loaded_with_its_entry(store: Store) -> None:
    store.record(whole("first"))

    found = store.load(Wanted(documents=("invoice INV-1 of example-lighting", "invoice INV-2 of example-lighting"))).documents

    assert found == {"invoice INV-1 of example-lighting": "ssf-5-warwickshire.1"}


def test_a_replayed_request_is_stale_although_its_document_is_taken_too(store: Store) -> None:
    store.record(whole("first"))

    with pytest.raises(Stale):
        store.record(whole("first"))


def test_balances_are_added_to(store: Store) -> None:
    first = change(GRANT, "first")
    second = change(GRANT, "second", seen=end_of(first))
    third = change(GRANT, "third", seen=end_of(second))
    store.record(Batch(changes=(first,), balances={CELL: {"paid": 100_00, "committed": 30_00}}))

    store.record(Batch(changes=(second,), balances={CELL: {"paid": -250_00}}))
    store.record(Batch(changes=(third,), balances={CELL: {"refunded": 9_999_999_999_99, "committed": -30_00}}))

    assert list(store.balances()) == [Balance(*CELL, {"paid": -150_00, "committed": 0, "refunded": 9_999_999_999_99})]


def test_balances_come_in_order_of_key_and_by_grant(store: Store) -> None:
    longer = Name(Kind.GRANT, f"{OTHER.id}-b")
    for name in (GRANT, longer, OTHER):
        cells = {(name.id, cell): {"paid": 1} for cell in ("zebra#2023-24#capital", "-#2023-24#revenue")}
        store.record(Batch(changes=(change(name, "first"),), balances=cells))

    assert [(balance.grant_id, balance.cell) for balance in store.balances()] == [
        ("ssf-2-stockton", "-#2023-24#revenue"),
        ("ssf-2-stockton", "zebra#2023-24#capital"),
        ("ssf-2-stockton-b", "-#2023-24#revenue"),
        ("ssf-2-stockton-b", "zebra#2023-24#capital"),
        ("ssf-5-warwickshire", "-#2023-24#revenue"),
        ("ssf-5-warwickshire", "zebra#2023-24#capital"),
    ]
    assert [balance.cell for balance in store.balances(OTHER.id)] == ["-#2023-24#revenue", "zebra#2023-24#capital"]


def test_standings_are_opened_and_moved(store: Store) -> None:
    first = change(GRANT, "commitment", "another")
    opened = (Standing(GRANT.id, 2, "another", 500), Standing(GRANT.id, 1, "commitment", 40_000))
    store.record(Batch(changes=(first,), opened=opened))

    store.record(Batch(changes=(change(GRANT, "payment", seen=end_of(first)),), moved={(GRANT.id, 1): -15_000}))

    assert list(store.standings(GRANT.id)) == [
        Standing(GRANT.id, 1, "commitment", 25_000),
        Standing(GRANT.id, 2, "another", 500),
    ]
    assert store.load(Wanted(standings=((GRANT.id, 1), (GRANT.id, 3)))).standings == {
        (GRANT.id, 1): Standing(GRANT.id, 1, "commitment", 25_000)
    }
    assert list(store.standings(OTHER.id)) == []


def test_standings_are_marked_by_themselves_or_as_they_move_or_are_opened(store: Store) -> None:
    first = change(GRANT, "first", "second", "third")
    opened = (Standing(GRANT.id, 1, "one", 500), Standing(GRANT.id, 2, "two", 700, "from the first"), Standing(GRANT.id, 3, "three", 900))
    store.record(Batch(changes=(first,), opened=opened))
    marked = {(GRANT.id, 1): "paid", (GRANT.id, 2): "paid again"}
    store.record(
        Batch(changes=(change(GRANT, "fourth", seen=end_of(first)),), marked=marked, moved={(GRANT.id, 1): -200, (GRANT.id, 3): -1})
    )

    assert list(store.standings(GRANT.id)) == [
        Standing(GRANT.id, 1, "one", 300, "paid"),
        Standing(GRANT.id, 2, "two", 700, "paid again"),
        Standing(GRANT.id, 3, "three", 899),
    ]
    assert store.load(Wanted(standings=((GRANT.id, 2),))).standings == {(GRANT.id, 2): Standing(GRANT.id, 2, "two", 700, "paid again")}


def test_what_was_never_opened_cannot_be_marked(store: Store) -> None:
    with pytest.raises(StandingMissing):
        store.record(Batch(changes=(change(GRANT, "first"),), marked={(GRANT.id, 7): "paid"}))

    assert list(store.links(GRANT)) == []


def test_a_standing_is_opened_once(store: Store) -> None:
    batch = whole("first")
    store.record(batch)
    second = change(GRANT, "second", seen=end_of(batch.changes[0]))

    with pytest.raises(Stale):
        store.record(Batch(changes=(second,), opened=(Standing(GRANT.id, 1, "another", 1),)))

    assert list(store.standings(GRANT.id)) == list(batch.opened)


def test_heads_page_in_order_of_id(store: Store) -> None:
    for number in ("d", "a", "c", "b", "c-1"):
        store.record(Batch(changes=(change(Name(Kind.INITIATIVE, number), "first"),)))
    store.record(Batch(changes=(change(Name(Kind.FUND, "bb"), "first"),)))

    assert [head.name.id for head in store.heads(Kind.INITIATIVE)] == ["a", "b", "c", "c-1", "d"]
    assert [head.name.id for head in store.heads(Kind.INITIATIVE, limit=2)] == ["a", "b"]
    assert [head.name.id for head in store.heads(Kind.INITIATIVE, after="b", limit=2)] == ["c", "c-1"]
    assert [head.name.id for head in store.heads(Kind.INITIATIVE, after="bb")] == ["c", "c-1", "d"]
    assert list(store.heads(Kind.INITIATIVE, after="d")) == []
    assert list(store.heads(Kind.INITIATIVE, limit=0)) == []


@pytest.mark.parametrize(
    ("after_seq", "until", "limit", "expected"),
    [
        (0, None, None, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        (9, None, None, [10, 11, 12]),
        (0, 3, None, [1, 2, 3]),
        (4, 6, None, [5, 6]),
        (4, 11, 3, [5, 6, 7]),
        (0, None, 1, [1]),
        (0, None, 0, []),
        (12, None, None, []),
        (3, 3, None, []),
        (5, 3, None, []),
        (11, 99_999_999_999, None, [12]),
    ],
)
def test_links_of_a_part_of_a_chain(store: Store, after_seq: int, until: int | None, limit: int | None, expected: list[int]) -> None:
    store.record(Batch(changes=(change(GRANT, *(f"body {number}" for number in range(12))),)))

    assert [link.seq for link in store.links(GRANT, after=after_seq, until=until, limit=limit)] == expected


def test_more_than_one_page_of_results(store: Store) -> None:
    seen, large = START, "é" * 150_000
    for number in range(4):
        changed = change(GRANT, f"{number} {large}", state=large, seen=seen)
        fund = change(Name(Kind.FUND, f"fund-{number}"), "first", state=large)
        store.record(Batch(changes=(changed, fund)))
        seen = end_of(changed)

    links = list(store.links(GRANT))
    assert [(link.seq, link.body[0]) for link in links] == [(1, "0"), (2, "1"), (3, "2"), (4, "3")]
    assert all(link.body.endswith(large) for link in links)
    assert [head.name.id for head in store.heads(Kind.FUND)] == ["fund-0", "fund-1", "fund-2", "fund-3"]
    assert [head.name.id for head in store.heads(Kind.FUND, limit=4)] == ["fund-0", "fund-1", "fund-2", "fund-3"]
    assert [link.seq for link in store.links(GRANT, limit=4)] == [1, 2, 3, 4]


def test_what_a_store_gives_out_cannot_change_what_it_holds(store: Store) -> None:
    store.record(whole("first"))

    next(store.balances()).counters.update(paid=0)  # type: ignore[attr-defined]  # that is what must do no harm

    assert store.load(everything()).balances[CELL] == {"paid": 12_500, "committed": -12_500}
