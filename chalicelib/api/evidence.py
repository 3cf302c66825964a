"""Evidence: files that stand behind what is on the record. Their bytes go past the API, by signed links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from msgspec import Meta, field

from chalicelib.api.claim_bodies import ClaimId
from chalicelib.api.duties import KEEP_EVIDENCE, READ_OWN, READ_WITHDRAWN, WITHDRAW_EVIDENCE
from chalicelib.api.fields import EntryId, ItemId, Reason, ReturnId, Sha256, Slug
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.errors import ChainBroken, Missing, NotInState, RoleMissing, contradiction
from chalicelib.domain.evidence import Evidence, EvidenceState, FileTooLarge, NotUploaded, Subject, SubjectKind
from chalicelib.domain.file_types import FileType
from chalicelib.domain.returns import ReturnNotDue
from chalicelib.services import evidence as services
from chalicelib.services.evidence import LINK_SECONDS, Announced, Requested
from chalicelib.services.unit import Held, Written, version_of
from chalicelib.storage.objects import Upload

evidence = Routes("evidence")

Bytes = Annotated[int, Meta(ge=1, le=5 * 1024**3, description="A number of bytes.", examples=[48213])]
FileName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        description="A file's name: letters and digits of any script, spaces and . _ - ( ) & , + ', with its type's ending.",
        examples=["Invoice 1041.pdf"],
    ),
]


class SubjectBody(Body, frozen=True, kw_only=True):
    """What a file is evidence of: which kind of thing, and its id."""

    kind: SubjectKind
    id: ItemId


class NewEvidence(Body, frozen=True, kw_only=True):
    """A file to upload: what it is evidence of, and all that its bytes will be held to."""

    subject: SubjectBody
    file_name: FileName
    content_type: FileType
    size: Bytes
    sha256: Sha256

    def announced(self) -> Announced:
        """As the service takes it."""
        return Announced(file_name=self.file_name, content_type=self.content_type, size=self.size, sha256=self.sha256)


class Withdrawal(Body, frozen=True, kw_only=True):
    """Why a file no longer stands behind anything."""

    reason: Reason


class EvidenceView(Versioned, frozen=True, kw_only=True):
    """A piece of evidence: what was announced, and what became of it. `wrong` says why a file was refused."""

    id: ItemId
    on: date
    subject: SubjectBody
    initiative_id: Slug | None
    file_name: str
    content_type: FileType
    size: Bytes
    sha256: Sha256
    requested_by: str
    state: EvidenceState
    wrong: tuple[str, ...]

    @classmethod
    def of(cls, evidence: Held[Evidence] | Written[Evidence]) -> EvidenceView:
        """As the API shows it."""
        state = evidence.state
        return cls(
            id=state.id,
            on=state.on,
            subject=SubjectBody(kind=state.subject.kind, id=state.subject.id),
            initiative_id=state.initiative_id,
            file_name=state.file_name,
            content_type=state.content_type,
            size=state.size,
            sha256=state.sha256,
            requested_by=state.requested_by,
            state=state.state,
            wrong=state.wrong,
            version=version_of(evidence),
        )


class UploadView(Shown, frozen=True, kw_only=True):
    """The request that uploads the file: these very headers, and the file as its body. It works for `seconds`, once."""

    method: str
    url: str
    headers: Mapping[str, str]
    seconds: int

    @classmethod
    def of(cls, upload: Upload) -> UploadView:
        """As the API shows it."""
        return cls(method=upload.method, url=upload.url, headers=upload.headers, seconds=LINK_SECONDS)


class RequestedView(Versioned, frozen=True, kw_only=True):
    """A piece of evidence that was announced, and how to upload its file."""

    id: ItemId
    evidence: EvidenceView
    upload: UploadView

    @classmethod
    def of(cls, requested: Requested) -> RequestedView:
        """As the API shows it."""
        shown = EvidenceView.of(requested.evidence)
        return cls(id=shown.id, evidence=shown, upload=UploadView.of(requested.upload), version=shown.version)


class EvidenceQuery(PageQuery, frozen=True, kw_only=True):
    """Which evidence to list: an entry's, that of all entries of a grant, a claim's own, or a return's."""

    entry: EntryId | None = None
    grant: Slug | None = None
    claim: ClaimId | None = None
    of_return: ReturnId | None = field(default=None, name="return")

    def subject(self) -> Subject | None:
        """The one thing whose evidence is asked for. Raises Contradictory for a claim's or a return's and another's at once."""
        if self.claim and (self.entry or self.grant or self.of_return):
            raise contradiction("/claim", "leave out entry, grant and return: a claim's evidence is no entry's and no return's")
        if self.of_return and (self.entry or self.grant):
            raise contradiction("/return", "leave out entry and grant: a return's evidence is no entry's")
        if self.claim:
            return Subject(kind=SubjectKind.CLAIM, id=self.claim)
        if self.of_return:
            return Subject(kind=SubjectKind.RETURN, id=self.of_return)
        return Subject(kind=SubjectKind.ENTRY, id=self.entry) if self.entry else None


