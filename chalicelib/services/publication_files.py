"""A publication's files: built from what it was begun with and nothing else, and put where they stay."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from chalicelib.context import Context
from chalicelib.domain.disclosures import Disclosure, masked
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.publication_refusals import DraftChanged
from chalicelib.domain.publications import File, Publication, PublicationBegun, PublicationDrafted
from chalicelib.services import positions, restating
from chalicelib.services.manifests import MANIFEST
from chalicelib.services.positions import Past
from chalicelib.services.publication_places import archive_of, draft_key_of, key_of

if TYPE_CHECKING:
    from chalicelib.reports.contents import Contents


def build(context: Context, begun: PublicationBegun) -> dict[str, bytes]:
    """A publication's files by name. Raises ChainBroken; EarlierChanged and ObjectMissing for the one that it is compared with."""
    # What pages and charts are made with is for the few requests that publish: the others start without it.
    from chalicelib.reports.publication import made_of, reconciled  # noqa: PLC0415

    contents = contents_of(context, begun)
    files, earlier = made_of(contents), contents.compared
    del contents  # it may be as large as the files, and checking them needs room
    return reconciled(files, earlier)


def contents_of(context: Context, begun: PublicationBegun) -> Contents:
    """What a publication's files are made of. Raises as `build` does."""
    from chalicelib.reports.contents import Contents  # noqa: PLC0415  as above

    follows = begun.publication.follows
    before = restating.earlier(context, follows) if follows else None
    past = Past(context, begun.position)
    after = before.position if before else None
    grants = {
        grant_id: past.grant(grant_id, None if after is None else after.get(f"{Grant.KIND}#{grant_id}", 0))
        for grant_id in positions.ids_in(begun.position, Grant.KIND)
    }
    disclosures = past.every(Disclosure)
    return Contents(
        publication=begun.publication,
        office=begun.office,
        note=begun.note,
        suspended_documents=begun.suspended_documents,
        suspended_pence=begun.suspended_pence,
        grants={grant_id: then.grant for grant_id, then in grants.items()},
        initiatives={held: masked(each, disclosures.get(held)) for held, each in past.every(Initiative).items()},
        funds=past.every(Fund),
        organisations=past.every(Organisation),
        cells={grant_id: then.cells for grant_id, then in grants.items()},
        entries={grant_id: then.entries for grant_id, then in grants.items()},
        first_entries=positions.first_entries(grants),
        reported={grant_id: then.reported for grant_id, then in grants.items()},
        waivers={grant_id: then.waivers for grant_id, then in grants.items()},
        heads=past.heads,
        spending=tuple(line for then in grants.values() for line in then.spending),
        disclosures=disclosures,
        giving_prefix=begun.giving_prefix,
        compared=before,
        earlier=begun.earlier,
        withdrawn=begun.withdrawn,
        partners=begun.partners,
        reasons={grant_id: then.reasons for grant_id, then in grants.items()},
    )


def put_draft(context: Context, publication_id: str, contents: Mapping[str, bytes]) -> PublicationDrafted:
    """Put every file, as one archive, where a draft is kept. Raises ObjectExists where other bytes stand."""
    from chalicelib.reports.publication import is_recorded  # noqa: PLC0415  as above
    from chalicelib.reports.zip_file import ZIP, zipped_stream  # noqa: PLC0415  as above

    name = archive_of(publication_id)
    stored = context.objects.put(draft_key_of(publication_id, name), zipped_stream(contents), content_type=ZIP)
    files = tuple(
        File(name=each, sha256=sha256(content).hexdigest(), size=len(content)) for each, content in contents.items() if is_recorded(each)
    )
    return PublicationDrafted(files=files, archive=File(name=name, sha256=stored.sha256, size=stored.size))


def unpacked(context: Context, publication: Publication) -> dict[str, bytes]:
    """A draft's files by name, held against its record: the archive, and each file that is recorded. Raises DraftChanged, ObjectMissing."""
    from chalicelib.reports.zip_file import unzipped  # noqa: PLC0415  as above

    archive = publication.archive or File(name="", sha256="", size=0)
    packed = context.objects.get(draft_key_of(publication.id, archive.name))
    if not archive.is_(packed):
        raise DraftChanged(id=publication.id, file=archive.name)
    contents = unzipped(packed)
    for file in publication.files:
        if not file.is_(contents.get(file.name, b"")):
            raise DraftChanged(id=publication.id, file=file.name)
    # As they were made: the manifest comes last, as it says that the others are there.
    recorded = [file.name for file in publication.files if file.name != MANIFEST]
    return {name: contents[name] for name in dict.fromkeys((*recorded, *(each for each in contents if each != MANIFEST), MANIFEST))}


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
