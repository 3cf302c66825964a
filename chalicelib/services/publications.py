"""Publishing: begin at a position, write the files, say that they are there. Each step can be repeated; none is done twice."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.context import Context
from chalicelib.domain.publications import Publication


def publish(context: Context) -> Publication:
    """Publish the ledger as it stands. Raises Replayed, ChainBroken, PublicationOvertaken, TooBusy."""
    raise NotImplementedError


def publish_monthly(context: Context) -> Publication:
    """The scheduled publication of the month that `context.now` lies in (London): once, however often the event comes."""
    raise NotImplementedError


def rebuild(context: Context, publication_id: str) -> dict[str, bytes]:
    """A publication's files by name, made again from what it was begun with. Raises Missing, ChainBroken."""
    raise NotImplementedError


def find(context: Context, publication_id: str) -> Publication:
    """One publication. Raises Missing."""
    raise NotImplementedError


def made(context: Context) -> tuple[Publication, ...]:
    """Every publication whose files are in place, newest first."""
    raise NotImplementedError


def latest(context: Context) -> Publication | None:
    """The newest publication whose files are in place."""
    raise NotImplementedError


def position_of(context: Context, publication_id: str) -> Mapping[str, int]:
    """How far each chain had come, by `grant#<id>` (and initiative, fund, organisation). Raises Missing."""
    raise NotImplementedError


def key_of(publication_id: str, name: str) -> str:
    """Under which key a publication's file is kept."""
    return f"published/{publication_id}/{name}"
