"""Payment status: on which day the office's ledger paid a document, and by which reference.

An entry says what money was spent; when it left the bank is known later, and from the ledger alone. So it is a fact of its own on
the grant's chain, beside the entry and not in it: it moves no money, and a later one counts.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from chalicelib.domain.values import Struct


class Paid(Struct, frozen=True, kw_only=True):
    """The day on which a document was paid, by which reference of the office's ledger, and which import said so."""

    on: date
    reference: str = ""
    import_id: str = ""

    def says(self, other: Paid | None) -> bool:
        """Whether another says the same, whichever import it is from."""
        return other is not None and (other.on, other.reference) == (self.on, self.reference)


class PaidEntry(Struct, frozen=True, kw_only=True):
    """An entry, and how it was paid."""

    entry_id: str
    paid: Paid


class PaymentsPaid(Struct, frozen=True, kw_only=True):
    """An extract of the office's ledger said how these entries of the grant were paid. What was said of them before no longer counts.

    `previous` is the record of the grant that said such a thing last, so whoever wants all that was said reads no other records.
    """

    KIND: ClassVar = "payments_paid"

    entries: tuple[PaidEntry, ...]
    previous: int | None = None
