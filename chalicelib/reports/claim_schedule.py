"""The claim schedule: what each claim asks for of each award line and quarter, how far it has come, and what was paid of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from chalicelib.domain.cells import Cell
from chalicelib.domain.claims import Claim
from chalicelib.domain.grants import Grant
from chalicelib.reports.tables import Row, Table, dates, pounds, text

_COLUMNS = (
    *text("fund", "grant", "claim", width=24),
    *text("quarter", "state"),
    *dates("drafted_on", "reviewed_on", "certified_on", "submitted_on"),
    *text("reference", width=20),
    *text("financial_year", "for_quarter", "nature"),
    *pounds("drafted", "claimed", "received", "outstanding"),
    *dates("last_received_on"),
    *text("open_query", width=40),
)


def claim_schedule(claims: Iterable[tuple[Grant, Claim, Iterable[str]]]) -> Table:
    """A row for each of these cells of a claim. Only what was sent and not withdrawn is claimed, and may be outstanding."""
    return Table(title="Claims", columns=_COLUMNS, rows=(row for grant, claim, cells in claims for row in _rows(grant, claim, cells)))


def _rows(grant: Grant, claim: Claim, cells: Iterable[str]) -> Iterator[Row]:
    sent = claim.submission if claim.stands else None
    query, received = claim.open_query, claim.received
    for cell in cells:
        where, drafted, came = Cell.parse(cell), claim.draft.amounts_pence[cell], received.get(cell, 0)
        claimed = drafted if sent else 0
        yield (
            *(grant.fund_id, grant.id, claim.id, claim.quarter, claim.state.value),
            *(claim.draft.on, *_signed(claim), sent.on if sent else None, sent.reference if sent else None),
            *(where.financial_year, where.quarter, where.nature.value),
            *(drafted, claimed, came, claimed - came),
            max((receipt.on for receipt in claim.receipts if cell in receipt.amounts_pence), default=None),
            query.question if query else None,
        )


def _signed(claim: Claim) -> tuple[date | None, date | None]:
    return claim.review.on if claim.review else None, claim.certificate.on if claim.certificate else None
