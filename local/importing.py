"""Imports on the data folder itself, without a server: an extract is previewed, and committed by the digest that was seen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from chalicelib.api.import_bodies import ImportView
from chalicelib.api.schemas import written
from chalicelib.domain.errors import DomainError
from chalicelib.domain.extract_sheets import Complaint
from chalicelib.domain.file_types import FileType
from chalicelib.domain.imports import Import, ImportState
from chalicelib.domain.money import pounds
from chalicelib.domain.people import Role
from chalicelib.domain.previews import Preview, Status
from chalicelib.reports.words import counted
from chalicelib.services import import_posting, imports
from chalicelib.services.evidence import Announced
from chalicelib.services.import_posting import Asked
from chalicelib.services.unit import Held, Written
from chalicelib.storage.objects import measured
from local.machine import Machine
from local.offline import data_of


def bring_in(machine: Machine, file: Path, profile_id: str, *, as_json: bool) -> int:
    """Preview an extract and print what would become of it; the exit code is 1 when any row is refused or a total is not met."""
    with file.open("rb") as content:
        there = measured(file.name, content)
    kind = FileType.XLSX if file.suffix.lower() == ".xlsx" else FileType.CSV
    announced = Announced(file_name=file.name, content_type=kind, size=there.size, sha256=there.sha256)
    try:
        with data_of(machine, Role.FINANCE) as context:
            import_id = imports.announce(context, profile_id, announced).held.state.id
            with file.open("rb") as content:
                context.objects.put(imports.source_key(import_id), content, content_type=kind.value)
            held = imports.preview(context, import_id)
            wrong = [
                complaint
                for status in (Status.REJECTED, Status.UNMAPPED)
                for row in imports.rows(context, held.state, status)
                for complaint in row.complaints
            ]
    except DomainError as refusal:
        return _refused(refusal)
    if held.state.preview is None:
        print(*held.state.wrong, file=sys.stderr, sep="\n")
        return 1
    print(written(ImportView.of(held)) if as_json else "\n".join(_told(held.state, held.state.preview, wrong)))
    return 0 if held.state.preview.agrees and not wrong else 1


def commit(machine: Machine, import_id: str, asked: Asked, *, as_json: bool) -> int:
    """Commit a preview, or go on with it, to its end; the exit code is 1 when anything went into suspense."""
    try:
        with data_of(machine, Role.FINANCE) as context:
            held = import_posting.commit(context, import_id, asked)
            _progress(held)
            while held.state.state is ImportState.COMMITTING:
                held = import_posting.go_on(context, held)
                _progress(held)
    except DomainError as refusal:
        return _refused(refusal)
    waits = sum(each.documents for each in held.state.waiting.values())
    told = f"{counted(held.state.posted, 'document')} posted, {pounds(held.state.posted_pence)}; {waits or 'none'} in suspense."
    print(written(ImportView.of(held)) if as_json else told)
    return 1 if waits else 0


def _refused(refusal: DomainError) -> int:
    print(refusal, file=sys.stderr)
    return 1


def _progress(held: Held[Import] | Written[Import]) -> None:
    print(f"{held.state.done} of {counted(held.state.to_do, 'document')}", file=sys.stderr)


def _told(held: Import, preview: Preview, wrong: list[Complaint]) -> Iterator[str]:
    yield f"Import {held.id} of {held.file_name}, preview {preview.digest}:"
    for status in Status:
        count = preview.counts[status]
        if count.documents:
            yield f"    {status.replace('_', ' ')}: {counted(count.documents, 'document')}, {pounds(count.pence)}"
    for total in preview.totals:
        yield f"    {total.grant_id} {total.initiative_id}: {pounds(total.added_pence)} added, {pounds(total.changed_pence)} changed"
    for footer in preview.footers:
        yield f"    row {footer.row} states {pounds(footer.stated_pence)}, its rows come to {pounds(footer.counted_pence)}"
    for each in wrong:
        where = " ".join(part for part in (each.sheet, f"row {each.row}", each.column) if part)
        yield f"    {where}: {each.value!r} {each.wrong}; right is {each.right}"
    yield f"Nothing is posted yet. To post what is added: python -m local commit {held.id} {preview.digest}"
