"""What the certificates of a grant's claims say: set by the office, kept with the grant's claims, so that a draft is guarded by it."""

from __future__ import annotations

from chalicelib.context import Context
from chalicelib.domain.aggregates import State
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claim_facts import WordingSet
from chalicelib.domain.claims import GrantClaims, Wording
from chalicelib.domain.grants import Grant
from chalicelib.services.unit import Part, Plan, View, Written, change, expect, one, view_of
from chalicelib.storage.store import Wanted


def show(context: Context, grant_id: str) -> GrantClaims:
    """A grant's claims with their certificates' wording, if it has any. Raises Missing."""
    return _claims(view_of(context, _wanted(grant_id)), grant_id)


def set_wording(context: Context, grant_id: str, wording: Wording | None, reason: str) -> GrantClaims:
    """Set what certificates say, or take it back. Claims that are drafted already keep what their packs say. Raises Missing, StaleView."""
    name = Name(Kind.CLAIMS, grant_id)

    def decide(view: View) -> Plan:
        expect(context, str(_claims(view, grant_id).worded_in))
        fact = WordingSet(grant_id=grant_id, wording=wording)
        return Plan(parts=(Part(name, view.find(GrantClaims, grant_id), (fact,)),), reason=reason)

    def result(written: tuple[Written[State], ...]) -> GrantClaims:
        return one(GrantClaims)(written).state

    return change(context, lambda: view_of(context, _wanted(grant_id)), decide, result)


def _wanted(grant_id: str) -> Wanted:
    return Wanted(heads=(Name(Kind.GRANT, grant_id), Name(Kind.CLAIMS, grant_id)))


def _claims(view: View, grant_id: str) -> GrantClaims:
    view.held(Grant, grant_id)
    found = view.find(GrantClaims, grant_id)
    return found.state if found else GrantClaims(grant_id=grant_id)
