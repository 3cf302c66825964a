"""Agreements: for one quarter of one grant, the office's ledger beside ours, and what explains the difference.

    none --- drawn ---> drawn <--+ explained, or drawn anew
                          |------+
                          |--- signed by a second person ---> signed --- drawn anew ---> drawn

    office's total - ours = not imported + in suspense + timing + correction + unexplained

The facts stand in the grant's own chain, as those about its quarters do. So a posting, a signature and a closing meet at one head,
and none of them gets past another. The head keeps sums; the rows behind them are in a file that the record names.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.cells import Cell, Counters, Nature
from chalicelib.domain.matters import Override, OverrideGiven
from chalicelib.domain.measures import spent
from chalicelib.domain.values import Struct, field, replace


class Cause(StrEnum):
    """Why the office's ledger and ours differ. What has no cause yet is unexplained."""

    NOT_IMPORTED = "not_imported"
    IN_SUSPENSE = "in_suspense"
    TIMING = "timing"
    CORRECTION = "correction"
    UNEXPLAINED = "unexplained"


Causes = Mapping[str, int]
"""Pence by cause; what comes to nothing is left out."""


class Scope(Struct, frozen=True, order=True):
    """What a control total is of: an initiative, a nature, both; or neither, which is all that no other total names."""

    initiative_id: str | None = None
    nature: Nature | None = None

    def __str__(self) -> str:
        parts = (self.initiative_id, self.nature and self.nature.replace("_", " "))
        return ", ".join(part for part in parts if part) or "all that no other total names"


class Line(Struct, frozen=True, kw_only=True):
    """A control total and ours beside it, in pence. One that was not `stated` holds what no total names, against nothing.

    `extracts_pence` is what the extracts say of the quarter. `causes` were computed, `by_hand` are people's explanations.
    """

    scope: Scope
    stated: bool
    office_pence: int
    ours_pence: int
    extracts_pence: int
    causes: Causes = field(default_factory=dict)
    by_hand: Causes = field(default_factory=dict)

    @property
    def difference_pence(self) -> int:
        """The office's total, less ours."""
        return self.office_pence - self.ours_pence

    @property
    def unexplained_pence(self) -> int:
        """What of the difference has no cause."""
        return self.difference_pence - sum(self.causes.values()) - sum(self.by_hand.values())


class Explanation(Struct, frozen=True, kw_only=True):
    """Part of a difference, explained by a person: its record's reason says how."""

    scope: Scope
    cause: Cause
    pence: int
    by: str


class AgreementState(StrEnum):
    """How far an agreement is."""

    DRAWN = "drawn"
    SIGNED = "signed"


class Agreement(Struct, frozen=True, kw_only=True):
    """An agreement as the grant's head keeps it.

    `prepared_by` are whoever drew it and whoever explained part of it. `drawn_in`, `changed_in` and `signed_in` are records of the
    grant's chain, and so are `explained` and `decided`, its explanations and all its signatures. `files` hold rows, the last the latest.
    """

    prepared_by: tuple[str, ...]
    drawn_in: int
    changed_in: int
    lines: tuple[Line, ...]
    explained: tuple[int, ...] = ()
    files: tuple[str, ...] = ()
    signed_by: str = ""
    signed_in: int | None = None
    override: Override | None = None
    decided: tuple[int, ...] = ()

    @property
    def state(self) -> AgreementState:
        """Whether somebody has signed it."""
        return AgreementState.DRAWN if self.signed_in is None else AgreementState.SIGNED

    @property
    def unexplained(self) -> tuple[Line, ...]:
        """The lines with a difference that has no cause. Two that cancel each other are two."""
        return tuple(line for line in self.lines if line.unexplained_pence)


class AgreementDrawn(Struct, frozen=True, kw_only=True):
    """Somebody stated the office's control totals; ours were put beside them, and causes found.

    `imports` are those whose rows were read, by how far their chains had come; `set_aside` those that were not to be read.
    `kept` are the records of the explanations that still count. The rows are in `file`, with this SHA-256 and size.
    """

    KIND: ClassVar = "agreement_drawn"

    quarter: str
    drawn_by: str
    lines: tuple[Line, ...]
    imports: Mapping[str, int] = field(default_factory=dict)
    set_aside: tuple[str, ...] = ()
    kept: tuple[int, ...] = ()
    explained_by: tuple[str, ...] = ()
    file: str
    sha256: str
    size: int


