"""Making an import's preview: the file is read, its documents looked up in the ledger, and what would become of each is kept.

    file ---a few thousand rows at a time---> fragments of documents ---in the order of the file---> documents
    documents ---a hundred at a time, looked up---> those that the ledger has not got: rows of the preview
                                                 '-> those that it has ---with their entries---> rows of the preview

No more than that is in memory at a time; what has to wait does so in a scratch database (`preview_scratch`).
The digest is a SHA-256 over the file, every row of the preview, and how far the chains had come that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import msgspec

from chalicelib.context import Context
from chalicelib.domain.extract_documents import Documents, Extracted
from chalicelib.domain.imports import Import
from chalicelib.domain.organisations import Organisation, VatStatus
from chalicelib.domain.periods import london_date
from chalicelib.domain.previewing import EnteredLine, Tally, rejected, row_of
from chalicelib.domain.previews import Preview, PreviewRow
from chalicelib.domain.profiles import Profile
from chalicelib.extracts.sheets import Look, Source
from chalicelib.services import registers
from chalicelib.services.import_progress import Progress, Stage, told, untold
from chalicelib.services.ledger_documents import AT_ONCE, LedgerDocuments
from chalicelib.services.preview_files import PreviewFiles
from chalicelib.services.preview_scratch import Scratch
from chalicelib.services.sifting import sift
from chalicelib.services.told_sheets import told_sheets


def preview_of(context: Context, held: Import, source: Source, look: Look, progress: Progress = untold) -> Preview:
    """Read an extract, hold it against the ledger, and keep what would become of its rows. Raises ExtractUnreadable, ChainBroken."""
    profile = registers.find(context, Profile, held.profile_id)
    payer = registers.find(context, Organisation, profile.state.payer_id)
    with Scratch() as scratch:
        sifted = sift(scratch, told_sheets(source, look, held.size, profile.state, progress), profile.state)
        ledger, rows = LedgerDocuments(context, scratch, progress), _Rows(scratch, payer.state.vat_status, progress)
        rows.take(scratch.documents(Documents(profile.state, london_date(context.now)), progress), ledger)
        read = {str(each.name): each.position.seq for each in (profile, payer)}
        position = dict(sorted({**read, **ledger.position}.items()))
        rests_on = {"source": held.sha256, "position": position, "rows": rows.files.finished()}
        digest = sha256(msgspec.json.encode(rests_on, order="sorted")).hexdigest()
        return Preview(
            digest=digest,
            position=position,
            counts=rows.tally.counts,
            totals=rows.tally.totals,
            footers=tuple(sifted.footers),
            passed=sifted.passed,
            repaired=sifted.repaired,
            files=rows.files.put(context, held.id, digest[:16]),
        )


class _Rows:
    """The rows of a preview as they are made."""

    def __init__(self, scratch: Scratch, vat_status: VatStatus, progress: Progress) -> None:
        self._scratch, self._vat_status, self._progress = scratch, vat_status, progress
        self.files, self.tally = PreviewFiles(scratch), Tally(vat_status)
        self._waiting: list[tuple[int, Extracted]] = []

    def take(self, documents: Iterable[Extracted], ledger: LedgerDocuments) -> None:
        """Every document with what would become of it; then every row that is none, with all that is wrong with it."""
        number = 0
        for number, extracted in enumerate(documents, 1):
            if extracted.complaints or not extracted.lines:
                self._add(row_of(number, extracted, None, self._vat_status))
                continue
            self._waiting.append((number, extracted))
            if len(self._waiting) == AT_ONCE:
                self._look_up(ledger)
                self._progress(Stage.LOOKED_UP, number, self._scratch.count)
        self._look_up(ledger)
        if number:
            self._progress(Stage.LOOKED_UP, number, self._scratch.count)
        ledger.read_entries()
        for known, extracted, entered in told(self._scratch.known(), self._progress, Stage.COMPARED, ledger.known):
            self._add(row_of(known, extracted, entered or None, self._vat_status), entered)
        for place, complaints in enumerate(self._scratch.wrong(), number + 1):
            self._add(rejected(place, complaints))

    def _look_up(self, ledger: LedgerDocuments) -> None:
        """What would become of the documents that wait; those that the ledger has go on waiting until their entries have been read."""
        if self._waiting:
            known = ledger.look_up(self._waiting)
            for number, extracted in self._waiting:
                if extracted.key not in known:
                    self._add(row_of(number, extracted, None, self._vat_status))
            self._waiting = []

    def _add(self, row: PreviewRow, entered: tuple[EnteredLine, ...] = ()) -> None:
        self.files.add(row)
        self.tally.add(row, entered)
