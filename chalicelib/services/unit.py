"""The one gate: every change loads one atomic view, decides on it, and records the outcome in one atomic write.

view = load(...)          what is there, and the answer this request was given before, if any
plan = decide(view)       a pure decision of the domain, and what closed quarters and the grant's rules say of it
record(plan)              all of it or nothing; when somebody else wrote first, from the beginning
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from chalicelib.context import Context
from chalicelib.domain.aggregates import Fact, Record, State, apply
from chalicelib.domain.answers import RulesNoted
from chalicelib.domain.chain import START, Kind, Name, Position
from chalicelib.domain.claims import GrantClaims
from chalicelib.domain.closing import admit
from chalicelib.domain.entries import Entry, entry_id, parse_entry_id
from chalicelib.domain.entry_refusals import DocumentAlreadyEntered, TooManyLines, TooMuchText
from chalicelib.domain.errors import AlreadyExists, KeyReused, Missing, StaleView, TooBusy
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Category, Initiative
from chalicelib.domain.judging import Around, judge_all
from chalicelib.domain.ledger import Purse, opens
from chalicelib.domain.payment_status import PaidEntry, PaymentsPaid
from chalicelib.domain.periods import london_date
from chalicelib.domain.values import Struct, replace
from chalicelib.storage import items
from chalicelib.storage.store import (
    ATOMIC_LIMIT,
    Answered,
    Batch,
    BatchTooLarge,
    CellKey,
    Change,
    DocumentTaken,
    EntryKey,
    RequestKey,
    Snapshot,
    Stale,
    Standing,
    Wanted,
)

ATTEMPTS = 8
"""How often a change is tried when others write first."""

S = TypeVar("S", bound=State)
S_co = TypeVar("S_co", bound=State, covariant=True)
R = TypeVar("R")


class Replayed(Exception):
    """The request was answered before; `body` is that answer."""

    def __init__(self, body: str) -> None:
        super().__init__("answered before")
        self.body = body


class Held(Struct, Generic[S_co], frozen=True):
    """An aggregate as it stands, and how far its chain has come."""

    name: Name
    position: Position
    state: S_co


class Written(Struct, Generic[S_co], frozen=True):
    """An aggregate as a change left it, and the records the change added."""

    name: Name
    position: Position
    state: S_co
    records: tuple[Record, ...]
    change: Change


class View(Struct, frozen=True):
    """What a decision may look at."""

    snapshot: Snapshot

    def find(self, kind: type[S], aggregate_id: str) -> Held[S] | None:
        """An aggregate that was asked for, or None where there is none."""
        head = self.snapshot.heads.get(Name(kind.KIND, aggregate_id))
        return Held(head.name, head.position, items.state_of(kind, head)) if head else None

    def held(self, kind: type[S], aggregate_id: str) -> Held[S]:
        """An aggregate that was asked for. Raises Missing."""
        found = self.find(kind, aggregate_id)
        if found is None:
            raise Missing(kind=kind.KIND.value, id=aggregate_id)
        return found

    def state(self, kind: type[S], aggregate_id: str) -> S:
        """An aggregate's state. Raises Missing."""
        return self.held(kind, aggregate_id).state

    def categories(self) -> dict[str, Category]:
        """The categories of the initiatives that were asked for, by id."""
        names = (name for name in self.snapshot.heads if name.kind is Kind.INITIATIVE)
        return {name.id: self.state(Initiative, name.id).category for name in names}

    def claimed(self) -> frozenset[str]:
        """The ids of the entries that the claims posted which were asked for."""
        names = (name for name in self.snapshot.heads if name.kind is Kind.CLAIMS)
        return frozenset(posted for name in names for claim in self.state(GrantClaims, name.id).claims for posted in claim.posted)

    def purse(self, grant_id: str) -> Purse:
        """A grant with the cells and standings that were asked for. Raises Missing."""
        held = self.held(Grant, grant_id)
        cells = {cell: counters for (grant, cell), counters in self.snapshot.balances.items() if grant == grant_id}
        standings = (items.standing_of(each) for (grant, _), each in self.snapshot.standings.items() if grant == grant_id)
        by_id = {standing.entry_id: standing for standing in standings}
        return Purse(grant=held.state, seq=held.position.seq, cells=cells, standings=by_id)


