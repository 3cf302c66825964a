"""Reading chains: every record passes the hash check on its way, so no figure is ever made from a broken chain.

Records read from the first on are checked against the whole chain. Those read from further on are checked from there, against
the hash of the record before. Only `history` gives records as they are stored, whatever they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from chalicelib.context import Context
from chalicelib.domain.aggregates import Record
from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import START, Kind, Link, Name, followed, unbroken
from chalicelib.domain.chain import Position as ChainPosition
from chalicelib.domain.columns import Cells
from chalicelib.domain.entries import Entry, EntryKind, entry_id
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.exports import Scope
from chalicelib.domain.grants import Grant
from chalicelib.domain.payment_status import Paid
from chalicelib.domain.periods import london_date
from chalicelib.domain.quarter_states import PeriodClosed
from chalicelib.domain.values import Struct, field
from chalicelib.reports.sums import Sums, add
from chalicelib.services import registers
from chalicelib.services.unit import Held, View
from chalicelib.storage import items
from chalicelib.storage.store import RecordKey, Wanted

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


def _links(context: Context, name: Name, until: int | None) -> Iterator[Link]:
    seq = 0
    for link in unbroken(name, context.store.links(name, until=until)):
        seq = link.seq
        yield link
    if until is not None and seq != until:
        raise ChainBroken(aggregate=str(name), seq=seq + 1, why=f"is missing: the chain should reach record {until}")


def records_after(
    context: Context, name: Name, after: int, until: int | None = None, *, limit: int | None = None, at_once: int | None = None
) -> Iterator[Record]:
    """The records after record `after`, checked without reading what comes before them. Raises ChainBroken.

    At most `limit` of them; or, where no limit is given, all of them, `at_once` at first.
    """
    start, links = _after(context, name, after, until=until, limit=limit or at_once)
    further = links if limit else _and_further(context, name, links, until, at_once)
    for link in unbroken(name, further, start):
        yield readable(name, link)


def _and_further(context: Context, name: Name, links: Iterator[Link], until: int | None, at_once: int | None) -> Iterator[Link]:
    """The links that were read first, at most `at_once`, and more each next time until there are no others."""
    while True:
        taken = last = 0
        for link in links:
            taken, last = taken + 1, link.seq
            yield link
        if at_once is None or taken < at_once:
            return
        at_once *= registers.NEXT_TIME
        links = context.store.links(name, after=last, until=until, limit=at_once)


def _after(
    context: Context, name: Name, after: int, *, until: int | None = None, limit: int | None = None
) -> tuple[ChainPosition, Iterator[Link]]:
    """The links after record `after`, and where that record stands, which is read with them. Raises ChainBroken when it is gone."""
    if after == 0:
        return START, context.store.links(name, until=until, limit=limit)
    links = context.store.links(name, after=after - 1, until=until, limit=limit and limit + 1)
    before = next(links, None)
    if before is None:
        return ChainPosition(after, ""), links
    if before.seq != after:
        raise ChainBroken(aggregate=str(name), seq=after, why=f"is missing: record {before.seq} comes next")
    return ChainPosition(after, before.hash), links


def readable(name: Name, link: Link) -> Record:
    """The record that a link holds. Raises ChainBroken where it holds none."""
    try:
        return items.record_of(name, link)
    except ValueError as error:
        raise ChainBroken(aggregate=str(name), seq=link.seq, why=f"cannot be read: {error}") from error


def entries(context: Context, grant_id: str, until: int | None = None) -> Iterator[tuple[str, Record, Entry]]:
    """A grant's entries in order: id, record and entry. Raises ChainBroken."""
    for record in records(context, Name(Kind.GRANT, grant_id), until):
        if isinstance(record.fact, Entry):
            yield entry_id(grant_id, record.seq), record, record.fact


def entries_after(context: Context, grant_id: str, after: int, at_once: int | None = None) -> Iterator[tuple[str, Record, Entry]]:
    """A grant's entries after record `after`, in order: id, record and entry. Records are read `at_once` at first. Raises ChainBroken."""
    for record in records_after(context, Name(Kind.GRANT, grant_id), after, at_once=at_once):
        if isinstance(record.fact, Entry):
            yield entry_id(grant_id, record.seq), record, record.fact


class Folded(Struct, frozen=True, kw_only=True):
    """A grant's money as its records make it: counters in pence by cell, and what each quarter that was closed reported."""

    grant_id: str
    cells: dict[str, dict[str, int]] = field(default_factory=dict)
    reported: dict[str, Cells] = field(default_factory=dict)


