"""Entries as JSON: one document, a line for each, which ends with the entry's record as the ledger holds it, byte for byte.

A record is JSON already, so it is not taken apart and put together again. Before it stands what it does not say itself: its id, where it
belongs, how it was paid, and what it adds to each counter. Written for speed: the row is the cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Name
from chalicelib.domain.payment_status import Paid
from chalicelib.reports.around_rows import Around
from chalicelib.reports.bodies import Brief, decode_briefly
from chalicelib.reports.entries import COLUMNS, Place, Placed, Rows
from chalicelib.reports.entry_totals import COUNTERS

_BETWEEN = ",\n"

AROUND_JSON = Around(heading=b'{"entries":[', first=b"\n", between=_BETWEEN.encode(), ending=b"\n]}\n")

_PLACE = COLUMNS[COLUMNS.index("fund") : COLUMNS.index("nature") + 1]

_encode = msgspec.json.Encoder().encode


def joined(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """The document's lines alone, some at a time."""
    before: tuple[str, ...] = ()
    for some in rows:
        if some:
            yield _BETWEEN.join((*before, *some)).encode()
            before = ("",)


class JsonRows(Rows[Brief]):
    """Lines of JSON, without what stands between them. Money is in pence."""

    def decoded(self, texts: Sequence[str], name: Name, first: int) -> list[Brief]:
        return decode_briefly(texts, name, first)

    def said(self, place: Place, where: Cell) -> str:
        return _inside(dict(zip(_PLACE, place.values(where), strict=True)))

    def around(self, counter: int) -> tuple[str, str]:
        return f'"{COUNTERS[counter]}":', ""

    def settled(self, paid: Paid) -> str:
        return _settled(paid.on.isoformat(), paid.reference)

    def rows(self, grant_id: str, texts: Sequence[str], bodies: Sequence[Brief], placed: Placed) -> list[str]:
        rows, totals, paid = [], self.totals, self.paid
        nets = vats = 0
        for body, text in zip(bodies, texts, strict=True):
            entry, kind = body.facts, body.kind
            if not (placing := placed[entry.cell, kind]):
                if not entry.cell:
                    totals.take_closing(grant_id, body)
                continue
            place, before, _, negated, alone, of_cell = placing
            pence = entry.amount_pence
            if entry.settles or entry.counter:
                moved = _inside(of_cell.take_other(body))
            else:
                moved = f"{before}{-pence if negated else pence}"
                alone[0] += 1
                alone[1] += pence
            if carried := entry.part or entry.document:
                nets += carried.net_pence
                vats += carried.vat_pence
            settled = paid.get(body.seq, _UNPAID) if paid else _UNPAID
            rows.append(f'{{"entry_id":"{grant_id}.{body.seq}",{place},{settled},"moves_pence":{{{moved}}},"record":{text}}}')
        totals.net_pence += nets
        totals.vat_pence += vats
        return rows


def _inside(values: Mapping[str, str | int]) -> str:
    """What stands between an object's braces."""
    return _encode(values)[1:-1].decode()


def _settled(paid_on: str, reference: str) -> str:
    return _inside({"paid_on": paid_on, "payment_reference": reference})


_UNPAID = _settled("", "")
