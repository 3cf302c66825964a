"""Exports in parts: what is too much for one run is made by many, any of which may end at any point.

    see to    cut the position into parts; send a message for each part          ExportSplit, ExportPartsSent
    make      put a part's rows, and their totals, where pieces are kept          ExportPartMade
    finish    read all pieces in order, into the one file; put its totals         ExportMade

Whoever finds that all parts are made finishes the export: who recorded the last of them, or who comes for it again. Messages come
twice, late, and out of order, and workers end anywhere. It makes no difference:

    ended before its piece was put         nothing is there: the message comes again
    ended before it was recorded           the message comes again, and the same bytes are put where they are
    ended before the file was put          the message comes again, finds all parts made, and reads the pieces
    ended within                           a file is there whole or not at all
    ended before the end was recorded      the same bytes are where the file goes, which is no other file

A part is recorded once, and so is the end: the export's own chain sees to that. What hangs all the same is sent for by the schedule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import msgspec

from chalicelib.context import Context
from chalicelib.domain.errors import Conflict, DomainError, TooBusy
from chalicelib.domain.export_parts import Piece, parts_of, runs_in
from chalicelib.domain.exports import (
    Export,
    ExportFact,
    ExportFormat,
    ExportKind,
    ExportMade,
    ExportPartMade,
    ExportPartsSent,
    ExportSplit,
    ExportState,
)
from chalicelib.domain.values import Struct, replace
from chalicelib.reports.in_suspense import altogether
from chalicelib.services import exports, registers
from chalicelib.services.export_entries import Ledger, around, records_in, write_rows
from chalicelib.services.export_records import DoneAlready, NotWanted, failed, record
from chalicelib.services.positions import Past
from chalicelib.storage.objects import ObjectMissing, Objects, chunks_of
from chalicelib.storage.workshop import Workshop

IN_ONE_RUN = 1_000_000
"""Of how many records an export is made by one run: it takes minutes of the fifteen that a function may run."""

RECORDS_EACH = 250_000
"""How many records a part has: some seconds' work, and some 200 MB of the longest rows."""

AGAIN = timedelta(minutes=30)
"""After how long the schedule sends for what is still missing: later than the queue would hand a message out again by itself."""


class PieceDiffers(Conflict):
    """A part of the export is not what was recorded of it."""

    part: int

    @property
    def detail(self) -> str:
        """Which part, and what to do."""
        return f"Part {self.part} is not as it was recorded: its piece was changed, or made again by other code. Ask for the export anew."


class Message(Struct, frozen=True):
    """What a worker is sent for: a part of an export, by number."""

    export: str
    part: int


def in_parts(context: Context, export: Export) -> bool:
    """Whether an export that waits is made in parts: rows of entries that one run may not write. A workbook is one run's, however large."""
    if export.split:
        return True
    divisible = export.what.kind is ExportKind.ENTRIES and export.what.format is not ExportFormat.XLSX
    return context.workshop is not None and divisible and records_in(export.position) > IN_ONE_RUN


def see_to(context: Context, export: Export) -> Export:
    """Cut an export into parts, unless it is, and send workers for what is missing, unless they were sent not long ago.

    Raises what the queue raises, TooBusy: the next run sees to it.
    """
    if not export.split:
        export = _recorded(context, export, ExportSplit(parts=parts_of(export.position, RECORDS_EACH)))
    split = export.split
    if export.state is not ExportState.WAITING or not split or (split.sent and context.now - split.sent < AGAIN):
        return export
    parts = split.missing or (len(split.parts),)
    _workshop(context).queue.send([msgspec.json.encode(Message(export.id, part)).decode() for part in parts])
    return _recorded(context, export, ExportPartsSent(at=context.now, parts=parts))


def work(context: Context, message: str) -> Export:
    """Do what a message asks for: make a part of an export, and finish it where no part is missing. The answer is the export then.

    Raises Missing, ValueError for what no worker is sent for, and what the stores raise: the message comes again, then.
    """
    asked = msgspec.json.decode(message, type=Message)
    export = registers.find(context, Export, asked.export).state
    try:
        if export.state is ExportState.WAITING and export.split and not export.split.part(asked.part).piece:
            export = _recorded(context, export, _made(context, export, asked.part))
        if export.state is ExportState.WAITING and export.split and not export.split.missing:
            export = _recorded(context, export, _finished(context, export))
    except NotWanted:
        return registers.find(context, Export, export.id).state
    except (TooBusy, ObjectMissing):
        raise
    except DomainError as refusal:
        return _recorded(context, export, failed(refusal))
    return export


