"""Somebody who follows a document: its commands are pasted into bash, against a server started as a newcomer would start it."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from local.embedded import free_port

ROOT = Path(__file__).parents[2]
ADDRESS = "http://127.0.0.1:8000"
BETWEEN = "-- the next block --"
SECONDS_TO_START = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody with a running server: its folder and port stand in for the documents' own."""

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


@contextmanager
def newcomer_in(folder: Path) -> Iterator[Newcomer]:
    """Somebody with a server on a folder, started as `make run` starts it: the example is loaded the first time."""
    someone = Newcomer(folder=folder, port=free_port())
    said = folder / "said"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRun:
    """What a first run left in its folder, and what it printed of the quarters that the example has: the first block of that runbook."""

    folder: Path
    listing: str


def first_run_in(folder: Path) -> FirstRun:
    """Start a server on an empty folder, ask it for the listing, and end it."""
    (listing, _), *_ = blocks_of((ROOT / "docs/runbooks/quarter-end.md").read_text())
    with newcomer_in(folder) as someone:
        (printed,) = someone.paste([listing])
    return FirstRun(folder=folder, listing=printed)


def blocks_of(text: str) -> list[tuple[str, str]]:
    """A document's blocks: what to paste, and what it prints."""
    return re.findall(r"```sh\n(.*?)```\n\n```text\n(.*?)```", text, flags=re.DOTALL)


def prints_what_is_written(expected: str, given: str) -> bool:
    """Whether a block printed what is written, with anything in the place of three dots or more; on a line by themselves, any lines."""
    return re.fullmatch("\n".join(_pattern(line) for line in expected.strip().splitlines()), given) is not None


def _pattern(line: str) -> str:
    if re.fullmatch(r"\.{3,}", line):
        return "(?s:.*)"
    return ".*".join(re.escape(part) for part in re.split(r"\.{3,}", line))
