"""Imports: an extract is announced, comes past this app to the object store, and is previewed beside the ledger as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from chalicelib.context import Context
from chalicelib.domain import imports
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.evidence import NotUploaded
from chalicelib.domain.file_types import begins_as
from chalicelib.domain.imports import Found, Import, ImportFact, ImportPreviewed, ImportRefused, ImportState
from chalicelib.domain.periods import london_date
from chalicelib.domain.previews import PreviewRow, Status
from chalicelib.domain.profiles import Profile
from chalicelib.domain.values import Struct
from chalicelib.services import registers
from chalicelib.services.evidence import LINK_SECONDS, Announced
from chalicelib.services.import_progress import Progress, untold
from chalicelib.services.unit import Part, Plan, View, Written, change, expect, new_name, one, version_of, view_of
from chalicelib.storage.objects import ObjectMissing, Stored, Upload, measured
from chalicelib.storage.store import Wanted

BLOCK = 5_000
"""How many rows of a preview one of its files holds."""

_decode_row = msgspec.json.Decoder(PreviewRow).decode


class Requested(Struct, frozen=True, kw_only=True):
    """An import that was announced, and the way to upload its file."""

    held: Written[Import]
    upload: Upload


def source_key(import_id: str) -> str:
    """Under which key an extract is kept, as it came."""
    return f"imports/{import_id}/source"


def key_of(import_id: str, name: str) -> str:
    """Under which key a file of a preview is kept."""
    return f"imports/{import_id}/{name}"


def announce(context: Context, profile_id: str, announced: Announced, *, dropped_as: str = "") -> Requested:
    """Announce an extract and get a link to upload it; one that was dropped says under which key.

    Raises Missing (the profile), Contradictory, FileTooLarge.
    """
    asked = Import(
        id=context.new_id(),
        on=london_date(context.now),
        profile_id=profile_id,
        file_name=announced.file_name,
        content_type=announced.content_type,
        size=announced.size,
        sha256=announced.sha256,
        announced_by=context.actor.subject,
        dropped_as=dropped_as,
    )
    sole = one(Import)

    def decide(view: View) -> Plan:
        view.state(Profile, profile_id)
        fact = imports.announce(asked, context.settings.extract_largest_bytes)
        return Plan(parts=(Part(new_name(view, Import, asked.id), None, (fact,)),))

    wanted = Wanted(heads=(Name(Kind.IMPORT, asked.id), Name(Kind.PROFILE, profile_id)))
    return change(
        context,
        lambda: view_of(context, wanted),
        decide,
        lambda written: Requested(held=sole(written), upload=_upload(context, asked)),
    )


def upload(context: Context, import_id: str) -> Upload:
    """The way to upload an extract that was announced, once more. Raises Missing, NotInState."""
    held = registers.find(context, Import, import_id).state
    held.require(ImportState.ANNOUNCED)
    return _upload(context, held)


def preview(context: Context, import_id: str, progress: Progress = untold) -> Written[Import]:
    """Read what was uploaded, and say what would become of every row of it. Nothing goes into the ledger.

    Costs two reads of the file; a load for each hundred documents; and, where the ledger has some of them, its records since.
    Raises Missing, StaleView, NotInState, NotUploaded, ExtractUnreadable, ChainBroken.
    """

    def decide(view: View) -> Plan:
        held = view.held(Import, import_id)
        expect(context, version_of(held))
        held.state.require(ImportState.ANNOUNCED, ImportState.PREVIEWED)
        return Plan(parts=(Part(held.name, held, (_previewed(context, held.state, progress),)),))

    return change(context, lambda: view_of(context, Wanted(heads=(Name(Kind.IMPORT, import_id),))), decide, one(Import))


def rows(context: Context, held: Import, status: Status, after: int = 0) -> Iterator[PreviewRow]:
    """The rows of an import's preview with one status, after the first `after` of them. Reads no file further than is taken."""
    files = [file for file in held.preview.files if file.name.rpartition("/")[2].startswith(f"{status}-")] if held.preview else []
    for place, file in enumerate(files):
        if (place + 1) * BLOCK > after:
            lines = context.objects.get(key_of(held.id, file.name)).splitlines()
            yield from map(_decode_row, lines[max(0, after - place * BLOCK) :])


def _upload(context: Context, asked: Import) -> Upload:
    announced = Stored(key=source_key(asked.id), size=asked.size, sha256=asked.sha256)
    return context.objects.upload(announced, content_type=asked.content_type.value, seconds=LINK_SECONDS, now=context.now)


def _previewed(context: Context, held: Import, progress: Progress) -> ImportFact:
    # Few requests read a file, and these are slow to import.
    from chalicelib.extracts.sheets import Look  # noqa: PLC0415
    from chalicelib.services.previewing import preview_of  # noqa: PLC0415

    key, look = source_key(held.id), Look()
    source = partial(context.objects.open, key)
    try:
        with source() as content:
            there = measured(key, content, look)
    except ObjectMissing:
        raise NotUploaded(held.id) from None
    found = Found(size=there.size, sha256=there.sha256, begins=begins_as(held.content_type, look.begins))
    if wrong := imports.differences(held, found):
        return ImportRefused(wrong=wrong)
    return ImportPreviewed(size=held.size, sha256=held.sha256, preview=preview_of(context, held, source, look, progress))
