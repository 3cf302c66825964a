"""The gateway, round an app so small that nothing but the gateway can be at fault."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from chalice.app import Chalice, MultiDict, Request, Response

from local.gateway import LARGEST_ANSWER, LARGEST_REQUEST, Gateway, one_request_per_thread
from local.server import serving
from tests.local.calling import call


def current_request() -> Request:
    request = APP.current_request
    assert request is not None
    return request


def echo(name: str) -> object:
    request = current_request()
    body, parameters = request.raw_body, request.query_params or MultiDict({})
    return {
        "name": name,
        "path": request.context["path"],
        "query": {key: parameters.getlist(key) for key in parameters},
        "body": body if isinstance(body, str) else body.decode(),
        "accept": request.headers.get("accept"),
    }


def answer_with(kind: str) -> object:
    return {
        "text": Response("plain", headers={"Content-Type": "text/plain"}),
        "binary": Response(b"\x00\xff", headers={"Content-Type": "application/octet-stream"}),
        "nothing": Response("", status_code=204),
        "two": Response({}, headers={"X-Two": ["1", "2"]}),
        "large": Response("x" * (LARGEST_ANSWER + 1)),
        "foreign": Response({}, headers={"X-Name": "Łódź"}),
        "odd": object(),
    }[kind]


def fail() -> object:
    raise RuntimeError("on purpose")


MEETING = threading.Barrier(4, timeout=10)


def meet(name: str) -> object:
    """Four requests wait for each other here, so that each reads its own after the others have begun."""
    MEETING.wait()
    return {"argument": name, "seen": (current_request().uri_params or {})["name"], "id": APP.lambda_context.aws_request_id}


def app() -> Chalice:
    made = Chalice("echo", configure_logs=False)
    made.route("/echo/{name}", methods=["GET", "POST"], content_types=["application/json", "text/plain"])(echo)
    made.route("/answers/{kind}", methods=["GET"])(answer_with)
    made.route("/fail", methods=["GET"])(fail)
    made.route("/meet/{name}", methods=["GET"])(meet)
    made.route("/shared", methods=["GET"], cors=True)(dict)
    return made


APP = app()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(Gateway(APP)) as address:
        yield address


def test_a_request_reaches_the_app_as_it_was_sent(url: str) -> None:
    answer = call(
        url, "/echo/a%20b?q=1&q=2&empty=", method="POST", body="£".encode(), headers={"Content-Type": "text/plain", "Accept": "a/b"}
    )

    assert answer.status == 200
    assert answer.type == "application/json"
    assert answer.json == {
        "name": "a%20b",
        "path": "/echo/a%20b",
        "query": {"q": ["1", "2"], "empty": [""]},
        "body": "£",
        "accept": "a/b",
    }


def test_a_chunked_body_is_read_whole(url: str) -> None:
    chunked = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"

    answer = call(url, "/echo/x", method="POST", body=chunked, headers={"Transfer-Encoding": "chunked", "Content-Type": "text/plain"})

    assert isinstance(answer.json, dict)
    assert answer.json["body"] == "abcde"


@pytest.mark.parametrize(
    ("kind", "status", "type_", "body"),
    [
        ("text", 200, "text/plain", b"plain"),
        ("two", 200, "application/json", b"{}"),
    ],
)
def test_an_answer_leaves_as_the_app_made_it(url: str, kind: str, status: int, type_: str, body: bytes) -> None:
    answer = call(url, f"/answers/{kind}")

    assert (answer.status, answer.type, answer.body) == (status, type_, body)


def test_bytes_leave_as_bytes(url: str) -> None:
    answer = call(url, "/answers/binary", headers={"Accept": "application/octet-stream"})

    assert answer.body == b"\x00\xff"


def test_an_answer_without_content_has_neither_body_nor_length(url: str) -> None:
    answer = call(url, "/answers/nothing")

    assert answer.status == 204
    assert answer.body == b""
    assert "Content-Length" not in answer.headers


@pytest.mark.parametrize("path", ["/nowhere", "//fail", "/echo", "/echo/a/b"])
def test_an_unknown_address_is_a_problem(url: str, path: str) -> None:
    answer = call(url, path, headers={"Authorization": "Bearer ÿ"})

    assert answer.type == "application/problem+json"
    assert answer.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": f"There is nothing at {path}.",
        "instance": path,
    }


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(url: str) -> None:
    answer = call(url, "/echo/x", method="DELETE")

    assert (answer.status, answer.type, answer.headers["Allow"]) == (405, "application/problem+json", "GET, POST")


def test_head_where_the_app_has_none_is_refused_without_a_body(url: str) -> None:
    answer = call(url, "/echo/x", method="HEAD")

    assert (answer.status, answer.body) == (405, b"")


def test_a_preflight_is_answered_for_a_route_with_cors(url: str) -> None:
    answer = call(url, "/shared", method="OPTIONS")

    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "GET,OPTIONS"


def test_a_request_over_ten_megabytes_is_a_problem(url: str) -> None:
    answer = call(url, "/echo/x", method="POST", body=b"x" * (LARGEST_REQUEST + 1), headers={"Content-Type": "text/plain"})

    assert (answer.status, answer.type) == (413, "application/problem+json")


def test_an_answer_that_lambda_could_not_return_is_a_problem(url: str) -> None:
    answer = call(url, "/answers/large")

    assert (answer.status, answer.type) == (502, "application/problem+json")


def test_an_error_in_the_app_is_answered_as_chalice_answers_it(url: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = call(url, "/fail")

    assert answer.status == 500
    assert answer.json == {"Code": "InternalServerError", "Message": "An internal server error occurred."}


@pytest.mark.parametrize("kind", ["odd", "foreign"])
def test_an_answer_that_cannot_be_sent_is_logged_and_drops_no_connection(url: str, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="local.gateway"):
        answer = call(url, f"/answers/{kind}")

    assert (answer.status, answer.type) == (500, "application/problem+json")
    assert f"GET /answers/{kind} failed" in caplog.text


def test_threads_do_not_see_each_others_requests(url: str) -> None:
    names = ["a", "b", "c", "d"]

    with ThreadPoolExecutor(4) as pool:
        answers = [answer.json for answer in pool.map(lambda name: call(url, f"/meet/{name}"), names)]

    seen = [(answer["argument"], answer["seen"]) for answer in answers if isinstance(answer, dict)]
    assert seen == [("a", "a"), ("b", "b"), ("c", "c"), ("d", "d")]
    assert len({answer["id"] for answer in answers if isinstance(answer, dict)}) == 4


def test_an_app_is_made_safe_for_threads_once() -> None:
    made = app()

    one_request_per_thread(made)
    once = type(made)
    one_request_per_thread(made)

    assert type(made) is once
    assert made.current_request is None
