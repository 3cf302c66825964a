"""The published page's tables, each in a frame of its own that scrolls when the screen is narrow."""

from __future__ import annotations

from chalicelib.domain.grants import Grant
from chalicelib.domain.variations import AwardLine, Basis
from chalicelib.reports.contents import Contents, Line, Table, awarded_lines
from chalicelib.reports.html import Markup, element, joined
from chalicelib.reports.initiatives import WITHHELD, told
from chalicelib.reports.words import marked, money

_SHOWN = ("awarded", "allocated", "committed", "accrued", "spent", "available")
"""The measures that fit on a page; the data files hold all of them."""


def figures_table(table: Table) -> Markup:
    """A table of measures, with its total."""
    measures = tuple(name for name in _SHOWN if name in table.measures)
    subject = table.by.replace("_", " ")
    heading = _row(_column(subject.capitalize()), *(_column(name.capitalize(), money=True) for name in measures))
    rows = (_figures(line, measures) for line in table.lines if line.id or any(line.figures[name] for name in measures))
    return _framed(
        f"Awards and spending by {subject}" if "awarded" in measures else f"Spending by {subject}",
        f"table-{table.by}",
        element("thead", heading),
        element("tbody", *rows),
        element("tfoot", _figures(table.total, measures)),
    )


def _figures(line: Line, measures: tuple[str, ...]) -> Markup:
    cells = (_amount(line.figures[name], line.awarded_basis if name == "awarded" else Basis.EXACT) for name in measures)
    return _row(element("th", line.name, scope="row"), *cells)


def initiatives_table(contents: Contents) -> Markup:
    """What is delivered, in the words that may be published."""
    heads = [_column(name) for name in ("Initiative", "Category", "Delivered by", "Where", "State")]
    heads += [_column(name, money=True) for name in ("Allocated", "Spent")]
    rows = (
        _row(
            element("th", each.title or WITHHELD, scope="row"),
            element("td", each.category),
            element("td", each.partner or WITHHELD),
            element("td", WITHHELD if each.places is None else ", ".join(each.places) or "Not stated", class_="words"),
            element("td", each.state),
            _amount(each.allocated_pence),
            _amount(each.spent_pence),
        )
        for each in told(contents)
    )
    return _framed("Initiatives with money allocated to them", "table-initiatives", element("thead", _row(*heads)), element("tbody", *rows))


def uncertain_lines(contents: Contents) -> tuple[tuple[Grant, AwardLine], ...]:
    """The award lines that are not known exactly, with their grants."""
    grants = (contents.grants[grant_id] for grant_id in sorted(contents.grants))
    return tuple((grant, line) for grant in grants for line in awarded_lines(grant) if line.basis is not Basis.EXACT)


def known_table(contents: Contents) -> Markup:
    """The award lines that are not known exactly, and what is known of them."""
    names = ("Grant", "Lead recipient", "Financial year")
    heads = [*map(_column, names), _column("Awarded", money=True), _column("What is known")]
    rows = (
        _row(
            element("th", grant.title, scope="row"),
            element("td", contents.lead_recipient(grant)),
            element("td", line.financial_year),
            _amount(line.awarded_pence, line.basis),
            element("td", line.note or "No more was published.", class_="words"),
        )
        for grant, line in uncertain_lines(contents)
    )
    return _framed("Award lines that are not known exactly", "table-known", element("thead", _row(*heads)), element("tbody", *rows))


def _framed(caption: str, name: str, *parts: Markup) -> Markup:
    # The frame takes the focus, so that the keyboard can scroll it too.
    table = element("table", element("caption", caption, id=name), *parts)
    return element("div", table, class_="scroll", role="region", aria_labelledby=name, tabindex="0")


def _row(*cells: Markup) -> Markup:
    return element("tr", *cells)


def _column(name: str, *, money: bool = False) -> Markup:
    return element("th", name, scope="col", class_="money") if money else element("th", name, scope="col")


def _amount(pence: int, basis: Basis = Basis.EXACT) -> Markup:
    words = marked(pence, basis)
    mark = words.removesuffix(money(pence))
    return element("td", *((element("small", mark),) if mark else ()), joined(money(pence)), class_="money")
