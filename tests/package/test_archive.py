"""What Lambda is given to run."""

import json
import platform
import subprocess
import sys
from importlib.util import MAGIC_NUMBER, find_spec
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from local.machine import ROOT
from local.packaging.archive import finish, sha256_of, unpinned
from tests.package.conftest import VERSION
from tests.package.templates import Package

UNCHECKED_HASH = b"\x01\x00\x00\x00"
PROVIDED = ("botocore", "jmespath", "dateutil", "six", "urllib3")


@pytest.mark.slow
def test_the_archive_holds_the_app_chalices_runtime_and_what_is_pinned_and_nothing_else(package: Package) -> None:
    with ZipFile(package.archive) as archive:
        names = [name for name in archive.namelist() if not name.endswith(".pyc")]

    assert {name.split("/")[0] for name in names if ".dist-info" not in name and not name.startswith("_cffi_backend.")} == {
        "app.py",
        "cffi",
        "chalice",
        "chalicelib",
        "cryptography",
        "jinja2",
        "jwt",
        "markupsafe",
        "msgspec",
        "pycparser",
        "python_calamine",
        "rustpy_xlsxwriter",
        "zlib_ng",
        "tzdata",
    }
    assert sorted(name for name in names if name.startswith("chalice/")) == ["chalice/__init__.py", "chalice/app.py"]
    assert unpinned(package.archive, ROOT / "requirements.txt") == []


@pytest.mark.slow
def test_the_archive_holds_all_of_the_source_and_no_cache(package: Package) -> None:
    with ZipFile(package.archive) as archive:
        held = {name for name in archive.namelist() if name.startswith("chalicelib/") and not name.endswith(".pyc")}

    source = (path for kind in ("py", "html", "css") for path in (ROOT / "chalicelib").rglob(f"*.{kind}"))
    assert held >= {path.relative_to(ROOT).as_posix() for path in source}
    assert not [name for name in held if "/." in name]


@pytest.mark.slow
def test_the_archive_is_well_below_lambdas_limit(package: Package) -> None:
    with ZipFile(package.archive) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())

    assert package.archive.stat().st_size < 12_000_000  # 50 MB may be uploaded; 1.4 MB are the writer of workbooks, 1 MB their reader
    assert unpacked < 40_000_000  # 250 MB may be unpacked


@pytest.mark.slow
def test_every_module_has_bytecode_that_is_not_compared_with_its_source(unpacked: Path) -> None:
    modules = list(unpacked.rglob("*.py"))

    assert len(modules) > 150
    for module in modules:
        compiled = module.parent / "__pycache__" / f"{module.stem}.{sys.implementation.cache_tag}.pyc"
        assert compiled.read_bytes()[:8] == MAGIC_NUMBER + UNCHECKED_HASH


@pytest.mark.slow
@pytest.mark.skipif((sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the archive's libraries are for Linux on x86-64")
def test_the_app_runs_from_the_archive_alone(unpacked: Path, tmp_path: Path) -> None:
    for name in PROVIDED:
        link_what_lambda_provides(name, tmp_path)
    program = "import json, sys; sys.path[:0] = sys.argv[2:]; import app; print(json.dumps(app.app(json.loads(sys.argv[1]), None)))"
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program, json.dumps(a_request("GET", "/health")), unpacked, tmp_path],
        env=dict.fromkeys(ENVIRONMENT, "https://example.org") | {"STREETLIGHT_CODE_VERSION": VERSION},
        capture_output=True,
        text=True,
        check=True,
    )

    answer = json.loads(ran.stdout)
    assert (answer["statusCode"], ran.stderr) == (200, "")
    assert json.loads(answer["body"]) == {"status": "ok", "version": VERSION, "office_name": "https://example.org"}


ENVIRONMENT = [
    "STREETLIGHT_OFFICE_NAME",
    "STREETLIGHT_TABLE",
    "STREETLIGHT_BUCKET",
    "STREETLIGHT_TOKEN_ISSUER",
    "STREETLIGHT_TOKEN_AUDIENCE",
    "STREETLIGHT_TOKEN_JWKS_URL",
]


def link_what_lambda_provides(name: str, folder: Path) -> None:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    found = Path(spec.origin)
    found = found.parent if found.name == "__init__.py" else found
    (folder / found.name).symlink_to(found)


def a_request(method: str, path: str) -> dict[str, object]:
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"httpMethod": method, "resourcePath": path, "path": f"/api{path}"},
        "body": None,
        "isBase64Encoded": False,
    }


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    modules = {"app.py": "NAMES = {'a', 'b', 'c'} | frozenset({'x', 'y'})\n", "chalicelib/__init__.py": "", "data.txt": "data"}
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    for archive, names in ((first, sorted(modules)), (second, sorted(modules, reverse=True))):
        with ZipFile(archive, "w", ZIP_DEFLATED) as made:
            for name in names:
                made.writestr(name, modules[name])
        finish(archive)

    assert sha256_of(first) == sha256_of(second)


def test_finishing_again_changes_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "archive.zip"
    with ZipFile(archive, "w") as made:
        made.writestr("app.py", "ANSWER = 42\n")
    finish(archive)
    once = sha256_of(archive)

    finish(archive)

    assert sha256_of(archive) == once


def test_a_requirement_that_is_not_in_the_archive_is_named(tmp_path: Path) -> None:
    archive, requirements = tmp_path / "archive.zip", tmp_path / "requirements.txt"
    with ZipFile(archive, "w") as made:
        made.writestr("pyjwt-2.15.1.dist-info/METADATA", "")
        made.writestr("msgspec-0.21.0.dist-info/METADATA", "")
    requirements.write_text("# What Lambda ships.\nPyJWT[crypto]==2.15.1  # tokens\nmsgspec==0.22.0\n")

    assert unpinned(archive, requirements) == ["msgspec==0.22.0"]