def fold(context: Context, position: Position, on: date | None = None) -> Iterator[Folded]:
    """Each grant as it stood at a position, counting entries dated up to and including `on`, and closings of those days.

    Costs one read of every record up to the position. Raises ChainBroken.
    """
    for grant_id, until in sorted(position.items()):
        name, folded = Name(Kind.GRANT, grant_id), Folded(grant_id=grant_id)
        sums = Sums(name, last=on.isoformat() if on else None)
        for link in _links(context, name, until):
            sums.take((link.body,), link.seq)
            if sums.closings[-1:] == [link.seq]:
                record, closed = closing_in(name, link)
                if on is None or london_date(record.at) <= on:
                    folded.reported[closed.quarter] = closed.cells
        for each in sums:
            add(folded.cells.setdefault(each.cell, {}), each.moves)
        yield folded


def closing_in(name: Name, link: Link) -> tuple[Record, PeriodClosed]:
    """A link's record and the closing that it is. Raises ChainBroken where it is none, or cannot be read."""
    record = readable(name, link)
    return record, _closing(record)


def _closing(record: Record) -> PeriodClosed:
    if not isinstance(record.fact, PeriodClosed):
        raise ChainBroken(aggregate=str(record.name), seq=record.seq, why="should be the closing of a quarter")
    return record.fact


def some(context: Context, wanted: Mapping[RecordKey, str]) -> dict[RecordKey, Record]:
    """Records of any aggregates by name and number, each checked against the one before it; `wanted` says what each should be.

    Costs a load of two records for each, however many there are between them. Raises ChainBroken.
    """
    before = tuple((name, seq - 1) for name, seq in wanted if seq > 1)
    links = context.store.load(Wanted(records=tuple(dict.fromkeys((*wanted, *before))))).links if wanted else {}
    found: dict[RecordKey, Record] = {}
    for (name, seq), what in wanted.items():
        previous, link = links.get((name, seq - 1)), links.get((name, seq))
        if link is None:
            raise ChainBroken(aggregate=str(name), seq=seq, why=f"is missing: it should be {what}")
        if previous is None and seq > 1:
            raise ChainBroken(aggregate=str(name), seq=seq - 1, why=f"is missing: {what} follows it")
        start = ChainPosition(seq - 1, previous.hash) if previous else START
        for checked in unbroken(name, (link,), start):
            found[name, seq] = readable(name, checked)
    return found


def reported(context: Context, grants: Iterable[Held[Grant]], quarter: str | None = None) -> dict[str, dict[str, Cells]]:
    """What the quarters of grants (or one of them only) reported when they were last closed: their cells, by grant and quarter.

    Costs a load of two records for each, the closing and the one before, however many entries there are. Raises ChainBroken.
    """
    wanted = {
        (grant.name, period.closing.position): text
        for grant in grants
        for text, period in grant.state.periods.items()
        if period.closing and quarter in (None, text)
    }
    closings = some(context, {at: f"the closing of {text}" for at, text in wanted.items()})
    found: dict[str, dict[str, Cells]] = {}
    for (name, seq), text in wanted.items():
        found.setdefault(name.id, {})[text] = _closing(closings[name, seq]).cells
    return found


def position_now(context: Context) -> dict[str, int]:
    """How far every grant's chain has come."""
    return {grant.name.id: grant.position.seq for grant in registers.every(context, Grant)}


def history(context: Context, name: Name, after: int, limit: int) -> tuple[tuple[str, Link], ...]:
    """A page of an aggregate's records as they are stored, unchecked, after record `after`: each with the hash before its own.

    Raises Missing.
    """
    start, links = _after(context, name, after, limit=limit)
    found, previous_hash = [], followed(name, start)
    for link in links:
        found.append((previous_hash, link))
        previous_hash = link.hash
    if not found and not after:
        raise Missing(kind=name.kind.value, id=name.id)
    return tuple(found)


def find_entry(context: Context, grant_id: str, seq: int) -> tuple[Record, Entry]:
    """One entry with its record. Raises Missing, ChainBroken."""
    for record in records_after(context, Name(Kind.GRANT, grant_id), seq - 1, seq):
        if isinstance(record.fact, Entry):
            return record, record.fact
    raise Missing(kind="entry", id=entry_id(grant_id, seq))


def paid(context: Context, grant_id: str, seq: int) -> Paid | None:
    """What was last said of an entry's payment. It stands with what is left of the entry, so no record after it is read."""
    standing = context.store.load(Wanted(standings=((grant_id, seq),))).standings.get((grant_id, seq))
    return items.standing_of(standing).paid if standing else None


class Chosen(Struct, frozen=True, kw_only=True):
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
        for named, record, entry in entries_after(context, grant_id, start, at_once):
            if chosen.takes_in(entry):
                yield named, record, entry


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
