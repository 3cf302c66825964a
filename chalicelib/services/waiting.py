"""What waits in suspense, as every report shows it: counted in the heads of imports, so that it costs one query however long the list."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.context import Context
from chalicelib.domain.imports import Import, Waiting, together
from chalicelib.domain.periods import Quarter
from chalicelib.domain.suspense import SuspenseNotEmpty
from chalicelib.services import registers


def everywhere(context: Context) -> dict[str, Waiting]:
    """What waits in the whole office, by grant and quarter (`ssf-4-example 2023-24-Q3`)."""
    return together(*(held.state.waiting for held in registers.every(context, Import)))


def altogether(context: Context) -> Waiting:
    """What waits in the whole office, in one sum."""
    waits = everywhere(context).values()
    return Waiting(documents=sum(each.documents for each in waits), pence=sum(each.pence for each in waits))


def stops(waits: Mapping[str, Waiting], grant_id: str, quarter: Quarter) -> SuspenseNotEmpty | None:
    """What would stop a quarter from closing, of all that waits; None when nothing does."""
    held = waits.get(f"{grant_id} {quarter}")
    if held is None:
        return None
    return SuspenseNotEmpty(grant_id=grant_id, quarter=str(quarter), documents=held.documents, pence=held.pence)


def require_nothing(context: Context, grant_id: str, quarter: Quarter) -> None:
    """Refuse with SuspenseNotEmpty while documents of a quarter wait."""
    if stop := stops(everywhere(context), grant_id, quarter):
        raise stop
