"""Publishing: build the files, begin, write the files, say that they are there. Each step can be repeated; none is done twice.

    build     make every file from the ledger's position           nothing recorded: what cannot be built was never begun
    begin     record the position, the day, the code's version      PublicationBegun,     and PublicationNumbered
    write     put every file; the same bytes again do no harm
    finish    record every file's SHA-256, answer the request       PublicationMade,      and PublicationSettled
              the same of a draft, whose files nobody else sees     PublicationDrafted,   and PublicationSettled
              or that there will be none, and why                   PublicationAbandoned, and PublicationSettled

A publication is an aggregate of its own; the office's keeps only which one was begun last, so neither grows with their
number. What is interrupted in the middle is finished first the next time anybody publishes. What cannot be finished is
abandoned for a new one with a number of its own: other code is running by then and would write other files, or the
files cannot be built again.
"""

from __future__ import annotations

from itertools import takewhile

from chalicelib.context import Context
from chalicelib.domain.chain import START, Kind
from chalicelib.domain.errors import TooBusy
from chalicelib.domain.periods import london_date
from chalicelib.domain.publication_gaps import Gap
from chalicelib.domain.publication_ids import next_id
from chalicelib.domain.publication_refusals import PublicationWaits
from chalicelib.domain.publications import (
    OFFICE,
    Publication,
    PublicationBegun,
    PublicationNumbered,
    Publications,
    PublicationState,
    name_of,
)
from chalicelib.domain.values import Struct, replace
from chalicelib.services import positions, publication_ends, publication_gaps, published, waiting
from chalicelib.services.export_entries import records_in
from chalicelib.services.partners_reported import partners_reported
from chalicelib.services.publication_ends import once_of
from chalicelib.services.publication_files import build
from chalicelib.services.publication_places import key_of
from chalicelib.services.published import every, find, latest, made, position_of
from chalicelib.services.restating import comparable
from chalicelib.services.unit import ATTEMPTS, Held, Part, Plan, Replayed, View, change, view_of
from chalicelib.storage.store import RequestKey, Wanted

__all__ = ["every", "find", "gaps", "key_of", "latest", "made", "position_of", "publish", "publish_monthly", "rebuild"]

_LAST = Wanted(heads=(OFFICE,))


class _Wish(Struct, frozen=True):
    """Whether a draft is wanted, and how many records may be read for it within this run."""

    as_draft: bool
    most: int | None

    def is_too_much(self, begun: PublicationBegun) -> bool:
        """Whether making this publication is for another run."""
        return self.most is not None and records_in(begun.position) > self.most


def publish(context: Context, *, as_draft: bool = False, most: int | None = None) -> Publication:
    """Publish the ledger as it stands; or make a draft of it, which `chalicelib.services.drafts` takes further.

    The answer to a request with an idempotency key is the publication that was begun for it, and its key stands in that
    publication, so a crash between any two steps leads back to it. Without a key, what was left unfinished is the answer
    when nothing has changed since; otherwise it is finished, and then the ledger as it stands is published. Of more than `most`
    records, where that is given, a publication is begun and no more: see `publication_jobs`.
    Raises Replayed, PublicationHasGaps, ChainBroken, PublicationOvertaken, PublicationWaits, TooBusy.
    """
    wish = _Wish(as_draft, most)
    for _ in range(ATTEMPTS):
        seen = view_of(context, _LAST).find(Publications, OFFICE.id)
        unfinished = seen.state.unfinished if seen else None
        answer = (
            _take_up(context, unfinished, wish)
            if unfinished
            else publication_ends.finished_by_another(context) or _publish_anew(context, seen, wish)
        )
        if answer:
            return answer
    raise TooBusy


def publish_monthly(context: Context) -> Publication:
    """The scheduled publication of the month that `context.now` lies in (London): once, however often the event comes.

    It is a draft, unless the office has set that what the schedule makes is published at once.

    A schedule's event may be delivered again, with the same time, while the first run is still going or long after. Its key is
    made of the month, so a later delivery finds the first one's publication: finished, or to be finished.
    Raises PublicationHasGaps, ChainBroken, PublicationOvertaken, TooBusy.
    """
    key = f"monthly-{london_date(context.now):%Y-%m}"
    try:
        asked = replace(context, once=once_of(RequestKey(context.actor.subject, key)))
        return publish(asked, as_draft=not context.settings.publish_monthly)
    except Replayed as replayed:
        return find(context, replayed.body)


