"""How a publication that was begun ends: its files are put in place and recorded, or it is given up, whoever comes to do it.

Each step can be repeated; none is done twice. `publications` begins them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

from chalicelib.context import Context, Once
from chalicelib.domain.aggregates import State
from chalicelib.domain.publication_gaps import PublicationHasGaps
from chalicelib.domain.publication_refusals import PublicationOvertaken, PublicationWaits
from chalicelib.domain.publications import (
    OFFICE,
    Publication,
    PublicationAbandoned,
    PublicationBegun,
    PublicationDrafted,
    PublicationMade,
    Publications,
    PublicationSettled,
    PublicationState,
    name_of,
)
from chalicelib.domain.values import Struct, replace
from chalicelib.services import publication_gaps, published, withheld_since
from chalicelib.services.publication_files import build, put, put_draft
from chalicelib.services.published import find
from chalicelib.services.unit import Part, Plan, Replayed, View, Written, change, view_of
from chalicelib.storage.objects import ObjectExists
from chalicelib.storage.store import RequestKey, StoreBusy, StoreUnreachable, Wanted

MOST_WHY = 500
"""How long the reason of an end may be, in characters."""


class _SettledMeanwhile(Exception):
    """The publication was made or abandoned by somebody else."""

    def __init__(self, publication: Publication) -> None:
        super().__init__(publication.id)
        self.publication = publication


class Made(Struct, frozen=True):
    """What a publication was begun with, and its files by name."""

    begun: PublicationBegun
    contents: Mapping[str, bytes]


def never(_begun: PublicationBegun) -> bool:
    """No publication is too much for this run."""
    return False


def made_again(context: Context, publication: Publication, too_much: Callable[[PublicationBegun], bool] = never) -> Made | None:
    """The files of what was left unfinished; None where it can never be finished, and was abandoned for that.

    What waited to be made was not looked through before. Raises PublicationWaits where it is too much for this run, and what the
    stores raise.
    """
    if publication.code_version != context.settings.code_version:
        abandon(context, publication, f"Other code runs now: version {context.settings.code_version}")
        return None
    try:
        begun = _within(published.begun(context, publication.id), too_much)
        withheld_since.check(context, publication.id)
        contents = publication_gaps.checked(context, begun) if publication.background else build(context, begun)
    except (PublicationWaits, StoreBusy, StoreUnreachable, OSError):
        raise
    except PublicationHasGaps as refused:
        abandon(context, publication, refused.detail)
    except Exception as fault:  # noqa: BLE001  whatever it is, it would stop every later publication too
        abandon(context, publication, f"Its files cannot be made again: {type(fault).__name__}: {fault}")
    else:
        return Made(begun, contents)
    return None


def _within(begun: PublicationBegun, too_much: Callable[[PublicationBegun], bool]) -> PublicationBegun:
    """What a publication was begun with. Raises PublicationWaits where it is too much for this run."""
    if too_much(begun):
        raise PublicationWaits(id=begun.publication.id)
    return begun


def once_of(request: RequestKey) -> Once:
    """The request of this key, answered with the publication's id."""
    return Once(request=request, fingerprint=sha256(request.key.encode()).hexdigest(), answer=_id)


def _id(outcome: object) -> str:
    if not isinstance(outcome, Publication):
        raise TypeError(f"{outcome!r} is not a publication")
    return outcome.id


def abandon(context: Context, publication: Publication, why: str) -> None:
    """Record that a publication will never be finished, unless it is settled already."""
    settle(replace(context, once=None), publication.id, PublicationAbandoned(why=why[:MOST_WHY]))


def finish(context: Context, publication: Publication, contents: Mapping[str, bytes]) -> Publication:
    """Write a publication's files and record that they are there; when somebody else did so first, that is as good."""
    try:
        fact = _in_place(context, publication, contents)
    except ObjectExists as other:
        # Code that called itself the same version wrote other files here, so these can never be put in place.
        abandon(context, publication, "Other bytes stand where its files would go")
        raise PublicationOvertaken(id=publication.id) from other
    settled = settle(context, publication.id, fact)
    if settled.state is PublicationState.ABANDONED:
        raise PublicationOvertaken(id=publication.id)
    return settled


def _in_place(context: Context, publication: Publication, contents: Mapping[str, bytes]) -> PublicationMade | PublicationDrafted:
    """Put a publication's files where they go. Raises ObjectExists."""
    if publication.as_draft:
        return put_draft(context, publication.id, contents)
    return PublicationMade(files=put(context, publication.id, contents), at=context.now)


def finish_for_another(context: Context, publication: Publication, contents: Mapping[str, bytes]) -> None:
    """Finish what another request began, and leave it where that request finds it when it is made again."""
    asked = RequestKey(publication.requested_by, publication.request)
    once = once_of(_kept_for(asked)) if publication.request else None
    try:
        finish(replace(context, once=once), publication, contents)
    except (PublicationOvertaken, Replayed):
        return


def finished_by_another(context: Context) -> Publication | None:
    """The publication that was begun for this request and finished by somebody else's."""
    if context.once is None:
        return None
    kept = context.store.load(Wanted(request=_kept_for(context.once.request))).answered
    return find(context, kept.body) if kept else None


def _kept_for(request: RequestKey) -> RequestKey:
    # Not the request's own item: what its answer looks like is known only to who asked. No token's subject holds a space.
    return RequestKey(f"publications for {request.subject}", request.key)


def settle(context: Context, publication_id: str, fact: PublicationMade | PublicationDrafted | PublicationAbandoned) -> Publication:
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
        return change(context, lambda: view_of(context, Wanted(heads=(name, OFFICE))), decide, the_publication)
    except _SettledMeanwhile as already:
        return already.publication


_ENDS = {
    PublicationMade: PublicationState.MADE,
    PublicationDrafted: PublicationState.DRAFTED,
    PublicationAbandoned: PublicationState.ABANDONED,
}


def the_publication(written: tuple[Written[State], ...]) -> Publication:
    """The publication among what a change wrote."""
    return next(each.state for each in written if isinstance(each.state, Publication))
