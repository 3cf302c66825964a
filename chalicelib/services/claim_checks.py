"""What verification asks of claims beside their chain: the packs, the lines in the ledger, and the entries that claims posted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.context import Context
from chalicelib.domain.claim_lines import Line, Taken, amounts, claimable
from chalicelib.domain.claims import Claim, GrantClaims
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import Struct, field
from chalicelib.services import reading
from chalicelib.services.claim_packs import kept_sha256


class _Found(Struct, kw_only=True):
    """What the grant's records have of claims: the lines of each, and the entries that they posted."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)


def problems(context: Context, held: GrantClaims) -> Iterator[str]:
    """Everything that is wrong with a grant's claims. Costs one read of the grant's records, and of every pack."""
    try:
        found = _found(context, held)
    except ChainBroken as broken:
        yield f"The lines of {held.grant_id}'s claims cannot be read: {broken.detail}"
        return
    for claim in held.claims:
        yield from _packs(context, claim)
        yield from _lines(claim, found.lines[claim.id])
        yield from _posted(claim, found.entries)


def _found(context: Context, held: GrantClaims) -> _Found:
    found = _Found(lines={claim.id: [] for claim in held.claims})
    taken = [(claim, Taken(claim.draft.spans)) for claim in held.claims]
    posted = {entry_id for claim in held.claims for entry_id in claim.posted}
    for entry_id, record, entry in reading.entries(context, held.grant_id):
        if entry_id in posted:
            found.entries[entry_id] = entry
        if claimable(entry.moves):
            line = Line(grant_id=held.grant_id, seq=record.seq, entry=entry)
            for claim, spans in taken:
                if spans.takes_in(record.seq, entry.cell):
                    found.lines[claim.id].append(line)
    return found


def _packs(context: Context, claim: Claim) -> Iterator[str]:
    signed = tuple(certificate.sha256 for certificate in claim.voided)
    for sha256 in dict.fromkeys((claim.draft.pack.sha256, *signed)):
        kept = kept_sha256(context, claim.id, sha256)
        if kept is None:
            yield f"The pack of {claim.id} with the SHA-256 {sha256} is gone."
        elif kept != sha256:
            yield f"The pack of {claim.id} has the SHA-256 {kept}; what was kept had {sha256}."
    if claim.certificate and claim.certificate.sha256 != claim.draft.pack.sha256:
        yield f"The signature of {claim.id} is of {claim.certificate.sha256}, and its pack is {claim.draft.pack.sha256}."


def _lines(claim: Claim, lines: list[Line]) -> Iterator[str]:
    draft, come_to = claim.draft, amounts(Quarter.parse(claim.quarter), lines)
    if (len(lines), come_to) != (draft.lines, dict(draft.amounts_pence)):
        yield (
            f"{claim.id} says {draft.lines} lines of {dict(draft.amounts_pence)}, and the ledger has {len(lines)} lines of {come_to} there."
        )


def _posted(claim: Claim, entries: Mapping[str, Entry]) -> Iterator[str]:
    if sent := claim.submission:
        yield from _compared(claim, EntryKind.CLAIMED, sent.entries, claim.draft.amounts_pence, entries)
    for receipt in claim.receipts:
        yield from _compared(claim, EntryKind.RECEIVED, receipt.entries, receipt.amounts_pence, entries)


def _compared(
    claim: Claim, kind: EntryKind, named: Mapping[str, str], pence: Mapping[str, int], entries: Mapping[str, Entry]
) -> Iterator[str]:
    for cell in sorted(named.keys() | pence.keys()):
        entry = entries.get(named.get(cell, ""))
        there = (entry.kind.value, entry.cell, entry.amount_pence) if entry else None
        if there != (kind.value, cell, pence.get(cell)):
            yield f"{claim.id} says that {pence.get(cell)} pence were {kind} in {cell}, and the ledger has {there}."
