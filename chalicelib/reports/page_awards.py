"""The published page's two tables of how each award came about: the sums, line by line, and the variations with their reasons."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.cells import Nature
from chalicelib.domain.variations import Variation
from chalicelib.reports.awards import Award, LineHistory, awards
from chalicelib.reports.contents import Contents, weakest
from chalicelib.reports.html import Markup, element, joined
from chalicelib.reports.page_tables import amount, column, framed, group, row
from chalicelib.reports.words import change, day


def awards_tables(contents: Contents) -> Markup:
    """Every award as it was first accepted and as it is now, and the variations between the two."""
    found = awards(contents)
    varied = any(award.variations for award in found)
    return joined(_awards_table(found), _variations_table(found) if varied else element("p", "No award has been varied."))


def _awards_table(found: tuple[Award, ...]) -> Markup:
    heads = (column("Financial year"), *(column(name, money=True) for name in ("As first accepted", "Changed since", "Awarded now")))
    bodies = (element("tbody", group(award.grant.title, 4), *_lines(award)) for award in found)
    lines = tuple(line for award in found for line in award.lines)
    foot = element("tfoot", _sums("Total", lines))
    return framed("Awards as first accepted and as they are now", "table-awards", element("thead", row(*heads)), *bodies, foot)


def _lines(award: Award) -> Iterator[Markup]:
    for each in award.lines:
        yield _sums(_line_name(each.line.financial_year, each.line.nature), (each,))
    if len(award.lines) > 1:
        yield _sums("Subtotal", award.lines, class_="sum")


def _sums(name: str, lines: tuple[LineHistory, ...], **attributes: str) -> Markup:
    changed = sum(each.change_pence for each in lines)
    cells = (
        amount(sum(each.accepted_pence for each in lines), weakest(*(each.line.basis for each in lines if each.accepted_pence))),
        element("td", change(changed), class_="money"),
        amount(sum(each.line.awarded_pence for each in lines), weakest(*(each.line.basis for each in lines if each.line.awarded_pence))),
    )
    return row(element("th", name, scope="row", class_="short"), *cells, **attributes)


def _variations_table(found: tuple[Award, ...]) -> Markup:
    heads = [column("Date of notice"), column("Variation"), column("For"), column("Change", money=True)]
    heads += [column("Notice"), column("Reason")]
    bodies = (
        element("tbody", group(award.grant.title, len(heads)), *(each for variation in award.variations for each in _changes(variation)))
        for award in found
        if award.variations
    )
    return framed("Approved variations of awards", "table-variations", element("thead", row(*heads)), *bodies)


def _changes(variation: Variation) -> Iterator[Markup]:
    """A row for each line that a variation changes, and one for a new last day."""
    about = [(_line_name(each.financial_year, each.nature), change(each.change_pence)) for each in variation.changes]
    if variation.ends:
        about.append((f"New last day: {day(variation.ends)}", "None"))
    for what, pence in about:
        yield row(
            element("th", day(variation.dated), scope="row"),
            element("td", variation.kind.capitalize().replace("_", "-")),
            element("td", what, class_="year"),
            element("td", pence, class_="money"),
            element("td", variation.notice_reference or "None given", class_="words"),
            element("td", variation.reason, class_="words"),
        )


def _line_name(financial_year: str, nature: str) -> str:
    return financial_year if nature == Nature.NOT_STATED else f"{financial_year}, {nature}"
