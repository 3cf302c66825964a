"""Entries as rows of a file, streamed: no more of them is held than a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Kind, Link, Name
from chalicelib.domain.export_parts import Run, runs_of
from chalicelib.domain.exports import ExportFormat, Scope
from chalicelib.domain.grants import Grant, GrantOffered
from chalicelib.domain.imports import Waiting
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.payment_status import Paid
from chalicelib.domain.values import Struct
from chalicelib.reports.around_rows import Around
from chalicelib.reports.bodies import B
from chalicelib.reports.cells import BOM
from chalicelib.reports.entries import HEADING, EntryRows, Place, Rows
from chalicelib.reports.entry_totals import Totals
from chalicelib.services import positions
from chalicelib.services.positions import Past
from chalicelib.storage import items

if TYPE_CHECKING:
    from chalicelib.reports.entry_values import EntryValue, EntryValues
    from chalicelib.reports.sums import Sum

AROUND_CSV = Around(heading=BOM + HEADING.encode())

Progress = Callable[[int], None]
"""Told how many of the ledger's records were read so far."""


_NOW_AND_THEN = 1_000


def untold(_records: int) -> None:
    """Progress that nobody is told of."""


class Ledger(Struct, frozen=True):
    """The grants' records at an export's position, and which of their entries are meant: of all, or of those in some runs of records."""

    past: Past
    scope: Scope
    progress: Progress = untold
    runs: tuple[Run, ...] | None = None

    def grants(self) -> tuple[str, ...]:
        """The grants' ids, in order."""
        return positions.ids_in(self.past.position, Kind.GRANT)

    @property
    def records(self) -> int:
        """How many records the grants have: no fewer than there are entries."""
        return records_in(self.past.position)

    def pages(self) -> Iterator[tuple[Name, Grant, Iterator[Sequence[str]]]]:
        """Each grant as it was offered, and the bodies of its records, a page at a time. Progress is told of as they are read."""
        yield from ((name, grant, pages) for name, grant, pages, _ in self.pages_after())

    def pages_after(self) -> Iterator[tuple[Name, Grant, Iterator[Sequence[str]], int]]:
        """The same, of the runs that are meant, each with the number of the record after which it begins."""
        read = 0
        for run in runs_of(self.past.position) if self.runs is None else self.runs:
            name = Name(Kind.GRANT, run.grant_id)
            pages = self.past.bodies(name, run.after, run.until)
            page = next(pages)
            # A grant's fund and lead recipient never change, so its first record says them for every row.
            first = page if run.after == 0 else next(self.past.bodies(name, until=1))
            offered = items.record_of(name, Link(1, first[0], "")).fact
            if not isinstance(offered, GrantOffered):
                raise TypeError(f"{name} does not begin with its offer")
            yield name, offered.grant, self._told(chain((page,), pages), read), run.after
            read += run.records

    def _told(self, pages: Iterator[Sequence[str]], read: int) -> Iterator[Sequence[str]]:
        for page in pages:
            yield page
            read += len(page)
            self.progress(read)

    def sums(self, singly: frozenset[str] = frozenset()) -> Iterator[tuple[str, Sum]]:
        """What every grant's entries add up to, in scope or not, with its id: see `Sums`. Raises ChainBroken."""
        from chalicelib.reports.sums import Sums  # noqa: PLC0415  few requests add up

        for name, _, pages, after in self.pages_after():
            sums, seq = Sums(name, singly), after + 1
            for page in pages:
                sums.take(page, seq)
                seq += len(page)
            yield from ((name.id, each) for each in sums)

    def tell(self, grant_id: str, seq: int) -> None:
        """Tell, now and then, that a grant's records were read up to record `seq`, after those of the grants before it."""
        if seq % _NOW_AND_THEN == 0:
            before = (each for each in self.grants() if each < grant_id)
            self.progress(seq + sum(self.past.position[str(Name(Kind.GRANT, each))] for each in before))

    def paid(self, name: Name, after: int) -> dict[int, Paid]:
        """How the entries of the run that begins after a record had been paid, as far as the position knows."""
        runs = runs_of(self.past.position) if self.runs is None else self.runs
        until = max(run.until for run in runs if (run.grant_id, run.after) == (name.id, after))
        return self.past.paid(name, after, until)

    def place(self, grant: Grant, where: Cell) -> Place | None:
        """What a row says of where an entry belongs; None for one that is not meant."""
        if not self.scope.takes_in(where):
            return None
        lead = self.past.state(Organisation, grant.lead_recipient_id).name
        if where.initiative_id is None:
            return Place(fund=grant.fund_id, grant=grant.id, lead_recipient=lead)
        initiative = self.past.state(Initiative, where.initiative_id)
        return Place(
            fund=grant.fund_id,
            grant=grant.id,
            lead_recipient=lead,
            initiative=initiative.id,
            initiative_title=initiative.title,
            category=initiative.category.value,
            partner=self.past.state(Organisation, initiative.partner_id).name,
        )


