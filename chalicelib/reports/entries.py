"""Finance's rows: one for every entry, with the sums that prove the file whole. Written for speed: the row is the cost."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.cells import Cell, Counter
from chalicelib.domain.chain import Name
from chalicelib.domain.entries import COUNTED_AGAINST, OWN_COUNTER, moved
from chalicelib.domain.measures import figures
from chalicelib.reports.bodies import Body, Document, Facts, decode_all
from chalicelib.reports.cells import END, cell, pounds, quoted

_COUNTERS = tuple(counter.value for counter in Counter)

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
    *(f"{counter}_pounds" for counter in _COUNTERS),
)
"""What each row holds. The last eleven say what the entry adds to each counter, so each column's sum is that counter."""

HEADING = ",".join(COLUMNS) + END

_TOGETHER = 100
"""How many rows are made at once: their texts are looked over together, and where one needs care, all of them are taken slowly."""


Tally = defaultdict[str, list[int]]
"""How many entries of each kind there are, and what they come to in pence."""


def _tally() -> Tally:
    return defaultdict(lambda: [0, 0])


@dataclass(slots=True)
class Totals:
    """What the rows add up to, in pence. `alone` are the entries that move their kind's own counter and no other."""

    alone: Tally = field(default_factory=_tally)
    others: Tally = field(default_factory=_tally)
    others_moves: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTERS, 0))
    net_pence: int = 0
    vat_pence: int = 0

    @property
    def by_kind(self) -> dict[str, tuple[int, int]]:
        """How many rows there are of each kind, and what their amounts come to."""
        kinds = {*self.alone, *self.others}
        there = ((kind, self.alone.get(kind, (0, 0)), self.others.get(kind, (0, 0))) for kind in sorted(kinds))
        return {kind: (alone[0] + others[0], alone[1] + others[1]) for kind, alone, others in there}

    @property
    def counters(self) -> dict[str, int]:
        """What the rows come to by counter."""
        total = dict(self.others_moves)
        for kind, (_, pence) in self.alone.items():
            for counter, change in moved(kind, pence).items():
                total[counter] += change
        return total

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(rows for rows, _ in self.by_kind.values())

    @property
    def measures(self) -> dict[str, int]:
        """Every measure over the rows."""
        return figures(self.counters)

    @property
    def columns(self) -> dict[str, int]:
        """The sum of each column of money whose rows add up."""
        amounts = {"amount_pounds": sum(pence for _, pence in self.by_kind.values())}
        amounts |= {"net_pounds": self.net_pence, "vat_pounds": self.vat_pence}
        return amounts | {f"{counter}_pounds": pence for counter, pence in self.counters.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an entry belongs, in the words of a row."""

    fund: str
    grant: str
    lead_recipient: str
    initiative: str = ""
    initiative_title: str = ""
    category: str = ""
    partner: str = ""

    def cells(self, where: Cell) -> str:
        """The row's cells from `fund` to `nature`."""
        texts = (self.fund, self.grant, self.lead_recipient, self.initiative, self.initiative_title, self.category, self.partner)
        return ",".join(map(cell, (*texts, where.financial_year, where.quarter or "", where.nature.value)))


class Places(dict[str, str | None]):
    """The cells that say where an entry belongs, by the entry's cell; None for entries out of scope."""

    def __init__(self, place_of: Callable[[Cell], Place | None]) -> None:
        super().__init__()
        self._place_of = place_of

    def __missing__(self, key: str) -> str | None:
        where = Cell.parse(key)
        place = self._place_of(where)
        made = self[key] = place.cells(where) if place else None
        return made


class EntryRows:
    """Turns records into rows, and adds them up in `totals`."""

    def __init__(self) -> None:
        self.totals = Totals()
        self._around = _Around()

    def of_grant(self, name: Name, pages: Iterable[Sequence[str]], places: Mapping[str, str | None]) -> Iterator[str]:
        """The rows of one grant's entries, some at a time, from the bodies of all its records.

        `places` says where each entry belongs. Raises ChainBroken when a record cannot be read or is not in its place.
        """
        seq = 1
        for page in pages:
            for start in range(0, len(page), _TOGETHER):
                texts = page[start : start + _TOGETHER]
                bodies = decode_all(texts, name, seq)
                yield "".join(self._rows(name.id, bodies, _words(texts, bodies), places))
                seq += len(bodies)

    def _rows(self, grant_id: str, bodies: Sequence[Body], words: Sequence[str], places: Mapping[str, str | None]) -> list[str]:
        rows, totals, tally, around = [], self.totals, self.totals.alone, self._around
        for body, typed in zip(bodies, words, strict=True):
            entry = body.facts
            # What is no entry has no cell.
            if not entry.cell or not (place := places[entry.cell]):
                continue
            kind, pence, document = body.kind, entry.amount_pence, entry.document
            amount = pounds(pence)
            if entry.settles or entry.counter:
                effect = self._effect(kind, pence, body.moves)
            else:
                before, after, negated = around[kind]
                effect = f"{before}{pounds(-pence) if negated else amount}{after}"
                there = tally[kind]
                there[0] += 1
                there[1] += pence
            head = f"{grant_id}.{body.seq},{kind},{entry.on},{place},{amount}"
            if document:
                net, vat = entry.net_pence or 0, entry.vat_pence or 0
                totals.net_pence += net
                totals.vat_pence += vat
                rows.append(
                    f"{head},{amount if net == pence else pounds(net)},{pounds(vat)},{document.kind},{document.date},"
                    f"{pounds(document.net_pence + document.vat_pence)},{typed},{body.at},{effect}{END}"
                )
            else:
                rows.append(f"{head},,,,,,{typed},{body.at},{effect}{END}")
        return rows

    def _effect(self, kind: str, pence: int, moves: Mapping[str, int]) -> str:
        """The cells of the eleven counters, when an entry moves another than its own."""
        there, counters = self.totals.others[kind], self.totals.others_moves
        there[0] += 1
        there[1] += pence
        for counter, change in moves.items():
            counters[counter] += change
        return ",".join([pounds(moves[counter]) if counter in moves else "" for counter in _COUNTERS])


class _Around(dict[str, tuple[str, str, bool]]):
    """The commas around the one cell of the eleven counters that entries of a kind fill, and whether it is their amount negated."""

    def __missing__(self, kind: str) -> tuple[str, str, bool]:
        place = _COUNTERS.index(OWN_COUNTER[kind])
        made = self[kind] = "," * place, "," * (len(_COUNTERS) - 1 - place), kind in COUNTED_AGAINST
        return made


# After a cell's opening quote, whatever is neither plainly the beginning of a word nor of a number may begin a formula.
_PERHAPS_FORMULA = re.compile(r',"[^0-9A-Za-z"(]')


def _words(texts: Sequence[str], bodies: Sequence[Body]) -> list[str]:
    """For each body the cells from `document_number` to `recorded_by`: whatever somebody typed in quotes, ids as they are.

    Nearly always the words may stand as they are, which one look at all of them finds out quicker than a look at each: no
    stored text has a backslash, so none has a quote in it, and nothing in them may begin a formula.
    """
    words = [_as_they_are(body, body.facts, body.facts.document) for body in bodies]
    if "\\" in "".join(texts) or _PERHAPS_FORMULA.search(",".join(["", *words])):
        return [_with_care(body, body.facts, body.facts.document) for body in bodies]
    return words


def _as_they_are(body: Body, entry: Facts, document: Document | None) -> str:
    tail = f'{entry.of},"{entry.description}","{body.reason}","{body.by}"'
    if document:
        return f'"{document.number}","{document.supplier}",{entry.payer},"{document.number}",{tail}'
    return f'"","{entry.counterparty}",{entry.payer},"{entry.quoted_reference}",{tail}'


def _with_care(body: Body, entry: Facts, document: Document | None) -> str:
    tail = f"{entry.of},{quoted(entry.description)},{quoted(body.reason)},{quoted(body.by)}"
    if document:
        number = quoted(document.number)
        return f"{number},{quoted(document.supplier)},{entry.payer},{number},{tail}"
    return f'"",{quoted(entry.counterparty)},{entry.payer},{quoted(entry.quoted_reference)},{tail}'
