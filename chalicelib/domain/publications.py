"""Publications: frozen, numbered sets of public files, each made from one position of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import Conflict
from chalicelib.domain.values import Struct, replace

OFFICE = Name(Kind.PUBLICATIONS, "office")
"""What numbers this office's publications, and lets one be begun at a time."""


class File(Struct, frozen=True, kw_only=True):
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


class Publication(Struct, frozen=True, kw_only=True):
    """One publication, in the little that a list of them shows; what it is made of stands in its `PublicationBegun`.

    `request` is the idempotency key it was asked for with, if there was one: asked again, this is still the answer.
    """

    KIND: ClassVar = Kind.PUBLICATION

    id: str
    on: date
    code_version: str
    requested_by: str
    request: str = ""
    files: tuple[File, ...] = ()
    state: PublicationState = PublicationState.BEGUN

    def answers(self, requested_by: str, request: str) -> bool:
        """Whether it was begun for this request. Nothing answers a request without a key."""
        return bool(request) and (self.requested_by, self.request) == (requested_by, request)


class Publications(Struct, frozen=True, kw_only=True):
    """The publication that was begun last, and how it stands: all that beginning another depends on.

    It does not grow: the publications themselves are aggregates of their own.
    """

    KIND: ClassVar = Kind.PUBLICATIONS

    last: str
    state: PublicationState

    @property
    def unfinished(self) -> str | None:
        """The id of a publication that was begun and neither made nor abandoned."""
        return self.last if self.state is PublicationState.BEGUN else None


def name_of(publication_id: str) -> Name:
    """The aggregate that a publication is."""
    return Name(Kind.PUBLICATION, publication_id)


def next_id(on: date, begun: int) -> str:
    """The id of the next publication of a day on which so many were begun: the day, and a number from 1."""
    return f"{on}-{begun + 1}"


def place_of(publication_id: str) -> tuple[date, int]:
    """A publication's day and its number on that day: the order of publications, which the text of an id is not.

    `2024-04-01-10` comes after `2024-04-01-9`. Raises ValueError for what is no publication's id.
    """
    day, _, number = publication_id.rpartition("-")
    place = (date.fromisoformat(day), int(number))
    if f"{place[0]}-{place[1]}" != publication_id:
        raise ValueError(f"{publication_id!r} is not a publication's id")
    return place


class PartnersReported(Struct, frozen=True, kw_only=True):
    """Of how many partners a return was due for a quarter, and how many had handed in all of theirs."""

    quarter: str
    partners: int
    reported: int


class PublicationBegun(Struct, frozen=True, kw_only=True):
    """A publication was begun; its files follow. They are made of these facts and nothing else, so they can be made again.

    `position` is how far each chain had come: the number of its last record, by `grant#ssf-4-staffordshire`. It covers grants,
    initiatives, funds and organisations, whose names and details the files show as they were.
    `office` is who publishes; `note` is what readers must know about the figures, if anything. `earlier` are the publications
    that stood then, newest first; `partners` says how many had reported on the last quarter, where any had to.
    """

    KIND: ClassVar = "publication_begun"

    publication: Publication
    position: Mapping[str, int]
    office: str
    note: str = ""
    earlier: tuple[str, ...] = ()
    partners: PartnersReported | None = None


class PublicationMade(Struct, frozen=True, kw_only=True):
    """All files of a publication are in place."""

    KIND: ClassVar = "publication_made"

    files: tuple[File, ...]


class PublicationAbandoned(Struct, frozen=True, kw_only=True):
    """A publication that was begun will never be finished: its files can no longer be what they would have been."""

    KIND: ClassVar = "publication_abandoned"

    why: str


PublicationFact = PublicationBegun | PublicationMade | PublicationAbandoned


class PublicationNumbered(Struct, frozen=True, kw_only=True):
    """The office began a publication under this id."""

    KIND: ClassVar = "publication_numbered"

    id: str


class PublicationSettled(Struct, frozen=True, kw_only=True):
    """The office's last publication was made or abandoned, so another may begin."""

    KIND: ClassVar = "publication_settled"

    id: str
    state: PublicationState


PublicationsFact = PublicationNumbered | PublicationSettled


def apply(held: Publication | None, fact: PublicationFact, _seq: int) -> Publication:
    """A publication after a fact. Raises ValueError for what cannot be where nothing was begun."""
    if isinstance(fact, PublicationBegun):
        return fact.publication
    if held is None:
        raise ValueError(f"a publication cannot begin with {fact.KIND}")
    if isinstance(fact, PublicationMade):
        return replace(held, state=PublicationState.MADE, files=fact.files)
    return replace(held, state=PublicationState.ABANDONED)


def apply_office(_held: Publications | None, fact: PublicationsFact, _seq: int) -> Publications:
    """What the office has published last, after a fact."""
    if isinstance(fact, PublicationNumbered):
        return Publications(last=fact.id, state=PublicationState.BEGUN)
    return Publications(last=fact.id, state=fact.state)
