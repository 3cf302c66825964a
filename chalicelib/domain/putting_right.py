"""Corrections and refunds: a mistake is answered by a new entry that points back, never by an edit."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.cells import Cell, Counter, Nature
from chalicelib.domain.entries import OWN_COUNTER, Entry, EntryKind, Standing
from chalicelib.domain.entry_refusals import NothingLeft
from chalicelib.domain.errors import contradiction, invalid
from chalicelib.domain.ledger import (
    OPEN_FOR_MONEY,
    OPEN_FOR_PUTTING_RIGHT,
    Purse,
    afford,
    named_cell,
    take,
    whole_pence,
)
from chalicelib.domain.quarter_states import OPEN, PeriodState
from chalicelib.domain.values import Struct


class Elsewhere(Struct, frozen=True, kw_only=True):
    """Where miscoded money belongs instead."""

    initiative_id: str
    nature: Nature


def correct(purse: Purse, named: str, on: date, change_pence: int) -> tuple[Entry, ...]:
    """Change what an entry stands at by a signed amount, never past nothing.

    Raises Invalid, Missing, NothingLeft, TooEarly, NotInState, AllocationExhausted, AwardExhausted, MoreThanSpent.
    """
    purse.grant.require(*OPEN_FOR_PUTTING_RIGHT)
    if not change_pence:
        raise invalid("/change_pence", "must not be nothing")
    standing = purse.standing(named)
    if (standing.left_pence + change_pence) * standing.opened_pence < 0:
        raise NothingLeft(entry_id=named, left_pence=standing.left_pence, requested_pence=-change_pence)
    if change_pence > 0 and standing.kind in (EntryKind.COMMITMENT, EntryKind.ACCRUAL):
        purse.grant.require(*OPEN_FOR_MONEY)
    entry = _leg(standing, _own_cell(purse, standing, on), on, change_pence)
    return (afford(purse, entry) if _draws_on_allocation(standing) else entry,)


def _own_cell(purse: Purse, standing: Standing, on: date) -> Cell:
    # What was claimed or received belongs to the quarter it was claimed for, whenever it is put right.
    if standing.kind in (EntryKind.CLAIMED, EntryKind.RECEIVED):
        return Cell.parse(standing.cell)
    return _corrected_cell(purse, standing, on)


def _corrected_cell(purse: Purse, standing: Standing, on: date) -> Cell:
    """Where a correction is posted: to the quarter of its date, as whatever names an entry; but to a closed quarter itself.

    Q3 closed    |--Q3--|--Q4--|
    the mistake     ^      |
    its correction         ^ dated in Q4, belongs to Q3: there its figures as corrected part from those reported
    """
    dated, held = named_cell(purse.grant, standing, on), Cell.parse(standing.cell)
    closed = purse.grant.periods.get(held.quarter or "", OPEN).state is PeriodState.CLOSED
    return held if closed else dated


def _corrected(standing: Standing) -> Counter | None:
    """The counter that a correction moves: what was paid stays as it was paid, anything else is changed itself."""
    return None if standing.kind is EntryKind.PAYMENT else OWN_COUNTER[standing.kind]


def _draws_on_allocation(standing: Standing) -> bool:
    return standing.kind in (EntryKind.PAYMENT, EntryKind.COMMITMENT, EntryKind.ACCRUAL)


def _leg(standing: Standing, cell: Cell, on: date, change: int) -> Entry:
    return Entry(
        kind=EntryKind.CORRECTION,
        on=on,
        cell=cell.key,
        amount_pence=change,
        counter=_corrected(standing),
        of=standing.entry_id,
        against={standing.entry_id: change},
    )


def recode(purse: Purse, named: str, on: date, amount_pence: int | None, to: Elsewhere) -> tuple[Entry, ...]:
    """Move a miscoded payment, commitment or accrual (all that is left of it, or so much) to where it belongs.

    Two entries: one takes it away, one puts it there; the second stands in its place for later refunds.
    Raises Invalid, Missing, WrongEntry, NothingLeft, TooEarly, NotInState, NoAwardLine,
    AllocationExhausted, AwardExhausted, MoreThanSpent.
    """
    purse.grant.require(*OPEN_FOR_PUTTING_RIGHT)
    standing = purse.standing(named, EntryKind.PAYMENT, EntryKind.COMMITMENT, EntryKind.ACCRUAL)
    amount = take(standing, standing.left_pence if amount_pence is None else amount_pence)
    if not amount:
        raise invalid("/amount_pence", "must not be nothing")
    away_from = _corrected_cell(purse, standing, on)
    there = away_from._replace(initiative_id=to.initiative_id, nature=to.nature)
    purse.grant.line(*there.line)
    if (there.initiative_id, there.nature) == (away_from.initiative_id, away_from.nature):
        raise contradiction("/to_initiative_id", "must be another initiative or nature than the entry has")
    away = _leg(standing, away_from, on, -amount)
    if amount < 0:  # taking a credit away costs; taking a payment away may leave its credit note behind, to follow it
        afford(purse, away)
    arriving = Entry(
        kind=EntryKind.CORRECTION,
        on=on,
        cell=there.key,
        amount_pence=amount,
        counter=_corrected(standing),
        of=named,
        in_place_of=standing.kind,
    )
    return (away, afford(purse.after(away), arriving))


def refund(purse: Purse, named: str, on: date, amount_pence: int, reference: str) -> tuple[Entry, ...]:
    """Record money that came back, out of the payment it returns.

    Raises Invalid, Missing, WrongEntry, NothingLeft, TooEarly, NotInState, MoreThanSpent.
    """
    purse.grant.require(*OPEN_FOR_PUTTING_RIGHT)
    standing = purse.standing(named, EntryKind.PAYMENT)
    amount = take(standing, whole_pence(amount_pence))
    entry = Entry(
        kind=EntryKind.REFUND,
        on=on,
        cell=named_cell(purse.grant, standing, on).key,
        amount_pence=-amount,
        quoted_reference=reference,
        of=named,
        against={named: -amount},
    )
    return (afford(purse, entry),)