def gaps(context: Context) -> tuple[Gap, ...]:
    """What would keep the ledger as it stands from being published: every gap there is. Costs what building a publication costs.

    Raises ChainBroken.
    """
    return publication_gaps.found(context, _beginning(context, as_draft=False))[0]


def rebuild(context: Context, publication_id: str) -> dict[str, bytes]:
    """A publication's files by name, made again from what it was begun with. Raises Missing, ChainBroken.

    They are the same bytes when the code's version is the publication's own.
    """
    return build(context, published.begun(context, publication_id))


def _request(context: Context) -> str:
    return context.once.request.key if context.once else ""


class _BegunMeanwhile(Exception):
    """Somebody else began or settled a publication first."""


def _publish_anew(context: Context, seen: Held[Publications] | None, wish: _Wish) -> Publication | None:
    """Begin a publication and finish it, where that is for this run; None when somebody else began one first."""
    begun = _beginning(context, as_draft=wish.as_draft)
    if wish.is_too_much(begun):
        return _begin_for_later(context, seen, begun)
    # Before anything is recorded: files that cannot be built, or have gaps, leave nothing behind for others to stumble over.
    contents = publication_gaps.checked(context, begun)
    try:
        # The request is answered when the files are there, not yet.
        _begin(replace(context, once=None), seen, begun)
    except _BegunMeanwhile:
        return None
    return publication_ends.finish(context, begun.publication, contents)


def _begin_for_later(context: Context, seen: Held[Publications] | None, begun: PublicationBegun) -> Publication | None:
    if waits := next((each for each in every(context) if each.waits), None):
        raise PublicationWaits(id=waits.id)
    # This is the answer, so nobody has to find it by the request's key.
    later = replace(begun, publication=replace(begun.publication, background=True, request=""))
    try:
        return _begin(context, seen, later)
    except _BegunMeanwhile:
        return None


def _beginning(context: Context, *, as_draft: bool) -> PublicationBegun:
    on, known = london_date(context.now), every(context)
    stand = [each for each in known if each.state is PublicationState.MADE]
    before = next(filter(comparable, stand), None)
    # The office's head moves with every number that is given out, so it is stale when one of these was taken meanwhile.
    later = (head.name.id for head in context.store.heads(Kind.PUBLICATION, after=f"{on}-"))
    publication = Publication(
        id=next_id(on, sum(1 for _ in takewhile(lambda each: each.startswith(f"{on}-"), later))),
        on=on,
        code_version=context.settings.code_version,
        requested_by=context.actor.subject,
        request=_request(context),
        follows=before.id if before else "",
        as_draft=as_draft,
    )
    waits = waiting.altogether(context)
    return PublicationBegun(
        publication=publication,
        position=positions.position_now(context),
        office=context.settings.office_name,
        note=context.settings.publication_note,
        giving_prefix=context.settings.giving_prefix,
        suspended_documents=waits.documents,
        suspended_pence=waits.pence,
        earlier=tuple(each.id for each in stand),
        withdrawn=tuple(each.id for each in known if each.state is PublicationState.WITHDRAWN),
        partners=partners_reported(context, on),
    )


def _begin(context: Context, seen: Held[Publications] | None, begun: PublicationBegun) -> Publication:
    """Record that a publication was begun. Raises _BegunMeanwhile when the office is not where it was seen."""
    publication_id = begun.publication.id

    def decide(view: View) -> Plan:
        held = view.find(Publications, OFFICE.id)
        if (held.position if held else START) != (seen.position if seen else START):
            raise _BegunMeanwhile
        numbered = PublicationNumbered(id=publication_id)
        return Plan(parts=(Part(name_of(publication_id), None, (begun,)), Part(OFFICE, held, (numbered,))))

    return change(context, lambda: view_of(context, _LAST), decide, publication_ends.the_publication)


def _take_up(context: Context, publication_id: str, wish: _Wish) -> Publication | None:
    """Finish or abandon what was left unfinished; None when that is not what this request asks for. Raises PublicationWaits."""
    publication = published.load(context, publication_id)
    made = publication_ends.made_again(context, publication, wish.is_too_much)
    if made is None:
        return None
    if publication.answers(context.actor.subject, _request(context)) or _says_the_same(context, made.begun, wish):
        return publication_ends.finish(context, publication, made.contents)
    publication_ends.finish_for_another(context, publication, made.contents)
    return None


def _says_the_same(context: Context, begun: PublicationBegun, wish: _Wish) -> bool:
    return not context.once and begun.publication.as_draft is wish.as_draft and begun.position == positions.position_now(context)
