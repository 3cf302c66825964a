from pathlib import Path

import pytest
from chalice.app import Chalice

from local.embedded import free_port
from local.front_door import FrontDoor
from local.gateway import Gateway
from local.machine import Machine
from local.office import office, served_port
from local.server import serving
from tests.local.calling import call


@pytest.mark.parametrize(("published", "location"), [("published/2024-04-01-1/", "/published/2024-04-01-1/"), (None, "/docs")])
def test_the_bare_address_leads_to_the_newest_publication_or_else_to_the_docs(published: str | None, location: str) -> None:
    with serving(FrontDoor(lambda: published, _rest())) as url:
        answers = [call(url, "/", method=method) for method in ("GET", "HEAD")]

    assert [(answer.status, answer.headers["Location"], answer.body) for answer in answers] == [(303, location, b"")] * 2


def test_nothing_else_stops_at_the_front_door() -> None:
    with serving(FrontDoor(lambda: None, _rest())) as url:
        assert call(url, "/hello").json == {"hello": "there"}
        assert call(url, "/", method="POST").status == 405


def test_the_data_folder_says_on_which_port_its_server_runs(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path, port=free_port())
    assert served_port(tmp_path) is None

    with office(machine, _app, lambda _key, _query: {}, lambda: "published/1/", in_memory=True) as running:
        assert served_port(tmp_path) == machine.port
        assert call(running.url, "/").headers["Location"] == "/published/1/"


def _rest() -> Gateway:
    return Gateway(_app())


def _app() -> Chalice:
    app = Chalice("tiny", configure_logs=False)
    app.route("/hello", methods=["GET"])(lambda: {"hello": "there"})
    return app
