"""Evidence: announced, uploaded past this app straight to the object store, checked there byte by byte, read by links.

Whose a file is stands with the initiative of what it is evidence of: a partner's requests read that initiative, too. A return's
file says itself whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import assert_never

from chalicelib.context import Context
from chalicelib.domain import evidence
from chalicelib.domain import returns as domain_returns
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import parse_entry_id
from chalicelib.domain.errors import Missing, NotInState
from chalicelib.domain.evidence import Evidence, EvidenceFact, EvidenceState, Found, NotUploaded, Subject, SubjectKind
from chalicelib.domain.file_types import FIRST_BYTES, FileType
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.periods import london_date
from chalicelib.domain.returns import ReturnState
from chalicelib.domain.values import Struct
from chalicelib.services import claims, reading, registers, returns
from chalicelib.services.unit import Held, Part, Plan, View, Written, change, expect, new_name, one, version_of, view_of
from chalicelib.storage import items
from chalicelib.storage.objects import ObjectMissing, Stored, Upload, measured
from chalicelib.storage.store import Wanted

_BEGUN = tuple(state for state in ReturnState if state is not ReturnState.DUE)

LINK_SECONDS = 900
"""How long a link works, to put a file or to get one."""


class Announced(Struct, frozen=True, kw_only=True):
    """What is said of a file before it comes: `size` in bytes, `sha256` in hexadecimal."""

    file_name: str
    content_type: FileType
    size: int
    sha256: str


class Requested(Struct, frozen=True, kw_only=True):
    """A piece of evidence that was announced, and the way to upload it."""

    evidence: Written[Evidence]
    upload: Upload


def key_of(evidence_id: str) -> str:
    """Under which key a file is kept: nothing of its own name is in it."""
    return f"evidence/{evidence_id}"


def request(context: Context, subject: Subject, announced: Announced) -> Requested:
    """Announce a file and get a link to upload it.

    Raises Missing (the subject; to a partner, anybody else's, too), ReturnNotDue, NotInState (a return that nobody has begun),
    Contradictory and FileTooLarge.
    """
    belongs = _belonging(context, subject)
    asked = Evidence(
        id=evidence.id_of(subject, context.new_id()),
        on=london_date(context.now),
        subject=subject,
        initiative_id=belongs.initiative_id,
        partner_id=belongs.partner_id,
        file_name=announced.file_name,
        content_type=announced.content_type,
        size=announced.size,
        sha256=announced.sha256,
        requested_by=context.actor.subject,
    )
    wanted = Wanted(heads=(Name(Kind.EVIDENCE, asked.id), *_initiative_names(belongs.initiative_id)))
    sole = one(Evidence)

    def decide(view: View) -> Plan:
        if not _may_see(context, view, asked):
            raise Missing(kind=subject.kind.value, id=subject.id)
        fact = evidence.request(asked, context.settings.evidence_largest_bytes)
        return Plan(parts=(Part(new_name(view, Evidence, asked.id), None, (fact,)),))

    return change(
        context,
        lambda: view_of(context, wanted),
        decide,
        lambda written: Requested(evidence=sole(written), upload=_upload(context, asked)),
    )


def check(context: Context, evidence_id: str) -> Written[Evidence]:
    """Read what was uploaded and record whether it is what was announced.

    Raises Missing, StaleView, NotInState, and NotUploaded, which leaves everything as it was.
    """

    def decide(held: Evidence) -> EvidenceFact:
        held.require(EvidenceState.REQUESTED)
        # As good as in the view itself: what lies there never changes.
        return evidence.settle(held, _found(context, held))

    return _change(context, evidence_id, decide)


def withdraw(context: Context, evidence_id: str, reason: str) -> Written[Evidence]:
    """Take a file back; nothing is deleted. Raises Missing, StaleView, NotInState."""
    return _change(context, evidence_id, evidence.withdraw, reason)


def find(context: Context, evidence_id: str) -> Held[Evidence]:
    """One piece of evidence. Raises Missing; to a partner, anybody else's is Missing, too."""
    return _held(context, _look(context, evidence_id), evidence_id)


def every(context: Context, subject: Subject | None, grant_id: str | None, after: str, limit: int) -> Iterator[Held[Evidence]]:
    """At least `limit` pieces of evidence, where the actor may see so many, in order of id after the id given.

    Of one subject, of all entries of one grant, or of what is both, where they are given.
    """
    starts = (*((f"{subject}.",) if subject else ()), *((f"{SubjectKind.ENTRY}.{grant_id}.",) if grant_id else ()))
    # A return's files say themselves whose they are.
    own = None if subject and subject.kind is SubjectKind.RETURN else _own_initiatives(context)
    # Where nothing is passed over, no more is read than is shown.
    most = limit if context.actor.sees_only is None else None
    heads = context.store.heads(Kind.EVIDENCE, after=max((after, *starts)), limit=most)
    for head in takewhile(lambda head: all(map(head.name.id.startswith, starts)), heads):
        held = Held(head.name, head.position, items.state_of(Evidence, head))
        if _is_own(context, held.state, own):
            yield held


def upload(context: Context, evidence_id: str) -> Upload:
    """The way to upload a file that was announced, once more. Raises Missing, NotInState."""
    held = find(context, evidence_id).state
    held.require(EvidenceState.REQUESTED)
    return _upload(context, held)


def link(context: Context, held: Evidence) -> str:
    """An address from which a file that was found to be what was announced can be had. Raises NotInState, ObjectMissing."""
    if not held.kept:
        held.require(EvidenceState.STORED)
    return context.objects.link(key_of(held.id), seconds=LINK_SECONDS, now=context.now, filename=held.file_name)


def _upload(context: Context, asked: Evidence) -> Upload:
    announced = Stored(key=key_of(asked.id), size=asked.size, sha256=asked.sha256)
    return context.objects.upload(announced, content_type=asked.content_type.value, seconds=LINK_SECONDS, now=context.now)


def _change(context: Context, evidence_id: str, decide: Callable[[Evidence], EvidenceFact], reason: str = "") -> Written[Evidence]:
    def plan(view: View) -> Plan:
        held = _held(context, view, evidence_id)
        expect(context, version_of(held))
        return Plan(parts=(Part(held.name, held, (decide(held.state),)),), reason=reason)

    return change(context, lambda: _look(context, evidence_id), plan, one(Evidence))


def _look(context: Context, evidence_id: str) -> View:
    name = Name(Kind.EVIDENCE, evidence_id)
    view = view_of(context, Wanted(heads=(name,)))
    if context.actor.sees_only is None:
        return view
    held = view.state(Evidence, evidence_id)
    if held.partner_id is not None:
        return view
    # Which initiative it is stands in the evidence; both are then read again in one view.
    return view_of(context, Wanted(heads=(name, *_initiative_names(held.initiative_id))))


def _held(context: Context, view: View, evidence_id: str) -> Held[Evidence]:
    held = view.held(Evidence, evidence_id)
    if not _may_see(context, view, held.state):
        raise Missing(kind=Kind.EVIDENCE.value, id=evidence_id)
    return held


def _may_see(context: Context, view: View, held: Evidence) -> bool:
    """Whether a file is the actor's to see; the view holds its initiative, where that decides."""
    initiative = view.find(Initiative, held.initiative_id) if held.initiative_id else None
    visible = initiative is not None and registers.visible(context, initiative)
    return _is_own(context, held, frozenset({held.initiative_id}) if visible else frozenset())


def _is_own(context: Context, held: Evidence, initiatives: frozenset[str | None] | None) -> bool:
    """Whether a file is the actor's to see, whose initiatives are these; None for the office, or where none is looked at."""
    own = context.actor.sees_only
    if own is None:
        return True
    if held.partner_id is not None:
        return held.partner_id == own
    return initiatives is not None and held.initiative_id in initiatives


def _own_initiatives(context: Context) -> frozenset[str | None] | None:
    """The ids of a partner's initiatives; None for the office, to which all belong."""
    if context.actor.sees_only is None:
        return None
    return frozenset(held.state.id for held in registers.find_all(context, Initiative))


def _initiative_names(initiative_id: str | None) -> tuple[Name, ...]:
    return (Name(Kind.INITIATIVE, initiative_id),) if initiative_id else ()


class _Belonging(Struct, frozen=True, kw_only=True):
    """The initiative that a subject belongs to, and the partner that alone it is of, where it is of one alone."""

    initiative_id: str | None = None
    partner_id: str | None = None


def _belonging(context: Context, subject: Subject) -> _Belonging:
    """Whose a subject is. Raises Missing, ReturnNotDue, NotInState, ChainBroken."""
    match subject.kind:
        case SubjectKind.ENTRY:
            grant_id, seq = parse_entry_id(subject.id) or ("", 0)
            if not seq:
                raise Missing(kind=subject.kind.value, id=subject.id)
            _, entry = reading.find_entry(context, grant_id, seq)
            return _Belonging(initiative_id=entry.place.initiative_id)
        case SubjectKind.CLAIM:
            # A claim is the office's own: no partner sees what stands behind it.
            claims.find(context, subject.id)
            return _Belonging()
        case SubjectKind.RETURN:
            return _of_return(context, subject.id)
        case _:
            assert_never(subject.kind)


def _of_return(context: Context, return_id: str) -> _Belonging:
    """Whose a return is: that of the partner which began it, so one that nobody has begun takes no files yet."""
    initiative_id, _ = domain_returns.parts_of(return_id)
    names = (domain_returns.name_of(return_id), *_initiative_names(initiative_id))
    held = returns.standing(context, View(context.store.load(Wanted(heads=names))), return_id).state
    if held.state is ReturnState.DUE:
        raise NotInState(kind="return", id=return_id, state=held.state, needed=_BEGUN)
    return _Belonging(initiative_id=initiative_id, partner_id=held.partner_id)


class _First:
    """Keeps the first bytes of what is written to it, and lets the rest go."""

    def __init__(self) -> None:
        self.kept = b""

    def write(self, chunk: bytes, /) -> None:
        self.kept += chunk[: FIRST_BYTES - len(self.kept)]


def _found(context: Context, held: Evidence) -> Found:
    """What lies where a file was to be uploaded, read in flat memory. Raises NotUploaded."""
    first = _First()
    try:
        with context.objects.open(key_of(held.id)) as content:
            stored = measured(key_of(held.id), content, first)
    except ObjectMissing:
        raise NotUploaded(held.id) from None
    return Found(size=stored.size, sha256=stored.sha256, first=first.kept)
