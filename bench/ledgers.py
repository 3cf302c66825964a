"""Ledgers of a given length, each twice on one embedded DynamoDB: as Streetlight keeps it, and conventionally."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count, repeat
from multiprocessing import get_context
from pathlib import Path

from bench import conventional
from bench.bulk import BulkWriter, StoredItem
from bench.conventional import Table
from bench.growth import Growth
from bench.office import context_on, open_office
from chalicelib.context import Context
from chalicelib.domain.grants import Grant
from chalicelib.services import reading, registers
from chalicelib.storage import items, keys
from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from chalicelib.storage.transaction import item_key
from chalicelib.storage.wire import Client
from local.table import ensure_table_with

_MANY = 20_000
"""From how many entries on processes are worth starting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a ledger is kept: the tables of its two layouts, and a folder for its files. Another process finds it there, too."""

    endpoint_url: str
    folder: Path
    ours: str
    theirs: str

    def opened(self) -> tuple[Client, Context]:
        """A client of the database, and a context on our layout."""
        client = dynamodb_client(region="eu-west-2", endpoint_url=self.endpoint_url)
        return client, context_on(DynamoStore(client, self.ours), self.folder / self.ours)

    def ledger(self) -> Ledger:
        """The ledger that is kept there."""
        client, context = self.opened()
        return Ledger(
            context=context,
            client=client,
            table=conventional.table_at(self.endpoint_url, self.theirs),
            grants={held.name.id: held.state for held in registers.every(context, Grant)},
            place=self,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One office's ledger: through `context` ours, in `table` the conventional one. `client` is what `context` reads with."""

    context: Context
    client: Client
    table: Table
    grants: Mapping[str, Grant]
    place: Place


class Ledgers:
    """The ledgers of one run, each made when it is first asked for; where its folder and database are kept, of later runs, too."""

    def __init__(self, endpoint_url: str, folder: Path) -> None:
        self._endpoint_url = endpoint_url
        self._folder = folder
        self._made: dict[int, Ledger] = {}
        self._numbers = count(1)

    def of(self, entries: int) -> Ledger:
        """The ledger with so many entries, beside its awards and allocations. For reading only."""
        if entries not in self._made:
            place, started = self._place(f"of-{entries}"), time.perf_counter()
            whole = self._folder / f"{place.ours}.whole"
            if not whole.exists():
                _grow(place, entries)
                whole.touch()
                print(f"  (made a ledger of {entries:,} entries, both ways, in {time.perf_counter() - started:.0f} s)", flush=True)
            self._made[entries] = place.ledger()
        return self._made[entries]

    def new(self, entries: int = 0) -> Ledger:
        """A ledger that nobody else is given."""
        place = self._place(f"{os.getpid()}-{next(self._numbers)}")
        _grow(place, entries)
        return place.ledger()

    def _place(self, called: str) -> Place:
        return Place(endpoint_url=self._endpoint_url, folder=self._folder, ours=f"ours-{called}", theirs=f"conventional-{called}")


def _grow(place: Place, entries: int) -> None:
    """Make the tables, the office and its entries: those of each grant in a process of its own, where they are many."""
    client, context = place.opened()
    for name in (place.ours, place.theirs):
        ensure_table_with(client, name)
    grants = [grant.id for grant in open_office(context)]
    # The first grants take one more where the entries do not divide evenly.
    shares = [entries // len(grants) + (number < entries % len(grants)) for number, _ in enumerate(grants)]
    if entries < _MANY:
        for grant_id, share in zip(grants, shares, strict=True):
            _fill(context, place, grant_id, share)
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        list(processes.map(_fill_apart, repeat(place), grants, shares))


def _fill_apart(place: Place, grant_id: str, entries: int) -> None:
    _fill(place.opened()[1], place, grant_id, entries)


def _fill(context: Context, place: Place, grant_id: str, entries: int) -> None:
    """Post so many entries of one grant, both ways."""
    grant = registers.find(context, Grant, grant_id)
    with BulkWriter(place.endpoint_url) as write:
        cells = {balance.cell: dict(balance.counters) for balance in context.store.balances(grant_id)}
        for entry_id, record, entry in reading.entries(context, grant_id):
            write.put(place.theirs, conventional.item_of(grant_id, entry_id, entry, record.reason))
        growth = Growth(grant.state, grant.position, cells)
        for posted in growth.post(entries):
            record_key = keys.record(growth.name, posted.link.seq)
            write.put(place.ours, item(record_key, {"body": posted.link.body, "hash": posted.link.hash}))
            write.put(place.theirs, conventional.item_of(grant_id, posted.entry_id, posted.entry, posted.reason))
        for cache in caches(growth):
            write.put(place.ours, cache)


def caches(growth: Growth) -> Iterator[StoredItem]:
    """The head and the balances that a grown grant's records lead to."""
    at = growth.position
    head = item(keys.head(growth.name), {"hash": at.hash, "state": items.canonical(growth.state)})
    yield {**head, "seq": {"N": str(at.seq)}}
    for cell, counters in growth.cells.items():
        moved = {keys.COUNTER + name: {"N": str(pence)} for name, pence in counters.items()}
        yield {**item_key(keys.balance(growth.name.id, cell)), **moved}


def item(key: keys.Key, texts: Mapping[str, str]) -> StoredItem:
    """An item of ours, of texts alone."""
    return {**item_key(key), **{name: {"S": text} for name, text in texts.items()}}
