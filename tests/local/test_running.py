import os
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread

import jwt
import pytest
from chalice.app import Chalice

from local.embedded import embedded_dynamodb, free_port
from local.files import NotAllowed
from local.fuzzing import fuzz
from local.machine import Machine
from local.office import Office
from local.running import Parts, run, tokens
from local.table import ensure_table
from tests.local.calling import call


class Fills:
    """Counts how often an office is filled, and breaks off as often as it is told to."""

    def __init__(self, *, breaks: int = 0) -> None:
        self.count = 0
        self.breaks = breaks
        self.office: Office | None = None

    def __call__(self, office: Office) -> None:
        self.count += 1
        self.office = office
        if self.count <= self.breaks:
            raise RuntimeError("broken off")
        assert call(office.url, "/hello").json == {"table": "streetlight"}


def parts(fill: Fills) -> Parts:
    return Parts(build=_app, guard=_nobody, fill=fill, published=lambda: "published/1/", partner="a-partner")


def test_the_first_run_fills_the_office_and_the_second_finds_it_filled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine, fills, stop = Machine(folder=tmp_path, port=free_port()), Fills(), Event()
    stop.set()

    codes = [run(machine, parts(fills), stop) for _ in range(2)]

    assert codes == [0, 0]
    assert fills.count == 1
    said = capsys.readouterr().out
    assert f"Streetlight answers at   {machine.url}\n" in said
    assert f"the published page is    {machine.url}/published/1/\n" in said


def test_a_filling_that_broke_off_is_taken_up_again(tmp_path: Path) -> None:
    machine, fills, stop = Machine(folder=tmp_path, port=free_port()), Fills(breaks=1), Event()
    stop.set()

    with pytest.raises(RuntimeError, match="broken off"):
        run(machine, parts(fills), stop)
    run(machine, parts(fills), stop)

    assert fills.count == 2


def test_a_run_ends_with_an_error_when_its_store_dies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Dies(Fills):
        def __call__(self, office: Office) -> None:
            office.dynamodb.kill()

    assert run(Machine(folder=tmp_path, port=free_port()), parts(Dies()), Event()) == 1
    assert "The embedded DynamoDB has ended" in capsys.readouterr().out


def test_a_run_ends_when_it_is_told_to(tmp_path: Path) -> None:
    stop = Event()
    codes: list[int] = []
    thread = Thread(target=lambda: codes.append(run(Machine(folder=tmp_path, port=free_port()), parts(Fills()), stop)))
    thread.start()
    stop.set()
    thread.join(timeout=20)

    assert codes == [0]


def test_there_is_a_token_for_every_role_and_only_the_partners_names_an_organisation(tmp_path: Path) -> None:
    signed = tokens(Machine(folder=tmp_path).issuer(), "a-partner")

    claims = {role: jwt.decode(token, options={"verify_signature": False}) for role, token in signed.items()}
    assert {role: (each["sub"], each["roles"], each.get("organisation")) for role, each in claims.items()} == {
        "viewer": ("local-viewer", ["viewer"], None),
        "officer": ("local-officer", ["officer"], None),
        "finance": ("local-finance", ["finance"], None),
        "certifier": ("local-certifier", ["certifier"], None),
        "publisher": ("local-publisher", ["publisher"], None),
        "administrator": ("local-administrator", ["administrator"], None),
        "partner": ("local-partner", ["partner"], "a-partner"),
    }


def test_the_table_is_made_once() -> None:
    with embedded_dynamodb() as dynamodb:
        made = [ensure_table("streetlight", region="eu-west-2", endpoint_url=dynamodb.endpoint_url) for _ in range(2)]

    assert made == [True, False]


def _nobody(key: str, query: str) -> Mapping[str, str]:
    raise NotAllowed(f"{key}{query}")


def _app() -> Chalice:
    app = Chalice("tiny", configure_logs=False)
    table = os.environ["STREETLIGHT_TABLE"]
    app.route("/hello", methods=["GET"])(lambda: {"table": table})
    return app


def test_schemathesis_runs_against_a_filled_office_and_its_verdict_is_the_commands(tmp_path: Path) -> None:
    fills = Fills()

    good = fuzz(
        lambda _: Parts(build=_described, guard=_nobody, fill=fills, published=lambda: None, partner="a-partner"),
        ["--max-examples", "1", "--no-color"],
    )
    bad = fuzz(lambda _: Parts(build=_app, guard=_nobody, fill=fills, published=lambda: None, partner="a-partner"), ["--no-color"])

    assert good == 0
    assert bad != 0  # it has no OpenAPI document
    assert fills.count == 2


def _described() -> Chalice:
    app = _app()
    answers = {"200": {"description": "hello", "content": {"application/json": {"schema": {"type": "object"}}}}}
    document = {"openapi": "3.1.0", "info": {"title": "tiny", "version": "1"}, "paths": {"/hello": {"get": {"responses": answers}}}}
    app.route("/openapi.json", methods=["GET"])(lambda: document)
    return app
