"""Publishing: begin at a position, write the files, say that they are there. Each step can be repeated; none is done twice.

    begin     record the position, the day, the code's version      PublicationBegun
    write     put every file; the same bytes again do no harm
    finish    record every file's SHA-256, answer the request       PublicationMade

What is interrupted in the middle is finished first the next time anybody publishes, unless other code is running by
then: that code would write other files, so the publication is abandoned for a new one with a number of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

from chalicelib.context import Context, Once
from chalicelib.domain.aggregates import State
from chalicelib.domain.errors import Missing, TooBusy
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.periods import london_date
from chalicelib.domain.publications import (
    OFFICE,
    File,
    Publication,
    PublicationAbandoned,
    PublicationBegun,
    PublicationMade,
    PublicationOvertaken,
    Publications,
    PublicationsFact,
    PublicationState,
)
from chalicelib.services import positions, reading
from chalicelib.services.positions import Past
from chalicelib.services.unit import ATTEMPTS, Part, Plan, Replayed, View, Written, change, one, view_of
from chalicelib.storage.objects import ObjectExists
from chalicelib.storage.store import RequestKey, Wanted

_LIST = Wanted(heads=(OFFICE,))


def publish(context: Context) -> Publication:
    """Publish the ledger as it stands.

    The answer to a request with an idempotency key is the publication that was begun for it, and its key stands in that
    publication, so a crash between any two steps leads back to it. Without a key, what was left unfinished is the answer
    when nothing has changed since; otherwise it is finished, and then the ledger as it stands is published.
    Raises Replayed, ChainBroken, PublicationOvertaken, TooBusy.
    """
    for _ in range(ATTEMPTS):
        held = _listed(view_of(context, _LIST))
        if mine := held.answering(context.actor.subject, _request(context)):
            return mine if mine.state is PublicationState.MADE else _finish(context, mine)
        unfinished = held.unfinished
        if unfinished is None or unfinished.code_version != context.settings.code_version:
            begun = _begin(context)
            if begun is not None:
                return _finish(context, begun)
        elif _says_the_same(context, unfinished):
            return _finish(context, unfinished)
        else:
            _finish(replace(context, once=None), unfinished)
    raise TooBusy


def publish_monthly(context: Context) -> Publication:
    """The scheduled publication of the month that `context.now` lies in (London): once, however often the event comes.

    A schedule's event may be delivered again, with the same time, while the first run is still going or long after. Its key is
    made of the month, so a later delivery finds the first one's publication: finished, or to be finished.
    Raises ChainBroken, PublicationOvertaken, TooBusy.
    """
    key = f"monthly-{london_date(context.now):%Y-%m}"
    once = Once(
        request=RequestKey(context.actor.subject, key),
        fingerprint=sha256(key.encode()).hexdigest(),
        answer=_id,
    )
    try:
        return publish(replace(context, once=once))
    except Replayed as replayed:
        return find(context, replayed.body)


def rebuild(context: Context, publication_id: str) -> dict[str, bytes]:
    """A publication's files by name, made again from what it was begun with. Raises Missing, ChainBroken.

    They are the same bytes when the code's version is the publication's own.
    """
    return _files(context, _begun(context, publication_id))


def find(context: Context, publication_id: str) -> Publication:
    """One publication whose files are in place. Raises Missing."""
    for publication in made(context):
        if publication.id == publication_id:
            return publication
    raise Missing(kind="publication", id=publication_id)


def made(context: Context) -> tuple[Publication, ...]:
    """Every publication whose files are in place, newest first."""
    return _listed(View(context.store.load(_LIST))).made[::-1]


def latest(context: Context) -> Publication | None:
    """The newest publication whose files are in place."""
    return next(iter(made(context)), None)


def position_of(context: Context, publication_id: str) -> Mapping[str, int]:
    """How far each chain had come, by `grant#<id>` (and initiative, fund, organisation). Raises Missing, ChainBroken."""
    return _begun(context, publication_id).position


def key_of(publication_id: str, name: str) -> str:
    """Under which key a publication's file is kept."""
    return f"published/{publication_id}/{name}"


def _listed(view: View) -> Publications:
    found = view.find(Publications, OFFICE.id)
    return found.state if found else Publications()


def _id(outcome: object) -> str:
    if not isinstance(outcome, Publication):
        raise TypeError(f"{outcome!r} is not a publication")
    return outcome.id


def _request(context: Context) -> str:
    return context.once.request.key if context.once else ""


class _BegunMeanwhile(Exception):
    """Somebody else began a publication first."""


