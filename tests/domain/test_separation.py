"""Separation of duties: nobody decides on what they prepared, unless a second person lets them, for one request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from chalicelib.domain import budgets, closing, proposing, waiving
from chalicelib.domain.approvals import waiting
from chalicelib.domain.cells import Nature
from chalicelib.domain.errors import ChainBroken, Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.grants import Grant, GrantFact, GrantMoved, GrantState
from chalicelib.domain.initiatives import Category
from chalicelib.domain.judging import Around
from chalicelib.domain.matters import Matter
from chalicelib.domain.overriding import give
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.proposals import Proposal, ProposalKind, Transfer
from chalicelib.domain.quarter_states import Period, PeriodState
from chalicelib.domain.rules import Breach, Limit, RuleName, Rules
from chalicelib.domain.separation import TABLE, Separation, Step, decisions, may, told
from chalicelib.domain.values import replace
from chalicelib.domain.variations import LineChange, Variation, VariationKind
from chalicelib.domain.waivers import Waiver
from tests.domain.ledger_tables import FUND, GRANT_ID, Books, ledger

EVERYTHING = frozenset(Role)
PREPARER = Actor(subject="preparer", roles=EVERYTHING)
OTHER = Actor(subject="other", roles=EVERYTHING)
Q1 = Quarter.parse("2023-24-Q1")
DAY = date(2023, 10, 2)
AROUND = Around(today=date(2024, 2, 1), categories={"cctv": Category.CCTV})
DECIDED = tuple(matter for matter, steps in TABLE.items() if Step.APPROVE in steps)


def books() -> Books:
    held = ledger("""
        | on         | what       |  pence | for      | nature  | id |
        | 2023-04-03 | award      | 100000 |          | capital |    |
        | 2023-04-04 | allocation |  60000 | lighting | capital |    |
        | 2023-05-01 | commitment |   9000 | lighting | capital | c  |
    """)
    rules = Rules(virement_limit=Limit(clause="4.2", breach=Breach.REFUSE, pence=1))
    periods = {str(Q1): Period(state=PeriodState.CLOSED)}
    return replace(held, purse=replace(held.purse, grant=replace(held.grant, rules=rules, periods=periods)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How a matter is asked for, approved and rejected, and what its request is called."""

    named: str
    ask: Callable[[Books], GrantFact]
    approve: Callable[[Books, Actor], tuple[GrantFact, ...]]
    reject: Callable[[Books, Actor], tuple[GrantFact, ...]]


def _variation() -> Variation:
    return Variation(
        id=1,
        kind=VariationKind.TOP_UP,
        dated=DAY,
        reason="More",
        notice_reference="Letter",
        changes=(LineChange(financial_year="2023-24", nature=Nature.CAPITAL, change_pence=1),),
        ends=None,
        requested_by=PREPARER.subject,
    )


def _waiver() -> Waiver:
    rule = RuleName.VIREMENT_LIMIT
    return Waiver(id=1, rule=rule, clause="", expires=DAY, publishable=False, requested_by=PREPARER.subject)


def _proposal(kind: ProposalKind, held: Books) -> Proposal:
    between = Transfer(initiative_id="lighting", to_initiative_id="cctv", financial_year="2023-24", nature=Nature.CAPITAL)
    about = {"transfer": between} if kind is ProposalKind.VIREMENT else {"entry": held.names["c"]}
    return Proposal(id=1, kind=kind, on=DAY, amount_pence=100, requested_by=PREPARER.subject, **about)


def _proposed(kind: ProposalKind) -> Case:
    return Case(
        named="1",
        ask=lambda held: proposing.request(held.purse, _proposal(kind, held), AROUND, PREPARER),
        approve=lambda held, actor: proposing.approve(held.purse, 1, actor),
        reject=lambda held, actor: proposing.reject(held.grant, 1, actor),
    )


CASES = {
    Matter.VARIATION: Case(
        named="1",
        ask=lambda held: budgets.request_variation(held.grant, FUND, _variation()),
        approve=lambda held, actor: budgets.approve(held.grant, FUND, 1, actor),
        reject=lambda held, actor: budgets.reject(held.grant, 1, actor),
    ),
    Matter.REOPENING: Case(
        named=str(Q1),
        ask=lambda held: closing.request_reopening(held.grant, Q1, "Left out", PREPARER),
        approve=lambda held, actor: (closing.reopen(held.grant, Q1, actor),),
        reject=lambda held, actor: (closing.keep_closed(held.grant, Q1, actor),),
    ),
    Matter.WAIVER: Case(
        named="1",
        ask=lambda held: waiving.request_waiver(held.grant, _waiver()),
        approve=lambda held, actor: (waiving.approve_waiver(held.grant, 1, actor),),
        reject=lambda held, actor: (waiving.reject_waiver(held.grant, 1, actor),),
    ),
    Matter.VIREMENT: _proposed(ProposalKind.VIREMENT),
    Matter.WRITE_OFF: _proposed(ProposalKind.WRITE_OFF),
}


