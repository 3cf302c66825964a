"""The public site of a publication: a folder of pages that need no scripts, one stylesheet, and a CSV for each chart.

Each kind of page is a function from the site to its pages and a template of its own. To add a kind: write both, name the
function in KINDS, and give it a place in `engine.MENU` if it is not reached from another page. A new data file needs its words
in `about.ABOUT`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from chalicelib.reports.changes import Compared
from chalicelib.reports.contents import Contents
from chalicelib.reports.site.about import checking, downloads, earlier, reading
from chalicelib.reports.site.changes import changes
from chalicelib.reports.site.delivery import each_category, each_initiative, initiatives, places
from chalicelib.reports.site.engine import rendered
from chalicelib.reports.site.funds import each_fund, each_grant, grants
from chalicelib.reports.site.overview import category_chart, fund_chart, overview
from chalicelib.reports.site.pages import Page, Site
from chalicelib.reports.site.partners import partners
from chalicelib.reports.site.quarters import periods, quarters_chart, reported_chart, years_chart
from chalicelib.reports.site.spending import grants_made, over_500
from chalicelib.reports.site.style import stylesheet

FIRST_PAGE = "index.html"
STYLE = "style.css"

KINDS: tuple[Callable[[Site], Iterator[Page]], ...] = (
    *(overview, grants, each_fund, each_grant, initiatives, each_initiative, each_category, places, partners),
    *(grants_made, over_500, periods, changes, earlier, downloads, checking, reading),
)
"""Every kind of page, by the function that makes its pages."""


def chart_files(contents: Contents) -> dict[str, bytes]:
    """The CSV of each chart by name."""
    site = Site(contents=contents, sizes={})
    charts = (fund_chart(contents), years_chart(site), category_chart(contents), quarters_chart(site), reported_chart(contents))
    return {chart.file_name: chart.csv for chart in charts if chart.groups}


def site_files(contents: Contents, data: Mapping[str, bytes], compared: Compared | None) -> dict[str, bytes]:
    """The pages and the stylesheet by name, given the publication's data files, charts' CSVs among them, and what has changed."""
    site = Site(contents=contents, sizes={name: len(content) for name, content in data.items()}, compared=compared)
    return {**{page.name: rendered(site, page) for kind in KINDS for page in kind(site)}, STYLE: stylesheet()}


def is_of_site(name: str) -> bool:
    """Whether a file of a publication belongs to its site, by its name."""
    return name == STYLE or name.endswith(".html") or (name.startswith("chart-") and name.endswith(".csv"))
