"""The pages of the lists that the law wants: grants made to partners, and other spending over £500, one page for each financial year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.domain.disclosures import Particular
from chalicelib.domain.grounds import GROUNDS
from chalicelib.domain.statutory_lists import Row as Listed
from chalicelib.reports.site.pages import Link, Page, Site, grant_page
from chalicelib.reports.site.tables import Body, Cell, Column, Grid, Row, amount, columns, texts, words
from chalicelib.reports.statutory_lists import GRANTS_MADE, OVER_500, Listing, title_of
from chalicelib.reports.words import day

MOST = 1_000
"""How many payments a page shows, the latest first: the files have all of them."""


def grants_made(site: Site) -> Iterator[Page]:
    """Every crime and disorder reduction grant, whatever its amount."""
    yield from _pages(site, GRANTS_MADE, site.contents.lists.grants_made)


def over_500(site: Site) -> Iterator[Page]:
    """Every other payment whose item comes to more than £500."""
    yield from _pages(site, OVER_500, site.contents.lists.over_threshold)


def _pages(site: Site, listing: Listing, rows: Sequence[Listed]) -> Iterator[Page]:
    """The page of a list, with its years, and a page for each of these."""
    first = f"{listing.name}.html"
    by_year: dict[str, list[Listed]] = {}
    for row in rows:
        by_year.setdefault(row.financial_year, []).append(row)
    years = dict(sorted(by_year.items(), reverse=True))
    yield Page(
        name=first,
        title=listing.title,
        template="spending.html",
        menu=first,
        values={
            "rule": listing.rule,
            "source": listing.source,
            "years": _years(listing, years, rows),
            "files": tuple(Link(href=f"{listing.name}.{kind}", text=kind.upper()) for kind in ("csv", "json")),
            "reconciled": _reconciled(site),
            "grounds": tuple(told.words for told in GROUNDS.values()),
        },
    )
    for year, found in years.items():
        latest = sorted(found, key=lambda row: (row.on, row.grant_id), reverse=True)[:MOST]
        yield Page(
            name=_year_page(listing, year),
            title=f"{listing.title}, {year}",
            template="spending-year.html",
            menu=first,
            trail=(Link(href=first, text=listing.title),),
            values={
                "listed": _listed(site, listing, latest, found),
                "shown": len(latest),
                "all": len(found),
                "file": f"{listing.name}.csv",
            },
        )


def _year_page(listing: Listing, year: str) -> str:
    return f"{listing.name}-{year}.html"


def _years(listing: Listing, years: dict[str, list[Listed]], rows: Sequence[Listed]) -> Grid | None:
    lines = tuple(
        Row(
            cells=(Cell(text=year, href=_year_page(listing, year)), _number(len(found)), amount(_sum(found), figure=_figure(listing, year)))
        )
        for year, found in years.items()
    )
    heads = (Column(text="Financial year"), Column(text="Payments", kind="money"), Column(text="Amount", kind="money"))
    foot = Row(cells=(*texts("Total"), _number(len(rows)), amount(_sum(rows), figure=_figure(listing, "total"))))
    caption = "Payments by financial year"
    return Grid(name="years", caption=caption, columns=heads, bodies=(Body(rows=lines),), foot=foot) if lines else None


def _listed(site: Site, listing: Listing, latest: Sequence[Listed], found: Sequence[Listed]) -> Grid:
    named = listing.particulars[1:]
    heads = (
        *columns("Recipient", money=("Amount",)),
        *((Column(text="Item comes to", kind="money"),) if listing is OVER_500 else ()),
        *columns("Date", *(each.words.capitalize() for each in named), "For", "Payment"),
    )
    rest = Cell(text="", span=len(heads) - 2)
    of_year = amount(_sum(found), figure=_figure(listing, found[0].financial_year))
    return Grid(
        name="listed",
        caption="Payments, the latest first",
        columns=heads,
        bodies=(Body(rows=tuple(_row(site, listing, row) for row in latest)),),
        foot=Row(cells=(*texts("Total of the year"), of_year, rest)),
    )


def _row(site: Site, listing: Listing, row: Listed) -> Row:
    recipient, *others = listing.particulars
    item = (amount(row.item_pence, figure=_figure(listing, row.id, "item")),) if listing is OVER_500 else ()
    told = (words(_said(row, each)) for each in others)
    where = (words(title_of(site.contents, row)), Cell(text=row.id, href=grant_page(row.grant_id)))
    return Row(
        cells=(
            *texts(_said(row, recipient)),
            amount(row.amount_pence, figure=_figure(listing, row.id)),
            *item,
            Cell(text=day(date.fromisoformat(row.on)), kind="date"),
            *told,
            *where,
        )
    )


def _said(row: Listed, particular: Particular) -> str:
    """A particular, or that it is withheld, and on which ground, in its words."""
    ground = row.withheld.get(particular)
    return f"Withheld. {GROUNDS[ground].words}" if ground else row.texts[particular]


def _reconciled(site: Site) -> Grid:
    """How both lists, and what is in neither, come to what was spent."""
    lists = site.contents.lists
    parts = (
        _part(GRANTS_MADE, lists.grants_made),
        _part(OVER_500, lists.over_threshold),
        (Cell(text="In neither: the item is £500 or less"), lists.not_listed, amount(lists.not_listed_pence)),
    )
    rows = tuple(Row(cells=(title, _number(number), pence)) for title, number, pence in parts)
    number = sum(number for _, number, _ in parts)
    return Grid(
        name="reconciled",
        caption="The lists and what was spent",
        columns=(*columns("List"), Column(text="Payments", kind="money"), Column(text="Amount", kind="money")),
        bodies=(Body(rows=rows),),
        foot=Row(cells=(*texts("Spent"), _number(number), amount(site.contents.total.figures["spent"], figure="total.spent"))),
    )


def _part(listing: Listing, rows: Sequence[Listed]) -> tuple[Cell, int, Cell]:
    title = Cell(text=listing.title, href=f"{listing.name}.html")
    return title, len(rows), amount(_sum(rows), figure=_figure(listing, "total"))


def _figure(listing: Listing, of: str, what: str = "amount") -> str:
    """What an amount of a list is called: by its payment, its financial year, or `total`."""
    return f"{listing.name}.{of}.{what}"


def _number(number: int) -> Cell:
    return Cell(text=f"{number:,}", kind="money")


def _sum(rows: Sequence[Listed]) -> int:
    return sum(row.amount_pence for row in rows)