def records_in(position: positions.Position) -> int:
    """How many records the grants of a position have."""
    return sum(seq for key, seq in position.items() if key.startswith(f"{Kind.GRANT}#"))


def write_entries(ledger: Ledger, as_what: ExportFormat, onto: BinaryIO, waits: Waiting) -> Totals:
    """Write the entries, and what waits in suspense where a format has room for it. The answer is what they add up to.

    Raises ChainBroken.
    """
    if as_what is not ExportFormat.XLSX:
        totals, some = entry_rows(ledger, as_what)
        onto.writelines(around(as_what, waits).whole((some,)))
        return totals
    # What these are made with is for the few requests that export: the others start without it.
    from chalicelib.reports.entry_sheet import SheetRows, write_entry_workbook  # noqa: PLC0415

    _take_names(ledger)
    rows = SheetRows()
    write_entry_workbook(_rows(ledger, rows), rows.totals, onto, waits)
    return rows.totals


def write_rows(ledger: Ledger, as_what: ExportFormat, onto: BinaryIO) -> Totals:
    """Write the rows alone, without what `around` says stands around them. The answer is what they add up to. Raises ChainBroken."""
    totals, rows = entry_rows(ledger, as_what)
    onto.writelines(rows)
    return totals


def entry_rows(ledger: Ledger, as_what: ExportFormat) -> tuple[Totals, Iterator[bytes]]:
    """The rows alone in a format that is no workbook, some at a time; and what they add up to, once they are taken. Raises ChainBroken."""
    _take_names(ledger)
    if as_what is ExportFormat.CSV:
        csv = EntryRows()
        return csv.totals, ("".join(some).encode() for some in _rows(ledger, csv))
    if as_what is ExportFormat.JSON:
        from chalicelib.reports.entry_json import JsonRows, joined  # noqa: PLC0415  as above

        lines = JsonRows()
        return lines.totals, joined(_rows(ledger, lines))
    from chalicelib.reports.entry_values import EntryValues  # noqa: PLC0415  as above
    from chalicelib.reports.hledger import transactions  # noqa: PLC0415  as above

    values = EntryValues()
    return values.totals, transactions(_found(ledger, values))


def around(as_what: ExportFormat, waits: Waiting) -> Around:
    """What stands around the rows of a format that is no workbook, where some have room for what waits in suspense."""
    from chalicelib.reports.entry_json import AROUND_JSON  # noqa: PLC0415  as above
    from chalicelib.reports.hledger import around_journal  # noqa: PLC0415

    return {ExportFormat.CSV: AROUND_CSV, ExportFormat.JSON: AROUND_JSON, ExportFormat.HLEDGER: around_journal(waits)}[as_what]


def _take_names(ledger: Ledger) -> None:
    ledger.past.take_heads(Initiative)
    ledger.past.take_heads(Organisation)
    ledger.past.take_payments()


def _rows(ledger: Ledger, rows: Rows[B]) -> Iterator[list[str]]:
    for name, grant, pages, after in ledger.pages_after():
        yield from rows.of_grant(name, pages, partial(ledger.place, grant), after, ledger.paid(name, after))


def _found(ledger: Ledger, values: EntryValues) -> Iterator[list[EntryValue]]:
    for name, grant, pages, after in ledger.pages_after():
        yield from values.of_grant(name, pages, partial(ledger.place, grant), after, ledger.paid(name, after))
