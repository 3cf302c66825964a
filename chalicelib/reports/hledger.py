"""Entries as a journal of plain-text accounting, which hledger reads: a transaction for each, balanced counter by counter.

    2023-10-02 (ssf-4-example.8) payment, Lamps Ltd, 1041
        expenses:paid:ssf-4-example:lighting:2023-24-Q3:capital  £1200.00
        assets:bank                                              £-1200.00

What an entry adds to a counter goes to an account of the counter's own, below which are grant, initiative, period and
nature; the other side is where it comes from. So `hledger balance expenses:paid` is what was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.domain.cells import NO_INITIATIVE, Counter
from chalicelib.domain.imports import Waiting
from chalicelib.domain.money import decimal_pounds
from chalicelib.domain.values import Struct
from chalicelib.reports.around_rows import Around
from chalicelib.reports.entry_values import EntryValue
from chalicelib.reports.words import counted


class Sides(Struct, frozen=True):
    """A counter's account, the account on the other side, and the sign with which the counter stands in its own."""

    own: str
    other: str
    sign: int = 1


ACCOUNTS: dict[str, Sides] = {
    Counter.AWARDED: Sides("budget:awarded", "budget:from the fund"),
    Counter.ALLOCATED: Sides("budget:allocated", "budget:from the award"),
    Counter.COMMITTED: Sides("orders:committed", "orders:with suppliers"),
    Counter.ACCRUED: Sides("expenses:accrued", "liabilities:accruals"),
    Counter.PAID: Sides("expenses:paid", "assets:bank"),
    Counter.CORRECTED: Sides("expenses:corrected", "assets:bank"),
    Counter.REFUNDED: Sides("expenses:refunded", "assets:bank", -1),
    Counter.MATCH_CASH: Sides("match:cash", "match:from partners"),
    Counter.MATCH_IN_KIND: Sides("match:in kind", "match:from partners"),
    Counter.CLAIMED: Sides("claims:claimed", "claims:asked of the Home Office"),
    Counter.RECEIVED: Sides("income:received", "assets:bank", -1),
}
"""Where each counter is posted. Income stands below nothing, as it does in such journals."""


def around_journal(waits: Waiting) -> Around:
    """What stands before all transactions: what is in them, and what waits in suspense and is not."""
    lines = (
        "; Every entry of the ledger that was asked for, in pounds.",
        f"; In suspense, and so not here: {counted(waits.documents, 'document')}, £{decimal_pounds(waits.pence)}.",
        "commodity £1000.00",
    )
    return Around(heading="".join(f"{line}\n" for line in lines).encode())


def transactions(pages: Iterable[list[EntryValue]]) -> Iterator[bytes]:
    """The file's transactions alone, some at a time."""
    for page in pages:
        yield "".join(map(_transaction, page)).encode()


def _transaction(value: EntryValue) -> str:
    said = ", ".join(filter(None, map(_plain, (value.kind.replace("_", " "), value.party, value.reference, value.description))))
    place = ":".join((value.grant, value.initiative or NO_INITIATIVE, value.quarter or value.financial_year, value.nature))
    postings = "".join(_posting(ACCOUNTS[counter], place, pence) for counter, pence in value.moves_pence.items())
    return f"\n{value.date} ({value.entry_id}) {said}\n{postings}"


def _posting(sides: Sides, place: str, pence: int) -> str:
    amount = pence * sides.sign
    return f"    {sides.own}:{place}  £{decimal_pounds(amount)}\n    {sides.other}  £{decimal_pounds(-amount)}\n"


def _plain(text: str) -> str:
    """Somebody's words within a line, where a semicolon would begin a comment."""
    return " ".join(text.replace(";", ",").split())
