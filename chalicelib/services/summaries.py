"""Summaries: live ones read balances only, so they cost the same however long the ledger; earlier ones fold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.context import Context
from chalicelib.domain.errors import Forbidden, Missing
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.summaries import Dimension, Directory, Summary, summarise
from chalicelib.services import reading, registers


@dataclass(eq=False)
class NotYours(Forbidden):
    """A partner sees the figures of its own initiatives only."""

    partner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AsAt:
    """Which ledger is meant: entries dated up to a day, or recorded up to a position, or both; neither is now."""

    on: date | None = None
    position: Mapping[str, int] | None = None


def summary(context: Context, by: tuple[Dimension, ...], only: Mapping[Dimension, str], as_at: AsAt) -> Summary:
    """The measures in groups. Raises NotYours; for an earlier ledger Missing and ChainBroken, too."""
    filters = _allowed(context, only)
    held = tuple(registers.every(context, Grant))
    grants = {grant.name.id: grant for grant in held}
    directory = Directory(
        grants={grant_id: grant.state for grant_id, grant in grants.items()},
        initiatives={each.name.id: each.state for each in registers.every(context, Initiative)},
    )
    if as_at.on is None and as_at.position is None:
        live = ((each.grant_id, each.cell, each.counters) for each in context.store.balances(filters.get(Dimension.GRANT)))
        return summarise(live, directory, by, filters)
    position = reading.position_now(context, held) if as_at.position is None else as_at.position
    for grant_id, seq in position.items():
        if grant_id not in grants or seq > grants[grant_id].position.seq:
            raise Missing(kind="position", id=f"{grant_id}@{seq}")
    return summarise(reading.fold(context, position, as_at.on), directory, by, filters)


def _allowed(context: Context, only: Mapping[Dimension, str]) -> dict[Dimension, str]:
    own = context.actor.sees_only
    if own is None:
        return dict(only)
    if only.get(Dimension.PARTNER, own) != own:
        raise NotYours(partner=only[Dimension.PARTNER])
    return {**only, Dimension.PARTNER: own}
