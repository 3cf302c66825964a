"""Mapping profiles: begun and set anew by finance, whole, with every grant and initiative that they name looked up."""

from __future__ import annotations

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.profiles import Profile, ProfileAdded, ProfileSet
from chalicelib.services.unit import Part, Plan, View, Written, change, expect, new_name, one, version_of, view_of
from chalicelib.storage.store import Wanted


def add(context: Context, profile: Profile) -> Written[Profile]:
    """Begin a profile. Raises AlreadyExists, Contradictory, Missing (the payer, a grant or an initiative)."""
    checked = profile.checked()

    def decide(view: View) -> Plan:
        name = new_name(view, Profile, checked.id)
        _look_up(view, checked)
        return Plan(parts=(Part(name, None, (ProfileAdded(profile=checked),)),))

    return change(context, lambda: view_of(context, _wanted(checked)), decide, one(Profile))


def set_anew(context: Context, profile: Profile) -> Written[Profile]:
    """Set a profile anew, whole. Raises Missing, StaleView, Contradictory."""
    checked = profile.checked()

    def decide(view: View) -> Plan:
        held = view.held(Profile, checked.id)
        expect(context, version_of(held))
        _look_up(view, checked)
        return Plan(parts=(Part(held.name, held, (ProfileSet(profile=checked),)),))

    return change(context, lambda: view_of(context, _wanted(checked)), decide, one(Profile))


def _wanted(profile: Profile) -> Wanted:
    grants = dict.fromkeys(Name(Kind.GRANT, grant_id) for grant_id, _ in profile.targets)
    initiatives = dict.fromkeys(Name(Kind.INITIATIVE, initiative_id) for _, initiative_id in profile.targets)
    return Wanted(heads=(Name(Kind.PROFILE, profile.id), Name(Kind.ORGANISATION, profile.payer_id), *grants, *initiatives))


def _look_up(view: View, profile: Profile) -> None:
    view.state(Organisation, profile.payer_id)
    for grant_id, initiative_id in profile.targets:
        view.state(Grant, grant_id)
        view.state(Initiative, initiative_id)
