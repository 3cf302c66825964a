"""Evidence: a file that stands behind something on the record, taken once and never replaced.

    requested --- the bytes are what was announced ---> stored ---> withdrawn
        |------- they are something else -------------> refused
        |------- nobody needs it any more -------------------------> withdrawn

Asking for an upload says what will come: name, type, size and SHA-256. Until the bytes have been checked against that,
nothing is stored, whatever lies in the object store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import Conflict, Contradictory, FieldError, NotInState, Refused
from chalicelib.domain.file_names import composed, problem_with
from chalicelib.domain.file_types import FileType, begins_as
from chalicelib.domain.values import Struct, replace


class SubjectKind(StrEnum):
    """What evidence can stand behind."""

    ENTRY = "entry"
    CLAIM = "claim"
    RETURN = "return"


class Subject(Struct, frozen=True, kw_only=True):
    """What a file is evidence of: which kind of thing, and its id. Prints as `entry.ssf-5-warwickshire.42`."""

    kind: SubjectKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.id}"


class EvidenceState(StrEnum):
    """How far a file has come."""

    REQUESTED = "requested"
    STORED = "stored"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Evidence(Struct, frozen=True, kw_only=True):
    """One file: what was announced of it, and what became of it. `size` is in bytes, `sha256` in hexadecimal.

    `initiative_id` is the subject's, if it has one: that initiative's delivery partner may see the file. A return belongs to the
    partner that began it, `partner_id`, whoever delivers the initiative now: its files are that partner's alone.
    `kept` says that the announced bytes were found, so they must be there for good; `wrong` says why a file was refused.
    """

    KIND: ClassVar = Kind.EVIDENCE

    id: str
    on: date
    subject: Subject
    initiative_id: str | None
    file_name: str
    content_type: FileType
    size: int
    sha256: str
    requested_by: str
    state: EvidenceState = EvidenceState.REQUESTED
    kept: bool = False
    wrong: tuple[str, ...] = ()
    partner_id: str | None = None

    def require(self, *states: EvidenceState) -> None:
        """Refuse with NotInState unless it is in one of these states."""
        if self.state not in states:
            raise NotInState(kind="evidence", id=self.id, state=self.state, needed=states)


class Found(Struct, frozen=True, kw_only=True):
    """What lies where a file was to be uploaded: size in bytes, SHA-256 in hexadecimal, and the first bytes."""

    size: int
    sha256: str
    first: bytes


class EvidenceRequested(Struct, frozen=True, kw_only=True):
    """Somebody announced a file and asked where to upload it."""

    KIND: ClassVar = "evidence_requested"

    evidence: Evidence


class EvidenceStored(Struct, frozen=True, kw_only=True):
    """The announced bytes were found."""

    KIND: ClassVar = "evidence_stored"

    size: int
    sha256: str


class EvidenceRefused(Struct, frozen=True, kw_only=True):
    """Other bytes were found than those announced."""

    KIND: ClassVar = "evidence_refused"

    wrong: tuple[str, ...]


class EvidenceWithdrawn(Struct, frozen=True, kw_only=True):
    """The file no longer stands behind anything; the record's reason says why."""

    KIND: ClassVar = "evidence_withdrawn"


EvidenceFact = EvidenceRequested | EvidenceStored | EvidenceRefused | EvidenceWithdrawn


@dataclass(eq=False)
class FileTooLarge(Refused):
    """The file is larger than this office takes."""

    size: int
    largest: int

    @property
    def detail(self) -> str:
        return f"The file has {self.size:,} bytes and up to {self.largest:,} are taken: make it smaller, or send it in parts."


@dataclass(eq=False)
class NotUploaded(Conflict):
    """Nothing has been uploaded yet."""

    id: str

    @property
    def detail(self) -> str:
        return f"Nothing has been uploaded for {self.id}: put the file's bytes to its upload link first, and check again."


def id_of(subject: Subject, unique: str) -> str:
    """The id of a piece of evidence: it begins with its subject, so that a subject's evidence stands together."""
    return f"{subject}.{unique}"


def request(evidence: Evidence, largest: int) -> EvidenceRequested:
    """Announce a file. `largest` is the most bytes that are taken.

    Raises Contradictory (the name, or a name that does not fit the type) and FileTooLarge.
    """
    name = composed(evidence.file_name)
    problem = problem_with(name)
    endings = evidence.content_type.extensions
    if problem is None and not name.casefold().endswith(endings):
        problem = f"must end with {' or '.join(endings)}, as it is declared to be {evidence.content_type}"
    if problem:
        raise Contradictory((FieldError("/file_name", problem),))
    if evidence.size > largest:
        raise FileTooLarge(size=evidence.size, largest=largest)
    return EvidenceRequested(evidence=replace(evidence, file_name=name))


def settle(evidence: Evidence, found: Found) -> EvidenceStored | EvidenceRefused:
    """Compare what was found with what was announced. Raises NotInState."""
    evidence.require(EvidenceState.REQUESTED)
    wrong: list[str] = []
    if found.size != evidence.size:
        wrong.append(f"It has {found.size:,} bytes; {evidence.size:,} were announced.")
    if found.sha256 != evidence.sha256:
        wrong.append(f"Its SHA-256 is {found.sha256}; {evidence.sha256} was announced.")
    if not begins_as(evidence.content_type, found.first):
        wrong.append(f"It does not begin as a file of the type {evidence.content_type} does.")
    return EvidenceRefused(wrong=tuple(wrong)) if wrong else EvidenceStored(size=found.size, sha256=found.sha256)


def withdraw(evidence: Evidence) -> EvidenceWithdrawn:
    """Take a file back: it stays where it is, and what was recorded of it stays, too. Raises NotInState."""
    evidence.require(EvidenceState.REQUESTED, EvidenceState.STORED)
    return EvidenceWithdrawn()


def apply(evidence: Evidence | None, fact: EvidenceFact, _seq: int) -> Evidence:
    """The evidence after a fact. Raises ValueError for what cannot be where nothing was announced."""
    if isinstance(fact, EvidenceRequested):
        return fact.evidence
    if evidence is None:
        raise ValueError(f"evidence cannot begin with {fact.KIND}")
    match fact:
        case EvidenceStored():
            return replace(evidence, state=EvidenceState.STORED, kept=True)
        case EvidenceRefused():
            return replace(evidence, state=EvidenceState.REFUSED, wrong=fact.wrong)
        case EvidenceWithdrawn():
            return replace(evidence, state=EvidenceState.WITHDRAWN)
