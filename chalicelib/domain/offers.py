"""Offers: what a fund's rules and plain sense ask of a grant before it is taken in."""

from __future__ import annotations

from chalicelib.domain.cells import Nature
from chalicelib.domain.errors import Contradictory, FieldError
from chalicelib.domain.funds import Fund, MatchRequirement
from chalicelib.domain.grants import Grant, GrantOffered
from chalicelib.domain.organisations import police_force_area_problem
from chalicelib.domain.periods import FinancialYear
from chalicelib.domain.refusals import AwardAboveCeiling, MatchRequired
from chalicelib.domain.rules import over
from chalicelib.domain.values import replace
from chalicelib.domain.variations import AwardLine


def offer(grant: Grant, fund: Fund) -> GrantOffered:
    """Take in an offered grant.

    Raises Contradictory (dates or lines out of order), AwardAboveCeiling, MatchRequired.
    """
    if errors := _problems(grant):
        raise Contradictory(errors)
    check_rules(fund, grant.lines, grant.match)
    return GrantOffered(grant=replace(grant, rules=over(grant.rules, fund.rules.for_grants)))


def _problems(grant: Grant) -> tuple[FieldError, ...]:
    errors: list[FieldError] = []
    if grant.ends < grant.starts:
        errors.append(FieldError("/ends", f"{grant.ends} is before the start on {grant.starts}"))
    if problem := police_force_area_problem(grant.force_area):
        errors.append(FieldError("/force_area", problem))
    if not grant.lines:
        errors.append(FieldError("/lines", "must have at least one award line"))
    seen: set[tuple[str, Nature]] = set()
    for place, line in enumerate(grant.lines):
        year = FinancialYear.parse(line.financial_year)
        if year.last_day < grant.starts or year.first_day > grant.ends:
            why = f"{year} has no day in the grant's period, {grant.starts} to {grant.ends}"
            errors.append(FieldError(f"/lines/{place}/financial_year", why))
        if (line.financial_year, line.nature) in seen:
            errors.append(FieldError(f"/lines/{place}", f"there are two lines for {line.financial_year} {line.nature}"))
        seen.add((line.financial_year, line.nature))
        if line.awarded_pence < 0:
            errors.append(FieldError(f"/lines/{place}/awarded_pence", f"must be nothing or more, not {line.awarded_pence}"))
    return tuple(errors)


def check_rules(fund: Fund, lines: tuple[AwardLine, ...], match: MatchRequirement | None, rising: frozenset[str] | None = None) -> None:
    """Hold a budget against its fund's rules: the ceilings of the years that rise (None: of all), and the match.

    Raises AwardAboveCeiling, MatchRequired.
    """
    by_year: dict[str, int] = {}
    for line in lines:
        by_year[line.financial_year] = by_year.get(line.financial_year, 0) + line.awarded_pence
    for year, ceiling in fund.rules.award_ceilings.items():
        if by_year.get(year, 0) > ceiling and (rising is None or year in rising):
            raise AwardAboveCeiling(fund_id=fund.id, financial_year=year, ceiling_pence=ceiling, requested_pence=by_year[year])
    if fund.rules.match is not None:
        total = sum(by_year.values())
        required = fund.rules.match.required_pence(total)
        promised = match.required_pence(total) if match else 0
        if promised < required:
            raise MatchRequired(fund_id=fund.id, required_pence=required, promised_pence=promised)
