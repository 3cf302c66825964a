"""Bar charts as SVG: bars in per cent and heights in ems, so that a chart fits any screen and any size of type.

A chart is laid out here and written by a macro, with its figures in words, the table of the same figures below it, and a link
to them as CSV.
"""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.values import Struct
from chalicelib.domain.variations import Basis
from chalicelib.reports.cells import BOM, line, pounds
from chalicelib.reports.contents import Line
from chalicelib.reports.site.tables import Body, Grid, Row, amount, columns, figure_of, texts
from chalicelib.reports.words import marked

# In ems: a line of text, a bar with the room round it, and the room after a group.
_LINE = 1.35
_BAR = 1.1
_ROOM = 1.0


class Bar(Struct, frozen=True, kw_only=True):
    """A bar: what it is of, how it is drawn (`awarded`, `pending`, `spent` or `available`), its pence, how firmly they are known.

    `figure` says which figure it shows, as a cell's does.
    """

    label: str
    kind: str
    pence: int
    figure: str
    basis: Basis = Basis.EXACT

    @property
    def words(self) -> str:
        """The amount for people."""
        return marked(self.pence, self.basis)


class Bars(Struct, frozen=True, kw_only=True):
    """The bars of one thing."""

    name: str
    bars: tuple[Bar, ...]


class Drawn(Struct, frozen=True, kw_only=True):
    """A bar where it stands; `width` is empty where there is nothing to draw."""

    bar: Bar
    text_y: str
    bar_y: str
    width: str


class Block(Struct, frozen=True, kw_only=True):
    """The bars of one thing where they stand."""

    name: str
    name_y: str
    axis_from: str
    axis_to: str
    drawn: tuple[Drawn, ...]


class Chart(Struct, frozen=True, kw_only=True):
    """A chart. `name` is its id and its CSV's name, `of` what its groups are."""

    name: str
    title: str
    of: str
    groups: tuple[Bars, ...]

    @property
    def id(self) -> str:
        """The id of its title."""
        return f"chart-{self.name}"

    @property
    def file_name(self) -> str:
        """The name of its CSV."""
        return f"{self.id}.csv"

    @property
    def height(self) -> str:
        """How high it is."""
        return _em(sum(_height(group) + _ROOM for group in self.groups))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Where everything stands."""
        return tuple(_blocks(self.groups))

    @property
    def labels(self) -> tuple[str, ...]:
        """What the bars of each group are of: the same in every group."""
        return tuple(bar.label for bar in self.groups[0].bars) if self.groups else ()

    @property
    def table(self) -> Grid:
        """The same figures as a table."""
        rows = (Row(cells=(*texts(group.name), *(amount(bar.pence, bar.basis, bar.figure) for bar in group.bars))) for group in self.groups)
        heads = columns(self.of, money=self.labels)
        return Grid(name=self.id, caption=f"{self.title}: the figures", columns=heads, bodies=(Body(rows=tuple(rows)),))

    @property
    def csv(self) -> bytes:
        """The same figures as a file, in pounds, each with its name."""
        rows = (line((group.name, bar.label, bar.basis, pounds(bar.pence), bar.figure)) for group in self.groups for bar in group.bars)
        return BOM + (line((self.of.lower(), "measure", "basis", "pounds", "figure")) + "".join(rows)).encode()


def money_bars(each: Line) -> Bars:
    """What became of a line's award: awarded, committed and accrued, spent, available."""
    figures = each.figures
    waiting = figures["committed"] + figures["accrued"]
    return Bars(
        name=each.name,
        bars=(
            _bar(each, "awarded"),
            Bar(label="Committed and accrued", kind="pending", pence=waiting, figure=figure_of(each, "committed", "accrued")),
            _bar(each, "spent"),
            _bar(each, "available"),
        ),
    )


def spent_bars(each: Line) -> Bars:
    """What was spent of a line."""
    return Bars(name=each.name, bars=(_bar(each, "spent"),))


def _bar(each: Line, measure: str) -> Bar:
    return Bar(
        label=measure.capitalize(),
        kind=measure,
        pence=each.figures[measure],
        basis=each.basis(measure),
        figure=figure_of(each, measure),
    )


def _blocks(groups: Iterable[Bars]) -> Iterable[Block]:
    every = tuple(groups)
    longest = max((bar.pence for group in every for bar in group.bars), default=0) or 1
    top = 0.0
    for group in every:
        drawn, y = [], top + _LINE
        for bar in group.bars:
            drawn.append(_drawn(bar, y, longest))
            y += _row_height(bar)
        yield Block(name=group.name, name_y=_em(top + 1), axis_from=_em(top + _LINE), axis_to=_em(y), drawn=tuple(drawn))
        top = y + _ROOM


def _drawn(bar: Bar, y: float, longest: int) -> Drawn:
    width = f"{bar.pence * 9_800 // longest / 100:.2f}%" if bar.pence > 0 else ""
    return Drawn(bar=bar, text_y=_em(y + 0.95), bar_y=_em(y + _LINE), width=width)


def _height(group: Bars) -> float:
    return _LINE + sum(_row_height(bar) for bar in group.bars)


def _row_height(bar: Bar) -> float:
    """A bar with its words; of nothing there is no bar, and no room for one."""
    return _LINE + _BAR if bar.pence > 0 else _LINE


def _em(size: float) -> str:
    return f"{size:.2f}em"