@evidence.listing("/evidence", allow=READ_OWN, query=EvidenceQuery, gives=EvidenceView.of, summary="List evidence")
def list_evidence(call: Call, query: EvidenceQuery) -> Page[Held[Evidence]]:
    """Evidence in order of id, which begins with what it is evidence of. A partner gets its own initiatives' and returns'."""
    found = services.every(call.context, query.subject(), query.grant, call.after, query.limit + 1)
    return Page.of(found, limit=query.limit, key=lambda held: held.state.id)


@evidence.post(
    "/evidence",
    allow=KEEP_EVIDENCE,
    takes=NewEvidence,
    gives=RequestedView.of,
    at="/evidence/{id}",
    summary="Announce a file",
    problems=(Missing, ReturnNotDue, NotInState, ChainBroken, FileTooLarge),
)
def request_evidence(call: Call, body: NewEvidence) -> Requested:
    """Announce a file and get the request that uploads it. Nothing is stored until the upload has been checked."""
    subject = Subject(kind=body.subject.kind, id=body.subject.id)
    return services.request(call.context, subject, body.announced())


@evidence.get(
    "/evidence/{evidence_id}",
    allow=READ_OWN,
    gives=EvidenceView.of,
    versioned=True,
    summary="Show a piece of evidence",
    problems=(Missing,),
)
def show_evidence(call: Call, evidence_id: ItemId) -> Held[Evidence]:
    """One piece of evidence. Its file comes from `/evidence/{evidence_id}/file`."""
    return services.find(call.context, evidence_id)


@evidence.get(
    "/evidence/{evidence_id}/upload",
    allow=KEEP_EVIDENCE,
    gives=UploadView.of,
    summary="Get an upload link again",
    problems=(Missing, NotInState),
)
def show_upload(call: Call, evidence_id: ItemId) -> Upload:
    """The request that uploads the file, once more, as the first one has expired."""
    return services.upload(call.context, evidence_id)


@evidence.post(
    "/evidence/{evidence_id}/check",
    allow=KEEP_EVIDENCE,
    creates=False,
    gives=EvidenceView.of,
    summary="Check an upload",
    problems=(Missing, NotInState, NotUploaded),
)
def check_evidence(call: Call, evidence_id: ItemId) -> Written[Evidence]:
    """Read what was uploaded. It is `stored` from here on if it is what was announced, and `refused` for good if not."""
    return services.check(call.context, evidence_id)


@evidence.post(
    "/evidence/{evidence_id}/withdrawal",
    allow=WITHDRAW_EVIDENCE,
    creates=False,
    takes=Withdrawal,
    gives=EvidenceView.of,
    summary="Withdraw evidence",
    problems=(Missing, NotInState),
)
def withdraw_evidence(call: Call, evidence_id: ItemId, body: Withdrawal) -> Written[Evidence]:
    """Take a file back, with the reason. Nothing is deleted: what was recorded stays, and the file stays for the auditors."""
    return services.withdraw(call.context, evidence_id, body.reason)


class FileLink(Shown, frozen=True, kw_only=True):
    """Where the file can be fetched, without signing in, for the next quarter of an hour."""

    link: str
    seconds: int


def _linked(link: str) -> FileLink:
    return FileLink(link=link, seconds=LINK_SECONDS)


@evidence.get(
    "/evidence/{evidence_id}/file",
    allow=READ_OWN,
    gives=_linked,
    summary="Get a file's download link",
    problems=(Missing, NotInState, RoleMissing),
)
def link_evidence(call: Call, evidence_id: ItemId) -> str:
    """A signed link to the file. A withdrawn one's is for the certifier and administrators, who answer to the auditors."""
    held = services.find(call.context, evidence_id).state
    if held.state is EvidenceState.WITHDRAWN:
        call.context.actor.require(READ_WITHDRAWN)
    return services.link(call.context, held)
