"""What a ledger store does, whatever it is made of.

The store knows chains, balances and standings, not what they mean: states and record bodies pass through
it as canonical JSON text (`chalicelib.storage.items` turns them into the domain's types and back).

    load    every head, balance and standing a decision looks at, and the request's earlier answer: one atomic view
    record  links + heads + balances + standings + the answer + documents: all of it, or nothing
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from chalicelib.domain.chain import START, Kind, Link, Name, Position
from chalicelib.domain.values import Struct, field

Counters = Mapping[str, int]
"""Pence by counter name (`paid`, `committed`, ...); a counter that never moved is absent."""

CellKey = tuple[str, str]
"""A balance's address: the grant's id and the cell's key (`hanley-cctv#2023-24-Q3#capital`)."""

EntryKey = tuple[str, int]
"""An entry's address: the grant's id and the record's number."""

RecordKey = tuple[Name, int]
"""A record's address: its aggregate, and its number there."""

ATOMIC_LIMIT = 100
"""DynamoDB's limit on the items of one transaction."""


class Head(Struct, frozen=True):
    """An aggregate as it stands: how far its chain has come, and its state as canonical JSON."""

    name: Name
    position: Position
    state: str


class Balance(Struct, frozen=True):
    """One cell of one grant, with its counters in pence."""

    grant_id: str
    cell: str
    counters: Counters


class Standing(Struct, frozen=True):
    """What is left of an entry that others may name: facts about it (canonical JSON), the pence that stand, and what was marked last."""

    grant_id: str
    seq: int
    about: str
    left_pence: int
    mark: str = ""


class RequestKey(Struct, frozen=True):
    """An idempotency key, within the person who chose it."""

    subject: str
    key: str


class Answered(Struct, frozen=True):
    """What a request was (a SHA-256 of it) and the body it was answered with."""

    fingerprint: str
    body: str


class Wanted(Struct, frozen=True, kw_only=True):
    """What to load in one atomic view."""

    heads: tuple[Name, ...] = ()
    balances: tuple[CellKey, ...] = ()
    standings: tuple[EntryKey, ...] = ()
    documents: tuple[str, ...] = ()
    records: tuple[RecordKey, ...] = ()
    request: RequestKey | None = None


class Snapshot(Struct, frozen=True, kw_only=True):
    """What was there. What was not there is absent, and a balance that was not there is all zero."""

    heads: Mapping[Name, Head] = field(default_factory=dict)
    balances: Mapping[CellKey, Counters] = field(default_factory=dict)
    standings: Mapping[EntryKey, Standing] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[RecordKey, Link] = field(default_factory=dict)
    answered: Answered | None = None


class Change(Struct, frozen=True, kw_only=True):
    """One aggregate's part of a write: links that follow `seen`, and the state they lead to."""

    name: Name
    seen: Position = START
    links: tuple[Link, ...]
    state: str


class Batch(Struct, frozen=True, kw_only=True):
    """Everything one request writes. `balances` and `moved` are added to what is there; `opened` is new; `marked` replaces.

    `documents` maps a document's key to the entry that first carried it.
    """

    changes: tuple[Change, ...]
    balances: Mapping[CellKey, Counters] = field(default_factory=dict)
    opened: tuple[Standing, ...] = ()
    moved: Mapping[EntryKey, int] = field(default_factory=dict)
    marked: Mapping[EntryKey, str] = field(default_factory=dict)
    request: tuple[RequestKey, Answered] | None = None
    documents: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[EntryKey, ...]:
        """The standings that move or are marked."""
        return tuple({**self.moved, **dict.fromkeys(self.marked, 0)})

    @property
    def size(self) -> int:
        """How many items the write touches."""
        links = sum(len(change.links) + 1 for change in self.changes)
        requests = 1 if self.request else 0
        return links + len(self.balances) + len(self.opened) + len(self.changed) + requests + len(self.documents)


class Stale(Exception):
    """Somebody else wrote to one of the aggregates first, or is writing now: load and decide again."""


class DocumentTaken(Exception):
    """A document's key is in the store already; `entered_as` is the entry that carries it."""

    def __init__(self, *, key: str, entered_as: str) -> None:
        super().__init__(key, entered_as)
        self.key = key
        self.entered_as = entered_as


class StandingMissing(Exception):
    """The batch moves the standing of an entry that has none. Nothing was written; the caller is at fault."""

    def __init__(self, *, grant_id: str, seq: int) -> None:
        super().__init__(grant_id, seq)
        self.grant_id = grant_id
        self.seq = seq


class BatchTooLarge(Exception):
    """More items, or more bytes, than one transaction holds. Nothing was written."""


class StoreBusy(Exception):
    """The store kept throttling. Nothing was written."""


class StoreUnreachable(Exception):
    """The store gave no answer. A write may have happened or not: the request's key will tell."""


class Store(Protocol):
    """A ledger store."""

    def load(self, wanted: Wanted) -> Snapshot:
        """One atomic view of what is wanted.

        When more than `ATOMIC_LIMIT` items are wanted, the heads and the request are read strictly first, so that
        a record made from the view is refused as stale if anything moved in between.
        Raises StoreBusy when the store would not give it after a bounded number of tries.
        """
        ...

    def record(self, batch: Batch) -> None:
        """Write the whole batch or nothing.

        Raises Stale when a head is not where `seen` says (or the request's key was taken meanwhile), DocumentTaken,
        StandingMissing, BatchTooLarge, ChainBroken when the links do not follow from `seen`, and StoreBusy when
        the store would not take it after a bounded number of tries. Where several are true, the first is raised.
        """
        ...

    def heads(self, kind: Kind, *, after: str = "", limit: int | None = None) -> Iterator[Head]:
        """The heads of one kind in order of id, after the id given, at most `limit` of them."""
        ...

    def links(self, name: Name, *, after: int = 0, until: int | None = None, limit: int | None = None) -> Iterator[Link]:
        """An aggregate's links in order: those after record `after`, up to and including record `until`."""
        ...

    def bodies(self, name: Name, *, after: int = 0, until: int | None = None) -> Iterator[Sequence[str]]:
        """The bodies of an aggregate's records in order: those after record `after`, up to and including record `until`, a page at a time.

        For who reads many and checks no hash: half of what `links` costs.
        """
        ...

    def balances(self, grant_id: str | None = None) -> Iterator[Balance]:
        """All balances, or those of one grant, in order of key."""
        ...

    def standings(self, grant_id: str) -> Iterator[Standing]:
        """All standings of one grant, in order of record number."""
        ...
