"""Routes: what they insist on, and what every answer carries."""

import json
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


def test_a_creating_request_needs_a_key(library: Library) -> None:
    answer = library.call("POST", "/books", {"id": "emma", "title": "Emma"})

    assert (answer.status, answer.json["type"]) == (400, "/problems/idempotency-key-missing")


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 129, "café"])
def test_a_key_is_up_to_128_visible_ascii_characters(library: Library, key: str) -> None:
    answer = library.add(key=key)

    assert (answer.status, answer.json["type"]) == (400, "/problems/idempotency-key-malformed")


def test_a_repeated_request_is_answered_as_it_was_the_first_time(library: Library) -> None:
    first = library.add("emma")
    library.call("PATCH", "/books/emma", {"title": "Emma, revised"}, If_Match='"1"')
    again = library.add("emma")

    assert (again.status, again.text) == (201, first.text)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replay" not in first.headers


def test_the_same_request_in_another_spelling_is_the_same_request(library: Library) -> None:
    first = library.call("POST", "/books", b'{"id":"emma","title":"Emma"}', Idempotency_Key="k")
    again = library.call("POST", "/books", b' { "title": "\\u0045mma",\n "id" : "emma" } ', Idempotency_Key="k")

    assert (again.status, again.text) == (201, first.text)


def test_a_key_is_not_for_another_request(library: Library) -> None:
    library.add("emma", key="k")
    answer = library.add("persuasion", key="k")

    assert (answer.status, answer.json["type"]) == (422, "/problems/key-reused")


def test_keys_belong_to_the_person_who_chose_them(library: Library) -> None:
    library.add("emma", key="k")
    other = bearer(subject="otto")["Authorization"]
    answer = library.call("POST", "/books", {"id": "sanditon", "title": "S"}, Idempotency_Key="k", Authorization=other)

    assert (answer.status, answer.json["id"]) == (201, "sanditon")


def test_what_is_sent_is_what_was_stored_with_the_change(library: Library) -> None:
    answer = library.add("emma", key="k")

    assert [body for _, body in library.shelf.answered.values()] == [answer.text]


def test_a_view_is_called_once(library: Library) -> None:
    library.add("emma")

    assert library.shelf.calls == 1


def test_a_change_needs_the_version_that_was_read(library: Library) -> None:
    library.add("emma")

    answer = library.call("PATCH", "/books/emma", {"title": "New"})

    assert (answer.status, answer.json["type"]) == (428, "/problems/version-required")


def test_a_move_needs_the_version_too_and_no_key(library: Library) -> None:
    library.add("emma")
    finance = bearer("finance")["Authorization"]

    assert library.call("POST", "/books/emma/lend", Authorization=finance).status == 428
    moved = library.call("POST", "/books/emma/lend", Authorization=finance, If_Match='"1"')

    assert (moved.status, moved.headers["ETag"]) == (200, '"2"')


def test_a_stale_version_is_refused_with_both_versions(library: Library) -> None:
    library.add("emma")
    library.call("PATCH", "/books/emma", {"title": "New"}, If_Match='"1"')

    answer = library.call("PATCH", "/books/emma", {"title": "Newer"}, If_Match='"1"')

    assert (answer.status, answer.json["expected"], answer.json["current"]) == (412, "1", "2")


@pytest.mark.parametrize("given", ["*", "1", 'W/"1"', '"1", "2"', '""', '"'])
def test_if_match_is_one_strong_etag(library: Library, given: str) -> None:
    library.add("emma")

    answer = library.call("PATCH", "/books/emma", {"title": "New"}, If_Match=given)

    assert (answer.status, answer.json["type"], answer.json["given"]) == (400, "/problems/version-malformed", given)


@pytest.mark.parametrize("held", ['"1"', 'W/"1"', '"0", "1"', "*"])
def test_what_the_caller_holds_already_is_not_sent_again(library: Library, held: str) -> None:
    library.add("emma")

    answer = library.get("/books/emma", If_None_Match=held)

    assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", '"1"')


def test_an_answer_without_a_version_has_the_etag_of_its_bytes(library: Library) -> None:
    first = library.get("/count")

    assert library.get("/count", If_None_Match=first.headers["ETag"]).status == 304
    library.add("emma")
    assert library.get("/count", If_None_Match=first.headers["ETag"]).status == 200


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
