"""Claims: what the office asks the Home Office to pay for a grant and a quarter, from the draft to the money received.

    drafted --> reviewed --> certified --> submitted --> part paid --> paid
       ^           |             |          |     ^        |    ^
       |           |             |          v     |        v    |
       +--- redrafted, the ------+         queried --------> queried
            signature void                    withdrawn: from anywhere until money has come

All claims of a grant are one aggregate, so that no line is claimed twice however many people draft at once: its head
holds the spans of all of them. Whoever had a hand in drafting a claim neither reviews nor certifies it, and whoever
reviewed it never certifies it, whatever their roles; unless a second person lets them take that one step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind
from chalicelib.domain.claim_lines import Span, Taken
from chalicelib.domain.errors import Missing, NotInState
from chalicelib.domain.matters import Override
from chalicelib.domain.publications import File
from chalicelib.domain.values import Struct, field


class ClaimState(StrEnum):
    """How far a claim has come."""

    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    CERTIFIED = "certified"
    SUBMITTED = "submitted"
    PART_PAID = "part_paid"
    PAID = "paid"
    QUERIED = "queried"
    WITHDRAWN = "withdrawn"


class Wording(Struct, frozen=True, kw_only=True):
    """What the chief finance officer certifies, in words, and where these are from. It is local policy of the office."""

    text: str
    clause: str


WORDING_LABEL = "Local policy of this office. No public source states the Home Office's wording."
NO_WORDING = "No certificate wording is set for this grant, so no claim of it can be certified: set one, and draft the claim anew."


class Draft(Struct, frozen=True, kw_only=True):
    """What a claim asks for: its lines, by span, up to record `position` of the grant; how many they are; pence by the cell
    that each claimed entry goes to; and its pack, the file that says all of it. `wording` is the certificate's in that file,
    and `returns` are those that its forecast is from: their last records, by id.
    """

    by: str
    on: date
    position: int
    spans: tuple[Span, ...]
    lines: int
    amounts_pence: Mapping[str, int]
    pack: File
    note: str = ""
    wording: Wording | None = None
    returns: Mapping[str, int] = field(default_factory=dict)

    @property
    def total_pence(self) -> int:
        """What it asks for, in pence."""
        return sum(self.amounts_pence.values())


class Review(Struct, frozen=True, kw_only=True):
    """Who looked a draft through, and when."""

    by: str
    on: date


class Certificate(Struct, frozen=True, kw_only=True):
    """The chief finance officer's signature: of the file with this SHA-256, and of no other."""

    by: str
    on: date
    sha256: str


class Submission(Struct, frozen=True, kw_only=True):
    """When a claim was sent, under which reference, and the claimed entries that say so: their ids by cell."""

    by: str
    on: date
    reference: str
    entries: Mapping[str, str]


class Receipt(Struct, frozen=True, kw_only=True):
    """Money that came for a claim (below nothing: that was taken back), with its received entries: pence and ids by cell."""

    by: str
    on: date
    reference: str
    amounts_pence: Mapping[str, int]
    entries: Mapping[str, str]


class Query(Struct, frozen=True, kw_only=True):
    """What the Home Office asked about a claim, and what it was told, once it was."""

    on: date
    question: str
    answered_on: date | None = None
    answer: str = ""


class Claim(Struct, frozen=True, kw_only=True):
    """A claim as it stands. `version` is the record that last changed it.

    `prepared_by` are all who drafted any of it, `reviewed_by` all who reviewed a draft of it; `review` and `certificate`
    are of the draft as it is now. `voided` are signatures of what it was before. `asked_in` is the record since which it waits
    for its next decision, `decided` are those that reviewed or certified any of it, `override` is for the decision it waits for.
    """

    id: str
    grant_id: str
    quarter: str
    draft: Draft
    state: ClaimState = ClaimState.DRAFTED
    prepared_by: tuple[str, ...] = ()
    reviewed_by: tuple[str, ...] = ()
    review: Review | None = None
    certificate: Certificate | None = None
    voided: tuple[Certificate, ...] = ()
    submission: Submission | None = None
    receipts: tuple[Receipt, ...] = ()
    queries: tuple[Query, ...] = ()
    version: int = 1
    asked_in: int = 1
    decided: tuple[int, ...] = ()
    override: Override | None = None

    def require(self, *states: ClaimState) -> None:
        """Refuse with NotInState unless it is in one of these states."""
        if self.state not in states:
            raise NotInState(kind="claim", id=self.id, state=self.state, needed=states)

    @property
    def stands(self) -> bool:
        """Whether its lines are its own: until it is withdrawn."""
        return self.state is not ClaimState.WITHDRAWN

    @property
    def received(self) -> dict[str, int]:
        """What came for it, in pence, by cell; cells for which nothing came are left out."""
        found: dict[str, int] = {}
        for receipt in self.receipts:
            for cell, pence in receipt.amounts_pence.items():
                found[cell] = found.get(cell, 0) + pence
        return {cell: pence for cell, pence in found.items() if pence}

    @property
    def outstanding(self) -> dict[str, int]:
        """What is still to come of what was asked for, in pence, by cell; cells that are settled are left out."""
        came = self.received
        found = {cell: pence - came.get(cell, 0) for cell, pence in self.draft.amounts_pence.items()}
        return {cell: pence for cell, pence in found.items() if pence}

    @property
    def open_query(self) -> Query | None:
        """What the Home Office asked and was not told yet."""
        last = self.queries[-1] if self.queries else None
        return last if last and last.answered_on is None else None

    @property
    def posted(self) -> Iterator[str]:
        """The ids of all entries that it posted, but for those that took others back."""
        if self.submission:
            yield from self.submission.entries.values()
        for receipt in self.receipts:
            yield from receipt.entries.values()


class GrantClaims(Struct, frozen=True, kw_only=True):
    """All claims of a grant, in the order in which they were begun.

    `wording` is what their certificates say, where the office has set it, in record `worded_in`.
    """

    KIND: ClassVar = Kind.CLAIMS

    grant_id: str
    claims: tuple[Claim, ...] = ()
    wording: Wording | None = None
    worded_in: int = 0

    def claim(self, claim_id: str) -> Claim:
        """One of them. Raises Missing."""
        for claim in self.claims:
            if claim.id == claim_id:
                return claim
        raise Missing(kind="claim", id=claim_id)

    def taken(self, besides: str = "") -> Taken:
        """The spans of all claims that stand; but not those of one that is to be drafted anew."""
        return Taken(span for claim in self.claims if claim.stands and claim.id != besides for span in claim.draft.spans)

    @property
    def next_id(self) -> str:
        """The id of the next claim: `ssf-5-warwickshire.claim-3`."""
        return f"{self.grant_id}.claim-{len(self.claims) + 1}"

    def that_posted(self, entry_id: str) -> Claim | None:
        """The claim that posted an entry, if one did."""
        return next((claim for claim in self.claims if entry_id in claim.posted), None)


_CLAIM_ID = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.claim-([1-9][0-9]{0,4})")


def grant_of(claim_id: str) -> str:
    """The grant that a claim's id names: `ssf-5-warwickshire` of `ssf-5-warwickshire.claim-3`. Raises Missing."""
    found = _CLAIM_ID.fullmatch(claim_id)
    if found is None:
        raise Missing(kind="claim", id=claim_id)
    return found[1]


def place_of(claim_id: str) -> int:
    """A claim's number among its grant's; nothing for what is no claim's id."""
    found = _CLAIM_ID.fullmatch(claim_id)
    return int(found[2]) if found else 0
