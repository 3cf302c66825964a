"""Entries as rows of a file, streamed: no more of them is held than a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import BinaryIO

from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Kind, Link, Name
from chalicelib.domain.exports import ExportFormat, Scope
from chalicelib.domain.grants import Grant, GrantOffered
from chalicelib.domain.imports import Waiting
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.values import Struct
from chalicelib.reports.cells import BOM
from chalicelib.reports.entries import HEADING, EntryRows, Place
from chalicelib.reports.entry_totals import Totals
from chalicelib.services import positions
from chalicelib.services.positions import Past
from chalicelib.storage import items

Progress = Callable[[int], None]
"""Told how many of the ledger's records were read so far."""


_NOW_AND_THEN = 1_000


def untold(_records: int) -> None:
    """Progress that nobody is told of."""


class Ledger(Struct, frozen=True):
    """The grants' records at an export's position, and which of their entries are meant."""

    past: Past
    scope: Scope
    progress: Progress = untold

    def grants(self) -> tuple[str, ...]:
        """The grants' ids, in order."""
        return positions.ids_in(self.past.position, Kind.GRANT)

    @property
    def records(self) -> int:
        """How many records the grants have: no fewer than there are entries."""
        return records_in(self.past.position)

    def pages(self) -> Iterator[tuple[Name, Grant, Iterator[Sequence[str]]]]:
        """Each grant as it was offered, and the bodies of its records, a page at a time. Progress is told of as they are read."""
        read = 0
        for grant_id in self.grants():
            name = Name(Kind.GRANT, grant_id)
            pages = self.past.bodies(name)
            page = next(pages)
            # A grant's fund and lead recipient never change, so its first record says them for every row.
            offered = items.record_of(name, Link(1, page[0], "")).fact
            if not isinstance(offered, GrantOffered):
                raise TypeError(f"{name} does not begin with its offer")
            yield name, offered.grant, self._told(chain((page,), pages), read)
            read += self.past.position[str(name)]

    def _told(self, pages: Iterator[Sequence[str]], read: int) -> Iterator[Sequence[str]]:
        for page in pages:
            yield page
            read += len(page)
            self.progress(read)

    def tell(self, grant_id: str, seq: int) -> None:
        """Tell, now and then, that a grant's records were read up to record `seq`, after those of the grants before it."""
        if seq % _NOW_AND_THEN == 0:
            before = (each for each in self.grants() if each < grant_id)
            self.progress(seq + sum(self.past.position[str(Name(Kind.GRANT, each))] for each in before))

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
    ledger.past.take_heads(Initiative)
    ledger.past.take_heads(Organisation)
    if as_what is ExportFormat.CSV:
        return _csv(ledger, onto)
    return _values(ledger, as_what, onto, waits)


def _csv(ledger: Ledger, onto: BinaryIO) -> Totals:
    rows = EntryRows()
    onto.write(BOM + HEADING.encode())
    for name, grant, pages in ledger.pages():
        onto.writelines(some.encode() for some in rows.of_grant(name, pages, partial(ledger.place, grant)))
    return rows.totals


def _values(ledger: Ledger, as_what: ExportFormat, onto: BinaryIO, waits: Waiting) -> Totals:
    # What these are made with is for the few requests that export: the others start without it.
    from chalicelib.reports.entry_files import entries_json, entry_sheets  # noqa: PLC0415
    from chalicelib.reports.entry_values import EntryValue, EntryValues  # noqa: PLC0415
    from chalicelib.reports.hledger import journal  # noqa: PLC0415
    from chalicelib.reports.workbook import write_workbook  # noqa: PLC0415

    values = EntryValues()

    def found() -> Iterator[list[EntryValue]]:
        for name, grant, pages in ledger.pages():
            yield from values.of_grant(name, pages, partial(ledger.place, grant))

    if as_what is ExportFormat.XLSX:
        write_workbook(entry_sheets(found(), values.totals, ledger.records, waits), onto)
    else:
        onto.writelines(journal(found(), waits) if as_what is ExportFormat.HLEDGER else entries_json(found()))
    return values.totals
