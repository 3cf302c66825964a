"""Tables of how awards came about: the sums line by line, the variations with their reasons, what is not known exactly, waivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chalicelib.domain.cells import Nature
from chalicelib.domain.grants import Grant
from chalicelib.domain.variations import AwardLine, Basis, Variation
from chalicelib.reports.awards import Award, LineHistory
from chalicelib.reports.contents import Contents, awarded_lines, weakest
from chalicelib.reports.site.pages import Site, grant_page
from chalicelib.reports.site.tables import Body, Cell, Grid, Row, amount, changed, columns, texts, words
from chalicelib.reports.verify_publication import EVERYTHING
from chalicelib.reports.words import change, day


def accepted_grid(found: Sequence[Award]) -> Grid:
    """Every award as it was first accepted and as it is now."""
    lines = tuple(line for award in found for line in award.lines)
    alone = len(found) == 1
    of = f"grant={found[0].grant.id}" if alone else EVERYTHING
    bodies = (Body(heading=None if alone else _grant(award.grant), rows=tuple(_lines(award, alone=alone))) for award in found)
    return Grid(
        name="awards",
        caption="Awards as first accepted and as they are now",
        columns=columns("Financial year", money=("As first accepted", "Changed since", "Awarded now")),
        bodies=tuple(bodies),
        foot=_sums("Total", lines, of=of) if len(lines) > 1 else None,
    )


def _grant(grant: Grant) -> Cell:
    return Cell(text=grant.title, href=grant_page(grant.id))


def _lines(award: Award, *, alone: bool) -> Iterator[Row]:
    """An award's lines, and what they come to together, unless the table says that below."""
    for each in award.lines:
        yield _sums(line_name(each.line.financial_year, each.line.nature), (each,), of=_of_line(award.grant, each.line))
    if len(award.lines) > 1 and not alone:
        yield _sums("Subtotal", award.lines, kind="sum", of=f"grant={award.grant.id}")


def _of_line(grant: Grant, line: AwardLine) -> str:
    """What the entries of an award line have in common."""
    return f"grant={grant.id} financial_year={line.financial_year} nature={line.nature.value}"


def _sums(name: str, lines: Sequence[LineHistory], *, of: str, kind: str = "") -> Row:
    accepted = amount(sum(each.accepted_pence for each in lines), weakest(*(each.line.basis for each in lines if each.accepted_pence)))
    bases = (each.line.basis for each in lines if each.line.awarded_pence)
    awarded = amount(sum(each.line.awarded_pence for each in lines), weakest(*bases), f"awarded of {of}")
    return Row(cells=(*texts(name), accepted, changed(sum(each.change_pence for each in lines)), awarded), kind=kind)


def variations_grid(found: Iterable[Award]) -> Grid | None:
    """The approved variations with their dates, notices and reasons; None where there are none."""
    varied = tuple(award for award in found if award.variations)
    if not varied:
        return None
    rows = ((award, tuple(row for variation in award.variations for row in _changes(variation))) for award in varied)
    heads = (
        *columns("Date of notice", "Variation", "For", money=("Change",)),
        *columns("Notice", "Reason"),
    )
    return Grid(
        name="variations",
        caption="Approved variations of awards",
        columns=heads,
        bodies=tuple(Body(heading=_grant(award.grant), rows=each) for award, each in rows),
    )


def _changes(variation: Variation) -> Iterator[Row]:
    """A row for each line that a variation changes, and one for a new last day."""
    about = [(line_name(each.financial_year, each.nature), change(each.change_pence)) for each in variation.changes]
    if variation.ends:
        about.append((f"New last day: {day(variation.ends)}", "None"))
    for what, pence in about:
        cells = texts(day(variation.dated), variation.kind.capitalize().replace("_", "-"), what)
        notice = words(variation.notice_reference or "None given")
        yield Row(cells=(*cells, Cell(text=pence, kind="money"), notice, words(variation.reason)))


def line_name(financial_year: str, nature: str) -> str:
    """What an award line is called."""
    return financial_year if nature == Nature.NOT_STATED else f"{financial_year}, {nature}"


def known_grid(contents: Contents, grant_ids: Iterable[str]) -> Grid | None:
    """The award lines that are not known exactly, and what is known of them; None where all are exact."""
    found = tuple(
        _known(contents, contents.grants[grant_id], line)
        for grant_id in grant_ids
        for line in awarded_lines(contents.grants[grant_id])
        if line.basis is not Basis.EXACT
    )
    heads = (*columns("Grant", "Lead recipient", "Financial year", money=("Awarded",)), *columns("What is known"))
    caption = "Award lines that are not known exactly"
    return Grid(name="known", caption=caption, columns=heads, bodies=(Body(rows=found),)) if found else None


def _known(contents: Contents, grant: Grant, line: AwardLine) -> Row:
    names = texts(contents.lead_recipient(grant), line.financial_year)
    note = words(line.note or "No more was published.")
    return Row(cells=(_grant(grant), *names, amount(line.awarded_pence, line.basis, f"awarded of {_of_line(grant, line)}"), note))


def waivers_grid(site: Site, grant_ids: Iterable[str]) -> Grid | None:
    """The waivers that may be published, without the names of people; None where there are none."""
    contents = site.contents
    rows = tuple(
        Row(
            cells=(
                *texts(public.waiver.rule.replace("_", " ").capitalize()),
                words(public.waiver.clause),
                words(public.why),
                *texts(day(public.approved_on), day(public.waiver.expires)),
                *texts(public.waiver.state(contents.publication.on).capitalize()),
                _grant(contents.grants[grant_id]),
            )
        )
        for grant_id in grant_ids
        for public in contents.waivers.get(grant_id, ())
    )
    heads = columns("Rule", "Clause", "Why", "Approved on", "Last day", "State", "Grant")
    return Grid(name="waivers", caption="Rules that were waived", columns=heads, bodies=(Body(rows=rows),)) if rows else None