class Part(Struct, frozen=True):
    """What a change adds to one aggregate: facts that follow what was held (None: it begins here)."""

    name: Name
    held: Held[State] | None
    facts: tuple[Fact, ...]


class Plan(Struct, frozen=True, kw_only=True):
    """What a decision wants written, and why."""

    parts: tuple[Part, ...]
    reason: str = ""


def view_of(context: Context, wanted: Wanted) -> View:
    """One atomic view. Raises Replayed, KeyReused where the request was made before."""
    once = context.once
    snapshot = context.store.load(replace(wanted, request=once.request if once else None))
    if once and snapshot.answered:
        if snapshot.answered.fingerprint != once.fingerprint:
            raise KeyReused(key=once.request.key)
        raise Replayed(snapshot.answered.body)
    return View(snapshot)


def change(
    context: Context,
    look: Callable[[], View],
    decide: Callable[[View], Plan],
    result: Callable[[tuple[Written[State], ...]], R],
) -> R:
    """Load, decide, record; again when somebody else wrote first, a bounded number of times.

    Raises what the decision raises; PeriodIsClosed and PeriodIsHeld for an entry's date; RuleBroken; Replayed;
    DocumentAlreadyEntered; TooManyLines; TooMuchText; TooBusy; and the store's own StoreBusy (nothing was written) and
    StoreUnreachable (nobody knows: the request's key will tell).
    """
    for attempt in range(ATTEMPTS):
        view = look()
        plan = decide(view)
        written = tuple(_written(context, view, part, plan.reason) for part in plan.parts)
        outcome = result(written)
        batch = _batch(written, _answer(context, outcome))
        try:
            context.store.record(batch)
        except Stale:
            context.pause(attempt)
        except DocumentTaken as taken:
            raise _entered_already(taken, written) from taken
        except BatchTooLarge as large:
            if batch.size > ATOMIC_LIMIT:
                raise TooManyLines(writes=batch.size, limit=ATOMIC_LIMIT) from large
            raise TooMuchText from large
        else:
            return outcome
    raise TooBusy


def one(kind: type[S]) -> Callable[[tuple[Written[State], ...]], Written[S]]:
    """The result of a change to a single aggregate of this kind."""

    def only(written: tuple[Written[State], ...]) -> Written[S]:
        (sole,) = written
        if not isinstance(sole.state, kind):
            raise TypeError(f"{sole.name} is not a {kind.__name__}")
        return Written(sole.name, sole.position, sole.state, sole.records, sole.change)

    return only


def new_name(view: View, kind: type[S], aggregate_id: str) -> Name:
    """The name of an aggregate that is to begin. Raises AlreadyExists."""
    if view.find(kind, aggregate_id) is not None:
        raise AlreadyExists(kind=kind.KIND.value, id=aggregate_id)
    return Name(kind.KIND, aggregate_id)


def expect(context: Context, current: str) -> None:
    """Refuse with StaleView when the caller's If-Match names another version."""
    if context.expected_version is not None and context.expected_version != current:
        raise StaleView(expected=context.expected_version, current=current)


def _written(context: Context, view: View, part: Part, reason: str) -> Written[State]:
    seen = part.held.position if part.held else START
    facts = (*part.facts, *_noted(context, view, part))
    drafts = tuple(items.Draft(at=context.now, by=context.actor.subject, reason=reason, fact=fact) for fact in facts)
    links = items.sealed(part.name, seen, drafts)
    state: State | None = part.held.state if part.held else None
    for link, fact in zip(links, facts, strict=True):
        # Here, and nowhere else, so that no path to the ledger passes a closed quarter by.
        if isinstance(fact, Entry) and isinstance(state, Grant):
            admit(state, fact, context.actor)
        state = apply(state, fact, link.seq)
    if state is None:
        raise ValueError(f"nothing is to be recorded for {part.name}")
    records = tuple(items.record_of(part.name, link) for link in links)
    written = Change(name=part.name, seen=seen, links=links, state=items.canonical(state))
    return Written(part.name, Position(links[-1].seq, links[-1].hash), state, records, written)


