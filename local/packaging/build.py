"""The steps of packaging. A package appears whole and checked, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from local.machine import REGION, ROOT
from local.packaging.archive import finish, unpinned

STAGE = "prod"
ARCHIVE = "deployment.zip"
TEMPLATE = "sam.yaml"
TRANSLATION = "cloudformation.json"
VERSION_MARK = "<code version>"
"""What stands in .chalice/resources.yaml where the code's version goes."""

_BIN = Path(sys.executable).parent
_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
# Lambda's Python 3.11 is the last on Amazon Linux 2, with glibc 2.26; those after it have 2.34.
_GLIBC = 26 if sys.version_info < (3, 12) else 34


class PackagingFailed(Exception):
    """A step failed; the message says which and what it said."""


def build(source: Path, onto: Path, *, wheels: Path, version: str) -> None:
    """Build the package of the project at `source` in the new folder `onto`.

    Wheels that were fetched before are taken from the folder `wheels`: then no network is needed.
    Raises PackagingFailed.
    """
    with TemporaryDirectory() as name:
        project, package = Path(name) / "project", Path(name) / "package"
        _stage(source, project, version)
        _chalice(project, package, _wheelhouse(project, wheels))
        if gaps := unpinned(package / ARCHIVE, project / "requirements.txt"):
            raise PackagingFailed(f"The archive lacks {', '.join(gaps)}.")
        finish(package / ARCHIVE)
        check(package)
        onto.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(package, onto)


def _stage(source: Path, project: Path, version: str) -> None:
    """Copy what is packaged. Chalice takes every file it finds, and tools leave caches beside the source."""
    caches = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(source / "chalicelib", project / "chalicelib", ignore=caches)
    shutil.copytree(source / ".chalice", project / ".chalice", ignore=shutil.ignore_patterns("deployments", "deployed"))
    for name in ("app.py", "requirements.txt"):
        shutil.copy(source / name, project / name)
    resources = project / ".chalice/resources.yaml"
    template = resources.read_text()
    if template.count(VERSION_MARK) != 1:
        raise PackagingFailed(f".chalice/resources.yaml must have {VERSION_MARK!r} in one place.")
    resources.write_text(template.replace(VERSION_MARK, version))


def _wheelhouse(project: Path, wheels: Path) -> Path:
    """A folder with the pinned wheels for Lambda, fetched unless they are there. A requirement that has none is an error.

    Chalice alone would take this machine's wheels where they fit, try to compile what has none, and leave out quietly
    what does not compile.
    """
    requirements = project / "requirements.txt"
    pinned = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    house = wheels / f"{sys.implementation.cache_tag}-{_architecture(project)}-{pinned}"
    if not house.exists():
        wheels.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=wheels) as name:
            fetched = Path(name) / "fetched"
            _run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", fetched, "-r", requirements], _for_lambda(project))
            fetched.rename(house)
    return house


def _chalice(project: Path, package: Path, house: Path) -> None:
    environment = {
        **_for_lambda(project),
        "AWS_DEFAULT_REGION": REGION,  # Chalice asks for one even to package
        "PIP_FIND_LINKS": str(house),
        "PIP_NO_INDEX": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    merged = project / ".chalice/resources.yaml"
    _run([_BIN / "chalice", "--project-dir", project, "package", "--stage", STAGE, "--merge-template", merged, package], environment)


def check(package: Path) -> None:
    """Translate the template as CloudFormation will, and lint it before and after. Raises PackagingFailed."""
    region = {"AWS_DEFAULT_REGION": REGION}
    template, translation = package / TEMPLATE, package / TRANSLATION
    _run([sys.executable, "-m", "local.packaging.translate", template, translation], region)
    _run([_BIN / "cfn-lint", "--regions", REGION, "--", template, translation], region)


def _architecture(project: Path) -> str:
    config = json.loads((project / ".chalice/config.json").read_text())
    return str(config["stages"][STAGE]["lambda_architecture"])


def _for_lambda(project: Path) -> Mapping[str, str]:
    """Settings that make pip look for Lambda's wheels, whatever machine this is."""
    machine = _MACHINES[_architecture(project)]
    platforms = [*(f"manylinux_2_{minor}_{machine}" for minor in range(17, _GLIBC + 1)), f"manylinux2014_{machine}"]
    return {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ONLY_BINARY": ":all:", "PIP_PLATFORM": " ".join(platforms)}


def _run(command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
    ran = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise PackagingFailed(f"{' '.join(map(str, command))}\n\n{ran.stdout}{ran.stderr}")
