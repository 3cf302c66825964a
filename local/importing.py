"""Imports on the data folder itself, without a server: an extract is previewed, and committed by the digest that was seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from chalicelib.api.import_bodies import ImportView
from chalicelib.api.preview_rows import ComplaintView, PreviewRowView
from chalicelib.context import Context
from chalicelib.domain.extract_sheets import Complaint
from chalicelib.domain.file_types import FileType
from chalicelib.domain.imports import Import, ImportState
from chalicelib.domain.money import pounds
from chalicelib.domain.people import Role
from chalicelib.domain.previews import Preview, PreviewRow, Status
from chalicelib.domain.values import Struct
from chalicelib.reports.words import counted
from chalicelib.services import import_posting, imports, registers
from chalicelib.services.evidence import Announced
from chalicelib.services.import_posting import Asked
from chalicelib.services.unit import Held, Written
from chalicelib.storage.objects import measured
from local.exit_codes import ExitCode
from local.machine import Machine
from local.offline import data_of
from local.told import BrokenOff, Told


class Shown(Struct, frozen=True, kw_only=True):
    """An import that was previewed, the rows of it that are refused, with all that is wrong, and those that have changed."""

    held: Written[Import]
    wrong: tuple[Complaint, ...]
    changed: tuple[PreviewRow, ...]

    @classmethod
    def of(cls, context: Context, held: Written[Import]) -> Shown:
        """Read what somebody has to look at."""
        refused = (row for status in (Status.REJECTED, Status.UNMAPPED) for row in imports.rows(context, held.state, status))
        wrong = tuple(complaint for row in refused for complaint in row.complaints)
        return cls(held=held, wrong=wrong, changed=tuple(imports.rows(context, held.state, Status.CHANGED)))


def bring_in(machine: Machine, file: Path, profile_id: str, told: Told) -> ExitCode:
    """Preview an extract and say what would become of it; the exit code is 1 when any row is refused or a total is not met."""
    with file.open("rb") as content:
        there = measured(file.name, content)
    kind = FileType.XLSX if file.suffix.lower() == ".xlsx" else FileType.CSV
    announced = Announced(file_name=file.name, content_type=kind, size=there.size, sha256=there.sha256)
    with data_of(machine, Role.FINANCE) as context:
        import_id = imports.announce(context, profile_id, announced).held.state.id
        with file.open("rb") as content:
            context.objects.put(imports.source_key(import_id), content, content_type=kind.value)
        shown = _shown(context, import_id, told)
    return _previewed(shown, told)


def preview(machine: Machine, import_id: str, told: Told) -> ExitCode:
    """Preview an import anew, beside the ledger as it stands now, and say what would become of it, as `bring_in` does."""
    with data_of(machine, Role.FINANCE) as context:
        shown = _shown(context, import_id, told)
    return _previewed(shown, told)


def commit(machine: Machine, import_id: str, asked: Asked, told: Told) -> ExitCode:
    """Commit a preview, or go on with it, to its end; the exit code is 1 when anything went into suspense."""
    with data_of(machine, Role.FINANCE) as context, _resumable(context, import_id), told.bars() as bars:
        held = import_posting.commit(context, import_id, asked, bars.show)
        while held.state.state is ImportState.COMMITTING:
            held = import_posting.go_on(context, held, progress=bars.show)
    waits = sum(each.documents for each in held.state.waiting.values())
    told.program(ImportView.of(held))
    paid = f"{counted(held.state.paid, 'document')} now known to be paid; " if held.state.paid else ""
    told.people(f"{counted(held.state.posted, 'document')} posted, {pounds(held.state.posted_pence)}; {paid}{waits or 'none'} in suspense.")
    return ExitCode.NOT_DONE if waits else ExitCode.DONE


def _shown(context: Context, import_id: str, told: Told) -> Shown:
    """Make the preview. Raises BrokenOff: the file is kept, so it need not be brought in again."""
    try:
        with told.bars() as bars:
            return Shown.of(context, imports.preview(context, import_id, bars.show))
    except KeyboardInterrupt:
        raise BrokenOff(
            f"Broken off; nothing is posted. The file is kept, and can be previewed: python -m local preview {import_id}"
        ) from None


@contextmanager
def _resumable(context: Context, import_id: str) -> Iterator[None]:
    """Say how far a commit is that is broken off. Raises BrokenOff."""
    try:
        yield
    except KeyboardInterrupt:
        # Read anew: the write that was under way may have been recorded, although nobody heard of it.
        reached = registers.find(context, Import, import_id).state
        raise BrokenOff(
            f"Broken off: {reached.done:,} of {counted(reached.to_do, 'document')} are done, and stay so. "
            "The same command goes on from there; nothing is posted twice."
        ) from None


def _previewed(shown: Shown, told: Told) -> ExitCode:
    state = shown.held.state
    told.program(_document(shown))
    if state.preview is None:
        told.people(f"Import {state.id} of {state.file_name} is refused:", *(f"    {each}" for each in state.wrong))
        return ExitCode.NOT_DONE
    told.people(*_in_words(shown, state.preview))
    return ExitCode.DONE if state.preview.agrees and not shown.wrong else ExitCode.NOT_DONE


def _document(shown: Shown) -> dict[str, object]:
    """The import as the API shows it, with what has to be looked at."""
    return {
        **msgspec.to_builtins(ImportView.of(shown.held)),
        "complaints": list(map(ComplaintView.of, shown.wrong)),
        "changed": list(map(PreviewRowView.of, shown.changed)),
    }


def _in_words(shown: Shown, preview: Preview) -> Iterator[str]:
    held: Held[Import] | Written[Import] = shown.held
    yield f"Import {held.state.id} of {held.state.file_name}, preview {preview.digest}:"
    for status in Status:
        count = preview.count(status)
        if count.documents:
            known = " now known to be paid" if status is Status.PAID else ""
            yield f"    {status.replace('_', ' ')}: {counted(count.documents, 'document')}{known}, {pounds(count.pence)}"
    for total in preview.totals:
        yield f"    {total.grant_id} {total.initiative_id}: {pounds(total.added_pence)} added, {pounds(total.changed_pence)} changed"
    for footer in preview.footers:
        yield f"    row {footer.row} states {pounds(footer.stated_pence)}, its rows come to {pounds(footer.counted_pence)}"
    for each in shown.wrong:
        where = " ".join(part for part in (each.sheet, f"row {each.row}", each.column) if part)
        yield f"    {where}: {each.value!r} {each.wrong}; right is {each.right}"
    for row in shown.changed:
        yield _changed(row)
    yield f"Nothing is posted yet. To post what is added: python -m local commit {held.state.id} {preview.digest}"


def _changed(row: PreviewRow) -> str:
    where = " ".join(part for part in (row.sheet, f"row {row.rows[0]}") if part)
    asks = f"to correct it, commit with --confirm {row.number}" if row.corrections else "it has to be put right by hand"
    return f"    {where}: {pounds(row.entered_pence)} is entered, it says {pounds(row.cost_pence)} now; {asks}"
