"""Publications: frozen, numbered sets of public files, each made from one position of the ledger.

begun --drafted--> drafted --made--> made --withdrawn--> withdrawn
  |                   |
  +----made-----------|---> made      at once, without a draft
  |                   |
  +--abandoned        +--discarded
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import NotInState
from chalicelib.domain.partners_reported import PartnersReported
from chalicelib.domain.publishing_later import PublishingAsked, PublishingEnded
from chalicelib.domain.values import Struct, replace

OFFICE = Name(Kind.PUBLICATIONS, "office")
"""What numbers this office's publications, and lets one be begun at a time."""


class File(Struct, frozen=True, kw_only=True):
    """One file of a publication or export."""

    name: str
    sha256: str
    size: int

    def is_(self, content: bytes) -> bool:
        """Whether these are its bytes."""
        return (len(content), sha256(content).hexdigest()) == (self.size, self.sha256)


class PublicationState(StrEnum):
    """How far a publication has come: a draft is for the publisher alone, and what was made everybody may read."""

    BEGUN = "begun"
    DRAFTED = "drafted"
    MADE = "made"
    ABANDONED = "abandoned"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"


SHOWN = (PublicationState.DRAFTED, PublicationState.MADE, PublicationState.DISCARDED, PublicationState.WITHDRAWN)
"""The states of publications that have files."""


class Publication(Struct, frozen=True, kw_only=True):
    """One publication, in the little that a list of them shows; what it is made of stands in its `PublicationBegun`.

    `request` is the idempotency key it was asked for with, if there was one: asked again, this is still the answer.
    `follows` is the id of the publication that it is compared with, if there was one: its files never change. `archive` is
    the one file that a draft is kept as. `told` says that the publisher was told of the draft. `why` is the reason why it was
    withdrawn, which is public. `background` is of one that is too large for the request that began it; `asked_by` is who asked
    for a draft to be published that is too large for that; `failed` is why nothing came of either. `seq` is its last record.
    """

    KIND: ClassVar = Kind.PUBLICATION

    id: str
    on: date
    code_version: str
    requested_by: str
    request: str = ""
    follows: str = ""
    as_draft: bool = False
    files: tuple[File, ...] = ()
    archive: File | None = None
    told: bool = False
    state: PublicationState = PublicationState.BEGUN
    made_at: datetime | None = None
    withdrawn_at: datetime | None = None
    why: str = ""
    background: bool = False
    asked_by: str = ""
    failed: str = ""
    seq: int = 0

    @property
    def is_shown(self) -> bool:
        """Whether it has files, or somebody watches for them."""
        return self.state in SHOWN or self.background

    @property
    def waits(self) -> bool:
        """Whether the schedule is to go on with it: to make it, or to publish it."""
        return (self.state is PublicationState.BEGUN and self.background) or (
            self.state is PublicationState.DRAFTED and bool(self.asked_by)
        )

    def file(self, name: str) -> File | None:
        """One of its files."""
        return next((each for each in self.files if each.name == name), None)

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


class PublicationBegun(Struct, frozen=True, kw_only=True):
    """A publication was begun; its files follow. They are made of these facts and nothing else, so they can be made again.

    `position` is how far each chain had come: the number of its last record, by `grant#ssf-4-staffordshire`. It covers grants,
    initiatives, funds and organisations, whose names and details the files show as they were.
    `office` is who publishes; `note` is what readers must know about the figures, if anything; `giving_prefix` is the office's own at
    360Giving, if it has one. `earlier` are the publications that stood then, and `withdrawn` those that were withdrawn by then, newest
    first; `partners` says how many had reported on the last quarter, where any had to.
    `suspended_documents` waited in suspense, with `suspended_pence`: they are in no figure.
    """

    KIND: ClassVar = "publication_begun"

    publication: Publication
    position: Mapping[str, int]
    office: str
    note: str = ""
    suspended_documents: int = 0
    suspended_pence: int = 0
    giving_prefix: str = ""
    earlier: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    partners: PartnersReported | None = None


