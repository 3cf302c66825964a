"""Drafts and what becomes of publications: a draft is read by the publisher and published or discarded; a publication may be withdrawn.

What is published are the draft's own bytes: they are taken out of the archive that the publisher read, held against the record,
and put where everybody may read them. Nothing is built anew, so nothing can come out differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from io import BytesIO

from chalicelib.context import Context
from chalicelib.domain.periods import london_date
from chalicelib.domain.publication_gaps import Gap
from chalicelib.domain.publication_refusals import DraftStale, PublicationOvertaken, PublicationWaits
from chalicelib.domain.publications import (
    File,
    Publication,
    PublicationDiscarded,
    PublicationFact,
    PublicationMade,
    PublicationState,
    PublicationWithdrawn,
    PublisherNotTold,
    PublisherTold,
    in_state,
    name_of,
)
from chalicelib.domain.publishing_later import PublishingAsked
from chalicelib.domain.values import replace
from chalicelib.reports.draft_text import GAPS_SUBJECT, failed_text, gaps_text, subject_of, text_of
from chalicelib.reports.tombstone import TOMBSTONE, tombstone
from chalicelib.services import publications, published, withheld_since
from chalicelib.services.publication_files import put, unpacked
from chalicelib.services.publication_places import draft_key_of, key_of
from chalicelib.services.restating import comparable
from chalicelib.services.unit import Part, Plan, View, change, expect, one, view_of
from chalicelib.storage.mail import Mail, MailRefused, MailUnanswered, Message
from chalicelib.storage.objects import ObjectExists
from chalicelib.storage.store import Wanted

LINK_SECONDS = 15 * 60
NO_ADDRESS = "The office has set no address of a publisher."


def publish_draft(context: Context, publication_id: str, *, most: int | None = None) -> Publication:
    """Publish a draft: the very bytes that the publisher could read.

    Where its archive has more than `most` bytes, if that is given, it is only asked for: see `publication_jobs`. Raises Missing,
    StaleView, NotInState, DraftStale, PublicationHasGaps, ChainBroken, DraftChanged, ObjectMissing, PublicationOvertaken,
    PublicationWaits.
    """
    draft, known = in_state(_expected(context, publication_id), PublicationState.DRAFTED), publications.every(context)
    if overtaken := stale(context, draft, known):
        raise overtaken
    withheld_since.check(context, publication_id)
    if most is not None and draft.archive and draft.archive.size > most:
        return _asked(context, draft, known)
    contents = unpacked(context, draft)
    try:
        files = put(context, publication_id, contents)
    except ObjectExists as other:
        raise PublicationOvertaken(id=publication_id) from other
    made = PublicationMade(files=files, at=context.now)
    return record(context, publication_id, PublicationState.DRAFTED, made)


def _asked(context: Context, draft: Publication, known: Iterable[Publication]) -> Publication:
    if other := next((each for each in known if each.waits and each.id != draft.id), None):
        raise PublicationWaits(id=other.id)
    return draft if draft.waits else record(context, draft.id, PublicationState.DRAFTED, PublishingAsked(by=context.actor.subject))


def judged(context: Context, publication_id: str) -> tuple[Publication, DraftStale | None]:
    """One publication that has files, and why it cannot be published any more: see `stale`. Raises Missing, ChainBroken."""
    found = publications.find(context, publication_id)
    is_draft = found.state is PublicationState.DRAFTED
    return found, stale(context, found, publications.every(context)) if is_draft else None


def stale(context: Context, draft: Publication, known: Iterable[Publication]) -> DraftStale | None:
    """Why a draft cannot be published any more: it is compared with one that is not the latest of those known, newest first, or its
    pages list, as standing, one that was withdrawn since it was made.

    None where it can, and for what is no draft. What it lists is read only where anything was withdrawn. Raises ChainBroken.
    """
    if draft.state is not PublicationState.DRAFTED:
        return None
    known = tuple(known)
    latest = next((each.id for each in known if each.state is PublicationState.MADE and comparable(each)), "")
    withdrawn = tuple(each.id for each in known if each.state is PublicationState.WITHDRAWN)
    said = published.begun(context, draft.id).withdrawn if withdrawn else ()
    unsaid = tuple(each for each in withdrawn if each not in said)
    if latest == draft.follows and not unsaid:
        return None
    return DraftStale(id=draft.id, follows=draft.follows, latest=latest, withdrawn=unsaid)


def discard(context: Context, publication_id: str, reason: str) -> Publication:
    """Say that a draft will not be published. Its archive stays, for the record. Raises Missing, StaleView, NotInState."""
    return record(context, publication_id, PublicationState.DRAFTED, PublicationDiscarded(), reason)


def withdraw(context: Context, publication_id: str, reason: str) -> Publication:
    """Say that a publication no longer counts, and why, in public. Its files stay, and its record.

    The tombstone is put after the record, which says its bytes: withdrawn again, with whatever reason, it is put again.
    Raises Missing, StaleView, NotInState; Contradictory where the reason names what is withheld.
    """
    held = publications.find(context, publication_id)
    if held.state is not PublicationState.WITHDRAWN:
        stone = tombstone(publication_id, context.now, reason)
        withheld_since.check_reason(context, stone)
        file = File(name=TOMBSTONE, sha256=sha256(stone).hexdigest(), size=len(stone))
        fact = PublicationWithdrawn(why=reason, at=context.now, tombstone=file)
        held = record(context, publication_id, PublicationState.MADE, fact, reason)
    if held.withdrawn_at:
        stone = tombstone(publication_id, held.withdrawn_at, held.why)
        context.objects.put(key_of(publication_id, TOMBSTONE), BytesIO(stone), content_type="application/json")
    return held


def preview(context: Context, publication_id: str) -> str:
    """A link to the archive of all files of a draft, for a quarter of an hour. Raises Missing, NotInState, ObjectMissing."""
    draft = in_state(publications.find(context, publication_id), PublicationState.DRAFTED)
    name = draft.archive.name if draft.archive else ""
    return context.objects.link(draft_key_of(publication_id, name), seconds=LINK_SECONDS, now=context.now, filename=name)


def tell(context: Context, mail: Mail, publication_id: str) -> Publication:
    """Tell the publisher that a draft waits, unless that was done; either way, the publication as it then stands.

    What came of it is on the record. A run that breaks off after the message went sends it again: better twice than never.
    """
    draft = publications.find(context, publication_id)
    if draft.told or draft.state is not PublicationState.DRAFTED:
        return draft
    fact = _sent(context, mail, draft)
    return record(replace(context, once=None, expected_version=None), publication_id, PublicationState.DRAFTED, fact)


def tell_gaps(context: Context, mail: Mail, gaps: Sequence[Gap]) -> str:
    """Tell the publisher what keeps the month from being published; answers with what came of the message. Nothing is recorded."""
    text = gaps_text(gaps, context.settings.office_name)
    return _try_to_tell(context, mail, f"gaps.{london_date(context.now)}", GAPS_SUBJECT, text)


def tell_failed(context: Context, mail: Mail, publication: Publication) -> str:
    """Tell the publisher why what was asked for did not come about; answers with what came of the message. Nothing is recorded."""
    text = failed_text(publication, context.settings.office_name)
    return _try_to_tell(
        context, mail, f"failed.{publication.id}.{publication.seq}", f"Publication {publication.id} was not published", text
    )


def _try_to_tell(context: Context, mail: Mail, name: str, subject: str, text: str) -> str:
    settings = context.settings
    if not settings.publisher_emails:
        return NO_ADDRESS
    message = Message(name=name, sender=settings.reminder_sender, to=settings.publisher_emails, subject=subject, text=text)
    try:
        return f"The publisher was told, as message {mail.send(message)}."
    except (MailRefused, MailUnanswered) as refusal:
        return f"The publisher was not told: {refusal}"


def _sent(context: Context, mail: Mail, draft: Publication) -> PublisherTold | PublisherNotTold:
    settings = context.settings
    if not settings.publisher_emails:
        return PublisherNotTold(why=NO_ADDRESS)
    message = Message(
        name=f"draft.{draft.id}",
        sender=settings.reminder_sender,
        to=settings.publisher_emails,
        subject=subject_of(draft),
        text=text_of(draft, settings.office_name),
    )
    try:
        return PublisherTold(message_id=mail.send(message))
    except MailUnanswered:
        return PublisherNotTold(why="The mail service gave no answer.")
    except MailRefused as refusal:
        return PublisherNotTold(why=str(refusal))


def _expected(context: Context, publication_id: str) -> Publication:
    held = publications.find(context, publication_id)
    expect(context, str(held.seq))
    return held


def record(context: Context, publication_id: str, needed: PublicationState, fact: PublicationFact, reason: str = "") -> Publication:
    """Record what became of a publication that is in the state needed. Raises Missing, StaleView, NotInState."""
    name = name_of(publication_id)

    def plan(view: View) -> Plan:
        held = view.held(Publication, publication_id)
        expect(context, str(held.state.seq))
        in_state(held.state, needed)
        return Plan(parts=(Part(name, held, (fact,)),), reason=reason)

    return change(context, lambda: view_of(context, Wanted(heads=(name,))), plan, one(Publication)).state
