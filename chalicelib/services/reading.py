"""Reading chains: every record passes the hash check on its way, so no figure is ever made from a broken chain.

Records read from the first on are checked against the whole chain. Those read from further on are checked from there: each
names the hash before its own. Only `history` gives records as they are stored, whatever they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain

import msgspec

from chalicelib.context import Context
from chalicelib.domain.aggregates import Record
from chalicelib.domain.chain import START, Kind, Link, Name, unbroken
from chalicelib.domain.chain import Position as ChainPosition
from chalicelib.domain.entries import Entry, EntryKind, entry_id
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.exports import Scope
from chalicelib.domain.grants import Grant
from chalicelib.domain.summaries import Held as HeldBalance
from chalicelib.reports.bodies import ENTRY_KINDS, Body, decode
from chalicelib.services import registers
from chalicelib.services.unit import Held
from chalicelib.storage import items

Position = Mapping[str, int]
"""How far each grant's chain is read: the last record's number, by grant id. A grant not named is left out."""


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


def _records_after(context: Context, name: Name, after: int, until: int | None = None) -> Iterator[Record]:
    """The records after record `after`, checked without reading what comes before them. Raises ChainBroken."""
    links = context.store.links(name, after=after, until=until)
    for first in links:
        start = START if after == 0 else ChainPosition(after, _previous_hash(name, first))
        for link in unbroken(name, chain((first,), links), start):
            yield _readable(name, link)


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


def list_entries(
    context: Context,
    scope: Scope,
    kind: EntryKind | None,
    initiative_id: str | None,
    after: tuple[str, int],
) -> Iterator[tuple[str, Record, Entry]]:
    """The entries that match every part given, grant by grant, after the place given. Reads no more than is taken.

    Raises ChainBroken.
    """
    for grant in registers.find_all(context, Grant):
        if grant.name.id < after[0] or not _in_grant(scope, grant.state):
            continue
        start = after[1] if grant.name.id == after[0] else 0
        for record in _records_after(context, grant.name, start):
            entry = record.fact
            if not isinstance(entry, Entry) or not matches(scope, entry):
                continue
            if (kind is None or entry.kind is kind) and initiative_id in (None, entry.place.initiative_id):
                yield entry_id(grant.name.id, record.seq), record, entry


def _in_grant(scope: Scope, grant: Grant) -> bool:
    return scope.grant_id in (None, grant.id) and scope.fund_id in (None, grant.fund_id)


def grants_in(context: Context, scope: Scope) -> tuple[Held[Grant], ...]:
    """The grants a scope takes in. Raises Missing when it names one that is not there."""
    if scope.grant_id is not None:
        found = registers.find(context, Grant, scope.grant_id)
        return (found,) if _in_grant(scope, found.state) else ()
    return tuple(grant for grant in registers.find_all(context, Grant) if _in_grant(scope, grant.state))


def matches(scope: Scope, entry: Entry) -> bool:
    """Whether an entry lies in a scope's financial year and quarter."""
    return scope.takes_in(entry.place)
