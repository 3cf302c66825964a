"""Terminals for tests: what is drawn on one is kept, and Ctrl-C can be pressed when a text is read."""

import io
from contextlib import redirect_stderr


class Terminal(io.StringIO):
    """A terminal. `stops_at` is what whoever sits there waits for to press Ctrl-C, once."""

    def __init__(self, stops_at: str = "") -> None:
        super().__init__()
        self._stops_at = stops_at

    def isatty(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        written = super().write(text)
        if self._stops_at and self._stops_at in text:
            self._stops_at = ""
            raise KeyboardInterrupt
        return written

    def drawn(self) -> list[list[str]]:
        """Everything that was drawn on each line, one over the other."""
        return [[each for each in line.split("\r") if each] for line in self.getvalue().split("\n") if line]

    def left(self) -> list[str]:
        """What each line shows in the end."""
        return [line[-1] for line in self.drawn()]


def looking(terminal: Terminal) -> redirect_stderr[Terminal]:
    """Somebody looks at a terminal for the length of a `with` block."""
    return redirect_stderr(terminal)
