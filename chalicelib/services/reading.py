"""Reading chains: every record passes the hash check on its way, so no figure is ever made from a broken chain.

Records read from the first on are checked against the whole chain. Those read from further on are checked from there: each
names the hash before its own. Only `history` gives records as they are stored, whatever they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

import msgspec

from chalicelib.context import Context
from chalicelib.domain.aggregates import Record
from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import START, Kind, Link, Name, unbroken
from chalicelib.domain.chain import Position as ChainPosition
from chalicelib.domain.entries import Entry, EntryKind, entry_id
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.exports import Scope
from chalicelib.domain.grants import Grant
from chalicelib.domain.summaries import Held as HeldBalance
from chalicelib.reports.bodies import ENTRY_KINDS, Body, decode
from chalicelib.services import registers
from chalicelib.services.unit import Held, View
from chalicelib.storage import items
from chalicelib.storage.store import Wanted

Position = Mapping[str, int]
"""How far each grant's chain is read: the last record's number, by grant id. A grant not named is left out."""

_GRANTS_AT_ONCE = 10
"""How many grants are looked up at first for a page of entries, which one or two of them nearly always fill."""


def records(context: Context, name: Name, until: int | None = None) -> Iterator[Record]:
    """An aggregate's records from the first, up to and including record `until`, each checked against the chain.

    Raises ChainBroken, also when the chain ends before `until`.
    """
    for link in _links(context, name, until):
        yield items.record_of(name, link)


def _bodies(context: Context, name: Name, until: int) -> Iterator[Body]:
    """The same records, read no further than sums need."""
    text = str(name)
    for link in _links(context, name, until):
        yield decode(link.body, text, link.seq)


def _links(context: Context, name: Name, until: int | None) -> Iterator[Link]:
    seq = 0
    for link in unbroken(name, context.store.links(name, until=until)):
        seq = link.seq
        yield link
    if until is not None and seq != until:
        raise ChainBroken(aggregate=str(name), seq=seq + 1, why=f"is missing: the chain should reach record {until}")


def _records_after(context: Context, name: Name, after: int, until: int | None = None, at_once: int | None = None) -> Iterator[Record]:
    """The records after record `after`, checked without reading what comes before them, `at_once` at first. Raises ChainBroken."""
    links = _links_after(context, name, after, until, at_once)
    for first in links:
        start = START if after == 0 else ChainPosition(after, _previous_hash(name, first))
        for link in unbroken(name, chain((first,), links), start):
            yield _readable(name, link)


def _links_after(context: Context, name: Name, after: int, until: int | None, at_once: int | None) -> Iterator[Link]:
    while True:
        taken = 0
        for link in context.store.links(name, after=after, until=until, limit=at_once):
            taken, after = taken + 1, link.seq
            yield link
        if at_once is None or taken < at_once:
            return
        at_once *= registers.NEXT_TIME


def _previous_hash(name: Name, link: Link) -> str:
    """The hash that a record says it follows."""
    try:
        return _follows(link.body).previous_hash
    except ValueError as error:
        raise ChainBroken(aggregate=str(name), seq=link.seq, why=f"cannot be read: {error}") from error


def _readable(name: Name, link: Link) -> Record:
    try:
        return items.record_of(name, link)
    except ValueError as error:
        raise ChainBroken(aggregate=str(name), seq=link.seq, why=f"cannot be read: {error}") from error


class _Follows(msgspec.Struct):
    """What a record's body says it follows."""

    previous_hash: str


_follows = msgspec.json.Decoder(_Follows).decode


def entries(context: Context, grant_id: str, until: int | None = None) -> Iterator[tuple[str, Record, Entry]]:
    """A grant's entries in order: id, record and entry. Raises ChainBroken."""
    for record in records(context, Name(Kind.GRANT, grant_id), until):
        if isinstance(record.fact, Entry):
            yield entry_id(grant_id, record.seq), record, record.fact


def fold(context: Context, position: Position, on: date | None = None) -> Iterator[HeldBalance]:
    """The balances as they stood at a position, counting entries dated up to and including `on`.

    Costs one read of every record up to the position. Raises ChainBroken.
    """
    last = on.isoformat() if on else None
    for grant_id, until in sorted(position.items()):
        cells: dict[str, dict[str, int]] = {}
        for body in _bodies(context, Name(Kind.GRANT, grant_id), until):
            entry = body.facts
            if body.kind in ENTRY_KINDS and (last is None or entry.on <= last):
                cell = cells.setdefault(entry.cell, {})
                for counter, pence in entry.moves.items():
                    cell[counter] = cell.get(counter, 0) + pence
        for key in sorted(cells):
            yield grant_id, key, cells[key]