class PublicationDrafted(Struct, frozen=True, kw_only=True):
    """A draft is in place: the files that would go out, and the archive that they are kept in until then."""

    KIND: ClassVar = "publication_drafted"

    files: tuple[File, ...]
    archive: File


class PublisherTold(Struct, frozen=True, kw_only=True):
    """The mail service took the message that tells the publisher of a draft."""

    KIND: ClassVar = "publisher_told"

    message_id: str


class PublisherNotTold(Struct, frozen=True, kw_only=True):
    """The publisher was not told of a draft, or nobody knows."""

    KIND: ClassVar = "publisher_not_told"

    why: str


class PublicationMade(Struct, frozen=True, kw_only=True):
    """All files of a publication are in place, where everybody may read them."""

    KIND: ClassVar = "publication_made"

    files: tuple[File, ...]
    at: datetime | None = None


class PublicationDiscarded(Struct, frozen=True, kw_only=True):
    """A draft will not be published, for the reason that the record gives."""

    KIND: ClassVar = "publication_discarded"


class PublicationWithdrawn(Struct, frozen=True, kw_only=True):
    """A publication no longer counts. Its files stay; beside them stands a tombstone that says why, in public."""

    KIND: ClassVar = "publication_withdrawn"

    why: str
    at: datetime
    tombstone: File


class PublicationAbandoned(Struct, frozen=True, kw_only=True):
    """A publication that was begun will never be finished: its files can no longer be what they would have been."""

    KIND: ClassVar = "publication_abandoned"

    why: str


PublicationFact = (
    PublicationBegun
    | PublicationDrafted
    | PublisherTold
    | PublisherNotTold
    | PublicationMade
    | PublicationAbandoned
    | PublicationDiscarded
    | PublicationWithdrawn
    | PublishingAsked
    | PublishingEnded
)


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


def in_state(publication: Publication, *allowed: PublicationState) -> Publication:
    """The publication itself, in one of these states. Raises NotInState."""
    if publication.state not in allowed:
        raise NotInState(kind=Kind.PUBLICATION.value, id=publication.id, state=publication.state, needed=allowed)
    return publication


def apply(held: Publication | None, fact: PublicationFact, seq: int) -> Publication:
    """A publication after a fact. Raises ValueError for what cannot be where nothing was begun."""
    if isinstance(fact, PublicationBegun):
        return replace(fact.publication, seq=seq)
    if held is None:
        raise ValueError(f"a publication cannot begin with {fact.KIND}")
    return replace(_after(held, fact), seq=seq)


def _after(held: Publication, fact: PublicationFact) -> Publication:
    match fact:
        case PublicationDrafted():
            return replace(held, state=PublicationState.DRAFTED, files=fact.files, archive=fact.archive)
        case PublicationMade():
            return replace(held, state=PublicationState.MADE, files=fact.files, made_at=fact.at)
        case PublicationAbandoned() | PublicationDiscarded():
            abandoned = isinstance(fact, PublicationAbandoned)
            failed = fact.why if isinstance(fact, PublicationAbandoned) and held.background else held.failed
            return replace(held, state=PublicationState.ABANDONED if abandoned else PublicationState.DISCARDED, failed=failed)
        case PublicationWithdrawn():
            files = (*held.files, fact.tombstone)
            return replace(held, state=PublicationState.WITHDRAWN, files=files, withdrawn_at=fact.at, why=fact.why)
        case _:
            return _of_draft(held, fact)


def _of_draft(held: Publication, fact: PublicationFact) -> Publication:
    match fact:
        case PublishingAsked():
            return replace(held, asked_by=fact.by, failed="")
        case PublishingEnded():
            return replace(held, asked_by="", failed=fact.why)
        case _:
            return replace(held, told=held.told or isinstance(fact, PublisherTold))


def apply_office(_held: Publications | None, fact: PublicationsFact, _seq: int) -> Publications:
    """What the office has published last, after a fact."""
    if isinstance(fact, PublicationNumbered):
        return Publications(last=fact.id, state=PublicationState.BEGUN)
    return Publications(last=fact.id, state=fact.state)
