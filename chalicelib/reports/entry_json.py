"""Entries as JSON: one document, a line for each. Written for speed: the row is the cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from chalicelib.domain.cells import Cell
from chalicelib.domain.entries import COUNTED_AGAINST, OWN_COUNTER
from chalicelib.domain.payment_status import Paid
from chalicelib.reports.around_rows import Around
from chalicelib.reports.bodies import Body, make_safe
from chalicelib.reports.entries import COLUMNS, Place, Placed, Rows

_BETWEEN = ",\n"

AROUND_JSON = Around(heading=b'{"entries":[', first=b"\n", between=_BETWEEN.encode(), ending=b"\n]}\n")

_PLACE = COLUMNS[COLUMNS.index("fund") : COLUMNS.index("nature") + 1]

_encode = msgspec.json.Encoder().encode


def joined(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """The document's lines alone, some at a time."""
    before = ""
    for some in rows:
        if some:
            yield f"{before}{_BETWEEN.join(some)}".encode()
            before = _BETWEEN


class JsonRows(Rows):
    """Lines of JSON, without what stands between them. Money is in pence, and null where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._own = _Own()

    def said(self, place: Place, where: Cell) -> str:
        return _inside(dict(zip(_PLACE, place.values(where), strict=True)))

    def settled(self, paid: Paid) -> str:
        return _settled(paid.on.isoformat(), paid.reference)

    def rows(self, grant_id: str, texts: Sequence[str], bodies: Sequence[Body], placed: Placed) -> list[str]:
        # No stored text has a backslash, nearly always: then none has anything in it that JSON does not write as it is.
        if "\\" in "".join(texts):
            make_safe(bodies, _escaped)
        rows = []
        for body, entry, place, carried, moves in self.counted(grant_id, bodies, placed):
            kind, pence, document = body.kind, entry.amount_pence, entry.document
            if moves is None:
                counter, negated = self._own[kind]
                moved = f"{counter}{-pence if negated else pence}"
            else:
                moved = _inside(moves)
            begin = f'{{"entry_id":"{grant_id}.{body.seq}","kind":"{kind}","date":"{entry.on}",{place},"amount_pence":{pence},"net_pence":'
            end = (
                f'"entry_named":"{entry.of}","description":"{entry.description}","reason":"{body.reason}",'
                f'"recorded_by":"{body.by}","recorded_at":"{body.at}",{self.paid.get(body.seq, _UNPAID)},"moves_pence":{{{moved}}}}}'
            )
            if document and carried:
                number = document.number
                rows.append(
                    f'{begin}{carried.net_pence},"vat_pence":{carried.vat_pence},"document_kind":"{document.kind}",'
                    f'"document_date":"{document.date}","document_total_pence":{document.net_pence + document.vat_pence},'
                    f'"document_number":"{number}","party":"{document.supplier}","payer":"{entry.payer}","reference":"{number}",{end}'
                )
            else:
                rows.append(
                    f'{begin}null,"vat_pence":null,"document_kind":"","document_date":"","document_total_pence":null,"document_number":"",'
                    f'"party":"{entry.counterparty}","payer":"{entry.payer}","reference":"{entry.quoted_reference}",{end}'
                )
        return rows


class _Own(dict[str, tuple[str, bool]]):
    """By kind of entry: its own counter, as JSON has it before a number, and whether its amount is counted negated."""

    def __missing__(self, kind: str) -> tuple[str, bool]:
        made = self[kind] = f'"{OWN_COUNTER[kind]}":', kind in COUNTED_AGAINST
        return made


def _inside(values: Mapping[str, str | int]) -> str:
    """What stands between an object's braces."""
    return _encode(values)[1:-1].decode()


def _settled(paid_on: str, reference: str) -> str:
    return _inside({"paid_on": paid_on, "payment_reference": reference})


_UNPAID = _settled("", "")


def _escaped(text: str) -> str:
    """What stands between a text's quotes."""
    return _encode(text)[1:-1].decode()
