"""Variations: dated, reasoned changes to a grant's award lines or dates. Approving one changes the budget."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.cells import Nature
from chalicelib.domain.matters import Override
from chalicelib.domain.periods import FinancialYear
from chalicelib.domain.values import Struct


class Basis(StrEnum):
    """How firmly a published amount is known."""

    EXACT = "exact"
    ROUNDED = "rounded"
    LOWER_BOUND = "lower_bound"


class AwardLine(Struct, frozen=True, kw_only=True):
    """An amount for one financial year and one nature, in pence, with what is allocated and used of it."""

    financial_year: str
    nature: Nature
    awarded_pence: int
    basis: Basis = Basis.EXACT
    note: str = ""
    allocated_pence: int = 0
    used_pence: int = 0

    def __post_init__(self) -> None:
        FinancialYear.parse(self.financial_year)


class VariationKind(StrEnum):
    """What a variation does."""

    TOP_UP = "top_up"
    REDUCTION = "reduction"
    EXTENSION = "extension"
    RE_PROFILE = "re_profile"


class VariationState(StrEnum):
    """Whether a variation was decided."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"


class LineChange(Struct, frozen=True, kw_only=True):
    """What a variation adds to one award line, in pence; negative takes away."""

    financial_year: str
    nature: Nature
    change_pence: int


class Budget(Struct, frozen=True, kw_only=True):
    """A grant's award lines and last day: what a variation is measured by, before and after."""

    lines: tuple[AwardLine, ...]
    ends: date


class Variation(Struct, frozen=True, kw_only=True):
    """A variation, and once approved the budget before and after it.

    `dated` is the date of the Home Office's notice; `ends` is the grant's new last day, where it changes.
    A grant's state keeps its variations without those budgets: `decided_in` is the record that holds them, `requested_in`
    the one that asked.
    """

    id: int
    kind: VariationKind
    dated: date
    reason: str
    notice_reference: str
    changes: tuple[LineChange, ...]
    ends: date | None
    requested_by: str
    state: VariationState = VariationState.REQUESTED
    decided_by: str | None = None
    before: Budget | None = None
    after: Budget | None = None
    override: Override | None = None
    requested_in: int | None = None
    decided_in: int | None = None

    def touches(self, other: Variation) -> bool:
        """Whether both change the same award line, or both the grant's last day."""
        lines = {(line.financial_year, line.nature) for line in self.changes}
        return any((line.financial_year, line.nature) in lines for line in other.changes) or None not in (self.ends, other.ends)


class VariationRequested(Struct, frozen=True, kw_only=True):
    """Somebody asked for a variation."""

    KIND: ClassVar = "variation_requested"

    variation: Variation


class VariationDecided(Struct, frozen=True, kw_only=True):
    """A second person approved or rejected a variation."""

    KIND: ClassVar = "variation_decided"

    variation: Variation
