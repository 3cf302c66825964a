"""Exports: files made for finance from one position of the ledger; who took what, when, stays on the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import NotInState, Refused, contradiction, invalid
from chalicelib.domain.export_parts import ExportPart, Piece, Split
from chalicelib.domain.imports import Waiting
from chalicelib.domain.periods import Quarter
from chalicelib.domain.publications import File
from chalicelib.domain.values import Struct, field, replace


class ExportKind(StrEnum):
    """What an export is of, in the order in which they are shown."""

    ENTRIES = "entries"
    BUDGET_MONITORING = "budget_monitoring"
    CLAIM_SCHEDULE = "claim_schedule"
    COMMITMENTS = "commitments"
    MATCH = "match"
    ASSETS = "assets"
    AUDIT_TRAIL = "audit_trail"
    JOURNALS = "journals"


class ExportFormat(StrEnum):
    """What kind of file an export is. `hledger` is a journal of plain-text accounting."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    HLEDGER = "hledger"


_TABLES = (ExportFormat.CSV, ExportFormat.XLSX)

FORMATS: Mapping[ExportKind, tuple[ExportFormat, ...]] = {
    kind: tuple(ExportFormat) if kind is ExportKind.ENTRIES else _TABLES for kind in ExportKind
}
"""The formats that each kind of export has."""


PHASING, AMBER, RED = "STREETLIGHT_BUDGET_PHASING", "STREETLIGHT_VARIANCE_AMBER", "STREETLIGHT_VARIANCE_RED"
CODES = "STREETLIGHT_ACCOUNT_CODES"

POLICIES: Mapping[ExportKind, tuple[str, ...]] = {
    ExportKind.BUDGET_MONITORING: (PHASING, AMBER, RED),
    ExportKind.JOURNALS: (CODES,),
}
"""The settings with the office's own policy that each kind's figures rest on: `20,25,25,30`, `2.5`, `accruals=2105,...`."""


class AccountCodesUnset(Refused):
    """The office has not set the account codes that journals are posted to."""

    accounts: tuple[str, ...]
    setting: str = CODES

    @property
    def detail(self) -> str:
        return f"Account codes are the office's own, and {self.setting} says none for {', '.join(self.accounts)}: add them to it."


class ExportState(StrEnum):
    """How far an export has come. One that is waiting is being made, or will be."""

    WAITING = "waiting"
    MADE = "made"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Done(Struct, frozen=True, kw_only=True):
    """How many of the ledger's records were read for an export that is made in the background, of how many, and why it failed."""

    records: int
    of: int
    why: str = ""


class Scope(Struct, frozen=True, kw_only=True):
    """Which entries an export takes in: all that match every part given."""

    financial_year: str | None = None
    quarter: str | None = None
    fund_id: str | None = None
    grant_id: str | None = None

    def takes_in(self, cell: Cell) -> bool:
        """Whether what is posted in a cell lies in the financial year and quarter."""
        return self.financial_year in (None, cell.financial_year) and self.quarter in (None, cell.quarter)

    def takes_in_quarter(self, quarter: Quarter) -> bool:
        """Whether a whole quarter lies in the financial year and quarter."""
        return self.financial_year in (None, str(quarter.year)) and self.quarter in (None, str(quarter))

    def checked(self) -> Scope:
        """Itself. Raises Invalid when nothing is given, Contradictory when the quarter is not in the year."""
        if not any((self.financial_year, self.quarter, self.fund_id, self.grant_id)):
            raise invalid("", "give at least one of financial_year, quarter, fund_id and grant_id")
        if self.financial_year and self.quarter and not self.quarter.startswith(self.financial_year):
            raise contradiction("/quarter", f"{self.quarter} is not in {self.financial_year}")
        return self


class Asked(Struct, frozen=True, kw_only=True):
    """What was asked for, and the office's own policy that its figures rest on: settings by name, as they were then."""

    kind: ExportKind
    format: ExportFormat
    policy: Mapping[str, str] = field(default_factory=dict)

    def checked(self, scope: Scope) -> Asked:
        """Itself. Raises Contradictory when there is no such format of it, or the scope is not one that it can have."""
        formats = FORMATS[self.kind]
        if self.format not in formats:
            raise contradiction("/format", f"there is no {self.format} of {self.kind}: choose {' or '.join(formats)}")
        if self.kind is ExportKind.JOURNALS and (scope.financial_year is None or scope.quarter is not None):
            raise contradiction("/financial_year", "journals are for the end of a financial year: give it, and no quarter")
        return self


ENTRIES_AS_CSV = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.CSV)


