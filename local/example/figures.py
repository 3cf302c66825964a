"""The published figures, row by row: the only place where the example's amounts come from."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from chalicelib.domain.cells import Nature
from chalicelib.domain.money import parse_pounds
from chalicelib.domain.variations import Basis

FIGURES = Path(__file__).with_name("published_figures.csv")

# What a row says about its own amount, wherever it says that the amount is not exact.
_INEXACT = (
    ("lower bound", Basis.LOWER_BOUND),
    ("'over £", Basis.LOWER_BOUND),
    ("'more than", Basis.LOWER_BOUND),
    ("rounded", Basis.ROUNDED),
    ("almost", Basis.ROUNDED),
    ("just over", Basis.ROUNDED),
)


class NoSuchFigure(LookupError):
    """Not exactly one published row is meant; the message says which ones there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One published row: whose money, what for, how much in pence, and where it was published."""

    fund: str
    body: str
    project: str
    category: str
    amount_pence: int
    nature: Nature
    period: str
    source: str

    @property
    def basis(self) -> Basis:
        """How firmly the amount is known, as the row's own words say."""
        return next((basis for words, basis in _INEXACT if words in self.project), Basis.EXACT)

    @property
    def note(self) -> str | None:
        """What the row says about its amount, where the amount is not exact."""
        return None if self.basis is Basis.EXACT else self.project


class Figures:
    """All published rows, found by `fund round | force or body | how the project begins`."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._figures = tuple(_figure(row) for row in rows)

    @classmethod
    def published(cls) -> Figures:
        """The rows of published_figures.csv."""
        with FIGURES.open(encoding="utf-8", newline="") as file:
            return cls(csv.DictReader(file))

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._figures)

    def __getitem__(self, named: str) -> Figure:
        """The one row that is meant. Raises NoSuchFigure where there is none, or more than one."""
        fund, body, project = (part.strip() for part in named.split("|"))
        of_body = [figure for figure in self._figures if (figure.fund, figure.body) == (fund, body)]
        found = [figure for figure in of_body if figure.project.startswith(project)]
        if len(found) != 1:
            there = "; ".join(figure.project for figure in of_body) or "none"
            raise NoSuchFigure(f"{len(found)} published rows are {named!r}. Of {fund} and {body} there are: {there}.")
        return found[0]


def _figure(row: Mapping[str, str]) -> Figure:
    return Figure(
        fund=f"{row['fund']} {row['round']}",
        body=row["force_or_body"],
        project=row["project"],
        category=row["category"],
        amount_pence=parse_pounds(row["amount_gbp"]),
        nature=Nature(row["capital_or_revenue"].replace(" ", "_")),
        period=row["period"],
        source=row["source"],
    )
