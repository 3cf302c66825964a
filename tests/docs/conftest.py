"""A server for the documents whose commands are tried."""

from collections.abc import Iterator

import pytest

from tests.docs.newcomer import Newcomer, newcomer_in


@pytest.fixture(scope="session")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """Somebody with a server and the example, for every document."""
    with newcomer_in(tmp_path_factory.mktemp("newcomer")) as someone:
        yield someone
