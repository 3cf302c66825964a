"""Publications: frozen, numbered sets of public files, each made from one position of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import Missing

OFFICE = Name(Kind.PUBLICATIONS, "office")
"""The one list of everything this office has published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a publication or export."""

    name: str
    sha256: str
    size: int


class PublicationState(StrEnum):
    """Whether a publication's files are all in place."""

    BEGUN = "begun"
    MADE = "made"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One publication. `position` is how far each grant's chain had come: rebuilt from it, the files are the same."""

    id: str
    on: date
    position: Mapping[str, int]
    code_version: str
    requested_by: str
    files: tuple[File, ...] = ()
    state: PublicationState = PublicationState.BEGUN


@dataclass(frozen=True, slots=True, kw_only=True)
class Publications:
    """Every publication, oldest first."""

    KIND: ClassVar = Kind.PUBLICATIONS

    publications: tuple[Publication, ...] = ()

    def find(self, publication_id: str) -> Publication:
        """The publication with this id. Raises Missing."""
        for publication in self.publications:
            if publication.id == publication_id:
                return publication
        raise Missing(kind="publication", id=publication_id)

    @property
    def unfinished(self) -> Publication | None:
        """A publication that was begun and whose files are not all in place."""
        last = self.publications[-1] if self.publications else None
        return last if last and last.state is PublicationState.BEGUN else None

    @property
    def made(self) -> tuple[Publication, ...]:
        """The publications whose files are all in place, oldest first."""
        return tuple(each for each in self.publications if each.state is PublicationState.MADE)

    def next_id(self, on: date) -> str:
        """The id of the next publication made on a day: the day, and a number from 1."""
        today = sum(1 for publication in self.publications if publication.on == on)
        return f"{on}-{today + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationBegun:
    """A publication was begun at a position; its files follow."""

    KIND: ClassVar = "publication_begun"

    publication: Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationMade:
    """All files of a publication are in place."""

    KIND: ClassVar = "publication_made"

    id: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationAbandoned:
    """A publication that was begun will not be finished: other code is running now, and would write other files."""

    KIND: ClassVar = "publication_abandoned"

    id: str


PublicationsFact = PublicationBegun | PublicationMade | PublicationAbandoned


def apply(held: Publications | None, fact: PublicationsFact, _seq: int) -> Publications:
    """The list of publications after a fact."""
    done = held.publications if held else ()
    match fact:
        case PublicationBegun():
            return Publications(publications=(*done, fact.publication))
        case PublicationMade():
            return _changed(done, fact.id, PublicationState.MADE, fact.files)
        case PublicationAbandoned():
            return _changed(done, fact.id, PublicationState.ABANDONED, ())


def _changed(done: tuple[Publication, ...], changed: str, state: PublicationState, files: tuple[File, ...]) -> Publications:
    after = (replace(each, state=state, files=files) if each.id == changed else each for each in done)
    return Publications(publications=tuple(after))
