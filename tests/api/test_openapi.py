"""The OpenAPI document: valid, complete, and true to what the routes really do."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import cast

import msgspec
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from chalicelib.api.docs_page import POLICY
from chalicelib.api.problems import kinds, type_of
from tests.api.library import Library

Json = dict[str, object]


@pytest.fixture(scope="module")
def document() -> Json:
    return Library().get("/openapi.json").json


def at(document: object, *path: str) -> Json:
    for step in path:
        document = cast("Json", document)[step]
    return cast("Json", document)


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in at(document, "paths").items():
        for method, operation in cast("Json", methods).items():
            yield method, path, cast("Json", operation)


def parameters(operation: Json) -> dict[str, Json]:
    return {str(each["name"]): each for each in cast("list[Json]", operation["parameters"])}


def test_it_is_openapi_3_1(document: Json) -> None:
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document)] == []


def test_every_reference_leads_somewhere(document: Json) -> None:
    for reference in set(re.findall(r'"\$ref":"#/([^"]+)"', msgspec.json.encode(document).decode())):
        at(document, *reference.split("/"))


def test_every_route_is_in_it_with_its_roles(document: Json) -> None:
    found = {f"{method.upper()} {path}": operation["x-roles"] for method, path, operation in operations(document)}

    assert found == {
        "POST /books": ["finance", "officer"],
        "GET /books": ["finance", "officer"],
        "GET /books/{book_id}": ["finance", "officer"],
        "PATCH /books/{book_id}": ["finance", "officer"],
        "POST /books/{book_id}/lend": ["finance"],
        "GET /count": [],
        "GET /crash": [],
        "GET /health": [],
        "GET /me": ["administrator", "certifier", "finance", "officer", "partner", "publisher", "viewer"],
        "GET /openapi.json": [],
        "GET /docs": [],
        "GET /problems/{name}": [],
    }


def test_only_routes_for_anyone_need_no_token(document: Json) -> None:
    for _, _, operation in operations(document):
        assert bool(operation["security"]) == bool(operation["x-roles"])
        assert ("401" in at(operation, "responses")) == bool(operation["x-roles"])


@pytest.mark.parametrize(
    ("path", "method", "names", "statuses"),
    [
        (
            "/books",
            "post",
            {"Idempotency-Key"},
            {"201", "400", "401", "403", "404", "409", "413", "415", "422", "500", "503"},
        ),
        (
            "/books",
            "get",
            {"cursor", "limit", "cheaper_than_pence", "If-None-Match"},
            {"200", "304", "400", "401", "403", "404", "422", "500", "503"},
        ),
        ("/books/{book_id}", "get", {"book_id"}, {"200", "400", "401", "403", "404", "500", "503"}),
        (
            "/books/{book_id}",
            "patch",
            {"book_id", "If-Match"},
            {"200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "500", "503"},
        ),
        (
            "/books/{book_id}/lend",
            "post",
            {"book_id", "If-Match"},
            {"200", "400", "401", "403", "404", "409", "412", "422", "428", "500", "503"},
        ),
        ("/count", "get", {"If-None-Match"}, {"200", "304", "400", "500", "503"}),
    ],
)
def test_each_kind_of_route_tells_its_headers_and_answers(
    document: Json, path: str, method: str, names: set[str], statuses: set[str]
) -> None:
    operation = at(document, "paths", path, method)

    assert parameters(operation).keys() == names
    assert at(operation, "responses").keys() == statuses


def test_bodies_are_the_very_schemas_that_check_them(document: Json) -> None:
    assert at(document, "components", "schemas", "NewBook") == {
        "title": "NewBook",
        "description": "A book to add.",
        "type": "object",
        "properties": {
            "id": {
                "description": "An id: lower-case letters, digits and single hyphens between them.",
                "examples": ["ssf-5-warwickshire"],
                "type": "string",
                "maxLength": 60,
                "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
            },
            "title": {
                "description": "A line of text, up to 200 characters.",
                "type": "string",
                "minLength": 1,
                "maxLength": 200,
                "pattern": "^[^\\S\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]"
                "[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$",
            },
            "price_pence": {
                "description": "A whole number of pence, more than nothing.",
                "examples": [123456],
                "type": "integer",
                "minimum": 1,
                "maximum": 10**13,
                "default": 100,
            },
        },
        "required": ["id", "title"],
        "additionalProperties": False,
        "not": {"required": ["colour"]},
    }
    assert at(document, "components", "schemas", "BookChanges")["minProperties"] == 1


def test_query_parameters_say_what_they_are_when_they_are_there(document: Json) -> None:
    found = parameters(at(document, "paths", "/books", "get"))

    assert found["cheaper_than_pence"] == {
        "name": "cheaper_than_pence",
        "in": "query",
        "required": False,
        "description": "A whole number of pence, more than nothing.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 10**13, "examples": [123456]},
    }
    assert found["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
    assert "BookQuery" not in at(document, "components", "schemas")


def test_lists_are_pages_of_what_each_item_is(document: Json) -> None:
    listing = at(document, "components", "schemas", "Listing_BookView_", "properties")

    assert listing["items"] == {"type": "array", "items": {"$ref": "#/components/schemas/BookView"}}
    assert listing["next"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}


def test_every_problem_type_it_names_exists(document: Json) -> None:
    named = set(re.findall(r'"(/problems/[a-z-]+)"', msgspec.json.encode(document).decode()))

    assert named
    assert named <= {type_of(kind) for kind in kinds()}


def test_operations_have_names_of_their_own(document: Json) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(names) == len(set(names))


class Page(HTMLParser):
    """The tags, ids and inner links of a page; refuses what is not nested."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open += [] if tag in self.VOID else [tag]
        self.ids += [str(value) for name, value in attrs if name == "id"]
        self.links += [str(value) for name, value in attrs if name in {"href", "src"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_runs_nothing_and_loads_nothing() -> None:
    answer = Library().get("/docs")
    page = Page(answer.text)

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert all(link.startswith("#") or link == "openapi.json" for link in page.links)


def test_every_link_in_the_page_leads_somewhere() -> None:
    page = Page(Library().get("/docs").text)

    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= set(page.ids)


def test_the_page_can_be_read_without_seeing_it() -> None:
    text = Library().get("/docs").text

    assert '<html lang="en-GB">' in text
    assert text.count("<h1>") == 1
    assert text.count("<table") == text.count("<caption>") > 0
    assert "<main" in text


def test_a_table_whose_rows_become_blocks_on_a_narrow_screen_says_that_it_is_a_table() -> None:
    text = Library().get("/docs").text

    assert "@media (max-width: 45rem)" in text
    assert "table, caption, tbody, tr, td { display: block; }" in text
    for tag, role in (("table", "table"), ("thead", "rowgroup"), ("tbody", "rowgroup"), ("tr", "row"), ("td", "cell")):
        assert text.count(f"<{tag}>") == 0
        assert text.count(f'<{tag} role="{role}">') > 0
    assert text.count("<th ") == text.count('role="columnheader"')


@pytest.mark.parametrize(
    "words", ["Add a book", "/books/{book_id}", "Idempotency-Key", "officer", "single hyphens", "/problems/already-exists"]
)
def test_the_page_tells_what_a_caller_needs(words: str) -> None:
    assert words in Library().get("/docs").text
