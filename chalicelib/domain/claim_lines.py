"""A claim's lines: named by where they stand in the grant's ledger, never one by one.

    record     1 ......... 40 ......... 90 ......... 120
    Q1         |- claim 1 -|---- claim 2 ----|- free -|
    Q2                     |---- claim 2 ----|- free -|

A *span* is all that can be claimed of one quarter in records after `after`, up to and including `until`. Records never
change, so a span is the same lines for good; spans of claims that stand never overlap, so no line is claimed twice. A
correction that comes later is a later record: it lies outside every span that was taken, and comes with the next claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from chalicelib.domain.cells import Cell, Counter, Counters
from chalicelib.domain.entries import Entry, entry_id
from chalicelib.domain.measures import spent
from chalicelib.domain.money import split
from chalicelib.domain.periods import FinancialYear, Quarter
from chalicelib.domain.values import Struct

_CLAIMABLE = frozenset({Counter.PAID, Counter.CORRECTED, Counter.REFUNDED})


class Span(Struct, frozen=True, kw_only=True):
    """All lines of one quarter, `2023-24-Q3`, in the records after `after`, up to and including `until`."""

    quarter: str
    after: int
    until: int


class Line(Struct, frozen=True, kw_only=True):
    """An entry that can be claimed, and its place in its grant's chain."""

    grant_id: str
    seq: int
    entry: Entry

    @property
    def id(self) -> str:
        """The entry's id."""
        return entry_id(self.grant_id, self.seq)

    @property
    def pence(self) -> int:
        """What it adds to what was spent: below nothing for a refund, a credit note or a correction downwards."""
        return spent(self.entry.moves)


def claimable(moves: Counters) -> bool:
    """Whether an entry with these moves can be claimed: a payment, or what puts one right. Match, orders and accruals never are."""
    return not _CLAIMABLE.isdisjoint(moves)


class Taken:
    """The spans of some claims, for looking lines up in."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._by_quarter: dict[str, list[Span]] = {}
        for span in sorted(spans, key=lambda each: each.after):
            self._by_quarter.setdefault(span.quarter, []).append(span)

    def takes_in(self, seq: int, cell: str) -> bool:
        """Whether record `seq`, if it is a line in this cell, is among them."""
        return any(span.after < seq <= span.until for span in self._by_quarter.get(Cell.parse(cell).quarter or "", ()))

    def free(self, quarter: str, until: int) -> Iterator[Span]:
        """What they leave of a quarter up to record `until`."""
        at = 0
        for span in self._by_quarter.get(quarter, ()):
            if span.after > at:
                yield Span(quarter=quarter, after=at, until=span.after)
            at = max(at, span.until)
        if at < until:
            yield Span(quarter=quarter, after=at, until=until)

    @property
    def overlap(self) -> bool:
        """Whether any line is in two of them."""
        return any(before.until > span.after for each in self._by_quarter.values() for before, span in pairwise(each))


class Selection(Struct, frozen=True, kw_only=True):
    """What a claim takes: its lines, the spans that take in just these, and what they ask for, in pence by cell."""

    lines: tuple[Line, ...]
    spans: tuple[Span, ...]
    amounts_pence: Mapping[str, int]

    @property
    def total_pence(self) -> int:
        """What they come to, in pence."""
        return sum(self.amounts_pence.values())


def select(quarter: Quarter, lines: Iterable[Line], taken: Taken, until: int) -> Selection:
    """All that no claim has taken of a quarter, and of those before it; `lines` are all up to record `until`."""
    last = str(quarter)
    found = tuple(line for line in lines if _quarter_of(line) <= last and not taken.takes_in(line.seq, line.entry.cell))
    spans = tuple(span for each in sorted(set(map(_quarter_of, found))) for span in taken.free(each, until))
    return Selection(lines=found, spans=spans, amounts_pence=amounts(quarter, found))


def _quarter_of(line: Line) -> str:
    # What was paid, refunded or corrected belongs to a quarter, never to a year alone.
    return line.entry.place.quarter or ""


def amounts(quarter: Quarter, lines: Iterable[Line]) -> dict[str, int]:
    """What lines come to, in pence, by the cell that their claimed entry is posted to; cells that come to nothing are left out.

    That cell is of the line's own financial year and nature: money does not move between years because it is claimed later. It
    is the claim's quarter in the claim's own year, and the last quarter of an earlier one.
    """
    found: dict[str, int] = {}
    for line in lines:
        place = line.entry.place
        key = Cell.of_quarter(None, _home(quarter, place.financial_year), place.nature).key
        found[key] = found.get(key, 0) + line.pence
    return {key: pence for key, pence in sorted(found.items()) if pence}


def _home(quarter: Quarter, financial_year: str) -> Quarter:
    return quarter if str(quarter.year) == financial_year else FinancialYear.parse(financial_year).quarters()[3]


def by_award_line(lines: Iterable[Line]) -> dict[tuple[str, str], int]:
    """What lines come to, in pence, by financial year and nature."""
    found: dict[tuple[str, str], int] = {}
    for line in lines:
        found[line.entry.place.line] = found.get(line.entry.place.line, 0) + line.pence
    return found


def shares_of(left: Mapping[str, int], amount_pence: int) -> Mapping[str, int] | None:
    """How money that comes in is spread over what is left to come, by cell; None when it is more than that, or the other way round.

    Deductions are made in full with the first money that comes; the rest is split by what is left.
    """
    whole = sum(left.values())
    if amount_pence * whole <= 0 or abs(amount_pence) > abs(whole):
        return None
    deducted = {key: pence for key, pence in left.items() if pence * whole < 0}
    due = {key: pence for key, pence in left.items() if pence * whole > 0}
    parts = split(amount_pence - sum(deducted.values()), tuple(map(abs, due.values())))
    spread = {**deducted, **dict(zip(due, parts, strict=True))}
    return {key: pence for key, pence in sorted(spread.items()) if pence}
