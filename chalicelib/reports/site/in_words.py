"""The figures in plain sentences, worked out from the measures and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import FinancialYear, Quarter
from chalicelib.domain.quarter_states import PeriodState
from chalicelib.domain.summaries import Dimension
from chalicelib.domain.variations import Basis
from chalicelib.reports.contents import Contents, Line, awarded_lines
from chalicelib.reports.site.language import Language
from chalicelib.reports.site.pages import Site
from chalicelib.reports.site.tables import figure_of
from chalicelib.reports.words import marked, money

_SHARE = {Basis.EXACT: "", Basis.ROUNDED: "about ", Basis.LOWER_BOUND: "at most "}
"""What is known of a share of an award. The more there is of the award, the less is the share of it that was spent."""


def sentences(site: Site, language: Language) -> Iterator[str]:
    """The headline figures in sentences: what was awarded and spent, and this year and last beside the years before."""
    total = site.contents.total
    grants, funds = len(site.figures.by(Dimension.GRANT)), len(site.figures.by(Dimension.FUND))
    awarded = _figure("total.awarded", marked(total.figures["awarded"], total.basis("awarded")))
    yield language.say(
        "In {grants} from {funds}, {awarded} was awarded.",
        grants=language.count(grants, "{count} grant", "{count} grants"),
        funds=language.count(funds, "{count} fund", "{count} funds"),
        awarded=awarded,
    )
    yield _spent(total, language)
    waiting = total.figures["committed"] + total.figures["accrued"]
    of = figure_of(total, "committed", "accrued")
    yield language.say("{pence} is ordered or delivered and not yet paid.", pence=_figure(of, money(waiting)))
    yield from _years(site, language)


def _figure(figure: str, text: str) -> Markup:
    """An amount in a sentence, with the figure that it is: whoever checks the files holds it to that."""
    return Markup('<span data-figure="{}">{}</span>').format(figure, text)


def _spent(total: Line, language: Language) -> str:
    spent, awarded = total.figures["spent"], total.figures["awarded"]
    told = _figure("total.spent", money(spent))
    if awarded <= 0:
        return language.say("{spent} of it was spent.", spent=told)
    share = f"{_SHARE[total.basis('awarded')]}{share_of(spent, awarded)}"
    return language.say("{spent} of it was spent, which is {share} per cent.", spent=told, share=share)


def share_of(part: int, whole: int) -> str:
    """A share in per cent to one decimal, half of one rounded up: `27.2`."""
    tenths = (part * 2_000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}" if tenths >= 0 else f"-{-tenths // 10}.{-tenths % 10}"


def _years(site: Site, language: Language) -> Iterator[str]:
    """The last whole financial year beside the one before it, and the present one so far."""
    this = FinancialYear.of(site.contents.publication.on)
    last = FinancialYear(this.start - 1)
    now, then, before = (_spent_in(site, year) for year in (this, last, FinancialYear(last.start - 1)))
    compared = "more than" if then > before else "less than"
    if then == before:
        yield language.say("In {year}, {spent} was spent, as much as in the year before.", year=last, spent=_in_year(last, then))
    else:
        yield language.say(
            f"In {{year}}, {{spent}} was spent: {{by}} {compared} in the year before.",
            year=last,
            spent=_in_year(last, then),
            by=money(abs(then - before)),
        )
    yield language.say("In {year}, {spent} has been spent so far.", year=this, spent=_in_year(this, now))


def _in_year(year: FinancialYear, spent: int) -> Markup:
    return _figure(f"spent of financial_year={year}", money(spent))


def _spent_in(site: Site, year: FinancialYear) -> int:
    line = site.figures.by(Dimension.FINANCIAL_YEAR).get(str(year))
    return line.figures["spent"] if line else 0


def coverage(contents: Contents, language: Language) -> Iterator[str]:
    """How complete the figures are: how many quarters of grants that are over were closed, and how many partners have reported."""
    over = [(grant, quarter) for grant in contents.grants.values() if awarded_lines(grant) for quarter in _over(contents, grant)]
    closed = sum(1 for grant, quarter in over if _closed(grant, quarter))
    yield language.say("Quarters of grants that are over: {over}.", over=len(over))
    yield language.say("Closed so far: {closed}; figures of the others may still change.", closed=closed)
    if told := contents.partners:
        has = "have" if told.partners > 1 else "has"
        yield language.say(
            f"{{reported}} of {{partners}} {has} reported on {{quarter}}.",
            reported=told.reported,
            partners=language.count(told.partners, "{count} partner", "{count} partners"),
            quarter=Quarter.parse(told.quarter).words,
        )


def _over(contents: Contents, grant: Grant) -> Iterator[Quarter]:
    quarter = Quarter.of(grant.starts)
    while quarter.last_day < contents.publication.on and quarter.first_day <= grant.ends:
        yield quarter
        quarter = quarter.next()


def _closed(grant: Grant, quarter: Quarter) -> bool:
    period = grant.periods.get(str(quarter))
    return period is not None and period.state is PeriodState.CLOSED
