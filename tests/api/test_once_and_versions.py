"""A request happens once, and a change names the version it changes."""

import pytest

from chalicelib.domain.values import replace
from tests.api.library import Library
from tests.api.tokens import bearer


@pytest.fixture
def library() -> Library:
    return Library()


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


@pytest.mark.parametrize("held", ["{}", "W/{}", '"0", {}', "*"])
def test_what_the_caller_holds_already_is_not_sent_again(library: Library, held: str) -> None:
    tag = library.get("/count").headers["ETag"]

    answer = library.get("/count", If_None_Match=held.format(tag))

    assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", tag)


@pytest.mark.parametrize("held", ['"1"', "*"])
def test_a_versioned_answer_is_always_sent_as_more_than_its_version_may_have_changed(library: Library, held: str) -> None:
    library.add("emma")
    library.shelf.books["emma"] = replace(library.shelf.books["emma"], price_pence=250)

    answer = library.get("/books/emma", If_None_Match=held)

    assert (answer.status, answer.json["price_pence"], answer.headers["ETag"]) == (200, 250, '"1"')


def test_an_answer_without_a_version_has_the_etag_of_its_bytes(library: Library) -> None:
    first = library.get("/count")

    assert library.get("/count", If_None_Match=first.headers["ETag"]).status == 304
    library.add("emma")
    assert library.get("/count", If_None_Match=first.headers["ETag"]).status == 200
