"""Files dropped into `incoming/<profile>/` of the data folder: `python -m local incoming` takes them in, and a running server does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from chalicelib.context import Context
from chalicelib.domain.dropped_files import INCOMING, Dropped
from chalicelib.domain.people import INCOMING as IN_ITS_OWN_NAME
from chalicelib.domain.people import Role
from chalicelib.domain.values import replace
from chalicelib.reports.words import counted
from chalicelib.services.dropped_files import NotTold, Taken, take_in
from chalicelib.storage.mail import FolderMail
from chalicelib.storage.objects import FolderDrops
from local.exit_codes import ExitCode
from local.machine import Machine
from local.offline import context_as, data_of
from local.told import REFUSALS, Told

Stamp = tuple[int, int]


def incoming(machine: Machine, told: Told) -> ExitCode:
    """Take in every file that was dropped, and say what became of each; the exit code is 1 when any is refused."""
    found: list[Taken] = []
    with data_of(machine, Role.FINANCE) as context:
        for dropped in waiting(machine):
            try:
                found.append(_taken(machine, context, dropped))
            except NotTold as failure:
                return told.refused(failure)
            told.people(in_words(found[-1]))
    told.people(
        f"{counted(len(found), 'dropped file')} in {machine.folder / INCOMING}. Nothing is posted; each is committed by its digest."
    )
    told.program({"files": found})
    return ExitCode.NOT_DONE if any(each.refused for each in found) else ExitCode.DONE


def waiting(machine: Machine) -> Iterator[Dropped]:
    """The files that were dropped, in order of name; what a program hides, or is still writing under another name, is none."""
    root = machine.folder / INCOMING
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        parts = path.relative_to(root).parts
        if not any(part.startswith(".") for part in parts) and not path.name.endswith(("~", ".part", ".tmp")):
            yield Dropped(key=INCOMING + "/".join(parts), size=path.stat().st_size)


def in_words(taken: Taken) -> str:
    """What became of one file."""
    if taken.refused:
        return f"{taken.key}  refused: {taken.refused}"
    return f"{taken.key}  import {taken.import_id}  {taken.state}"


class Watch:
    """Takes in what is dropped while a server runs: a file is taken when it has stayed as it is from one look to the next."""

    def __init__(self, machine: Machine, say: Callable[[str], None]) -> None:
        self._machine = machine
        self._say = say
        self._seen: dict[str, Stamp] = {}
        self._taken: dict[str, Stamp] = {}

    def look(self) -> None:
        """Look once. What fails is said, and is tried again when the file is dropped again or the server starts again."""
        for dropped in waiting(self._machine):
            stamp = _stamp(self._machine.folder / dropped.key)
            if self._seen.get(dropped.key) == stamp != self._taken.get(dropped.key):
                self._taken[dropped.key] = stamp
                try:
                    self._say(in_words(_taken(self._machine, context_as(Role.FINANCE), dropped)))
                except (*REFUSALS, NotTold, OSError) as failure:
                    self._say(f"{dropped.key}  was not taken in: {failure}")
            self._seen[dropped.key] = stamp


def _taken(machine: Machine, context: Context, dropped: Dropped) -> Taken:
    return take_in(replace(context, actor=IN_ITS_OWN_NAME), FolderMail(machine.mail), FolderDrops(machine.folder), dropped)


def _stamp(path: Path) -> Stamp:
    held = path.stat()
    return held.st_mtime_ns, held.st_size
