"""What a rule answers, as the API shows it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chalicelib.api.schemas import Shown
from chalicelib.domain.answers import Answer, Outcome
from chalicelib.domain.rules import RuleName

FigureValue = Annotated[int | str, Meta(description="A figure; pence where its name ends in `_pence`.")]


class AnswerView(Shown, frozen=True, kw_only=True):
    """What one rule answers, by which clause and on which figures. `waiver` is the waiver that lets a broken rule pass."""

    rule: RuleName
    outcome: Outcome
    clause: str
    words: str
    figures: dict[str, FigureValue]
    waiver: int | None

    @classmethod
    def of(cls, answer: Answer) -> AnswerView:
        """As the API shows it."""
        return cls(
            rule=answer.rule,
            outcome=answer.outcome,
            clause=answer.clause,
            words=answer.words,
            figures=dict(answer.figures),
            waiver=answer.waiver,
        )
