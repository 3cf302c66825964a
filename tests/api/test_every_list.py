"""Every list of the API, one item at a time, followed to its end: each item once, in the order of the whole list."""

import json
from pathlib import Path

import pytest

from tests.api.full_office import full
from tests.api.office import Office
from tests.api.reporting import ReportingOffice

PLACES = {
    "grant_id": "ssf-4-example",
    "quarter": "2023-24-Q2",
    "initiative_id": "lighting",
    "return_id": "lighting.2023-24-Q2",
    "claim_id": "ssf-4-example.claim-1",
    "collection": "grants",
    "item_id": "ssf-4-example",
}
"""What stands in each place of a list's path."""

ELSEWHERE = {
    "/grants/{grant_id}/debtors": "/grants/ssf-4-second/debtors",
    "/claims/{claim_id}/lines": "/claims/ssf-4-example.claim-1/lines",
    "/grants/{grant_id}/periods/{quarter}/agreement/items": "/grants/ssf-4-example/periods/2023-24-Q4/agreement/items",
}
"""Lists that are short where the others are long."""

QUERIES = {"/changes": "from=2024-02-01&to=2024-02-03"}
"""What lists need to be asked."""

DOCUMENTED = json.loads(Office(Path("unused")).call("GET", "/openapi.json").text)
LISTS = sorted(
    path
    for path, methods in DOCUMENTED["paths"].items()
    if any(parameter["name"] == "limit" for parameter in methods.get("get", {}).get("parameters", ()))
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> ReportingOffice:
    return full(tmp_path_factory.mktemp("objects"))


def page(office: ReportingOffice, path: str) -> tuple[list[object], object]:
    answer = office.get(path, role="finance")
    assert answer.status == 200, answer.text
    items = answer.json["items"]
    assert isinstance(items, list)
    return items, answer.json["next"]


def test_the_document_and_the_routes_know_the_same_lists() -> None:
    assert sorted(route.path for route in Office(Path("unused")).api.declared if route.paged) == LISTS
    assert len(LISTS) > 25


@pytest.mark.parametrize("path", LISTS)
def test_a_list_followed_to_its_end_one_by_one_gives_every_item_once(office: ReportingOffice, path: str) -> None:
    (imported, *_), _ = page(office, "/imports")
    assert isinstance(imported, dict)
    at = ELSEWHERE.get(path, path).format(**PLACES, import_id=imported["id"])
    query = QUERIES.get(path, "")
    whole, after = page(office, f"{at}?limit=200&{query}".rstrip("&"))
    assert after is None
    assert len(whole) > 1, "nothing is shown by a list of one"

    found: list[object] = []
    following: object = f"{at}?limit=1&{query}".rstrip("&")
    while following:
        items, following = page(office, str(following))
        assert len(items) == 1 or not following, "a page that is not full is the last one"
        found += items
        assert len(found) <= len(whole), "a list that goes round"

    assert found == whole
