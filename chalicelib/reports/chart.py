"""The one chart: three bars for each fund. Widths are per cent and heights follow the text, so it fits any screen and type size."""

from __future__ import annotations

from itertools import accumulate

from chalicelib.reports.contents import Contents, Line
from chalicelib.reports.html import Markup, element, joined
from chalicelib.reports.words import marked, money

CHART_TITLE = "Awarded, committed and accrued, and spent, by fund"

# In ems: a line of text, a bar with the room round it, and the room after a fund.
_LINE = 1.35
_BAR = 1.1
_ROOM = 1.0


def chart(contents: Contents) -> Markup:
    """Awarded, committed and accrued, and spent, by fund. The same figures stand in the table by fund."""
    lines = contents.tables[0].lines
    longest = max((pence for line in lines for _, _, pence, _ in _bars(line)), default=0) or 1
    tops = list(accumulate((_height(line) + _ROOM for line in lines), initial=0.0))
    blocks = (_block(line, top, longest) for line, top in zip(lines, tops, strict=False))
    title = element("title", CHART_TITLE, id="chart-title")
    description = element("desc", _in_words(lines), id="chart-description")
    return element(
        "svg",
        title,
        description,
        _PATTERN,
        *blocks,
        role="img",
        aria_labelledby="chart-title",
        aria_describedby="chart-description",
        width="100%",
        height=_em(tops[-1]),
    )


def _bars(line: Line) -> tuple[tuple[str, str, int, str], ...]:
    figures = line.figures
    pending = figures["committed"] + figures["accrued"]
    return (
        ("awarded", "Awarded", figures["awarded"], marked(figures["awarded"], line.basis("awarded"))),
        ("pending", "Committed and accrued", pending, money(pending)),
        ("spent", "Spent", figures["spent"], money(figures["spent"])),
    )


def _height(line: Line) -> float:
    return _LINE + sum(_row_height(pence) for _, _, pence, _ in _bars(line))


def _row_height(pence: int) -> float:
    """A bar with its words; of nothing there is no bar, and no room for one."""
    return _LINE + _BAR if pence > 0 else _LINE


def _block(line: Line, top: float, longest: int) -> Markup:
    axis = element("line", x1="1", x2="1", y1=_em(top + _LINE), y2=_em(top + _height(line)), class_="axis")
    drawn = [element("text", line.name, y=_em(top + 1), class_="fund"), axis]
    y = top + _LINE
    for kind, label, pence, words in _bars(line):
        drawn.append(element("text", f"{label} {words}", x="8", y=_em(y + 0.95)))
        if pence > 0:
            width = f"{pence * 9_800 // longest / 100:.2f}%"
            drawn.append(element("rect", x="1", y=_em(y + _LINE), width=width, height=_em(0.7), class_=kind))
        y += _row_height(pence)
    return joined(*drawn)


def _in_words(lines: tuple[Line, ...]) -> str:
    return " ".join(f"{line.name}: " + "; ".join(f"{label.lower()} {words}" for _, label, _, words in _bars(line)) + "." for line in lines)


def _em(size: float) -> str:
    return f"{size:.2f}em"


_PATTERN = element(
    "defs",
    element(
        "pattern",
        element("path", d="M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6", stroke="#1d70b8", stroke_width="3"),
        id="hatched",
        width="8",
        height="8",
        patternUnits="userSpaceOnUse",
    ),
)
