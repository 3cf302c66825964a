"""What a benchmark found, and the table that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.measuring import Pair

_COLUMNS = ("benchmark", "what", "ours", "conventional", "ours / conv.", "required", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing measured both ways. `at_most` is the most that ours may be of the conventional figure, where that is required."""

    benchmark: str
    what: str
    ours: float
    theirs: float
    unit: str
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        """Ours in terms of the conventional figure: below 1 is less."""
        return self.ours / self.theirs if self.theirs else float("inf")

    @property
    def missed(self) -> bool:
        """Whether a requirement was not met."""
        return self.at_most is not None and self.ratio > self.at_most


def times(benchmark: str, what: str, pair: Pair, *, cpu_at_most: float | None = None) -> tuple[Figure, Figure]:
    """A pair of costs as two figures in milliseconds: CPU, which may be required to be so low, and by the clock."""
    ours, theirs = pair.ours, pair.theirs
    return (
        Figure(benchmark=benchmark, what=f"{what}, CPU", ours=ours.cpu * 1e3, theirs=theirs.cpu * 1e3, unit="ms", at_most=cpu_at_most),
        Figure(benchmark=benchmark, what=f"{what}, clock", ours=ours.wall * 1e3, theirs=theirs.wall * 1e3, unit="ms"),
    )


def said(figure: Figure) -> str:
    """One figure by itself."""
    return "  ".join(filter(None, _row(figure)))


def table(figures: Iterable[Figure]) -> str:
    """The figures, one a line, in columns."""
    rows = [_COLUMNS, *(_row(figure) for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_COLUMNS))]
    return "\n".join(_aligned(row, widths) for row in rows)


def _row(figure: Figure) -> tuple[str, ...]:
    required = "" if figure.at_most is None else f"<= {figure.at_most:g}"
    verdict = "" if figure.at_most is None else "MISSED" if figure.missed else "met"
    ours, theirs = (f"{_number(value)} {figure.unit}" for value in (figure.ours, figure.theirs))
    return figure.benchmark, figure.what, ours, theirs, _share(figure.ratio), required, verdict


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def _share(ratio: float) -> str:
    return f"{ratio:.3f} (1/{1 / ratio:.1f})" if 0 < ratio < 0.5 else f"{ratio:.2f}"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first = (cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True))
    rest = (cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))
    return "  ".join((*first, *rest)).rstrip()
