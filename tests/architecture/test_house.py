"""The house holds: arrows point inwards, rooms stay small, and nothing is said that the project does not say of itself."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_MODULE = 300
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 15
SHIPS_ALONE = ROOT / "chalicelib/reports/verify_publication.py"
"""It goes out with every publication, for people who have nothing else of ours: one file, however long."""
_GIT = shutil.which("git") or "git"
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "base", "manager", "misc"}


def kept(*patterns: str) -> list[Path]:
    """The files that git keeps, by pattern."""
    listed = subprocess.run(
        [_GIT, "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


SOURCES = kept("app.py", "chalicelib/*.py", "local/*.py", "bench/*.py")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_arrows_point_inwards_only() -> None:
    # In a process of its own: it configures logging for the whole one it runs in.
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([linter, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout


def test_no_module_outgrows_its_room() -> None:
    lengths = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in SOURCES if path != SHIPS_ALONE}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_functions_are_short_and_most_are_far_shorter() -> None:
    lengths = {name: lines for path in SOURCES for name, lines in functions(path)}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}
    assert sorted(lengths.values())[len(lengths) // 2] <= MEDIAN_FUNCTION


def test_every_module_has_a_name_that_says_something() -> None:
    assert [path for path in SOURCES if path.stem in NAMES_THAT_SAY_NOTHING] == []


def test_the_domain_needs_the_standard_library_and_one_kind_of_value() -> None:
    allowed = {"__future__", "chalicelib", *_standard_library()}
    foreign: set[tuple[str, str]] = set()
    for path in kept("chalicelib/domain/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                names = {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            else:
                continue
            foreign.update((path.stem, name) for name in names if name.split(".")[0] not in allowed)

    assert foreign == {("values", "msgspec.Struct"), ("values", "msgspec.field"), ("values", "msgspec.structs.replace")}


def _standard_library() -> frozenset[str]:
    from sys import stdlib_module_names  # noqa: PLC0415  it is needed here alone

    return stdlib_module_names


def test_nothing_but_the_gate_records() -> None:
    """What guards every entry stands at the gate; a second way to the store would pass it by."""
    recording = {str(path.relative_to(ROOT)) for path in SOURCES if re.search(r"\bstore\.record\(", path.read_text())}

    assert {name for name in recording if name.startswith(("chalicelib/", "local/"))} == {"chalicelib/services/unit.py"}


def test_no_lock_file_names_a_registry() -> None:
    locks = kept("*package-lock.json")

    assert locks
    for lock in locks:
        packages = json.loads(lock.read_text())["packages"]
        assert [name for name, package in packages.items() if "resolved" in package] == []


def test_lambda_ships_neither_chalice_nor_boto3() -> None:
    shipped = re.findall(r"^([A-Za-z0-9._-]+)(?:\[\w+\])?==", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)

    assert "msgspec" in shipped
    assert not {"chalice", "boto3", "botocore"} & set(shipped)


def test_the_app_starts_without_what_only_publishing_needs() -> None:
    program = "import sys, app; print(sorted({'jinja2', 'markupsafe', 'chalicelib.reports.site'} & set(sys.modules)))"
    started = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)

    assert started.stdout == "[]\n"
