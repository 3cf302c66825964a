"""Posting a payment: ours with every promise kept, beside two conventional ways that keep fewer.

    plain        get the totals, put the entry, add to the totals: three calls, nothing atomic, nothing happens only once
    transaction  get the totals, then write entry, totals, idempotency key and document in one transaction

The transaction is the fair comparison: it is what somebody writes who wants no lost penny and no double posting, short
of the chained record, the audit trail and the standing that refunds and corrections draw on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from itertools import count
from typing import cast

from bench.conventional import LowLevel, Table
from bench.conventional_posting import ON, Payment, plain, set_up, total_paid, transaction
from bench.figures import Figure, times
from bench.ledgers import Ledger, Ledgers
from bench.measuring import Pair, rounds_for, side_by_side
from bench.office import PAYER, initiatives_of
from bench.wiretap import Traffic, tapped
from chalicelib.context import Once
from chalicelib.domain.cells import Nature
from chalicelib.domain.documents import SplitLine, Uncharged
from chalicelib.domain.entries import Document, DocumentKind
from chalicelib.domain.spending import PaymentLine
from chalicelib.domain.values import replace
from chalicelib.services import entries as service
from chalicelib.storage.store import RequestKey

NAME = "posting a payment"
_MOST = 100
_FIRST = 1_000
"""The first payment's number, beyond those of the awards and allocations that are there already."""

_ON = date.fromisoformat(ON)

Way = Callable[[Table, Payment], None]


def measure(ledgers: Ledgers, entries: int) -> Iterator[Figure]:
    """So many payments a round, each a request of its own, on new ledgers."""
    payments = max(1, min(_MOST, entries // 50))
    for way in (transaction, plain):
        ledger = ledgers.new()
        ways = _Ways(ledger, way, payments)
        pair = side_by_side(ways.ours, ways.theirs, lambda ours, theirs: ours == theirs, rounds=rounds_for(entries))
        beside = f"beside {way.__name__}"
        yield from times(NAME, f"one, {beside}", _each(pair, payments))
        yield from _counts(beside, *ways.traffic())


def _each(pair: Pair, payments: int) -> Pair:
    ours, theirs = (replace(cost, wall=cost.wall / payments, cpu=cost.cpu / payments) for cost in (pair.ours, pair.theirs))
    return Pair(ours, theirs)


def _counts(beside: str, ours: Traffic, theirs: Traffic) -> Iterator[Figure]:
    for what, unit in (("round_trips", ""), ("items_read", ""), ("items_written", ""), ("bytes_sent", "B"), ("bytes_received", "B")):
        words = f"{what.replace('_', ' ')}, {beside}"
        yield Figure(benchmark=NAME, what=words, ours=getattr(ours, what), theirs=getattr(theirs, what), unit=unit)


class _Ways:
    """Both ways post the same payments; each answers with what has been paid so far."""

    def __init__(self, ledger: Ledger, way: Way, payments: int) -> None:
        self._ledger = ledger
        self._way = way
        self._payments = payments
        self._initiatives = {grant_id: initiatives_of(grant) for grant_id, grant in ledger.grants.items()}
        set_up(ledger.table, self._initiatives)
        self._ours, self._theirs = count(_FIRST), count(_FIRST)

    def ours(self) -> int:
        for _ in range(self._payments):
            self._post_ours(self._payment(next(self._ours)))
        balances = self._ledger.context.store.balances()
        return sum(balance.counters.get("paid", 0) for balance in balances)

    def theirs(self) -> int:
        for _ in range(self._payments):
            self._way(self._ledger.table, self._payment(next(self._theirs)))
        return total_paid(self._ledger.table, self._initiatives)

    def traffic(self) -> tuple[Traffic, Traffic]:
        """What the next payment sends and gets, our way and theirs."""
        with tapped(cast("LowLevel", self._ledger.client).meta.events) as ours:
            self._post_ours(self._payment(next(self._ours)))
        with tapped(self._ledger.table.meta.client.meta.events) as theirs:
            self._way(self._ledger.table, self._payment(next(self._theirs)))
        return ours, theirs

    def _payment(self, number: int) -> Payment:
        grant_ids = tuple(self._initiatives)
        grant_id = grant_ids[number % len(grant_ids)]
        return Payment(
            grant_id=grant_id,
            initiative_id=self._initiatives[grant_id][number % 3],
            number=number,
            supplier=f"Example Lighting {number % 40} Ltd",
            net_pence=100_00 + number,
            vat_pence=20_00,
            description=f"Supply and installation of LED lanterns on existing columns; Station Road, item {number}",
        )

    def _post_ours(self, payment: Payment) -> None:
        context = self._ledger.context
        once = Once(
            request=RequestKey(context.actor.subject, payment.key),
            fingerprint=sha256(payment.key.encode()).hexdigest(),
            answer=lambda _: payment.answer,
        )
        document = Document(
            kind=DocumentKind.INVOICE,
            number=payment.reference,
            date=_ON,
            supplier=payment.supplier,
            net_pence=payment.net_pence,
            vat_pence=payment.vat_pence,
        )
        line = PaymentLine(
            grant_id=payment.grant_id,
            initiative_id=payment.initiative_id,
            nature=Nature.CAPITAL,
            net_pence=payment.net_pence,
            vat_pence=payment.vat_pence,
            description=payment.description,
        )
        service.pay(replace(context, once=once), document, (SplitLine(line=line),), Uncharged(), PAYER, _ON)
