"""The gate before a publication: its files, if nothing that must be in them is missing and nothing withheld is in any of them."""

from __future__ import annotations

from chalicelib.context import Context
from chalicelib.domain.publication_gaps import Gap, PublicationHasGaps, gaps
from chalicelib.domain.publications import PublicationBegun
from chalicelib.services.publication_files import contents_of

Files = dict[str, bytes]


def checked(context: Context, begun: PublicationBegun) -> Files:
    """A publication's files by name. Raises PublicationHasGaps with every gap there is, ChainBroken."""
    all_of_them, files = found(context, begun)
    if all_of_them:
        raise PublicationHasGaps(gaps=all_of_them)
    return files


def found(context: Context, begun: PublicationBegun) -> tuple[tuple[Gap, ...], Files]:
    """Every gap of a publication, and the files that it would have. Raises ChainBroken."""
    # What pages and charts are made with is for the few requests that publish: the others start without it.
    from chalicelib.reports.publication import made_of, reconciled  # noqa: PLC0415
    from chalicelib.reports.withheld_in_files import gaps_of, sought  # noqa: PLC0415

    contents = contents_of(context, begun)
    said = gaps(contents.listed, contents.disclosures.values(), begun.publication.on)
    names = sought(contents)
    files, earlier = made_of(contents), contents.compared
    del contents  # it may be as large as the files, and checking them needs room
    known = {gap.key for gap in said}
    shown = (gap for gap in gaps_of(reconciled(files, earlier), names) if gap.key not in known)
    return tuple(sorted((*said, *shown), key=lambda gap: gap.key)), files
