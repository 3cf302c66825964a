"""The access-pattern table in the docstring of `keys`, held against what really goes over the wire."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Protocol, cast

import pytest
from botocore.client import BaseClient

from chalicelib.domain.chain import START, Kind, Name
from chalicelib.domain.values import replace
from chalicelib.storage import keys
from chalicelib.storage.dynamo import DynamoStore
from chalicelib.storage.store import Batch, CellKey, RecordKey, Standing, Store, Wanted
from chalicelib.storage.wire import Client
from tests.storage.batches import GRANT, REQUEST, change, end_of, everything, whole


@dataclass(slots=True)
class Spent:
    """What went over the wire: each request's operation, and the items that they read and wrote."""

    operations: list[str] = field(default_factory=list)
    read: int = 0
    written: int = 0

    def count(self, operation: str, asked: bytes, answered: bytes) -> None:
        """Count one answered request."""
        self.operations.append(operation)
        match operation:
            case "GetItem":
                self.read += 1
            case "TransactGetItems":
                self.read += len(json.loads(asked)["TransactItems"])
            case "Query":
                self.read += json.loads(answered)["Count"]
            case "TransactWriteItems":
                self.written += len(json.loads(asked)["TransactItems"])


@pytest.fixture(scope="module")
def full(client: Client, new_table: Callable[[], str]) -> DynamoStore:
    """A store with seven large grants, the largest of 12 records, and with balances and standings."""
    store = DynamoStore(client, new_table())
    large, seen = "x" * 200_000, START
    for number in range(6):
        changed = change(GRANT, f"{number} {large}", f"{number} {large}", state=large, seen=seen)
        seen = end_of(changed)
        standing = Standing(GRANT.id, seen.seq, large, 100)
        balances = {cell: {"paid": 100} for cell in cells(3)}
        other = Name(Kind.GRANT, f"ssf-{number}")
        its_own = {(other.id, "-#2023-24#revenue"): {"paid": 100}}
        store.record(Batch(changes=(changed,), opened=(standing,), balances=balances))
        store.record(Batch(changes=(change(other, "first", state=large),), balances=its_own))
    return store


class Sent(Protocol):
    """What botocore is about to send."""

    body: bytes


@pytest.fixture
def spent(client: Client) -> Iterator[Spent]:
    """Counts every request that the client sends, retries included."""
    counted, bodies = Spent(), list[bytes]()
    events = cast("BaseClient", client).meta.events

    def remember(request: Sent, **_: object) -> None:
        bodies.append(request.body)

    def count(event_name: str, response_dict: Mapping[str, bytes], **_: object) -> None:
        counted.count(event_name.rpartition(".")[2], bodies[-1], response_dict["body"])

    events.register("before-send.dynamodb", remember)
    events.register("response-received.dynamodb", count)
    yield counted
    events.unregister("before-send.dynamodb", remember)
    events.unregister("response-received.dynamodb", count)


@dataclass(frozen=True, slots=True)
class Cost:
    """A row of the table: the operation, and what it says in the columns of round trips, items read and items written."""

    operation: str
    round_trips: str
    read: str
    written: str


