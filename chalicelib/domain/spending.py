"""Allocations, virements, commitments, accruals and payments: money going out under a grant's budget."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.cells import Cell, Counter, Nature
from chalicelib.domain.entries import Document, Entry, EntryKind, Part
from chalicelib.domain.entry_refusals import AnotherYear, CreditSettlesNothing, WrongEntry
from chalicelib.domain.errors import contradiction, invalid
from chalicelib.domain.ledger import (
    OPEN_FOR_MONEY,
    OPEN_FOR_PLANNING,
    OPEN_FOR_PUTTING_RIGHT,
    Purse,
    afford,
    named_cell,
    quarter_cell,
    take,
    whole_pence,
)
from chalicelib.domain.organisations import VatStatus
from chalicelib.domain.values import Struct


class Budgeted(Struct, frozen=True, kw_only=True):
    """An initiative's share of an award line, on a day."""

    initiative_id: str
    financial_year: str
    nature: Nature
    on: date
    description: str = ""


def allocate(purse: Purse, share: Budgeted, amount_pence: int) -> tuple[Entry, ...]:
    """Promise part of an award line to an initiative; a negative amount gives back what is not used.

    Raises Invalid, NotInState, NoAwardLine, AwardExhausted, AllocationExhausted.
    """
    if not amount_pence:
        raise invalid("/amount_pence", "must not be nothing")
    return (afford(purse, _allocation(purse, EntryKind.ALLOCATION, share, share.initiative_id, amount_pence)),)


def transfer(purse: Purse, share: Budgeted, to_initiative_id: str, amount_pence: int) -> tuple[Entry, ...]:
    """A virement: move allocated money to another initiative of the same award line; one entry for each leg.

    Raises Invalid, NotInState, NoAwardLine, AllocationExhausted.
    """
    amount = whole_pence(amount_pence)
    if to_initiative_id == share.initiative_id:
        raise contradiction("/to_initiative_id", "must be another initiative than the one the money comes from")
    out = afford(purse, _allocation(purse, EntryKind.VIREMENT, share, share.initiative_id, -amount))
    # What arrives needs no room on the award line: it only takes the place of what left.
    return (out, _allocation(purse, EntryKind.VIREMENT, share, to_initiative_id, amount))


def _allocation(purse: Purse, kind: EntryKind, share: Budgeted, initiative_id: str, amount: int) -> Entry:
    purse.grant.require(*OPEN_FOR_PLANNING)
    purse.grant.within(share.on)
    cell = Cell.of_year(initiative_id, share.financial_year, share.nature)
    purse.grant.line(*cell.line)
    return Entry(
        kind=kind,
        on=share.on,
        cell=cell.key,
        amount_pence=amount,
        description=share.description,
    )


class Spend(Struct, frozen=True, kw_only=True):
    """What a commitment or an accrual is for. An accrual of what was ordered names its commitment, and takes its place."""

    initiative_id: str
    nature: Nature
    on: date
    amount_pence: int
    party: str = ""
    reference: str = ""
    description: str = ""
    commitment: str | None = None


def commit(purse: Purse, spend: Spend) -> tuple[Entry, ...]:
    """Record a purchase order or signed onward grant that is not yet paid.

    Raises Invalid, NotInState, DateOutsidePeriod, NoAwardLine, AllocationExhausted, AwardExhausted.
    """
    return (afford(purse, _pending(purse, EntryKind.COMMITMENT, spend)),)


def accrue(purse: Purse, spend: Spend) -> tuple[Entry, ...]:
    """Record a cost incurred and not yet invoiced; so much of the commitment it names is committed no more.

    Raises what `commit` raises; for the commitment Missing, WrongEntry, NothingLeft, AnotherYear.
    """
    return (afford(purse, _pending(purse, EntryKind.ACCRUAL, spend)),)


def _pending(purse: Purse, kind: EntryKind, spend: Spend) -> Entry:
    purse.grant.require(*OPEN_FOR_MONEY)
    amount = whole_pence(spend.amount_pence)
    cell = quarter_cell(purse.grant, spend.initiative_id, spend.nature, spend.on)
    settles: dict[str, int] = {}
    against: dict[str, int] = {}
    if spend.commitment is not None:
        drawn = _settled(purse, spend.commitment, EntryKind.COMMITMENT, cell, amount)
        settles[Counter.COMMITTED] = against[spend.commitment] = -drawn
    return Entry(
        kind=kind,
        on=spend.on,
        cell=cell.key,
        amount_pence=amount,
        settles=settles,
        description=spend.description,
        counterparty=spend.party,
        quoted_reference=spend.reference,
        against=against,
    )


