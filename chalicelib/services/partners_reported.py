"""How many partners have reported: counted when a publication is begun, and recorded with it, as returns go on afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from chalicelib.context import Context
from chalicelib.domain import returns
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.partners_reported import PartnersReported
from chalicelib.domain.periods import Quarter
from chalicelib.domain.returns import Return, ReturnState
from chalicelib.services import registers
from chalicelib.services.unit import View
from chalicelib.storage.store import Wanted

AT_ONCE = 50
"""How many returns are read in one view."""

_HANDED_IN = (ReturnState.SUBMITTED, ReturnState.ACCEPTED)


def partners_reported(context: Context, on: date) -> PartnersReported | None:
    """The partners with a return to make for the last quarter that is over by a day, and those of them who made all of theirs.

    None where nobody has one to make. A return that was given back counts as not made. Reads every initiative, and the
    returns of that quarter.
    """
    quarter = Quarter.of(on).previous()
    partners = {
        held.state.id: held.state.partner_id
        for held in registers.every(context, Initiative)
        if quarter in returns.quarters_due(held.state, on)
    }
    made: dict[str, bool] = {}
    for initiative_id, state in _states(context, partners, quarter):
        partner_id = partners[initiative_id]
        made[partner_id] = made.get(partner_id, True) and state in _HANDED_IN
    if not made:
        return None
    return PartnersReported(quarter=str(quarter), partners=len(made), reported=sum(made.values()))


def _states(context: Context, partners: Mapping[str, str], quarter: Quarter) -> Iterator[tuple[str, ReturnState]]:
    """How the return of each of these initiatives stands."""
    ids = sorted(partners)
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        view = View(context.store.load(Wanted(heads=tuple(returns.name_of(returns.id_of(each, quarter)) for each in some))))
        for initiative_id in some:
            held = view.find(Return, returns.id_of(initiative_id, quarter))
            yield initiative_id, held.state.state if held else ReturnState.DUE
