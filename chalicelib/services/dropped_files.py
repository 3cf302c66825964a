"""Dropped files: each becomes an import that is announced and previewed by itself, and that a person of finance commits.

    dropped --> announced --> kept --> previewed --> finance is told       each step can be repeated; none is done twice
        |-- it cannot be --> finance is told why; the file stays where it was dropped

An import's id is made of the profile, the type and the bytes. So the same file, dropped again or told of again, leads to the same import;
what is previewed is previewed anew only where the ledger has moved on since, and finance is told of each preview once.
"""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.dropped_files import Dropped, DroppedElsewhere, Place, import_id_of, place_of
from chalicelib.domain.errors import AlreadyExists, Contradictory, DomainError, Missing
from chalicelib.domain.evidence import FileTooLarge
from chalicelib.domain.import_refusals import ExtractUnreadable
from chalicelib.domain.imports import FinanceNotTold, FinanceTold, Import, ImportFact, ImportState
from chalicelib.domain.values import Struct, replace
from chalicelib.reports import dropped_text
from chalicelib.services import imports, registers
from chalicelib.services.evidence import Announced
from chalicelib.services.import_posting import named
from chalicelib.services.unit import Held, Part, Plan, View, Written, change, one, view_of
from chalicelib.storage.mail import Mail, MailRefused, MailUnanswered, Message
from chalicelib.storage.objects import Drops
from chalicelib.storage.store import Wanted

REFUSED = (DroppedElsewhere, ExtractUnreadable, FileTooLarge, Contradictory, Missing)
"""What is wrong with a file itself: to try again would change nothing, so finance is told."""


class NotTold(Exception):
    """Finance was not told of a dropped file; what was done with it is recorded. Try again."""


class Taken(Struct, frozen=True, kw_only=True):
    """What became of a dropped file: its import, where there is one, or why there is none; and whether finance was told, now or before."""

    key: str
    import_id: str = ""
    state: ImportState | None = None
    refused: str = ""
    told: bool = False


def take_in(context: Context, mail: Mail, drops: Drops, dropped: Dropped) -> Taken:
    """Announce, keep and preview a dropped file, and tell finance; whatever of it was done before stays done.

    Raises NotTold where a message could not be sent, ObjectMissing, ChainBroken, TooBusy: the run has failed, and can be repeated.
    """
    try:
        held = _previewed(context, drops, dropped)
    except REFUSED as refusal:
        return Taken(key=dropped.key, refused=refusal.detail, told=_tell_refused(context, mail, dropped, refusal))
    told = _tell(context, mail, held.state)
    return Taken(key=dropped.key, import_id=held.state.id, state=held.state.state, refused=" ".join(held.state.wrong), told=told)


def _previewed(context: Context, drops: Drops, dropped: Dropped) -> Held[Import] | Written[Import]:
    place = place_of(dropped.key)
    if dropped.size > context.settings.evidence_largest_bytes:
        raise FileTooLarge(size=dropped.size, largest=context.settings.evidence_largest_bytes)
    content = drops.get(dropped.key, dropped.version)
    held = _announced(context, place, dropped.key, content)
    if held.state.state is ImportState.ANNOUNCED:
        context.objects.put(imports.source_key(held.state.id), BytesIO(content), content_type=held.state.content_type.value)
        return imports.preview(context, held.state.id)
    if held.state.state is ImportState.PREVIEWED and _moved(context, held.state):
        return imports.preview(context, held.state.id)
    return held


def _announced(context: Context, place: Place, key: str, content: bytes) -> Held[Import] | Written[Import]:
    digest = sha256(content).hexdigest()
    import_id = import_id_of(place, digest)
    announced = Announced(file_name=place.file_name, content_type=place.content_type, size=len(content), sha256=digest)
    try:
        return imports.announce(replace(context, new_id=lambda: import_id), place.profile_id, announced, dropped_as=key).held
    except AlreadyExists:
        return registers.find(context, Import, import_id)


def _moved(context: Context, held: Import) -> bool:
    """Whether anything that the preview rests on has moved since."""
    position = held.preview.position if held.preview else {}
    heads = view_of(context, Wanted(heads=tuple(map(named, position)))).snapshot.heads
    return any(heads[named(key)].position.seq != seq for key, seq in position.items())


def _tell(context: Context, mail: Mail, held: Import) -> bool:
    """Tell finance of a preview, or of a refusal, unless that was done. A run that breaks off here sends it again: better than never."""
    settings = context.settings
    if held.told_of == held.to_tell or held.state not in (ImportState.PREVIEWED, ImportState.REFUSED):
        return bool(held.told_of)
    if not settings.finance_emails:
        return False
    message = _message(
        context, f"import.{held.id}.{held.to_tell[:12]}", dropped_text.subject_of(held), dropped_text.text_of(held, settings.office_name)
    )
    try:
        _record(context, held.id, FinanceTold(of=held.to_tell, message_id=mail.send(message)))
    except (MailRefused, MailUnanswered) as failure:
        _record(context, held.id, FinanceNotTold(why=str(failure)))
        raise NotTold(f"Finance was not told of import {held.id}: {failure}") from failure
    return True


def _tell_refused(context: Context, mail: Mail, dropped: Dropped, refusal: DomainError) -> bool:
    settings = context.settings
    if not settings.finance_emails:
        return False
    name = sha256(f"{dropped.key} {dropped.version}".encode()).hexdigest()[:16]
    subject = dropped_text.refused_subject(dropped.key.rpartition("/")[2] or dropped.key)
    text = dropped_text.refused_text(dropped.key, (refusal.detail,), settings.office_name)
    try:
        mail.send(_message(context, f"dropped.{name}", subject, text))
    except (MailRefused, MailUnanswered) as failure:
        raise NotTold(f"Finance was not told of a dropped file that is refused: {failure}") from failure
    return True


def _message(context: Context, name: str, subject: str, text: str) -> Message:
    settings = context.settings
    line = "".join(each if each.isprintable() else "?" for each in subject)  # a key may hold a line break, a header may not
    return Message(name=name, sender=settings.reminder_sender, to=settings.finance_emails, subject=line, text=text)


def _record(context: Context, import_id: str, fact: ImportFact) -> None:
    name = Name(Kind.IMPORT, import_id)

    def plan(view: View) -> Plan:
        return Plan(parts=(Part(name, view.held(Import, import_id), (fact,)),))

    change(context, lambda: view_of(context, Wanted(heads=(name,))), plan, one(Import))
