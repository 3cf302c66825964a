"""Problems: what a refusal looks like, and that nothing inner is told."""

import logging
from dataclasses import dataclass
from datetime import date

import msgspec
import pytest

from chalicelib.api.problems import body_of, kinds, name_of, status_of, title_of
from chalicelib.backend import Backend
from chalicelib.domain.errors import (
    AlreadyExists,
    Contradictory,
    DomainError,
    FieldError,
    IllegalMove,
    Invalid,
    Missing,
    PreparerCannotApprove,
    StaleView,
    TooBusy,
)
from chalicelib.domain.refusals import AllocationExhausted, DateOutsidePeriod
from chalicelib.storage.store import StoreBusy, StoreUnreachable
from tests.api.library import Library
from tests.api.tokens import bearer


def told(error: DomainError) -> dict[str, object]:
    return msgspec.json.decode(body_of(error, "r-1"), type=dict[str, object])


def test_a_refusal_states_its_facts_as_members() -> None:
    error = AllocationExhausted(
        grant_id="ssf-5",
        initiative_id="cctv",
        financial_year="2023-24",
        nature="capital",
        available_pence=100,
        requested_pence=250,
    )

    assert told(error) == {
        "type": "/problems/allocation-exhausted",
        "title": "The allocation does not have enough money left.",
        "status": 409,
        "detail": "cctv has £1.00 of ssf-5 left for 2023-24 capital; £2.50 was asked for, £1.50 too much.",
        "instance": "r-1",
        "grant_id": "ssf-5",
        "initiative_id": "cctv",
        "financial_year": "2023-24",
        "nature": "capital",
        "available_pence": 100,
        "requested_pence": 250,
        "shortfall_pence": 150,
    }


def test_dates_and_field_errors_are_plain_json() -> None:
    outside = DateOutsidePeriod(grant_id="g", on=date(2024, 4, 1), starts=date(2023, 10, 1), ends=date(2024, 3, 31))
    wrong = Invalid((FieldError("/a", "is missing"), FieldError("/b/0", "must be text")))

    assert (told(outside)["on"], told(outside)["status"]) == ("2024-04-01", 422)
    assert told(wrong)["errors"] == [{"pointer": "/a", "detail": "is missing"}, {"pointer": "/b/0", "detail": "must be text"}]
    assert told(wrong)["detail"] == "/a: is missing; /b/0: must be text"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Contradictory, 422),
        (Invalid, 400),
        (PreparerCannotApprove, 403),
        (Missing, 404),
        (AlreadyExists, 409),
        (IllegalMove, 409),
        (TooBusy, 409),
        (StaleView, 412),
        (DateOutsidePeriod, 422),
        (DomainError, 500),
    ],
)
def test_the_kind_of_an_error_decides_its_status(kind: type[DomainError], status: int) -> None:
    assert status_of(kind) == status


@dataclass(eq=False)
class Shadowing(DomainError):
    """Its members have the names of the standard ones."""

    status: str = "lost"
    type: str = "lost"


def test_no_member_of_an_error_stands_in_for_a_standard_one() -> None:
    assert told(Shadowing())["status"] == 500
    assert told(Shadowing())["type"] == "/problems/shadowing"


def test_no_two_errors_share_a_problem_type() -> None:
    names = [name_of(kind) for kind in kinds()]

    assert len(names) == len(set(names))


def test_every_error_says_what_it_is_and_has_a_status_of_its_own() -> None:
    for kind in kinds():
        if kind is not Shadowing:
            assert title_of(kind).endswith("."), kind
            assert status_of(kind) != 500 or kind.__name__ == "InternalError", kind


def test_a_problem_type_can_be_looked_up() -> None:
    answer = Library().get("/problems/stale-view")

    assert answer.json == {
        "name": "stale-view",
        "title": "It has changed since you read it.",
        "status": 412,
        "meaning": "It has changed since you read it.",
    }
    assert Library().get("/problems/no-such").status == 404


def test_an_error_of_ours_tells_nothing_but_the_request(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "streetlight"):
        answer = Library().get("/crash")

    assert answer.status == 500
    assert "inner matter" not in answer.text
    assert answer.json["instance"] == answer.headers["X-Request-Id"]
    assert f"GET /crash failed, request {answer.headers['X-Request-Id']}" in caplog.text
    assert "RuntimeError: an inner matter" in caplog.text


def test_no_token_and_no_body_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    library = Library()
    signed = bearer()["Authorization"]
    with caplog.at_level(logging.DEBUG):
        assert library.call("POST", "/books", {"id": "a", "title": "Secret"}, Idempotency_Key="crash", Authorization=signed).status == 500
        assert (
            library.call("POST", "/books", {"id": "a", "title": "Secret"}, Idempotency_Key="k", Authorization="Bearer a.b.c").status == 401
        )

    assert "POST /books failed" in caplog.text
    assert "Secret" not in caplog.text
    assert signed.removeprefix("Bearer ") not in caplog.text


def test_a_problem_says_nothing_about_how_it_is_sent() -> None:
    answer = Library().get("/books", Authorization="")

    assert sorted(answer.json) == ["detail", "instance", "reason", "status", "title", "type"]


def test_a_busy_store_is_a_503_that_says_when_to_come_back() -> None:
    library = Library()

    def busy() -> Backend:
        raise StoreBusy

    library.api.backend = busy
    answer = library.get("/count")

    assert (answer.status, answer.json["type"], answer.headers["Retry-After"]) == (503, "/problems/busy", "1")


def test_a_store_that_gave_no_answer_is_a_503_that_does_not_say_what_was_written(caplog: pytest.LogCaptureFixture) -> None:
    library = Library()

    def away() -> Backend:
        raise StoreUnreachable("the connection was cut")

    library.api.backend = away
    answer = library.get("/count")

    assert (answer.status, answer.json["type"], answer.headers["Retry-After"]) == (503, "/problems/outcome-unknown", "5")
    assert str(answer.json["detail"]).startswith("It is not known whether this was written: repeat it with the same key")
    assert "the connection was cut" in caplog.text
    assert "the connection was cut" not in answer.text
