"""Claims in words."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain import claim_facts
from chalicelib.domain.aggregates import State
from chalicelib.domain.cells import Cell
from chalicelib.domain.claim_facts import (
    ClaimAnswered,
    ClaimCertified,
    ClaimDrafted,
    ClaimQueried,
    ClaimRedrafted,
    ClaimReviewed,
    ClaimSettled,
    ClaimStep,
    ClaimSubmitted,
    ClaimWithdrawn,
    WordingSet,
)
from chalicelib.domain.claims import Claim, Draft, GrantClaims, Receipt
from chalicelib.reports.before_after import Changed, Told, changed, compared
from chalicelib.reports.words import counted, day, money

_Sent = ClaimSubmitted | ClaimSettled | ClaimQueried | ClaimAnswered
_Later = ClaimRedrafted | ClaimReviewed | ClaimCertified | ClaimWithdrawn | _Sent


def told(fact: ClaimStep | WordingSet, before: State | None) -> Told:
    """What happened to one of a grant's claims, and to what their certificates say."""
    if isinstance(fact, WordingSet):
        words = "Set what the grant's certificates say." if fact.wording else "Took back what the grant's certificates say."
        return Told(words, compared(before.wording if isinstance(before, GrantClaims) else None, fact.wording))
    if isinstance(fact, ClaimDrafted):
        return Told(f"Drafted claim {fact.id} for {fact.quarter}: {_asked(fact.draft)}", _amounts({}, fact.draft.amounts_pence))
    return Told(_words(fact), _changes(fact, before) if isinstance(before, GrantClaims) else ())


def _words(fact: _Later) -> str:
    match fact:
        case ClaimRedrafted():
            return f"Drafted claim {fact.id} anew: {_asked(fact.draft)}"
        case ClaimReviewed():
            return f"Reviewed claim {fact.id}."
        case ClaimCertified():
            return f"Signed claim {fact.id}: the pack whose SHA-256 is {fact.certificate.sha256}."
        case ClaimWithdrawn():
            return f"Withdrew claim {fact.id}."
        case _:
            return _sent(fact)


def _sent(fact: _Sent) -> str:
    """What happened between the office and the Home Office."""
    match fact:
        case ClaimSubmitted():
            return f"Sent claim {fact.id} on {day(fact.submission.on)}{_reference(fact.submission.reference)}."
        case ClaimSettled():
            return f"{_came(fact.id, fact.receipt)}."
        case ClaimQueried():
            return f"Entered what the Home Office asked about claim {fact.id} on {day(fact.on)}: {fact.question}"
        case ClaimAnswered():
            return f"Answered the Home Office about claim {fact.id} on {day(fact.on)}: {fact.answer}"


def _asked(draft: Draft) -> str:
    return f"{money(draft.total_pence)} in {counted(draft.lines, 'line')}.{f' {draft.note}' if draft.note else ''}"


def _came(claim_id: str, receipt: Receipt) -> str:
    pence = sum(receipt.amounts_pence.values())
    when = f"{day(receipt.on)}{_reference(receipt.reference)}"
    if pence < 0:
        return f"Entered that {money(-pence)} for claim {claim_id} was taken back on {when}"
    return f"Entered that {money(pence)} came for claim {claim_id} on {when}"


def _reference(reference: str) -> str:
    return f" ({reference})" if reference else ""


def _changes(fact: _Later, before: GrantClaims) -> tuple[Changed, ...]:
    """What a fact changed in its claim: how far it has come, what it asks for, and a signature that is void."""
    was, now = before.claim(fact.id), claim_facts.apply(before, fact, 0).claim(fact.id)
    return (
        *changed("state", was.state, now.state),
        *_amounts(was.draft.amounts_pence, now.draft.amounts_pence),
        *changed("signed by", _signer(was), _signer(now)),
    )


def _signer(claim: Claim) -> str:
    return claim.certificate.by if claim.certificate else ""


def _amounts(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[Changed, ...]:
    """What is asked for, cell by cell, where it differs."""
    return tuple(
        Changed(field=f"asked for: {_named(key)}", before=_pence(before, key), after=_pence(after, key))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    )


def _named(key: str) -> str:
    cell = Cell.parse(key)
    return f"{cell.quarter or cell.financial_year} {cell.nature.replace('_', ' ')}"


def _pence(amounts: Mapping[str, int], key: str) -> str:
    return money(amounts[key]) if key in amounts else ""
