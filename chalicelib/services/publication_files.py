"""A publication's files: built from what it was begun with and nothing else, and put where they stay."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from chalicelib.context import Context
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.publications import File, PublicationBegun
from chalicelib.services import positions, restating
from chalicelib.services.positions import Past
from chalicelib.services.publication_places import key_of


def build(context: Context, begun: PublicationBegun) -> dict[str, bytes]:
    """A publication's files by name. Raises ChainBroken; EarlierChanged and ObjectMissing for the one that it is compared with."""
    # What pages and charts are made with is for the few requests that publish: the others start without it.
    from chalicelib.reports.contents import Contents  # noqa: PLC0415
    from chalicelib.reports.publication import files_of  # noqa: PLC0415

    before = restating.earlier(context, begun.follows) if begun.follows else None
    past = Past(context, begun.position)
    after = before.position if before else None
    grants = {
        grant_id: past.grant(grant_id, None if after is None else after.get(f"{Grant.KIND}#{grant_id}", 0))
        for grant_id in positions.ids_in(begun.position, Grant.KIND)
    }
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
            first_entries=positions.first_entries(grants),
            reported={grant_id: then.reported for grant_id, then in grants.items()},
            waivers={grant_id: then.waivers for grant_id, then in grants.items()},
            heads=past.heads,
        ),
        before,
        {grant_id: then.reasons for grant_id, then in grants.items()},
    )


def put(context: Context, publication_id: str, contents: Mapping[str, bytes]) -> tuple[File, ...]:
    """Put every file in its place; the same bytes again do no harm. Raises ObjectExists where other bytes stand."""
    return tuple(_put(context, publication_id, name, content) for name, content in contents.items())


def _put(context: Context, publication_id: str, name: str, content: bytes) -> File:
    from chalicelib.reports.publication import media_type  # noqa: PLC0415  as above

    stored = context.objects.put(key_of(publication_id, name), BytesIO(content), content_type=media_type(name))
    return File(name=name, sha256=stored.sha256, size=stored.size)
