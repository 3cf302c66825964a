"""Proposals: tried when they are asked for, stale when their figures change, posted as asked when somebody else approves."""

from datetime import date

import pytest

from chalicelib.domain.answers import Outcome, RuleBroken
from chalicelib.domain.approvals import waiting
from chalicelib.domain.cells import Nature
from chalicelib.domain.closing_refusals import PeriodIsClosed
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.entry_refusals import NothingLeft, WrongEntry
from chalicelib.domain.errors import Contradictory, Missing, NotInState, PreparerCannotApprove, RequestStale
from chalicelib.domain.initiatives import Category
from chalicelib.domain.judging import Around, judge_all
from chalicelib.domain.ledger import Purse
from chalicelib.domain.matters import Matter
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.proposals import Proposal, ProposalDecided, ProposalKind, ProposalState, Transfer
from chalicelib.domain.proposing import approve, find_proposal, reject, request
from chalicelib.domain.quarter_states import Period, PeriodState
from chalicelib.domain.refusals import AllocationExhausted
from chalicelib.domain.rules import Breach, Eligible, Limit, Rules
from chalicelib.domain.values import replace
from tests.domain.ledger_tables import APPROVER, PREPARER, Books, ledger

AROUND = Around(today=date(2024, 2, 1), categories={"cctv": Category.CCTV, "lighting": Category.STREET_LIGHTING})
BETWEEN = Transfer(initiative_id="lighting", to_initiative_id="cctv", financial_year="2023-24", nature=Nature.CAPITAL)
LIMITS = Rules(
    virement_limit=Limit(clause="4.2", breach=Breach.REFUSE, pence=5_000),
    write_off_limit=Limit(clause="4.3", breach=Breach.REFUSE, pence=1_000),
)


def books() -> Books:
    held = ledger("""
        | on         | what       |  pence | for      | nature  | id | quarter    |
        | 2023-04-03 | award      | 100000 |          | capital |    |            |
        | 2023-04-04 | allocation |  60000 | lighting | capital |    |            |
        | 2023-04-04 | allocation |  20000 | cctv     | capital |    |            |
        | 2023-05-01 | commitment |   9000 | lighting | capital | c  |            |
        | 2023-05-02 | accrual    |   8000 | lighting | capital | a  |            |
        | 2023-05-03 | payment    |   7000 | lighting | capital | p  |            |
        | 2023-07-03 | claimed    |   7000 |          | capital | d  | 2023-24-Q1 |
    """)
    return replace(held, purse=replace(held.purse, grant=replace(held.grant, rules=LIMITS)))


def virement(pence: int = 10_000, on: date = date(2023, 10, 2)) -> Proposal:
    return Proposal(id=1, kind=ProposalKind.VIREMENT, on=on, amount_pence=pence, requested_by=PREPARER.subject, transfer=BETWEEN)


def write_off(held: Books, named: str, pence: int = 0) -> Proposal:
    on, entry = date(2023, 10, 2), held.names[named]
    return Proposal(id=1, kind=ProposalKind.WRITE_OFF, on=on, amount_pence=pence, requested_by=PREPARER.subject, entry=entry)


def asked(held: Books, proposal: Proposal) -> Books:
    return held.record((request(held.purse, proposal, AROUND, PREPARER),))


def decided(books: Books) -> Proposal:
    return next(fact.proposal for fact in reversed(books.facts) if isinstance(fact, ProposalDecided))


def approved(held: Books, proposal: Proposal) -> Books:
    waits = asked(held, proposal)
    return waits.record(approve(waits.purse, 1, APPROVER))


def test_an_approved_virement_posts_what_was_asked_for_with_the_figures_before_and_after() -> None:
    done = approved(books(), virement())

    assert [(entry.kind, entry.amount_pence, entry.on) for entry in done.entries[-2:]] == [
        (EntryKind.VIREMENT, -10_000, date(2023, 10, 2)),
        (EntryKind.VIREMENT, 10_000, date(2023, 10, 2)),
    ]
    assert decided(done).before == {"lighting": 60_000, "cctv": 20_000}
    assert decided(done).after == {"lighting": 50_000, "cctv": 30_000}
    assert (decided(done).state, decided(done).decided_by) == (ProposalState.APPROVED, APPROVER.subject)


