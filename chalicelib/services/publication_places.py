"""Where a publication's files are kept: what everybody may read under `published/`, what is only a draft under `drafts/`."""

from __future__ import annotations


def key_of(publication_id: str, name: str) -> str:
    """Under which key a published file is kept."""
    return f"published/{publication_id}/{name}"


def draft_key_of(publication_id: str, name: str) -> str:
    """Under which key a draft's file is kept."""
    return f"drafts/{publication_id}/{name}"


def archive_of(publication_id: str) -> str:
    """What the archive of a draft's files is called."""
    return f"publication-{publication_id}.zip"
