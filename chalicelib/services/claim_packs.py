"""Drafting a claim: its lines are folded from the grant's records, and its pack is kept before anything is recorded of it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from itertools import takewhile

from chalicelib.context import Context
from chalicelib.domain import claim_forecasts, claiming
from chalicelib.domain.cells import Cell, Counter, Counters, added
from chalicelib.domain.chain import Kind, Name, Position
from chalicelib.domain.claim_forecasts import Expected
from chalicelib.domain.claim_lines import Line, Selection, by_award_line, claimable, select
from chalicelib.domain.claims import Claim, Draft, GrantClaims, Wording
from chalicelib.domain.entries import Entry
from chalicelib.domain.evidence import Evidence, EvidenceState, SubjectKind
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.domain.publications import File
from chalicelib.domain.returns import Return, id_of, name_of
from chalicelib.domain.values import Struct, field
from chalicelib.services import reading
from chalicelib.services.unit import Held, View
from chalicelib.storage import items
from chalicelib.storage.objects import ObjectMissing, measured
from chalicelib.storage.store import Wanted

NAME = "claim.zip"
"""What a claim's pack is called among its files."""


class Asked(Struct, frozen=True, kw_only=True):
    """What is to be drafted: a claim by its id, for a quarter, with a note and its certificate's wording, where there is one."""

    claim_id: str
    quarter: Quarter
    note: str
    wording: Wording | None


class _Around(Struct, frozen=True, kw_only=True):
    """What a pack names beside the ledger, as it stands at one moment: the fund, the lead recipient's name, the titles of the
    initiatives with money of the grant, and what their latest accepted returns forecast, where there are any.
    """

    fund: Fund
    lead_recipient: str
    titles: dict[str, str]
    forecasts: dict[str, Expected]


class _Ledger(Struct, kw_only=True):
    """A grant's records up to a position: its lines, counters in pence by cell, and what was claimed without lines."""

    at: Position
    lines: list[Line] = field(default_factory=list)
    cells: dict[str, list[Counters]] = field(default_factory=dict)
    by_hand: dict[tuple[str, str], int] = field(default_factory=dict)


def key_of(claim_id: str, sha256: str) -> str:
    """Under which key a pack is kept: another pack of the same claim has another."""
    return f"claims/{claim_id}/{sha256}.zip"


def keys_of(claim: Claim) -> tuple[str, ...]:
    """Under which keys a claim's packs are kept: the one it has, and those that were signed before it."""
    return tuple(key_of(claim.id, signed) for signed in (claim.draft.pack.sha256, *(each.sha256 for each in claim.voided)))


def kept_sha256(context: Context, claim_id: str, sha256: str) -> str | None:
    """The SHA-256 of the bytes that are kept as a pack that should have this one; None where nothing is."""
    key = key_of(claim_id, sha256)
    try:
        with context.objects.open(key) as content:
            return measured(key, content).sha256
    except ObjectMissing:
        return None


def draft(context: Context, held: Held[Grant], claims: GrantClaims, asked: Asked) -> Draft:
    """A draft of all that no other claim has taken of a quarter, and of those before it, up to the grant's last record.

    Its pack is kept when this returns. Where nothing is recorded of it then, the file is there and nothing names it.
    Raises NotInState, NoSuchPeriod, QuarterNotOver, NothingToClaim, ClaimedByHand, ChainBroken.
    """
    grant, today = held.state, london_date(context.now)
    claiming.claimable_quarter(grant, asked.quarter, today)
    ledger, taken = _folded(context, held, claims), claims.taken(besides=asked.claim_id)
    selected = select(asked.quarter, ledger.lines, taken, ledger.at.seq)
    claiming.something(grant, asked.quarter, selected)
    others = tuple(line for line in ledger.lines if taken.takes_in(line.seq, line.entry.cell))
    claiming.not_by_hand(grant, ledger.by_hand, by_award_line(ledger.lines), (*others, *selected.lines))
    around = _around(context, grant, ledger, asked.quarter)
    return Draft(
        by=context.actor.subject,
        on=today,
        position=ledger.at.seq,
        spans=selected.spans,
        lines=len(selected.lines),
        amounts_pence=selected.amounts_pence,
        pack=_pack(context, grant, ledger, selected, around, asked),
        note=asked.note,
        wording=asked.wording,
        returns={told.set_by: told.at.seq for told in around.forecasts.values()},
    )


