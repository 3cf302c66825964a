"""What a publication's files are made of, and the tables they all show: every file takes its figures from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from chalicelib.domain.alike import Entries
from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Position
from chalicelib.domain.columns import Cells, Reported, ReportedQuarter, reported_quarters
from chalicelib.domain.disclosures import Disclosure
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.initiatives import Category, Initiative
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.partners_reported import PartnersReported
from chalicelib.domain.publications import Publication
from chalicelib.domain.statutory_lists import Listed, Lists, SpentLine, listed, lists
from chalicelib.domain.summaries import Dimension, Directory, Held, Row, summarise
from chalicelib.domain.values import Struct, field, replace
from chalicelib.domain.variations import AwardLine, Basis
from chalicelib.domain.waivers import PublicWaiver
from chalicelib.reports.earlier import Earlier, Reasons
from chalicelib.reports.verify_publication import EVERYTHING
from chalicelib.reports.words import WITHHELD


class Contents(Struct, frozen=True, kw_only=True, dict=True):
    """The ledger at a publication's position, by id; `cells` and `entries` are of each grant, `heads` of every chain.

    `cells` holds counters in pence by cell; `entries` every entry, those together that are alike; `first_entries` the id of the
    entry that was first recorded of each initiative, which names it in public; `reported` what each quarter that was closed
    reported when it last was; `waivers` each grant's that may be published. `spending` are all grants' lines, and
    `disclosures` what is said of them: neither is published as it is, only `lists`, which have nothing in them that is withheld.
    `giving_prefix` is the office's own at 360Giving, if it has one. `compared` is the publication to compare with, if there is
    one, and `reasons` those given since, by grant and record. `earlier` are the publications that
    stood when this one was begun, and `withdrawn` those that did no longer, newest first; `partners` says how many had reported on
    the last quarter, where any had to. What was suspended is in no figure.
    """

    publication: Publication
    office: str
    note: str
    suspended_documents: int = 0
    suspended_pence: int = 0
    grants: Mapping[str, Grant]
    initiatives: Mapping[str, Initiative]
    funds: Mapping[str, Fund]
    organisations: Mapping[str, Organisation]
    cells: Mapping[str, Cells]
    entries: Mapping[str, Entries]
    first_entries: Mapping[str, str]
    reported: Mapping[str, Reported]
    waivers: Mapping[str, Sequence[PublicWaiver]]
    heads: Mapping[str, Position]
    spending: Sequence[SpentLine]
    disclosures: Mapping[str, Disclosure]
    giving_prefix: str = ""
    compared: Earlier | None = None
    reasons: Reasons = field(default_factory=dict)
    earlier: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    partners: PartnersReported | None = None

    @cached_property
    def directory(self) -> Directory:
        """The grants and initiatives that balances name. An initiative whose partner is withheld has none here."""
        told = {held: each if each.may_publish("partner") else replace(each, partner_id="") for held, each in self.initiatives.items()}
        return Directory(grants=self.grants, initiatives=told)

    def balances(self, lead_recipient: str | None = None) -> Iterator[Held]:
        """Every balance, or those of one lead recipient's grants, in order of grant and cell."""
        for grant_id in sorted(self.cells):
            if lead_recipient not in (None, self.grants[grant_id].lead_recipient_id):
                continue
            for key in sorted(self.cells[grant_id]):
                yield grant_id, key, self.cells[grant_id][key]

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in the order in which they are shown."""
        return tuple(_table(self, of) for of in _TABLES)

    @cached_property
    def categories_by_lead_recipient(self) -> tuple[Table, ...]:
        """What each lead recipient's money is for: a table of categories each, whose total is the lead recipient's own line."""
        whose = next(of for of in _TABLES if of.by is Dimension.LEAD_RECIPIENT)
        which = next(of for of in _TABLES if of.by is Dimension.CATEGORY)
        return tuple(_categories(self, which, line) for line in _table(self, whose).lines)

    @cached_property
    def closed_quarters(self) -> tuple[ReportedQuarter, ...]:
        """Every quarter of every grant that was closed, with what it reported and what is known of it now."""
        return tuple(reported_quarters(self.cells, self.reported))

    @cached_property
    def listed(self) -> Sequence[Listed]:
        """Every line of spending with what decides how it is listed, withheld texts included: for the lists and the gate alone."""
        return listed(self.spending, self.disclosures)

    @cached_property
    def lists(self) -> Lists:
        """The lists that the law wants: onward grants made, and other spending above the threshold."""
        return lists(self.listed)

    @cached_property
    def total(self) -> Line:
        """Everything together."""
        whole = summarise(self.balances(), self.directory, (), {})
        return Line(id="total", name="Total", bases=bases_by(self, (), {}).get((), {}), figures=whole.total, of=EVERYTHING)

    def lead_recipient(self, grant: Grant) -> str:
        """The name of a grant's lead recipient."""
        return self.organisations[grant.lead_recipient_id].name


class Line(Struct, frozen=True, kw_only=True):
    """One line of a table: what it is about, its measures in pence, and how firmly those are known that are not exact.

    `of` says what its entries have in common, as figures are named by it: `fund=ssf-1 financial_year=2020-21`.
    """

    id: str
    name: str
    bases: Mapping[str, Basis]
    figures: Mapping[str, int]
    of: str = ""

    def basis(self, measure: str) -> Basis:
        """How firmly a measure is known."""
        return self.bases.get(measure, Basis.EXACT)


class Table(Struct, frozen=True, kw_only=True):
    """The measures in groups, with the total over all of them."""

    by: Dimension
    title: str
    measures: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line


