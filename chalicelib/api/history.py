"""History: every record of every chain, and whether the chains hold."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from chalicelib.api.duties import EXPORT, READ, VERIFY
from chalicelib.api.fields import Instant, ItemId
from chalicelib.api.paging import UnknownCursor, number_after
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Shown
from chalicelib.domain.chain import Kind, Link, Name
from chalicelib.domain.errors import Missing, RoleMissing, TooBusy
from chalicelib.domain.publications import OFFICE
from chalicelib.services import reading, verification
from chalicelib.services.verification import Verdict

history = Routes("history")


class Collection(StrEnum):
    """The things whose history can be read, as their addresses name them."""

    FUNDS = "funds"
    ORGANISATIONS = "organisations"
    GRANTS = "grants"
    INITIATIVES = "initiatives"
    PUBLICATIONS = "publications"
    EXPORTS = "exports"
    EVIDENCE = "evidence"
    PURCHASES = "purchases"
    VARIANCE_CODES = "variance-codes"
    RETURNS = "returns"
    REMINDERS = "reminders"
    CLAIMS = "claims"
    PROFILES = "profiles"
    IMPORTS = "imports"
    SUSPENSE = "suspense"
    DISCLOSURES = "disclosures"

    def aggregate(self, item_id: str) -> Name:
        """The aggregate with an id. `office` among the publications is what numbers them, and claims are those of a grant."""
        if self is Collection.PUBLICATIONS and item_id == OFFICE.id:
            return OFFICE
        if self is Collection.CLAIMS:
            return Name(Kind.CLAIMS, item_id)
        return Name(Kind(self.value.removesuffix("s")), item_id)


class RecordView(Shown, frozen=True, kw_only=True):
    """A record as it stands in its chain. `hash` is the SHA-256 of `previous_hash` and the record's stored text."""

    seq: int
    at: Instant
    by: str
    kind: str
    reason: str
    facts: dict[str, Any]
    previous_hash: str
    hash: str


class _Stored(msgspec.Struct):
    """A record's body, as text."""

    seq: int
    at: Instant
    by: str
    kind: str
    facts: dict[str, Any]
    reason: str = ""


_decode = msgspec.json.Decoder(_Stored).decode


def shown(found: tuple[str, Link]) -> RecordView:
    """A record as the API shows it, from the hash before its own and its link."""
    previous_hash, link = found
    stored = _decode(link.body)
    return RecordView(
        seq=stored.seq,
        at=stored.at,
        by=stored.by,
        kind=stored.kind,
        reason=stored.reason,
        facts=stored.facts,
        previous_hash=previous_hash,
        hash=link.hash,
    )


@history.listing(
    "/history/{collection}/{item_id}",
    allow=READ,
    gives=shown,
    summary="Read a history",
    problems=(Missing, RoleMissing, UnknownCursor),
)
def read_history(call: Call, collection: Collection, item_id: ItemId, query: PageQuery) -> Page[tuple[str, Link]]:
    """Everything that ever happened to one thing, from the first record. What numbers the publications is `office`; a grant's claims
    have one history, under the grant's id.

    The records are shown as they are stored, unchecked: `/verification` checks them. An export's are for those who may export.
    """
    if collection is Collection.EXPORTS:
        call.context.actor.require(EXPORT)
    found = reading.history(call.context, collection.aggregate(item_id), number_after(call.after), query.at_once)
    return Page.of(found, limit=query.limit, key=lambda each: str(each[1].seq))


class VerdictView(Shown, frozen=True, kw_only=True):
    """Whether a chain holds: how many records were checked, the last one's hash, and everything that is wrong.

    Of one kind of problem twenty are told; the rest are counted.
    """

    kind: Kind
    id: str
    holds: bool
    records: int
    head_hash: str
    problems: tuple[str, ...]

    @classmethod
    def of(cls, verdict: Verdict) -> VerdictView:
        """As the API shows it."""
        return cls(
            kind=verdict.name.kind,
            id=verdict.name.id,
            holds=not verdict.problems,
            records=verdict.position.seq,
            head_hash=verdict.position.hash,
            problems=verdict.problems,
        )


@history.get(
    "/verification/{collection}/{item_id}",
    allow=VERIFY,
    gives=VerdictView.of,
    summary="Verify a chain",
    problems=(Missing, TooBusy),
)
def verify(call: Call, collection: Collection, item_id: ItemId) -> Verdict:
    """Recompute every hash of one chain, fold it again, and compare with the head, the balances and the standings.

    A grant's documents, and the files of a publication, an export or evidence, are compared with what the records say of them. Whatever the
    records mention must be there: so to verify the newest publication is to ask after every chain that it was made of.
    """
    return verification.verify(call.context, collection.aggregate(item_id))
