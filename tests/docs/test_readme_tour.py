"""The README's tour, pasted into bash as a newcomer would, against a server started as a newcomer would."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

import pytest

from local.embedded import free_port
from tests.local.calling import call

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
ADDRESS = "http://127.0.0.1:8000"
BETWEEN = "-- the next block --"
SECONDS_TO_START = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody with a running server: its folder and port stand in for the README's own."""

    folder: Path
    port: int

    @property
    def local(self) -> list[str]:
        return [sys.executable, "-m", "local", "--data", str(self.folder), "--port", str(self.port)]

    def paste(self, blocks: Sequence[str]) -> list[str]:
        """What each block prints, all in one shell that stops at the first command that fails."""
        make = f'make() {{ {" ".join(self.local)} token "${{3#ROLE=}}"; }}'
        script = "\n".join([make, *(f"{block}\necho; echo '{BETWEEN}'" for block in blocks)])
        script = script.replace(ADDRESS, f"http://127.0.0.1:{self.port}")
        bash = [shutil.which("bash") or "bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(bash, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        printed = done.stdout.replace(f"http://127.0.0.1:{self.port}", ADDRESS).split(BETWEEN)[:-1]
        return ["\n".join(line.strip() for line in block.strip().splitlines()) for block in printed]


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """A server with the example loaded, as `make run` starts it."""
    someone = Newcomer(folder=tmp_path_factory.mktemp("tour"), port=free_port())
    said = someone.folder / "said"
    with said.open("w") as out, subprocess.Popen([*someone.local, "run"], cwd=ROOT, stdout=out, stderr=out) as server:
        try:
            deadline = monotonic() + SECONDS_TO_START
            while "Ctrl-C stops it" not in said.read_text():
                assert server.poll() is None, said.read_text()
                assert monotonic() < deadline, said.read_text()
                sleep(0.1)
            yield someone
        finally:
            server.send_signal(signal.SIGINT)


def tour() -> list[tuple[str, str]]:
    """The tour's blocks: what to paste, and what it prints."""
    told = README.split("## A five-minute tour")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```\n\n```text\n(.*?)```", told, flags=re.DOTALL)


@pytest.mark.slow
def test_the_tour_works_when_pasted_and_does_nothing_twice_when_pasted_again(newcomer: Newcomer) -> None:
    blocks = tour()
    assert len(blocks) == 11

    printed = newcomer.paste([block for block, _ in blocks])
    again = newcomer.paste([block for block, _ in blocks])

    for (block, expected), given in zip(blocks, printed, strict=True):
        assert re.fullmatch(_as_pattern(expected), given), f"{block}\nprinted\n{given}\nnot\n{expected}"
    assert [_without_replays(block) for block in again] == [_without_replays(block) for block in printed]


@pytest.mark.slow
def test_the_page_that_the_server_names_is_there(newcomer: Newcomer) -> None:
    said = (newcomer.folder / "said").read_text()
    (page,) = re.findall(r"the published page is +(\S+)", said)

    answer = call(page, urlsplit(page).path)
    assert answer.status == 200
    assert "£3,032,000.00" in answer.body.decode()


@pytest.mark.parametrize("document", ["README.md", "local/example/README.md", "docs/api.md", "docs/runbooks/monthly.md"])
def test_every_link_to_a_file_of_ours_leads_somewhere(document: str) -> None:
    here = ROOT / document
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", here.read_text()) if "://" not in target]

    assert [target for target in linked if not (here.parent / target).exists()] == []


def test_every_target_that_the_readme_names_is_in_the_makefile() -> None:
    named = set(re.findall(r"`?make (?:-s )?([a-z]+)", README))
    makefile = (ROOT / "Makefile").read_text()

    assert {"run", "test", "check", "package", "help", "token", "verify", "lint"} <= named
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_every_folder_of_the_house_is_there() -> None:
    table = README.split("## The house")[1].split("\n## ")[0]
    named = re.findall(r"`([a-z./]+)`", "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `")))

    assert len(named) == 11
    assert [path for path in named if not (ROOT / path).exists()] == []


def _as_pattern(expected: str) -> str:
    """What is written, with anything in the place of three dots or more."""
    return ".*".join(re.escape(part) for part in re.split(r"\.\.\.+", expected.strip()))


def _without_replays(printed: str) -> str:
    return printed.replace("Idempotent-Replay: true\n", "")
