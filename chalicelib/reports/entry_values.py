"""Finance's rows as values: what each entry says, typed, for files that keep dates, numbers and texts apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Name
from chalicelib.domain.payment_status import Paid
from chalicelib.reports.bodies import Body, decode_all
from chalicelib.reports.entries import Place
from chalicelib.reports.entry_totals import CellTotals, Totals

_TOGETHER = 100
"""How many rows are made at once."""


class EntryValue(msgspec.Struct, gc=False):
    """An entry's row. Fields are in order of the CSV's columns; money is in pence, and None where there is none.

    `moves_pence` is what the entry adds to each counter.
    """

    entry_id: str
    kind: str
    date: str
    fund: str
    grant: str
    lead_recipient: str
    initiative: str
    initiative_title: str
    category: str
    partner: str
    financial_year: str
    quarter: str
    nature: str
    amount_pence: int
    net_pence: int | None
    vat_pence: int | None
    document_kind: str
    document_date: str
    document_total_pence: int | None
    document_number: str
    party: str
    payer: str
    reference: str
    entry_named: str
    description: str
    reason: str
    recorded_by: str
    recorded_at: str
    paid_on: str
    payment_reference: str
    moves_pence: dict[str, int]


class _There(NamedTuple):
    """The values that say where an entry belongs, and where it is added to."""

    values: tuple[str, str, str, str, str, str, str, str, str, str]
    totals: CellTotals


class EntryValues:
    """Turns records into values, and adds them up in `totals`."""

    def __init__(self) -> None:
        self.totals = Totals()
        self._paid: Mapping[int, Paid] = {}

    def of_grant(
        self,
        name: Name,
        pages: Iterable[Sequence[str]],
        place_of: Callable[[Cell], Place | None],
        after: int = 0,
        paid: Mapping[int, Paid] | None = None,
    ) -> Iterator[list[EntryValue]]:
        """The values of one grant's entries, some at a time, from the bodies of its records after record `after`.

        `place_of` says where an entry belongs, or None when it is out of scope; `paid` how it was paid, by the number of its record.
        Raises ChainBroken when a record cannot be read or is not in its place.
        """
        self._paid = paid or {}
        seq, places = after + 1, dict[str, _There | None]()
        for page in pages:
            for start in range(0, len(page), _TOGETHER):
                bodies = decode_all(page[start : start + _TOGETHER], name, seq)
                yield [value for body in bodies if (value := self._value(name.id, body, places, place_of))]
                seq += len(bodies)

    def _value(
        self, grant_id: str, body: Body, places: dict[str, _There | None], place_of: Callable[[Cell], Place | None]
    ) -> EntryValue | None:
        entry = body.facts
        if not entry.cell:
            self.totals.take_closing(grant_id, body)
            return None
        if entry.cell not in places:
            places[entry.cell] = self._there(grant_id, entry.cell, place_of)
        if (there := places[entry.cell]) is None:
            return None
        document = entry.document
        carried = entry.part or document
        number = document.number if document else ""
        paid = self._paid.get(body.seq)
        return EntryValue(
            f"{grant_id}.{body.seq}",
            body.kind,
            entry.on,
            *there.values,
            entry.amount_pence,
            carried.net_pence if carried else None,
            carried.vat_pence if carried else None,
            document.kind if document else "",
            document.date if document else "",
            document.net_pence + document.vat_pence if document else None,
            number,
            document.supplier if document else entry.counterparty,
            entry.payer,
            number or entry.quoted_reference,
            entry.of,
            entry.description,
            body.reason,
            body.by,
            body.at,
            paid.on.isoformat() if paid else "",
            paid.reference if paid else "",
            dict(self.totals.take(there.totals, body)),
        )

    def _there(self, grant_id: str, key: str, place_of: Callable[[Cell], Place | None]) -> _There | None:
        where = Cell.parse(key)
        place = place_of(where)
        return _There(place.values(where), self.totals.of_cell(grant_id, key)) if place else None
