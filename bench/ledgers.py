"""Ledgers of a given length, each twice on one embedded DynamoDB: as Streetlight keeps it, and conventionally."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One office's ledger: through `context` ours, in `table` the conventional one. `client` is what `context` reads with."""

    context: Context
    client: Client
    table: Table
    grants: Mapping[str, Grant]


class Ledgers:
    """The ledgers of one run, each made when it is first asked for."""

    def __init__(self, endpoint_url: str, folder: Path) -> None:
        self._endpoint_url = endpoint_url
        self._folder = folder
        self._client = dynamodb_client(region="eu-west-2", endpoint_url=endpoint_url)
        self._made: dict[int, Ledger] = {}
        self._numbers = count(1)

    def of(self, entries: int) -> Ledger:
        """The ledger with so many entries, beside its awards and allocations. For reading only."""
        if entries not in self._made:
            started = time.perf_counter()
            self._made[entries] = self.new(entries)
            print(f"  (made a ledger of {entries:,} entries, both ways, in {time.perf_counter() - started:.0f} s)", flush=True)
        return self._made[entries]

    def new(self, entries: int = 0) -> Ledger:
        """A ledger that nobody else is given."""
        number = next(self._numbers)
        ours, theirs = f"ours-{number}", f"conventional-{number}"
        for name in (ours, theirs):
            ensure_table_with(self._client, name)
        context = context_on(DynamoStore(self._client, ours), self._folder / ours)
        open_office(context)
        self._fill(context, entries, ours, theirs)
        return Ledger(
            context=context,
            client=self._client,
            table=conventional.table_at(self._endpoint_url, theirs),
            grants={held.name.id: held.state for held in registers.every(context, Grant)},
        )

    def _fill(self, context: Context, entries: int, ours: str, theirs: str) -> None:
        held = list(registers.every(context, Grant))
        with BulkWriter(self._client) as write:
            for place, grant in enumerate(held):
                cells = {balance.cell: dict(balance.counters) for balance in context.store.balances(grant.name.id)}
                for entry_id, record, entry in reading.entries(context, grant.name.id):
                    write.put(theirs, conventional.item_of(grant.name.id, entry_id, entry, record.reason))
                growth = Growth(grant.state, grant.position, cells)
                # The first grants take one more where the entries do not divide evenly.
                for posted in growth.post(entries // len(held) + (place < entries % len(held))):
                    record_key = keys.record(growth.name, posted.link.seq)
                    write.put(ours, item(record_key, {"body": posted.link.body, "hash": posted.link.hash}))
                    write.put(theirs, conventional.item_of(growth.name.id, posted.entry_id, posted.entry, posted.reason))
                for cache in caches(growth):
                    write.put(ours, cache)


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
