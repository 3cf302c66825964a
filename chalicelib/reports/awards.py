"""How each award came about: what was first accepted, what approved variations changed, and what is awarded now."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.values import Struct
from chalicelib.domain.variations import AwardLine, Variation, VariationState
from chalicelib.reports.contents import Contents


class LineHistory(Struct, frozen=True, kw_only=True):
    """An award line as it is now, and what of it approved variations brought or took away, in pence."""

    line: AwardLine
    change_pence: int

    @property
    def accepted_pence(self) -> int:
        """The line as it was first accepted; nothing, where a variation brought it in."""
        return self.line.awarded_pence - self.change_pence


class Award(Struct, frozen=True, kw_only=True):
    """A grant's award: its lines, and the approved variations in the order of their notices."""

    grant: Grant
    lines: tuple[LineHistory, ...]
    variations: tuple[Variation, ...]

    @property
    def accepted_pence(self) -> int:
        """The award as it was first accepted."""
        return sum(each.accepted_pence for each in self.lines)

    @property
    def change_pence(self) -> int:
        """What all approved variations together brought or took away."""
        return sum(each.change_pence for each in self.lines)


def awards(contents: Contents) -> tuple[Award, ...]:
    """Every award that was accepted, by the grant's id."""
    grants = (contents.grants[grant_id] for grant_id in sorted(contents.grants))
    return tuple(_award(grant) for grant in grants if grant.state not in (GrantState.OFFERED, GrantState.DECLINED))


def _award(grant: Grant) -> Award:
    approved = sorted(_approved(grant), key=lambda each: (each.dated, each.id))
    changes: dict[tuple[str, str], int] = {}
    for variation in approved:
        for change in variation.changes:
            at = (change.financial_year, change.nature)
            changes[at] = changes.get(at, 0) + change.change_pence
    lines = tuple(LineHistory(line=line, change_pence=changes.get((line.financial_year, line.nature), 0)) for line in grant.lines)
    return Award(grant=grant, lines=lines, variations=tuple(approved))


def _approved(grant: Grant) -> Iterator[Variation]:
    return (each for each in grant.variations if each.state is VariationState.APPROVED)
