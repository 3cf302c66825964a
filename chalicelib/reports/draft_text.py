"""What the publisher is told: of a draft that waits, or of the gaps that keep a month from being drafted."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.publication_gaps import Gap
from chalicelib.domain.publications import Publication

GAPS_SUBJECT = "Nothing was published: something is missing"
"""The subject of a message about gaps."""

_MOST_GAPS = 200


def subject_of(draft: Publication) -> str:
    """The message's subject."""
    return f"Draft {draft.id} waits to be read and published"


def text_of(draft: Publication, office: str) -> str:
    """The message: which draft, how it is read, and what can be done with it. There are no figures in it."""
    manifest = draft.file("manifest.json")
    compared = f"It tells what has changed since {draft.follows}." if draft.follows else "Nothing was published before it."
    return f"""A draft of {office}'s spending publication is ready. Nobody but the publisher can read it yet.

Draft:               {draft.id}
SHA-256 of manifest: {manifest.sha256 if manifest else "none"}

{compared}

To read it, ask Streetlight for its preview (GET /publications/{draft.id}/preview) and open index.html of the archive; run
verify_publication.py of the archive to check it. Then publish it (POST /publications/{draft.id}/publication), which puts out
these very bytes, or discard it (POST /publications/{draft.id}/discard).
"""


def gaps_text(gaps: Sequence[Gap], office: str) -> str:
    """The message: every gap by its subject's id, or the first of very many. There is nothing in it that is withheld."""
    listed = "\n".join(f"- {gap.detail}" for gap in gaps[:_MOST_GAPS])
    more = f"\nAnd {len(gaps) - _MOST_GAPS} more." if len(gaps) > _MOST_GAPS else ""
    return f"""{office}'s spending was not published this month, nor drafted, as something that must be published is missing:

{listed}{more}

State what is missing, then make a draft (POST /publication-drafts) or publish at once (POST /publications). Until then
GET /publications/gaps lists what is left.
"""


def failed_text(publication: Publication, office: str) -> str:
    """The message: what was asked for, by whose request, and why it did not come about. There is nothing in it that is withheld."""
    return f"""What was asked for of publication {publication.id} of {office}'s spending did not come about:

{publication.failed}

Nothing else changed. When that is put right, ask again (POST /publications or POST /publication-drafts; a draft that stands,
POST /publications/{publication.id}/publication). GET /publications/gaps lists what is missing, if anything is.
"""
