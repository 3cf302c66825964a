"""Agreeing with the office's ledger: which totals may be stated, who explains and who signs, and what a closing demands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain.agreement_refusals import (
    AgreementMissing,
    AgreementNotSigned,
    AgreementOutdated,
    DifferenceUnexplained,
    Moved,
    TooManyExplanations,
    Unexplained,
)
from chalicelib.domain.agreements import (
    Agreement,
    AgreementExplained,
    AgreementSigned,
    AgreementState,
    Cause,
    Explanation,
    ExplanationWithdrawn,
    Line,
    Scope,
    ours_by_line,
    with_explanation,
)
from chalicelib.domain.cells import Counters
from chalicelib.domain.errors import Contradictory, FieldError, Missing, NotInState, contradiction
from chalicelib.domain.people import Actor, second_person
from chalicelib.domain.profiles import Profile, coding_of
from chalicelib.domain.values import Struct

MOST_EXPLANATIONS = 50
"""How many explanations count at once: the grant's head names each."""


class Total(Struct, frozen=True, kw_only=True):
    """A control total of the office's ledger, in pence."""

    scope: Scope
    office_pence: int


class CodedTotal(Struct, frozen=True, kw_only=True):
    """A control total under the codes of the office's ledger, in pence; `place` is where it was stated among the totals."""

    place: int
    codes: tuple[str, ...]
    office_pence: int


def mapped(profile: Profile, grant_id: str, stated: Sequence[CodedTotal]) -> tuple[Total, ...]:
    """The totals of a grant by initiative and nature, as a profile maps their codes; several codes of one initiative and nature make one.

    Raises Contradictory where codes fit no coding, or another grant's, or money of no grant.
    """
    pence: dict[Scope, int] = {}
    errors: list[FieldError] = []
    for each in stated:
        wanted = len(profile.columns.codes)
        coding = coding_of(profile, each.codes) if len(each.codes) == wanted else None
        if coding is None:
            problem = f"must be {wanted} codes that fit a coding of {profile.id}"
        elif coding.grant_id != grant_id:
            problem = f"must be codes of {grant_id}, and {profile.id} maps these to {coding.grant_id or 'no grant'}"
        else:
            scope = Scope(coding.initiative_id, coding.nature)
            pence[scope] = pence.get(scope, 0) + each.office_pence
            continue
        errors.append(FieldError(f"/totals/{each.place}/codes", problem))
    if errors:
        raise Contradictory(tuple(errors))
    return tuple(Total(scope=scope, office_pence=each) for scope, each in pence.items())


def checked(totals: Sequence[Total]) -> tuple[Total, ...]:
    """The totals, where no money is counted in two of them. Raises Contradictory."""
    errors: list[FieldError] = []
    seen: set[Scope] = set()
    for place, total in enumerate(totals):
        if total.scope in seen:
            errors.append(FieldError(f"/totals/{place}", "is stated twice"))
        seen.add(total.scope)
    by_initiative = any(scope.initiative_id and scope.nature is None for scope in seen)
    crossing = [place for place, each in enumerate(totals) if each.scope.nature and each.scope.initiative_id is None]
    if by_initiative and crossing:
        errors += [FieldError(f"/totals/{place}", "must name its initiative, as others are of whole initiatives") for place in crossing]
    if errors:
        raise Contradictory(tuple(errors))
    return tuple(totals)


def kept(lines: tuple[Line, ...], explanations: Mapping[int, Explanation]) -> tuple[Line, ...]:
    """The lines with the explanations of an earlier drawing. Raises Contradictory where one is of a total that is not stated any more."""
    scopes = {line.scope for line in lines}
    if lost := [seq for seq, each in explanations.items() if each.scope not in scopes]:
        told = ", ".join(map(str, lost))
        raise contradiction("/totals", f"must have the totals that explanations {told} are of, or those are withdrawn first")
    for each in explanations.values():
        lines = with_explanation(lines, each, 1)
    return lines


