"""What changed since the publication before, from the same rows as changes.json: what was recorded, why, and the figures then and now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from chalicelib.domain.entries import EntryKind, parse_entry_id
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.summaries import Dimension
from chalicelib.reports.changes import Change, Compared
from chalicelib.reports.site.pages import Link, Page, Site, grant_page
from chalicelib.reports.site.tables import SHOWN, Body, Cell, Column, Grid, Row, amount, changed, columns, texts, words

MOST = 500
"""How many reasons the page gives, the latest first: changes.json has all of them."""

_KINDS = {kind.value: kind.replace("_", " ").capitalize() for kind in EntryKind}

Changes = Mapping[str, Change]
"""The figures that are other ones, by id."""


def changes(site: Site) -> Iterator[Page]:
    """The page."""
    compared = site.compared
    found: Changes = {each.figure: each for each in compared.changes} if compared else {}
    last = compared.earlier.publication if compared else ""
    reasons = _put_right(compared) if compared else ()
    yield Page(
        name="changes.html",
        title="What changed since last time",
        template="changes.html",
        menu="changes.html",
        values={
            "last": Link(href=f"../{last}/index.html", text=last) if compared else None,
            "posted": _posted(compared) if compared else None,
            "reasons": _reasons(reasons[:MOST]) if reasons else None,
            "more": MOST if len(reasons) > MOST else 0,
            "measures": _measures(site, found) if compared else None,
            "grants": _grants(site, found),
        },
    )


def _posted(compared: Compared) -> Grid | None:
    numbers = Counter(each.kind for each in compared.told.values())
    rows = tuple(
        Row(cells=(*texts(words), Cell(text=f"{numbers[kind]:,}", kind="money"))) for kind, words in _KINDS.items() if numbers[kind]
    )
    heads = (*columns("Kind of entry"), Column(text="Number", kind="money"))
    return Grid(name="recorded", caption="Entries recorded since, by kind", columns=heads, bodies=(Body(rows=rows),)) if rows else None


def _put_right(compared: Compared) -> tuple[tuple[str, str, str], ...]:
    """The entries that put something right and may say why: id, kind and reason, of each grant the latest first."""
    told = ((named, each.kind, each.reason) for named, each in compared.told.items() if each.reason)
    return tuple(sorted(told, key=lambda each: parse_entry_id(each[0]) or ("", 0), reverse=True))


def _reasons(told: tuple[tuple[str, str, str], ...]) -> Grid:
    rows = tuple(Row(cells=(*texts(named, _KINDS[kind]), words(reason))) for named, kind, reason in told)
    heads = columns("Entry", "Kind", "Reason")
    return Grid(
        name="reasons", caption="Corrections and refunds recorded since, with their reasons", columns=heads, bodies=(Body(rows=rows),)
    )


_THEN_AND_NOW = ("Last time", "Now", "Change")


def _measures(site: Site, found: Changes) -> Grid:
    totals = ((f"total.{name}", name, pence) for name, pence in site.contents.total.figures.items() if name in MEASURES)
    rows = (_row(figure, name, found.get(figure), pence) for figure, name, pence in totals)
    heads = columns("Figure", money=_THEN_AND_NOW)
    return Grid(name="measures", caption="Every figure, last time and now", columns=heads, bodies=(Body(rows=tuple(rows)),))


def _grants(site: Site, found: Changes) -> Grid | None:
    """The figures that changed, grant by grant; None where none did."""
    bodies = []
    for grant_id, line in site.figures.by(Dimension.GRANT).items():
        those = ((name, found.get(f"grant.{grant_id}.{name}")) for name in SHOWN)
        if rows := tuple(_row(each.figure, name, each, each.new) for name, each in those if each):
            bodies.append(Body(heading=Cell(text=line.name, href=grant_page(grant_id)), rows=rows))
    heads = columns("Figure", money=_THEN_AND_NOW)
    return Grid(name="grants", caption="Figures that changed, by grant", columns=heads, bodies=tuple(bodies)) if bodies else None


def _row(figure: str, name: str, change: Change | None, now: int) -> Row:
    then = (change.old or 0) if change else now
    return Row(cells=(*texts(name.capitalize()), amount(then), amount(now, figure=figure), changed(now - then)))
