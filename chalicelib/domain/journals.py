"""Journals for the end of a financial year: what the office's own ledger needs beside what was paid and received.

    accruals             cost incurred and not invoiced          debit expenditure        credit accruals
    grant income         earned by all cost of the year          debit grants received    credit grant income
    debtor               earned and not yet received             debit grant debtors      credit grants received
    receipt in advance   received and not yet earned             debit grants received    credit receipts in advance

Receipts are taken to stand on the account for grants received until it is cleared: after the journals it holds nothing of
the year. Each journal balances by itself, grant by grant. What counts is what is dated up to the year's last day: a claim that
was paid in May is a debtor in March. Account codes are local policy: where one is not set, there is no journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from chalicelib.domain.cells import Cell, Counters, Nature
from chalicelib.domain.exports import CODES, AccountCodesUnset
from chalicelib.domain.measures import MEASURES, spent
from chalicelib.domain.periods import FinancialYear
from chalicelib.domain.values import Struct


class Account(StrEnum):
    """The accounts that journals are posted to."""

    EXPENDITURE = "expenditure"
    ACCRUALS = "accruals"
    GRANT_INCOME = "grant_income"
    GRANTS_RECEIVED = "grants_received"
    GRANT_DEBTORS = "grant_debtors"
    RECEIPTS_IN_ADVANCE = "receipts_in_advance"


class JournalKind(StrEnum):
    """What a journal is for."""

    ACCRUALS = "accruals"
    GRANT_INCOME = "grant_income"
    DEBTOR = "debtor"
    RECEIPT_IN_ADVANCE = "receipt_in_advance"


_SIDES = {
    JournalKind.ACCRUALS: (Account.EXPENDITURE, Account.ACCRUALS),
    JournalKind.GRANT_INCOME: (Account.GRANTS_RECEIVED, Account.GRANT_INCOME),
    JournalKind.DEBTOR: (Account.GRANT_DEBTORS, Account.GRANTS_RECEIVED),
    JournalKind.RECEIPT_IN_ADVANCE: (Account.GRANTS_RECEIVED, Account.RECEIPTS_IN_ADVANCE),
}
"""Which account each journal debits, and which it credits."""


def codes_of(settings: Mapping[str, str]) -> dict[Account, str]:
    """The code of every account, from the office's settings. Raises AccountCodesUnset with all that have none."""
    said = dict(each.split("=", 1) for each in settings.get(CODES, "").split(",") if each)
    if unset := tuple(account for account in Account if account not in said):
        raise AccountCodesUnset(accounts=unset)
    return {account: said[account] for account in Account}


class JournalLine(Struct, frozen=True, kw_only=True):
    """One line, in pence: a debit is more than nothing, a credit less. A grant's own line names no initiative."""

    kind: JournalKind
    account: Account
    grant_id: str
    initiative_id: str | None
    nature: Nature | None
    amount_pence: int


class YearEnd:
    """Takes in a year's entries, and gives the lines of its journals."""

    def __init__(self, year: FinancialYear) -> None:
        self._year = year
        self._last_day = year.last_day.isoformat()
        self._counters: dict[tuple[str, str, Nature], dict[str, int]] = {}

    def take(self, grant_id: str, on: str, cell: str, moves: Counters) -> None:
        """Take in an entry: its date, its cell, and what it adds to the cell's counters in pence."""
        where = Cell.parse(cell)
        if where.financial_year != str(self._year) or on > self._last_day:
            return
        counters = self._counters.setdefault((grant_id, where.initiative_id or "", where.nature), {})
        for counter, pence in moves.items():
            counters[counter] = counters.get(counter, 0) + pence

    def lines(self) -> Iterator[JournalLine]:
        """The lines in order of journal and grant: each debit with its credit after it."""
        for kind in (JournalKind.ACCRUALS, JournalKind.GRANT_INCOME):
            for (grant_id, initiative_id, nature), counters in sorted(self._counters.items()):
                pence = MEASURES["accrued"].of(counters) + (spent(counters) if kind is JournalKind.GRANT_INCOME else 0)
                yield from _both(kind, grant_id, pence, initiative_id or None, nature)
        owed = self._owed()
        for grant_id, pence in sorted(owed.items()):
            yield from _both(JournalKind.DEBTOR, grant_id, max(0, pence))
        for grant_id, pence in sorted(owed.items()):
            yield from _both(JournalKind.RECEIPT_IN_ADVANCE, grant_id, max(0, -pence))

    def _owed(self) -> dict[str, int]:
        """What each grant has earned beyond what was received for the year, in pence."""
        found: dict[str, int] = {}
        for (grant_id, _, _), counters in self._counters.items():
            earned = spent(counters) + MEASURES["accrued"].of(counters)
            found[grant_id] = found.get(grant_id, 0) + earned - MEASURES["received"].of(counters)
        return found


def _both(
    kind: JournalKind, grant_id: str, pence: int, initiative_id: str | None = None, nature: Nature | None = None
) -> Iterator[JournalLine]:
    if not pence:
        return
    debit, credit = _SIDES[kind]
    for account, amount in ((debit, pence), (credit, -pence)):
        yield JournalLine(kind=kind, account=account, grant_id=grant_id, initiative_id=initiative_id, nature=nature, amount_pence=amount)