def explain(agreement: Agreement, quarter: str, explanation: Explanation) -> AgreementExplained:
    """Explain part of a difference. Raises NotInState, Contradictory, TooManyExplanations."""
    require_drawn(agreement, quarter)
    if explanation.scope not in {line.scope for line in agreement.lines}:
        raise contradiction("/initiative_id", f"must be of one of the totals: {'; '.join(str(line.scope) for line in agreement.lines)}")
    if explanation.cause is Cause.UNEXPLAINED:
        raise contradiction("/cause", "must be a cause: what has none is unexplained anyway")
    if not explanation.pence:
        raise contradiction("/pence", "must not be nothing")
    if len(agreement.explained) >= MOST_EXPLANATIONS:
        raise TooManyExplanations(most=MOST_EXPLANATIONS)
    return AgreementExplained(quarter=quarter, explanation=explanation)


def withdraw(agreement: Agreement, quarter: str, explained_in: int, explanation: Explanation | None) -> ExplanationWithdrawn:
    """Count an explanation no more. Raises NotInState, Missing."""
    require_drawn(agreement, quarter)
    if explanation is None or explained_in not in agreement.explained:
        raise Missing(kind="explanation", id=str(explained_in))
    return ExplanationWithdrawn(quarter=quarter, explained_in=explained_in, explanation=explanation)


def sign(grant_id: str, quarter: str, agreement: Agreement, cells: Mapping[str, Counters], actor: Actor) -> AgreementSigned:
    """Sign an agreement. `cells` are the quarter's as they are now.

    Raises NotInState, PreparerCannotApprove, DifferenceUnexplained, AgreementOutdated.
    """
    require_drawn(agreement, quarter)
    for preparer in agreement.prepared_by:
        second_person(actor, prepared_by=preparer, override=agreement.override)
    require_explained(grant_id, quarter, agreement)
    require_current(grant_id, quarter, agreement, cells)
    return AgreementSigned(quarter=quarter, signed_by=actor.subject, prepared_by=agreement.prepared_by, override=agreement.override)


def require_drawn(agreement: Agreement, quarter: str) -> None:
    """Refuse with NotInState what is signed: it is drawn anew first."""
    if agreement.state is not AgreementState.DRAWN:
        raise NotInState(kind="agreement of", id=quarter, state=agreement.state, needed=(AgreementState.DRAWN,))


def require_explained(grant_id: str, quarter: str, agreement: Agreement) -> None:
    """Refuse with DifferenceUnexplained while a penny has no cause."""
    if open_lines := agreement.unexplained:
        each = tuple(Unexplained(of=str(line.scope), pence=line.unexplained_pence) for line in open_lines)
        raise DifferenceUnexplained(grant_id=grant_id, quarter=quarter, unexplained=each)


def require_current(grant_id: str, quarter: str, agreement: Agreement, cells: Mapping[str, Counters]) -> None:
    """Refuse with AgreementOutdated where the quarter's cells do not come to what was agreed."""
    now = ours_by_line(agreement.lines, cells)
    moved = tuple(
        Moved(of=str(line.scope), agreed_pence=line.ours_pence, now_pence=pence)
        for line, pence in zip(agreement.lines, now, strict=True)
        if line.ours_pence != pence
    )
    if moved:
        raise AgreementOutdated(grant_id=grant_id, quarter=quarter, moved=moved)


def require_signed(grant_id: str, quarter: str, agreement: Agreement | None, *, demanded: bool) -> None:
    """What a quarter's closing asks of its agreement. Raises AgreementMissing, DifferenceUnexplained, AgreementNotSigned."""
    if agreement is None:
        if demanded:
            raise AgreementMissing(grant_id=grant_id, quarter=quarter)
        return
    require_explained(grant_id, quarter, agreement)
    if agreement.state is not AgreementState.SIGNED:
        raise AgreementNotSigned(grant_id=grant_id, quarter=quarter)
