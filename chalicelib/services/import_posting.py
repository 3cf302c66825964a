"""Committing an import: its documents go into the ledger a chunk at a time, each chunk with the count of it in one write.

the preview  | added 1 ... 30 | 31 ... 61 | ... | changed and confirmed |
writes       [entries + suspense + done: 30] [... + done: 61] ...
                                            ^ broken off here, anybody goes on from `done`
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from chalicelib.context import Context
from chalicelib.domain import imports
from chalicelib.domain.aggregates import State
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import DomainError
from chalicelib.domain.grants import Grant
from chalicelib.domain.import_refusals import NothingToConfirm, PreviewStale
from chalicelib.domain.imports import Import, ImportPosted, ImportState, Waiting, together
from chalicelib.domain.payment_status import PaidEntry, PaymentsPaid
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.domain.previews import PreviewRow, Status
from chalicelib.domain.profiles import Profile
from chalicelib.domain.suspense import DocumentSuspended, Suspended, id_of, place_of
from chalicelib.domain.values import Struct, replace
from chalicelib.services import import_entries, registers
from chalicelib.services import imports as previews
from chalicelib.services.import_entries import Decided
from chalicelib.services.import_progress import Progress, Stage, untold
from chalicelib.services.unit import Held, Part, Plan, View, Written, change, expect, version_of, view_of
from chalicelib.storage.store import ATOMIC_LIMIT, Wanted

DOCUMENTS_AT_ONCE = 500
"""How many documents one request takes: some twenty writes, far fewer than a function makes in the time it has."""

_ROOM = ATOMIC_LIMIT - 4
"""What a write has room for beside the import's head and record."""


class Asked(Struct, frozen=True, kw_only=True):
    """Which preview is committed, by its digest, with which corrections confirmed, by the numbers of their documents.

    `accept_difference` says that a total which the file states of itself need not be met.
    """

    digest: str
    confirmed: tuple[int, ...] = ()
    accept_difference: bool = False


def commit(context: Context, import_id: str, asked: Asked, progress: Progress = untold) -> Held[Import]:
    """Commit a preview, or go on where it was broken off: so many documents a request, until the import is committed.

    Once it is, the same request finds it so. What the ledger refuses waits in suspense, with its reason.
    Raises Missing, StaleView, NotInState, PreviewStale, ControlTotalDiffers, NothingToConfirm, TooBusy.
    """
    held = registers.find(context, Import, import_id)
    expect(context, version_of(held))
    # What the caller saw is checked; from here on the import moves by this very request.
    context = replace(context, expected_version=None)
    if held.state.state not in (ImportState.COMMITTING, ImportState.COMMITTED):
        held = _begun(context, held, asked)
    elif held.state.preview and held.state.preview.digest != asked.digest:
        raise PreviewStale(given=asked.digest, digest=held.state.preview.digest, changed=())
    return go_on(context, held, progress=progress)


def go_on(context: Context, held: Held[Import], most: int = DOCUMENTS_AT_ONCE, progress: Progress = untold) -> Held[Import]:
    """Post the next documents of a committed import, `most` of them at least where there are so many. Progress begins where it was."""
    if held.state.state is not ImportState.COMMITTING:
        return held
    profile = registers.find(context, Profile, held.state.profile_id).state
    until = held.state.done + most
    progress(Stage.POSTED, held.state.done, held.state.to_do)
    for chunk in _chunks(_to_post(context, held.state)):
        if held.state.done >= until:
            break
        held = _posted(context, held, chunk, profile.payer_id)
        progress(Stage.POSTED, held.state.done, held.state.to_do)
    return held


def _begun(context: Context, seen: Held[Import], asked: Asked) -> Held[Import]:
    _confirmable(context, seen.state, asked.confirmed)
    position = seen.state.preview.position if seen.state.preview else {}
    names = tuple(named(key) for key in position)

    def decide(view: View) -> Plan:
        held = view.held(Import, seen.state.id)
        reached = {str(name): view.snapshot.heads[name].position.seq for name in names if name in view.snapshot.heads}
        fact = imports.commit(
            held.state,
            asked.digest,
            asked.confirmed,
            reached,
            accepted=asked.accept_difference,
            by=context.actor.subject,
        )
        return Plan(parts=(Part(held.name, held, (fact,)),))

    return change(context, lambda: view_of(context, Wanted(heads=(seen.name, *names))), decide, the_import)


def named(key: str) -> Name:
    """The aggregate that a preview's position calls so."""
    kind, _, aggregate_id = key.partition("#")
    return Name(Kind(kind), aggregate_id)


def _confirmable(context: Context, held: Import, confirmed: tuple[int, ...]) -> None:
    """Refuse numbers of what is no changed document with a correction. Raises NothingToConfirm."""
    if confirmed:
        strange = set(confirmed)
        for row in previews.rows(context, held, Status.CHANGED):
            if row.corrections:
                strange.discard(row.number)
        if strange:
            raise NothingToConfirm(numbers=tuple(sorted(strange)))


def _to_post(context: Context, held: Import) -> Iterator[PreviewRow]:
    """What is still to be done, in order: what was added; what was changed and confirmed; and of what no more than its payment is news."""
    added = held.preview.count(Status.ADDED).documents if held.preview else 0
    confirmed = frozenset(held.confirmed)
    changed = (row for row in previews.rows(context, held, Status.CHANGED) if row.number in confirmed)
    paid = previews.rows(context, held, Status.PAID, max(0, held.done - added - len(confirmed)))
    if held.done < added:
        return chain(previews.rows(context, held, Status.ADDED, held.done), changed, paid)
    return chain(islice(changed, held.done - added, None), paid)


