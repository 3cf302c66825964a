"""Every kind of fact in words: what was done, as whoever did it would say it, with what was there before and after.

`Paid £1,200.00 to Lamps Ltd (invoice 1041) for lighting, dated 1 November 2023.` A new kind of fact that has no words
here does not pass the type check.
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.domain.aggregates import Fact, Record, State
from chalicelib.domain.assets import AssetAmended, PurchaseFact
from chalicelib.domain.claim_facts import (
    ClaimAnswered,
    ClaimCertified,
    ClaimQueried,
    ClaimRedrafted,
    ClaimReviewed,
    ClaimSettled,
    ClaimStep,
    ClaimSubmitted,
    ClaimWithdrawn,
    WordingSet,
)
from chalicelib.domain.disclosures import DisclosureFact, ParticularsStated, ParticularWithheld, WithholdingLifted
from chalicelib.domain.entries import Entry
from chalicelib.domain.evidence import EvidenceFact
from chalicelib.domain.exports import ExportFact
from chalicelib.domain.funds import FundAmended, FundFact
from chalicelib.domain.grants import GrantAmended, GrantFact, GrantMoved
from chalicelib.domain.imports import ImportFact
from chalicelib.domain.initiatives import InitiativeAmended, InitiativeFact, InitiativeMoved
from chalicelib.domain.organisations import OrganisationAmended, OrganisationFact
from chalicelib.domain.payment_status import PaymentsPaid
from chalicelib.domain.profiles import ProfileFact
from chalicelib.domain.publications import PublicationFact, PublicationsFact
from chalicelib.domain.reminders import ReminderFact
from chalicelib.domain.returns import ReturnDrafted, ReturnReviewed, ReturnStep, ReturnSubmitted
from chalicelib.domain.rules import RulesSet
from chalicelib.domain.suspense import SuspenseFact
from chalicelib.domain.variance_codes import VarianceCodeFact
from chalicelib.reports import (
    telling_claims,
    telling_delivery,
    telling_disclosures,
    telling_files,
    telling_grants,
    telling_imports,
    telling_money,
    telling_registers,
    telling_rules,
)
from chalicelib.reports.before_after import Told
from chalicelib.reports.telling_rules import RuleFact

_AFTER_SOMETHING = (
    FundAmended,
    OrganisationAmended,
    GrantAmended,
    GrantMoved,
    InitiativeAmended,
    InitiativeMoved,
    AssetAmended,
    ReturnDrafted,
    ReturnSubmitted,
    ReturnReviewed,
    RulesSet,
    ClaimRedrafted,
    ClaimReviewed,
    ClaimCertified,
    ClaimSubmitted,
    ClaimSettled,
    ClaimQueried,
    ClaimAnswered,
    ClaimWithdrawn,
    WordingSet,
    ParticularsStated,
    ParticularWithheld,
    WithholdingLifted,
)


class Happened(NamedTuple):
    """A record, and what it says in words."""

    record: Record
    told: Told


def needs_before(fact: Fact) -> bool:
    """Whether the words of a fact need the state before it. All others say by themselves what they change."""
    return isinstance(fact, _AFTER_SOMETHING)


def told(fact: Fact, before: State | None) -> Told:
    """A fact in words. `before` is the state that it changed; where `needs_before` says no, None will do."""
    if isinstance(fact, GrantFact):
        return _of_grant(fact, before)
    if isinstance(fact, FundFact | OrganisationFact | VarianceCodeFact):
        return telling_registers.told(fact, before)
    if isinstance(fact, InitiativeFact | ReturnStep | ReminderFact):
        return telling_delivery.told(fact, before)
    if isinstance(fact, PublicationFact | PublicationsFact | ExportFact | EvidenceFact | PurchaseFact):
        return telling_files.told(fact, before)
    return _beside(fact, before)


def _beside(fact: ClaimStep | WordingSet | DisclosureFact | ProfileFact | ImportFact | SuspenseFact, before: State | None) -> Told:
    if isinstance(fact, ProfileFact | ImportFact | SuspenseFact):
        return telling_imports.told(fact)
    if isinstance(fact, DisclosureFact):
        return telling_disclosures.told(fact, before)
    return telling_claims.told(fact, before)


def _of_grant(fact: GrantFact, before: State | None) -> Told:
    if isinstance(fact, Entry | PaymentsPaid):
        return telling_money.told(fact)
    if isinstance(fact, RuleFact):
        return telling_rules.told(fact, before)
    return telling_grants.told(fact, before)