class Export(Struct, frozen=True, kw_only=True):
    """One export: its scope, the position it was made at, its files and control totals.

    `position` is how far each chain had come, by `grant#ssf-4-staffordshire`: the grants in the scope, and whatever else
    the rows are made of, or take names from. `totals_pence` are the control totals: of entries every measure over the rows,
    of other kinds the sum of each column of money. `code_version` is the code that wrote the files: other code may
    write others. Where nothing says what was `asked`, it was entries as CSV: once there was nothing else to ask for.
    `suspended` is what waited in suspense of its grants and quarters, by both (`ssf-4-example 2023-24-Q3`): it is in no row.
    `background` and `done` are of one that is too large for the request that asked for it, until it is made; `split` is of one
    that is too large for a single run, too.
    """

    KIND: ClassVar = Kind.EXPORT

    id: str
    on: date
    scope: Scope
    position: Mapping[str, int]
    rows: int
    totals_pence: Mapping[str, int]
    files: tuple[File, ...]
    code_version: str = ""
    asked: Asked | None = None
    background: ExportState | None = None
    done: Done | None = None
    suspended: Mapping[str, Waiting] = field(default_factory=dict)
    split: Split | None = None

    @property
    def state(self) -> ExportState:
        """How far it has come."""
        return self.background or ExportState.MADE

    def require(self, *states: ExportState) -> None:
        """Refuse with NotInState unless it is in one of these states."""
        if self.state not in states:
            raise NotInState(kind="export", id=self.id, state=self.state, needed=states)

    @property
    def what(self) -> Asked:
        """What was asked for."""
        return self.asked or ENTRIES_AS_CSV


class ExportBegun(Struct, frozen=True, kw_only=True):
    """Somebody asked for an export that is made in the background. Its position is taken, and its files follow."""

    KIND: ClassVar = "export_begun"

    export: Export


class ExportAdvanced(Struct, frozen=True, kw_only=True):
    """More of the ledger was read for an export."""

    KIND: ClassVar = "export_advanced"

    records: int


class ExportSplit(Struct, frozen=True, kw_only=True):
    """An export is to be made in parts."""

    KIND: ClassVar = "export_split"

    parts: tuple[ExportPart, ...]


class ExportPartsSent(Struct, frozen=True, kw_only=True):
    """Workers were sent for some parts, by number. Where all are made, whoever comes for the last finishes the export."""

    KIND: ClassVar = "export_parts_sent"

    at: datetime
    parts: tuple[int, ...]


class ExportPartMade(Struct, frozen=True, kw_only=True):
    """A part of an export is made of so many records, and its piece is kept; its rows come to so much of each measure."""

    KIND: ClassVar = "export_part_made"

    part: int
    piece: Piece
    records: int
    totals_pence: Mapping[str, int]


class ExportMade(Struct, frozen=True, kw_only=True):
    """Somebody made an export, or it was made for them."""

    KIND: ClassVar = "export_made"

    export: Export


class ExportCancelled(Struct, frozen=True, kw_only=True):
    """Nobody wants an export any more. It has no files."""

    KIND: ClassVar = "export_cancelled"


class ExportFailed(Struct, frozen=True, kw_only=True):
    """An export cannot be made. It has no files."""

    KIND: ClassVar = "export_failed"

    why: str


ExportPartFact = ExportSplit | ExportPartsSent | ExportPartMade
ExportFact = ExportBegun | ExportAdvanced | ExportPartFact | ExportMade | ExportCancelled | ExportFailed


def apply(export: Export | None, fact: ExportFact, _seq: int) -> Export:
    """The export after a fact. Raises ValueError for what cannot be where nothing was begun, or is not what its parts come to."""
    if isinstance(fact, ExportBegun | ExportMade):
        if export and export.split:
            _compare(fact.export, export.split)
        return fact.export
    if export is None or export.done is None:
        raise ValueError(f"an export cannot begin with {fact.KIND}")
    if isinstance(fact, ExportPartFact):
        return _with_parts(export, export.done, fact)
    match fact:
        case ExportAdvanced():
            return replace(export, done=replace(export.done, records=fact.records))
        case ExportCancelled():
            return replace(export, background=ExportState.CANCELLED)
        case ExportFailed():
            return replace(export, background=ExportState.FAILED, done=replace(export.done, why=fact.why))


def _with_parts(export: Export, done: Done, fact: ExportPartFact) -> Export:
    if isinstance(fact, ExportSplit):
        if export.split:
            raise ValueError("it is cut into parts already")
        return replace(export, split=Split(parts=fact.parts))
    if export.split is None:
        raise ValueError(f"{fact.KIND} needs an export in parts")
    if isinstance(fact, ExportPartsSent):
        return replace(export, split=replace(export.split, sent=fact.at))
    split = export.split.with_piece(fact.part, fact.piece, fact.totals_pence)
    return replace(export, split=split, done=replace(done, records=done.records + fact.records))


def _compare(made: Export, split: Split) -> None:
    """Raise ValueError unless an export is what its parts come to."""
    if split.missing:
        raise ValueError(f"it is said to be made, and part {split.missing[0]} of {len(split.parts)} is not")
    if (made.rows, dict(made.totals_pence)) != (split.rows, dict(split.totals_pence)):
        raise ValueError(f"it is said to have {made.rows} rows, and its parts come to {split.rows}, or to other totals")
