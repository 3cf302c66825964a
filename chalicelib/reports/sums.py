"""What a grant's entries add up to, from its records' bodies read no further than that needs. Written for speed: the record is the cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import msgspec

from chalicelib.domain.chain import Name
from chalicelib.domain.entries import moved
from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.quarter_states import PeriodClosed
from chalicelib.domain.values import Struct


class Facts(msgspec.Struct, gc=False):
    """Of an entry's facts what moves its cell, in pence; of other records nothing."""

    amount_pence: int = 0
    cell: str = ""
    counter: str = ""
    on: str = ""
    settles: dict[str, int] | None = None


class Moving(msgspec.Struct, gc=False):
    """A record, as far as it moves money."""

    facts: Facts
    kind: str
    seq: int

    @property
    def moves(self) -> dict[str, int]:
        """What an entry adds to each counter of its cell, in pence."""
        return moved(self.kind, self.facts.amount_pence, self.facts.counter, self.facts.settles)


_decode = msgspec.json.Decoder(Moving).decode


def add(counters: dict[str, int], moves: Mapping[str, int]) -> None:
    """Add to counters what moves them, in pence."""
    for counter, pence in moves.items():
        counters[counter] = counters.get(counter, 0) + pence


class Sum(Struct, frozen=True):
    """Entries of a kind in a cell: what they add to each counter, in pence."""

    kind: str
    cell: str
    moves: dict[str, int]


class Sums:
    """Adds up a grant's entries: by cell and kind, but those of the kinds `singly` each by itself.

    With `last` entries are counted that are dated up to and including that day. `closings` are the numbers of the records that closed
    a quarter.
    """

    def __init__(self, name: Name, singly: frozenset[str] = frozenset(), last: str | None = None) -> None:
        self._name = name
        self._singly = singly
        self._last = last
        self._alone: defaultdict[str, defaultdict[str, int]] = defaultdict(partial(defaultdict, int))
        self._others: dict[tuple[str, str], dict[str, int]] = {}
        self._each: list[Sum] = []
        self.closings: list[int] = []

    def take(self, page: Sequence[str], first: int) -> None:
        """Add up the bodies of the records from record `first` on. Raises ChainBroken where one cannot be read, or is not in its place."""
        alone, singly, last = self._alone, self._singly, self._last
        for seq, text in enumerate(page, first):
            record = self._record(text, seq)
            entry = record.facts
            if not entry.cell:
                if record.kind == PeriodClosed.KIND:
                    self.closings.append(seq)
            elif last is not None and entry.on > last:
                continue
            elif record.kind in singly:
                self._each.append(Sum(record.kind, entry.cell, record.moves))
            elif entry.settles or entry.counter:
                add(self._others.setdefault((record.kind, entry.cell), {}), record.moves)
            else:
                alone[entry.cell][record.kind] += entry.amount_pence

    def _record(self, text: str, seq: int) -> Moving:
        try:
            record = _decode(text)
        except ValueError as error:
            raise ChainBroken(aggregate=str(self._name), seq=seq, why=f"cannot be read: {error}") from error
        if record.seq != seq:
            raise ChainBroken(aggregate=str(self._name), seq=seq, why=f"says that it is record {record.seq}")
        return record

    def __iter__(self) -> Iterator[Sum]:
        """What was added up, those by themselves first, in the order in which they were recorded."""
        yield from self._each
        yield from (Sum(kind, cell, moves) for (kind, cell), moves in self._others.items())
        for cell, kinds in self._alone.items():
            yield from (Sum(kind, cell, moved(kind, pence)) for kind, pence in kinds.items())
