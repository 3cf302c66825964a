"""What finance is told of a file that was dropped: what would become of its rows, or why it cannot be previewed."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.imports import Import
from chalicelib.domain.previews import Preview, Status
from chalicelib.reports.words import counted

_LOOK_AT = (Status.CHANGED, Status.UNMAPPED, Status.REJECTED)


def subject_of(held: Import) -> str:
    """The message's subject."""
    if held.preview is None:
        return f"{held.file_name} was dropped and refused"
    return f"{held.file_name} was dropped: its preview waits to be read and committed"


def text_of(held: Import, office: str) -> str:
    """The message about an import: its counts, and what can be done with it. There are no figures and no names in it."""
    if held.preview is None:
        return refused_text(held.dropped_as, held.wrong, office)
    return f"""A file was dropped for {office}, and is previewed. Nothing of it is posted.

Import:  {held.id}
File:    {held.file_name}, dropped as {held.dropped_as}
Profile: {held.profile_id}

{_counts(held.preview)}

Read it in Streetlight (GET /imports/{held.id} and /imports/{held.id}/rows?status=rejected), then commit it by the digest that stands
there (POST /imports/{held.id}/commit). The digest is not in this message, so that nobody commits what they have not looked at.
"""


def refused_subject(file_name: str) -> str:
    """The subject of a message about a file that no import was made of."""
    return f"{file_name} was dropped and cannot be imported"


def refused_text(key: str, wrong: Sequence[str], office: str) -> str:
    """The message about a file that cannot be previewed: why, and that it is kept."""
    listed = "\n".join(f"- {each}" for each in wrong)
    return f"""A file was dropped for {office} and cannot be previewed. Nothing of it is posted.

Dropped as: {key}

{listed}

The file stays where it was dropped. Put right what is wrong, and drop it again.
"""


def _counts(preview: Preview) -> str:
    found = [(status, preview.count(status).documents) for status in Status]
    lines = [f"{status.replace('_', ' ').capitalize()}: {counted(number, 'document')}" for status, number in found if number]
    if not preview.agrees:
        lines.append("A total that the file states of itself is not met.")
    if any(number for status, number in found if status in _LOOK_AT):
        lines.append("Some of it has to be looked at before it is committed.")
    return "\n".join(lines) or "There is nothing in it."
