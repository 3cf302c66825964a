"""Mapping profiles, imports and suspense in words."""

from __future__ import annotations

from chalicelib.domain.imports import (
    FinanceNotTold,
    FinanceTold,
    Import,
    ImportAnnounced,
    ImportCommitted,
    ImportFact,
    ImportPosted,
    ImportPreviewed,
    ImportRefused,
    ImportSettled,
)
from chalicelib.domain.previews import Preview, Status
from chalicelib.domain.profiles import Profile, ProfileAdded, ProfileFact
from chalicelib.domain.suspense import DocumentSuspended, SuspenseFact, SuspensePosted
from chalicelib.reports.before_after import Told, changed
from chalicelib.reports.words import counted, kilobytes, money


def told(fact: ProfileFact | ImportFact | SuspenseFact) -> Told:
    """A fact about what comes in from finance's ledger."""
    if isinstance(fact, ProfileFact):
        how = "Added" if isinstance(fact, ProfileAdded) else "Set anew"
        return Told(f"{how} the mapping profile: {_profile(fact.profile)}.")
    if isinstance(fact, SuspenseFact):
        return _suspense(fact)
    if isinstance(fact, FinanceTold):
        return Told("Told finance of the file that was dropped.")
    if isinstance(fact, FinanceNotTold):
        return Told(f"Finance was not told of the file that was dropped: {fact.why}")
    if isinstance(fact, ImportAnnounced):
        return _announced(fact.announced)
    return _import(fact)


def _profile(profile: Profile) -> str:
    return f"{profile.title}, {counted(len(profile.codings), 'coding')}, paid by {profile.payer_id}"


def _announced(held: Import) -> Told:
    how = f", dropped as {held.dropped_as}" if held.dropped_as else ""
    return Told(f"Announced an extract of the ledger: {held.file_name}, {kilobytes(held.size)}, read by {held.profile_id}{how}.")


def _import(fact: ImportRefused | ImportPreviewed | ImportCommitted | ImportPosted | ImportSettled) -> Told:
    match fact:
        case ImportRefused():
            return Told(f"Refused the file. {' '.join(fact.wrong)}", changed("state", "announced", "refused"))
        case ImportPreviewed(preview=preview):
            return Told(f"Previewed the extract: {_counts(preview)}.")
        case ImportCommitted():
            confirmed = f", with {counted(len(fact.confirmed), 'correction')} confirmed" if fact.confirmed else ""
            return Told(f"Committed the preview {fact.digest[:12]}{confirmed}.")
        case ImportPosted():
            waits = f"; {counted(len(fact.suspended), 'document')} went to suspense" if fact.suspended else ""
            paid = f"; noted how {counted(fact.paid, 'document')} had been paid" if fact.paid else ""
            return Told(f"Posted {counted(fact.posted, 'document')}, {money(fact.posted_pence)}{paid}{waits}.")
        case ImportSettled():
            how = f"was posted as {', '.join(fact.entries)}" if fact.entries else "was dismissed"
            return Told(f"Document {fact.suspense_id} left suspense: it {how}.")


def _counts(preview: Preview) -> str:
    counts = ((status, preview.count(status).documents) for status in Status)
    return ", ".join(f"{number:,} {status.replace('_', ' ')}" for status, number in counts if number) or "nothing in it"


def _suspense(fact: SuspenseFact) -> Told:
    match fact:
        case DocumentSuspended(suspended=held):
            document = held.row.document
            named = f"{document.number} from {document.supplier}" if document else held.id
            return Told(f"Put {named}, {money(held.pence)}, into suspense: {held.reason}")
        case SuspensePosted():
            return Told(f"Posted the document as {', '.join(fact.entries)}.", changed("state", "waiting", "posted"))
        case _:
            return Told("Dismissed the document.", changed("state", "waiting", "dismissed"))
