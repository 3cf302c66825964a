"""Publications: frozen, numbered sets of public files, each made from one position of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import Conflict, Missing

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


@dataclass(eq=False)
class PublicationOvertaken(Conflict):
    """Other code took over while this publication was being written."""

    id: str

    @property
    def detail(self) -> str:
        return f"Publication {self.id} was abandoned, as other code has begun to write its files or another publication: ask for a new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One publication, in the little that a list which only grows can carry; what it is made of stands in its `PublicationBegun`.

    `request` is the idempotency key it was asked for with, if there was one: asked again, this is still the answer.
    """

    id: str
    on: date
    code_version: str
    requested_by: str
    request: str = ""
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

    def answering(self, requested_by: str, request: str) -> Publication | None:
        """The publication that was begun for this request and not abandoned."""
        for each in self.publications:
            if request and (each.requested_by, each.request) == (requested_by, request) and each.state is not PublicationState.ABANDONED:
                return each
        return None

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
    """A publication was begun; its files follow. They are made of these facts and nothing else, so they can be made again.

    `position` is how far each chain had come: the number of its last record, by `grant#ssf-4-staffordshire`. It covers grants,
    initiatives, funds and organisations, whose names and details the files show as they were.
    `office` is who publishes; `note` is what readers must know about the figures, if anything.
    """

    KIND: ClassVar = "publication_begun"

    publication: Publication
    position: Mapping[str, int]
    office: str
    note: str = ""


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
