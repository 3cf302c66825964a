"""A store in memory, for tests: the same protocol, the same errors, one lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from threading import Lock
from typing import TypeVar

from chalicelib.domain.chain import START, Kind, Link, Name, Position
from chalicelib.storage import keys
from chalicelib.storage.admission import admit
from chalicelib.storage.store import (
    Answered,
    Balance,
    Batch,
    CellKey,
    Change,
    Counters,
    DocumentTaken,
    EntryKey,
    Head,
    RequestKey,
    Snapshot,
    Stale,
    Standing,
    StandingMissing,
    Wanted,
)
from chalicelib.storage.transaction import writes_of

_PAGE = 100
"""How many bodies make a page."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class MemoryStore:
    """A ledger store that forgets everything with the process. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._heads: dict[Name, Head] = {}
        self._links: dict[Name, list[Link]] = {}
        self._balances: dict[CellKey, dict[str, int]] = {}
        self._standings: dict[EntryKey, Standing] = {}
        self._answers: dict[RequestKey, Answered] = {}
        self._documents: dict[str, str] = {}

    def load(self, wanted: Wanted) -> Snapshot:
        """One atomic view of what is wanted; see `Store.load`."""
        _refuse_bad_keys(wanted)
        with self._lock:
            return Snapshot(
                heads=_found(self._heads, wanted.heads),
                balances={key: dict(counters) for key, counters in _found(self._balances, wanted.balances).items()},
                standings=_found(self._standings, wanted.standings),
                documents=_found(self._documents, wanted.documents),
                links={key: link for key in wanted.records for link in self._links.get(key[0], ()) if link.seq == key[1]},
                answered=self._answers.get(wanted.request) if wanted.request else None,
            )

    def record(self, batch: Batch) -> None:
        """Write the whole batch or nothing; see `Store.record`."""
        admit(batch)
        writes_of(batch, "memory")  # refuses what no key can be made of, as every store does
        with self._lock:
            self._refuse_stale(batch)
            self._refuse_taken(batch)
            self._refuse_missing(batch)
            self._write(batch)

    def heads(self, kind: Kind, *, after: str = "", limit: int | None = None) -> Iterator[Head]:
        """The heads of one kind in order of id, after the id given, at most `limit` of them."""
        with self._lock:
            found = sorted(
                (head for name, head in self._heads.items() if name.kind is kind and name.id > after),
                key=lambda head: head.name,
            )
        return islice(iter(found), limit)

    def links(self, name: Name, *, after: int = 0, until: int | None = None, limit: int | None = None) -> Iterator[Link]:
        """An aggregate's links in order: those after record `after`, up to and including record `until`."""
        keys.aggregate(name)
        with self._lock:
            links = list(self._links.get(name, ()))
        return islice((link for link in links if after < link.seq and (until is None or link.seq <= until)), limit)

    def bodies(self, name: Name, *, after: int = 0, until: int | None = None) -> Iterator[Sequence[str]]:
        """The bodies of an aggregate's records after record `after`, up to and including record `until`, a page at a time."""
        links = self.links(name, after=after, until=until)
        while page := [link.body for link in islice(links, _PAGE)]:
            yield page

    def balances(self, grant_id: str | None = None) -> Iterator[Balance]:
        """All balances, or those of one grant, in order of key."""
        with self._lock:
            found = [
                Balance(grant, cell, dict(counters))
                for (grant, cell), counters in sorted(self._balances.items())
                if grant_id in (None, grant)
            ]
        return iter(found)

    def standings(self, grant_id: str) -> Iterator[Standing]:
        """All standings of one grant, in order of record number."""
        with self._lock:
            found = sorted(
                (standing for standing in self._standings.values() if standing.grant_id == grant_id),
                key=lambda standing: standing.seq,
            )
        return iter(found)

    def _refuse_stale(self, batch: Batch) -> None:
        if batch.request and batch.request[0] in self._answers:
            raise Stale(f"request {batch.request[0].key} was answered meanwhile")
        for change in batch.changes:
            if self._position(change.name) != change.seen:
                raise Stale(f"{change.name} has moved on from record {change.seen.seq}")
        for standing in batch.opened:
            if (standing.grant_id, standing.seq) in self._standings:
                raise Stale(f"standing {standing.grant_id}.{standing.seq} is there already")

    def _position(self, name: Name) -> Position:
        head = self._heads.get(name)
        return head.position if head else START

    def _refuse_taken(self, batch: Batch) -> None:
        for key in batch.documents:
            if key in self._documents:
                raise DocumentTaken(key=key, entered_as=self._documents[key])

    def _refuse_missing(self, batch: Batch) -> None:
        for grant_id, seq in batch.changed:
            if (grant_id, seq) not in self._standings:
                raise StandingMissing(grant_id=grant_id, seq=seq)

    def _write(self, batch: Batch) -> None:
        for change in batch.changes:
            self._write_change(change)
        for cell, moved in batch.balances.items():
            self._move_balance(cell, moved)
        for standing in batch.opened:
            self._standings[standing.grant_id, standing.seq] = standing
        for key in batch.changed:
            was = self._standings[key]
            left = was.left_pence + batch.moved.get(key, 0)
            self._standings[key] = Standing(was.grant_id, was.seq, was.about, left, batch.marked.get(key, was.mark))
        if batch.request:
            request, answered = batch.request
            self._answers[request] = answered
        self._documents.update(batch.documents)

    def _write_change(self, change: Change) -> None:
        last = change.links[-1]
        self._links.setdefault(change.name, []).extend(change.links)
        self._heads[change.name] = Head(change.name, Position(last.seq, last.hash), change.state)

    def _move_balance(self, cell: CellKey, moved: Counters) -> None:
        counters = self._balances.setdefault(cell, {})
        for name, pence in moved.items():
            counters[name] = counters.get(name, 0) + pence


def _refuse_bad_keys(wanted: Wanted) -> None:
    """Raises ValueError for what no key can be made of, as every store does."""
    for name in wanted.heads:
        keys.head(name)
    for cell in wanted.balances:
        keys.balance(*cell)
    for entry in wanted.standings:
        keys.standing(*entry)
    for each in wanted.records:
        keys.record(*each)
    if wanted.request:
        keys.request(wanted.request.subject, wanted.request.key)


def _found(things: Mapping[Key, Value], keys: tuple[Key, ...]) -> dict[Key, Value]:
    return {key: things[key] for key in keys if key in things}
