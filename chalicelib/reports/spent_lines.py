"""A grant's records taken apart into lines of spending: each payment with what corrections and refunds did to it."""

from __future__ import annotations

from collections.abc import Sequence
from sys import intern

from chalicelib.domain.entries import EntryKind
from chalicelib.domain.statutory_lists import SpentLine
from chalicelib.reports.bodies import Body, Document


class SpentLines:
    """Collects a grant's lines from its entries, as they pass in the order of their records.

    What many lines say alike is kept once: a large ledger has a million of them.
    """

    def __init__(self, grant_id: str) -> None:
        self._grant_id = grant_id
        self._lines: dict[str, SpentLine] = {}

    def take(self, body: Body) -> None:
        """Take one entry. What is neither payment, correction of one nor refund is no spending."""
        entry = body.facts
        if entry.document and body.kind == EntryKind.PAYMENT:
            self._pay(body, entry.document)
        elif body.kind == EntryKind.CORRECTION and not entry.counter:
            if entry.of in (entry.against or ()):
                self._lines[entry.of].paid_pence += entry.amount_pence
            else:
                self._recode(body)
        elif body.kind == EntryKind.REFUND:
            self._lines[entry.of].refunded_pence -= entry.amount_pence

    @property
    def lines(self) -> Sequence[SpentLine]:
        """The lines so far, in the order of their records."""
        return tuple(self._lines.values())

    def _pay(self, body: Body, document: Document) -> None:
        entry = body.facts
        line = self._line(
            body,
            supplier=intern(document.supplier),
            item=(intern(document.supplier), intern(document.kind), document.number),
            document_pence=document.net_pence + document.vat_pence,
            charged_pence=entry.amount_pence,
            on=entry.on,
        )
        line.near = tuple(entry.against or ())

    def _recode(self, body: Body) -> None:
        """What arrives where a payment was recoded to: a line of the same item and day, of which nothing was charged here."""
        was = self._lines[body.facts.of]
        line = self._line(body, supplier=was.supplier, item=was.item, document_pence=was.document_pence, charged_pence=0, on=was.on)
        line.near = (was.id, *was.near)

    def _line(
        self, body: Body, *, supplier: str, item: tuple[str, str, str], document_pence: int, charged_pence: int, on: str
    ) -> SpentLine:
        entry, named = body.facts, f"{self._grant_id}.{body.seq}"
        line = self._lines[named] = SpentLine(
            id=named,
            grant_id=self._grant_id,
            seq=body.seq,
            cell=intern(entry.cell),
            on=intern(on),
            supplier=supplier,
            item=item,
            document_pence=document_pence,
            charged_pence=charged_pence,
            paid_pence=entry.amount_pence,
        )
        return line
