"""Progress bars, for whoever looks."""

from __future__ import annotations

from typing import TextIO


class Bar:
    """A bar that fills, on a terminal; anywhere else nothing. Where nobody knows how many there are (`of` is 0) it only counts."""

    WIDTH = 30

    def __init__(self, of: int, onto: TextIO, *, shown: bool, what: str = "records") -> None:
        self._of = of
        self._onto = onto
        self._shown = shown
        self._what = what

    def show(self, done: int) -> None:
        """Fill it as far as so many are done."""
        if self._shown:
            self._onto.write(f"\r{self._drawn(done)} {self._what}")
            self._onto.flush()

    def end(self) -> None:
        """Leave the line it was on."""
        if self._shown:
            self._onto.write("\n")

    def _drawn(self, done: int) -> str:
        if not self._of:
            return f"{done:,}"
        filled = self.WIDTH * done // max(self._of, done, 1)
        return f"[{'#' * filled:<{self.WIDTH}}] {done:,} of {self._of:,}"


class Bars:
    """A bar for each stage of something longer, on a line of its own under the one before. What begins again has another line."""

    def __init__(self, onto: TextIO, *, shown: bool) -> None:
        self._onto = onto
        self._shown = shown
        self._bar: Bar | None = None
        self._at = ("", 0)
        self._done = 0

    def show(self, stage: str, done: int, of: int) -> None:
        """Fill the bar of a stage as far as so many are done."""
        if self._bar is None or self._at != (stage, of) or done < self._done:
            self.end()
            self._bar, self._at = Bar(of, self._onto, shown=self._shown, what=stage), (stage, of)
        self._bar.show(done)
        self._done = done

    def end(self) -> None:
        """Leave the line of the last of them, if there was any."""
        if self._bar:
            self._bar.end()