def _recorded(context: Context, export: Export, fact: ExportFact) -> Export:
    try:
        return record(context, export.id, fact).state
    except (DoneAlready, NotWanted):
        return registers.find(context, Export, export.id).state


@exports.no_collecting()
def _made(context: Context, export: Export, number: int) -> ExportPartMade:
    """A part, with its piece put where pieces are kept."""
    import tempfile  # noqa: PLC0415  it is slow to import, and few requests export

    from chalicelib.reports.packed_totals import packed  # noqa: PLC0415  for few requests, too

    pieces, what = _pieces(context), export.what
    runs = runs_in(export.position, export.split, number) if export.split else ()
    with tempfile.TemporaryFile() as file:
        totals = write_rows(Ledger(Past(context, export.position), export.scope, runs=runs), what.format, file)
        file.seek(0)
        rows = pieces.put(rows_key(export.id, number), file, content_type=exports.type_of(what.format))
    summed = pieces.put(totals_key(export.id, number), BytesIO(packed(totals)), content_type=exports.JSON)
    piece = Piece(sha256=rows.sha256, size=rows.size, totals_sha256=summed.sha256, rows=totals.rows)
    return ExportPartMade(part=number, piece=piece, records=sum(run.records for run in runs), totals_pence=totals.measures)


def _finished(context: Context, export: Export) -> ExportMade:
    """An export with its file put together of all pieces, in one reading that checks each of them."""
    from chalicelib.reports.packed_totals import together  # noqa: PLC0415  as above

    numbered = tuple(enumerate((part.piece for part in export.split.parts if part.piece), start=1)) if export.split else ()
    _all_there(context, export, len(numbered))
    totals = together(b"".join(_checked(context, totals_key(export.id, number), number, piece.totals_sha256)) for number, piece in numbered)
    chunks = around(export.what.format, altogether(export)).whole(_rows(context, export, number, piece) for number, piece in numbered)
    key = exports.key_of(export.id, exports.file_name(export))
    stored = context.objects.join(key, chunks, content_type=exports.type_of(export.what.format))
    begun = replace(export, background=None, done=None, split=None, code_version=context.settings.code_version)
    return ExportMade(export=exports.proven(context, begun, stored, exports.summed_of(totals)))


def _all_there(context: Context, export: Export, parts: int) -> None:
    """Make the pieces again that were cleared away, as they are after days. They are the same, or are found not to be."""
    kept = _pieces(context)
    for number in range(1, parts + 1):
        if not all(kept.exists(key) for key in (rows_key(export.id, number), totals_key(export.id, number))):
            _made(context, export, number)


def _rows(context: Context, export: Export, number: int, piece: Piece) -> Iterator[bytes]:
    """The rows of one part. Raises NotWanted, PieceDiffers."""
    if registers.find(context, Export, export.id).state.state is not ExportState.WAITING:
        raise NotWanted(export.id)
    yield from _checked(context, rows_key(export.id, number), number, piece.sha256)


def _checked(context: Context, key: str, number: int, sha256: str) -> Iterator[bytes]:
    """A file of a piece, read once. Raises PieceDiffers at its end, when it is not the one that was recorded."""
    digest = hashlib.sha256()
    with _pieces(context).open(key) as content:
        for chunk in chunks_of(content):
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != sha256:
        raise PieceDiffers(part=number)


def _workshop(context: Context) -> Workshop:
    if context.workshop is None:
        raise RuntimeError("an export in parts is made where a queue and a place for pieces are set, and nowhere else")
    return context.workshop


def _pieces(context: Context) -> Objects:
    return _workshop(context).pieces


def rows_key(export_id: str, number: int) -> str:
    """Where the rows of a part are kept, among the pieces."""
    return f"exports/{export_id}/{number:04}.rows"


def totals_key(export_id: str, number: int) -> str:
    """Where the control totals of a part are kept, among the pieces."""
    return f"exports/{export_id}/{number:04}.totals.json"
