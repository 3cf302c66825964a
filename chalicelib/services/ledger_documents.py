"""What the ledger has of the documents of an extract: their entries, with every correction, and how far each grant had come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry, EntryKind, parse_entry_id
from chalicelib.domain.extract_documents import Extracted
from chalicelib.domain.previewing import EnteredLine
from chalicelib.services import reading
from chalicelib.services.import_progress import NOW_AND_THEN, Progress, Stage, untold
from chalicelib.services.preview_scratch import Scratch
from chalicelib.storage import items
from chalicelib.storage.store import Wanted

AT_ONCE = 100
"""So many documents, or entries, are looked up at once."""


class LedgerDocuments:
    """Documents are looked up a hundred at a time; then the entries of all that the ledger has are read.

    `position` is how far each grant had come that a document charges or stands under, read at or before all else about it.
    `known` is how many documents the ledger has.
    """

    def __init__(self, context: Context, scratch: Scratch, progress: Progress = untold) -> None:
        self._context, self._scratch, self._progress = context, scratch, progress
        self.position: dict[str, int] = {}
        self.known = self._entered = 0
        self._asked: set[str] = set()
        self._begins: dict[str, int] = {}

    def look_up(self, numbered: Sequence[tuple[int, Extracted]]) -> frozenset[str]:
        """The keys of those documents that the ledger has, up to `AT_ONCE`, which are noted with their numbers."""
        # First, so that whatever is posted while the rest is read shows as a position that has moved.
        self._note_position({line.grant_id for _, each in numbered for line in each.lines})
        named = self._context.store.load(Wanted(documents=tuple(each.key for _, each in numbered))).documents
        self._note_position({parsed[0] for entered_as in named.values() if (parsed := parse_entry_id(entered_as))})
        known = [(number, each) for number, each in numbered if each.key in named]
        self._scratch.add_known(known)
        self.known += len(known)
        for _, each in known:
            grant_id, seq = parse_entry_id(named[each.key]) or ("", 1)
            self._begin(grant_id, seq - 1)
            for line in each.lines:
                if line.grant_id != grant_id:
                    self._begin(line.grant_id, 0)
        return frozenset(named)

    def read_entries(self) -> None:
        """Note the entries of all documents that the ledger has, with what is left of each. Raises ChainBroken."""
        self._read_records()
        names, done = self._scratch.entries(), 0
        while some := list(islice(names, AT_ONCE)):
            wanted = {parse_entry_id(named) or ("", 0): named for named in some}
            for key, standing in self._context.store.load(Wanted(standings=tuple(wanted))).standings.items():
                self._scratch.leave_entered(wanted[key], standing.left_pence, items.standing_of(standing).paid)
            done += len(some)
            self._progress(Stage.ENTRIES, done, self._entered)

    def _read_records(self) -> None:
        spans = [
            (grant_id, after, self.position.get(f"{Kind.GRANT}#{grant_id}", after)) for grant_id, after in sorted(self._begins.items())
        ]
        read, of = 0, sum(until - after for _, after, until in spans)
        for grant_id, after, until in spans:
            for named, record, entry in reading.entries_after(self._context, grant_id, after):
                self._take(named, grant_id, entry)
                if record.seq % NOW_AND_THEN == 0:
                    self._progress(Stage.RECORDS, read + record.seq - after, of)
            read += until - after
            self._progress(Stage.RECORDS, read, of)

    def _note_position(self, grant_ids: set[str]) -> None:
        names = tuple(Name(Kind.GRANT, grant_id) for grant_id in sorted(grant_ids - self._asked))
        self._asked |= grant_ids
        if names:
            heads = self._context.store.load(Wanted(heads=names)).heads
            self.position |= {str(name): head.position.seq for name, head in heads.items()}

    def _begin(self, grant_id: str, after: int) -> None:
        self._begins[grant_id] = min(after, self._begins.get(grant_id, after))

    def _take(self, named: str, grant_id: str, entry: Entry) -> None:
        """Note an entry of a known document, or one that corrects it."""
        if (key := entry.document_key) and self._scratch.is_known(key):
            self._add(key, named, grant_id, entry)
        elif entry.kind is EntryKind.CORRECTION and entry.of and (held := self._scratch.entered(entry.of)):
            if entry.in_place_of:  # a recoded one stands by itself, elsewhere
                self._add(held[0], named, grant_id, entry)
            else:
                self._scratch.correct_entered(entry.of, entry.amount_pence)

    def _add(self, key: str, named: str, grant_id: str, entry: Entry) -> None:
        cell = entry.place
        line = EnteredLine(
            entry_id=named,
            on=entry.on,
            grant_id=grant_id,
            initiative_id=cell.initiative_id or "",
            nature=cell.nature,
            pence=entry.amount_pence,
            left_pence=0,
        )
        self._scratch.add_entered(key, line)
        self._entered += 1
