"""What an agreement compares: a grant's entries as they pass by, and what the latest extracts say of its documents."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.context import Context
from chalicelib.domain.agreement_rows import Fate, Ours, Theirs, Unplaced
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry, EntryKind, entry_id, parse_entry_id
from chalicelib.domain.errors import Missing
from chalicelib.domain.imports import Import, ImportState
from chalicelib.domain.measures import spent
from chalicelib.domain.periods import Quarter
from chalicelib.domain.previews import PreviewRow, Status
from chalicelib.domain.suspense import Suspended, SuspenseState
from chalicelib.domain.values import Struct, field
from chalicelib.services import imports, registers
from chalicelib.services.unit import Held

_WITH_MONEY = (Status.ADDED, Status.CHANGED, Status.SAME)
_NOT_PLACED = (Status.UNMAPPED, Status.REJECTED)
_FATES = {SuspenseState.WAITING: Fate.WAITING, SuspenseState.POSTED: Fate.ELSEWHERE, SuspenseState.DISMISSED: Fate.DISMISSED}


class Spent:
    """What a grant spent, entry by entry, each with the document that it, or what it puts right, was paid against."""

    def __init__(self, grant_id: str) -> None:
        self._grant_id = grant_id
        self._documents: dict[int, tuple[str, str]] = {}
        self.entries: list[Ours] = []

    def take(self, seq: int, entry: Entry) -> None:
        """Take in the next entry of the grant's chain."""
        named = entry_id(self._grant_id, seq)
        document = self._document(named, entry)
        if entry.document or entry.of:
            self._documents[seq] = document
        if pence := spent(entry.moves):
            cell = entry.place
            self.entries.append(
                Ours(
                    entry_id=named,
                    on=entry.on,
                    initiative_id=cell.initiative_id,
                    nature=cell.nature,
                    quarter=cell.quarter or "",
                    pence=pence,
                    document=document[0],
                    named=document[1],
                    puts_right=entry.kind is not EntryKind.PAYMENT,
                )
            )

    def _document(self, named: str, entry: Entry) -> tuple[str, str]:
        if entry.document:
            return entry.document.key, f"{entry.document.supplier} {entry.document.number}"
        _, seq = (parse_entry_id(entry.of) if entry.of else None) or ("", 0)
        return self._documents.get(seq, (named, named))


class Extracts(Struct, kw_only=True):
    """What the latest extracts say of a grant's documents, and by how far their imports' chains had come.

    `elsewhere` are the documents of the grant's own that extracts code to other grants alone.
    """

    positions: dict[str, int] = field(default_factory=dict)
    theirs: list[Theirs] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    elsewhere: frozenset[str] = frozenset()


def extracts(context: Context, grant_id: str, quarter: Quarter, ours: frozenset[str], set_aside: tuple[str, ...]) -> Extracts:
    """Read the rows of every extract that names the grant, but for those set aside; of a document the latest one's count.

    `ours` are the documents of the grant. Costs the heads of imports and of suspense, and the files of those extracts' rows.
    Raises Missing where what is set aside is no import.
    """
    every = {held.name.id: held for held in registers.every(context, Import)}
    for import_id in set_aside:
        if import_id not in every:
            raise Missing(kind=Kind.IMPORT.value, id=import_id)
    suspended = [held.state for held in registers.every(context, Suspended) if held.state.import_id not in set_aside]
    posted_here = {each.import_id for each in suspended if any(entry.startswith(f"{grant_id}.") for entry in each.entries)}
    read = [each for each in every.values() if each.name.id not in set_aside and _concerns(each, grant_id, posted_here)]
    fates = _fates(suspended)
    found = Extracts(positions={held.name.id: held.position.seq for held in read})
    latest: dict[str, list[Theirs]] = {}
    for held in sorted(read, key=lambda each: _order(each.state, grant_id)):
        _read(context, held.state, grant_id, ours, fates, latest)
        if held.state.state is not ImportState.PREVIEWED:
            found.unplaced += _unplaced(context, held.state, quarter)
    found.theirs = [each for rows in latest.values() for each in rows]
    found.elsewhere = frozenset(key for key, rows in latest.items() if not rows)
    return found


def _concerns(held: Held[Import], grant_id: str, posted_here: set[str]) -> bool:
    preview = held.state.preview
    return preview is not None and (str(Name(Kind.GRANT, grant_id)) in preview.position or held.name.id in posted_here)


def _order(held: Import, grant_id: str) -> tuple[str, int, bool, str]:
    """Where an import stands among the others: by its day, how far the ledger had come, and then those committed last."""
    seq = held.preview.position.get(str(Name(Kind.GRANT, grant_id)), 0) if held.preview else 0
    return held.on.isoformat(), seq, held.state is not ImportState.PREVIEWED, held.id


def _fates(suspended: list[Suspended]) -> dict[str, Fate]:
    """What became of documents that were in suspense, by their keys; one that still waits waits, whatever became of it before."""
    found: dict[str, Fate] = {}
    for each in suspended:
        if each.row.document and found.get(each.row.document.key) is not Fate.WAITING:
            found[each.row.document.key] = _FATES[each.state]
    return found


def _read(
    context: Context, held: Import, grant_id: str, ours: frozenset[str], fates: dict[str, Fate], latest: dict[str, list[Theirs]]
) -> None:
    for status in _WITH_MONEY:
        for row in imports.rows(context, held, status):
            document = row.document
            if document is None or not row.lines:
                continue
            taken = status is Status.SAME or (row.number in held.confirmed and held.state is ImportState.COMMITTED)
            rows = list(_rows(row, held.id, grant_id, _fate(status, fates.get(document.key), taken=taken)))
            if rows or document.key in ours or document.key in latest:
                latest[document.key] = rows


def _fate(status: Status, suspended: Fate | None, *, taken: bool) -> Fate:
    """What became of a document; `taken` is one that the ledger had as the extract says, at the latest once its change was confirmed."""
    if suspended is Fate.WAITING:
        return suspended
    if taken:
        return Fate.ELSEWHERE  # told only where this grant has nothing of it
    if status is Status.CHANGED:
        return Fate.CHANGED
    return suspended or Fate.NOT_POSTED


def _rows(row: PreviewRow, import_id: str, grant_id: str, fate: Fate) -> Iterator[Theirs]:
    """What a row says of the grant, by coding."""
    document, on = row.document, row.on
    if document is None or on is None:
        return
    # The preview worked the cost out once, by the payer's VAT status then.
    net = sum(line.net_pence for line in row.lines) == row.cost_pence
    pence: dict[tuple[str, Nature], int] = {}
    for line in row.lines:
        if line.grant_id == grant_id:
            codes = line.initiative_id, line.nature
            pence[codes] = pence.get(codes, 0) + (line.net_pence if net else line.net_pence + line.vat_pence)
    for (initiative_id, nature), each in pence.items():
        yield Theirs(
            document=document.key,
            import_id=import_id,
            number=row.number,
            named=f"{document.supplier} {document.number}",
            on=on,
            initiative_id=initiative_id,
            nature=nature,
            pence=each,
            fate=fate,
        )


def _unplaced(context: Context, held: Import, quarter: Quarter) -> Iterator[Unplaced]:
    for status in _NOT_PLACED:
        for row in imports.rows(context, held, status):
            if row.on is None or quarter.first_day <= row.on <= quarter.last_day:
                document = row.document
                yield Unplaced(
                    document=document.key if document else "",
                    import_id=held.id,
                    number=row.number,
                    named=f"{document.supplier} {document.number}" if document else "",
                    on=row.on,
                    pence=document.net_pence if document else 0,
                )
