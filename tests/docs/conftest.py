"""Servers for the documents whose commands are tried. To load the example takes long: a first run does, and the others run on copies."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests.docs.newcomer import FirstRun, Newcomer, first_run_in, newcomer_in


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """A first run, which has loaded the example and has ended. For copying only."""
    return first_run_in(tmp_path_factory.mktemp("first"))


@pytest.fixture
def after_the_first_run(first_run: FirstRun, tmp_path: Path) -> Path:
    """The data that a first run leaves, for one test alone."""
    return copytree(first_run.folder, tmp_path / "data")


@pytest.fixture(scope="session")
def newcomer(first_run: FirstRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """Somebody with a server and the example, for every document."""
    with newcomer_in(copytree(first_run.folder, tmp_path_factory.mktemp("newcomer") / "data")) as someone:
        yield someone
