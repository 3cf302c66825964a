"""A partner sees nothing of another partner: every route that a partner may call, taken from the table of routes.

A route with a place, a query or a body that is not known here fails: whoever adds one says what of another partner's it could name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec
import pytest

from chalicelib.api.evidence import NewEvidence
from chalicelib.api.return_bodies import ReportBody
from chalicelib.api.route import Route
from chalicelib.api.schemas import Body
from chalicelib.domain.people import Role
from tests.api.full_office import full
from tests.api.library import Answer
from tests.api.office import Office
from tests.api.reporting import REPORT, ReportingOffice

ROUTES = [route for route in Office(Path("unused")).api.declared if isinstance(route.allow, frozenset) and Role.PARTNER in route.allow]
_KEYS = count(1)
SHARED = {"GET /me", "GET /variance-codes", "GET /variance-codes/{code_id}"}
"""Who asks, and the codes that everybody uses: nothing of these is any partner's."""

MARKS = ("cctv", "charity", "31313", "Unseen", "Camera")
"""What stands in everything of the charity's, and in nothing of the council's."""

QUERIES = {
    "limit": "200",
    "quarter": "2023-24-Q2",
    "financial_year": "2023-24",
    "nature": "capital",
    "retired": "false",
    "by": "initiative",
    "as_at": "2024-02-02",
    "category": "cctv",
    "force_area": "E23000015",
    "initiative": "cctv",
    "partner": "charity",
    "return": "cctv.2023-24-Q2",
    "claim": "ssf-4-example.claim-1",
    "grant": "ssf-4-second",
    "fund": "ssf-4",
    "lead_recipient": "office",
}
"""For each query parameter, a value that leads to something of the charity's, if anything does."""


BODIES: dict[type[Body] | None, object] = {ReportBody: REPORT, None: None}


@dataclass
class Apart:
    """The full office, and what of the charity's can be named in the places of a path."""

    office: ReportingOffice

    def __post_init__(self) -> None:
        listed = self.office.get("/evidence?limit=200").json["items"]
        assert isinstance(listed, list)
        theirs = [each for each in listed if each["initiative_id"] == "cctv"]
        self.files = {each["subject"]["kind"]: str(each["id"]) for each in theirs}
        self.entry = next(str(each["subject"]["id"]) for each in theirs if each["subject"]["kind"] == "entry")
        self.places = {
            "initiative_id": ["cctv"],
            "return_id": [f"cctv.2023-24-{quarter}" for quarter in ("Q2", "Q3", "Q4")],
            "evidence_id": list(self.files.values()),
        }

    def paths(self, route: Route) -> list[str]:
        """A route's path with each thing of the charity's in its place."""
        (name,) = re.findall(r"{(\w+)}", route.path) or ("",)
        return [route.path.replace(f"{{{name}}}", place) for place in self.places[name]] if name else [route.path]

    def bodies(self, route: Route) -> list[object]:
        """What a route could be sent about the charity."""
        if route.takes is NewEvidence:
            said = {"file_name": "a.txt", "content_type": "text/plain", "size": 1, "sha256": "0" * 64}
            subjects = (("entry", self.entry), *(("return", each) for each in self.places["return_id"]), ("claim", "ssf-4-example.claim-1"))
            return [{**said, "subject": {"kind": kind, "id": subject}} for kind, subject in subjects]
        return [BODIES[route.takes]]

    def queries(self, route: Route) -> Iterator[str]:
        yield ""
        for field in msgspec.structs.fields(route.query) if route.query else ():
            if field.encode_name != "cursor":
                state = "accepted" if route.path == "/returns" else "in_delivery"
                value = {**QUERIES, "entry": self.entry, "state": state}[field.encode_name]
                yield f"?{field.encode_name}={value}"

    def ask(self, route: Route, path: str, body: object = None, organisation: str = "council") -> Answer:
        headers = {"If-Match": '"1"', "Idempotency-Key": f"apart-{next(_KEYS)}"}
        return self.office.call(
            route.method, path, body, role="partner", subject=f"{organisation}-partner", organisation=organisation, headers=headers
        )

    def written(self) -> dict[str, int]:
        """How far every chain has come."""
        return {str(name): len(links) for name, links in self.office.store._links.items()}


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Apart:
    return Apart(full(tmp_path_factory.mktemp("objects")))


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


OF_ONE = [route for route in ROUTES if ("{" in route.path or route.takes) and named(route) not in SHARED]
OF_ALL = [route for route in ROUTES if "{" not in route.path and route.method == "GET"]


def test_every_route_of_a_partners_is_looked_at() -> None:
    assert {named(route) for route in ROUTES} == {named(route) for route in OF_ONE} | {named(route) for route in OF_ALL} | SHARED
    assert len(OF_ONE) > 10


@pytest.mark.parametrize("route", OF_ONE, ids=named)
def test_what_is_another_partners_is_to_a_partner_as_if_it_were_not_there(apart: Apart, route: Route) -> None:
    before = apart.written()
    for path in apart.paths(route):
        for body in apart.bodies(route):
            refused = apart.ask(route, path, body)

            assert (refused.status, refused.json["type"]) == (404, "/problems/missing"), (path, body)
            asked = f"{path} {body}"
            assert [mark for mark in MARKS if mark in without(refused.text, asked)] == []
    assert apart.written() == before


@pytest.mark.parametrize("route", OF_ALL, ids=named)
def test_no_list_and_no_filter_shows_a_partner_anything_of_another(apart: Apart, route: Route) -> None:
    for query in apart.queries(route):
        answer = apart.ask(route, f"{route.path}{query}")

        assert answer.status in (200, 403, 404, 422), answer.text
        assert [mark for mark in MARKS if mark in without(answer.text, query)] == [], query


@pytest.mark.parametrize("route", [route for route in OF_ALL if named(route) not in SHARED], ids=named)
def test_to_its_own_partner_all_of_that_is_shown(apart: Apart, route: Route) -> None:
    path = f"{route.path}?by=initiative" if route.path == "/summaries" else route.path

    assert any(mark in apart.ask(route, path, organisation="charity").text for mark in MARKS)


def test_a_partners_figures_are_those_of_its_own_initiatives(apart: Apart) -> None:
    asked = "/summaries?by=initiative"
    own = apart.office.get(asked, role="partner", organisation="council").json
    whole = apart.office.get(f"{asked}&partner=council", role="finance").json

    assert own["rows"] == whole["rows"]
    assert own["total_pence"] == whole["total_pence"]


def without(text: str, asked: str) -> str:
    """An answer without the words that it only gives back."""
    for word in sorted(set(re.findall(r"[\w.-]{4,}", asked)), key=len, reverse=True):
        text = text.replace(word, "")
    return text
