"""Finance's rows: one for every entry, with the sums that prove the file whole. Written for speed: the row is the cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.domain.cells import Cell, Counter
from chalicelib.domain.chain import Link, Name
from chalicelib.domain.measures import figures
from chalicelib.reports.bodies import ENTRY_KINDS, Document, Facts, decode
from chalicelib.reports.cells import END, Pounds, Texts, cell, is_plain

_COUNTERS = tuple(counter.value for counter in Counter)

COLUMNS = (
    "entry_id",
    "kind",
    "date",
    "recorded_at",
    "recorded_by",
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
    "party",
    "document_kind",
    "document_number",
    "document_date",
    "document_total_pounds",
    "reference",
    "entry_named",
    "description",
    "reason",
    *(f"{counter}_pounds" for counter in _COUNTERS),
)
"""What each row holds. The last eleven say what the entry adds to each counter, so each column's sum is that counter."""

HEADING = ",".join(COLUMNS) + END

# One entry nearly always moves one counter: its eleven cells are its amount between these.
_BEFORE = {counter: "," * place for place, counter in enumerate(_COUNTERS)}
_AFTER = {counter: "," * (len(_COUNTERS) - 1 - place) for place, counter in enumerate(_COUNTERS)}


@dataclass(slots=True)
class Totals:
    """What the rows add up to, in pence: by kind of entry (rows and amount), by counter, and by other column of money."""

    by_kind: dict[str, list[int]] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTERS, 0))
    net_pence: int = 0
    vat_pence: int = 0

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(rows for rows, _ in self.by_kind.values())

    @property
    def measures(self) -> dict[str, int]:
        """Every measure over the rows, in pence."""
        return figures(self.counters)

    @property
    def columns(self) -> dict[str, int]:
        """The sum of each column of money whose rows add up, in pence."""
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
    """Turns links into rows, and adds them up in `totals`."""

    def __init__(self) -> None:
        self.totals = Totals()
        self._texts = Texts()
        self._pounds = Pounds()

    def of_grant(self, name: Name, links: Iterable[Link], places: Mapping[str, str | None]) -> Iterator[str]:
        """The rows of one grant's entries, each with its end; `places` says where each belongs. Raises ValueError."""
        texts, pounds, add, effect = self._texts, self._pounds, self._add, self._effect
        aggregate, start = str(name), f"{name.id}."
        for link in links:
            body = decode(link.body, aggregate, link.seq)
            kind, entry = body.kind, body.facts
            if kind not in ENTRY_KINDS or (place := places[entry.cell]) is None:
                continue
            add(kind, entry)
            # What says nothing twice is not worth keeping: only what recurs goes through `texts`.
            reference, description = entry.reference, entry.description
            if not is_plain(reference):
                reference = cell(reference)
            if not is_plain(description):
                description = cell(description)
            yield (
                f"{start}{body.seq},{kind},{entry.on},{body.at},{texts[body.by]},{place},"
                f"{pounds[entry.amount_pence]},{pounds[entry.net_pence]},{pounds[entry.vat_pence]},"
                f"{texts[entry.party]},{self._document(entry.document) if entry.document else ',,,'},{reference},{entry.of},"
                f"{description},{texts[body.reason]},{effect(entry.moves)}{END}"
            )

    def _document(self, document: Document) -> str:
        number = document.number
        if not is_plain(number):
            number = cell(number)
        return f"{document.kind},{number},{document.date},{self._pounds[document.net_pence + document.vat_pence]}"

    def _effect(self, moves: Mapping[str, int]) -> str:
        pounds = self._pounds
        if len(moves) == 1:
            for counter, pence in moves.items():
                return _BEFORE[counter] + pounds[pence] + _AFTER[counter]
        return ",".join([pounds[moves.get(counter)] for counter in _COUNTERS])

    def _add(self, kind: str, entry: Facts) -> None:
        totals = self.totals
        by_kind = totals.by_kind.get(kind)
        if by_kind is None:
            by_kind = totals.by_kind[kind] = [0, 0]
        by_kind[0] += 1
        by_kind[1] += entry.amount_pence
        for counter, pence in entry.moves.items():
            totals.counters[counter] += pence
        if entry.net_pence is not None and entry.vat_pence is not None:
            totals.net_pence += entry.net_pence
            totals.vat_pence += entry.vat_pence
