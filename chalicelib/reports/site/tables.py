"""Tables as pages show them: cells of text, with a mark where an amount is not known exactly; one macro writes them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chalicelib.domain.values import Struct
from chalicelib.domain.variations import Basis
from chalicelib.reports.contents import NO_INITIATIVE, Line
from chalicelib.reports.words import change, marked, money

SHOWN = ("awarded", "allocated", "committed", "accrued", "spent", "available")
"""The measures that fit on a page; the data files hold all of them."""

SHOWN_OF_INITIATIVES = SHOWN[1:]


class Cell(Struct, frozen=True, kw_only=True):
    """A cell: its text, what stands small before it, where it leads, and how many columns it spans.

    `kind` is `money`, `words`, `date` or nothing. `figure` says which figure the amount is that it shows, if it is one, by its id
    in figures.json or by what its entries are of: whoever checks the files holds the cell to it.
    """

    text: str
    mark: str = ""
    href: str = ""
    kind: str = ""
    span: int = 1
    figure: str = ""


class Column(Struct, frozen=True, kw_only=True):
    """What heads a column; of a column of money, amounts stand below it."""

    text: str
    kind: str = ""


class Row(Struct, frozen=True, kw_only=True):
    """A row, whose first cell heads it; `kind` is `sum` for one that adds up others."""

    cells: tuple[Cell, ...]
    kind: str = ""


class Body(Struct, frozen=True, kw_only=True):
    """Rows that belong together, with what heads them, if anything does."""

    rows: tuple[Row, ...]
    heading: Cell | None = None


class Grid(Struct, frozen=True, kw_only=True):
    """A table. `name` is its caption's id, after `table-`."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    bodies: tuple[Body, ...]
    foot: Row | None = None

    @property
    def id(self) -> str:
        """The caption's id."""
        return f"table-{self.name}"


def columns(*words: str, money: Iterable[str] = ()) -> tuple[Column, ...]:
    """Columns of words, then columns of money."""
    return (*(Column(text=each) for each in words), *(Column(text=each, kind="money") for each in money))


def amount(pence: int, basis: Basis = Basis.EXACT, figure: str = "") -> Cell:
    """A cell with an amount, and what is known of it; `figure` is its id, if it is a figure."""
    text = money(pence)
    return Cell(text=text, mark=marked(pence, basis).removesuffix(text), kind="money", figure=figure)


def changed(pence: int, figure: str = "") -> Cell:
    """A cell with a change and its sign."""
    return Cell(text=change(pence), kind="money", figure=figure)


def words(text: str) -> Cell:
    """A cell with a sentence or two."""
    return Cell(text=text, kind="words")


def texts(*each: str) -> tuple[Cell, ...]:
    """Cells of plain text."""
    return tuple(Cell(text=text) for text in each)


def capitals(measures: Iterable[str]) -> tuple[str, ...]:
    """The measures' names as columns are headed."""
    return tuple(name.capitalize() for name in measures)


def figures_row(line: Line, measures: Iterable[str], *, href: str = "", kind: str = "", figures: str = "") -> Row:
    """A line's name and its measures; `figures` is the line's id in figures.json, if it stands there."""
    amounts = (amount(line.figures[name], line.basis(name), f"{figures}.{name}" if figures else figure_of(line, name)) for name in measures)
    return Row(cells=(Cell(text=line.name, href=href), *amounts), kind=kind)


def figure_of(line: Line, *measures: str) -> str:
    """What a line's figure is called by what its entries are of, several measures being added up: `spent of fund=ssf-1`."""
    return f"{'+'.join(measures)} of {line.of}" if line.of else ""


class Shape(Struct, frozen=True, kw_only=True):
    """What a table of figures is called, what its lines are, and which measures they have.

    `figures` is the table of figures.json that it shows, if it shows one.
    """

    name: str
    caption: str
    subject: str
    measures: tuple[str, ...] = SHOWN
    figures: str = ""

    def figure(self, line: Line) -> str:
        """A line's id in figures.json."""
        which = line.id or ("none" if line.name == NO_INITIATIVE else "withheld")
        return f"{self.figures}.{which}" if self.figures else ""


def figures_grid(shape: Shape, lines: Iterable[Line], total: Line | None, href: Callable[[str], str] = lambda _id: "") -> Grid:
    """A table of measures; `href` says where the line of an id leads."""
    rows = (
        figures_row(line, shape.measures, href=href(line.id) if line.id else "", figures=shape.figure(line))
        for line in lines
        if _shown(line, shape.measures)
    )
    return Grid(
        name=shape.name,
        caption=shape.caption,
        columns=columns(shape.subject, money=capitals(shape.measures)),
        bodies=(Body(rows=tuple(rows)),),
        foot=None if total is None else figures_row(total, shape.measures, figures="total" if shape.figures else ""),
    )


def _shown(line: Line, measures: Iterable[str]) -> bool:
    return bool(line.id) or any(line.figures[name] for name in measures)