def _noted(context: Context, view: View, part: Part) -> tuple[RulesNoted, ...]:
    """What the grant's rules say of these facts, where that goes on the record. Raises RuleBroken with all that refuse."""
    if part.held is None or not isinstance(part.held.state, Grant) or part.held.state.rules is None:
        return ()
    noted = judge_all(part.held.state, part.held.position.seq, part.facts, around(context, view))
    return (RulesNoted(noted=noted),) if noted else ()


def around(context: Context, view: View) -> Around:
    """What rules look at beside the grant."""
    return Around(today=london_date(context.now), categories=view.categories(), claimed=view.claimed())


def _answer(context: Context, outcome: object) -> tuple[RequestKey, Answered] | None:
    once = context.once
    return (once.request, Answered(once.fingerprint, once.answer(outcome))) if once else None


def _batch(written: tuple[Written[State], ...], request: tuple[RequestKey, Answered] | None) -> Batch:
    """One write of everything: what the entries among the records do to balances, standings and documents included."""
    balances: dict[CellKey, dict[str, int]] = {}
    opened: list[Standing] = []
    moved: dict[EntryKey, int] = {}
    marked: dict[EntryKey, str] = {}
    documents: dict[str, str] = {}
    for grant_id, seq, entry in _entries(written):
        # An entry that moves nothing has a balance, too: balances tell which grants an initiative has entries in.
        counters = balances.setdefault((grant_id, entry.cell), {})
        for counter, pence in entry.moves.items():
            counters[counter] = counters.get(counter, 0) + pence
        named = entry_id(grant_id, seq)
        if standing := opens(entry, named):
            opened.append(items.stored_standing(grant_id, seq, standing))
        for other, pence in entry.against.items():
            key = parse_entry_id(other) or ("", 0)
            moved[key] = moved.get(key, 0) + pence
        if entry.document_key:
            documents.setdefault(entry.document_key, named)
    for each in _paid(written):
        marked[parse_entry_id(each.entry_id) or ("", 0)] = items.mark_of(each.paid)
    new = {(each.grant_id, each.seq) for each in opened}
    return Batch(
        changes=tuple(each.change for each in written),
        balances={cell: moves for cell, moves in balances.items() if moves},
        # What is opened here is put as it is marked here, as an item is written once.
        opened=tuple(replace(each, mark=marked.get((each.grant_id, each.seq), "")) for each in opened),
        moved=moved,
        marked={key: mark for key, mark in marked.items() if key not in new},
        request=request,
        documents=documents,
    )


def _entries(written: tuple[Written[State], ...]) -> Iterator[tuple[str, int, Entry]]:
    for each in written:
        for record in each.records:
            if isinstance(record.fact, Entry):
                yield each.name.id, record.seq, record.fact


def _paid(written: tuple[Written[State], ...]) -> Iterator[PaidEntry]:
    for each in written:
        for record in each.records:
            if isinstance(record.fact, PaymentsPaid):
                yield from record.fact.entries


def _entered_already(taken: DocumentTaken, written: tuple[Written[State], ...]) -> DocumentAlreadyEntered:
    entry = next(entry for _, _, entry in _entries(written) if entry.document_key == taken.key)
    return DocumentAlreadyEntered(supplier=entry.party, number=entry.reference, entered_as=taken.entered_as)


def version_of(held: Held[State] | Written[State]) -> str:
    """The version a reader sees: a grant's changes when its details do, not whenever money moves under it."""
    return str(held.state.version if isinstance(held.state, Grant) else held.position.seq)
