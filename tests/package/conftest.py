"""The package of the source as it stands, built once for all tests here."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from local.machine import ROOT
from local.packaging.build import build
from tests.package.templates import Package

VERSION = "0.1.0+0123456789ab"


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Wheels stay where `make package` keeps them, so only the first run needs a network."""
    folder = tmp_path_factory.mktemp("package") / "built"
    build(ROOT, folder, wheels=ROOT / "build/wheels", version=VERSION)
    return Package(folder)


@pytest.fixture(scope="session")
def unpacked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive as Lambda unpacks it."""
    folder = tmp_path_factory.mktemp("task")
    with ZipFile(package.archive) as archive:
        archive.extractall(folder)
    return folder
