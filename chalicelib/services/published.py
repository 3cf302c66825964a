"""Publications as they stand: one, all, the latest, and what they were begun with."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.context import Context
from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import Missing
from chalicelib.domain.publication_ids import place_of
from chalicelib.domain.publications import Publication, PublicationBegun, PublicationState, name_of
from chalicelib.services import reading
from chalicelib.services.unit import View
from chalicelib.storage import items
from chalicelib.storage.store import Wanted


def find(context: Context, publication_id: str) -> Publication:
    """One publication that has files (a draft, a publication, or one that was discarded or withdrawn), or was begun for later.

    Raises Missing.
    """
    found = load(context, publication_id)
    if not found.is_shown:
        raise Missing(kind=Kind.PUBLICATION.value, id=publication_id)
    return found


def made(context: Context) -> tuple[Publication, ...]:
    """Every publication that stands, newest first: one query of their heads."""
    return tuple(each for each in every(context) if each.state is PublicationState.MADE)


def every(context: Context) -> tuple[Publication, ...]:
    """Every publication that `find` finds, newest first: one query of their heads."""
    found = (items.state_of(Publication, head) for head in context.store.heads(Kind.PUBLICATION))
    return tuple(sorted((each for each in found if each.is_shown), key=lambda each: place_of(each.id), reverse=True))


def latest(context: Context) -> Publication | None:
    """The newest publication that stands."""
    return next(iter(made(context)), None)


def position_of(context: Context, publication_id: str) -> Mapping[str, int]:
    """How far each chain had come, by `grant#<id>` (and initiative, fund, organisation). Raises Missing, ChainBroken."""
    return begun(context, publication_id).position


def load(context: Context, publication_id: str) -> Publication:
    """One publication, however far it has come. Raises Missing."""
    view = View(context.store.load(Wanted(heads=(name_of(publication_id),))))
    return view.state(Publication, publication_id)


def begun(context: Context, publication_id: str) -> PublicationBegun:
    """What a publication was begun with. Raises Missing, ChainBroken."""
    found: PublicationBegun | None = None
    for record in reading.records(context, name_of(publication_id)):
        found = record.fact if isinstance(record.fact, PublicationBegun) else found
    if found is None:
        raise Missing(kind=Kind.PUBLICATION.value, id=publication_id)
    return found
