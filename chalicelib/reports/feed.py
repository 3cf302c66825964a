"""feed.atom: the office's publications as an Atom feed (RFC 4287), newest first; one that was withdrawn says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from chalicelib.domain.publications import Publication, PublicationState


def feed(publications: Iterable[Publication], office: str, deployment: str) -> str:
    """The feed. `deployment` is a name that no other office's feed has and that never changes: ids are made of it.

    Addresses are relative to the feed's own, so that it is right wherever it is served.
    """
    listed = tuple(each for each in publications if each.state in (PublicationState.MADE, PublicationState.WITHDRAWN))
    updated = max(map(_updated, listed), default=datetime(1970, 1, 1, tzinfo=UTC))
    entries = "".join(_entry(each, deployment) for each in listed)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">\n'
        f"  <id>{_id(deployment, 'feed')}</id>\n"
        f"  <title>{escape(office)}: publications</title>\n"
        f"  <updated>{_instant(updated)}</updated>\n"
        f"  <author><name>{escape(office)}</name></author>\n"
        '  <link rel="self" type="application/atom+xml" href="feed.atom"/>\n'
        f"{entries}</feed>\n"
    )


def _entry(publication: Publication, deployment: str) -> str:
    withdrawn = publication.state is PublicationState.WITHDRAWN
    manifest = publication.file("manifest.json")
    said = f"Withdrawn: {publication.why}" if withdrawn else f"SHA-256 of manifest.json: {manifest.sha256 if manifest else 'none'}"
    page = f"published/{publication.id}/{'withdrawn.json' if withdrawn else 'index.html'}"
    return (
        "  <entry>\n"
        f"    <id>{_id(deployment, publication.id)}</id>\n"
        f"    <title>{'Withdrawn: publication' if withdrawn else 'Publication'} {publication.id}</title>\n"
        f"    <published>{_instant(_made(publication))}</published>\n"
        f"    <updated>{_instant(_updated(publication))}</updated>\n"
        f'    <link rel="alternate" href={quoteattr(page)}/>\n'
        f"    <summary>{escape(said)}</summary>\n"
        "  </entry>\n"
    )


def _made(publication: Publication) -> datetime:
    """When it was published: of the oldest ones only the day is known."""
    return publication.made_at or datetime.combine(publication.on, time(), UTC)


def _updated(publication: Publication) -> datetime:
    return publication.withdrawn_at or _made(publication)


def _id(deployment: str, what: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{deployment}/{what}')}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
