"""Finance's rows: one for every entry, with the sums that prove the file whole. Written for speed: the row is the cost."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Generic

from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Name
from chalicelib.domain.entries import COUNTED_AGAINST, OWN_COUNTER
from chalicelib.domain.payment_status import Paid
from chalicelib.domain.values import Struct
from chalicelib.reports.bodies import B, Body, Document, Facts, decode_all
from chalicelib.reports.cells import END, PART, cell, pounds, quoted
from chalicelib.reports.entry_totals import COUNTERS, CellTotals, Totals

COLUMNS = (
    "entry_id",
    "kind",
    "date",
    "fund",
    "grant",
    "lead_recipient",
    "initiative",
    "initiative_title",
    "category",
    "partner",
    "financial_year",
    "quarter",
    "nature",
    "amount_pounds",
    "net_pounds",
    "vat_pounds",
    "document_kind",
    "document_date",
    "document_total_pounds",
    "document_number",
    "party",
    "payer",
    "reference",
    "entry_named",
    "description",
    "reason",
    "recorded_by",
    "recorded_at",
    "paid_on",
    "payment_reference",
    *(f"{counter}_pounds" for counter in COUNTERS),
)
"""What each row holds. The last eleven say what the entry adds to each counter, so each column's sum is that counter."""

HEADING = ",".join(COLUMNS) + END

_PLACES = {counter: place for place, counter in enumerate(COUNTERS)}

_TOGETHER = 100
"""How many rows are made at once: their texts are looked over together, and where one needs care, all of them are taken slowly."""


class Place(Struct, frozen=True, kw_only=True):
    """Where an entry belongs, in the words of a row."""

    fund: str
    grant: str
    lead_recipient: str
    initiative: str = ""
    initiative_title: str = ""
    category: str = ""
    partner: str = ""

    def values(self, where: Cell) -> tuple[str, str, str, str, str, str, str, str, str, str]:
        """What the row says from `fund` to `nature`."""
        delivery = self.initiative, self.initiative_title, self.category, self.partner
        return (self.fund, self.grant, self.lead_recipient, *delivery, where.financial_year, where.quarter or "", where.nature.value)

    def cells(self, where: Cell) -> str:
        """The row's cells from `fund` to `nature`."""
        return ",".join(map(cell, self.values(where)))


Placing = tuple[str, str, str, bool, list[int], CellTotals]
"""Of the entries of one cell and kind: what a row says of where they belong; what stands before and after the amount in their kind's own
counter, and whether it is negated there; how many move that alone, and what they come to in pence; the totals of their cell."""


class Placed(dict[tuple[str, str], Placing | None]):
    """By the cell and kind of a record: where its entry belongs. None for records that are no entries, and for entries out of scope."""

    def __init__(self, find: Callable[[str, str], Placing | None]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: tuple[str, str]) -> Placing | None:
        found = self[key] = self._find(*key)
        return found


class Rows(ABC, Generic[B]):
    """Turns records into rows of one kind of file, and adds them up in `totals`.

    `paid` is what is said of payments in the rows of the grant in hand, by the numbers of the records.
    """

    def __init__(self) -> None:
        self.totals = Totals()
        self.paid: Mapping[int, str] = {}

    def of_grant(
        self,
        name: Name,
        pages: Iterable[Sequence[str]],
        place_of: Callable[[Cell], Place | None],
        after: int = 0,
        paid: Mapping[int, Paid] | None = None,
    ) -> Iterator[list[str]]:
        """The rows of one grant's entries, some at a time, from the bodies of its records after record `after`.

        `place_of` says where an entry belongs, or None when it is out of scope; `paid` how it was paid, by the number of its record.
        Raises ChainBroken when a record cannot be read or is not in its place.
        """
        told: dict[Paid, str] = {}  # a run of payments has one day and one reference
        self.paid = {number: told.get(each) or told.setdefault(each, self.settled(each)) for number, each in (paid or {}).items()}
        seq, placed = after + 1, Placed(partial(self._placing, name.id, place_of))
        for page in pages:
            for start in range(0, len(page), _TOGETHER):
                texts = page[start : start + _TOGETHER]
                bodies = self.decoded(texts, name, seq)
                yield self.rows(name.id, texts, bodies, placed)
                seq += len(bodies)

    def _placing(self, grant_id: str, place_of: Callable[[Cell], Place | None], key: str, kind: str) -> Placing | None:
        where = Cell.parse(key) if key else None
        place = place_of(where) if where else None
        if not where or not place:
            return None
        totals, (before, after) = self.totals.of_cell(grant_id, key), self.around(COUNTERS.index(OWN_COUNTER[kind]))
        return self.said(place, where), before, after, kind in COUNTED_AGAINST, totals.alone[kind], totals

    @abstractmethod
    def decoded(self, texts: Sequence[str], name: Name, first: int) -> list[B]:
        """The bodies of an aggregate's records from record `first` on, as far as rows need them. Raises ChainBroken."""

    @abstractmethod
    def said(self, place: Place, where: Cell) -> str:
        """What a row says from `fund` to `nature`."""

    @abstractmethod
    def around(self, counter: int) -> tuple[str, str]:
        """What a row says before and after an amount in the one of `COUNTERS` that it moves."""

    @abstractmethod
    def settled(self, paid: Paid) -> str:
        """What a row says of how its entry was paid."""

    @abstractmethod
    def rows(self, grant_id: str, texts: Sequence[str], bodies: Sequence[B], placed: Placed) -> list[str]:
        """The rows of some bodies, which were decoded from these texts."""


