"""What is refused about an entry: the document it stands on, the entry it names, the day it is dated."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.errors import Conflict, Refused
from chalicelib.domain.money import pounds


class DocumentAlreadyEntered(Conflict):
    """This document has been entered already."""

    supplier: str
    number: str
    entered_as: str

    @property
    def detail(self) -> str:
        return (
            f"Document {self.number} from {self.supplier} is already in the ledger as {self.entered_as}. "
            "To change it, correct or refund that entry."
        )


class TooManyLines(Refused):
    """The document has more lines than one atomic write can hold."""

    writes: int
    limit: int

    @property
    def detail(self) -> str:
        return (
            f"This needs {self.writes} writes in one step and {self.limit} fit: three for each line, and one more for each "
            "commitment or accrual that a line settles. Enter fewer lines, with the rest of the document under uncharged; then "
            "enter that rest as a journal that names the document."
        )


class TooMuchText(Refused):
    """There is more text here than one record or one thing can hold."""

    @property
    def detail(self) -> str:
        return "One thing, with all that is held about it, may come to about 390,000 bytes: shorten the texts."


class DatedInFuture(Refused):
    """The date has not come yet."""

    on: date
    today: date

    @property
    def detail(self) -> str:
        return f"{self.on} has not come yet (today is {self.today} in London): date it on the day it happened."


class NothingLeft(Conflict):
    """The entry named has not that much left."""

    entry_id: str
    left_pence: int
    requested_pence: int

    @property
    def detail(self) -> str:
        if not self.left_pence:
            return f"Nothing of {self.entry_id} stands any more."
        if self.left_pence < 0 < self.requested_pence:
            return f"{self.entry_id} stands at {pounds(self.left_pence)}: nothing can be given back out of a credit."
        return (
            f"{pounds(self.left_pence)} of {self.entry_id} still stands; {pounds(self.requested_pence)} was asked for, "
            f"{pounds(abs(self.requested_pence) - abs(self.left_pence))} too much."
        )


class WrongEntry(Refused):
    """The entry named is not of the kind this needs."""

    entry_id: str
    kind: str
    needed: tuple[str, ...]

    @property
    def detail(self) -> str:
        return f"{self.entry_id} is of the kind {self.kind}; this needs one of the kind {' or '.join(self.needed)}."


class AnotherYear(Refused):
    """The commitment is of another financial year than the payment."""

    entry_id: str
    entry_year: str
    financial_year: str

    @property
    def detail(self) -> str:
        return (
            f"{self.entry_id} belongs to {self.entry_year} and this payment to {self.financial_year}: money does not move "
            f"between financial years by itself. Release it, and commit the money anew in {self.financial_year}."
        )


class TooEarly(Refused):
    """The date is before the year of the entry it names."""

    entry_id: str
    on: date
    first_day: date

    @property
    def detail(self) -> str:
        return f"{self.on} is too early for an entry that names {self.entry_id}: date it on or after {self.first_day}."


class CreditSettlesNothing(Refused):
    """A credit settles no commitment or accrual."""

    entry_id: str
    cost_pence: int

    @property
    def detail(self) -> str:
        return (
            f"This line comes to {pounds(self.cost_pence)}, so it settles nothing of {self.entry_id}: "
            "leave the entry's id out, and release or reverse that entry by itself."
        )


class DocumentDoesNotAddUp(Refused):
    """The lines do not add up to the document's total."""

    document_pence: int
    lines_pence: int
    part: str

    @property
    def detail(self) -> str:
        return (
            f"The lines' {self.part} amounts come to {pounds(self.lines_pence)} and the document says "
            f"{pounds(self.document_pence)}: a difference of {pounds(self.document_pence - self.lines_pence)}. "
            "What grants do not pay goes under uncharged."
        )
