"""What a check found wrong, as far as anybody would read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from chalicelib.domain.values import Struct, field

MOST = 20
"""How many findings of one check are told in words; the rest are counted."""


class Findings(Struct):
    """The first findings of a check, and how many there are: what is broken all through must not fill the memory."""

    found: int = 0
    first: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """What a check found."""
        findings = cls()
        for text in texts:
            findings.add(text)
        return findings

    def add(self, text: str) -> None:
        """Take in one more."""
        self.found += 1
        if self.found <= MOST:
            self.first.append(text)

    def told(self) -> tuple[str, ...]:
        """The findings in words."""
        further = self.found - len(self.first)
        return (*self.first, f"And {further} more like these.") if further else tuple(self.first)
