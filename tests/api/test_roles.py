"""Who may call what: every route, every role; and what a partner can see at all."""

import re
from pathlib import Path

import pytest

from chalicelib.api.route import ANYONE, Route
from chalicelib.domain.people import Role
from tests.api.office import Office

PATH_VALUES = {
    "collection": "grants",
    "variation_id": "1",
    "waiver_id": "1",
    "proposal_id": "1",
    "entry_id": "ssf-4-example.6",
    "asset_id": "ssf-4-example.6.1",
    "claim_id": "ssf-4-example.claim-1",
    "evidence_id": "entry.ssf-4-example.6.1f",
    "export_id": "0" * 32,
    "import_id": "0" * 32,
    "suspense_id": f"{'0' * 32}.1",
    "publication_id": "2024-04-01-1",
    "return_id": "lighting.2023-24-Q2",
    "reminder_id": "return.lighting.2023-24-Q2.due",
    "initiative_id": "lighting",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("objects")).open()


ROUTES = Office(Path("unused")).api.declared
GUARDED = [route for route in ROUTES if route.allow is not ANYONE]


def path_of(route: Route) -> str:
    return re.sub(r"{(\w+)}", lambda found: PATH_VALUES.get(found[1], "ssf-4-example"), route.path)


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_a_role_that_is_not_named_is_refused(office: Office, route: Route) -> None:
    assert isinstance(route.allow, frozenset)
    for role in set(Role) - route.allow:
        answer = office.call(route.method, path_of(route), role=role, organisation="council")

        assert answer.status == 403, role
        assert answer.json["type"] == "/problems/role-missing"
        assert answer.json["allowed"] == sorted(route.allow)


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_without_a_token_nothing_is_answered(office: Office, route: Route) -> None:
    answer = office.call(route.method, path_of(route), headers={"Authorization": ""})

    assert answer.status == 401


def test_only_these_need_no_token() -> None:
    assert {route.path for route in ROUTES if route.allow is ANYONE} == {
        "/health",
        "/openapi.json",
        "/docs",
        "/problems/{name}",
        "/latest",
        "/feed.atom",
    }


def test_only_these_may_be_called_by_a_partner() -> None:
    assert {named(route) for route in GUARDED if isinstance(route.allow, frozenset) and Role.PARTNER in route.allow} == {
        "GET /me",
        "GET /initiatives",
        "GET /initiatives/{initiative_id}",
        "GET /initiatives/{initiative_id}/forecasts",
        "GET /returns",
        "GET /returns/{return_id}",
        "GET /returns/{return_id}/versions",
        "PUT /returns/{return_id}",
        "POST /returns/{return_id}/submission",
        "GET /summaries",
        "POST /evidence",
        "GET /evidence",
        "GET /evidence/{evidence_id}",
        "GET /evidence/{evidence_id}/file",
        "GET /evidence/{evidence_id}/upload",
        "POST /evidence/{evidence_id}/check",
        "GET /variance-codes",
        "GET /variance-codes/{code_id}",
    }


def test_a_partner_sees_its_own_initiatives_and_no_other(office: Office) -> None:
    own = office.get("/initiatives", role="partner", organisation="council")
    theirs = office.get("/initiatives/cctv", role="partner", organisation="council")
    sums = office.get("/summaries?by=initiative", role="partner", organisation="council")
    others = office.get("/summaries?partner=charity", role="partner", organisation="council")

    assert [each["id"] for each in own.json["items"]] == ["lighting"]  # type: ignore[attr-defined]  # a list of objects
    assert (theirs.status, theirs.json["type"]) == (404, "/problems/missing")
    assert [row["group"] for row in sums.json["rows"]] == [{"initiative": "lighting"}]  # type: ignore[attr-defined]  # the same
    assert (others.status, others.json["type"]) == (403, "/problems/not-yours")


def test_no_route_lets_an_administrator_move_money_or_publish() -> None:
    barred = {named(route) for route in GUARDED if isinstance(route.allow, frozenset) and Role.ADMINISTRATOR not in route.allow}

    assert {"POST /payments", "POST /grants/{grant_id}/commitments", "POST /publications", "POST /exports"} <= barred
