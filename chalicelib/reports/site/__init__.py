"""The public site of a publication: a folder of pages that need no scripts, one stylesheet, and a CSV for each chart.

Each kind of page is a function from the site to its pages and a template of its own. To add a kind: write both, name the
function in KINDS, and give it a place in `engine.MENU` if it is not reached from another page. A new data file needs its words
in `about.ABOUT`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from chalicelib.reports.contents import Contents
from chalicelib.reports.site.about import downloads, earlier, reading
from chalicelib.reports.site.changes import changes
from chalicelib.reports.site.delivery import each_category, each_initiative, initiatives, places
from chalicelib.reports.site.engine import rendered
from chalicelib.reports.site.funds import each_fund, each_grant, grants
from chalicelib.reports.site.overview import category_chart, fund_chart, overview
from chalicelib.reports.site.pages import Page, Site
from chalicelib.reports.site.partners import partners
from chalicelib.reports.site.quarters import periods, quarters_chart, reported_chart, years_chart
from chalicelib.reports.site.style import stylesheet

FIRST_PAGE = "index.html"
STYLE = "style.css"

KINDS: tuple[Callable[[Site], Iterator[Page]], ...] = (
    *(overview, grants, each_fund, each_grant, initiatives, each_initiative, each_category, places, partners),
    *(periods, changes, earlier, downloads, reading),
)
"""Every kind of page, by the function that makes its pages."""


def site_files(contents: Contents, data: Mapping[str, bytes]) -> dict[str, bytes]:
    """The site's files by name, given the publication's data files: charts' CSVs, pages, the stylesheet."""
    site = Site(contents=contents, sizes={})
    charts = (fund_chart(contents), years_chart(site), category_chart(contents), quarters_chart(site), reported_chart(contents))
    files = {chart.file_name: chart.csv for chart in charts if chart.groups}
    site = Site(contents=contents, sizes={name: len(content) for name, content in {**data, **files}.items()})
    files.update((page.name, rendered(site, page)) for kind in KINDS for page in kind(site))
    return {**files, STYLE: stylesheet()}


def is_of_site(name: str) -> bool:
    """Whether a file of a publication belongs to its site, by its name."""
    return name == STYLE or name.endswith(".html") or (name.startswith("chart-") and name.endswith(".csv"))
