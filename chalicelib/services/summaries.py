"""Summaries: live ones read balances only, so they cost the same however long the ledger; earlier ones fold it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.columns import Cells
from chalicelib.domain.errors import Forbidden, Missing
from chalicelib.domain.grants import Grant
from chalicelib.domain.imports import Waiting
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.summaries import Dimension, Directory, Summary, summarise
from chalicelib.domain.summaries import Held as HeldBalance
from chalicelib.domain.values import Struct, replace
from chalicelib.services import reading, registers, waiting
from chalicelib.services.reading import Folded
from chalicelib.services.unit import Held, View
from chalicelib.storage.store import Wanted

_NAMING = {
    Dimension.FUND: Kind.FUND,
    Dimension.GRANT: Kind.GRANT,
    Dimension.LEAD_RECIPIENT: Kind.ORGANISATION,
    Dimension.INITIATIVE: Kind.INITIATIVE,
    Dimension.PARTNER: Kind.ORGANISATION,
}
"""The dimensions whose values are ids, and what they are the ids of."""


@dataclass(eq=False)
class NotYours(Forbidden):
    """A partner sees the figures of its own initiatives only."""

    partner: str


class PositionWithheld(Forbidden):
    """Ledger positions are for the office's own staff."""

    @property
    def detail(self) -> str:
        return "A position counts all of a grant's records, also those of initiatives that are not yours: ask for a date instead."


class AsAt(Struct, frozen=True, kw_only=True):
    """Which ledger is meant: entries dated up to a day, or recorded up to a position, or both; neither is now."""

    on: date | None = None
    position: Mapping[str, int] | None = None

    @property
    def is_now(self) -> bool:
        """Whether the ledger is meant as it stands."""
        return self.on is None and self.position is None


def summary(context: Context, by: tuple[Dimension, ...], only: Mapping[Dimension, str], as_at: AsAt) -> Summary:
    """The measures in groups. With a grant among the filters, no other grant is read. Where quarters are told apart, those
    that were closed have their columns beside them.

    Raises NotYours and PositionWithheld for a partner; Missing when a filter names what is not there (a partner is not
    told: its figures are nothing), or a position was never reached; for an earlier ledger ChainBroken, too.
    """
    filters = _allowed(context, only, as_at)
    told_apart = Dimension.QUARTER in (*by, *only)
    # What was reported first: of money that moves meanwhile, some is a difference already, and none is one yet to come.
    reported = _reported(context, filters) if told_apart and as_at.is_now else None
    # Balances next, then grants, then initiatives: each names only what was there before it, so all it names is found.
    balances = tuple(_balances(context, filters)) if as_at.is_now else ()
    registers.require(context, *((kind, filters.get(dimension)) for dimension, kind in _NAMING.items()))
    grants = _grants(context, filters)
    directory = Directory(
        grants={grant_id: grant.state for grant_id, grant in grants.items()},
        initiatives={each.name.id: each.state for each in registers.every(context, Initiative)},
    )
    if not as_at.is_now:
        folded = tuple(reading.fold(context, _position(grants, filters, as_at), as_at.on))
        balances = tuple(_cells(folded))
        reported = {each.grant_id: each.reported for each in folded} if told_apart else None
    return replace(summarise(balances, directory, by, filters, reported), waiting=_waiting(context, directory, filters))


def _waiting(context: Context, directory: Directory, filters: Mapping[Dimension, str]) -> dict[str, Waiting] | None:
    """What waits in suspense now, of the grants and quarters that the filters keep; narrower filters keep all of it, as it may be theirs.

    None for a partner: it is the office's own.
    """
    if context.actor.sees_only is not None:
        return None
    found: dict[str, Waiting] = {}
    for place, each in waiting.everywhere(context).items():
        grant_id, _, quarter = place.partition(" ")
        grant = directory.grants.get(grant_id)
        told = {Dimension.GRANT: grant_id, Dimension.QUARTER: quarter, Dimension.FINANCIAL_YEAR: quarter[:7]}
        if grant is not None:
            told |= {
                Dimension.FUND: grant.fund_id,
                Dimension.LEAD_RECIPIENT: grant.lead_recipient_id,
                Dimension.FORCE_AREA: grant.force_area,
            }
        if all(filters.get(dimension, value) == value for dimension, value in told.items()):
            found[place] = each
    return found


def _reported(context: Context, filters: Mapping[Dimension, str]) -> dict[str, dict[str, Cells]]:
    return reading.reported(context, _grants(context, filters).values(), filters.get(Dimension.QUARTER))


def _cells(folded: Iterable[Folded]) -> Iterator[HeldBalance]:
    for each in folded:
        for key in sorted(each.cells):
            yield each.grant_id, key, each.cells[key]


def _allowed(context: Context, only: Mapping[Dimension, str], as_at: AsAt) -> dict[Dimension, str]:
    own = context.actor.sees_only
    if own is None:
        return dict(only)
    if as_at.position is not None:
        raise PositionWithheld
    if only.get(Dimension.PARTNER, own) != own:
        raise NotYours(partner=only[Dimension.PARTNER])
    return {**only, Dimension.PARTNER: own}


def _balances(context: Context, filters: Mapping[Dimension, str]) -> Iterator[HeldBalance]:
    for each in context.store.balances(filters.get(Dimension.GRANT)):
        yield each.grant_id, each.cell, each.counters


def _grants(context: Context, filters: Mapping[Dimension, str]) -> dict[str, Held[Grant]]:
    """Every grant a figure can be of, by id."""
    if Dimension.GRANT not in filters:
        return {grant.name.id: grant for grant in registers.every(context, Grant)}
    chosen = filters[Dimension.GRANT]
    held = View(context.store.load(Wanted(heads=(Name(Kind.GRANT, chosen),)))).find(Grant, chosen)
    return {chosen: held} if held else {}


def _position(grants: Mapping[str, Held[Grant]], filters: Mapping[Dimension, str], as_at: AsAt) -> Mapping[str, int]:
    """How far to read each grant. Raises Missing for a place that was never reached."""
    if as_at.position is None:
        return {grant_id: grant.position.seq for grant_id, grant in grants.items()}
    chosen = filters.get(Dimension.GRANT)
    position = {grant_id: seq for grant_id, seq in as_at.position.items() if chosen in (None, grant_id)}
    for grant_id, seq in position.items():
        if grant_id not in grants or seq > grants[grant_id].position.seq:
            raise Missing(kind="position", id=f"{grant_id}@{seq}")
    return position
