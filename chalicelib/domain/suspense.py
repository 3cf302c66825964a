"""Suspense: documents of an import that the ledger refused, each with the reason, until somebody resolves it.

    waiting --- posted, as it is or elsewhere ---> posted
       |------- dismissed by a second person ----> dismissed

What waits is on every report, so that no figure is taken for whole while it is not.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import Conflict, NotInState
from chalicelib.domain.matters import Override, OverrideGiven
from chalicelib.domain.money import pounds
from chalicelib.domain.people import Actor, second_person
from chalicelib.domain.periods import Quarter
from chalicelib.domain.previews import PreviewRow
from chalicelib.domain.values import Struct, replace


class SuspenseState(StrEnum):
    """What became of a document in suspense."""

    WAITING = "waiting"
    POSTED = "posted"
    DISMISSED = "dismissed"


class Suspended(Struct, frozen=True, kw_only=True):
    """A document in suspense: where it comes from, what is to be posted, and why the ledger refused it.

    `problem` is the refusal's kind and `reason` its words. `place` is the grant and quarter it is counted under, `pence` what it
    comes to there. `entries` are those it was posted with at last; `dismissed_in` is the record
    of its dismissal. Somebody may have let whoever committed its import dismiss it (`override`).
    """

    KIND: ClassVar = Kind.SUSPENSE

    id: str
    import_id: str
    on: date
    row: PreviewRow
    payer_id: str
    place: str
    pence: int
    problem: str
    reason: str
    committed_by: str
    state: SuspenseState = SuspenseState.WAITING
    entries: tuple[str, ...] = ()
    dismissed_in: int | None = None
    override: Override | None = None

    def require_waiting(self) -> None:
        """Refuse with NotInState unless it waits."""
        if self.state is not SuspenseState.WAITING:
            raise NotInState(kind="document in suspense", id=self.id, state=self.state, needed=(SuspenseState.WAITING,))


class DocumentSuspended(Struct, frozen=True, kw_only=True):
    """The ledger refused a document of an import; it waits."""

    KIND: ClassVar = "document_suspended"

    suspended: Suspended


class SuspensePosted(Struct, frozen=True, kw_only=True):
    """The document was posted after all, with these entries."""

    KIND: ClassVar = "suspense_posted"

    entries: tuple[str, ...]


class SuspenseDismissed(Struct, frozen=True, kw_only=True):
    """A second person found that the document needs no posting; the record's reason says why.

    `prepared_by` is whoever committed the import, whom somebody may have let (`override`).
    """

    KIND: ClassVar = "suspense_dismissed"

    prepared_by: tuple[str, ...] = ()
    override: Override | None = None


SuspenseFact = DocumentSuspended | SuspensePosted | SuspenseDismissed | OverrideGiven


class SuspenseNotEmpty(Conflict):
    """Documents of this quarter wait in suspense."""

    grant_id: str
    quarter: str
    documents: int
    pence: int

    @property
    def detail(self) -> str:
        return (
            f"{self.documents} of {self.grant_id}'s documents of {self.quarter}, {pounds(self.pence)} in all, wait in suspense: post or "
            "dismiss each before the quarter closes."
        )


def id_of(import_id: str, number: int) -> str:
    """The id of a document in suspense: its import's, and its number in the preview."""
    return f"{import_id}.{number}"


def place_of(row: PreviewRow) -> str:
    """The grant and quarter that a document is counted under: its first line's, and its date's."""
    if row.on is None or not row.lines:
        raise ValueError(f"document {row.number} of a preview has nothing to post")
    return f"{row.lines[0].grant_id} {Quarter.of(row.on)}"


def dismiss(held: Suspended, actor: Actor) -> SuspenseDismissed:
    """Find that a document needs no posting; not by whoever committed it, unless let. Raises NotInState, PreparerCannotApprove."""
    held.require_waiting()
    second_person(actor, prepared_by=held.committed_by, override=held.override)
    return SuspenseDismissed(prepared_by=(held.committed_by,), override=held.override)


def apply(held: Suspended | None, fact: SuspenseFact, seq: int) -> Suspended:
    """The document in suspense after a fact. Raises ValueError for what cannot be where nothing waits."""
    if isinstance(fact, DocumentSuspended):
        return fact.suspended
    if held is None:
        raise ValueError(f"suspense cannot begin with {fact.KIND}")
    if isinstance(fact, SuspensePosted):
        return replace(held, state=SuspenseState.POSTED, entries=fact.entries, override=None)
    if isinstance(fact, OverrideGiven):
        return replace(held, override=fact.override)
    return replace(held, state=SuspenseState.DISMISSED, dismissed_in=seq, override=None)