def _folded(context: Context, held: Held[Grant], claims: GrantClaims) -> _Ledger:
    ledger = _Ledger(at=held.position)
    posted = {entry_id for claim in claims.claims for entry_id in claim.posted}
    for entry_id, record, entry in reading.entries(context, held.state.id, until=held.position.seq):
        ledger.cells.setdefault(entry.cell, []).append(entry.moves)
        if claimable(entry.moves):
            ledger.lines.append(Line(grant_id=held.state.id, seq=record.seq, entry=entry))
        if not posted & {entry_id, entry.of}:
            _by_hand(ledger, entry)
    return ledger


def _by_hand(ledger: _Ledger, entry: Entry) -> None:
    line, pence = entry.place.line, entry.moves.get(Counter.CLAIMED, 0)
    ledger.by_hand[line] = ledger.by_hand.get(line, 0) + pence


def _pack(context: Context, grant: Grant, ledger: _Ledger, selected: Selection, around: _Around, asked: Asked) -> File:
    # What packs are made with is for the few requests that draft: the others start without it.
    from chalicelib.reports.claim_pack import ZIP, pack  # noqa: PLC0415
    from chalicelib.reports.claim_tables import Contents  # noqa: PLC0415

    content = pack(
        Contents(
            claim_id=asked.claim_id,
            quarter=str(asked.quarter),
            office=context.settings.office_name,
            prepared_by=context.actor.subject,
            prepared_on=str(london_date(context.now)),
            note=asked.note,
            wording=asked.wording,
            grant=grant,
            fund=around.fund,
            lead_recipient=around.lead_recipient,
            at=ledger.at,
            selected=selected,
            counters=added(moves for cell in ledger.cells.values() for moves in cell),
            evidence=_evidence(context, grant.id),
            titles=around.titles,
            remaining=claim_forecasts.remaining(grant, asked.quarter),
            forecasts=around.forecasts,
        )
    )
    key = key_of(asked.claim_id, sha256(content).hexdigest())
    stored = context.objects.put(key, BytesIO(content), content_type=ZIP)
    return File(name=NAME, sha256=stored.sha256, size=stored.size)


def _around(context: Context, grant: Grant, ledger: _Ledger, quarter: Quarter) -> _Around:
    initiatives = sorted({Cell.parse(cell).initiative_id or "" for cell in ledger.cells} - {""})
    ended = claim_forecasts.reported(grant, london_date(context.now))
    heads = (Name(Kind.FUND, grant.fund_id), Name(Kind.ORGANISATION, grant.lead_recipient_id))
    returns = (name_of(id_of(each, past)) for each in initiatives for past in ended)
    named = View(context.store.load(Wanted(heads=(*heads, *(Name(Kind.INITIATIVE, each) for each in initiatives), *returns))))
    return _Around(
        fund=named.state(Fund, grant.fund_id),
        lead_recipient=named.state(Organisation, grant.lead_recipient_id).name,
        titles={each: named.state(Initiative, each).title for each in initiatives},
        forecasts=dict(_forecasts(named, initiatives, ended, quarter)),
    )


def _forecasts(named: View, initiatives: list[str], ended: tuple[Quarter, ...], after: Quarter) -> Iterator[tuple[str, Expected]]:
    """What each initiative's latest accepted return forecasts; an initiative without one is left out."""
    for each in initiatives:
        found = (named.find(Return, id_of(each, quarter)) for quarter in ended)
        if forecast := claim_forecasts.expected(((held.state, held.position) for held in found if held), after):
            yield each, forecast


def _evidence(context: Context, grant_id: str) -> dict[str, tuple[Evidence, ...]]:
    """The stored files behind a grant's entries, by entry, in order of id."""
    start = f"{SubjectKind.ENTRY}.{grant_id}."
    found: dict[str, tuple[Evidence, ...]] = {}
    for head in takewhile(lambda head: head.name.id.startswith(start), context.store.heads(Kind.EVIDENCE, after=start)):
        evidence = items.state_of(Evidence, head)
        if evidence.state is EvidenceState.STORED:
            found[evidence.subject.id] = (*found.get(evidence.subject.id, ()), evidence)
    return found
