"""The decisions about a grant's money: (what is there, what is asked) -> entries, or a refusal that says why.

Every decision is a pure function of a `Purse`: the grant's head, the cells it draws on, and the standings of
the entries it names. Nothing else may be looked at, so the same request on the same ledger decides the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chalicelib.domain.cells import NO_INITIATIVE, Cell, Counter, Counters, Nature, added, year_and_quarters
from chalicelib.domain.entries import Entry, EntryKind, Standing, entry_id
from chalicelib.domain.entry_refusals import NothingLeft, TooEarly, WrongEntry
from chalicelib.domain.errors import Missing, invalid
from chalicelib.domain.grants import Grant, GrantState, apply
from chalicelib.domain.measures import available, spent, used
from chalicelib.domain.periods import FinancialYear, Quarter
from chalicelib.domain.refusals import AllocationExhausted, AwardExhausted, MoreThanSpent
from chalicelib.domain.values import Struct, field, replace


class Purse(Struct, frozen=True, kw_only=True):
    """What a decision about one grant's money looks at."""

    grant: Grant
    seq: int
    cells: Mapping[str, Counters] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)

    def standing(self, named: str, *kinds: EntryKind) -> Standing:
        """The standing of an entry of one of these kinds. Raises Missing, WrongEntry."""
        standing = self.standings.get(named)
        if standing is None:
            raise Missing(kind="commitment, accrual, payment, match, claim or receipt", id=named)
        if kinds and standing.kind not in kinds:
            raise WrongEntry(entry_id=named, kind=standing.kind, needed=kinds)
        return standing

    def year(self, cell: Cell) -> Counters:
        """The counters of a cell's initiative over the cell's whole year and nature."""
        keys = year_and_quarters(cell.initiative_id or NO_INITIATIVE, cell.financial_year, cell.nature)
        return added(self.cells.get(key, {}) for key in keys)

    def after(self, *entries: Entry) -> Purse:
        """The purse once these entries are posted."""
        purse = self
        for entry in entries:
            purse = _posted(purse, entry)
        return purse


def _posted(purse: Purse, entry: Entry) -> Purse:
    seq = purse.seq + 1
    standings = dict(purse.standings)
    for named, change in entry.against.items():
        standings[named] = replace(standings[named], left_pence=standings[named].left_pence + change)
    if opened := opens(entry, entry_id(purse.grant.id, seq)):
        standings[opened.entry_id] = opened
    cells = {**purse.cells, entry.cell: added((purse.cells.get(entry.cell, {}), entry.moves))}
    return Purse(grant=apply(purse.grant, entry, seq), seq=seq, cells=cells, standings=standings)


def opens(entry: Entry, named: str) -> Standing | None:
    """The standing a new entry opens, or None when nothing can name it."""
    if entry.stands_as is None:
        return None
    pence = entry.amount_pence
    return Standing(entry_id=named, kind=entry.stands_as, cell=entry.cell, on=entry.on, opened_pence=pence, left_pence=pence)


def quarter_cell(grant: Grant, initiative_id: str | None, nature: Nature, on: date) -> Cell:
    """The cell in which an initiative's money moves on a day. Raises DateOutsidePeriod, NoAwardLine."""
    cell = Cell.of_quarter(initiative_id, Quarter.of(grant.within(on)), nature)
    grant.line(*cell.line)
    return cell


def afford(purse: Purse, entry: Entry) -> Entry:
    """The entry itself, when its allocation and its award line can bear it.

    Raises AllocationExhausted, AwardExhausted: with what is left and the shortfall; MoreThanSpent.
    """
    cell = entry.place
    year = purse.year(cell)
    takes, left = -available(entry.moves), available(year)
    if takes > 0 and takes > left:
        raise AllocationExhausted(
            grant_id=purse.grant.id,
            initiative_id=cell.initiative_id or NO_INITIATIVE,
            financial_year=cell.financial_year,
            nature=cell.nature,
            available_pence=left,
            requested_pence=takes,
        )
    _within_spent(purse.grant, cell, spent(year), -spent(entry.moves))
    line = purse.grant.line(*cell.line)
    _afford_line(purse.grant, cell, line.awarded_pence - line.used_pence, used(entry.moves))
    _afford_line(purse.grant, cell, line.awarded_pence - line.allocated_pence, entry.moves.get(Counter.ALLOCATED, 0))
    return entry


def _within_spent(grant: Grant, cell: Cell, held: int, given_back: int) -> None:
    """No more comes back than was spent: a credit would otherwise make money that nobody awarded."""
    if given_back > 0 and given_back > held:
        raise MoreThanSpent(
            grant_id=grant.id,
            initiative_id=cell.initiative_id or NO_INITIATIVE,
            financial_year=cell.financial_year,
            nature=cell.nature,
            spent_pence=held,
            given_back_pence=given_back,
        )


def _afford_line(grant: Grant, cell: Cell, left: int, asked: int) -> None:
    if asked > 0 and asked > left:
        raise AwardExhausted(
            grant_id=grant.id,
            financial_year=cell.financial_year,
            nature=cell.nature,
            available_pence=left,
            requested_pence=asked,
        )


def whole_pence(amount_pence: int, pointer: str = "/amount_pence") -> int:
    """A positive amount, itself. Raises Invalid at the pointer for anything else."""
    if amount_pence <= 0:
        raise invalid(pointer, f"must be more than nothing, not {amount_pence}")
    return amount_pence


def named_cell(grant: Grant, standing: Standing, on: date) -> Cell:
    """Where an entry that names another is posted: its initiative and nature, and its financial year.

        named entry's year    |--Q1--|--Q2--|--Q3--|--Q4--|
        the new entry's date            ^ Q2                   ^ Q4: money came back in May for the year that ended in March

    Its date is the true one, even after the year or the grant has ended; it is then posted to the last quarter there was.
    Raises TooEarly for a date before the entry it names.
    """
    held = Cell.parse(standing.cell)
    year = FinancialYear.parse(held.financial_year)
    if on < standing.on:
        raise TooEarly(entry_id=standing.entry_id, on=on, first_day=standing.on)
    last = min(year.last_day, grant.ends)
    return Cell.of_quarter(held.initiative_id, Quarter.of(min(on, last)), held.nature)


def take(standing: Standing, pence: int) -> int:
    """The pence themselves, when the standing still has so many. Raises NothingLeft."""
    if not standing.left_pence or abs(pence) > abs(standing.left_pence) or pence * standing.left_pence < 0:
        raise NothingLeft(entry_id=standing.entry_id, left_pence=standing.left_pence, requested_pence=pence)
    return pence


OPEN_FOR_MONEY = (GrantState.ACTIVE,)
"""New money moves only on an active grant."""

OPEN_FOR_PUTTING_RIGHT = (GrantState.ACTIVE, GrantState.CLOSED)
"""Corrections, refunds and receipts are still taken once a grant is closed."""

OPEN_FOR_PLANNING = (GrantState.ACCEPTED, GrantState.ACTIVE)
"""Allocations and virements may be made as soon as a grant is accepted."""
