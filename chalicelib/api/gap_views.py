"""A publication's gaps as the API shows them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chalicelib.api.fields import EntryId, ShownPence
from chalicelib.api.schemas import Shown
from chalicelib.domain.publication_gaps import Gap, GapKind


class GapView(Shown, frozen=True, kw_only=True):
    """What is missing, and what would be right. `disclosure` is the address of the disclosure that closes it.

    `payments` counts the payments that it is about, and `entries` names the first of them.
    """

    kind: GapKind
    subject: str
    what: Annotated[str, Meta(description="The particular, or `onward_grant`: whether payments are onward grants.")]
    detail: str
    disclosure: str
    payments: int
    entries: tuple[EntryId, ...]
    amount_pence: ShownPence

    @classmethod
    def of(cls, gap: Gap) -> GapView:
        """As the API shows it."""
        return cls(
            kind=gap.kind,
            subject=gap.subject,
            what=gap.what,
            detail=gap.detail,
            disclosure=f"/disclosures/{gap.subject}",
            payments=gap.payments,
            entries=gap.entries,
            amount_pence=gap.amount_pence,
        )
