"""Publications in the background: what is too large for one request is asked for by it, and done by a job that anybody may watch or cancel.

    to make one         its position is taken, and it is begun      PublicationBegun, and PublicationNumbered
    to publish a draft  it is looked through as ever, and asked for PublishingAsked
    go on               what was begun is finished, as by anybody who comes upon it; a draft is published in the name of who asked
    or not              it is given up, and why                     PublicationAbandoned, or PublishingEnded

What waits is what was left unfinished, on purpose: a run that is killed leaves it as it was, and the next one goes on. Two runs
at once do the same work twice, and one of them records it. One thing waits at a time, so that none overtakes another.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.context import Context
from chalicelib.domain.errors import DomainError, TooBusy
from chalicelib.domain.publication_refusals import NothingWaits
from chalicelib.domain.publications import OFFICE, Publication, PublicationAbandoned, Publications, PublicationState, in_state
from chalicelib.domain.publishing_later import PublishingEnded
from chalicelib.domain.values import replace
from chalicelib.services import drafts, publication_ends, publications, published
from chalicelib.services.publication_ends import MOST_WHY
from chalicelib.services.unit import expect, view_of
from chalicelib.storage.mail import Mail
from chalicelib.storage.store import Wanted

RECORDS_AT_ONCE = 20_000
"""Of how many records a publication is made within the request: about half of the time that API Gateway waits for an answer."""

BYTES_AT_ONCE = 20_000_000
"""How large an archive may be whose files are put within the request: about as many as such a publication has."""


def publish(context: Context, *, as_draft: bool = False) -> Publication:
    """Publish the ledger as it stands, or draft it: at once where it is small, and otherwise in the background.

    On a machine of one's own there is no background. Raises what `publications.publish` raises.
    """
    return publications.publish(context, as_draft=as_draft, most=_most(context, RECORDS_AT_ONCE))


def publish_draft(context: Context, publication_id: str) -> Publication:
    """Publish a draft: at once where it is small, and otherwise in the background. Raises what `drafts.publish_draft` raises."""
    return drafts.publish_draft(context, publication_id, most=_most(context, BYTES_AT_ONCE))


def cancel(context: Context, publication_id: str, reason: str) -> Publication:
    """Have what waits not done. Files that a run has put by then stay where they are.

    Raises Missing, StaleView, NothingWaits; NotInState where it was done meanwhile.
    """
    held = publications.find(context, publication_id)
    expect(context, str(held.seq))
    if not held.waits:
        raise NothingWaits(id=publication_id)
    why = f"Cancelled: {reason}"[:MOST_WHY]
    if held.state is PublicationState.DRAFTED:
        return drafts.record(context, publication_id, PublicationState.DRAFTED, PublishingEnded(why=why))
    ended = publication_ends.settle(context, publication_id, PublicationAbandoned(why=why))
    return in_state(ended, PublicationState.ABANDONED)


def go_on(context: Context, mail: Mail) -> Iterator[Publication]:
    """Do what waits, and finish what broke off, and tell the publisher. Answers with each as it then stands.

    Raises TooBusy, and what the stores raise: a later run goes on.
    """
    office = view_of(context, Wanted(heads=(OFFICE,))).find(Publications, OFFICE.id)
    if office and office.state.unfinished:
        yield _finished(context, mail, published.load(context, office.state.unfinished))
    for each in published.every(context):
        if each.waits and each.state is PublicationState.DRAFTED:
            yield _published(context, mail, each)


def _finished(context: Context, mail: Mail, begun: Publication) -> Publication:
    made = publication_ends.made_again(context, begun)
    if made:
        publication_ends.finish_for_another(context, begun, made.contents)
    ended = published.load(context, begun.id)
    if ended.failed:
        drafts.tell_failed(context, mail, ended)
    return drafts.tell(context, mail, begun.id) if ended.state is PublicationState.DRAFTED else ended


def _published(context: Context, mail: Mail, draft: Publication) -> Publication:
    """Publish a draft in the name of who asked. What refuses it will refuse it again, so it waits no more."""
    try:
        return drafts.publish_draft(replace(context, actor=replace(context.actor, subject=draft.asked_by)), draft.id)
    except TooBusy:
        raise
    except DomainError as refusal:
        why = str(refusal)[:MOST_WHY]
    now = published.load(context, draft.id)
    if not now.waits:  # it was discarded, cancelled or published meanwhile
        return now
    ended = drafts.record(context, draft.id, PublicationState.DRAFTED, PublishingEnded(why=why))
    drafts.tell_failed(context, mail, ended)
    return ended


def _most(context: Context, at_once: int) -> int | None:
    return None if context.settings.local_objects is not None else at_once
