"""Rebuilding: a publication's or an export's files made again from the position they were made at, and held against the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import Missing
from chalicelib.domain.exports import Export, ExportMade
from chalicelib.domain.publications import File, PublicationBegun, PublicationDrafted, PublicationMade
from chalicelib.domain.values import Struct
from chalicelib.services import exports, publications, reading
from chalicelib.storage.objects import measured


class Rebuilt(Struct, frozen=True, kw_only=True):
    """One file: as it was recorded, and as it was made again; None where there is no such file."""

    name: str
    recorded: File | None
    made: File | None

    @property
    def is_the_same(self) -> bool:
        """Whether the same bytes were made again."""
        return self.recorded == self.made


class Rebuilding(Struct, frozen=True, kw_only=True):
    """What was made again, which code had made it first, and every file of it."""

    name: Name
    code_version: str
    files: tuple[Rebuilt, ...]


def rebuild(context: Context, aggregate_id: str) -> Rebuilding:
    """Make every file of a publication or an export again, keeping none, whatever was recorded since.

    What was recorded first is read from its chain. Raises Missing (also for a publication whose files were never made), ChainBroken.
    """
    publication = Name(Kind.PUBLICATION, aggregate_id)
    begun: PublicationBegun | None = None
    for record in reading.records(context, publication):
        if isinstance(record.fact, PublicationBegun):
            begun = record.fact
        elif isinstance(record.fact, PublicationDrafted | PublicationMade) and begun:
            made = _publication(context, aggregate_id)
            return _compared(publication, begun.publication.code_version, record.fact.files, made)
    export = Name(Kind.EXPORT, aggregate_id)
    for record in reading.records(context, export):
        if isinstance(record.fact, ExportMade):
            held = record.fact.export
            return _compared(export, held.code_version, held.files, _export(context, held))
    raise Missing(kind="finished publication or export", id=aggregate_id)


def _publication(context: Context, publication_id: str) -> Iterator[File]:
    """The files that are recorded. The manifest is one, and holds the SHA-256 of every other as it was made again."""
    from chalicelib.reports.publication import is_recorded  # noqa: PLC0415  as publication_files.build

    for name, content in publications.rebuild(context, publication_id).items():
        if is_recorded(name):
            yield _file(name, content)


def _export(context: Context, export: Export) -> Iterator[File]:
    import tempfile  # noqa: PLC0415  it is slow to import, and few rebuild

    _prove(context, export.position)
    rows, totals = export.files
    with tempfile.TemporaryFile() as file:
        summed = exports.rebuild(context, export, file)
        file.seek(0)
        stored = measured(rows.name, file)
    yield File(name=rows.name, sha256=stored.sha256, size=stored.size)
    yield _file(totals.name, summed)


def _prove(context: Context, position: Mapping[str, int]) -> None:
    """Check all records up to a position, as an export itself reads them without looking at a hash. Raises ChainBroken."""
    for key, seq in position.items():
        kind, _, aggregate_id = key.partition("#")
        for _record in reading.records(context, Name(Kind(kind), aggregate_id), seq):
            pass


def _file(name: str, content: bytes) -> File:
    stored = measured(name, BytesIO(content))
    return File(name=name, sha256=stored.sha256, size=stored.size)


def _compared(name: Name, code_version: str, recorded: tuple[File, ...], made: Iterator[File]) -> Rebuilding:
    before, again = {file.name: file for file in recorded}, {file.name: file for file in made}
    files = (Rebuilt(name=each, recorded=before.get(each), made=again.get(each)) for each in {**before, **again})
    return Rebuilding(name=name, code_version=code_version, files=tuple(files))