class _SettledMeanwhile(Exception):
    """The publication was made or abandoned by somebody else."""

    def __init__(self, publication: Publication) -> None:
        super().__init__(publication.id)
        self.publication = publication


def _begin(context: Context) -> Publication | None:
    """Begin a publication, abandoning one that other code left unfinished; None when somebody else began one first."""
    position = positions.position_now(context)

    def decide(view: View) -> Plan:
        held = view.find(Publications, OFFICE.id)
        listed = held.state if held else Publications()
        facts: tuple[PublicationsFact, ...] = ()
        if unfinished := listed.unfinished:
            if unfinished.code_version == context.settings.code_version:
                raise _BegunMeanwhile
            facts = (PublicationAbandoned(id=unfinished.id),)
        return Plan(parts=(Part(OFFICE, held, (*facts, _beginning(context, listed, position))),))

    # The request is answered when the files are there, not yet.
    quietly = replace(context, once=None)
    try:
        written = change(quietly, lambda: view_of(quietly, _LIST), decide, one(Publications))
    except _BegunMeanwhile:
        return None
    return written.state.unfinished


def _beginning(context: Context, listed: Publications, position: Mapping[str, int]) -> PublicationBegun:
    on = london_date(context.now)
    publication = Publication(
        id=listed.next_id(on),
        on=on,
        code_version=context.settings.code_version,
        requested_by=context.actor.subject,
        request=_request(context),
    )
    office, note = context.settings.office_name, context.settings.publication_note
    return PublicationBegun(publication=publication, position=position, office=office, note=note)


def _says_the_same(context: Context, unfinished: Publication) -> bool:
    return not context.once and _begun(context, unfinished.id).position == positions.position_now(context)


def _begun(context: Context, publication_id: str) -> PublicationBegun:
    for record in reading.records(context, OFFICE):
        if isinstance(record.fact, PublicationBegun) and record.fact.publication.id == publication_id:
            return record.fact
    raise Missing(kind="publication", id=publication_id)


def _finish(context: Context, publication: Publication) -> Publication:
    """Write a publication's files and record that they are there; when somebody else did so first, that is as good."""
    contents = _files(context, _begun(context, publication.id))
    try:
        files = tuple(_put(context, publication.id, name, content) for name, content in contents.items())
    except ObjectExists as other:
        # Code that called itself the same version wrote other files here, so these can never be put in place.
        _settle(replace(context, once=None), PublicationAbandoned(id=publication.id))
        raise PublicationOvertaken(id=publication.id) from other
    settled = _settle(context, PublicationMade(id=publication.id, files=files))
    if settled.state is PublicationState.ABANDONED:
        raise PublicationOvertaken(id=publication.id)
    return settled


def _settle(context: Context, fact: PublicationMade | PublicationAbandoned) -> Publication:
    """Record how a publication ended, unless that is recorded already; either way, the publication as it stands."""

    def decide(view: View) -> Plan:
        held = view.held(Publications, OFFICE.id)
        present = held.state.find(fact.id)
        if present.state is not PublicationState.BEGUN:
            raise _SettledMeanwhile(present)
        return Plan(parts=(Part(OFFICE, held, (fact,)),))

    def settled(written: tuple[Written[State], ...]) -> Publication:
        return one(Publications)(written).state.find(fact.id)

    try:
        return change(context, lambda: view_of(context, _LIST), decide, settled)
    except _SettledMeanwhile as already:
        return already.publication


def _put(context: Context, publication_id: str, name: str, content: bytes) -> File:
    from chalicelib.reports.publication import media_type  # noqa: PLC0415  as below

    stored = context.objects.put(key_of(publication_id, name), BytesIO(content), content_type=media_type(name))
    return File(name=name, sha256=stored.sha256, size=stored.size)


def _files(context: Context, begun: PublicationBegun) -> dict[str, bytes]:
    # What pages and charts are made with is for the few requests that publish: the others start without it.
    from chalicelib.reports.contents import Contents  # noqa: PLC0415
    from chalicelib.reports.publication import files_of  # noqa: PLC0415

    past = Past(context, begun.position)
    grants = {grant_id: past.grant(grant_id) for grant_id in positions.ids_in(begun.position, Grant.KIND)}
    return files_of(
        Contents(
            publication=begun.publication,
            office=begun.office,
            note=begun.note,
            grants={grant_id: then.grant for grant_id, then in grants.items()},
            initiatives=past.every(Initiative),
            funds=past.every(Fund),
            organisations=past.every(Organisation),
            cells={grant_id: then.cells for grant_id, then in grants.items()},
            entries={grant_id: then.entries for grant_id, then in grants.items()},
            heads=past.heads,
        )
    )
