"""Publications, exports, evidence and assets in words."""

from __future__ import annotations

from chalicelib.domain.aggregates import State
from chalicelib.domain.assets import AssetAmended, AssetDisposed, AssetRegistered, AssetState, Purchase, PurchaseFact
from chalicelib.domain.evidence import EvidenceFact, EvidenceRefused, EvidenceRequested, EvidenceStored, EvidenceWithdrawn
from chalicelib.domain.exports import (
    Export,
    ExportAdvanced,
    ExportBegun,
    ExportCancelled,
    ExportFact,
    ExportFailed,
    ExportKind,
    ExportMade,
    ExportPartFact,
    ExportPartMade,
    ExportPartsSent,
    ExportSplit,
    Scope,
)
from chalicelib.domain.publications import (
    PublicationAbandoned,
    PublicationBegun,
    PublicationDiscarded,
    PublicationDrafted,
    PublicationFact,
    PublicationMade,
    PublicationNumbered,
    PublicationSettled,
    PublicationsFact,
    PublicationWithdrawn,
    PublisherNotTold,
    PublisherTold,
)
from chalicelib.domain.publishing_later import PublishingAsked, PublishingEnded
from chalicelib.reports.before_after import Told, changed, compared
from chalicelib.reports.words import counted, day, kilobytes, money


def told(fact: PublicationFact | PublicationsFact | ExportFact | EvidenceFact | PurchaseFact, before: State | None) -> Told:
    """A fact about what leaves the office, and what stands behind its money."""
    if isinstance(fact, PublicationFact | PublicationsFact):
        return _publication(fact)
    if isinstance(fact, EvidenceFact):
        return _evidence(fact)
    if isinstance(fact, PurchaseFact):
        return _asset(fact, before if isinstance(before, Purchase) else None)
    return Told(_export(fact))


def _export(fact: ExportFact) -> str:
    match fact:
        case ExportBegun():
            return f"Asked for {_what(fact.export)}, to be made in the background."
        case ExportAdvanced():
            return f"Read {counted(fact.records, 'record')} for it."
        case ExportMade():
            what = "" if fact.export.what.kind is ExportKind.ENTRIES else f" of {_kind(fact.export)}"
            return f"Exported {counted(fact.export.rows, 'row')}{what}: {_scope(fact.export.scope)}."
        case ExportCancelled():
            return "Cancelled the export."
        case ExportFailed():
            return f"The export could not be made: {fact.why}"
        case _:
            return _parts(fact)


def _parts(fact: ExportPartFact) -> str:
    match fact:
        case ExportSplit():
            return f"Cut the export into {counted(len(fact.parts), 'part')}."
        case ExportPartsSent():
            return f"Sent workers for {counted(len(fact.parts), 'part')}."
        case ExportPartMade():
            return f"Made part {fact.part}: {counted(fact.piece.rows, 'row')} of {counted(fact.records, 'record')}."


def _what(export: Export) -> str:
    return f"an export of {_kind(export)} ({_scope(export.scope)})"


def _kind(export: Export) -> str:
    return export.what.kind.replace("_", " ")


def _scope(scope: Scope) -> str:
    parts = (scope.financial_year, scope.quarter, scope.fund_id, scope.grant_id)
    return ", ".join(part for part in parts if part) or "everything"


def _publication(fact: PublicationFact | PublicationsFact) -> Told:
    match fact:
        case PublicationBegun():
            chains = counted(len(fact.position), "chain")
            later = " It is to be made in the background." if fact.publication.background else ""
            return Told(f"Began publication {fact.publication.id}, made from {chains} as they stood.{later}")
        case PublicationMade():
            return Told(f"Put the publication's files in place: {', '.join(file.name for file in fact.files)}.")
        case PublicationWithdrawn():
            return Told(f"Withdrew the publication: {fact.why}", changed("state", "made", "withdrawn"))
        case PublicationNumbered():
            return Told(f"Began publication {fact.id}.")
        case PublicationSettled():
            return Told(f"Publication {fact.id} is {fact.state}.")
        case _:
            return _draft(fact)


_OfDraft = PublisherTold | PublisherNotTold | PublishingAsked | PublishingEnded


def _draft(fact: PublicationDrafted | PublicationAbandoned | PublicationDiscarded | _OfDraft) -> Told:
    match fact:
        case PublicationDrafted():
            return Told(f"Drafted the publication: {counted(len(fact.files), 'file')} that nobody but the publisher sees.")
        case PublicationAbandoned():
            return Told(f"Gave the publication up: {fact.why}")
        case PublicationDiscarded():
            return Told("Discarded the draft.", changed("state", "drafted", "discarded"))
        case _:
            return Told(_of_draft(fact))


def _of_draft(fact: _OfDraft) -> str:
    match fact:
        case PublisherTold():
            return "Told the publisher that the draft waits."
        case PublisherNotTold():
            return f"Could not tell the publisher that the draft waits: {fact.why}"
        case PublishingAsked():
            return "Asked for the draft to be published, in the background."
        case PublishingEnded():
            return f"The draft was not published: {fact.why}"


def _evidence(fact: EvidenceFact) -> Told:
    match fact:
        case EvidenceRequested():
            held = fact.evidence
            return Told(f"Announced a file as evidence of {held.subject.kind} {held.subject.id}: {held.file_name}, {kilobytes(held.size)}.")
        case EvidenceStored():
            return Told(
                f"Found the file as it was announced, {kilobytes(fact.size)}, and stored it.", changed("state", "requested", "stored")
            )
        case EvidenceRefused():
            return Told(f"Refused the file. {' '.join(fact.wrong)}", changed("state", "requested", "refused"))
        case EvidenceWithdrawn():
            return Told("Withdrew the file.")


def _asset(fact: PurchaseFact, before: Purchase | None) -> Told:
    match fact:
        case AssetRegistered():
            asset = fact.asset
            return Told(f"Registered asset {asset.id}: {asset.description}, {money(asset.cost_pence)}.", compared(None, asset))
        case AssetAmended():
            held = before.asset(fact.asset.id) if before else None
            return Told(f"Changed what is said of asset {fact.asset.id}.", compared(held, fact.asset))
        case AssetDisposed():
            gone = fact.disposal
            consent = f"{gone.consent.by}'s consent of {day(gone.consent.on)} ({gone.consent.reference})"
            words = f"Disposed of asset {fact.id} on {day(gone.on)} for {money(gone.proceeds_pence)}, with {consent}: {gone.reason}"
            return Told(words, changed("state", AssetState.HELD, AssetState.DISPOSED))
