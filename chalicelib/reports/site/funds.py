"""The pages of funds and grants, and the one that lists them."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.funds import MatchBase
from chalicelib.domain.grants import Grant
from chalicelib.domain.summaries import Dimension
from chalicelib.domain.values import replace
from chalicelib.reports.contents import Line
from chalicelib.reports.site.award_tables import accepted_grid, known_grid, variations_grid, waivers_grid
from chalicelib.reports.site.charts import Chart, money_bars
from chalicelib.reports.site.overview import fund_grid, grant_grid, headlines
from chalicelib.reports.site.pages import Link, Page, Site, category_page, fund_page, grant_page
from chalicelib.reports.site.quarters import closed_grid
from chalicelib.reports.site.tables import SHOWN_OF_INITIATIVES, Cell, Grid, Shape, figures_grid
from chalicelib.reports.words import day

_LIST = "grants.html"
_ABOVE = Link(href=_LIST, text="Funds and grants")


def grants(site: Site) -> Iterator[Page]:
    """The list of funds and grants, with how the awards came about."""
    contents, found = site.contents, tuple(site.awards.values())
    yield Page(
        name=_LIST,
        title="Funds and grants",
        template="grants.html",
        menu=_LIST,
        values={
            "by_fund": fund_grid(contents),
            "by_grant": grant_grid(contents),
            "accepted": accepted_grid(found),
            "variations": variations_grid(found),
            "known": known_grid(contents, sorted(site.awards)),
            "waived": waivers_grid(site, sorted(contents.waivers)),
        },
    )


def each_fund(site: Site) -> Iterator[Page]:
    """A page for each fund with money."""
    for fund_id, line in site.figures.by(Dimension.FUND).items():
        fund = site.contents.funds[fund_id]
        grants = site.figures.within(Dimension.FUND, Dimension.GRANT)[fund_id]
        yield Page(
            name=fund_page(fund_id),
            title=fund.title,
            named=f"fund {fund_id}",
            template="fund.html",
            menu=_LIST,
            trail=(_ABOVE,),
            values={
                "about": (("Funder", Cell(text=fund.funder)), ("Grants", Cell(text=str(len(grants))))),
                "figures": headlines(line, f"fund.{fund_id}"),
                "years": _fund_years(site, fund_id),
                "by_year": years_grid(site, Dimension.FUND, fund_id, line),
                "by_grant": figures_grid(
                    Shape(name="grant", caption="Awards and spending by grant", subject="Grant"), grants, _total(line), grant_page
                ),
                "by_category": categories_grid(site, Dimension.FUND, fund_id, line),
            },
        )


def each_grant(site: Site) -> Iterator[Page]:
    """A page for each grant with money."""
    for grant_id, line in site.figures.by(Dimension.GRANT).items():
        award = (site.awards[grant_id],)
        fund = site.contents.funds[site.contents.grants[grant_id].fund_id]
        yield Page(
            name=grant_page(grant_id),
            title=line.name,
            named=f"grant {grant_id}",
            template="grant.html",
            menu=_LIST,
            trail=(_ABOVE, Link(href=fund_page(fund.id), text=fund.title)),
            values={
                "about": tuple(_about(site, site.contents.grants[grant_id])),
                "figures": headlines(line, f"grant.{grant_id}"),
                "accepted": accepted_grid(award),
                "variations": variations_grid(award),
                "known": known_grid(site.contents, (grant_id,)),
                "by_year": years_grid(site, Dimension.GRANT, grant_id, line),
                "by_initiative": _initiatives_grid(site, grant_id, line),
                "closed": closed_grid(site.contents, grant_id),
                "waived": waivers_grid(site, (grant_id,)),
            },
        )


def _about(site: Site, grant: Grant) -> Iterator[tuple[str, Cell]]:
    yield "Fund", Cell(text=site.contents.funds[grant.fund_id].title, href=fund_page(grant.fund_id))
    yield "Lead recipient", Cell(text=site.contents.lead_recipient(grant))
    yield "Police force area (ONS code)", Cell(text=grant.force_area)
    yield "Period", Cell(text=f"{day(grant.starts)} to {day(grant.ends)}")
    yield "State", Cell(text=grant.state.capitalize())
    if grant.match:
        share = f"{grant.match.basis_points / 100:g} per cent"
        of = "the grant" if grant.match.base is MatchBase.GRANT else "grant and match together"
        yield "Match required of partners", Cell(text=f"{share} of {of}")


def _total(line: Line) -> Line:
    return replace(line, id="total", name="Total")


def years_grid(site: Site, of: Dimension, of_id: str, line: Line) -> Grid:
    """A fund's or grant's money year by year."""
    lines = site.figures.within(of, Dimension.FINANCIAL_YEAR)[of_id]
    shape = Shape(name="financial_year", caption="Awards and spending by financial year", subject="Financial year")
    return figures_grid(shape, lines, _total(line))


def categories_grid(site: Site, of: Dimension, of_id: str, line: Line) -> Grid:
    """What a fund's money is for."""
    lines = site.figures.within(of, Dimension.CATEGORY)[of_id]
    shape = Shape(name="category", caption="Spending by category", subject="Category", measures=SHOWN_OF_INITIATIVES)
    return figures_grid(shape, lines, _total(line), category_page)


def _initiatives_grid(site: Site, grant_id: str, line: Line) -> Grid:
    lines = site.figures.within(Dimension.GRANT, Dimension.INITIATIVE)[grant_id]
    shape = Shape(name="initiative", caption="Spending by initiative", subject="Initiative", measures=SHOWN_OF_INITIATIVES)
    return figures_grid(shape, lines, _total(line), site.initiative_page)


def _fund_years(site: Site, fund_id: str) -> Chart:
    lines = site.figures.within(Dimension.FUND, Dimension.FINANCIAL_YEAR)[fund_id]
    return Chart(
        name="fund-years", title="What became of the award, year by year", of="Financial year", groups=tuple(map(money_bars, lines))
    )
