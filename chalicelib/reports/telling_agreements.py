"""Agreements with the office's ledger, in words: what was stated, what explains the difference, who signed."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.agreements import AgreementDrawn, AgreementExplained, AgreementFact, AgreementSigned, Explanation, Line
from chalicelib.reports.before_after import Changed, Told
from chalicelib.reports.words import change, money


def told(fact: AgreementFact) -> Told:
    """A fact about the agreement of a quarter."""
    match fact:
        case AgreementDrawn():
            lines = tuple(each for line in fact.lines for each in _line(line))
            return Told(f"Put {fact.quarter} beside the office's ledger: {_unexplained(fact.lines)}.", lines)
        case AgreementExplained():
            return Told(f"Explained {_explanation(fact.explanation)} in {fact.quarter} by hand.")
        case AgreementSigned():
            override = f", as {fact.override.by} let whoever prepared it" if fact.override else ""
            return Told(
                f"Signed the agreement of {fact.quarter} with the office's ledger, prepared by {', '.join(fact.prepared_by)}{override}."
            )
    return Told(f"Withdrew the explanation of {_explanation(fact.explanation)} in {fact.quarter}, given in record {fact.explained_in}.")


def _unexplained(lines: tuple[Line, ...]) -> str:
    open_lines = [f"{change(line.unexplained_pence)} of {line.scope}" for line in lines if line.unexplained_pence]
    return f"unexplained are {'; '.join(open_lines)}" if open_lines else "nothing is unexplained"


def _line(line: Line) -> Iterator[Changed]:
    """A control total, ours beside it, and each cause of a difference; in the order in which a reader adds them up."""
    if not (line.stated or line.ours_pence):
        return
    yield Changed(field=f"{line.scope}: the office's ledger", before="", after=money(line.office_pence))
    yield Changed(field=f"{line.scope}: ours", before="", after=money(line.ours_pence))
    for how, causes in (("", line.causes), (" (by hand)", line.by_hand)):
        for cause, pence in causes.items():
            yield Changed(field=f"{line.scope}: {cause.replace('_', ' ')}{how}", before="", after=change(pence))


def _explanation(explanation: Explanation) -> str:
    return f"{change(explanation.pence)} of {explanation.scope} ({explanation.cause.replace('_', ' ')})"
