"""What a closing asks of an agreement, and how explanations and signatures change it."""

import pytest

from chalicelib.domain import agreeing, agreements
from chalicelib.domain.agreeing import Total
from chalicelib.domain.agreement_refusals import (
    AgreementMissing,
    AgreementNotSigned,
    AgreementOutdated,
    DifferenceUnexplained,
    TooManyExplanations,
)
from chalicelib.domain.agreements import (
    Agreement,
    AgreementDrawn,
    AgreementExplained,
    AgreementFact,
    AgreementSigned,
    AgreementState,
    Cause,
    Explanation,
    Line,
    Scope,
    line_of,
)
from chalicelib.domain.cells import Nature
from chalicelib.domain.errors import Contradictory, Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.matters import Override
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.values import replace

GRANT, QUARTER = "ssf-4-example", "2023-24-Q3"
LAMPS, REST = Scope("lamps", Nature.CAPITAL), Scope()
CELLS = {"lamps#2023-24-Q3#capital": {"paid": 900, "refunded": 100}, "-#2023-24-Q3#revenue": {"paid": 50, "corrected": -20}}
"""£8.00 of the lamps, and 30p of whatever no total names."""


def person(subject: str) -> Actor:
    return Actor(subject=subject, roles=frozenset({Role.FINANCE}))


def line(scope: Scope = REST, *, office: int = 30, ours: int = 30) -> Line:
    return Line(scope=scope, stated=True, office_pence=office, ours_pence=ours, extracts_pence=office)


def drawn(*lines: Line, by: str = "finance") -> AgreementDrawn:
    return AgreementDrawn(quarter=QUARTER, drawn_by=by, lines=lines, file="a", sha256="b", size=1)


def explained(pence: int, *, by: str = "finance", scope: Scope = REST) -> AgreementExplained:
    return AgreementExplained(quarter=QUARTER, explanation=Explanation(scope=scope, cause=Cause.TIMING, pence=pence, by=by))


def agreement(*facts: AgreementFact) -> Agreement:
    """An agreement after facts that were the records from 11 on."""
    found: Agreement | None = None
    for seq, fact in enumerate(facts, 11):
        found = agreements.after(found, fact, seq)
    assert found
    return found


SIGNED = AgreementSigned(quarter=QUARTER, signed_by="certifier", prepared_by=("finance",))


