"""A grant's entries by the thousand: decided by the domain's own rules, seeded, so the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bench.office import NOW, OFFICER, PAYER, YEAR, initiatives_of
from chalicelib.domain import putting_right, spending
from chalicelib.domain.cells import Cell, Nature, added
from chalicelib.domain.chain import Kind, Link, Name, Position
from chalicelib.domain.entries import Document, DocumentKind, Entry, EntryKind, Standing, entry_id
from chalicelib.domain.grants import Grant, apply
from chalicelib.domain.ledger import Purse, opens
from chalicelib.domain.organisations import VatStatus
from chalicelib.domain.periods import FinancialYear, Quarter
from chalicelib.domain.spending import Payment, PaymentLine, Spend
from chalicelib.domain.values import replace
from chalicelib.storage import items

_KINDS = random.Random(4).choices(
    (EntryKind.PAYMENT, EntryKind.COMMITMENT, EntryKind.ACCRUAL, EntryKind.REFUND, EntryKind.CORRECTION),
    weights=(74, 12, 6, 4, 4),
    k=997,
)
_WORKS = (
    "Supply and installation of LED lanterns on existing columns",
    "Replacement of column-mounted cameras, including traffic management",
    "Galvanised alley gates with keypad locks (surveyed and fitted)",
    "Bystander training for venue staff: two sessions and materials",
    "Monthly maintenance and monitoring of help points",
)
_STREETS = ("Station Road", "High Street", "Canal Side", "Market Place", "Church Lane", "Park Avenue", "Bridge Street")
TRADES = ("Lighting", "Security Systems", "Fencing", "Training", "Electrical", "Civil Engineering", "Print", "Monitoring")
_SUPPLIERS = tuple(f"Example {trade} {number} Ltd" for trade in TRADES for number in range(40))
_REASON = "Quantity agreed with the supplier after the site visit"


@dataclass(frozen=True, slots=True)
class Posted:
    """One entry as it was recorded."""

    entry_id: str
    link: Link
    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a grant pays for in its year: by initiative, from whom it buys."""

    year: str
    suppliers: Mapping[str, Sequence[str]]


class Growth:
    """One grant growing. Its `state`, `position`, `cells` and `standings` are what its records lead to."""

    def __init__(self, grant: Grant, position: Position, cells: dict[str, dict[str, int]], delivery: Delivery | None = None) -> None:
        """`delivery` says what it pays for and from whom that is bought; without it, these are the measured office's own."""
        self.name = Name(Kind.GRANT, grant.id)
        self.state = grant
        self.position = position
        self.cells = cells
        self.standings: dict[str, Standing] = {}
        self._random = random.Random(grant.id)
        self._latest: dict[tuple[str, EntryKind], tuple[str, date]] = {}
        self._suppliers = delivery.suppliers if delivery else dict.fromkeys(initiatives_of(grant), _SUPPLIERS)
        quarters = FinancialYear.parse(delivery.year if delivery else YEAR).quarters()
        self._places = [(initiative_id, quarter) for quarter in quarters for initiative_id in self._suppliers]

    def post(self, count: int) -> Iterator[Posted]:
        """Post so many entries, one initiative and quarter after the other."""
        for number in range(count):
            initiative_id, quarter = self._places[number % len(self._places)]
            asked = self._asked(number, initiative_id, quarter)
            entry = self._decided(_KINDS[number % len(_KINDS)], asked)
            yield self._taken(entry, _REASON if entry.of else "")

    def _asked(self, number: int, initiative_id: str, quarter: Quarter) -> _Asked:
        pick = self._random
        return _Asked(
            number=number,
            cell=Cell.of_quarter(initiative_id, quarter, Nature.CAPITAL).key,
            initiative_id=initiative_id,
            on=quarter.first_day + timedelta(days=pick.randrange(90)),
            pence=pick.randrange(1_000_00, 25_000_00),
            supplier=pick.choice(self._suppliers[initiative_id]),
            about=f"{pick.choice(_WORKS)} at {pick.choice(_STREETS)} ({number})",
        )

    def _decided(self, kind: EntryKind, asked: _Asked) -> Entry:
        paid = self._latest.get((asked.cell, EntryKind.PAYMENT))
        if kind in (EntryKind.REFUND, EntryKind.CORRECTION) and paid:
            named, since = paid
            on = max(asked.on, since)
            if kind is EntryKind.REFUND:
                return putting_right.refund(self._purse(named), named, on, 1_00, f"RF-{asked.number:06}")[0]
            return putting_right.correct(self._purse(named), named, on, -2_50)[0]
        if kind in (EntryKind.COMMITMENT, EntryKind.ACCRUAL):
            decide = spending.commit if kind is EntryKind.COMMITMENT else spending.accrue
            return decide(self._purse(), asked.spend)[0]
        return self._payment(asked)

    def _payment(self, asked: _Asked) -> Entry:
        """A payment, which settles the latest commitment of its place where one is open."""
        ordered, since = self._latest.pop((asked.cell, EntryKind.COMMITMENT), (None, asked.on))
        payment = Payment(document=asked.document, on=max(asked.on, since), payer_id=PAYER, vat_status=VatStatus.RECOVERS)
        return spending.pay(self._purse(ordered), asked.line(self.state.id, ordered), payment)[0]

    def _purse(self, named: str | None = None) -> Purse:
        standings = {named: self.standings[named]} if named else {}
        return Purse(grant=self.state, seq=self.position.seq, cells=self.cells, standings=standings)

    def _taken(self, entry: Entry, reason: str) -> Posted:
        draft = items.Draft(at=NOW, by=OFFICER, reason=reason, fact=entry)
        (link,) = items.sealed(self.name, self.position, (draft,))
        self.position = Position(link.seq, link.hash)
        self.state = apply(self.state, entry, link.seq)
        self.cells[entry.cell] = added((self.cells.get(entry.cell, {}), entry.moves))
        for other, pence in entry.against.items():
            held = self.standings[other]
            self.standings[other] = replace(held, left_pence=held.left_pence + pence)
        named = entry_id(self.state.id, link.seq)
        if standing := opens(entry, named):
            self.standings[named] = standing
            self._latest[entry.cell, standing.kind] = (named, entry.on)
        return Posted(named, link, entry, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What one entry is to be about."""

    number: int
    cell: str
    initiative_id: str
    on: date
    pence: int
    supplier: str
    about: str

    @property
    def spend(self) -> Spend:
        """As a commitment or an accrual."""
        return Spend(
            initiative_id=self.initiative_id,
            nature=Nature.CAPITAL,
            on=self.on,
            amount_pence=self.pence,
            party=self.supplier,
            reference=f"PO-{self.number:06}",
            description=self.about,
        )

    @property
    def document(self) -> Document:
        """The invoice of a payment."""
        return Document(
            kind=DocumentKind.INVOICE,
            number=f"INV-{self.number:07}",
            date=self.on - timedelta(days=14),
            supplier=self.supplier,
            net_pence=self.pence,
            vat_pence=self.pence // 5,
        )

    def line(self, grant_id: str, commitment: str | None) -> PaymentLine:
        """The invoice's only line."""
        return PaymentLine(
            grant_id=grant_id,
            initiative_id=self.initiative_id,
            nature=Nature.CAPITAL,
            net_pence=self.pence,
            vat_pence=self.pence // 5,
            commitment=commitment,
            description=self.about,
        )
