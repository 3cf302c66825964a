"""Which quarters are to be claimed: those that are over, in which money was spent, and that nobody has claimed."""

from datetime import date

import pytest

from chalicelib.domain.cells import Counters, Nature
from chalicelib.domain.claims import Certificate, Claim, ClaimState, Draft, GrantClaims, Submission
from chalicelib.domain.claims_due import to_claim
from chalicelib.domain.due_days import due_after
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.periods import Quarter
from chalicelib.domain.publications import File
from chalicelib.domain.values import replace
from chalicelib.domain.variations import AwardLine

TODAY = date(2024, 2, 1)
GRANT = Grant(
    id="ssf-4-example",
    title="Example grant",
    fund_id="ssf-4",
    lead_recipient_id="office",
    force_area="E23000015",
    starts=date(2023, 4, 1),
    ends=date(2025, 3, 31),
    lines=(AwardLine(financial_year="2023-24", nature=Nature.CAPITAL, awarded_pence=1_000_000),),
    state=GrantState.ACTIVE,
)
NONE = GrantClaims(grant_id=GRANT.id)
Q1, Q2, Q3, Q4 = (f"2023-24-Q{number}" for number in (1, 2, 3, 4))
SPENT: dict[str, Counters] = {
    "lighting#2023-24#capital": {"allocated": 9_000},
    f"lighting#{Q2}#capital": {"paid": 500},
    f"lighting#{Q4}#capital": {"paid": 70},
}


def claim(quarter: str, state: ClaimState) -> Claim:
    """A claim of a quarter; one that was sent, where that is its state."""
    draft = Draft(
        by="finance", on=TODAY, position=9, spans=(), lines=1, amounts_pence={}, pack=File(name="claim.zip", sha256="0" * 64, size=1)
    )
    sent = Submission(by="finance", on=TODAY, reference="HO-1", entries={}) if state in (ClaimState.SUBMITTED, ClaimState.PAID) else None
    signed = Certificate(by="certifier", on=TODAY, sha256="0" * 64)
    return Claim(
        id="x", grant_id=GRANT.id, quarter=quarter, draft=draft, state=state, submission=sent, certificate=signed if sent else None
    )


def found(cells: dict[str, Counters], *claims: Claim, grant: Grant = GRANT, today: date = TODAY) -> list[tuple[str, str | None]]:
    return [(each.quarter, each.state) for each in to_claim(grant, replace(NONE, claims=claims), cells, today)]


def test_quarters_that_are_over_and_in_which_money_was_spent_are_to_be_claimed() -> None:
    assert found(SPENT) == [(Q2, None)]
    assert found(SPENT, today=date(2023, 9, 30)) == []
    assert found(SPENT, today=date(2023, 10, 1)) == [(Q2, None)]
    assert found({}) == []


@pytest.mark.parametrize("state", [ClaimState.DRAFTED, ClaimState.REVIEWED, ClaimState.CERTIFIED])
def test_a_claim_that_was_not_sent_says_how_far_it_is(state: ClaimState) -> None:
    assert found(SPENT, claim(Q3, state)) == [(Q2, state), (Q3, state)]
    assert found(SPENT, claim(Q2, state)) == [(Q2, state)]


@pytest.mark.parametrize("state", [ClaimState.SUBMITTED, ClaimState.PAID])
def test_what_was_sent_is_not_due_nor_what_it_took_in(state: ClaimState) -> None:
    assert found(SPENT, claim(Q3, state)) == []
    assert found(SPENT, claim(Q2, state)) == []
    assert found(SPENT, claim(Q2, state), today=date(2024, 4, 1)) == [(Q4, None)]


def test_a_withdrawn_claim_claimed_nothing() -> None:
    assert found(SPENT, claim(Q3, ClaimState.WITHDRAWN)) == [(Q2, None)]


def test_what_was_claimed_by_hand_was_claimed() -> None:
    assert found({**SPENT, f"-#{Q3}#capital": {"claimed": 500}}) == []
    assert found({**SPENT, f"-#{Q3}#capital": {"claimed": 0}}) == [(Q2, None)]


@pytest.mark.parametrize("state", [GrantState.OFFERED, GrantState.ACCEPTED, GrantState.DECLINED])
def test_a_grant_that_takes_no_claims_is_left_alone(state: GrantState) -> None:
    assert found(SPENT, grant=replace(GRANT, state=state)) == []
    assert found(SPENT, grant=replace(GRANT, state=GrantState.CLOSED)) != []


def test_the_day_is_counted_in_working_days_after_the_quarter_as_the_office_has_it() -> None:
    assert due_after(Quarter.parse(Q3), 20) == date(2024, 1, 29)
    assert due_after(Quarter.parse(Q3), None) is None
    assert due_after(Quarter.parse("2098-99-Q3"), 20) is None
