"""What exports other than entries are made of: each kind's table, from one position of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from chalicelib.context import Context
from chalicelib.domain.assets import Asset, Purchase
from chalicelib.domain.budget_monitoring import ALLOTTED, Forecasts, Monitoring, Policy
from chalicelib.domain.cells import Cell, Counters, added
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claims import Claim, GrantClaims
from chalicelib.domain.entries import EntryKind, parse_entry_id
from chalicelib.domain.exports import Export, ExportKind
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.journals import YearEnd, codes_of
from chalicelib.domain.ledger import opens
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.periods import FinancialYear, Quarter, london_date
from chalicelib.domain.returns import Return
from chalicelib.domain.summaries import Directory
from chalicelib.domain.values import Struct
from chalicelib.reports.assets import asset_table
from chalicelib.reports.audit_table import audit_table
from chalicelib.reports.bodies import ENTRY_KINDS, Body, decode_all
from chalicelib.reports.budget_table import budget_table
from chalicelib.reports.claim_schedule import claim_schedule
from chalicelib.reports.commitment_table import Outstanding, commitment_table
from chalicelib.reports.journal_table import journal_table
from chalicelib.reports.match_table import match_table
from chalicelib.reports.tables import Table
from chalicelib.reports.telling import Happened
from chalicelib.services import history, reading
from chalicelib.services.export_entries import Ledger

_KINDS: tuple[type[Grant | Initiative | Organisation | Fund | Return | GrantClaims | Purchase], ...] = (
    *(Grant, Initiative, Organisation, Fund),
    *(Return, GrantClaims, Purchase),
)
"""What tables are made of beside entries."""


class Source(Struct, frozen=True):
    """An export that is being made, and the ledger at its position."""

    context: Context
    export: Export
    ledger: Ledger

    def grants(self) -> dict[str, Grant]:
        """The grants as they stood, by id."""
        return self.ledger.past.every(Grant)

    def directory(self) -> Directory:
        """The grants and initiatives as they stood."""
        return Directory(self.grants(), self.ledger.past.every(Initiative))

    def entries(self) -> Iterator[tuple[str, Body]]:
        """Every entry of the grants, read no further than sums need, with its grant's id. Raises ChainBroken."""
        for name, _, pages in self.ledger.pages():
            seq = 1
            for page in pages:
                bodies = decode_all(page, name, seq)
                seq += len(bodies)
                yield from ((name.id, body) for body in bodies if body.kind in ENTRY_KINDS)

    def in_scope(self, day: date) -> bool:
        """Whether a day lies in the financial year and quarter that were asked for."""
        return self.ledger.scope.takes_in_quarter(Quarter.of(day))


def table_of(source: Source) -> Table:
    """The table that was asked for. Raises ChainBroken, AccountCodesUnset."""
    # Histories are read record by record, and need no heads.
    for kind in _KINDS if source.export.what.kind is not ExportKind.AUDIT_TRAIL else ():
        if any(key.startswith(f"{kind.KIND}#") for key in source.export.position):
            source.ledger.past.take_heads(kind)
    return _TABLES[source.export.what.kind](source)


def _budget(source: Source) -> Table:
    monitoring = Monitoring()
    for grant_id, each in source.ledger.sums(singly=ALLOTTED):
        monitoring.take(grant_id, each.kind, each.cell, each.moves)
    scope, policy = source.export.scope, Policy.of(source.export.what.policy)
    until = Quarter.parse(scope.quarter) if scope.quarter else None
    directory = source.directory()
    rows = monitoring.rows(_forecasts(source), policy, Quarter.of(source.export.on), until)
    year = str(until.year) if until else scope.financial_year
    chosen = (
        row
        for row in rows
        if year in (None, row.financial_year)
        and scope.grant_id in (None, row.grant_id)
        and scope.fund_id in (None, directory.grants[row.grant_id].fund_id)
    )
    return budget_table(chosen, directory, policy)


