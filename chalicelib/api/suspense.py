"""Suspense: documents of imports that the ledger refused, until somebody posts or dismisses each."""

from __future__ import annotations

from datetime import date

from chalicelib.api.duties import DISMISS_SUSPENSE, IMPORT, READ
from chalicelib.api.fields import DateField, EntryId, Reason, ShownPence, Slug
from chalicelib.api.import_bodies import ImportId, SuspenseId
from chalicelib.api.preview_rows import PreviewRowView
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Versioned
from chalicelib.domain.cells import Nature
from chalicelib.domain.closing_refusals import PeriodIsClosed, PeriodIsHeld
from chalicelib.domain.entry_refusals import DocumentAlreadyEntered
from chalicelib.domain.errors import Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.refusals import AllocationExhausted, AwardExhausted
from chalicelib.domain.suspense import Suspended, SuspenseState
from chalicelib.services import registers
from chalicelib.services import suspense as services
from chalicelib.services.suspense import Elsewhere
from chalicelib.services.unit import Held, Written, version_of

suspense = Routes("suspense")


class Posting(Body, frozen=True, kw_only=True):
    """Why a document is posted after all; and where, or on which day, where that is not as the extract has it."""

    reason: Reason
    grant_id: Slug | None = None
    initiative_id: Slug | None = None
    nature: Nature | None = None
    on: DateField | None = None

    def elsewhere(self) -> Elsewhere:
        """As the service takes it."""
        return Elsewhere(grant_id=self.grant_id, initiative_id=self.initiative_id, nature=self.nature, on=self.on)


class Dismissal(Body, frozen=True, kw_only=True):
    """Why a document needs no posting."""

    reason: Reason


class SuspendedView(Versioned, frozen=True, kw_only=True):
    """A document in suspense: what it is, under which grant and quarter it is counted, and why the ledger refused it."""

    id: SuspenseId
    import_id: ImportId
    on: date
    state: SuspenseState
    grant_id: Slug
    quarter: str
    pence: ShownPence
    problem: str
    reason: str
    committed_by: str
    document: PreviewRowView
    entries: tuple[EntryId, ...]

    @classmethod
    def of(cls, held: Held[Suspended] | Written[Suspended]) -> SuspendedView:
        """As the API shows it."""
        state = held.state
        grant_id, _, quarter = state.place.partition(" ")
        return cls(
            id=state.id,
            import_id=state.import_id,
            on=state.on,
            state=state.state,
            grant_id=grant_id,
            quarter=quarter,
            pence=state.pence,
            problem=state.problem,
            reason=state.reason,
            committed_by=state.committed_by,
            document=PreviewRowView.of(state.row),
            entries=state.entries,
            version=version_of(held),
        )


class SuspenseQuery(PageQuery, frozen=True, kw_only=True):
    """Which documents to list: those that wait, unless another state is asked for; of one grant, or of all."""

    state: SuspenseState = SuspenseState.WAITING
    grant: Slug | None = None


@suspense.listing("/suspense", allow=READ, query=SuspenseQuery, gives=SuspendedView.of, summary="List what waits in suspense")
def list_suspense(call: Call, query: SuspenseQuery) -> Page[Held[Suspended]]:
    """Documents that the ledger refused, with the reason, import by import."""
    every = registers.every(call.context, Suspended, after=call.after, at_once=query.at_once)
    of_grant = f"{query.grant} " if query.grant else ""
    found = (each for each in every if each.state.state is query.state and each.state.place.startswith(of_grant))
    return Page.of(found, limit=query.limit, key=lambda held: held.state.id)


@suspense.get(
    "/suspense/{suspense_id}",
    allow=READ,
    gives=SuspendedView.of,
    versioned=True,
    summary="Show a document in suspense",
    problems=(Missing,),
)
def show_suspended(call: Call, suspense_id: SuspenseId) -> Held[Suspended]:
    """One document, and why the ledger refused it."""
    return registers.find(call.context, Suspended, suspense_id)


@suspense.post(
    "/suspense/{suspense_id}/posting",
    allow=IMPORT,
    creates=False,
    takes=Posting,
    gives=SuspendedView.of,
    summary="Post a document out of suspense",
    problems=(Missing, NotInState, AllocationExhausted, AwardExhausted, PeriodIsClosed, PeriodIsHeld, DocumentAlreadyEntered),
)
def post_suspended(call: Call, suspense_id: SuspenseId, body: Posting) -> Written[Suspended]:
    """Post a document as it is, now that there is room for it; or to another grant, initiative or nature, or on another day."""
    return services.post(call.context, suspense_id, body.elsewhere(), body.reason)


@suspense.post(
    "/suspense/{suspense_id}/dismissal",
    allow=DISMISS_SUSPENSE,
    creates=False,
    takes=Dismissal,
    gives=SuspendedView.of,
    summary="Dismiss a document from suspense",
    problems=(Missing, NotInState, PreparerCannotApprove),
)
def dismiss_suspended(call: Call, suspense_id: SuspenseId, body: Dismissal) -> Written[Suspended]:
    """Find that a document needs no posting here, and say why. Not by whoever committed its import."""
    return services.dismiss(call.context, suspense_id, body.reason)
