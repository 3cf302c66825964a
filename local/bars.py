"""A progress bar, for whoever looks."""

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
