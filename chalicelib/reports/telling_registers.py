"""Funds, organisations and variance codes in words."""

from __future__ import annotations

from chalicelib.domain.aggregates import State
from chalicelib.domain.funds import FundAmended, FundCreated, FundFact
from chalicelib.domain.organisations import OrganisationAmended, OrganisationCreated, OrganisationFact
from chalicelib.domain.variance_codes import VarianceCodeAdded, VarianceCodeFact, VarianceCodeRetired
from chalicelib.reports.before_after import Changed, Told, compared


def told(fact: FundFact | OrganisationFact | VarianceCodeFact, before: State | None) -> Told:
    """A fact of a register."""
    match fact:
        case FundCreated():
            return Told("Set up the fund.", compared(None, fact.fund))
        case FundAmended():
            return Told("Changed the fund's details.", compared(before, fact.fund))
        case OrganisationCreated():
            return Told("Made the organisation known.", compared(None, fact.organisation))
        case OrganisationAmended():
            return Told("Changed the organisation's details.", compared(before, fact.organisation))
        case VarianceCodeAdded():
            return Told(f"Added the variance code: {fact.code.words}")
        case VarianceCodeRetired():
            return Told("Retired the variance code.", (Changed(field="retired", before="no", after="yes"),))
