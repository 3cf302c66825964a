"""The sums that pages show: each grouping is summed once, however many pages show a part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalicelib.domain.initiatives import Category
from chalicelib.domain.periods import Quarter
from chalicelib.domain.summaries import Dimension, summarise
from chalicelib.reports.contents import NO_INITIATIVE, OF_INITIATIVES, Contents, Line, alike, bases_by
from chalicelib.reports.words import WITHHELD

_OF_INITIATIVES = {Dimension.INITIATIVE, Dimension.CATEGORY, Dimension.PARTNER}


class Figures:
    """The measures of a publication in any grouping, as lines whose names may be published."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._within: dict[tuple[Dimension, Dimension], Mapping[str, tuple[Line, ...]]] = {}
        self._by: dict[Dimension, Mapping[str, Line]] = {}

    def by(self, dimension: Dimension) -> Mapping[str, Line]:
        """A line for each group, by its id; money that belongs to none is left out."""
        if dimension not in self._by:
            self._by[dimension] = {line.id: line for _, line in self._lines((dimension,)) if line.id}
        return self._by[dimension]

    def within(self, whole: Dimension, by: Dimension) -> Mapping[str, tuple[Line, ...]]:
        """The lines by one dimension of each group of another, by the latter's id: `within(FUND, FINANCIAL_YEAR)["ssf-4"]`.

        What belongs to no group comes last, and only where it says anything.
        """
        if (whole, by) not in self._within:
            found: dict[str, list[Line]] = {}
            for (of, _), line in self._lines((whole, by)):
                if of is not None:
                    found.setdefault(of, []).extend((line,) if line.id or _says_anything(line) else ())
            self._within[whole, by] = {of: tuple(lines) for of, lines in found.items()}
        return self._within[whole, by]

    def _lines(self, by: tuple[Dimension, ...]) -> list[tuple[tuple[str | None, ...], Line]]:
        contents = self._contents
        bases = bases_by(contents, by, {})
        found = []
        for row in summarise(contents.balances(), contents.directory, by, {}).rows:
            group = tuple(row.group[dimension] for dimension in by)
            name = self._name(by[-1], group[-1])
            figures = row.measures
            if _OF_INITIATIVES & set(by):
                figures = {measure: figures[measure] for measure in OF_INITIATIVES}
            of = alike(dict(zip(by, map(self._in_public, by, group), strict=True)))
            found.append((group, Line(id=group[-1] or "", name=name, bases=bases.get(group, {}), figures=figures, of=of)))
        return found

    def _in_public(self, dimension: Dimension, value: str | None) -> str | None:
        """What entries.json calls it: an initiative's own id would tell its title."""
        return self._contents.first_entries[value] if value and dimension is Dimension.INITIATIVE else value

    def _name(self, dimension: Dimension, value: str | None) -> str:
        if value is None:
            return NO_INITIATIVE
        return _NAMES[dimension](self._contents, value) if dimension in _NAMES else value


def _title(contents: Contents, initiative_id: str) -> str:
    held = contents.initiatives[initiative_id]
    return held.title if held.may_publish("title") else WITHHELD


_NAMES: Mapping[Dimension, Callable[[Contents, str], str]] = {
    Dimension.FUND: lambda contents, fund_id: contents.funds[fund_id].title,
    Dimension.GRANT: lambda contents, grant_id: contents.grants[grant_id].title,
    Dimension.CATEGORY: lambda _contents, category: Category(category).words,
    Dimension.INITIATIVE: _title,
    Dimension.QUARTER: lambda _contents, quarter: Quarter.parse(quarter).words,
}


def _says_anything(line: Line) -> bool:
    return any(line.figures.values())
