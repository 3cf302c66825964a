"""What a publication's files are made of, and the tables they all show: every file takes its figures from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from chalicelib.domain.chain import Position
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.initiatives import Category, Initiative
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.publications import Publication
from chalicelib.domain.summaries import Dimension, Directory, Held, Row, summarise
from chalicelib.domain.variations import AwardLine, Basis


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The ledger at a publication's position, by id; `cells` and `entries` are of each grant, `heads` of every chain.

    `cells` holds counters in pence by cell; `entries` how many entries moved which counters.
    """

    publication: Publication
    office: str
    note: str
    grants: Mapping[str, Grant]
    initiatives: Mapping[str, Initiative]
    funds: Mapping[str, Fund]
    organisations: Mapping[str, Organisation]
    cells: Mapping[str, Mapping[str, Mapping[str, int]]]
    entries: Mapping[str, Mapping[tuple[str, ...], int]]
    heads: Mapping[str, Position]

    @property
    def directory(self) -> Directory:
        """The grants and initiatives that balances name."""
        return Directory(grants=self.grants, initiatives=self.initiatives)

    def balances(self) -> Iterator[Held]:
        """Every balance, in order of grant and cell."""
        for grant_id in sorted(self.cells):
            for key in sorted(self.cells[grant_id]):
                yield grant_id, key, self.cells[grant_id][key]

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in the order in which they are shown."""
        return tuple(_table(self, of) for of in _TABLES)

    @cached_property
    def total(self) -> Line:
        """Everything together."""
        whole = summarise(self.balances(), self.directory, (), {})
        lines = [line for grant in self.grants.values() for line in awarded_lines(grant)]
        return Line(id="total", name="Total", awarded_basis=weakest(lines), figures=whole.total)

    def lead_recipient(self, grant: Grant) -> str:
        """The name of a grant's lead recipient."""
        return self.organisations[grant.lead_recipient_id].name


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table: what it is about, how firmly its award is known, and its measures in pence."""

    id: str
    name: str
    awarded_basis: Basis
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The measures in groups, with the total over all of them."""

    by: Dimension
    title: str
    measures: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Of:
    """How a table is made: what its lines are called, and which award lines belong to each."""

    by: Dimension
    title: str
    name: Callable[[Contents, str], str]
    holds: Callable[[Grant, AwardLine, str], bool] = lambda _grant, _line, _id: False
    measures: tuple[str, ...] = tuple(MEASURES)


NO_INITIATIVE = "Not for one initiative"
"""Where money stands in a table of initiatives' figures that is for none of them, such as match for a whole grant."""

# Money is awarded to a grant, claimed for it and received for it, never for an initiative or its category.
_OF_INITIATIVES = tuple(name for name in MEASURES if name not in ("awarded", "unallocated", "claimed", "received"))

_TABLES = (
    _Of(
        by=Dimension.FUND,
        title="By fund",
        name=lambda contents, fund_id: contents.funds[fund_id].title,
        holds=lambda grant, _line, fund_id: grant.fund_id == fund_id,
    ),
    _Of(
        by=Dimension.LEAD_RECIPIENT,
        title="By lead recipient",
        name=lambda contents, organisation_id: contents.organisations[organisation_id].name,
        holds=lambda grant, _line, organisation_id: grant.lead_recipient_id == organisation_id,
    ),
    _Of(
        by=Dimension.GRANT,
        title="By grant",
        name=lambda contents, grant_id: contents.grants[grant_id].title,
        holds=lambda grant, _line, grant_id: grant.id == grant_id,
    ),
    _Of(
        by=Dimension.CATEGORY,
        title="By category",
        name=lambda _contents, category: Category(category).words,
        measures=_OF_INITIATIVES,
    ),
    _Of(
        by=Dimension.FINANCIAL_YEAR,
        title="By financial year",
        name=lambda _contents, year: year,
        holds=lambda _grant, line, year: line.financial_year == year,
    ),
)


def _table(contents: Contents, of: _Of) -> Table:
    made = summarise(contents.balances(), contents.directory, (of.by,), {})
    lines = tuple(_line(contents, of, row) for row in made.rows if _says_anything(of, row))
    held = [line for grant in contents.grants.values() for line in awarded_lines(grant)]
    figures = {name: made.total[name] for name in of.measures}
    total = Line(id="total", name="Total", awarded_basis=weakest(held), figures=figures)
    return Table(by=of.by, title=of.title, measures=of.measures, lines=lines, total=total)


def _says_anything(of: _Of, row: Row) -> bool:
    return row.group[of.by] is not None or any(row.measures[name] for name in of.measures)


def _line(contents: Contents, of: _Of, row: Row) -> Line:
    group = row.group[of.by]
    if group is None:
        return Line(id="", name=NO_INITIATIVE, awarded_basis=Basis.EXACT, figures=_chosen(of, row))
    held = [line for grant in contents.grants.values() for line in awarded_lines(grant) if of.holds(grant, line, group)]
    return Line(id=group, name=of.name(contents, group), awarded_basis=weakest(held), figures=_chosen(of, row))


def _chosen(of: _Of, row: Row) -> dict[str, int]:
    return {name: row.measures[name] for name in of.measures}


def awarded_lines(grant: Grant) -> tuple[AwardLine, ...]:
    """The award lines that a grant's awarded money is made of: none before it is accepted."""
    if grant.state in (GrantState.OFFERED, GrantState.DECLINED):
        return ()
    return tuple(line for line in grant.lines if line.awarded_pence)


def weakest(lines: list[AwardLine]) -> Basis:
    """How firmly a sum of award lines is known: no better than its weakest part."""
    bases = {line.basis for line in lines}
    return next((basis for basis in (Basis.LOWER_BOUND, Basis.ROUNDED) if basis in bases), Basis.EXACT)
