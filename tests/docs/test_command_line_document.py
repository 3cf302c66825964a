"""docs/command-line.md, held against the commands and the routes that there are."""

import re

from app import app
from local.commands import COMMANDS
from local.exit_codes import ExitCode
from tests.docs.tables import DOCS, tables_of

DOCUMENT = (DOCS / "command-line.md").read_text()
TOLD, CODES = tables_of(DOCUMENT)


def test_every_command_is_told() -> None:
    assert sorted(each["command"] for each in TOLD) == sorted(command.name for command in COMMANDS)


def test_every_route_that_a_command_names_is_there() -> None:
    named = [route.split(" ") for each in TOLD for route in each["over the api"].split(", ") if route]
    routes = {(method, re.sub(r"\{\w+\}", "{}", path)) for path, methods in app.routes.items() for method in methods}

    assert len(named) == 10
    assert [each for each in named if (each[0], re.sub(r"\{\w+\}", "{}", each[1])) not in routes] == []


def test_the_exit_codes_are_those_that_commands_end_with() -> None:
    assert {int(each["code"]): each["of every command"] for each in CODES} == {code.value: code.meaning for code in ExitCode}


def test_every_option_that_the_page_names_is_one() -> None:
    helps = "".join(f"{command.name} {command.examples}" for command in COMMANDS)
    options = set(re.findall(r"`(--[a-z-]+)", DOCUMENT))

    assert options == {"--data", "--help", "--json", "--quiet", "--yes", "--draft"}
    assert "publish --draft" in helps
