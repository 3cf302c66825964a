"""Pages into HTML with Jinja2: every value is escaped, and one that is missing is an error."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chalicelib.reports.giving import LICENCE
from chalicelib.reports.site.language import ENGLISH
from chalicelib.reports.site.pages import Link, Page, Site

TEMPLATES = Path(__file__).parent / "templates"
NAME = "Safer streets grants"

FEED, LATEST = "../../feed.atom", "../../latest"
"""Where the office's feed and its word on which publication is the latest stand, beside the folder of all publications."""

MENU = (
    Link(href="index.html", text="Overview"),
    Link(href="grants.html", text="Funds and grants"),
    Link(href="initiatives.html", text="What it pays for"),
    Link(href="places.html", text="Places"),
    Link(href="partners.html", text="Who leads and delivers"),
    Link(href="grants-made.html", text="Grants made"),
    Link(href="spending-over-500.html", text="Spending over £500"),
    Link(href="periods.html", text="Years and quarters"),
    Link(href="changes.html", text="What changed"),
    Link(href="publications.html", text="All publications"),
    Link(href="downloads.html", text="Downloads"),
    Link(href="checking.html", text="Check the figures"),
    Link(href="how-to-read.html", text="How to read this"),
)


def rendered(site: Site, page: Page) -> bytes:
    """A page as a file."""
    contents, language = site.contents, page.language
    say, made_on = language.say, language.day(contents.publication.on)
    title = Markup.escape(f"{page.title} ({page.named})") if page.named else say(page.title)
    name = Markup("") if page.name == "index.html" else Markup(" - ") + say(NAME)
    html = (
        _environment()
        .get_template(page.template)
        .render(
            page=page,
            t=say,
            menu=MENU,
            office=contents.office,
            licence=LICENCE,
            feed=FEED,
            latest=LATEST,
            note=contents.note,
            publication=contents.publication,
            made_on=made_on,
            head_title=title + name + Markup(", ") + made_on + Markup(" - ") + contents.office,
            records=f"{sum(at.seq for at in contents.heads.values()):,}",
            in_english=Markup("") if language is ENGLISH else Markup(' hreflang="en-GB"'),
            **page.values,
        )
    )
    return html.encode()


@cache
def _environment() -> Environment:
    """The templates, each compiled once a process."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