class AgreementExplained(Struct, frozen=True, kw_only=True):
    """Somebody explained part of a difference; the record's reason says how."""

    KIND: ClassVar = "agreement_explained"

    quarter: str
    explanation: Explanation


class ExplanationWithdrawn(Struct, frozen=True, kw_only=True):
    """The explanation of record `explained_in` does not count any more."""

    KIND: ClassVar = "explanation_withdrawn"

    quarter: str
    explained_in: int
    explanation: Explanation


class AgreementSigned(Struct, frozen=True, kw_only=True):
    """A second person signed the agreement; or one of those who prepared it, whom a second person let."""

    KIND: ClassVar = "agreement_signed"

    quarter: str
    signed_by: str
    prepared_by: tuple[str, ...]
    override: Override | None = None


AgreementFact = AgreementDrawn | AgreementExplained | ExplanationWithdrawn | AgreementSigned


def line_of(lines: tuple[Line, ...], initiative_id: str | None, nature: Nature) -> int:
    """The place among the lines of money for an initiative (None: for none), of a nature: the narrowest that names it."""
    for scope in (Scope(initiative_id, nature), Scope(initiative_id), Scope(None, nature), Scope()):
        for place, line in enumerate(lines):
            if line.scope == scope:
                return place
    raise ValueError(f"no line for {initiative_id} {nature}: there is always one for all that no other names")


def ours_by_line(lines: tuple[Line, ...], cells: Mapping[str, Counters]) -> tuple[int, ...]:
    """What was spent in these cells, line by line, in pence."""
    found = [0] * len(lines)
    for key, counters in cells.items():
        cell = Cell.parse(key)
        found[line_of(lines, cell.initiative_id, cell.nature)] += spent(counters)
    return tuple(found)


def after(agreement: Agreement | None, fact: AgreementFact, seq: int) -> Agreement:
    """The agreement after a fact, which was record `seq`. Raises ValueError for what cannot be where none was drawn."""
    if isinstance(fact, AgreementDrawn):
        return Agreement(
            prepared_by=tuple(dict.fromkeys((fact.drawn_by, *fact.explained_by))),
            drawn_in=seq,
            changed_in=seq,
            lines=fact.lines,
            explained=fact.kept,
            files=(*(agreement.files if agreement else ()), fact.file),
            decided=agreement.decided if agreement else (),
        )
    if agreement is None:
        raise ValueError(f"an agreement cannot begin with {fact.KIND}")
    match fact:
        case AgreementExplained(explanation=explanation):
            prepared_by = tuple(dict.fromkeys((*agreement.prepared_by, explanation.by)))
            lines = with_explanation(agreement.lines, explanation, 1)
            explained = (*agreement.explained, seq)
            return replace(agreement, changed_in=seq, prepared_by=prepared_by, lines=lines, explained=explained, override=None)
        case ExplanationWithdrawn():
            lines = with_explanation(agreement.lines, fact.explanation, -1)
            explained = tuple(each for each in agreement.explained if each != fact.explained_in)
            return replace(agreement, changed_in=seq, lines=lines, explained=explained, override=None)
        case AgreementSigned():
            decided = (*agreement.decided, seq)
            return replace(agreement, changed_in=seq, signed_by=fact.signed_by, signed_in=seq, override=None, decided=decided)


def with_explanation(lines: tuple[Line, ...], explanation: Explanation, sign: int) -> tuple[Line, ...]:
    """The lines with an explanation counted in (`sign` 1), or no more (-1)."""
    return tuple(replace(line, by_hand=_more(line, explanation, sign)) if line.scope == explanation.scope else line for line in lines)


def _more(line: Line, explanation: Explanation, sign: int) -> dict[str, int]:
    pence = line.by_hand.get(explanation.cause, 0) + sign * explanation.pence
    return {cause: each for cause, each in {**line.by_hand, explanation.cause.value: pence}.items() if each}


def overridden(agreement: Agreement | None, fact: OverrideGiven) -> Agreement | None:
    """The agreement once a second person let whoever prepared it sign it."""
    return agreement and replace(agreement, override=fact.override)