def _chunks(rows: Iterator[PreviewRow]) -> Iterator[tuple[PreviewRow, ...]]:
    """The rows in chunks that one write holds. A correction goes by itself: its record says which document asked for it.

    What is posted and what is merely paid are not in one chunk, as little of the ledger has to be looked at for the latter.
    """
    chunk: list[PreviewRow] = []
    room, cells, grants = _ROOM, set[tuple[str, ...]](), set[str]()
    for row in rows:
        if row.status is Status.PAID:
            yield from _flushed(chunk)
            yield from _paid_chunks(chain([row], rows))
            return
        places = {(line.grant_id, line.initiative_id, line.nature, str(Quarter.of(row.on))) for line in row.lines if row.on}
        new = {line.grant_id for line in row.lines} - grants
        # A record and a standing for each line, the document, balances; for a grant its head, what its rules note, and what was paid.
        needs = 1 + 2 * len(row.lines) + len(places - cells) + 3 * len(new)
        if chunk and (needs > room or row.corrections):
            yield tuple(chunk)
            chunk, room, cells, grants = [], _ROOM, set(), set()
            needs = 1 + 2 * len(row.lines) + len(places) + 3 * len({line.grant_id for line in row.lines})
        if row.corrections:
            yield (row,)
            continue
        chunk.append(row)
        room, cells, grants = room - needs, cells | places, grants | new
    yield from _flushed(chunk)


def _flushed(chunk: list[PreviewRow]) -> Iterator[tuple[PreviewRow, ...]]:
    if chunk:
        yield tuple(chunk)


def _paid_chunks(rows: Iterator[PreviewRow]) -> Iterator[tuple[PreviewRow, ...]]:
    """Rows of which no more than the payment is news, in chunks: a mark for each entry, and for each grant its head and a record."""
    chunk: list[PreviewRow] = []
    entries, grants = 0, set[str]()
    for row in rows:
        named = row.paid.entries if row.paid else ()
        of = {each.rpartition(".")[0] for each in named}
        if chunk and entries + len(named) + 2 * len(grants | of) > _ROOM:
            yield tuple(chunk)
            chunk, entries, grants = [], 0, set()
        chunk.append(row)
        entries, grants = entries + len(named), grants | of
    yield from _flushed(chunk)


def _posted(context: Context, seen: Held[Import], chunk: tuple[PreviewRow, ...], payer_id: str) -> Held[Import]:
    """Post one chunk, and count it, in one write. Raises StaleView where somebody else went on meanwhile."""
    asked = import_entries.wanted(chunk, payer_id, (seen.name,))

    def decide(view: View) -> Plan:
        held = view.held(Import, seen.state.id)
        if held.state.done != seen.state.done:
            expect(replace(context, expected_version=version_of(seen)), version_of(held))
        decided = import_entries.decide(context, view, chunk, payer_id, held.state.id)
        suspended = tuple(_suspended(context, held.state, row, refused, payer_id) for row, refused in decided.refused)
        fact = ImportPosted(
            done=held.state.done + len(chunk),
            posted=decided.posted,
            posted_pence=decided.pence,
            paid=decided.settled,
            entries=tuple(decided.ids),
            suspended=tuple(each.id for each in suspended),
            waiting=together(*({each.place: Waiting(documents=1, pence=each.pence)} for each in suspended)),
        )
        waiting = tuple(Part(Name(Kind.SUSPENSE, each.id), None, (DocumentSuspended(suspended=each),)) for each in suspended)
        return Plan(parts=(*grant_parts(view, decided), *waiting, Part(held.name, held, (fact,))), reason=_reason(held.state, chunk))

    return change(context, lambda: import_entries.look(context, asked, corrects=chunk[0].status is not Status.PAID), decide, the_import)


def grant_parts(view: View, decided: Decided) -> tuple[Part, ...]:
    """What was decided, as each grant's part of a write: its entries, and what is new of payments."""
    paid: dict[str, tuple[PaidEntry, ...]] = {}
    for named, each in decided.paid.items():
        grant_id = named.rpartition(".")[0]
        paid[grant_id] = (*paid.get(grant_id, ()), each)
    return tuple(_grant_part(view, grant_id, decided, paid.get(grant_id, ())) for grant_id in dict.fromkeys((*decided.entries, *paid)))


def _grant_part(view: View, grant_id: str, decided: Decided, paid: tuple[PaidEntry, ...]) -> Part:
    held = view.held(Grant, grant_id)
    said = (PaymentsPaid(entries=paid, previous=held.state.paid_in),) if paid else ()
    return Part(held.name, held, (*decided.entries.get(grant_id, ()), *said))


def _reason(held: Import, chunk: tuple[PreviewRow, ...]) -> str:
    first = chunk[0]
    if not first.corrections:
        return ""
    where = f"row {first.rows[0]} of {first.sheet}" if first.sheet else f"row {first.rows[0]}"
    return f"Changed at source: {where} of {held.file_name}, import {held.id}."


def _suspended(context: Context, held: Import, row: PreviewRow, refused: DomainError, payer_id: str) -> Suspended:
    pence = sum(each.change_pence for each in row.corrections) if row.corrections else row.cost_pence
    return Suspended(
        id=id_of(held.id, row.number),
        import_id=held.id,
        on=london_date(context.now),
        row=row,
        payer_id=payer_id,
        place=place_of(row),
        pence=pence,
        problem=refused.title,
        reason=refused.detail,
        committed_by=held.committed_by,
    )


def the_import(written: tuple[Written[State], ...]) -> Held[Import]:
    """The import among what was written."""
    (found,) = (Held(each.name, each.position, each.state) for each in written if isinstance(each.state, Import))
    return found
