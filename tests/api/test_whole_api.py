"""The whole API: what must hold for every route there is."""

import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from chalicelib.api.api import build_api
from chalicelib.api.docs_page import page
from chalicelib.api.host import Api
from chalicelib.api.openapi import document
from chalicelib.api.problems import kinds, type_of
from chalicelib.api.route import ANYONE
from chalicelib.backend import Backend


def no_backend() -> Backend:
    raise AssertionError("describing the API needs no backend")


@pytest.fixture(scope="module")
def api() -> Api:
    return build_api(no_backend)


def test_every_route_keeps_what_it_declares(api: Api) -> None:
    assert [mistake for route in api.declared for mistake in route.mistakes()] == []


def test_nothing_but_descriptions_and_what_is_published_is_open_to_anyone(api: Api) -> None:
    described = {"/health", "/openapi.json", "/docs", "/problems/{name}"}
    published = {"/latest", "/feed.atom"}

    assert {route.path for route in api.declared if route.allow is ANYONE} == described | published


def test_every_change_happens_once_or_names_the_version_it_changes(api: Api) -> None:
    assert [route.name for route in api.declared if route.method != "GET" and not (route.creates or route.changes)] == []


def test_every_named_refusal_has_a_problem_type(api: Api) -> None:
    known = {type_of(kind) for kind in kinds()}

    assert [(route.name, kind) for route in api.declared for kind in route.problems if type_of(kind) not in known] == []


def test_the_whole_document_is_openapi_3_1(api: Api) -> None:
    made = document(tuple(api.declared), base="/prod", version="1")

    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(made)] == []
    assert made["servers"] == [{"url": "/prod"}]


def test_every_route_is_on_the_page(api: Api) -> None:
    text = page(document(tuple(api.declared), base="", version="1"))

    assert [route.name for route in api.declared if f'id="{route.name}"' not in text] == []
