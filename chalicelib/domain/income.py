"""Money coming in: partners' match, what was claimed from the Home Office, and what it paid."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.cells import Cell, Nature
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.ledger import OPEN_FOR_MONEY, Purse, quarter_cell, whole_pence
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import Struct


class MatchGiven(Struct, frozen=True, kw_only=True):
    """A partner's contribution in pence: money, or things and time at their value."""

    kind: EntryKind
    contributor: str
    on: date
    amount_pence: int
    nature: Nature
    initiative_id: str | None = None
    reference: str = ""
    description: str = ""


def record_match(purse: Purse, given: MatchGiven) -> tuple[Entry, ...]:
    """Record match. It needs no allocation: it is not the grant's money.

    Raises Invalid, NotInState, DateOutsidePeriod, NoAwardLine.
    """
    purse.grant.require(*OPEN_FOR_MONEY)
    amount = whole_pence(given.amount_pence)
    cell = quarter_cell(purse.grant, given.initiative_id, given.nature, given.on)
    return (
        Entry(
            kind=given.kind,
            on=given.on,
            cell=cell.key,
            amount_pence=amount,
            description=given.description,
            counterparty=given.contributor,
            quoted_reference=given.reference,
        ),
    )


class Settlement(Struct, frozen=True, kw_only=True):
    """What was claimed or received for one quarter and nature of a grant, in pence, and when."""

    kind: EntryKind
    quarter: str
    nature: Nature
    on: date
    amount_pence: int
    reference: str
    description: str = ""


def record_settlement(purse: Purse, settlement: Settlement) -> tuple[Entry, ...]:
    """Record what was claimed or received. It belongs to the quarter it is for; its date may lie after the grant's end.

    Raises Invalid, NotInState, DateOutsidePeriod (the quarter), NoAwardLine.
    """
    purse.grant.require(*OPEN_FOR_MONEY, GrantState.CLOSED)
    amount = whole_pence(settlement.amount_pence)
    quarter = _quarter_within(purse.grant, Quarter.parse(settlement.quarter))
    cell = Cell.of_quarter(None, quarter, settlement.nature)
    purse.grant.line(*cell.line)
    return (
        Entry(
            kind=settlement.kind,
            on=settlement.on,
            cell=cell.key,
            amount_pence=amount,
            description=settlement.description,
            quoted_reference=settlement.reference,
        ),
    )


def _quarter_within(grant: Grant, quarter: Quarter) -> Quarter:
    if quarter.last_day < grant.starts or quarter.first_day > grant.ends:
        grant.within(quarter.last_day)
    return quarter
