"""What changed since the publication before: what was recorded, and the figures then and now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.domain.cells import added
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.measures import MEASURES, figures
from chalicelib.domain.summaries import Dimension
from chalicelib.reports.contents import Before
from chalicelib.reports.site.pages import Link, Page, Site, grant_page
from chalicelib.reports.site.tables import SHOWN, Body, Cell, Column, Grid, Row, amount, changed, columns, texts

_KINDS = {kind.value: kind.replace("_", " ").capitalize() for kind in EntryKind}


def changes(site: Site) -> Iterator[Page]:
    """The page."""
    before = site.contents.before
    yield Page(
        name="changes.html",
        title="What changed since last time",
        template="changes.html",
        menu="changes.html",
        values={
            "before": before is not None,
            "last": Link(href=f"../{before.id}/index.html", text=before.id) if before else None,
            "posted": _posted(before) if before else None,
            "measures": _measures(site, before) if before else None,
            "grants": _grants(site, before) if before else None,
        },
    )


def _posted(before: Before) -> Grid | None:
    rows = tuple(
        Row(cells=(*texts(words), Cell(text=f"{before.since[kind]:,}", kind="money")))
        for kind, words in _KINDS.items()
        if before.since.get(kind)
    )
    heads = (*columns("Kind of entry"), Column(text="Number", kind="money"))
    return Grid(name="recorded", caption="Entries recorded since, by kind", columns=heads, bodies=(Body(rows=rows),)) if rows else None


_THEN_AND_NOW = ("Last time", "Now", "Change")


def _measures(site: Site, before: Before) -> Grid:
    then = figures(added(counters for cells in before.cells.values() for counters in cells.values()))
    total = site.contents.total
    rows = (Row(cells=(*texts(name.capitalize()), *_moved(then[name], total.figures[name]))) for name in MEASURES)
    heads = columns("Figure", money=_THEN_AND_NOW)
    return Grid(name="measures", caption="Every figure, last time and now", columns=heads, bodies=(Body(rows=tuple(rows)),))


def _grants(site: Site, before: Before) -> Grid | None:
    """The figures that changed, grant by grant; None where none did."""
    bodies = []
    for grant_id, line in site.figures.by(Dimension.GRANT).items():
        then = figures(added(before.cells.get(grant_id, {}).values()))
        if rows := tuple(_changed(then, line.figures)):
            bodies.append(Body(heading=Cell(text=line.name, href=grant_page(grant_id)), rows=rows))
    heads = columns("Figure", money=_THEN_AND_NOW)
    return Grid(name="grants", caption="Figures that changed, by grant", columns=heads, bodies=tuple(bodies)) if bodies else None


def _changed(then: Mapping[str, int], now: Mapping[str, int]) -> Iterator[Row]:
    for name in SHOWN:
        if then[name] != now[name]:
            yield Row(cells=(*texts(name.capitalize()), *_moved(then[name], now[name])))


def _moved(then: int, now: int) -> tuple[Cell, ...]:
    return amount(then), amount(now), changed(now - then)
