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

from collections.abc import Mapping
from hashlib import sha256
from itertools import takewhile

from chalicelib.context import Context, Once
from chalicelib.domain.aggregates import State
from chalicelib.domain.chain import START, Kind
from chalicelib.domain.errors import TooBusy
from chalicelib.domain.periods import london_date
from chalicelib.domain.publication_gaps import Gap
from chalicelib.domain.publication_refusals import PublicationOvertaken
from chalicelib.domain.publications import (
    OFFICE,
    Publication,
    PublicationAbandoned,
    PublicationBegun,
    PublicationDrafted,
    PublicationMade,
    PublicationNumbered,
    Publications,
    PublicationSettled,
    PublicationState,
    name_of,
    next_id,
)
from chalicelib.domain.values import replace
from chalicelib.services import positions, publication_gaps, published, waiting, withheld_since
from chalicelib.services.partners_reported import partners_reported
from chalicelib.services.publication_files import build, put, put_draft
from chalicelib.services.publication_places import key_of
from chalicelib.services.published import every, find, latest, made, position_of
from chalicelib.services.restating import comparable
from chalicelib.services.unit import ATTEMPTS, Held, Part, Plan, Replayed, View, Written, change, view_of
from chalicelib.storage.objects import ObjectExists
from chalicelib.storage.store import RequestKey, StoreBusy, StoreUnreachable, Wanted

__all__ = ["every", "find", "gaps", "key_of", "latest", "made", "position_of", "publish", "publish_monthly", "rebuild"]

_LAST = Wanted(heads=(OFFICE,))
_MOST_WHY = 500


