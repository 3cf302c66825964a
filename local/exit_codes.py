"""How a command ends: the one place that says what its exit code means."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of `python -m local`. What 1 means of one command, its help says."""

    DONE = 0
    NOT_DONE = 1
    MISUSED = 2

    @property
    def meaning(self) -> str:
        """What it means of every command."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.DONE: "done, and nothing is left over",
    ExitCode.NOT_DONE: "refused, or something is different, broken or left over",
    ExitCode.MISUSED: "the command was not understood; nothing was done",
}
