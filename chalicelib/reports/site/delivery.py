"""The pages of what is delivered: initiatives, their categories, and the places that may be named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from chalicelib.domain.initiatives import PUBLISHABLE, Category, Initiative
from chalicelib.domain.summaries import Dimension
from chalicelib.domain.values import replace
from chalicelib.reports.contents import Line
from chalicelib.reports.initiatives import Told
from chalicelib.reports.site.overview import category_grid
from chalicelib.reports.site.pages import Link, Page, Site, category_page, grant_page
from chalicelib.reports.site.tables import (
    SHOWN_OF_INITIATIVES,
    Body,
    Cell,
    Column,
    Grid,
    Row,
    Shape,
    amount,
    columns,
    figures_grid,
    texts,
    words,
)
from chalicelib.reports.words import WITHHELD, day

_LIST = "initiatives.html"
_ABOVE = Link(href=_LIST, text="What it pays for")


def initiatives(site: Site) -> Iterator[Page]:
    """The list of initiatives."""
    yield Page(
        name=_LIST,
        title="What it pays for",
        template="initiatives.html",
        menu=_LIST,
        values={"by_category": category_grid(site.contents), "initiatives": _list(site)},
    )


def _list(site: Site) -> Grid:
    rows = (
        Row(
            cells=(
                Cell(text=each.title or WITHHELD, href=site.initiative_page(initiative_id)),
                amount(each.allocated_pence, each.allocated_basis, f"initiative.{each.first_entry}.allocated"),
                amount(each.spent_pence, figure=f"initiative.{each.first_entry}.spent"),
                *texts(each.category, each.partner or WITHHELD),
                words(_where(each)),
                *texts(each.state),
            )
        )
        for initiative_id, each in site.initiatives.items()
    )
    total = site.contents.total
    sums = (amount(total.figures[name], total.basis(name), f"total.{name}") for name in ("allocated", "spent"))
    return Grid(
        name="initiatives",
        caption="Initiatives with money allocated to them",
        columns=(*columns("Initiative", money=("Allocated", "Spent")), *columns("Category", "Delivered by", "Where", "State")),
        bodies=(Body(rows=tuple(rows)),),
        foot=Row(cells=(*texts("Total"), *sums, Cell(text="", span=4))),
    )


def _where(each: Told) -> str:
    return WITHHELD if each.places is None else ", ".join(each.places) or "Not stated"


def each_initiative(site: Site) -> Iterator[Page]:
    """A page for each initiative with money."""
    for initiative_id, each in site.initiatives.items():
        held = site.contents.initiatives[initiative_id]
        name = site.initiative_page(initiative_id)
        number = name.removesuffix(".html").removeprefix("initiative-")
        yield Page(
            name=name,
            title=each.title or f"{each.category} (title not published)",
            named=f"initiative {number}",
            template="initiative.html",
            menu=_LIST,
            trail=(_ABOVE, Link(href=category_page(held.category), text=each.category)),
            values={
                "about": tuple(_about(each, held)),
                "description": held.description if held.may_publish("description") else "",
                "by_grant": _money(site, initiative_id, Dimension.GRANT),
                "by_year": _money(site, initiative_id, Dimension.FINANCIAL_YEAR),
                "milestones": _milestones(held),
                "outputs": _outputs(held),
                "withheld": not all(held.may_publish(field) for field in PUBLISHABLE),
            },
        )


def _about(each: Told, held: Initiative) -> Iterator[tuple[str, Cell]]:
    yield "Category", Cell(text=each.category, href=category_page(held.category))
    yield "Delivered by", Cell(text=each.partner or WITHHELD)
    yield "Where", Cell(text=_where(each))
    yield "State", Cell(text=each.state)
    if held.may_publish("dates"):
        if held.planned_start or held.planned_end:
            yield "Planned", Cell(text=_span(held.planned_start, held.planned_end))
        if held.actual_start or held.actual_end:
            yield "Delivered", Cell(text=_span(held.actual_start, held.actual_end))


def _span(start: date | None, end: date | None) -> str:
    if start is None:
        return f"To {day(end)}" if end else ""
    return f"From {day(start)} to {day(end)}" if end else f"From {day(start)}"


def _money(site: Site, initiative_id: str, by: Dimension) -> Grid:
    lines = site.figures.within(Dimension.INITIATIVE, by)[initiative_id]
    whole = site.figures.by(Dimension.INITIATIVE)[initiative_id]
    total = replace(whole, id="total", name="Total")
    if by is Dimension.GRANT:
        return _shaped("grant", "Grant", lines, total, grant_page)
    return _shaped("financial_year", "Financial year", lines, total)


def _milestones(held: Initiative) -> Grid | None:
    if not held.milestones or not held.may_publish("milestones"):
        return None
    rows = (Row(cells=texts(each.name, day(each.planned), day(each.actual) if each.actual else "Not yet")) for each in held.milestones)
    heads = columns("Milestone", "Planned", "Reached")
    return Grid(name="milestones", caption="Steps of delivery", columns=heads, bodies=(Body(rows=tuple(rows)),))


def _outputs(held: Initiative) -> Grid | None:
    if not held.outputs or not held.may_publish("outputs"):
        return None
    rows = (Row(cells=(*texts(each.name, each.unit), _number(each.target), _number(each.actual))) for each in held.outputs)
    heads = (*columns("Output", "Unit"), Column(text="Target", kind="money"), Column(text="Reported", kind="money"))
    return Grid(name="outputs", caption="Outputs: the target, and what was reported", columns=heads, bodies=(Body(rows=tuple(rows)),))


def _number(number: int | None) -> Cell:
    return Cell(text="Nothing yet" if number is None else f"{number:,}", kind="money")


def each_category(site: Site) -> Iterator[Page]:
    """A page for each category with money."""
    for category, line in site.figures.by(Dimension.CATEGORY).items():
        total = replace(line, id="total", name="Total")
        own = site.figures.within(Dimension.CATEGORY, Dimension.INITIATIVE)[category]
        grants = site.figures.within(Dimension.CATEGORY, Dimension.GRANT)[category]
        years = site.figures.within(Dimension.CATEGORY, Dimension.FINANCIAL_YEAR)[category]
        yield Page(
            name=category_page(category),
            title=Category(category).words,
            named="category",
            template="category.html",
            menu=_LIST,
            trail=(_ABOVE,),
            values={
                "initiatives": _shaped("initiative", "Initiative", own, total, site.initiative_page),
                "by_grant": _shaped("grant", "Grant", grants, total, grant_page),
                "by_year": _shaped("financial_year", "Financial year", years, total),
            },
        )


def _shaped(name: str, subject: str, lines: tuple[Line, ...], total: Line, href: Callable[[str], str] = lambda _id: "") -> Grid:
    shape = Shape(name=name, caption=f"Spending by {subject.lower()}", subject=subject, measures=SHOWN_OF_INITIATIVES)
    return figures_grid(shape, lines, total, href)


def places(site: Site) -> Iterator[Page]:
    """Where initiatives are delivered, as far as they may say so."""
    told = site.initiatives
    yield Page(
        name="places.html",
        title="Places",
        template="places.html",
        menu="places.html",
        values={"places": _places(site), "withheld": sum(1 for each in told.values() if each.places is None)},
    )


def _places(site: Site) -> Grid | None:
    found: dict[tuple[str, str], list[str]] = {}
    for initiative_id, each in site.initiatives.items():
        if each.places is not None:
            for place in site.contents.initiatives[initiative_id].places:
                found.setdefault((place.name, place.area_code or ""), []).append(initiative_id)
    bodies = tuple(
        Body(heading=Cell(text=f"{name} ({code})" if code else name), rows=tuple(_at(site, ids)))
        for (name, code), ids in sorted(found.items())
    )
    heads = columns("Initiative", "Category", "Delivered by", "State")
    return Grid(name="places", caption="Initiatives by place", columns=heads, bodies=bodies) if bodies else None


def _at(site: Site, initiative_ids: Iterable[str]) -> Iterator[Row]:
    for initiative_id in initiative_ids:
        each = site.initiatives[initiative_id]
        title = Cell(text=each.title or WITHHELD, href=site.initiative_page(initiative_id))
        yield Row(cells=(title, *texts(each.category, each.partner or WITHHELD, each.state)))
