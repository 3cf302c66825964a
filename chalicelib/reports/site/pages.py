"""What every page of the site is made of: its name, its title, its template and the values that the template shows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from chalicelib.domain.initiatives import Category
from chalicelib.domain.values import Struct, field
from chalicelib.reports.awards import Award, awards
from chalicelib.reports.changes import Compared
from chalicelib.reports.contents import Contents
from chalicelib.reports.initiatives import Told, told_by_id
from chalicelib.reports.site.figures import Figures
from chalicelib.reports.site.language import ENGLISH, Language


class Link(Struct, frozen=True, kw_only=True):
    """Where a link leads, and what it says."""

    href: str
    text: str


class Page(Struct, frozen=True, kw_only=True):
    """One page. `menu` is the page of the menu it belongs to, `trail` what stands above it, `twins` itself in other languages.

    `named` says what its title is the name of, as two things may have one name: `initiative 3`. Other titles are messages.
    """

    name: str
    title: str
    template: str
    menu: str
    values: Mapping[str, object] = field(default_factory=dict)
    named: str = ""
    trail: tuple[Link, ...] = ()
    language: Language = ENGLISH
    twins: tuple[tuple[Language, str], ...] = ()


class Site(Struct, frozen=True, kw_only=True, dict=True):
    """A publication as its pages see it: the contents, the data files' sizes in bytes by name, and what has changed, if it is known."""

    contents: Contents
    sizes: Mapping[str, int]
    compared: Compared | None = None

    @cached_property
    def figures(self) -> Figures:
        """The contents' sums."""
        return Figures(self.contents)

    @cached_property
    def initiatives(self) -> Mapping[str, Told]:
        """The initiatives with money, by id, in the order in which they are shown."""
        return told_by_id(self.contents)

    @cached_property
    def awards(self) -> Mapping[str, Award]:
        """How each award came about, by grant."""
        return {award.grant.id: award for award in awards(self.contents)}

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {initiative_id: number for number, initiative_id in enumerate(self.initiatives, 1)}

    def initiative_page(self, initiative_id: str) -> str:
        """An initiative's page. Its id would tell its title, which may be withheld, so it goes by its place in the list."""
        return f"initiative-{self._numbers[initiative_id]}.html"


def fund_page(fund_id: str) -> str:
    """A fund's page."""
    return f"fund-{fund_id}.html"


def grant_page(grant_id: str) -> str:
    """A grant's page."""
    return f"grant-{grant_id}.html"


def category_page(category: Category | str) -> str:
    """A category's page."""
    return f"category-{category.replace('_', '-')}.html"