class EntryRows(Rows[Body]):
    """Rows of CSV, each with its end."""

    def decoded(self, texts: Sequence[str], name: Name, first: int) -> list[Body]:
        return decode_all(texts, name, first)

    def said(self, place: Place, where: Cell) -> str:
        return place.cells(where)

    def around(self, counter: int) -> tuple[str, str]:
        return "," * counter, "," * (len(COUNTERS) - 1 - counter)

    def settled(self, paid: Paid) -> str:
        return f"{paid.on.isoformat()},{quoted(paid.reference) if paid.reference else ''}"

    def rows(  # noqa: PLR0915  one loop without a call that it can do without: the row is the cost
        self, grant_id: str, texts: Sequence[str], bodies: Sequence[Body], placed: Placed
    ) -> list[str]:
        del texts  # what was read of them is enough
        rows, totals, paid = [], self.totals, self.paid
        nets = vats = 0
        for body, typed in zip(bodies, _words(bodies), strict=True):
            entry, kind = body.facts, body.kind
            if not (placing := placed[entry.cell, kind]):
                if not entry.cell:
                    totals.take_closing(grant_id, body)
                continue
            place, before, after, negated, alone, of_cell = placing
            pence, document = entry.amount_pence, entry.document
            amount = f"{pence // 100}{PART[pence % 100]}" if pence >= 0 else pounds(pence)
            if entry.settles or entry.counter:
                before, own, after = "", _effect(of_cell.take_other(body)), ""
            else:
                own = pounds(-pence) if negated else amount
                alone[0] += 1
                alone[1] += pence
            settled = paid.get(body.seq, ",") if paid else ","
            if document:
                carried = entry.part or document
                net, vat, whole = carried.net_pence, carried.vat_pence, document.net_pence + document.vat_pence
                nets += net
                vats += vat
                rows.append(
                    f"{grant_id}.{body.seq},{kind},{entry.on},{place},{amount},{amount if net == pence else pounds(net)},"
                    f"{f'{vat // 100}{PART[vat % 100]}' if vat >= 0 else pounds(vat)},{document.kind},{document.date},"
                    f"{f'{whole // 100}{PART[whole % 100]}' if whole >= 0 else pounds(whole)},"
                    f"{typed},{body.at},{settled},{before}{own}{after}{END}"
                )
            else:
                rows.append(
                    f"{grant_id}.{body.seq},{kind},{entry.on},{place},{amount},,,,,,{typed},{body.at},{settled},{before}{own}{after}{END}"
                )
        totals.net_pence += nets
        totals.vat_pence += vats
        return rows


def _effect(moves: Mapping[str, int]) -> str:
    """The cells of the eleven counters, when an entry moves another than its own."""
    cells = [""] * len(COUNTERS)
    for counter, change in moves.items():
        cells[_PLACES[counter]] = pounds(change)
    return ",".join(cells)


# After a cell's opening quote, whatever is neither plainly the beginning of a word nor of a number may begin a formula.
_PERHAPS_FORMULA = re.compile(r',"[^0-9A-Za-z"(]')
_QUOTES = 12
"""How many quotes stand around the cells that somebody typed."""


def _words(bodies: Sequence[Body]) -> list[str]:
    """For each body the cells from `document_number` to `recorded_by`: whatever somebody typed in quotes, ids as they are.

    Nearly always the words may stand as they are, which one look at all of them finds out quicker than a look at each: there is no
    quote but those around cells, and nothing in them may begin a formula.
    """
    words = [_as_they_are(body, body.facts) for body in bodies]
    together = ",".join(["", *words])
    if together.count('"') != _QUOTES * len(words) or _PERHAPS_FORMULA.search(together):
        return [_with_care(body, body.facts, body.facts.document) for body in bodies]
    return words


def _as_they_are(body: Body, entry: Facts) -> str:
    if document := entry.document:
        number = document.number
        return f'"{number}","{document.supplier}",{entry.payer},"{number}",{entry.of},"{entry.description}","{body.reason}","{body.by}"'
    return (
        f'"","{entry.counterparty}",{entry.payer},"{entry.quoted_reference}",{entry.of},"{entry.description}","{body.reason}","{body.by}"'
    )


def _with_care(body: Body, entry: Facts, document: Document | None) -> str:
    tail = f"{entry.of},{quoted(entry.description)},{quoted(body.reason)},{quoted(body.by)}"
    if document:
        number = quoted(document.number)
        return f"{number},{quoted(document.supplier)},{entry.payer},{number},{tail}"
    return f'"",{quoted(entry.counterparty)},{entry.payer},{quoted(entry.quoted_reference)},{tail}'
