"""A publication's files: built from what it was begun with and nothing else, and put where they stay."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from chalicelib.context import Context
from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import Missing
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.publications import File, PublicationBegun, name_of
from chalicelib.services import positions, reading
from chalicelib.services.positions import GrantThen, Past


def key_of(publication_id: str, name: str) -> str:
    """Under which key a publication's file is kept."""
    return f"published/{publication_id}/{name}"


def build(context: Context, begun: PublicationBegun) -> dict[str, bytes]:
    """A publication's files by name. Raises ChainBroken."""
    # What pages and charts are made with is for the few requests that publish: the others start without it.
    from chalicelib.reports.contents import Before, Contents  # noqa: PLC0415
    from chalicelib.reports.publication import files_of  # noqa: PLC0415

    past = Past(context, begun.position)
    last = begun.earlier[0] if begun.earlier else None
    since = begun_of(context, last).position if last else None
    grants = {grant_id: past.grant(grant_id, since) for grant_id in positions.ids_in(begun.position, Grant.KIND)}
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
            reported={grant_id: then.reported for grant_id, then in grants.items()},
            waivers={grant_id: then.waivers for grant_id, then in grants.items()},
            heads=past.heads,
            earlier=begun.earlier,
            partners=begun.partners,
            before=Before(id=last, cells={each: then.before for each, then in grants.items()}, since=_since(grants)) if last else None,
        )
    )


def begun_of(context: Context, publication_id: str) -> PublicationBegun:
    """What a publication was begun with. Raises Missing, ChainBroken."""
    begun: PublicationBegun | None = None
    for record in reading.records(context, name_of(publication_id)):
        begun = record.fact if isinstance(record.fact, PublicationBegun) else begun
    if begun is None:
        raise Missing(kind=Kind.PUBLICATION.value, id=publication_id)
    return begun


def _since(grants: Mapping[str, GrantThen]) -> dict[str, int]:
    """How many entries of each kind came since the publication before, over all grants."""
    found: dict[str, int] = {}
    for then in grants.values():
        for kind, number in then.since.items():
            found[kind] = found.get(kind, 0) + number
    return found


def put(context: Context, publication_id: str, contents: Mapping[str, bytes]) -> tuple[File, ...]:
    """Put every file in its place, and give those that are to be recorded; the same bytes again do no harm.

    Raises ObjectExists where other bytes stand.
    """
    from chalicelib.reports.publication import is_recorded  # noqa: PLC0415  as above

    stored = tuple(_put(context, publication_id, name, content) for name, content in contents.items())
    return tuple(file for file in stored if is_recorded(file.name))


def _put(context: Context, publication_id: str, name: str, content: bytes) -> File:
    from chalicelib.reports.publication import media_type  # noqa: PLC0415  as above

    stored = context.objects.put(key_of(publication_id, name), BytesIO(content), content_type=media_type(name))
    return File(name=name, sha256=stored.sha256, size=stored.size)