def position_now(context: Context) -> dict[str, int]:
    """How far every grant's chain has come."""
    return {grant.name.id: grant.position.seq for grant in registers.every(context, Grant)}


def history(context: Context, name: Name, after: int, limit: int) -> tuple[Link, ...]:
    """A page of an aggregate's records as they are stored, unchecked, after record `after`. Raises Missing."""
    found = tuple(context.store.links(name, after=after, limit=limit))
    if not found and not after:
        raise Missing(kind=name.kind.value, id=name.id)
    return found


def find_entry(context: Context, grant_id: str, seq: int) -> tuple[Record, Entry]:
    """One entry with its record. Raises Missing, ChainBroken."""
    for record in _records_after(context, Name(Kind.GRANT, grant_id), seq - 1, seq):
        if isinstance(record.fact, Entry):
            return record, record.fact
    raise Missing(kind="entry", id=entry_id(grant_id, seq))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which entries to list: those that match every part given."""

    scope: Scope
    kind: EntryKind | None = None
    initiative_id: str | None = None

    def takes_in(self, entry: Entry) -> bool:
        """Whether an entry of one of the scope's grants is among them."""
        place = entry.place
        return self.scope.takes_in(place) and self.kind in (None, entry.kind) and self.initiative_id in (None, place.initiative_id)


def list_entries(
    context: Context, chosen: Chosen, after: tuple[str, int] = ("", 0), at_once: int | None = None
) -> Iterator[tuple[str, Record, Entry]]:
    """The entries chosen, grant by grant, after the place given; records are read `at_once` at first, and no more than are taken.

    Of one initiative's entries, only the grants that finance it are read: balances tell which. Raises ChainBroken.
    """
    for grant_id in _grants_with(context, chosen, after[0]):
        start = after[1] if grant_id == after[0] else 0
        for record in _records_after(context, Name(Kind.GRANT, grant_id), start, at_once=at_once):
            if isinstance(record.fact, Entry) and chosen.takes_in(record.fact):
                yield entry_id(grant_id, record.seq), record, record.fact


def _grants_with(context: Context, chosen: Chosen, first: str) -> Iterator[str]:
    """The grants that may have entries among those chosen, in order, from the first one on."""
    scope = chosen.scope
    grants: Iterator[Held[Grant]]
    if chosen.initiative_id is not None:
        financing = sorted(_financing(context, chosen.initiative_id, scope.grant_id))
        grants = (registers.find(context, Grant, grant_id) for grant_id in financing)
    elif scope.grant_id is not None:
        grants = iter((registers.find(context, Grant, scope.grant_id),))
    else:
        grants = _grants_from(context, first)
    return (grant.name.id for grant in grants if grant.name.id >= first and _in_grant(scope, grant.state))


def _grants_from(context: Context, first: str) -> Iterator[Held[Grant]]:
    wanted = Wanted(heads=(Name(Kind.GRANT, first),) if first else ())
    if held := View(context.store.load(wanted)).find(Grant, first):
        yield held
    yield from registers.find_all(context, Grant, after=first, at_once=_GRANTS_AT_ONCE)


def _financing(context: Context, initiative_id: str, grant_id: str | None) -> set[str]:
    """The grants in which an initiative has entries: an entry moves a balance of its cell, be it by nothing."""
    balances = context.store.balances(grant_id)
    return {each.grant_id for each in balances if Cell.parse(each.cell).initiative_id == initiative_id}


def _in_grant(scope: Scope, grant: Grant) -> bool:
    return scope.grant_id in (None, grant.id) and scope.fund_id in (None, grant.fund_id)


def grants_in(context: Context, scope: Scope) -> tuple[Held[Grant], ...]:
    """The grants a scope takes in. Raises Missing when it names one that is not there."""
    if scope.grant_id is not None:
        found = registers.find(context, Grant, scope.grant_id)
        return (found,) if _in_grant(scope, found.state) else ()
    return tuple(grant for grant in registers.find_all(context, Grant) if _in_grant(scope, grant.state))
