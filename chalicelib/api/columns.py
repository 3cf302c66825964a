"""The three columns of what was reported, as the API shows them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chalicelib.api.fields import ShownPence
from chalicelib.api.schemas import Shown
from chalicelib.domain.columns import Columns

QuarterlyPence = Annotated[dict[str, ShownPence], Meta(description="Each measure that a quarter has, in pence.")]


class ColumnsView(Shown, frozen=True, kw_only=True):
    """What quarters reported when they were last closed, what is known of them now, and the difference.

    What was reported never moves. The difference is what came to light later: it is dated in an open quarter and belongs here.
    """

    as_reported_pence: QuarterlyPence
    as_corrected_pence: QuarterlyPence
    difference_pence: QuarterlyPence

    @classmethod
    def of(cls, columns: Columns | None) -> ColumnsView | None:
        """As the API shows it."""
        if columns is None:
            return None
        return cls(
            as_reported_pence=dict(columns.as_reported),
            as_corrected_pence=dict(columns.as_corrected),
            difference_pence=dict(columns.difference),
        )
