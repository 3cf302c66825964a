"""A grant's entries by the thousand: decided by the domain's own rules, seeded, so the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bench.office import NOW, OFFICER, PAYER, YEAR, initiatives_of
from chalicelib.domain import putting_right, spending
from chalicelib.domain.cells import Nature, added
from chalicelib.domain.chain import Kind, Link, Name, Position
from chalicelib.domain.entries import Document, DocumentKind, Entry, EntryKind, Standing, entry_id
from chalicelib.domain.grants import Grant, apply
from chalicelib.domain.ledger import Purse, opens
from chalicelib.domain.organisations import VatStatus
from chalicelib.domain.periods import FinancialYear, Quarter
from chalicelib.domain.spending import Payment, PaymentLine, Spend
from chalicelib.storage import items

_KINDS = random.Random(4).choices(
    (EntryKind.PAYMENT, EntryKind.COMMITMENT, EntryKind.ACCRUAL, EntryKind.REFUND, EntryKind.CORRECTION),
    weights=(74, 12, 6, 4, 4),
    k=997,
)
_WORKS = (
    "Supply and installation of LED lanterns on existing columns",
    "Replacement of column-mounted cameras, including traffic management",
    "Galvanised alley gates with keypad locks, surveyed and fitted",
    "Bystander training for venue staff: two sessions and materials",
    "Monthly maintenance and monitoring of help points",
)
_STREETS = ("Station Road", "High Street", "Canal Side", "Market Place", "Church Lane", "Park Avenue", "Bridge Street")
_TRADES = ("Lighting", "Security Systems", "Fencing", "Training", "Electrical", "Civil Engineering", "Print", "Monitoring")
_REASON = "Quantity agreed with the supplier after the site visit"


@dataclass(frozen=True, slots=True)
class Posted:
    """One entry as it was recorded."""

    entry_id: str
    link: Link
    entry: Entry
    reason: str


class Growth:
    """One grant growing. Its `state`, `position`, `cells` and `standings` are what its records lead to."""

    def __init__(self, grant: Grant, position: Position, cells: dict[str, dict[str, int]]) -> None:
        self.name = Name(Kind.GRANT, grant.id)
        self.state = grant
        self.position = position
        self.cells = cells
        self.standings: dict[str, Standing] = {}
        self._random = random.Random(grant.id)
        self._latest: dict[tuple[str, EntryKind], str] = {}
        quarters = FinancialYear.parse(YEAR).quarters()
        self._places = [(initiative_id, quarter) for quarter in quarters for initiative_id in initiatives_of(grant)]

    def post(self, count: int) -> Iterator[Posted]:
        """Post so many entries, one initiative and quarter after the other."""
        for number in range(count):
            initiative_id, quarter = self._places[number % len(self._places)]
            kind = _KINDS[number % len(_KINDS)]
            entry, reason = self._decided(kind, initiative_id, quarter, number)
            yield self._taken(entry, reason)

    def _decided(self, kind: EntryKind, initiative_id: str, quarter: Quarter, number: int) -> tuple[Entry, str]:
        on = quarter.first_day + timedelta(days=self._random.randrange(90))
        pence = self._random.randrange(1_000_00, 25_000_00)
        about = f"{self._random.choice(_WORKS)} at {self._random.choice(_STREETS)} ({number})"
        paid = self._latest.get((initiative_id, EntryKind.PAYMENT))
        if kind is EntryKind.REFUND and paid:
            return putting_right.refund(self._purse(paid), paid, on, 1_00, f"RF-{number:06}")[0], _REASON
        if kind is EntryKind.CORRECTION and paid:
            return putting_right.correct(self._purse(paid), paid, on, -2_50, about)[0], _REASON
        supplier = f"Example {self._random.choice(_TRADES)} {self._random.randrange(40)} Ltd"
        if kind in (EntryKind.COMMITMENT, EntryKind.ACCRUAL):
            spend = Spend(
                initiative_id=initiative_id,
                nature=Nature.CAPITAL,
                on=on,
                amount_pence=pence,
                party=supplier,
                reference=f"PO-{number:06}",
                description=about,
            )
            decide = spending.commit if kind is EntryKind.COMMITMENT else spending.accrue
            return decide(self._purse(), spend)[0], ""
        return self._payment(initiative_id, quarter, number, supplier, pence, about), ""

    def _payment(self, initiative_id: str, quarter: Quarter, number: int, supplier: str, pence: int, about: str) -> Entry:
        on = quarter.first_day + timedelta(days=self._random.randrange(90))
        document = Document(
            kind=DocumentKind.INVOICE,
            number=f"INV-{self.state.id[-3:].upper()}{number:06}",
            date=on - timedelta(days=14),
            supplier=supplier,
            net_pence=pence,
            vat_pence=pence // 5,
        )
        ordered = self._latest.pop((initiative_id, EntryKind.COMMITMENT), None)
        line = PaymentLine(
            grant_id=self.state.id,
            initiative_id=initiative_id,
            nature=Nature.CAPITAL,
            net_pence=pence,
            vat_pence=pence // 5,
            commitment=ordered,
            description=about,
        )
        payment = spending.Payment(document=document, on=on, payer_id="office", vat_status=VatStatus.RECOVERS)
        return spending.pay(self._purse(ordered), line, payment)[0]

    def _purse(self, named: str | None = None) -> Purse:
        standings = {named: self.standings[named]} if named else {}
        return Purse(grant=self.state, seq=self.position.seq, cells=self.cells, standings=standings)

    def _taken(self, entry: Entry, reason: str) -> Posted:
        draft = items.Draft(at=NOW, by=OFFICER, reason=reason, fact=entry)
        (link,) = items.sealed(self.name, self.position, (draft,))
        self.position = Position(link.seq, link.hash)
        self.state = apply(self.state, entry, link.seq)
        self.cells[entry.cell] = added((self.cells.get(entry.cell, {}), entry.moves))
        for named, pence in entry.against.items():
            held = self.standings[named]
            self.standings[named] = Standing(entry_id=named, kind=held.kind, cell=held.cell, left_pence=held.left_pence + pence)
        named = entry_id(self.state.id, link.seq)
        if standing := opens(entry, named):
            self.standings[named] = standing
            self._latest[(entry.place.initiative_id or "", standing.kind)] = named
        return Posted(entry_id(self.state.id, link.seq), link, entry, reason)
