"""What the ledger has of the documents of an extract: their entries, with every correction, and how far each grant had come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.context import Context
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry, EntryKind, parse_entry_id
from chalicelib.domain.extract_documents import Extracted
from chalicelib.domain.previewing import EnteredLine
from chalicelib.domain.values import Struct, field, replace
from chalicelib.services import reading
from chalicelib.storage.store import Wanted

_AT_ONCE = 100


class Known(Struct, frozen=True, kw_only=True):
    """The entries that the ledger has of documents, by the documents' keys, and the position that this was read at or after."""

    position: Mapping[str, int] = field(default_factory=dict)
    entered: Mapping[str, tuple[EnteredLine, ...]] = field(default_factory=dict)

    @property
    def codes(self) -> dict[str, tuple[str, str]]:
        """The grant and initiative of each of the entries."""
        return {line.entry_id: (line.grant_id, line.initiative_id) for lines in self.entered.values() for line in lines}


def known(context: Context, documents: Sequence[Extracted]) -> Known:
    """What the ledger has of these documents. Raises ChainBroken."""
    grants = {line.grant_id for each in documents for line in each.lines}
    # First, so that whatever is posted while the rest is read shows as a position that has moved.
    position = _position(context, grants)
    named = _named(context, documents)
    further = {parse[0] for entered_as in named.values() if (parse := parse_entry_id(entered_as))} - grants
    position |= _position(context, further)
    entered = _Entered(named, documents)
    for grant_id, after in sorted(entered.begins.items()):
        for named_entry, _, entry in reading.entries_after(context, grant_id, after):
            entered.take(named_entry, grant_id, entry)
    return Known(position=position, entered=entered.by_document(context))


def _position(context: Context, grant_ids: set[str]) -> dict[str, int]:
    names = tuple(Name(Kind.GRANT, grant_id) for grant_id in sorted(grant_ids))
    heads = context.store.load(Wanted(heads=names)).heads if names else {}
    return {str(name): head.position.seq for name, head in heads.items()}


def _named(context: Context, documents: Sequence[Extracted]) -> dict[str, str]:
    """The entry that first carried each document that the ledger has, by the document's key."""
    keys = [each.key for each in documents]
    found: dict[str, str] = {}
    for place in range(0, len(keys), _AT_ONCE):
        found.update(context.store.load(Wanted(documents=tuple(keys[place : place + _AT_ONCE]))).documents)
    return found


class _Entered:
    """Entries of known documents, as the records of their grants pass by."""

    def __init__(self, named: Mapping[str, str], documents: Sequence[Extracted]) -> None:
        self._keys = named.keys()
        self._lines: dict[str, tuple[str, EnteredLine]] = {}
        self.begins: dict[str, int] = {}
        for each in documents:
            if entered_as := named.get(each.key):
                grant_id, seq = parse_entry_id(entered_as) or ("", 1)
                self._begin(grant_id, seq - 1)
                for line in each.lines:
                    if line.grant_id != grant_id:
                        self._begin(line.grant_id, 0)

    def _begin(self, grant_id: str, after: int) -> None:
        self.begins[grant_id] = min(after, self.begins.get(grant_id, after))

    def take(self, named: str, grant_id: str, entry: Entry) -> None:
        """Take in an entry of a known document, or one that corrects it."""
        cell = entry.place
        if entry.kind is EntryKind.PAYMENT and entry.document and entry.document.key in self._keys:
            self._add(entry.document.key, named, grant_id, cell.initiative_id, cell.nature, entry.amount_pence)
        elif entry.kind is EntryKind.CORRECTION and entry.of in self._lines:
            key, line = self._lines[entry.of]
            if entry.in_place_of:  # a recoded one stands by itself, elsewhere
                self._add(key, named, grant_id, cell.initiative_id, cell.nature, entry.amount_pence)
            else:
                self._lines[entry.of] = key, replace(line, pence=line.pence + entry.amount_pence)

    def _add(self, key: str, named: str, grant_id: str, initiative_id: str | None, nature: Nature, pence: int) -> None:
        line = EnteredLine(entry_id=named, grant_id=grant_id, initiative_id=initiative_id or "", nature=nature, pence=pence, left_pence=0)
        self._lines[named] = key, line

    def by_document(self, context: Context) -> dict[str, tuple[EnteredLine, ...]]:
        """The entries of each document, with what is left of them."""
        found: dict[str, list[EnteredLine]] = {}
        names = list(self._lines)
        for place in range(0, len(names), _AT_ONCE):
            wanted = {parse_entry_id(named) or ("", 0): named for named in names[place : place + _AT_ONCE]}
            for key, standing in context.store.load(Wanted(standings=tuple(wanted))).standings.items():
                document, line = self._lines[wanted[key]]
                self._lines[wanted[key]] = document, replace(line, left_pence=standing.left_pence)
        for key_of_document, line in self._lines.values():
            found.setdefault(key_of_document, []).append(line)
        return {key: tuple(lines) for key, lines in found.items()}
