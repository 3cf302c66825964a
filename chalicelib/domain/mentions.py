"""Mentions: what a record says of other aggregates. They are there, and their chains had come so far at least.

An aggregate whose head was taken away is on no list. Whatever mentions it still says that it was there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.domain.aggregates import Fact
from chalicelib.domain.agreements import AgreementDrawn
from chalicelib.domain.assets import Asset, AssetAmended, AssetRegistered
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claim_facts import ClaimDrafted, ClaimRedrafted, ClaimSettled, ClaimSubmitted, WordingSet
from chalicelib.domain.claims import Draft
from chalicelib.domain.disclosures import ParticularsStated, ParticularWithheld, WithholdingLifted
from chalicelib.domain.entries import Entry, parse_entry_id
from chalicelib.domain.evidence import Evidence, EvidenceRequested, SubjectKind
from chalicelib.domain.exports import Export, ExportBegun, ExportMade
from chalicelib.domain.grants import GrantOffered
from chalicelib.domain.imports import ImportAnnounced, ImportPosted, ImportPreviewed, ImportSettled
from chalicelib.domain.initiatives import InitiativeAmended, InitiativeCreated
from chalicelib.domain.payment_status import PaymentsPaid
from chalicelib.domain.profiles import ProfileAdded, ProfileSet
from chalicelib.domain.publications import OFFICE, PublicationBegun, PublicationNumbered, name_of
from chalicelib.domain.reminders import ReminderTried
from chalicelib.domain.return_reports import Report
from chalicelib.domain.returns import ReturnDrafted, ReturnSubmitted
from chalicelib.domain.returns import name_of as return_name
from chalicelib.domain.suspense import DocumentSuspended


def mentioned(fact: Fact) -> Iterator[tuple[Name, int]]:
    """The aggregates that a fact names, each with the number of a record that its chain must have."""
    match fact:
        case Entry():
            yield from _by_entry(fact)
        case GrantOffered(grant=grant):
            yield Name(Kind.FUND, grant.fund_id), 1
            yield Name(Kind.ORGANISATION, grant.lead_recipient_id), 1
        case InitiativeCreated(initiative=initiative) | InitiativeAmended(initiative=initiative):
            yield Name(Kind.ORGANISATION, initiative.partner_id), 1
        case PublicationNumbered(id=publication_id):
            yield name_of(publication_id), 1
        case PublicationBegun(publication=publication, position=position):
            yield OFFICE, 1
            if publication.follows:
                yield name_of(publication.follows), 1
            yield from _reached(position)
        case ExportBegun(export=export) | ExportMade(export=export):
            yield from _by_export(export)
        case _:
            yield from _beside_the_ledger(fact)


def _beside_the_ledger(fact: Fact) -> Iterator[tuple[Name, int]]:
    match fact:
        case EvidenceRequested(evidence=asked):
            yield from _by_evidence(asked)
        case AssetRegistered(asset=asset) | AssetAmended(asset=asset):
            yield from _by_asset(asset)
        case ReturnDrafted(initiative_id=initiative_id, partner_id=partner_id, report=report):
            yield Name(Kind.INITIATIVE, initiative_id), 1
            yield Name(Kind.ORGANISATION, partner_id), 1
            yield from _by_report(report)
        case ReturnSubmitted(report=report):
            yield from _by_report(report)
        case ReminderTried(organisation_id=organisation_id):
            # What is owed may not have been begun, so a return that somebody was reminded of need not be there.
            yield Name(Kind.ORGANISATION, organisation_id), 1
        case ParticularsStated(subject=subject) | ParticularWithheld(subject=subject) | WithholdingLifted(subject=subject):
            yield from _its_entry(subject) if "." in subject else _its_initiative(subject)
        case _:
            yield from _by_import(fact)


def _by_import(fact: Fact) -> Iterator[tuple[Name, int]]:
    match fact:
        case ProfileAdded(profile=profile) | ProfileSet(profile=profile):
            yield Name(Kind.ORGANISATION, profile.payer_id), 1
            for grant_id, initiative_id in profile.targets:
                yield Name(Kind.GRANT, grant_id), 1
                yield Name(Kind.INITIATIVE, initiative_id), 1
        case ImportAnnounced(announced=announced):
            yield Name(Kind.PROFILE, announced.profile_id), 1
        case ImportPreviewed(preview=preview):
            yield from _reached(preview.position)
        case ImportPosted(entries=entries, suspended=suspended):
            yield from (said for entry in entries for said in _its_entry(entry))
            yield from ((Name(Kind.SUSPENSE, each), 1) for each in suspended)
        case ImportSettled(suspense_id=suspense_id, entries=entries):
            yield Name(Kind.SUSPENSE, suspense_id), 2
            yield from (said for entry in entries for said in _its_entry(entry))
        case DocumentSuspended(suspended=waiting):
            yield Name(Kind.IMPORT, waiting.import_id), 1
        case _:
            yield from _by_payments(fact) if isinstance(fact, PaymentsPaid) else _by_claim_or_agreement(fact)


def _by_payments(fact: PaymentsPaid) -> Iterator[tuple[Name, int]]:
    yield from (said for each in fact.entries for said in _its_entry(each.entry_id))
    yield from ((Name(Kind.IMPORT, each), 1) for each in dict.fromkeys(each.paid.import_id for each in fact.entries) if each)


def _by_evidence(asked: Evidence) -> Iterator[tuple[Name, int]]:
    match asked.subject.kind:
        case SubjectKind.ENTRY:
            yield from _its_entry(asked.subject.id)
        case SubjectKind.RETURN:
            yield return_name(asked.subject.id), 1
        case SubjectKind.CLAIM:
            yield Name(Kind.CLAIMS, asked.subject.id.rpartition(".")[0]), 1
    yield from _its_initiative(asked.initiative_id)


def _by_claim_or_agreement(fact: Fact) -> Iterator[tuple[Name, int]]:
    match fact:
        case ClaimDrafted(grant_id=grant_id, draft=draft):
            yield Name(Kind.GRANT, grant_id), draft.position
            yield from _its_returns(draft)
        case ClaimRedrafted(draft=draft):
            yield from _its_returns(draft)
        case WordingSet(grant_id=grant_id):
            yield Name(Kind.GRANT, grant_id), 1
        case ClaimSubmitted(submission=sent):
            yield from _posted(sent.entries)
        case ClaimSettled(receipt=receipt):
            yield from _posted(receipt.entries)
        case AgreementDrawn(imports=imports, set_aside=set_aside):
            yield from ((Name(Kind.IMPORT, each), seq) for each, seq in imports.items())
            yield from ((Name(Kind.IMPORT, each), 1) for each in set_aside)


def _its_returns(draft: Draft) -> Iterator[tuple[Name, int]]:
    for return_id, seq in draft.returns.items():
        yield Name(Kind.RETURN, return_id), seq


def _by_asset(asset: Asset) -> Iterator[tuple[Name, int]]:
    yield from _its_entry(asset.payment_id)
    yield from _its_initiative(asset.initiative_id)
    yield Name(Kind.ORGANISATION, asset.owner_id), 1


def _by_report(report: Report) -> Iterator[tuple[Name, int]]:
    for variance in report.variances:
        yield Name(Kind.VARIANCE_CODE, variance.code), 1


def _posted(entries: Mapping[str, str]) -> Iterator[tuple[Name, int]]:
    for entry_id in entries.values():
        yield from _its_entry(entry_id)


def _its_entry(entry_id: str) -> Iterator[tuple[Name, int]]:
    if named := parse_entry_id(entry_id):
        grant_id, seq = named
        yield Name(Kind.GRANT, grant_id), seq


def _its_initiative(initiative_id: str | None) -> Iterator[tuple[Name, int]]:
    if initiative_id:
        yield Name(Kind.INITIATIVE, initiative_id), 1


def _by_entry(entry: Entry) -> Iterator[tuple[Name, int]]:
    yield from _its_initiative(entry.place.initiative_id)
    if entry.payer:
        yield Name(Kind.ORGANISATION, entry.payer), 1


def _by_export(export: Export) -> Iterator[tuple[Name, int]]:
    if export.scope.fund_id:
        yield Name(Kind.FUND, export.scope.fund_id), 1
    yield from _reached(export.position)


def _reached(position: Mapping[str, int]) -> Iterator[tuple[Name, int]]:
    for key, seq in position.items():
        kind, _, aggregate_id = key.partition("#")
        yield Name(Kind(kind), aggregate_id), seq
