"""Imports: a ledger extract, announced, previewed and committed; its documents go into the ledger a chunk at a time, once.

    announced --- its bytes are what was announced ---> previewed <--+ previewed anew
        |                                                  |   |-----+
        |-- they are something else --> refused            |-- committed by its digest --> committing ---> committed

`done` counts what was taken of the preview, in its order. It moves in the same write as the entries and the suspense it counts,
so whoever goes on after an interruption posts nothing twice and leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import Contradictory, FieldError, NotInState
from chalicelib.domain.evidence import FileTooLarge
from chalicelib.domain.file_names import composed, problem_with
from chalicelib.domain.file_types import FileType
from chalicelib.domain.import_refusals import ControlTotalDiffers, PreviewStale
from chalicelib.domain.previews import Preview, Status
from chalicelib.domain.values import Struct, field, replace

EXTRACT_TYPES = (FileType.CSV, FileType.XLSX)


class ImportState(StrEnum):
    """How far an import is."""

    ANNOUNCED = "announced"
    REFUSED = "refused"
    PREVIEWED = "previewed"
    COMMITTING = "committing"
    COMMITTED = "committed"


class Waiting(Struct, frozen=True, kw_only=True):
    """How many documents of an import wait in suspense under one grant and quarter, and what they come to, in pence."""

    documents: int
    pence: int


class Import(Struct, frozen=True, kw_only=True):
    """One extract, and what became of it. `size` is in bytes, `sha256` in hexadecimal.

    `dropped_as` is the key of a file that was dropped, and `told_of` the digest of the preview that finance was told of, or the state.
    `confirmed` are the numbers of the changed documents whose corrections were confirmed. `done` of `to_do` documents were taken;
    `posted` of them are in the ledger with `posted_pence`, and of `paid` others it is now known how they were paid.
    `waiting` is what is in suspense, by grant and quarter (`ssf-4-example 2023-24-Q3`).
    """

    KIND: ClassVar = Kind.IMPORT

    id: str
    on: date
    profile_id: str
    file_name: str
    content_type: FileType
    size: int
    sha256: str
    announced_by: str
    state: ImportState = ImportState.ANNOUNCED
    kept: bool = False
    wrong: tuple[str, ...] = ()
    preview: Preview | None = None
    committed_by: str = ""
    confirmed: tuple[int, ...] = ()
    done: int = 0
    posted: int = 0
    posted_pence: int = 0
    paid: int = 0
    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    dropped_as: str = ""
    told_of: str = ""

    def require(self, *states: ImportState) -> None:
        """Refuse with NotInState unless it is in one of these states."""
        if self.state not in states:
            raise NotInState(kind="import", id=self.id, state=self.state, needed=states)

    @property
    def to_tell(self) -> str:
        """What there is to be told of: the preview, by its digest, or the state of what has none."""
        return self.preview.digest if self.preview else self.state.value

    @property
    def to_do(self) -> int:
        """How many documents are to be taken: those added, the changed ones that were confirmed, and those whose payment is news."""
        news = sum(self.preview.count(status).documents for status in (Status.ADDED, Status.PAID)) if self.preview else 0
        return news + len(self.confirmed)


class Found(Struct, frozen=True, kw_only=True):
    """What lies where a file was to be uploaded: size in bytes, SHA-256 in hexadecimal, and whether it begins as its type does."""

    size: int
    sha256: str
    begins: bool


class ImportAnnounced(Struct, frozen=True, kw_only=True):
    """Somebody announced an extract, and by which profile it is to be read."""

    KIND: ClassVar = "import_announced"

    announced: Import


class ImportRefused(Struct, frozen=True, kw_only=True):
    """Other bytes were found than those announced."""

    KIND: ClassVar = "import_refused"

    wrong: tuple[str, ...]


class ImportPreviewed(Struct, frozen=True, kw_only=True):
    """The extract was read, and held against the ledger as it stood."""

    KIND: ClassVar = "import_previewed"

    size: int
    sha256: str
    preview: Preview


class ImportCommitted(Struct, frozen=True, kw_only=True):
    """Somebody committed the preview with this digest, and confirmed these of the corrections that it asks for."""

    KIND: ClassVar = "import_committed"

    digest: str
    committed_by: str
    confirmed: tuple[int, ...]


class ImportPosted(Struct, frozen=True, kw_only=True):
    """The next documents were taken: these entries were posted, in pence, and what was refused waits in suspense, by its ids.

    `waiting` is what of it waits under each grant and quarter. `paid` counts documents that were there, and of which it was noted how they
    were paid.
    """

    KIND: ClassVar = "import_posted"

    done: int
    posted: int
    posted_pence: int
    entries: tuple[str, ...]
    suspended: tuple[str, ...] = ()
    paid: int = 0
    waiting: Mapping[str, Waiting] = field(default_factory=dict)


class ImportSettled(Struct, frozen=True, kw_only=True):
    """A document left suspense: it was posted, with these entries, or dismissed."""

    KIND: ClassVar = "import_settled"

    suspense_id: str
    place: str
    pence: int
    entries: tuple[str, ...] = ()
    posted_pence: int = 0


class FinanceTold(Struct, frozen=True, kw_only=True):
    """The mail service took the message that tells finance of a dropped file: `of` its preview, by the digest, or of its state."""

    KIND: ClassVar = "finance_told"

    of: str
    message_id: str


class FinanceNotTold(Struct, frozen=True, kw_only=True):
    """The message that tells finance of a dropped file was not sent, or nobody knows; the preview waits all the same."""

    KIND: ClassVar = "finance_not_told"

    why: str


ImportFact = (
    ImportAnnounced | ImportRefused | ImportPreviewed | ImportCommitted | ImportPosted | ImportSettled | FinanceTold | FinanceNotTold
)


def announce(asked: Import, largest: int) -> ImportAnnounced:
    """Announce an extract. `largest` is the most bytes that are taken. Raises Contradictory, FileTooLarge."""
    name = composed(asked.file_name)
    problem = problem_with(name)
    if problem is None and not name.casefold().endswith(asked.content_type.extensions):
        problem = f"must end with {' or '.join(asked.content_type.extensions)}, as it is declared to be {asked.content_type}"
    if problem:
        raise Contradictory((FieldError("/file_name", problem),))
    if asked.content_type not in EXTRACT_TYPES:
        raise Contradictory((FieldError("/content_type", f"must be {' or '.join(EXTRACT_TYPES)}"),))
    if asked.size > largest:
        raise FileTooLarge(size=asked.size, largest=largest)
    return ImportAnnounced(announced=replace(asked, file_name=name))


def differences(announced: Import, found: Found) -> tuple[str, ...]:
    """What is wrong with what was uploaded."""
    wrong: list[str] = []
    if found.size != announced.size:
        wrong.append(f"It has {found.size:,} bytes; {announced.size:,} were announced.")
    if found.sha256 != announced.sha256:
        wrong.append(f"Its SHA-256 is {found.sha256}; {announced.sha256} was announced.")
    if not found.begins:
        wrong.append(f"It does not begin as a file of the type {announced.content_type} does.")
    return tuple(wrong)


def commit(
    held: Import, digest: str, confirmed: tuple[int, ...], position: Mapping[str, int], *, accepted: bool, by: str
) -> ImportCommitted:
    """Commit the preview that somebody saw. `position` is how far what it rests on has come now.

    Raises NotInState, PreviewStale, ControlTotalDiffers.
    """
    held.require(ImportState.PREVIEWED)
    preview = held.preview
    if preview is None or preview.digest != digest:
        raise PreviewStale(given=digest, digest=preview.digest if preview else "", changed=())
    changed = tuple(name for name, seq in preview.position.items() if position.get(name) != seq)
    if changed:
        raise PreviewStale(given=digest, digest=digest, changed=changed)
    for footer in preview.footers:
        if footer.difference_pence and not accepted:
            raise ControlTotalDiffers(row=footer.row, stated_pence=footer.stated_pence, counted_pence=footer.counted_pence)
    return ImportCommitted(digest=digest, committed_by=by, confirmed=tuple(sorted(set(confirmed))))


def apply(held: Import | None, fact: ImportFact, _seq: int) -> Import:
    """The import after a fact. Raises ValueError for what cannot be where nothing was announced."""
    if isinstance(fact, ImportAnnounced):
        return fact.announced
    if held is None:
        raise ValueError(f"an import cannot begin with {fact.KIND}")
    if isinstance(fact, FinanceTold | FinanceNotTold):
        return replace(held, told_of=fact.of) if isinstance(fact, FinanceTold) else held
    return _after(held, fact)


def _after(held: Import, fact: ImportRefused | ImportPreviewed | ImportCommitted | ImportPosted | ImportSettled) -> Import:
    match fact:
        case ImportRefused():
            return replace(held, state=ImportState.REFUSED, wrong=fact.wrong)
        case ImportPreviewed():
            return replace(held, state=ImportState.PREVIEWED, kept=True, preview=fact.preview)
        case ImportCommitted():
            begun = replace(held, state=ImportState.COMMITTING, committed_by=fact.committed_by, confirmed=fact.confirmed)
            return begun if begun.to_do else replace(begun, state=ImportState.COMMITTED)
        case ImportPosted():
            return _posted(held, fact)
        case ImportSettled():
            return _settled(held, fact)


def _posted(held: Import, fact: ImportPosted) -> Import:
    return replace(
        held,
        state=ImportState.COMMITTING if fact.done < held.to_do else ImportState.COMMITTED,
        done=fact.done,
        posted=held.posted + fact.posted,
        posted_pence=held.posted_pence + fact.posted_pence,
        paid=held.paid + fact.paid,
        waiting=together(held.waiting, fact.waiting),
    )


def _settled(held: Import, fact: ImportSettled) -> Import:
    gone = {fact.place: Waiting(documents=-1, pence=-fact.pence)}
    return replace(
        held,
        posted=held.posted + (1 if fact.entries else 0),
        posted_pence=held.posted_pence + fact.posted_pence,
        waiting=together(held.waiting, gone),
    )


def together(*parts: Mapping[str, Waiting]) -> dict[str, Waiting]:
    """What waits, added up by grant and quarter; where nothing waits any more is left out."""
    found: dict[str, Waiting] = {}
    for part in parts:
        for place, each in part.items():
            held = found.get(place, Waiting(documents=0, pence=0))
            found[place] = Waiting(documents=held.documents + each.documents, pence=held.pence + each.pence)
    return {place: each for place, each in sorted(found.items()) if each.documents}