def asked(matter: Matter) -> Books:
    held = books()
    return held.record((CASES[matter].ask(held),))


def let(matter: Matter) -> Books:
    held = asked(matter)
    return held.record((give(held.grant, matter, CASES[matter].named, "Nobody else is here", OTHER),))


def test_every_matter_that_somebody_approves_is_tried() -> None:
    assert tuple(CASES) == DECIDED


@pytest.mark.parametrize("matter", DECIDED)
def test_whoever_asked_decides_nothing_with_every_role_there_is(matter: Matter) -> None:
    held, case = asked(matter), CASES[matter]

    for decide in (case.approve, case.reject):
        with pytest.raises(PreparerCannotApprove):
            decide(held, PREPARER)
        assert decide(held, OTHER)


@pytest.mark.parametrize("matter", DECIDED)
def test_once_a_second_person_let_them_they_decide_and_the_record_says_so(matter: Matter) -> None:
    held, case = let(matter), CASES[matter]
    assert [each.override and each.override.by for each in waiting(held.grant)] == ["other"]

    for decide, approved in ((case.approve, True), (case.reject, False)):
        fact = decide(held, PREPARER)[0]
        said = told(fact, GRANT_ID, 1)
        assert (said.prepared_by, said.approved, said.override and said.override.reason) == (("preparer",), approved, "Nobody else is here")
        assert said.separation(PREPARER.subject) is Separation.OVERRIDDEN
        assert said.separation(OTHER.subject) is Separation.HELD, "somebody else decided after all"
        done = held.record((fact,))
        assert waiting(done.grant) == ()
        assert [(each.matter, each.id) for each in decisions(done.grant)] == [(matter, case.named)]


@pytest.mark.parametrize("matter", DECIDED)
def test_nobody_lets_themselves(matter: Matter) -> None:
    with pytest.raises(PreparerCannotApprove):
        give(asked(matter).grant, matter, CASES[matter].named, "I am alone", PREPARER)


@pytest.mark.parametrize("matter", DECIDED)
def test_an_override_is_given_once_and_for_what_waits(matter: Matter) -> None:
    case, held = CASES[matter], let(matter)

    with pytest.raises(NotInState):
        give(held.grant, matter, case.named, "Again", OTHER)
    with pytest.raises(Missing):
        give(books().grant, matter, case.named, "Nothing waits", OTHER)
    with pytest.raises(Missing):
        give(held.record(case.reject(held, OTHER)).grant, matter, case.named, "Decided", OTHER)


def test_an_override_is_for_one_request_only() -> None:
    held = let(Matter.VARIATION)
    both = held.record((budgets.request_variation(held.grant, FUND, replace(_variation(), id=2)),))

    with pytest.raises(PreparerCannotApprove):
        budgets.reject(both.grant, 2, PREPARER)
    assert budgets.reject(both.grant, 1, PREPARER)


def test_a_head_keeps_no_override_of_what_was_decided() -> None:
    for matter, case in CASES.items():
        held = let(matter)
        done = held.record(case.reject(held, OTHER)).grant
        assert "Nobody else is here" not in repr(done), matter


def test_reopenings_of_a_quarter_that_closes_again_are_not_forgotten() -> None:
    held = asked(Matter.REOPENING)
    reopened = held.record((closing.reopen(held.grant, Q1, OTHER),)).grant
    facts = closing.hold_and_close(reopened, Q1, {}, date(2024, 2, 1), OTHER)
    closed: Grant = Books(purse=replace(held.purse, grant=reopened), facts=()).record(facts).grant

    assert [each.matter for each in decisions(closed)] == [Matter.REOPENING]


@pytest.mark.parametrize("matter", list(Matter))
def test_whoever_may_prepare_does_not_approve_by_that_role_alone_but_for_administrators(matter: Matter) -> None:
    steps = TABLE[matter]
    prepares, approves = steps.get(Step.PREPARE, frozenset()), steps.get(Step.APPROVE, frozenset())

    assert prepares & approves <= {Role.ADMINISTRATOR}


def test_a_step_that_a_matter_has_not_got_is_nobodys() -> None:
    with pytest.raises(KeyError):
        may(Matter.PUBLICATION, Step.APPROVE)


def test_what_is_no_decision_is_not_taken_for_one() -> None:
    with pytest.raises(ChainBroken, match="should be a decision"):
        told(GrantMoved(state=GrantState.CLOSED, on=DAY), GRANT_ID, 7)