class PaymentLine(Struct, frozen=True, kw_only=True):
    """One grant's and initiative's part of a document, in pence.

    `commitment` and `accrual` name the entries it settles, as far as it reaches.
    """

    grant_id: str
    initiative_id: str
    nature: Nature
    net_pence: int
    vat_pence: int
    commitment: str | None = None
    accrual: str | None = None
    description: str = ""

    @property
    def part(self) -> Part:
        """What it carries of the document."""
        return Part(net_pence=self.net_pence, vat_pence=self.vat_pence)

    def cost_pence(self, vat_status: VatStatus) -> int:
        """What the line costs the grant: net where the payer recovers VAT, gross where not."""
        return self.net_pence if vat_status is VatStatus.RECOVERS else self.net_pence + self.vat_pence


class Payment(Struct, frozen=True, kw_only=True):
    """What all lines of a payment share: the document, its date in the office's ledger, and who paid."""

    document: Document
    on: date
    payer_id: str
    vat_status: VatStatus


def pay(purse: Purse, line: PaymentLine, payment: Payment) -> tuple[Entry, ...]:
    """Pay one line of a document out of an allocation.

    What settles an accrual is a cost of the accrual's year, whenever it is paid. What draws on a commitment is a cost
    of the payment's own year, so the two must lie in the same one.
    Raises NotInState, DateOutsidePeriod, NoAwardLine, Missing or WrongEntry (the entry it settles), NothingLeft,
    CreditSettlesNothing, AnotherYear, TooEarly, AllocationExhausted, AwardExhausted, MoreThanSpent.
    """
    # What was accrued is still paid once the grant is closed.
    purse.grant.require(*(OPEN_FOR_PUTTING_RIGHT if line.accrual else OPEN_FOR_MONEY))
    document, cost = payment.document, line.cost_pence(payment.vat_status)
    cell = _cell_of(purse, line, payment.on)
    settles: dict[str, int] = {}
    against: dict[str, int] = {}
    for named, kind, counter in (
        (line.commitment, EntryKind.COMMITMENT, Counter.COMMITTED),
        (line.accrual, EntryKind.ACCRUAL, Counter.ACCRUED),
    ):
        if named is not None:
            settles[counter] = against[named] = -_settled(purse, named, kind, cell, cost)
    entry = Entry(
        kind=EntryKind.PAYMENT,
        on=payment.on,
        cell=cell.key,
        amount_pence=cost,
        settles=settles,
        description=line.description,
        against=against,
        document=document,
        part=None if (line.net_pence, line.vat_pence) == (document.net_pence, document.vat_pence) else line.part,
        payer=payment.payer_id,
    )
    return (afford(purse, entry),)


def _cell_of(purse: Purse, line: PaymentLine, on: date) -> Cell:
    if line.accrual is None:
        return quarter_cell(purse.grant, line.initiative_id, line.nature, on)
    held = named_cell(purse.grant, purse.standing(line.accrual, EntryKind.ACCRUAL), on)
    return held._replace(initiative_id=line.initiative_id, nature=line.nature)


def _settled(purse: Purse, named: str, kind: EntryKind, cell: Cell, cost: int) -> int:
    standing = purse.standing(named, kind)
    held = Cell.parse(standing.cell)
    if held.financial_year != cell.financial_year:
        raise AnotherYear(entry_id=named, entry_year=held.financial_year, financial_year=cell.financial_year)
    if (held.initiative_id, held.nature) != (cell.initiative_id, cell.nature):
        raise WrongEntry(entry_id=named, kind=f"{kind} of {held.key}", needed=(f"{kind} of {cell.key}",))
    if cost <= 0:
        raise CreditSettlesNothing(entry_id=named, cost_pence=cost)
    return min(cost, take(standing, standing.left_pence))


def give_back(purse: Purse, named: str, kind: EntryKind, on: date, amount_pence: int | None) -> tuple[Entry, ...]:
    """Release a commitment, or reverse an accrual by hand: so much of it, or all that is left when no amount is given.

    Raises Missing, WrongEntry, NothingLeft, TooEarly, NotInState.
    """
    purse.grant.require(*OPEN_FOR_PUTTING_RIGHT)
    undone = {EntryKind.RELEASE: EntryKind.COMMITMENT, EntryKind.REVERSAL: EntryKind.ACCRUAL}[kind]
    standing = purse.standing(named, undone)
    amount = take(standing, standing.left_pence if amount_pence is None else whole_pence(amount_pence))
    cell = named_cell(purse.grant, standing, on)
    return (
        Entry(
            kind=kind,
            on=on,
            cell=cell.key,
            amount_pence=-amount,
            of=named,
            against={named: -amount},
        ),
    )
