"""Claims that are due: what the office has yet to ask the Home Office for, by the office's own date."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.context import Context
from chalicelib.domain.cells import Counters
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claims import ClaimState, GrantClaims
from chalicelib.domain.claims_due import to_claim
from chalicelib.domain.due_days import due_after
from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.domain.reminders import Due
from chalicelib.services import registers

_STANDING = {
    None: "Nothing of it has been drafted yet.",
    ClaimState.DRAFTED: "It has been drafted, and not reviewed.",
    ClaimState.REVIEWED: "It has been reviewed, and not certified.",
    ClaimState.CERTIFIED: "It has been certified, and not sent.",
}
"""How a claim stands that was not sent, by state."""


def outstanding(context: Context) -> Iterator[Due]:
    """Every quarter of every grant that has a due date and is to be claimed; the grant's lead recipient is told.

    Costs the heads of grants and of claims, and the balances. Where the office has not said when claims are due, nothing is read.
    """
    days, today = context.settings.claim_working_days, london_date(context.now)
    if days is None:
        return
    claims = {held.state.grant_id: held.state for held in registers.every(context, GrantClaims)}
    cells: dict[str, dict[str, Counters]] = {}
    for balance in context.store.balances():
        cells.setdefault(balance.grant_id, {})[balance.cell] = balance.counters
    for grant in registers.every(context, Grant):
        grant_id = grant.state.id
        for each in to_claim(grant.state, claims.get(grant_id, GrantClaims(grant_id=grant_id)), cells.get(grant_id, {}), today):
            if due_on := due_after(Quarter.parse(each.quarter), days):
                yield Due(
                    about=Name(Kind.CLAIMS, f"{grant_id}.{each.quarter}"),
                    organisation_id=grant.state.lead_recipient_id,
                    due_on=due_on,
                    what=f"the claim on {grant_id} for {each.quarter}",
                    standing=_STANDING[each.state],
                )
