"""What is asked of an entry that is put right: released, reversed, corrected, recoded or refunded."""

from __future__ import annotations

from chalicelib.api.fields import DateField, NonZeroPence, PositivePence, Reason, Slug, Text
from chalicelib.api.schemas import Body
from chalicelib.domain.cells import Nature


class GivingBack(Body, frozen=True, kw_only=True):
    """How much to release or reverse: everything that is left, where no amount is given."""

    on: DateField
    reason: Reason
    amount_pence: PositivePence | None = None


class Correction(Body, frozen=True, kw_only=True):
    """A signed change to what an entry stands at, and why."""

    on: DateField
    change_pence: NonZeroPence
    reason: Reason


class Recoding(Body, frozen=True, kw_only=True):
    """Where a miscoded entry belongs instead: all that is left of it, where no amount is given."""

    on: DateField
    to_initiative_id: Slug
    to_nature: Nature
    reason: Reason
    amount_pence: NonZeroPence | None = None


class Refund(Body, frozen=True, kw_only=True):
    """Money that came back."""

    on: DateField
    amount_pence: PositivePence
    reason: Reason
    reference: Text | None = None
