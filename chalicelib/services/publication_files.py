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
from chalicelib.domain.values import Struct
from chalicelib.services import positions
from chalicelib.services.positions import GrantThen, Past, Position

MANIFEST = "manifest.json"
"""The file that lists all others. The ledger records its SHA-256, so what it lists is held, too."""


def key_of(publication_id: str, name: str) -> str:
    """Under which key a publication's file is kept."""
    return f"published/{publication_id}/{name}"


def build(context: Context, begun: PublicationBegun, before: Position | None = None) -> dict[str, bytes]:
    """A publication's files by name; `before` is the position of the publication before it. Raises ChainBroken."""
    # What pages and charts are made with is for the few requests that publish: the others start without it.
    from chalicelib.reports.contents import Before, Contents  # noqa: PLC0415
    from chalicelib.reports.publication import files_of  # noqa: PLC0415

    past = Past(context, begun.position)
    grants = {grant_id: past.grant(grant_id, before) for grant_id in positions.ids_in(begun.position, Grant.KIND)}
    last = begun.earlier[0] if begun.earlier else None
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


class _Row(Struct, frozen=True, kw_only=True):
    """What a manifest says of a file."""

    name: str
    sha256: str
    size: int


class _Manifest(Struct, frozen=True, kw_only=True):
    """What is read of a manifest."""

    files: tuple[_Row, ...]


def listed(manifest: bytes) -> tuple[File, ...]:
    """The files that a manifest lists. Raises ValueError for what is no manifest."""
    from msgspec.json import decode  # noqa: PLC0415  few requests read one

    return tuple(File(name=row.name, sha256=row.sha256, size=row.size) for row in decode(manifest, type=_Manifest).files)


def _put(context: Context, publication_id: str, name: str, content: bytes) -> File:
    from chalicelib.reports.publication import media_type  # noqa: PLC0415  as above

    stored = context.objects.put(key_of(publication_id, name), BytesIO(content), content_type=media_type(name))
    return File(name=name, sha256=stored.sha256, size=stored.size)