def test_a_request_posts_nothing_and_neither_does_a_rejection() -> None:
    waits = asked(books(), virement())
    done = waits.record(reject(waits.grant, 1, APPROVER))

    assert waits.entries == done.entries == books().entries
    assert find_proposal(done.grant, 1).state is ProposalState.REJECTED


def test_a_head_keeps_little_of_what_was_decided() -> None:
    held = approved(books(), virement()).grant.proposals[0]

    assert (held.transfer, held.before, held.after) == (None, {}, {})
    assert (held.requested_in, held.decided_in) == (11, 12)


@pytest.mark.parametrize(
    ("named", "kind", "left", "pence"),
    [
        ("c", EntryKind.RELEASE, 0, 0),
        ("c", EntryKind.RELEASE, 5_000, 4_000),
        ("a", EntryKind.REVERSAL, 0, 0),
        ("d", EntryKind.CORRECTION, 0, 0),
        ("d", EntryKind.CORRECTION, 6_999, 1),
    ],
)
def test_a_write_off_posts_what_gives_up_its_entry(named: str, kind: EntryKind, left: int, pence: int) -> None:
    held = books()
    done = approved(held, write_off(held, named, pence))

    assert (done.last.kind, done.left(named)) == (kind, left)
    assert decided(done).after == {held.names[named]: left}


def test_a_payment_is_not_written_off_but_refunded() -> None:
    held = books()
    with pytest.raises(WrongEntry):
        asked(held, write_off(held, "p"))


def test_nothing_is_written_off_twice() -> None:
    held = approved(books(), write_off(books(), "c"))
    with pytest.raises(NothingLeft):
        asked(held, replace(write_off(held, "c"), id=2))


def test_a_claim_that_was_corrected_below_nothing_has_nothing_to_write_off() -> None:
    held = ledger("""
        | on         | what    |  pence | for | nature  | id | quarter    |
        | 2023-04-03 | award   | 100000 |     | capital |    |            |
        | 2023-07-03 | claimed |   7000 |     | capital | d  | 2023-24-Q1 |
    """)
    name = held.names["d"]
    below = {name: replace(held.purse.standings[name], opened_pence=-1, left_pence=-1)}
    with pytest.raises(Contradictory, match="there is nothing to write off"):
        request(replace(held.purse, standings=below), write_off(held, "d"), AROUND, PREPARER)


def test_what_cannot_be_approved_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(AllocationExhausted):
        asked(books(), virement(60_001))


def test_a_request_is_not_dated_in_a_closed_quarter() -> None:
    held = books()
    closed = replace(held.purse, grant=replace(held.grant, periods={"2023-24-Q3": Period(state=PeriodState.CLOSED)}))
    with pytest.raises(PeriodIsClosed):
        request(closed, virement(), AROUND, PREPARER)


def test_a_quarter_that_closed_meanwhile_moves_the_entries_to_the_first_open_day() -> None:
    waits = asked(books(), virement())
    grant = replace(waits.grant, periods={"2023-24-Q3": Period(state=PeriodState.CLOSED)})

    _, *entries = approve(replace(waits.purse, grant=grant), 1, APPROVER)

    assert [entry.on for entry in entries if isinstance(entry, Entry)] == [date(2024, 1, 1)] * 2


def test_other_rules_are_judged_when_it_is_asked_for() -> None:
    held = books()
    lighting_only = Eligible(clause="7", breach=Breach.REFUSE, categories=(Category.STREET_LIGHTING,))
    grant = replace(held.grant, rules=replace(LIMITS, eligible_categories=lighting_only))
    with pytest.raises(RuleBroken, match="goes to CCTV"):
        request(replace(held.purse, grant=grant), virement(), AROUND, PREPARER)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("| 2023-10-02 | allocation |  1 | lighting |", "lighting stood at £600.00 and stands at £600.01 now."),
        ("| 2023-10-02 | allocation | -1 | cctv     |", "cctv stood at £200.00 and stands at £199.99 now."),
    ],
)
def test_a_virement_is_stale_once_what_either_side_holds_has_changed(row: str, told: str) -> None:
    waits = asked(books(), virement())
    changed = waits.then(f"| on | what | pence | for | nature |\n{row} capital |")

    with pytest.raises(RequestStale) as refusal:
        approve(changed.purse, 1, APPROVER)
    assert refusal.value.changed == told
    assert reject(changed.grant, 1, APPROVER)