def publish(context: Context, *, as_draft: bool = False) -> Publication:
    """Publish the ledger as it stands; or make a draft of it, which `chalicelib.services.drafts` takes further.

    The answer to a request with an idempotency key is the publication that was begun for it, and its key stands in that
    publication, so a crash between any two steps leads back to it. Without a key, what was left unfinished is the answer
    when nothing has changed since; otherwise it is finished, and then the ledger as it stands is published.
    Raises Replayed, PublicationHasGaps, ChainBroken, PublicationOvertaken, TooBusy.
    """
    for _ in range(ATTEMPTS):
        seen = view_of(context, _LAST).find(Publications, OFFICE.id)
        unfinished = seen.state.unfinished if seen else None
        answer = (
            _take_up(context, unfinished, as_draft)
            if unfinished
            else _finished_by_another(context) or _publish_anew(context, seen, as_draft)
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
        asked = replace(context, once=_once(RequestKey(context.actor.subject, key)))
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


def _once(request: RequestKey) -> Once:
    return Once(request=request, fingerprint=sha256(request.key.encode()).hexdigest(), answer=_id)


def _id(outcome: object) -> str:
    if not isinstance(outcome, Publication):
        raise TypeError(f"{outcome!r} is not a publication")
    return outcome.id


class _BegunMeanwhile(Exception):
    """Somebody else began or settled a publication first."""


class _SettledMeanwhile(Exception):
    """The publication was made or abandoned by somebody else."""

    def __init__(self, publication: Publication) -> None:
        super().__init__(publication.id)
        self.publication = publication


def _publish_anew(context: Context, seen: Held[Publications] | None, as_draft: bool) -> Publication | None:  # noqa: FBT001  passed on
    """Begin a publication and finish it; None when somebody else began one first."""
    begun = _beginning(context, as_draft=as_draft)
    # Before anything is recorded: files that cannot be built, or have gaps, leave nothing behind for others to stumble over.
    contents = publication_gaps.checked(context, begun)
    try:
        _begin(context, seen, begun)
    except _BegunMeanwhile:
        return None
    return _finish(context, begun.publication, contents)


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


def _begin(context: Context, seen: Held[Publications] | None, begun: PublicationBegun) -> None:
    """Record that a publication was begun. Raises _BegunMeanwhile when the office is not where it was seen."""
    publication_id = begun.publication.id

    def decide(view: View) -> Plan:
        held = view.find(Publications, OFFICE.id)
        if (held.position if held else START) != (seen.position if seen else START):
            raise _BegunMeanwhile
        numbered = PublicationNumbered(id=publication_id)
        return Plan(parts=(Part(name_of(publication_id), None, (begun,)), Part(OFFICE, held, (numbered,))))

    # The request is answered when the files are there, not yet.
    quietly = replace(context, once=None)
    change(quietly, lambda: view_of(quietly, _LAST), decide, lambda _: None)


def _take_up(context: Context, publication_id: str, as_draft: bool) -> Publication | None:  # noqa: FBT001  passed on
    """Finish or abandon what was left unfinished; None when that is not what this request asks for."""
    publication = published.load(context, publication_id)
    if publication.code_version != context.settings.code_version:
        _abandon(context, publication, f"Other code runs now: version {context.settings.code_version}")
        return None
    try:
        begun = published.begun(context, publication_id)
        withheld_since.check(context, publication_id)
        contents = build(context, begun)
    except (StoreBusy, StoreUnreachable, OSError):
        raise
    except Exception as fault:  # noqa: BLE001  whatever it is, it would stop every later publication too
        _abandon(context, publication, f"Its files cannot be made again: {type(fault).__name__}: {fault}")
        return None
    if publication.answers(context.actor.subject, _request(context)) or _says_the_same(context, begun, as_draft):
        return _finish(context, publication, contents)
    _finish_for_another(context, publication, contents)
    return None


def _says_the_same(context: Context, begun: PublicationBegun, as_draft: bool) -> bool:  # noqa: FBT001  passed on
    return not context.once and begun.publication.as_draft is as_draft and begun.position == positions.position_now(context)


def _abandon(context: Context, publication: Publication, why: str) -> None:
    _settle(replace(context, once=None), publication.id, PublicationAbandoned(why=why[:_MOST_WHY]))


def _finish(context: Context, publication: Publication, contents: Mapping[str, bytes]) -> Publication:
    """Write a publication's files and record that they are there; when somebody else did so first, that is as good."""
    try:
        fact = _in_place(context, publication, contents)
    except ObjectExists as other:
        # Code that called itself the same version wrote other files here, so these can never be put in place.
        _abandon(context, publication, "Other bytes stand where its files would go")
        raise PublicationOvertaken(id=publication.id) from other
    settled = _settle(context, publication.id, fact)
    if settled.state is PublicationState.ABANDONED:
        raise PublicationOvertaken(id=publication.id)
    return settled


def _in_place(context: Context, publication: Publication, contents: Mapping[str, bytes]) -> PublicationMade | PublicationDrafted:
    """Put a publication's files where they go. Raises ObjectExists."""
    if publication.as_draft:
        return put_draft(context, publication.id, contents)
    return PublicationMade(files=put(context, publication.id, contents), at=context.now)


def _finish_for_another(context: Context, publication: Publication, contents: Mapping[str, bytes]) -> None:
    """Finish what another request began, and leave it where that request finds it when it is made again."""
    asked = RequestKey(publication.requested_by, publication.request)
    once = _once(_kept_for(asked)) if publication.request else None
    try:
        _finish(replace(context, once=once), publication, contents)
    except (PublicationOvertaken, Replayed):
        return


def _finished_by_another(context: Context) -> Publication | None:
    """The publication that was begun for this request and finished by somebody else's."""
    if context.once is None:
        return None
    kept = context.store.load(Wanted(request=_kept_for(context.once.request))).answered
    return find(context, kept.body) if kept else None


def _kept_for(request: RequestKey) -> RequestKey:
    # Not the request's own item: what its answer looks like is known only to who asked. No token's subject holds a space.
    return RequestKey(f"publications for {request.subject}", request.key)


def _settle(context: Context, publication_id: str, fact: PublicationMade | PublicationDrafted | PublicationAbandoned) -> Publication:
    """Record how a publication ended, unless that is recorded already; either way, the publication as it stands."""
    name = name_of(publication_id)
    state = _ENDS[type(fact)]

    def decide(view: View) -> Plan:
        held, office = view.held(Publication, publication_id), view.held(Publications, OFFICE.id)
        if held.state.state is not PublicationState.BEGUN:
            raise _SettledMeanwhile(held.state)
        settled = PublicationSettled(id=publication_id, state=state)
        return Plan(parts=(Part(name, held, (fact,)), Part(OFFICE, office, (settled,))))

    try:
        return change(context, lambda: view_of(context, Wanted(heads=(name, OFFICE))), decide, _publication)
    except _SettledMeanwhile as already:
        return already.publication


_ENDS = {
    PublicationMade: PublicationState.MADE,
    PublicationDrafted: PublicationState.DRAFTED,
    PublicationAbandoned: PublicationState.ABANDONED,
}


def _publication(written: tuple[Written[State], ...]) -> Publication:
    return next(each.state for each in written if isinstance(each.state, Publication))
