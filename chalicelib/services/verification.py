"""Verification: recompute every hash, refold every chain, and compare with what is kept beside it, files included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.context import Context
from chalicelib.domain.aggregates import State, apply
from chalicelib.domain.cells import added
from chalicelib.domain.chain import START, Kind, Name, Position, unbroken
from chalicelib.domain.claims import GrantClaims
from chalicelib.domain.columns import in_quarter
from chalicelib.domain.entries import Entry, entry_id, parse_entry_id
from chalicelib.domain.errors import ChainBroken, Missing, TooBusy
from chalicelib.domain.evidence import Evidence
from chalicelib.domain.grants import Grant
from chalicelib.domain.ledger import opens
from chalicelib.domain.quarter_states import PeriodClosed, PeriodState, quarter_of
from chalicelib.services import claim_checks
from chalicelib.services.evidence import key_of
from chalicelib.services.unit import ATTEMPTS
from chalicelib.storage import items
from chalicelib.storage.objects import ObjectMissing, measured
from chalicelib.storage.store import Head, Wanted

K = TypeVar("K", str, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What verifying one aggregate found: how far its chain goes, and everything that is wrong (nothing, if it holds)."""

    name: Name
    position: Position
    problems: tuple[str, ...]


class _Fold:
    """An aggregate's state, balances and standings, made again from its records; and what is wrong in the records themselves."""

    def __init__(self, name: Name) -> None:
        self.name = name
        self.position = START
        self.state: State | None = None
        self.balances: dict[str, dict[str, int]] = {}
        self.standings: dict[int, tuple[str, int]] = {}
        self.wrong: list[str] = []

    def take(self, seq: int, record_hash: str, fact: object) -> None:
        """Go on by one record."""
        self.position = Position(seq, record_hash)
        if isinstance(fact, Entry):
            self._enter(seq, fact)
        elif isinstance(fact, PeriodClosed) and fact.cells != in_quarter(self.balances, fact.quarter):
            self.wrong.append(f"Record {seq} of {self.name} does not report {fact.quarter} as the records before it make it.")

    def _enter(self, seq: int, entry: Entry) -> None:
        if isinstance(self.state, Grant) and (closed := quarter_of(self.state.periods, entry.on, PeriodState.CLOSED)):
            self.wrong.append(f"Record {seq} of {self.name} is dated {entry.on}, when {closed} was closed already.")
        self.balances[entry.cell] = added((self.balances.get(entry.cell, {}), entry.moves))
        if standing := opens(entry, entry_id(self.name.id, seq)):
            stored = items.stored_standing(self.name.id, seq, standing)
            self.standings[seq] = (stored.about, stored.left_pence)
        for named, pence in entry.against.items():
            _, other = parse_entry_id(named) or ("", 0)
            about, left = self.standings.get(other, ("", 0))
            self.standings[other] = (about, left + pence)


def verify(context: Context, name: Name) -> Verdict:
    """Verify one aggregate.

    It may be written to meanwhile: a difference counts only when the head stood still from before the records were
    read until after the balances were. Otherwise the fold goes on from where it is, and everything is compared again.
    Raises Missing when there is neither a head nor a record of it, TooBusy when the head never stood still.
    """
    fold = _Fold(name)
    for attempt in range(ATTEMPTS):
        head = _head(context, name)
        if problem := _broken(context, fold):
            return Verdict(name=name, position=fold.position, problems=(problem,))
        if head is None and fold.state is None:
            raise Missing(kind=name.kind.value, id=name.id)
        problems = tuple(_differences(context, fold, head))
        if not problems or _head(context, name) == head:
            return Verdict(name=name, position=fold.position, problems=problems)
        context.pause(attempt)
    raise TooBusy


def _head(context: Context, name: Name) -> Head | None:
    return context.store.load(Wanted(heads=(name,))).heads.get(name)


def _broken(context: Context, fold: _Fold) -> str | None:
    """Fold the records that the fold has not got yet, and say what is wrong with the first that does not fit."""
    name = fold.name
    try:
        for link in unbroken(name, context.store.links(name, after=fold.position.seq), fold.position):
            record = items.record_of(name, link)
            fold.state = apply(fold.state, record.fact, link.seq)
            fold.take(link.seq, link.hash, record.fact)
    except ChainBroken as broken:
        return broken.detail
    except ValueError as unreadable:
        return f"Record {fold.position.seq + 1} of {name} cannot be read: {unreadable}."
    return None


def verify_all(context: Context) -> Iterator[Verdict]:
    """Verify every aggregate that has a head, one verdict each, in order of kind and id; then the grants that have balances and
    no head, or began meanwhile.

    An aggregate of another kind whose head is gone is not found here, though its records be there: nothing lists them.
    `verify` finds it by its name, and a publication's manifest names every chain it was made of. Raises TooBusy.
    """
    known: set[str] = set()
    for kind in Kind:
        for head in context.store.heads(kind):
            if kind is Kind.GRANT:
                known.add(head.name.id)
            yield verify(context, head.name)
    for grant_id in sorted({balance.grant_id for balance in context.store.balances()} - known):
        name = Name(Kind.GRANT, grant_id)
        if _head(context, name):  # it began after the heads were read
            yield verify(context, name)
        else:
            yield Verdict(name=name, position=START, problems=(f"There are balances of {name}, which has no head.",))


def _differences(context: Context, fold: _Fold, head: Head | None) -> Iterator[str]:
    yield from fold.wrong
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
    if isinstance(fold.state, Evidence) and fold.state.kept:
        yield from _file_problems(context, fold.name, fold.state)
    if isinstance(fold.state, GrantClaims):
        yield from claim_checks.problems(context, fold.state)
    if fold.name.kind is Kind.GRANT:
        balances = {each.cell: _nonzero(each.counters) for each in context.store.balances(fold.name.id)}
        refolded = {cell: counters for cell, counters in fold.balances.items() if counters}
        kept = {cell: counters for cell, counters in balances.items() if counters}
        yield from _compared(f"balance of {fold.name} in", kept, refolded)
        standings = {each.seq: (each.about, each.left_pence) for each in context.store.standings(fold.name.id)}
        yield from _compared(f"standing of {fold.name}'s record", standings, fold.standings)


def _file_problems(context: Context, name: Name, held: Evidence) -> Iterator[str]:
    """What is wrong with a file that was found to be what was announced, once: it must be that for good."""
    try:
        with context.objects.open(key_of(held.id)) as content:
            found = measured(key_of(held.id), content)
    except ObjectMissing:
        yield f"The file of {name} is gone."
        return
    if (found.size, found.sha256) != (held.size, held.sha256):
        yield (
            f"The file of {name} has {found.size:,} bytes with the SHA-256 {found.sha256}; what was stored had {held.size:,} "
            f"with {held.sha256}."
        )


def _nonzero(counters: Mapping[str, int]) -> dict[str, int]:
    return {counter: pence for counter, pence in counters.items() if pence}


def _compared(what: str, kept: Mapping[K, object], refolded: Mapping[K, object]) -> Iterator[str]:
    for key in sorted(kept.keys() | refolded.keys(), key=str):
        if kept.get(key) != refolded.get(key):
            yield f"The {what} {key} is kept as {kept.get(key)} and its records lead to {refolded.get(key)}."