@pytest.mark.parametrize(
    ("held", "refused"),
    [
        (agreement(drawn(line(office=31))), DifferenceUnexplained),
        (agreement(drawn(line(office=31)), explained(1)), AgreementNotSigned),
        (agreement(drawn(line(office=29)), explained(1)), DifferenceUnexplained),
        (agreement(drawn(line())), AgreementNotSigned),
        (agreement(drawn(line(LAMPS, office=801, ours=800), line(office=29))), DifferenceUnexplained),
        (agreement(drawn(line()), SIGNED, drawn(line())), AgreementNotSigned),
    ],
    ids=["a penny", "explained, not signed", "explained the wrong way round", "equal, not signed", "two that cancel out", "drawn anew"],
)
def test_what_a_closing_refuses(held: Agreement, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        agreeing.require_signed(GRANT, QUARTER, held, demanded=False)


def test_what_is_signed_closes_and_what_was_never_stated_by_the_offices_policy() -> None:
    agreeing.require_signed(GRANT, QUARTER, agreement(drawn(line(office=31)), explained(1), SIGNED), demanded=True)
    agreeing.require_signed(GRANT, QUARTER, None, demanded=False)
    with pytest.raises(AgreementMissing):
        agreeing.require_signed(GRANT, QUARTER, None, demanded=True)


def test_a_refusal_names_every_line_in_pence() -> None:
    with pytest.raises(DifferenceUnexplained) as refused:
        agreeing.require_explained(GRANT, QUARTER, agreement(drawn(line(LAMPS, office=801, ours=800), line(office=29))))

    assert "lamps, capital: £0.01 (1 pence); all that no other total names: -£0.01 (-1 pence)." in str(refused.value)


def test_what_is_signed_is_what_the_ledger_has() -> None:
    held = agreement(drawn(line(LAMPS, office=800, ours=800), line()))

    assert agreeing.sign(GRANT, QUARTER, held, CELLS, person("certifier")).prepared_by == ("finance",)
    with pytest.raises(AgreementOutdated) as refused:
        agreeing.sign(GRANT, QUARTER, held, {**CELLS, "lamps#2023-24-Q3#capital": {"paid": 901, "refunded": 100}}, person("certifier"))
    assert [(moved.of, moved.agreed_pence, moved.now_pence) for moved in refused.value.moved] == [("lamps, capital", 800, 801)]


def test_the_narrowest_total_has_the_money() -> None:
    lines = tuple(line(scope) for scope in (REST, Scope("lamps"), LAMPS, Scope(None, Nature.REVENUE)))

    assert [line_of(lines, *each) for each in (("lamps", Nature.CAPITAL), ("lamps", Nature.REVENUE))] == [2, 1]
    assert [line_of(lines, *each) for each in (("cctv", Nature.REVENUE), (None, Nature.CAPITAL))] == [3, 0]


def test_whoever_explained_any_of_it_does_not_sign() -> None:
    held = agreement(drawn(line(office=31)), explained(1, by="second"))

    for subject in ("finance", "second"):
        with pytest.raises(PreparerCannotApprove):
            agreeing.sign(GRANT, QUARTER, held, CELLS, person(subject))


def test_an_override_ends_with_the_next_explanation() -> None:
    held = agreement(drawn(line(office=32)), explained(1))
    let = replace(held, override=Override(by="certifier", reason="Alone this week"))

    assert agreements.after(let, explained(1), 20).override is None
    assert agreements.after(let, drawn(line()), 20).override is None


def test_explanations_add_up_by_cause_and_can_be_withdrawn() -> None:
    held = agreement(drawn(line(office=40)), explained(4), explained(6))
    assert (dict(held.lines[0].by_hand), held.explained, held.lines[0].unexplained_pence) == ({"timing": 10}, (12, 13), 0)

    withdrawn = agreeing.withdraw(held, QUARTER, 12, explained(4).explanation)
    held = agreements.after(held, withdrawn, 14)
    assert (dict(held.lines[0].by_hand), held.explained, held.changed_in) == ({"timing": 6}, (13,), 14)
    with pytest.raises(Missing):
        agreeing.withdraw(held, QUARTER, 12, explained(4).explanation)


def test_what_cannot_be_an_explanation_is_refused() -> None:
    held = agreement(drawn(line(LAMPS, office=801, ours=800), line()))
    for wrong in (explained(1, scope=Scope("cctv")), explained(0)):
        with pytest.raises(Contradictory):
            agreeing.explain(held, QUARTER, wrong.explanation)
    with pytest.raises(Contradictory):
        agreeing.explain(held, QUARTER, replace(explained(1).explanation, cause=Cause.UNEXPLAINED))
    with pytest.raises(TooManyExplanations):
        agreeing.explain(replace(held, explained=tuple(range(50))), QUARTER, explained(1).explanation)
    with pytest.raises(NotInState):
        agreeing.explain(agreement(drawn(line()), SIGNED), QUARTER, explained(1).explanation)


def test_signatures_are_remembered_when_it_is_drawn_anew() -> None:
    held = agreement(drawn(line()), SIGNED, drawn(line(), by="second"))

    assert (held.state, held.signed_by, held.prepared_by, held.decided) == (AgreementState.DRAWN, "", ("second",), (12,))


def test_an_explanation_of_a_total_that_is_no_longer_stated_is_withdrawn_first() -> None:
    with pytest.raises(Contradictory, match="explanations 12 are of"):
        agreeing.kept((line(),), {12: explained(1, scope=LAMPS).explanation})


def test_an_agreement_begins_with_its_drawing() -> None:
    with pytest.raises(ValueError, match="cannot begin with agreement_signed"):
        agreements.after(None, SIGNED, 1)


def test_what_no_total_names_is_compared_with_nothing_however_many_are_stated() -> None:
    checked = agreeing.checked([Total(scope=LAMPS, office_pence=5), Total(scope=Scope("lamps"), office_pence=6)])

    assert [str(each.scope) for each in checked] == ["lamps, capital", "lamps"]
