"""Mentions: what a record says of other aggregates. They are there, and their chains had come so far at least.

An aggregate whose head was taken away is on no list. Whatever mentions it still says that it was there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.domain.aggregates import Fact
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry
from chalicelib.domain.exports import Export, ExportMade
from chalicelib.domain.grants import GrantOffered
from chalicelib.domain.initiatives import InitiativeAmended, InitiativeCreated
from chalicelib.domain.publications import OFFICE, PublicationBegun, PublicationNumbered, name_of


def mentioned(fact: Fact) -> Iterator[tuple[Name, int]]:
    """The aggregates that a fact names, each with the number of a record that its chain must have."""
    match fact:
        case Entry():
            yield from _by_entry(fact)
        case GrantOffered(grant=grant):
            yield Name(Kind.FUND, grant.fund_id), 1
            yield Name(Kind.ORGANISATION, grant.lead_recipient_id), 1
        case InitiativeCreated(initiative=initiative) | InitiativeAmended(initiative=initiative):
            yield Name(Kind.ORGANISATION, initiative.partner_id), 1
        case PublicationNumbered(id=publication_id):
            yield name_of(publication_id), 1
        case PublicationBegun(position=position):
            yield OFFICE, 1
            yield from _reached(position)
        case ExportMade(export=export):
            yield from _by_export(export)


def _by_entry(entry: Entry) -> Iterator[tuple[Name, int]]:
    if initiative_id := entry.place.initiative_id:
        yield Name(Kind.INITIATIVE, initiative_id), 1
    if entry.payer:
        yield Name(Kind.ORGANISATION, entry.payer), 1


def _by_export(export: Export) -> Iterator[tuple[Name, int]]:
    if export.scope.fund_id:
        yield Name(Kind.FUND, export.scope.fund_id), 1
    yield from _reached(export.position)


def _reached(position: Mapping[str, int]) -> Iterator[tuple[Name, int]]:
    for key, seq in position.items():
        kind, _, aggregate_id = key.partition("#")
        yield Name(Kind(kind), aggregate_id), seq
