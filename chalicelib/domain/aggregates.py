"""Every kind of aggregate: its state, its facts, and the fold that leads from the one to the other.

A record is one fact with its circumstances. Folding a chain's records from nothing gives the aggregate's state;
heads, balances and standings are caches of that fold, and `chalicelib.services.verification` compares them.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain import (
    assets,
    claim_facts,
    disclosures,
    evidence,
    exports,
    funds,
    grants,
    imports,
    initiatives,
    organisations,
    profiles,
    publications,
    reminders,
    returns,
    suspense,
    variance_codes,
)
from chalicelib.domain.assets import Purchase, PurchaseFact
from chalicelib.domain.chain import Name
from chalicelib.domain.claim_facts import ClaimFact
from chalicelib.domain.claims import GrantClaims
from chalicelib.domain.disclosures import Disclosure, DisclosureFact
from chalicelib.domain.entries import Entry
from chalicelib.domain.evidence import Evidence, EvidenceFact
from chalicelib.domain.exports import Export, ExportFact
from chalicelib.domain.funds import Fund, FundFact
from chalicelib.domain.grants import Grant, GrantFact
from chalicelib.domain.imports import Import, ImportFact
from chalicelib.domain.initiatives import Initiative, InitiativeFact
from chalicelib.domain.organisations import Organisation, OrganisationFact
from chalicelib.domain.profiles import Profile, ProfileFact
from chalicelib.domain.publications import Publication, PublicationFact, Publications, PublicationsFact
from chalicelib.domain.reminders import Reminder, ReminderFact
from chalicelib.domain.returns import Return, ReturnFact
from chalicelib.domain.suspense import Suspended, SuspenseFact
from chalicelib.domain.values import Struct
from chalicelib.domain.variance_codes import VarianceCode, VarianceCodeFact

State = (
    Fund
    | Organisation
    | Grant
    | Initiative
    | Publication
    | Publications
    | Export
    | Evidence
    | Purchase
    | VarianceCode
    | Return
    | Reminder
    | GrantClaims
    | Profile
    | Import
    | Suspended
    | Disclosure
)
Fact = (
    FundFact
    | OrganisationFact
    | GrantFact
    | InitiativeFact
    | PublicationFact
    | PublicationsFact
    | ExportFact
    | EvidenceFact
    | PurchaseFact
    | VarianceCodeFact
    | ReturnFact
    | ReminderFact
    | ClaimFact
    | ProfileFact
    | ImportFact
    | SuspenseFact
    | DisclosureFact
)


class Record(Struct, frozen=True, kw_only=True):
    """A fact in its place: which chain and where, when and by whom it was recorded, and why."""

    name: Name
    seq: int
    at: datetime
    by: str
    reason: str
    fact: Fact

    @property
    def kind(self) -> str:
        """What happened, in one word: an entry's own kind, or the fact's."""
        return kind_of(self.fact)


def kind_of(fact: Fact) -> str:
    """A fact's kind as records name it."""
    return fact.kind.value if isinstance(fact, Entry) else fact.KIND


def apply(state: State | None, fact: Fact, seq: int) -> State:
    """The state after a fact, whatever kind of aggregate it is.

    Raises ValueError for a fact that does not belong to this kind of aggregate.
    """
    if isinstance(state, Grant | None) and isinstance(fact, GrantFact):
        return grants.apply(state, fact, seq)
    if isinstance(state, Initiative | None) and isinstance(fact, InitiativeFact):
        return initiatives.apply(state, fact, seq)
    if isinstance(state, Fund | None) and isinstance(fact, FundFact):
        return funds.apply(state, fact, seq)
    if isinstance(state, Organisation | None) and isinstance(fact, OrganisationFact):
        return organisations.apply(state, fact, seq)
    if isinstance(fact, PublicationFact | PublicationsFact):
        return _apply_publishing(state, fact, seq)
    return _apply_beside(state, fact, seq)


def _apply_publishing(state: State | None, fact: PublicationFact | PublicationsFact, seq: int) -> State:
    if isinstance(state, Publication | None) and isinstance(fact, PublicationFact):
        return publications.apply(state, fact, seq)
    if isinstance(state, Publications | None) and isinstance(fact, PublicationsFact):
        return publications.apply_office(state, fact, seq)
    raise _misplaced(state, fact)


def _apply_beside(state: State | None, fact: Fact, seq: int) -> State:
    if isinstance(state, Export | None) and isinstance(fact, ExportFact):
        return exports.apply(state, fact, seq)
    if isinstance(state, Evidence | None) and isinstance(fact, EvidenceFact):
        return evidence.apply(state, fact, seq)
    if isinstance(state, Purchase | None) and isinstance(fact, PurchaseFact):
        return assets.apply(state, fact, seq)
    if isinstance(state, GrantClaims | None) and isinstance(fact, ClaimFact):
        return claim_facts.apply(state, fact, seq)
    return _apply_reporting(state, fact, seq)


def _apply_reporting(state: State | None, fact: Fact, seq: int) -> State:
    if isinstance(state, VarianceCode | None) and isinstance(fact, VarianceCodeFact):
        return variance_codes.apply(state, fact, seq)
    if isinstance(state, Return | None) and isinstance(fact, ReturnFact):
        return returns.apply(state, fact, seq)
    if isinstance(state, Reminder | None) and isinstance(fact, ReminderFact):
        return reminders.apply(state, fact, seq)
    if isinstance(state, Disclosure | None) and isinstance(fact, DisclosureFact):
        return disclosures.apply(state, fact, seq)
    return _apply_importing(state, fact, seq)


def _apply_importing(state: State | None, fact: Fact, seq: int) -> State:
    if isinstance(state, Profile | None) and isinstance(fact, ProfileFact):
        return profiles.apply(state, fact, seq)
    if isinstance(state, Import | None) and isinstance(fact, ImportFact):
        return imports.apply(state, fact, seq)
    if isinstance(state, Suspended | None) and isinstance(fact, SuspenseFact):
        return suspense.apply(state, fact, seq)
    raise _misplaced(state, fact)


def _misplaced(state: State | None, fact: Fact) -> ValueError:
    return ValueError(f"a {kind_of(fact)} does not belong to {type(state).__name__}")
