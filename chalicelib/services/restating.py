"""Restating: the publication that a later one is compared with, read from where it is kept and held against its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.context import Context
from chalicelib.domain.errors import Missing
from chalicelib.domain.publication_refusals import EarlierChanged
from chalicelib.domain.publications import File, Publication, PublicationBegun, name_of
from chalicelib.services import reading
from chalicelib.services.publication_places import key_of

if TYPE_CHECKING:
    # What publications are made with is imported by the few requests that publish.
    from chalicelib.reports.earlier import Earlier

_COMPARED = ("manifest.json", "figures.json", "entries.json")


def comparable(publication: Publication | None) -> bool:
    """Whether a publication has the files that a later one is compared by: the first ones had not."""
    return publication is not None and {file.name for file in publication.files}.issuperset(_COMPARED)


def earlier(context: Context, publication_id: str) -> Earlier:
    """The publication to compare with. Raises Missing, ChainBroken, ObjectMissing, EarlierChanged."""
    from chalicelib.reports.earlier import Earlier  # noqa: PLC0415  as above

    begun: PublicationBegun | None = None
    files: dict[str, File] = {}
    for record in reading.records(context, name_of(publication_id)):
        begun = record.fact if isinstance(record.fact, PublicationBegun) else begun
        files |= {file.name: file for file in getattr(record.fact, "files", ())}
    if begun is None or not files.keys() >= set(_COMPARED):
        raise Missing(kind="publication with figures", id=publication_id)
    content = {name: _read(context, publication_id, files[name]) for name in _COMPARED}
    return Earlier(
        publication=publication_id,
        manifest_sha256=files["manifest.json"].sha256,
        figures=content["figures.json"],
        entries=content["entries.json"],
        position=begun.position,
    )


def _read(context: Context, publication_id: str, file: File) -> bytes:
    content = context.objects.get(key_of(publication_id, file.name))
    if not file.is_(content):
        raise EarlierChanged(id=publication_id, file=file.name)
    return content
