"""Routes: what they insist on, and what every answer carries."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from chalice.app import Chalice

from chalicelib.api.routing import Call, Routes
from chalicelib.backend import Backend
from tests.api.library import STAFF, Book, BookChanges, BookView, Library, NewBook, routes
from tests.api.tokens import bearer, claims, token


@pytest.fixture
def library() -> Library:
    return Library()


def test_a_route_that_does_not_say_who_may_call_it_does_not_start() -> None:
    with pytest.raises(TypeError, match="allow"):

        @Routes("books").get("/books", gives=BookView.of, summary="Show")  # type: ignore[call-arg]  # the very mistake
        def show(call: Call) -> Book: ...  # type: ignore[empty-body]  # it is never called


def test_a_route_for_nobody_does_not_start() -> None:
    with pytest.raises(TypeError, match="allow= must be"):

        @Routes("books").get("/books", allow=frozenset(), gives=str, summary="Show")
        def show(call: Call) -> str: ...  # type: ignore[empty-body]  # it is never called


def test_a_view_that_does_not_take_what_its_route_gives_does_not_start() -> None:
    with pytest.raises(TypeError, match=r"must take exactly \(call, book_id, body\)"):

        @Routes("books").patch("/books/{book_id}", allow=STAFF, takes=BookChanges, gives=str, summary="Change")
        def change(call: Call, book: str, body: BookChanges) -> str: ...  # type: ignore[empty-body]  # it is never called


def test_routes_need_an_app_that_brings_a_backend() -> None:
    with pytest.raises(TypeError, match="not a bare Chalice app"):
        Chalice("bare").register_blueprint(routes(Library().shelf))


def test_what_a_route_promises_about_its_answer_is_checked() -> None:
    books = Routes("books")

    @books.post("/books", allow=STAFF, takes=NewBook, gives=str, at="/books/{id}", summary="Add")
    def add(call: Call, body: BookChanges) -> str:
        return "added"

    @books.get("/books/{book_id}", allow=STAFF, gives=str, versioned=True, summary="Show")
    def show(call: Call, book_id: str) -> str:
        return book_id

    assert [mistake for route in books.declared for mistake in route.mistakes()] == [
        "add: body is not annotated as NewBook",
        "add: its Location needs id, which neither answer nor path have",
        "show: it is versioned, and its answer has no version",
    ]


def test_the_backend_is_built_by_the_first_request_and_once(library: Library) -> None:
    assert library.built == 0

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: library.api.backend(), range(8)))
    library.get("/count")

    assert library.built == 1


def test_a_created_thing_is_answered_with_its_version_and_its_address(library: Library) -> None:
    answer = library.add("emma")

    assert answer.status == 201
    assert answer.json == {"version": "1", "id": "emma", "title": "Emma", "price_pence": 100}
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == "/books/emma"
    assert answer.headers["Content-Type"] == "application/json"


def test_every_answer_is_private_and_names_its_request(library: Library) -> None:
    for answer in (library.get("/count"), library.get("/books/none"), library.call("PUT", "/count"), library.get("/crash")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert len(answer.headers["X-Request-Id"]) == 32


def test_a_list_pages_to_its_end(library: Library) -> None:
    for name in ("a", "b", "c", "d", "e"):
        library.add(name, key=name, price_pence=10)
    library.add("f", key="f", price_pence=1000)

    address: object = "/books?limit=2&cheaper_than_pence=50"
    pages = []
    while address is not None:
        answer = library.get(str(address))
        pages.append([item["id"] for item in _items(answer.text)])
        address = answer.json["next"]

    assert pages == [["a", "b"], ["c", "d"], ["e"]]


def _items(text: str) -> list[dict[str, str]]:
    items: list[dict[str, str]] = json.loads(text)["items"]
    return items


def test_a_list_that_fits_has_no_next_page(library: Library) -> None:
    for name in ("a", "b"):
        library.add(name, key=name)

    assert library.get("/books?limit=2").json["next"] is None


@pytest.mark.parametrize("cursor", ["AAAAAAAAAA", "AAAAAAAAA", "________________", "b3RoZXIgbGlzdA"])
def test_a_cursor_that_this_list_did_not_make_is_refused(library: Library, cursor: str) -> None:
    answer = library.get(f"/books?cursor={cursor}")

    assert (answer.status, answer.json["type"]) == (422, "/problems/unknown-cursor")


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("limit=0", ["/limit"]),
        ("limit=201", ["/limit"]),
        ("limit=ten", ["/limit"]),
        ("limit=1.0", ["/limit"]),
        ("limit=", ["/limit"]),
        ("limit=1&limit=2", ["/limit"]),
        ("colour=red", ["/colour"]),
        ("cursor=null", ["/cursor"]),
        ("cursor=%2B%2B%2B%2B%2B%2B%2B%2B", ["/cursor"]),
        ("cheaper_than_pence=null&limit=0", ["/cheaper_than_pence", "/limit"]),
    ],
)
def test_every_wrong_query_parameter_is_named(library: Library, query: str, pointers: list[str]) -> None:
    answer = library.get(f"/books?{query}")

    assert (answer.status, sorted(answer.pointers)) == (400, pointers)


def test_a_route_without_a_query_takes_none(library: Library) -> None:
    assert library.get("/count?x=1").pointers == ["/x"]


def test_path_parameters_are_decoded_once_and_checked(library: Library) -> None:
    library.add("emma")

    assert library.get("/books/%65mma").status == 200
    twice = library.get("/books/%2565mma")

    assert (twice.status, twice.pointers) == (400, ["/book_id"])
    assert 'not "%65mma"' in twice.details["/book_id"]


def test_wrong_path_query_and_body_are_all_told_at_once(library: Library) -> None:
    answer = library.call("PATCH", "/books/EMMA?loud=1", {"title": 7}, If_Match='"1"')

    assert (answer.status, sorted(answer.pointers)) == (400, ["/book_id", "/loud", "/title"])


def test_a_change_of_nothing_is_refused(library: Library) -> None:
    library.add("emma")

    answer = library.call("PATCH", "/books/emma", {}, If_Match='"1"')

    assert (answer.status, answer.details) == (400, {"": "Name at least one thing to change: title."})


@pytest.mark.parametrize("content_type", ["text/plain", "application/jsonx", "application/json; charset=latin-1", ""])
def test_a_body_is_sent_as_json(library: Library, content_type: str) -> None:
    answer = library.call("POST", "/books", {"id": "a", "title": "A"}, Idempotency_Key="k", Content_Type=content_type)

    assert (answer.status, answer.json["type"]) == (415, "/problems/unsupported-media")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON", 'application/json;charset="UTF-8"'])
def test_json_may_name_its_charset(library: Library, content_type: str) -> None:
    answer = library.call("POST", "/books", {"id": "a", "title": "A"}, Idempotency_Key="k", Content_Type=content_type)

    assert answer.status == 201


def test_a_large_body_is_refused(library: Library) -> None:
    answer = library.call("POST", "/books", b" " * (256 * 1024 + 1), Idempotency_Key="k")

    assert answer.status == 413


def test_a_route_without_a_body_takes_none(library: Library) -> None:
    library.add("emma")
    finance = bearer("finance")["Authorization"]

    answer = library.call("POST", "/books/emma/lend", {"to": "me"}, Authorization=finance, If_Match='"1"')

    assert (answer.status, answer.details) == (400, {"": "This takes no body; send none."})


def test_a_method_that_an_address_does_not_have_is_refused_with_those_it_has(library: Library) -> None:
    answer = library.call("DELETE", "/books")

    assert (answer.status, answer.json["type"]) == (405, "/problems/method-not-allowed")
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "POST"]
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_without_a_token_nothing_is_shown(library: Library) -> None:
    answer = library.get("/books", Authorization="")

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="streetlight"'


def test_without_the_role_nothing_is_done(library: Library) -> None:
    viewer = bearer("viewer")["Authorization"]
    answer = library.call("POST", "/books", {"id": "a", "title": "A"}, Idempotency_Key="k", Authorization=viewer)

    assert (answer.status, answer.json["type"]) == (403, "/problems/role-missing")
    assert (answer.json["allowed"], answer.json["held"]) == (["finance", "officer"], ["viewer"])
    assert library.shelf.calls == 0


def test_the_context_says_who_asks_when_and_once(library: Library) -> None:
    answer = library.add("emma", key="k1")
    (context,) = library.shelf.seen

    assert context.actor.subject == "olive"
    assert context.request_id == answer.headers["X-Request-Id"]
    assert context.once is not None
    assert (context.once.request.subject, context.once.request.key) == ("olive", "k1")
    assert context.expected_version is None


def test_everybody_may_ask_who_they_are(library: Library) -> None:
    partner = f"Bearer {token(claims(sub='pat', roles=['partner', 'gardener'], organisation='stoke'))}"

    answer = library.get("/me", Authorization=partner)

    assert answer.json == {"subject": "pat", "roles": ["partner"], "organisation_id": "stoke"}


def test_health_needs_no_token(library: Library) -> None:
    answer = library.get("/health", Authorization="")

    assert answer.json == {"status": "ok", "version": "1.2.3", "office_name": "Office of Tests"}


def test_two_apps_in_one_process_share_nothing() -> None:
    ours, theirs = Library(), Library()
    ours.add("emma")

    assert (ours.get("/books/emma").status, theirs.get("/books/emma").status) == (200, 404)
    assert isinstance(ours.api.backend(), Backend)


def event(path: str, **context: object) -> dict[str, object]:
    """What API Gateway sends for GET /books: the caller's path there starts with the stage."""
    return {
        "requestContext": {"httpMethod": "GET", "resourcePath": "/books", "path": path, **context},
        "headers": {"authorization": bearer()["Authorization"]},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": {"limit": ["1"]},
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }


def test_links_lead_through_the_deployments_stage(library: Library) -> None:
    for name in ("a", "b"):
        library.add(name, key=name)

    answer = library.api(event("/prod/books", requestId="c6af9ac6-7b61-11e6-9a41-93e8deadbeef"), None)

    assert answer["headers"]["X-Request-Id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    assert json.loads(answer["body"])["next"].startswith("/prod/books?limit=1&cursor=")


@pytest.mark.parametrize("given", ["short", "two\nlines-and-more", "x" * 65, "", None])
def test_a_request_id_that_does_not_look_like_one_is_replaced(library: Library, given: str | None) -> None:
    answer = library.api(event("/books", requestId=given), None)

    assert re.fullmatch("[0-9a-f]{32}", answer["headers"]["X-Request-Id"])


def test_whatever_goes_wrong_before_the_view_is_a_problem_too(library: Library) -> None:
    torn = {**event("/books"), "body": "not base64!", "isBase64Encoded": True}

    answer = library.api(torn, None)

    assert (answer["statusCode"], json.loads(answer["body"])["type"]) == (500, "/problems/internal-error")
