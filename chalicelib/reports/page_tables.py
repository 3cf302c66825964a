"""The published page's tables, each in a frame of its own that scrolls when the screen is narrow."""

from __future__ import annotations

from chalicelib.domain.grants import Grant
from chalicelib.domain.values import replace
from chalicelib.domain.variations import AwardLine, Basis
from chalicelib.reports.contents import Contents, Line, Table, awarded_lines
from chalicelib.reports.html import Markup, element, joined
from chalicelib.reports.initiatives import told
from chalicelib.reports.words import WITHHELD, marked, money

_SHOWN = ("awarded", "allocated", "committed", "accrued", "spent", "available")
"""The measures that fit on a page; the data files hold all of them."""


def figures_table(table: Table) -> Markup:
    """A table of measures, with its total."""
    measures = tuple(name for name in _SHOWN if name in table.measures)
    subject = table.title.removeprefix("By ")
    heading = row(column(subject.capitalize()), *(column(name.capitalize(), money=True) for name in measures))
    rows = (_figures(line, measures) for line in table.lines if line.id or any(line.figures[name] for name in measures))
    return framed(
        f"Awards and spending by {subject}" if "awarded" in measures else f"Spending by {subject}",
        f"table-{table.by}",
        element("thead", heading),
        element("tbody", *rows),
        element("tfoot", _figures(table.total, measures)),
    )


def _figures(line: Line, measures: tuple[str, ...], **attributes: str) -> Markup:
    cells = (amount(line.figures[name], line.basis(name)) for name in measures)
    return row(element("th", line.name, scope="row"), *cells, **attributes)


def categories_table(contents: Contents) -> Markup:
    """What each lead recipient's money is for, with a sum for each that is its line in the table by lead recipient."""
    measures = ("allocated", "spent")
    heading = row(column("Category"), *(column(name.capitalize(), money=True) for name in measures))
    bodies = (
        element(
            "tbody",
            group(table.title, len(measures) + 1),
            *(_figures(line, measures) for line in table.lines if line.id or any(line.figures[name] for name in measures)),
            _figures(replace(table.total, name="Subtotal"), measures, class_="sum"),
        )
        for table in contents.categories_by_lead_recipient
    )
    foot = element("tfoot", _figures(contents.total, measures))
    caption = "Allocated and spent by category, for each lead recipient"
    return framed(caption, "table-lead_recipient-category", element("thead", heading), *bodies, foot)


def initiatives_table(contents: Contents) -> Markup:
    """What is delivered, in the words that may be published."""
    heads = [column(name) for name in ("Initiative", "Category", "Delivered by", "Where", "State")]
    heads += [column(name, money=True) for name in ("Allocated", "Spent")]
    rows = (
        row(
            element("th", each.title or WITHHELD, scope="row"),
            element("td", each.category),
            element("td", each.partner or WITHHELD),
            element("td", WITHHELD if each.places is None else ", ".join(each.places) or "Not stated", class_="words"),
            element("td", each.state),
            amount(each.allocated_pence, each.allocated_basis),
            amount(each.spent_pence),
        )
        for each in told(contents)
    )
    sums = (amount(contents.total.figures[name], contents.total.basis(name)) for name in ("allocated", "spent"))
    total = row(element("th", "Total", scope="row"), element("td", colspan="4"), *sums)
    parts = (element("thead", row(*heads)), element("tbody", *rows), element("tfoot", total))
    return framed("Initiatives with money allocated to them", "table-initiatives", *parts)


def uncertain_lines(contents: Contents) -> tuple[tuple[Grant, AwardLine], ...]:
    """The award lines that are not known exactly, with their grants."""
    grants = (contents.grants[grant_id] for grant_id in sorted(contents.grants))
    return tuple((grant, line) for grant in grants for line in awarded_lines(grant) if line.basis is not Basis.EXACT)


def known_table(contents: Contents) -> Markup:
    """The award lines that are not known exactly, and what is known of them."""
    names = ("Grant", "Lead recipient", "Financial year")
    heads = [*map(column, names), column("Awarded", money=True), column("What is known")]
    rows = (
        row(
            element("th", grant.title, scope="row"),
            element("td", contents.lead_recipient(grant)),
            element("td", line.financial_year),
            amount(line.awarded_pence, line.basis),
            element("td", line.note or "No more was published.", class_="words"),
        )
        for grant, line in uncertain_lines(contents)
    )
    return framed("Award lines that are not known exactly", "table-known", element("thead", row(*heads)), element("tbody", *rows))


def framed(caption: str, name: str, *parts: Markup) -> Markup:
    """A table in its frame."""
    # The frame takes the focus, so that the keyboard can scroll it too.
    table = element("table", element("caption", caption, id=name), *parts)
    return element("div", table, class_="scroll", role="region", aria_labelledby=name, tabindex="0")


def row(*cells: Markup, **attributes: str) -> Markup:
    """A row of cells."""
    return element("tr", *cells, **attributes)


def group(name: str, columns: int) -> Markup:
    """A row that heads the other rows of its body."""
    return row(element("th", name, scope="rowgroup", colspan=str(columns)), class_="group")


def column(name: str, *, money: bool = False) -> Markup:
    """A cell that heads a column."""
    return element("th", name, scope="col", class_="money") if money else element("th", name, scope="col")


def amount(pence: int, basis: Basis = Basis.EXACT) -> Markup:
    """A cell with an amount, and what is known of it."""
    words = marked(pence, basis)
    mark = words.removesuffix(money(pence))
    return element("td", *((element("small", mark),) if mark else ()), joined(money(pence)), class_="money")