def _forecasts(source: Source) -> Mapping[str, tuple[Forecasts, ...]]:
    """What the accepted returns forecast, by initiative, in order of quarter."""
    found: dict[str, tuple[Forecasts, ...]] = {}
    for held in sorted(source.ledger.past.every(Return).values(), key=lambda held: Quarter.parse(held.quarter)):
        pence = {each.quarter: each.amount_pence for each in held.report.forecasts}
        found[held.initiative_id] = (*found.get(held.initiative_id, ()), Forecasts(quarter=held.quarter, pence=pence))
    return found


def _claims(source: Source) -> Table:
    grants, held = source.grants(), source.ledger.past.every(GrantClaims)

    def found() -> Iterator[tuple[Grant, Claim, list[str]]]:
        for grant_id in sorted(held):
            for claim in held[grant_id].claims:
                cells = sorted(cell for cell in claim.draft.amounts_pence if source.ledger.scope.takes_in(Cell.parse(cell)))
                yield grants[grant_id], claim, cells

    return claim_schedule(found())


def _commitments(source: Source) -> Table:
    return commitment_table(_outstanding(source), source.directory())


def _outstanding(source: Source) -> Iterator[Outstanding]:
    for grant_id in source.ledger.grants():
        until = source.ledger.past.position[str(Name(Kind.GRANT, grant_id))]
        held, left = {}, dict[str, int]()
        for entry_id, record, entry in reading.entries(source.context, grant_id, until):
            source.ledger.tell(grant_id, record.seq)
            for other, pence in entry.against.items():
                if other in left:
                    left[other] += pence
            opened = opens(entry, entry_id)
            if opened and opened.kind is EntryKind.COMMITMENT and source.ledger.scope.takes_in(entry.place):
                held[entry_id], left[entry_id] = entry, opened.left_pence
        for entry_id, entry in held.items():
            if left[entry_id]:
                yield Outstanding(grant_id=grant_id, entry_id=entry_id, entry=entry, left_pence=left[entry_id])


def _match(source: Source) -> Table:
    counters: dict[str, Counters] = {}
    for grant_id, each in source.ledger.sums():
        counters[grant_id] = added((counters.get(grant_id, {}), each.moves))
    past = source.ledger.past
    return match_table((grant, past.state(Fund, grant.fund_id), counters.get(grant.id, {})) for grant in source.grants().values())


def _assets(source: Source) -> Table:
    past = source.ledger.past
    names = {organisation.id: organisation.name for organisation in past.every(Organisation).values()}

    def bought() -> Iterator[Asset]:
        for purchase in sorted(past.every(Purchase).values(), key=lambda each: parse_entry_id(each.payment_id) or ("", 0)):
            yield from (asset for asset in purchase.assets if source.in_scope(asset.bought_on))

    return asset_table(bought(), names)


def _audit(source: Source) -> Table:
    def found() -> Iterator[Happened]:
        for key, until in sorted(source.export.position.items()):
            kind, _, aggregate_id = key.partition("#")
            for each in history.of_thing(source.context, Name(Kind(kind), aggregate_id), until=until):
                if kind == Kind.GRANT:
                    source.ledger.tell(aggregate_id, each.record.seq)
                if source.in_scope(london_date(each.record.at)):
                    yield each

    return audit_table(found())


def _journals(source: Source) -> Table:
    # Refused before anything is read, not after.
    codes = codes_of(source.export.what.policy)
    year = FinancialYear.parse(source.export.scope.financial_year or "")
    end = YearEnd(year)
    for grant_id, body in source.entries():
        end.take(grant_id, body.facts.on, body.facts.cell, body.moves)
    return journal_table(end.lines(), codes, source.grants(), year)


_TABLES: Mapping[ExportKind, Callable[[Source], Table]] = {
    ExportKind.BUDGET_MONITORING: _budget,
    ExportKind.CLAIM_SCHEDULE: _claims,
    ExportKind.COMMITMENTS: _commitments,
    ExportKind.MATCH: _match,
    ExportKind.ASSETS: _assets,
    ExportKind.AUDIT_TRAIL: _audit,
    ExportKind.JOURNALS: _journals,
}