def test_spending_does_not_make_a_virement_stale() -> None:
    waits = asked(books(), virement())
    spent = waits.then("| on | what | pence | for | nature |\n| 2023-10-02 | payment | 500 | lighting | capital |")

    assert len(approve(spent.purse, 1, APPROVER)) == 3


def test_a_write_off_is_stale_once_something_was_paid_of_the_order() -> None:
    held = books()
    waits = asked(held, write_off(held, "c"))
    paid = waits.then("| on | what | pence | for | nature | of |\n| 2023-10-02 | payment | 500 | lighting | capital | c |")

    with pytest.raises(RequestStale, match=r"stood at £90\.00 and stands at £85\.00 now"):
        approve(paid.purse, 1, APPROVER)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_decides_on_their_own_proposal(role: Role) -> None:
    waits, own = asked(books(), virement()), Actor(subject=PREPARER.subject, roles=frozenset({role}))

    with pytest.raises(PreparerCannotApprove):
        approve(waits.purse, 1, own)
    with pytest.raises(PreparerCannotApprove):
        reject(waits.grant, 1, own)


def test_a_proposal_is_decided_once() -> None:
    done = approved(books(), virement())

    with pytest.raises(NotInState):
        approve(done.purse, 1, APPROVER)
    with pytest.raises(Missing):
        reject(done.grant, 2, APPROVER)


def refused(purse: Purse, *entries: Entry) -> bool:
    try:
        judge_all(purse.grant, purse.seq, entries, AROUND)
    except RuleBroken as refusal:
        return [answer.outcome for answer in refusal.answers] == [Outcome.REFUSE]
    return False


@pytest.mark.parametrize(
    ("row", "over"),
    [
        ("| 2023-10-02 | virement   |  5000 | lighting | cctv |   |", False),
        ("| 2023-10-02 | virement   |  5001 | lighting | cctv |   |", True),
        ("| 2023-10-02 | release    | -1000 |          |      | c |", False),
        ("| 2023-10-02 | release    | -1001 |          |      | c |", True),
        ("| 2023-10-02 | reversal   | -1001 |          |      | a |", True),
        ("| 2023-10-02 | correction | -1001 |          |      | c |", True),
        ("| 2023-10-02 | correction | -1001 |          |      | a |", True),
        ("| 2023-10-02 | correction | -1001 |          |      | d |", True),
        ("| 2023-10-02 | correction | -1001 |          |      | p |", False),
        ("| 2023-10-02 | recode     |  1001 |          | cctv | c |", False),
    ],
)
def test_above_its_limit_a_virement_or_write_off_needs_a_second_person_by_whatever_kind_of_entry(row: str, over: bool) -> None:
    held = books()
    posted = held.then(f"| on | what | pence | for | to | of | nature |\n{row} capital |")

    assert refused(held.purse, *posted.entries[len(held.entries) :]) is over


def test_what_a_second_person_approved_passes_its_own_limit_only() -> None:
    waits = asked(books(), virement())
    facts = approve(waits.purse, 1, APPROVER)

    assert judge_all(waits.grant, waits.purse.seq, facts, AROUND) == ()
    both = replace(waits.grant, rules=replace(LIMITS, eligible_categories=Eligible(clause="7", breach=Breach.WARN, categories=())))
    assert [noted.answer.rule for noted in judge_all(both, waits.purse.seq, facts, AROUND)] == ["eligible_categories"]


def test_what_waits_is_listed_until_it_is_decided() -> None:
    waits = asked(books(), virement())

    (found,) = waiting(waits.grant)
    assert (found.matter, found.id, found.requested_by, found.shown_at) == (
        Matter.VIREMENT,
        "1",
        "officer",
        "/grants/ssf-5-example/proposals/1",
    )
    assert waiting(waits.record(reject(waits.grant, 1, APPROVER)).grant) == ()