class _Of(Struct, frozen=True, kw_only=True):
    """How a table is made, and what its lines are called."""

    by: Dimension
    title: str
    name: Callable[[Contents, str], str]
    measures: tuple[str, ...] = tuple(MEASURES)


NO_INITIATIVE = "Not for one initiative"
"""Where money stands in a table of initiatives' figures that is for none of them, such as match for a whole grant."""

# Money is awarded to a grant, claimed for it and received for it, never for an initiative, its category or its partner.
OF_INITIATIVES = tuple(name for name in MEASURES if name not in ("awarded", "unallocated", "claimed", "received"))

_TABLES = (
    _Of(
        by=Dimension.FUND,
        title="By fund",
        name=lambda contents, fund_id: contents.funds[fund_id].title,
    ),
    _Of(
        by=Dimension.LEAD_RECIPIENT,
        title="By lead recipient",
        name=lambda contents, organisation_id: contents.organisations[organisation_id].name,
    ),
    _Of(
        by=Dimension.GRANT,
        title="By grant",
        name=lambda contents, grant_id: contents.grants[grant_id].title,
    ),
    _Of(
        by=Dimension.CATEGORY,
        title="By category",
        name=lambda _contents, category: Category(category).words,
        measures=OF_INITIATIVES,
    ),
    _Of(
        by=Dimension.PARTNER,
        title="By delivery partner",
        name=lambda contents, partner_id: contents.organisations[partner_id].name if partner_id else WITHHELD,
        measures=OF_INITIATIVES,
    ),
    _Of(
        by=Dimension.FINANCIAL_YEAR,
        title="By financial year",
        name=lambda _contents, year: year,
    ),
)


def _table(contents: Contents, of: _Of) -> Table:
    total = replace(contents.total, figures={name: contents.total.figures[name] for name in of.measures})
    return Table(by=of.by, title=of.title, measures=of.measures, lines=_lines(contents, of, {}), total=total)


def _categories(contents: Contents, of: _Of, whose: Line) -> Table:
    lines = _lines(contents, of, {Dimension.LEAD_RECIPIENT: whose.id})
    total = replace(whose, figures={name: whose.figures[name] for name in of.measures})
    return Table(by=of.by, title=whose.name, measures=of.measures, lines=lines, total=total)


def _lines(contents: Contents, of: _Of, only: Mapping[Dimension, str]) -> tuple[Line, ...]:
    made = summarise(contents.balances(only.get(Dimension.LEAD_RECIPIENT)), contents.directory, (of.by,), only)
    bases = bases_by(contents, (of.by,), only)
    lines = [_line(contents, of, row, bases, only) for row in made.rows if _says_anything(of, row)]
    # What has no name that may be said, or none at all, comes last.
    return tuple(sorted(lines, key=lambda line: not line.id))


def _says_anything(of: _Of, row: Row) -> bool:
    return row.group[of.by] is not None or any(row.measures[name] for name in of.measures)


def _line(contents: Contents, of: _Of, row: Row, bases: Bases, only: Mapping[Dimension, str]) -> Line:
    group = row.group[of.by]
    name = NO_INITIATIVE if group is None else of.name(contents, group)
    figures = {measure: row.measures[measure] for measure in of.measures}
    return Line(id=group or "", name=name, bases=bases.get((group,), {}), figures=figures, of=alike({**only, of.by: group}))


def alike(group: Mapping[Dimension, str | None]) -> str:
    """What entries have in common, as figures are named by it: `fund=ssf-1`; a dimension alone where they are of none."""
    return " ".join(by.value if value is None else f"{by.value}={value}" for by, value in group.items())


def awarded_lines(grant: Grant) -> tuple[AwardLine, ...]:
    """The award lines that a grant's awarded money is made of: none before it is accepted."""
    if grant.state in (GrantState.OFFERED, GrantState.DECLINED):
        return ()
    return tuple(line for line in grant.lines if line.awarded_pence)


Bases = Mapping[tuple[str | None, ...], Mapping[str, Basis]]
"""By group: the measures that are not known exactly, and how firmly they are."""


def bases_by(contents: Contents, by: tuple[Dimension, ...], only: Mapping[Dimension, str]) -> Bases:
    """How firmly each group's sums are known: no better than the weakest award line that they hold money of."""
    found: dict[tuple[str | None, ...], dict[str, Basis]] = {}
    for grant in contents.grants.values():
        for line in awarded_lines(grant):
            if line.basis is Basis.EXACT:
                continue
            cells = sorted(contents.cells.get(grant.id, {}).items())
            balances = [(grant.id, key, counters) for key, counters in cells if Cell.parse(key).line == _at(line)]
            whole = summarise(balances, contents.directory, (), {}).total
            for row in summarise(balances, contents.directory, by, only).rows:
                known = found.setdefault(tuple(row.group[dimension] for dimension in by), {})
                for measure in _following(whole):
                    if row.measures[measure]:
                        known[measure] = weakest(known.get(measure, Basis.EXACT), line.basis)
    return found


def _at(line: AwardLine) -> tuple[str, str]:
    return line.financial_year, line.nature


def _following(whole: Mapping[str, int]) -> tuple[str, ...]:
    """The measures that are as uncertain as an award line, wherever some of them is the line's.

    Whoever allocates such a line to the last penny has only divided what is known of it. Where some of it is left, the
    allocations are exact, and it is what is left that is not.
    """
    return ("awarded", "unallocated") if whole["unallocated"] else ("awarded", "allocated", "available")


def weakest(*bases: Basis) -> Basis:
    """How firmly a sum is known: no better than its weakest part."""
    return next((basis for basis in (Basis.LOWER_BOUND, Basis.ROUNDED) if basis in bases), Basis.EXACT)
