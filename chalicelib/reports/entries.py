"""Finance's rows: one for every entry, with the sums that prove the file whole. Written for speed: the row is the cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.domain.cells import Cell, Counter, added
from chalicelib.domain.chain import Link, Name
from chalicelib.domain.columns import Cells
from chalicelib.domain.measures import figures
from chalicelib.domain.quarter_states import PeriodClosed
from chalicelib.reports.bodies import ENTRY_KINDS, Body, Document, Facts, decode
from chalicelib.reports.cells import END, cell, cells, pounds

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

# One entry nearly always moves one counter by its own amount: then its eleven cells are that amount between commas.
_ALONE = {counter: "," * place + "%s" + "," * (len(_COUNTERS) - 1 - place) for place, counter in enumerate(_COUNTERS)}


@dataclass(slots=True)
class Totals:
    """What the rows add up to, in pence: by kind of entry (rows and amount), by grant and cell, and by other column of money.

    `reported` is what each quarter of the grants that was closed reported when it last was, in scope or not.
    """

    by_kind: dict[str, list[int]] = field(default_factory=dict)
    cells: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    reported: dict[str, dict[str, Cells]] = field(default_factory=dict)
    net_pence: int = 0
    vat_pence: int = 0

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(rows for rows, _ in self.by_kind.values())

    @property
    def counters(self) -> dict[str, int]:
        """Every counter over the rows."""
        summed = added(counters for cells in self.cells.values() for counters in cells.values())
        return dict.fromkeys(_COUNTERS, 0) | summed

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

    def of_grant(self, name: Name, links: Iterable[Link], places: Mapping[str, str | None]) -> Iterator[str]:
        """The rows of one grant's entries, each with its end; `places` says where each belongs. Raises ValueError."""
        aggregate, entry_id = str(name), f"{name.id}."
        add, sums = self._add, self.totals.cells.setdefault(name.id, {})
        for link in links:
            body = decode(link.body, aggregate, link.seq)
            kind, entry = body.kind, body.facts
            if kind not in ENTRY_KINDS:
                if kind == PeriodClosed.KIND:
                    self.totals.reported.setdefault(name.id, {})[entry.quarter] = entry.cells
                continue
            if (place := places[entry.cell]) is None:
                continue
            add(kind, entry, sums.get(entry.cell) or sums.setdefault(entry.cell, {}))
            amount = pounds(entry.amount_pence)
            paid = _paid(entry, entry.document, amount) if entry.document else ",,,,"
            yield (
                f"{entry_id}{body.seq},{kind},{entry.on},{place},{amount},{paid},"
                f"{_words(body, entry)},{body.at},{_effect(entry, amount)}{END}"
            )

    def _add(self, kind: str, entry: Facts, counters: dict[str, int]) -> None:
        totals = self.totals
        by_kind = totals.by_kind.get(kind) or totals.by_kind.setdefault(kind, [0, 0])
        by_kind[0] += 1
        by_kind[1] += entry.amount_pence
        for counter, pence in entry.moves.items():
            counters[counter] = counters.get(counter, 0) + pence
        if entry.net_pence is not None and entry.vat_pence is not None:
            totals.net_pence += entry.net_pence
            totals.vat_pence += entry.vat_pence


def _paid(entry: Facts, document: Document, amount: str) -> str:
    """The cells from `net_pounds` to `document_total_pounds`."""
    net = amount if entry.net_pence == entry.amount_pence else pounds(entry.net_pence)
    total = pounds(document.net_pence + document.vat_pence)
    return f"{net},{pounds(entry.vat_pence)},{document.kind},{document.date},{total}"


def _words(body: Body, entry: Facts) -> str:
    """The cells from `document_number` to `recorded_by`: everything that somebody typed."""
    number = entry.document.number if entry.document else ""
    return cells((number, entry.party, entry.payer, entry.reference, entry.of, entry.description, body.reason, body.by))


def _effect(entry: Facts, amount: str) -> str:
    """The cells of the eleven counters."""
    moves = entry.moves
    if len(moves) == 1:
        for counter, pence in moves.items():
            return _ALONE[counter] % (amount if pence == entry.amount_pence else pounds(pence))
    return ",".join([pounds(moves.get(counter)) for counter in _COUNTERS])
