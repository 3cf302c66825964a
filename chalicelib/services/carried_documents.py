"""Documents: what keeps each of them from being entered twice, compared with the entries that carry them.

A document's item stands by itself and no list leads to it, so it is looked for from the entries. A document may be split
over several grants, and its item names the entry that carried it first: the first of its lines in one of those grants.
An item of a document that no entry carries is not found.
"""

from __future__ import annotations

from chalicelib.context import Context
from chalicelib.domain.aggregates import Record
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry, entry_id, parse_entry_id
from chalicelib.domain.values import Struct
from chalicelib.services.findings import Findings
from chalicelib.storage import items
from chalicelib.storage.store import ATOMIC_LIMIT, Wanted


class _Carrier(Struct, frozen=True):
    """The first of a grant's records that carries a document."""

    record: Record
    entry: Entry
    key: str


class CarriedDocuments:
    """The documents of one grant, taken from its records in order and compared as many at a time as one read holds."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._last_key = ""
        self._waiting: list[_Carrier] = []
        self.findings = Findings()

    def take(self, record: Record, entry: Entry) -> None:
        """Go on by one entry."""
        key = entry.document_key
        if key is None or key == self._last_key:
            return  # the lines of a document follow one another
        self._last_key = key
        self._waiting.append(_Carrier(record, entry, key))
        if len(self._waiting) == ATOMIC_LIMIT:
            self.compare()

    def compare(self) -> None:
        """Compare those that were taken since the last time."""
        waiting, self._waiting = self._waiting, []
        wanted = Wanted(documents=tuple(dict.fromkeys(each.key for each in waiting)))
        kept = self._context.store.load(wanted).documents
        for carrier in waiting:
            if problem := self._problem(carrier, kept.get(carrier.key)):
                self.findings.add(problem)

    def _problem(self, carrier: _Carrier, entered_as: str | None) -> str | None:
        record, entry = carrier.record, carrier.entry
        kind = entry.document.kind if entry.document else entry.kind
        named = f"Record {record.seq} of {record.name} carries {kind} {entry.reference} of {entry.party}"
        if entered_as is None:
            return f"{named}, and nothing keeps that document from being entered again: its item is gone."
        if entered_as == entry_id(record.name.id, record.seq) or self._shared(carrier, entered_as):
            return None
        return f"{named}, which is kept as entered by {entered_as}."

    def _shared(self, carrier: _Carrier, entered_as: str) -> bool:
        """Whether that entry is the same document's line in another grant, recorded in the same step."""
        grant_id, seq = parse_entry_id(entered_as) or ("", 0)
        if not seq or grant_id == carrier.record.name.id:
            return False
        name = Name(Kind.GRANT, grant_id)
        for link in self._context.store.links(name, after=seq - 1, until=seq):
            try:
                other = items.record_of(name, link)
            except (ValueError, KeyError):
                return False
            same_step = (other.at, other.by) == (carrier.record.at, carrier.record.by)
            return same_step and isinstance(other.fact, Entry) and _same(other.fact, carrier.entry)
        return False


def _same(entry: Entry, other: Entry) -> bool:
    """Whether two entries carry the very same document."""
    return (entry.document_key, entry.document) == (other.document_key, other.document)
