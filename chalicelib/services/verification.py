"""Verification: recompute every hash, refold every chain, and compare with what is kept beside it and what others say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TypeVar

from chalicelib.context import Context
from chalicelib.domain.chain import START, Kind, Name, Position
from chalicelib.domain.claims import GrantClaims
from chalicelib.domain.errors import Missing, TooBusy
from chalicelib.domain.values import Struct, replace
from chalicelib.services import claim_checks, kept_files
from chalicelib.services.findings import Findings
from chalicelib.services.refolding import Fold, Mention, Mentions
from chalicelib.services.unit import ATTEMPTS
from chalicelib.storage import items
from chalicelib.storage.store import Head, Wanted

K = TypeVar("K", str, int)

ORDER = (
    Kind.SUSPENSE,
    Kind.IMPORT,
    Kind.PROFILE,
    Kind.PUBLICATIONS,
    Kind.PUBLICATION,
    Kind.EXPORT,
    Kind.REMINDER,
    Kind.EVIDENCE,
    Kind.RETURN,
    Kind.CLAIMS,
    Kind.PURCHASE,
    Kind.DISCLOSURE,
    Kind.GRANT,
    Kind.INITIATIVE,
    Kind.FUND,
    Kind.ORGANISATION,
    Kind.VARIANCE_CODE,
)
"""In which order all are verified: what mentions others comes before them, so that these are read no earlier than they were mentioned."""

_HEADS_AT_ONCE = 10
"""How many heads fit into one read, however large each of them is."""


class Verdict(Struct, frozen=True, kw_only=True):
    """What verifying one aggregate found: how far its chain goes, and everything that is wrong (nothing, if it holds).

    `files` counts the files that its records say are kept; each was read.
    """

    name: Name
    position: Position
    problems: tuple[str, ...]
    files: int = 0


def verify(context: Context, name: Name) -> Verdict:
    """Verify one aggregate, the documents that it carries, its files, and that what it mentions is there.

    It may be written to meanwhile: a difference counts only when the head stood still from before the records were
    read until after the balances were. Otherwise the fold goes on from where it is, and everything is compared again.
    Raises Missing when there is neither a head nor a record of it, TooBusy when the head never stood still.
    """
    fold = Fold(context, name)
    verdict = _verified(context, fold)
    return replace(verdict, problems=(*verdict.problems, *Findings.of(_unmet(context, fold.mentions)).told()))


def verify_all(context: Context) -> Iterator[Verdict]:
    """Verify every aggregate that has a head, one verdict each; then those that have none and are mentioned all the same.

    Publications and exports mention every chain that they were made of and how far it had come, purchases the entry that they
    belong to, evidence its entry, claims or return, returns their initiative, grants and initiatives mention funds, organisations
    and initiatives, balances their grant, and files the publication, export or evidence that they are kept for.
    What nothing mentions is not found once its head is gone: no list leads to it. Raises TooBusy.
    """
    mentions, verified = Mentions(), set[Name]()
    for balance in context.store.balances():
        mentions.note(Name(Kind.GRANT, balance.grant_id), Mention(1, "There are balances of it."))
    for kind in ORDER:
        for head in context.store.heads(kind):
            verified.add(head.name)
            yield _listed(context, head.name, mentions)
    while unlisted := mentions.keys() - verified:
        name = min(unlisted)
        verified.add(name)
        yield _unlisted(context, name, mentions)
    for name, key in kept_files.owners(context):
        if name not in verified and any(context.store.links(name, limit=1)):
            mentions.note(name, Mention(1, f"{key} is kept for it."))
            yield _unlisted(context, name, mentions)


def _listed(context: Context, name: Name, mentions: Mentions) -> Verdict:
    """Verify an aggregate that has a head, and hold its length against what was said of it."""
    fold = Fold(context, name)
    verdict = _verified(context, fold)
    _learn(mentions, fold)
    said = mentions.get(name)
    if said and verdict.position.seq < said.seq and not verdict.problems:
        return replace(verdict, problems=(f"{name} ends at record {verdict.position.seq}. {said.words}",))
    return verdict


def _unlisted(context: Context, name: Name, mentions: Mentions) -> Verdict:
    """Verify an aggregate that is mentioned and was on no list: its head is gone, or it began after the list was read."""
    fold, said = Fold(context, name), mentions[name].words
    try:
        verdict = _verified(context, fold)
    except Missing:
        return Verdict(name=name, position=START, problems=(f"There is neither a head nor a record of {name}. {said}",))
    _learn(mentions, fold)
    return replace(verdict, problems=(*verdict.problems, said)) if verdict.problems else verdict


def _learn(mentions: Mentions, fold: Fold) -> None:
    for name, mention in fold.mentions.items():
        mentions.note(name, mention)


def _unmet(context: Context, mentions: Mentions) -> Iterator[str]:
    """What is mentioned and is not there, or not so long."""
    names = iter(mentions)
    while some := tuple(islice(names, _HEADS_AT_ONCE)):
        heads = context.store.load(Wanted(heads=some)).heads
        for name in some:
            if name not in heads:
                yield f"{name} has no head. {mentions[name].words}"
            elif heads[name].position.seq < mentions[name].seq:
                yield f"{name} ends at record {heads[name].position.seq}. {mentions[name].words}"


def _verified(context: Context, fold: Fold) -> Verdict:
    name = fold.name
    for attempt in range(ATTEMPTS):
        head = _head(context, name)
        if problem := fold.go_on():
            return Verdict(name=name, position=fold.position, problems=(problem,))
        if head is None and fold.state is None:
            raise Missing(kind=name.kind.value, id=name.id)
        problems = Findings.of(_differences(context, fold, head)).told()
        if not problems or _head(context, name) == head:
            return _with_what_is_kept(context, fold, problems)
        context.pause(attempt)
    raise TooBusy


def _with_what_is_kept(context: Context, fold: Fold, problems: tuple[str, ...]) -> Verdict:
    """The verdict on a chain that was read to its end: with its quarters, its documents, and its files, which never change."""
    damaged = (text for record, kept in fold.files.items() for text in kept_files.compare(context, kept, record))
    claims = claim_checks.problems(context, fold.state) if isinstance(fold.state, GrantClaims) else ()
    told = (fold.wrong, fold.documents.findings, Findings.of(damaged), Findings.of(claims))
    problems = (*problems, *(text for findings in told for text in findings.told()))
    return Verdict(name=fold.name, position=fold.position, problems=problems, files=sum(map(len, fold.files.values())))


def _head(context: Context, name: Name) -> Head | None:
    return context.store.load(Wanted(heads=(name,))).heads.get(name)


def _differences(context: Context, fold: Fold, head: Head | None) -> Iterator[str]:
    if head is None:
        yield f"{fold.name} has records and no head."
        return
    if head.position != fold.position:
        yield (
            f"The head of {fold.name} is at record {head.position.seq} ({head.position.hash[:12]}) and its records "
            f"lead to {fold.position.seq} ({fold.position.hash[:12]})."
        )
    if head.state != items.canonical(fold.state):
        yield f"The head of {fold.name} does not hold what its records lead to."
    if fold.name.kind is Kind.GRANT:
        balances = {each.cell: _nonzero(each.counters) for each in context.store.balances(fold.name.id)}
        refolded = {cell: counters for cell, counters in fold.balances.items() if counters}
        kept = {cell: counters for cell, counters in balances.items() if counters}
        yield from _compared(f"balance of {fold.name} in", kept, refolded)
        standings = {each.seq: (each.about, each.left_pence, each.mark) for each in context.store.standings(fold.name.id)}
        yield from _compared(f"standing of {fold.name}'s record", standings, fold.standings)


def _nonzero(counters: Mapping[str, int]) -> dict[str, int]:
    return {counter: pence for counter, pence in counters.items() if pence}


def _compared(what: str, kept: Mapping[K, object], refolded: Mapping[K, object]) -> Iterator[str]:
    for key in sorted(kept.keys() | refolded.keys(), key=str):
        if kept.get(key) != refolded.get(key):
            yield f"The {what} {key} is kept as {kept.get(key)} and its records lead to {refolded.get(key)}."
