"""What the publisher is told of a draft that waits."""

from __future__ import annotations

from chalicelib.domain.publications import Publication


def subject_of(draft: Publication) -> str:
    """The message's subject."""
    return f"Draft {draft.id} waits to be read and published"


def text_of(draft: Publication, office: str) -> str:
    """The message: which draft, how it is read, and what can be done with it. There are no figures in it."""
    manifest = draft.file("manifest.json")
    compared = f"It tells what has changed since {draft.follows}." if draft.follows else "Nothing was published before it."
    return f"""A draft of {office}'s spending publication is ready. Nobody but the publisher can read it yet.

Draft:               {draft.id}
Files:               {len(draft.files)}
SHA-256 of manifest: {manifest.sha256 if manifest else "none"}

{compared}

To read it, ask Streetlight for its preview (GET /publications/{draft.id}/preview) and open index.html of the archive; run
verify_publication.py of the archive to check it. Then publish it (POST /publications/{draft.id}/publication), which puts out
these very bytes, or discard it (POST /publications/{draft.id}/discard).
"""