def the_table() -> dict[str, Cost]:
    """The table in the docstring of `keys`, by access pattern."""
    about = (keys.__doc__ or "").partition("Requests about quarters")[0]
    lines = [line.strip() for line in about.splitlines() if line.strip().startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return {pattern: Cost(*costs) for pattern, *costs in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One access pattern tried: what is called, and what `n`, `rows` and `pages` are in it."""

    call: Callable[[Store], object]
    n: int = 0
    rows: int = 0
    pages: int = 0
    writes: bool = False

    def figure(self, cell: str) -> int:
        """What a cell of the table comes to in this case."""
        figures = {"n": self.n, "n / 100": ceil(self.n / 100), "rows": self.rows, "pages": self.pages}
        return figures[cell] if cell in figures else int(cell)


def cells(count: int) -> tuple[CellKey, ...]:
    """As many balances of the grant, none of which is there."""
    return tuple((GRANT.id, f"initiative-{number}#2023-24-Q3#capital") for number in range(count))


def firsts(count: int) -> tuple[RecordKey, ...]:
    """As many of the grant's records, from the first on."""
    return tuple((GRANT, seq) for seq in range(1, count + 1))


CASES = {
    "load one item": Case(call=lambda store: store.load(Wanted(heads=(GRANT,)))),
    "load up to 100 items": Case(call=lambda store: store.load(replace(everything(), balances=cells(95), records=firsts(2))), n=100),
    "load more than 100 items": Case(call=lambda store: store.load(replace(everything(), balances=cells(247))), n=250),
    "record a batch": Case(call=lambda store: store.record(whole("first", "second")), n=7, writes=True),
    "heads of one kind": Case(call=lambda store: list(store.heads(Kind.GRANT)), rows=7, pages=2),
    "heads of one kind, the first few": Case(call=lambda store: list(store.heads(Kind.GRANT, limit=3)), rows=3),
    "links of one aggregate": Case(call=lambda store: list(store.links(GRANT)), rows=12, pages=3),
    "links of one aggregate, some": Case(call=lambda store: list(store.links(GRANT, after=9, until=11)), rows=2),
    "bodies of one aggregate": Case(call=lambda store: list(store.bodies(GRANT)), rows=12, pages=3),
    "balances of every grant": Case(call=lambda store: list(store.balances()), rows=9, pages=1),
    "balances of one grant": Case(call=lambda store: list(store.balances(GRANT.id)), rows=3, pages=1),
    "standings of one grant": Case(call=lambda store: list(store.standings(GRANT.id)), rows=6, pages=2),
}


@pytest.mark.parametrize("pattern", CASES)
def test_a_pattern_costs_what_the_table_says(pattern: str, full: DynamoStore, dynamo: DynamoStore, spent: Spent) -> None:
    case, cost = CASES[pattern], the_table()[pattern]

    case.call(dynamo if case.writes else full)

    assert spent.operations == [cost.operation] * case.figure(cost.round_trips)
    assert (spent.read, spent.written) == (case.figure(cost.read), case.figure(cost.written))


def test_every_row_of_the_table_is_tried() -> None:
    assert list(CASES) == list(the_table())


def test_a_page_that_fills_a_limit_asks_for_no_other(full: DynamoStore, spent: Spent) -> None:
    assert len(list(full.heads(Kind.GRANT, limit=7))) == 7
    assert len(list(full.links(GRANT, limit=2))) == 2

    assert spent.operations == ["Query"] * 3  # the seven heads fill more than a megabyte


def test_pages_are_fetched_only_as_they_are_read(full: DynamoStore, spent: Spent) -> None:
    links = full.links(GRANT)
    assert spent.operations == []

    next(links)
    assert spent.operations == ["Query"]


def test_nothing_is_asked_for_nothing(full: DynamoStore, spent: Spent) -> None:
    full.load(Wanted())
    assert list(full.links(GRANT, after=5, until=5)) == []

    assert spent.operations == []


def test_a_wide_load_reads_heads_and_request_before_all_else(client: Client, new_table: Callable[[], str]) -> None:
    asked: list[str] = []

    def remember(request: Sent, **_: object) -> None:
        asked.append(" ".join(get["Get"]["Key"]["pk"]["S"] for get in json.loads(request.body)["TransactItems"]))

    events = cast("BaseClient", client).meta.events
    events.register("before-send.dynamodb.TransactGetItems", remember)
    DynamoStore(client, new_table()).load(Wanted(heads=(GRANT,), balances=cells(120), request=REQUEST))
    events.unregister("before-send.dynamodb.TransactGetItems", remember)

    assert [pks.split()[:3] for pks in asked] == [["heads#grant", "request#officer-1", "balances"], ["balances"] * 3]
