"""Who may do what, and the second person."""

import pytest

from chalicelib.domain.errors import PreparerCannotApprove, RoleMissing
from chalicelib.domain.people import OFFICE, SCHEDULE, Actor, Role, second_person


def actor(*roles: Role, subject: str = "a", organisation_id: str | None = None) -> Actor:
    return Actor(subject=subject, roles=frozenset(roles), organisation_id=organisation_id)


@pytest.mark.parametrize("role", Role)
def test_the_preparer_cannot_decide_whatever_the_role(role: Role) -> None:
    with pytest.raises(PreparerCannotApprove) as refused:
        second_person(actor(role), prepared_by="a")

    assert refused.value.prepared_by == "a"


def test_every_role_together_does_not_make_a_second_person() -> None:
    with pytest.raises(PreparerCannotApprove):
        second_person(actor(*Role), prepared_by="a")


def test_somebody_else_may_decide() -> None:
    second_person(actor(Role.FINANCE, subject="b"), prepared_by="a")


def test_a_partner_sees_only_its_organisations_initiatives() -> None:
    assert actor(Role.PARTNER, organisation_id="stockton").sees_only == "stockton"


def test_a_partner_without_an_organisation_sees_no_initiative() -> None:
    assert actor(Role.PARTNER).sees_only == ""


def test_somebody_without_a_role_sees_no_initiative() -> None:
    assert actor().sees_only == ""


@pytest.mark.parametrize("role", sorted(OFFICE))
def test_the_offices_own_staff_see_everything(role: Role) -> None:
    assert actor(role).sees_only is None
    assert actor(role, Role.PARTNER, organisation_id="stockton").sees_only is None


def test_the_office_is_every_role_but_a_partners() -> None:
    assert sorted(OFFICE) == ["administrator", "certifier", "finance", "officer", "publisher", "viewer"]


def test_one_of_the_allowed_roles_is_enough() -> None:
    actor(Role.VIEWER, Role.FINANCE).require(frozenset({Role.FINANCE, Role.CERTIFIER}))


def test_a_missing_role_is_refused_with_those_that_would_do() -> None:
    with pytest.raises(RoleMissing) as refused:
        actor(Role.VIEWER).require(frozenset({Role.FINANCE, Role.CERTIFIER}))

    assert refused.value.allowed == ("certifier", "finance")
    assert refused.value.held == ("viewer",)
    assert str(refused.value) == "This needs one of the roles certifier, finance; you hold viewer."


def test_an_administrator_is_not_every_role() -> None:
    with pytest.raises(RoleMissing):
        actor(Role.ADMINISTRATOR).require(frozenset({Role.CERTIFIER}))


def test_nobody_is_told_that_they_hold_none() -> None:
    with pytest.raises(RoleMissing, match="you hold none"):
        actor().require(frozenset({Role.VIEWER}))


def test_the_schedule_publishes_in_its_own_name() -> None:
    assert SCHEDULE.subject == "streetlight schedule"
    assert SCHEDULE.roles == {Role.PUBLISHER}
