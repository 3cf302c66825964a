"""What the ledger's rules refuse, with the figures that say why."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.errors import Conflict, Refused
from chalicelib.domain.money import pounds


class DateOutsidePeriod(Refused):
    """The date is outside the grant's period."""

    grant_id: str
    on: date
    starts: date
    ends: date

    @property
    def detail(self) -> str:
        return f"{self.on} is outside the period of {self.grant_id}, which runs from {self.starts} to {self.ends}."


class NoAwardLine(Refused):
    """The grant has no award line for this financial year and nature."""

    grant_id: str
    financial_year: str
    nature: str
    lines: tuple[str, ...]

    @property
    def detail(self) -> str:
        return (
            f"{self.grant_id} has no award line for {self.financial_year} {self.nature}; "
            f"it has {', '.join(self.lines) or 'none'}. Money does not move between financial years by itself."
        )


class AllocationExhausted(Conflict):
    """The allocation does not have enough money left."""

    grant_id: str
    initiative_id: str
    financial_year: str
    nature: str
    available_pence: int
    requested_pence: int

    @property
    def shortfall_pence(self) -> int:
        """How much more would be needed."""
        return self.requested_pence - self.available_pence

    @property
    def members(self) -> dict[str, object]:
        return {**super().members, "shortfall_pence": self.shortfall_pence}

    @property
    def detail(self) -> str:
        return (
            f"{self.initiative_id} has {pounds(self.available_pence)} of {self.grant_id} left for "
            f"{self.financial_year} {self.nature}; {pounds(self.requested_pence)} was asked for, "
            f"{pounds(self.shortfall_pence)} too much."
        )


class AwardExhausted(Conflict):
    """The award line does not have enough money left."""

    grant_id: str
    financial_year: str
    nature: str
    available_pence: int
    requested_pence: int

    @property
    def shortfall_pence(self) -> int:
        """How much more would be needed."""
        return self.requested_pence - self.available_pence

    @property
    def members(self) -> dict[str, object]:
        return {**super().members, "shortfall_pence": self.shortfall_pence}

    @property
    def detail(self) -> str:
        return (
            f"{self.grant_id} has {pounds(self.available_pence)} left on its award line for {self.financial_year} "
            f"{self.nature}; {pounds(self.requested_pence)} was asked for, {pounds(self.shortfall_pence)} too much."
        )


class MoreThanSpent(Conflict):
    """More would come back than was spent."""

    grant_id: str
    initiative_id: str
    financial_year: str
    nature: str
    spent_pence: int
    given_back_pence: int

    @property
    def detail(self) -> str:
        return (
            f"{self.initiative_id} has spent {pounds(self.spent_pence)} of {self.grant_id} for {self.financial_year} "
            f"{self.nature}; {pounds(self.given_back_pence)} cannot come back. Money that comes back for another year is a "
            "refund that names the payment."
        )


class ReductionBelowUse(Conflict):
    """The reduction takes away money that is already committed, accrued or paid."""

    grant_id: str
    financial_year: str
    nature: str
    reduced_to_pence: int
    used_pence: int

    @property
    def short_by_pence(self) -> int:
        """How far the reduced line would lie below what is used."""
        return self.used_pence - self.reduced_to_pence

    @property
    def members(self) -> dict[str, object]:
        return {**super().members, "short_by_pence": self.short_by_pence}

    @property
    def detail(self) -> str:
        return (
            f"{pounds(self.used_pence)} of {self.grant_id} for {self.financial_year} {self.nature} is already "
            f"committed, accrued or paid: {pounds(self.reduced_to_pence)} would be {pounds(self.short_by_pence)} short."
        )


class AwardAboveCeiling(Refused):
    """The award is above the fund's ceiling for the year."""

    fund_id: str
    financial_year: str
    ceiling_pence: int
    requested_pence: int

    @property
    def detail(self) -> str:
        return (
            f"{self.fund_id} awards at most {pounds(self.ceiling_pence)} a grant for {self.financial_year}; "
            f"{pounds(self.requested_pence)} is {pounds(self.requested_pence - self.ceiling_pence)} too much."
        )


class MatchRequired(Refused):
    """The fund requires match and the grant promises less."""

    fund_id: str
    required_pence: int
    promised_pence: int

    @property
    def detail(self) -> str:
        return (
            f"{self.fund_id} requires match of {pounds(self.required_pence)} for this award; "
            f"the grant's own requirement comes to {pounds(self.promised_pence)}."
        )


class MoneyMayNotMove(Refused):
    """Money may not move between financial years in this fund."""

    fund_id: str

    @property
    def detail(self) -> str:
        return f"{self.fund_id} does not let money move between financial years; no year may gain what another loses."


class VariationUnbalanced(Refused):
    """The variation's lines do not fit its kind."""

    kind: str
    change_pence: int

    @property
    def detail(self) -> str:
        right = {"top_up": "raise the award", "reduction": "lower the award"}.get(self.kind, "leave the total unchanged")
        return f"A {self.kind.replace('_', '-')} must {right}; these lines change it by {pounds(self.change_pence)}."
