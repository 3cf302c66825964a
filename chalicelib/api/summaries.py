"""Summaries: the measures in any grouping, now or as they stood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.api.columns import ColumnsView
from chalicelib.api.duties import READ_OWN
from chalicelib.api.fields import FinancialYearText, QuarterText, ShownPence, Slug
from chalicelib.api.import_bodies import WaitingView
from chalicelib.api.routing import Call, Routes
from chalicelib.api.schemas import Body, Shown
from chalicelib.domain.cells import Nature
from chalicelib.domain.errors import ChainBroken, Missing, contradiction, invalid
from chalicelib.domain.initiatives import Category
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.summaries import Dimension, Summary, without_meaning
from chalicelib.services import summaries as services
from chalicelib.services.summaries import AsAt, NotYours, PositionWithheld

summaries = Routes("summaries")

_DIMENSIONS = "|".join(Dimension)
_PLACE = r"[a-z0-9]+(-[a-z0-9]+)*@[1-9][0-9]{0,9}"

GroupBy = Annotated[
    str,
    Meta(
        pattern=rf"^({_DIMENSIONS})(,({_DIMENSIONS})){{0,3}}$(?!\n)",
        description="One to four dimensions to group by, with commas between them.",
        examples=["fund,financial_year"],
    ),
]
AsAtText = Annotated[
    str,
    Meta(
        max_length=16_000,
        pattern=rf"^([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|{_PLACE}(,{_PLACE})*)$(?!\n)",
        description="A date: entries dated up to and including it. Or a ledger position: grant@record, with commas "
        "between them, as a publication's manifest states it; grants not named are left out.",
        examples=["2023-09-30"],
        extra_json_schema={"anyOf": [{"format": "date"}, {"pattern": "@"}]},
    ),
]


class SummaryQuery(Body, frozen=True, kw_only=True):
    """How to group, which money, and as at when. Without `as_at` it is the ledger as it stands."""

    by: GroupBy | None = None
    as_at: AsAtText | None = None
    fund: Slug | None = None
    grant: Slug | None = None
    lead_recipient: Slug | None = None
    force_area: Annotated[str, Meta(pattern=r"^(E23|W15)[0-9]{6}$(?!\n)")] | None = None
    initiative: Slug | None = None
    category: Category | None = None
    partner: Slug | None = None
    financial_year: FinancialYearText | None = None
    quarter: QuarterText | None = None
    nature: Nature | None = None

    def dimensions(self) -> tuple[Dimension, ...]:
        """What to group by. Raises Contradictory when a dimension is named twice."""
        named = tuple(Dimension(name) for name in self.by.split(",")) if self.by else ()
        if len(set(named)) != len(named):
            raise contradiction("/by", "names a dimension twice")
        return named

    def filters(self) -> dict[Dimension, str]:
        """What to keep."""
        held = ((dimension, getattr(self, dimension.value)) for dimension in Dimension)
        return {dimension: str(value) for dimension, value in held if value is not None}

    def moment(self) -> AsAt:
        """Which ledger is meant. Raises Invalid for a day that no calendar has, Contradictory for a grant named twice."""
        if self.as_at is None:
            return AsAt()
        if "@" not in self.as_at:
            return AsAt(on=_day(self.as_at))
        places = [place.split("@") for place in self.as_at.split(",")]
        position = {grant: int(seq) for grant, seq in places}
        if len(position) != len(places):
            raise contradiction("/as_at", "names a grant twice")
        return AsAt(position=position)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise invalid("/as_at", f"{text} is not a date: {error}") from error


class RowView(Shown, frozen=True, kw_only=True):
    """One group: its value for each dimension (null where money belongs to none), and the measures in pence.

    `reported` is of those of its quarters that were closed: null where none was, or where quarters are not told apart.
    """

    group: dict[str, str | None]
    measures_pence: dict[str, ShownPence]
    reported: ColumnsView | None


class SummaryView(Shown, frozen=True, kw_only=True):
    """The groups, the total over all of them, and what each measure means.

    A measure that says nothing in a grouping is left out there: `unallocated` by initiative, category or partner
    (award lines belong to none), `unallocated` and `available` by quarter (allocations belong to the year).
    `suspense` is money of imports that the ledger has refused and nobody has resolved yet: it is in no figure, and null to a partner.
    Grouped by quarter, or for one quarter, `reported` shows the quarters that were closed: its rows add up to `total_reported`.
    """

    by: tuple[Dimension, ...]
    rows: tuple[RowView, ...]
    total_pence: dict[str, ShownPence]
    total_reported: ColumnsView | None
    suspense: tuple[WaitingView, ...] | None
    meanings: dict[str, str]

    @classmethod
    def of(cls, summary: Summary) -> SummaryView:
        """As the API shows it."""
        total = _said(summary.total, without_meaning(summary.only))
        senseless = without_meaning((*summary.by, *summary.only))
        return cls(
            by=summary.by,
            rows=tuple(
                RowView(
                    group={name.value: value for name, value in row.group.items()},
                    measures_pence=_said(row.measures, senseless),
                    reported=ColumnsView.of(row.columns),
                )
                for row in summary.rows
            ),
            total_pence=total,
            total_reported=ColumnsView.of(summary.columns),
            suspense=None if summary.waiting is None else WaitingView.each(summary.waiting),
            meanings={name: measure.meaning for name, measure in MEASURES.items()},
        )


def _said(figures: Mapping[str, int], senseless: frozenset[str]) -> dict[str, int]:
    return {name: pence for name, pence in figures.items() if name not in senseless}


@summaries.get(
    "/summaries",
    allow=READ_OWN,
    query=SummaryQuery,
    gives=SummaryView.of,
    summary="Sum up the ledger",
    problems=(Missing, NotYours, PositionWithheld, ChainBroken),
)
def summarise(call: Call, query: SummaryQuery) -> Summary:
    """Every measure in groups that add up to the total. Live, it reads balances only, whatever the ledger's length, and by
    quarter one record more for each quarter that was closed; as at a date or position it folds the records, each checked
    against its chain. A filter must name what there is. A partner sees its own initiatives, now or as at a date; positions
    are for the office.
    """
    return services.summary(call.context, query.dimensions(), query.filters(), query.moment())
