"""What every test may ask for: golden files; and which tests are for those who have a browser."""

from pathlib import Path
from typing import Protocol

import pytest

GOLDEN = Path(__file__).parent / "golden"


class Golden(Protocol):
    """Compares what was made with the golden file of that name under tests/golden/."""

    def __call__(self, name: str, made: bytes) -> None: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-goldens", action="store_true", help="rewrite the golden files from what the code makes now")
    parser.addoption("--browser", action="store_true", help="collect the tests that need Chromium, too: make accessibility")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what needs a browser, unless it was asked for."""
    return True if collection_path.name == "browser" and not config.getoption("--browser") else None


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    refresh = bool(request.config.getoption("--refresh-goldens"))

    def compare(name: str, made: bytes) -> None:
        kept = GOLDEN / name
        if refresh:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(made)
        assert kept.exists(), f"there is no golden file {name}: run `make goldens` and read what it makes"
        assert _readable(made) == _readable(kept.read_bytes())

    return compare


def _readable(content: bytes) -> str | bytes:
    """Text as text, so that a difference can be read; a workbook as it is."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content
