"""History in words: of one thing from a record on, and of the whole office between two days.

Nothing is kept for it beside the records. What a thing was before a change is folded from its first record on, and only
where a change that is told of needs it. Days are found by the numbers of records, which follow one another nearly in time:

    records of one thing   1 ... 400 ... 800 ... 1200 ... 1600      a load of forty of them leaves a fortieth to look at
                                    [ the days asked for ]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from chalicelib.context import Context
from chalicelib.domain.aggregates import Record, State, apply
from chalicelib.domain.chain import Kind, Link, Name
from chalicelib.domain.errors import Missing, Refused
from chalicelib.domain.periods import london_date
from chalicelib.domain.values import Struct
from chalicelib.reports.history_csv import heading, rows
from chalicelib.reports.telling import Happened, needs_before, told
from chalicelib.services.reading import readable, records, records_after
from chalicelib.storage.store import Wanted

AT_ONCE = 40
"""How many things are looked at together, and into how many parts a long chain is cut: so many records load as one, large ones too."""

TOGETHER = 100
"""How many records are read together."""

_SLACK = timedelta(days=1)
"""By how much a record may stand before an older one: a scheduled run says the time at which it was to run."""

MOST_ROWS, MOST_CHARACTERS = 10_000, 1_500_000
"""What one file may have: a character has up to 4 bytes, and a Lambda function answers with up to 6 MB, in half a minute."""


class HistoryTooLong(Refused):
    """The history is too long for one file."""

    most_rows: int = MOST_ROWS

    @property
    def detail(self) -> str:
        return (
            f"One file has up to {self.most_rows:,} rows, and fewer of long texts: ask for fewer days, or for fewer records of one thing."
        )


class Days(Struct, frozen=True, kw_only=True):
    """From one day to another in London, both counted."""

    first: date
    last: date

    def has(self, record: Record) -> bool:
        """Whether a record was made on one of them."""
        return self.first <= london_date(record.at) <= self.last

    def begin_after(self, record: Record) -> bool:
        """Whether everything up to a record was surely made before."""
        return london_date(record.at) < self.first - _SLACK

    def are_over(self, record: Record) -> bool:
        """Whether everything from a record on was surely made afterwards."""
        return london_date(record.at) > self.last + _SLACK


def of_thing(context: Context, name: Name, after: int = 0, until: int | None = None) -> Iterator[Happened]:
    """One thing's history in words, after record `after`, up to and including record `until`. Raises Missing, ChainBroken."""
    found = _in_words(context, name, _together(context, name, after, until))
    first = next(found, None)
    if first is None:
        if after == 0:
            raise Missing(kind=name.kind.value, id=name.id)
        return
    yield first
    yield from found


def between(context: Context, days: Days, kinds: Sequence[Kind], after: tuple[Name, int] | None = None) -> Iterator[Happened]:
    """What happened on these days to things of these kinds, kind by kind and thing by thing, after a thing's record.

    Costs, for each forty things from there on, their heads and one load; and for each thing to which something happened
    what `keys` says. Reads no further than is taken. Raises ChainBroken.
    """
    going_on = kinds
    if after:
        name, seq = after
        yield from _on_days(context, name, seq, days)
        yield from _of_kind(context, name.kind, days, name.id)
        going_on = kinds[kinds.index(name.kind) + 1 :]
    for kind in going_on:
        yield from _of_kind(context, kind, days, "")


def file_of(found: Iterable[Happened]) -> str:
    """A history as CSV. Raises HistoryTooLong."""
    text, left = [heading()], MOST_CHARACTERS
    for row in rows(found):
        text.append(row)
        left -= len(row)
        if left < 0 or len(text) > MOST_ROWS + 1:
            raise HistoryTooLong
    return "".join(text)


def _of_kind(context: Context, kind: Kind, days: Days, after: str) -> Iterator[Happened]:
    while heads := tuple(context.store.heads(kind, after=after, limit=AT_ONCE)):
        last = {head.name: head.position.seq for head in heads}
        links = context.store.load(Wanted(records=tuple(last.items()))).links
        for name, seq in last.items():
            link = links.get((name, seq))
            # Where the record is gone, reading the chain says so.
            if link is None or not days.begin_after(readable(name, link)):
                yield from _on_days(context, name, _before(context, name, seq, days), days)
        after = heads[-1].name.id
        if len(heads) < AT_ONCE:
            return


def _before(context: Context, name: Name, last: int, days: Days) -> int:
    """The number of a record before the days, near to the first one on them; nothing where that is among the first."""
    low, high = 0, last
    while high - low > TOGETHER:
        step = -(-(high - low) // AT_ONCE)
        wanted = tuple((name, seq) for seq in range(low + step, high, step))
        links = context.store.load(Wanted(records=wanted)).links
        for key in wanted:
            if not _is_before(name, links.get(key), days):
                high = key[1]
                break
            low = key[1]
    return low


def _is_before(name: Name, link: Link | None, days: Days) -> bool:
    return link is not None and days.begin_after(readable(name, link))


def _on_days(context: Context, name: Name, after: int, days: Days) -> Iterator[Happened]:
    return _in_words(context, name, _of_days(_together(context, name, after), days))


def _of_days(chunks: Iterable[Sequence[Record]], days: Days) -> Iterator[Sequence[Record]]:
    for chunk in chunks:
        if wanted := [record for record in chunk if days.has(record)]:
            yield wanted
        if days.are_over(chunk[-1]):
            return


def _together(context: Context, name: Name, after: int, until: int | None = None) -> Iterator[Sequence[Record]]:
    while found := tuple(records_after(context, name, after, until, limit=TOGETHER)):
        yield found
        if len(found) < TOGETHER:
            return
        after = found[-1].seq


def _in_words(context: Context, name: Name, chunks: Iterable[Sequence[Record]]) -> Iterator[Happened]:
    before = _Before(context, name)
    for chunk in chunks:
        for record in chunk:
            yield Happened(record, told(record.fact, before.state(record) if needs_before(record.fact) else None))
            before.pass_by(record)


class _Before:
    """What a thing was before a record. It is folded along from the first record on, or read up to where it is asked for."""

    def __init__(self, context: Context, name: Name) -> None:
        self._context = context
        self._name = name
        self._state: State | None = None
        self._seq = 0

    def state(self, record: Record) -> State | None:
        """The state before a record. Raises ChainBroken."""
        if self._seq < record.seq - 1:
            self._state = None
            for each in records(self._context, self._name, record.seq - 1):
                self._state = apply(self._state, each.fact, each.seq)
            self._seq = record.seq - 1
        return self._state

    def pass_by(self, record: Record) -> None:
        """Go on by a record, if everything before it was folded."""
        if self._seq == record.seq - 1:
            self._state = apply(self._state, record.fact, record.seq)
            self._seq = record.seq
