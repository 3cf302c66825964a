"""What rules answer: pass, warn or refuse, each with its clause and its figures; what is noted of it, and the refusal."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.checks import Figures
from chalicelib.domain.errors import Refused
from chalicelib.domain.rules import RuleName
from chalicelib.domain.values import Struct, field


class Outcome(StrEnum):
    """What a rule answers."""

    PASS = "pass"  # noqa: S105  no password: the rule lets it pass
    WARN = "warn"
    REFUSE = "refuse"


class Answer(Struct, frozen=True, kw_only=True):
    """What one rule answers, by which clause, in which words and on which figures.

    `waiver` is the number of the waiver that let a broken rule pass.
    """

    rule: RuleName
    outcome: Outcome
    clause: str
    words: str
    figures: Figures = field(default_factory=dict)
    waiver: int | None = None

    @property
    def noteworthy(self) -> bool:
        """Whether there is more to it than a rule that is kept: it warns, it refuses, or it was waived."""
        return self.outcome is not Outcome.PASS or self.waiver is not None


class Noted(Struct, frozen=True, kw_only=True):
    """What a rule answered about one record of the grant that was taken all the same."""

    seq: int
    answer: Answer


class RulesNoted(Struct, frozen=True, kw_only=True):
    """Records just made break rules and were taken: with a warning, or by a waiver."""

    KIND: ClassVar = "rules_noted"

    noted: tuple[Noted, ...]


class RuleBroken(Refused):
    """A rule of the grant does not allow this.

    `answers` has every rule that refuses, with its clause and its figures.
    """

    grant_id: str
    answers: tuple[Answer, ...]

    @property
    def detail(self) -> str:
        told = " ".join(f"{each.words} ({each.clause}.)" for each in self.answers)
        return f"{told} This is the office's own policy for {self.grant_id}; a waiver may set it aside."
