"""Refolding: an aggregate made again from its records, with what these say of quarters, documents, files and other aggregates."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.context import Context
from chalicelib.domain.aggregates import Record, State, apply
from chalicelib.domain.agreements import AgreementDrawn, ours_by_line
from chalicelib.domain.cells import added
from chalicelib.domain.chain import START, Name, Position, unbroken
from chalicelib.domain.columns import in_quarter
from chalicelib.domain.entries import Entry, entry_id, parse_entry_id
from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.grants import Grant
from chalicelib.domain.ledger import opens
from chalicelib.domain.mentions import mentioned
from chalicelib.domain.payment_status import PaymentsPaid
from chalicelib.domain.quarter_states import PeriodClosed, PeriodState, quarter_of
from chalicelib.domain.values import Struct
from chalicelib.services import kept_files
from chalicelib.services.carried_documents import CarriedDocuments
from chalicelib.services.findings import Findings
from chalicelib.storage import items


class Mention(Struct, frozen=True):
    """What says that an aggregate is there, in a sentence, and the number of a record that it must have."""

    seq: int
    words: str


class Mentions(dict[Name, Mention]):
    """What is said of each aggregate that is mentioned: of all that is said, what reaches furthest."""

    def note(self, name: Name, mention: Mention) -> None:
        """Take in what is said of one aggregate."""
        if self.is_news(name, mention.seq):
            self[name] = mention

    def is_news(self, name: Name, seq: int) -> bool:
        """Whether nothing that is known reaches so far."""
        return name not in self or self[name].seq < seq


class Fold:
    """An aggregate's state, balances and standings, as its records lead to them, as far as they have been read.

    `wrong` is what these records say of quarters that the records before them do not.
    """

    def __init__(self, context: Context, name: Name) -> None:
        self._context = context
        self.name = name
        self.position = START
        self.state: State | None = None
        self.balances: dict[str, dict[str, int]] = {}
        self.standings: dict[int, tuple[str, int, str]] = {}
        self.wrong = Findings()
        self.mentions = Mentions()
        self.documents = CarriedDocuments(context)
        self.files: dict[str, kept_files.Kept] = {}

    def go_on(self) -> str | None:
        """Fold the records that are not in it yet, and say what is wrong with the first that does not fit."""
        name = self.name
        try:
            for link in unbroken(name, self._context.store.links(name, after=self.position.seq), self.position):
                self._take(items.record_of(name, link))
                self.position = Position(link.seq, link.hash)
        except ChainBroken as broken:
            return broken.detail
        except (ValueError, KeyError) as unreadable:  # KeyError: a kind of record that nobody knows
            return f"Record {self.position.seq + 1} of {name} cannot be read: {unreadable}."
        self.documents.compare()
        return None

    def _take(self, record: Record) -> None:
        seq, fact = record.seq, record.fact
        if isinstance(fact, PaymentsPaid) and isinstance(self.state, Grant) and fact.previous != self.state.paid_in:
            self.wrong.add(f"Record {seq} of {self.name} does not name the record before it that says how payments were made.")
        self.state = apply(self.state, fact, seq)
        if isinstance(fact, Entry):
            self._enter(seq, fact)
            self.documents.take(record, fact)
        elif isinstance(fact, PaymentsPaid):
            self._mark(fact)
        elif isinstance(fact, PeriodClosed) and fact.cells != in_quarter(self.balances, fact.quarter):
            self.wrong.add(f"Record {seq} of {self.name} does not report {fact.quarter} as the records before it make it.")
        elif isinstance(fact, AgreementDrawn) and not self._agrees(fact):
            self.wrong.add(f"Record {seq} of {self.name} does not agree {fact.quarter} as the records before it make it.")
        self._note(seq, mentioned(fact))
        if files := kept_files.files_of(self.name, fact):
            self.files[f"record {seq} of {self.name}"] = files

    def _agrees(self, fact: AgreementDrawn) -> bool:
        """Whether an agreement has of ours what the records before it make."""
        ours = ours_by_line(fact.lines, in_quarter(self.balances, fact.quarter))
        return ours == tuple(line.ours_pence for line in fact.lines)

    def _enter(self, seq: int, entry: Entry) -> None:
        if isinstance(self.state, Grant) and (closed := quarter_of(self.state.periods, entry.on, PeriodState.CLOSED)):
            self.wrong.add(f"Record {seq} of {self.name} is dated {entry.on}, when {closed} was closed already.")
        self.balances[entry.cell] = added((self.balances.get(entry.cell, {}), entry.moves))
        if standing := opens(entry, entry_id(self.name.id, seq)):
            stored = items.stored_standing(self.name.id, seq, standing)
            self.standings[seq] = (stored.about, stored.left_pence, stored.mark)
        for named, pence in entry.against.items():
            _, other = parse_entry_id(named) or ("", 0)
            about, left, mark = self.standings.get(other, ("", 0, ""))
            self.standings[other] = (about, left + pence, mark)

    def _mark(self, fact: PaymentsPaid) -> None:
        for each in fact.entries:
            _, seq = parse_entry_id(each.entry_id) or ("", 0)
            about, left, _ = self.standings.get(seq, ("", 0, ""))
            self.standings[seq] = (about, left, items.mark_of(each.paid))

    def _note(self, seq: int, said: Iterable[tuple[Name, int]]) -> None:
        for name, reached in said:
            if self.mentions.is_news(name, reached):  # nearly every entry names what the one before named
                further = f" and says that it had come to record {reached}" if reached > 1 else ""
                self.mentions[name] = Mention(reached, f"Record {seq} of {self.name} names it{further}.")
