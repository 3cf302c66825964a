"""What every store checks of a batch before it writes: a store cannot be made to hold a broken chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.domain.chain import unbroken
from chalicelib.storage.store import ATOMIC_LIMIT, Batch, BatchTooLarge, Change

TRANSACTION_BYTES = 4_000_000
"""DynamoDB allows 4 MB in one transaction."""

ITEM_BYTES = 390_000
"""DynamoDB allows 400 KB in one item; the rest is for keys and attribute names."""


def admit(batch: Batch) -> None:
    """Check that a batch is whole and fits in one transaction.

    Raises BatchTooLarge, ChainBroken when a change's links do not follow from what it saw, and ValueError
    when the batch changes nothing, changes one item twice or has a part that says nothing.
    """
    if batch.size > ATOMIC_LIMIT:
        raise BatchTooLarge(f"{batch.size} items in one batch; {ATOMIC_LIMIT} fit")
    _admit_texts(batch)
    if not batch.changes:
        raise ValueError("a batch without changes")
    _admit_once("aggregate", (change.name for change in batch.changes))
    _admit_once("standing", _standings(batch))
    for change in batch.changes:
        _admit_links(change)
    for cell, counters in batch.balances.items():
        if not counters:
            raise ValueError(f"balance {cell} does not move")


def _admit_links(change: Change) -> None:
    if not change.links:
        raise ValueError(f"a change of {change.name} without a record")
    for _ in unbroken(change.name, change.links, change.seen):
        pass


def _admit_once(what: str, keys: Iterable[object]) -> None:
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"{what} {key} twice in one batch")
        seen.add(key)


def _standings(batch: Batch) -> Iterator[tuple[str, int]]:
    for standing in batch.opened:
        yield standing.grant_id, standing.seq
    yield from batch.changed


def _admit_texts(batch: Batch) -> None:
    total = 0
    for text in _texts(batch):
        size = len(text.encode())
        total += size
        if size > ITEM_BYTES or total > TRANSACTION_BYTES:
            raise BatchTooLarge(f"{size} bytes in one item, {total} so far; {ITEM_BYTES} and {TRANSACTION_BYTES} fit")


def _texts(batch: Batch) -> Iterator[str]:
    for change in batch.changes:
        yield change.state
        for link in change.links:
            yield link.body
    for standing in batch.opened:
        yield standing.about
    yield from batch.marked.values()
    if batch.request:
        yield batch.request[1].body
