"""A grant's rules: each answers pass, warn or refuse with its clause and figures; nothing is checked that nobody set."""

from collections.abc import Callable
from datetime import date

import pytest

from chalicelib.domain.answers import Answer, Outcome, RuleBroken, RulesNoted
from chalicelib.domain.budgets import request_variation
from chalicelib.domain.cells import Nature
from chalicelib.domain.conditions import present
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.errors import Contradictory, Missing, NotInState, PreparerCannotApprove, RequestStale
from chalicelib.domain.funds import FundRules, MatchBase, MatchRequirement
from chalicelib.domain.grants import Grant, GrantFact, apply
from chalicelib.domain.initiatives import Category
from chalicelib.domain.judging import Around, judge, judge_all
from chalicelib.domain.offers import offer
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.rules import Breach, Eligible, Limit, Policy, RuleName, Rules, RulesSet, Window, checked
from chalicelib.domain.values import replace
from chalicelib.domain.variations import LineChange, Variation, VariationKind
from chalicelib.domain.waivers import Waiver, WaiverState
from chalicelib.domain.waiving import approve_waiver, reject_waiver, request_waiver
from tests.domain.ledger_tables import APPROVER, FUND, GRANT_ID, PREPARER, Books, ledger

TODAY = date(2024, 2, 1)
CLAUSE = "Financial regulations, 4.2"
AROUND = Around(today=TODAY, categories={"lighting": Category.STREET_LIGHTING, "cctv": Category.CCTV})
WINDOW = Window(clause=CLAUSE, breach=Breach.REFUSE, first_day=date(2023, 6, 1), last_day=date(2024, 1, 31))
LIGHTING_ONLY = Eligible(clause=CLAUSE, breach=Breach.REFUSE, categories=(Category.STREET_LIGHTING,))


def limit(pence: int, breach: Breach = Breach.REFUSE) -> Limit:
    return Limit(clause=CLAUSE, breach=breach, pence=pence)


def policy(breach: Breach = Breach.WARN) -> Policy:
    return Policy(clause=CLAUSE, breach=breach)


def books() -> Books:
    """£1,000 of capital and £500 of revenue for each of two years; lighting holds £600 and cctv £200 of capital."""
    return ledger("""
        | on         | what       |  pence | for      | nature  | year    |
        | 2023-04-03 | award      | 100000 |          | capital | 2023-24 |
        | 2023-04-03 | award      |  50000 |          | revenue | 2023-24 |
        | 2024-04-03 | award      | 100000 |          | capital | 2024-25 |
        | 2023-04-04 | allocation |  60000 | lighting | capital | 2023-24 |
        | 2023-04-04 | allocation |  20000 | cctv     | capital | 2023-24 |
        | 2023-04-04 | allocation |  50000 | lighting | revenue | 2023-24 |
    """)


def ruled(rules: Rules, held: Books | None = None) -> Grant:
    return replace((held or books()).grant, rules=rules)


def the_entries(row: str, held: Books | None = None) -> tuple[Entry, ...]:
    """What a further row posts."""
    before = held or books()
    return before.then(f"| on | what | pence | for | to | nature |\n{row}").entries[len(before.entries) :]


def told(grant: Grant, *facts: GrantFact) -> list[tuple[RuleName, Outcome]]:
    return [(each.rule, each.outcome) for fact in facts for each in judge(grant, fact, AROUND)]


@pytest.mark.parametrize(
    ("on", "outcome"),
    [
        (date(2023, 5, 31), Outcome.REFUSE),
        (date(2023, 6, 1), Outcome.PASS),
        (date(2024, 1, 31), Outcome.PASS),
        (date(2024, 2, 1), Outcome.REFUSE),
    ],
)
@pytest.mark.parametrize("what", ["commitment", "accrual", "payment"])
def test_costs_are_incurred_within_the_spending_window(what: str, on: date, outcome: Outcome) -> None:
    entries = the_entries(f"| {on} | {what} | 100 | lighting | | capital |")

    assert told(ruled(Rules(spending_window=WINDOW)), *entries) == [(RuleName.SPENDING_WINDOW, outcome)]


def test_what_was_accrued_in_time_is_paid_after_the_window() -> None:
    accrued = books().then("""
        | on         | what    | pence | for      | nature | id |
        | 2024-01-31 | accrual |   100 | lighting | capital | a |
    """)
    paid = accrued.then("""
        | on         | what    | pence | for      | nature | of |
        | 2024-02-20 | payment |   100 | lighting | capital | a |
    """)

    assert told(ruled(Rules(spending_window=WINDOW), accrued), paid.last) == []


@pytest.mark.parametrize(
    ("row", "outcomes"),
    [
        ("| 2023-07-01 | allocation | 100 | cctv | | capital |", [Outcome.REFUSE]),
        ("| 2023-07-01 | allocation | -100 | cctv | | capital |", []),
        ("| 2023-07-01 | allocation | 100 | lighting | | capital |", [Outcome.PASS]),
        ("| 2023-07-01 | virement | 100 | lighting | cctv | capital |", [Outcome.REFUSE]),
        ("| 2023-07-01 | virement | 100 | cctv | lighting | capital |", [Outcome.PASS]),
        ("| 2023-07-01 | commitment | 100 | cctv | | capital |", [Outcome.REFUSE]),
        ("| 2023-07-01 | payment | 100 | cctv | | capital |", [Outcome.REFUSE]),
    ],
)
def test_money_goes_to_eligible_categories_only(row: str, outcomes: list[Outcome]) -> None:
    answers = told(ruled(Rules(eligible_categories=LIGHTING_ONLY)), *the_entries(row))

    assert [outcome for _, outcome in answers] == outcomes


def test_a_category_that_nobody_looked_up_is_never_taken_for_eligible() -> None:
    grant, (entry,) = ruled(Rules(eligible_categories=LIGHTING_ONLY)), the_entries("| 2023-07-01 | payment | 100 | cctv | | capital |")

    with pytest.raises(ValueError, match="cctv is given money, and nobody has looked up its category"):
        judge(grant, entry, Around(today=TODAY))


@pytest.mark.parametrize(
    ("row", "outcomes"),
    [
        ("| 2023-07-01 | payment | 30000 | lighting | | capital |", [Outcome.PASS]),
        ("| 2023-07-01 | payment | 30001 | lighting | | capital |", [Outcome.REFUSE]),
        ("| 2023-07-01 | commitment | 30001 | lighting | | capital |", [Outcome.REFUSE]),
        ("| 2023-07-01 | payment | 30001 | lighting | | revenue |", []),
        ("| 2023-07-01 | allocation | 20000 | cctv | | capital |", []),
    ],
)
def test_what_is_used_of_a_nature_stays_below_its_ceiling(row: str, outcomes: list[Outcome]) -> None:
    held = books().then("| on | what | pence | for | nature |\n| 2023-06-01 | payment | 10000 | lighting | capital |")
    answers = told(ruled(Rules(capital_ceiling=limit(40_000)), held), *the_entries(row, held))

    assert [outcome for _, outcome in answers] == outcomes


def test_a_refusal_has_its_clause_and_its_figures() -> None:
    (entry,) = the_entries("| 2023-07-01 | payment | 30001 | lighting | | revenue |")

    (answer,) = judge(ruled(Rules(revenue_ceiling=limit(30_000))), entry, AROUND)

    assert answer == Answer(
        rule=RuleName.REVENUE_CEILING,
        outcome=Outcome.REFUSE,
        clause=CLAUSE,
        words="At most £300.00 may be used for revenue; it comes to £300.01, £0.01 too much.",
        figures={"ceiling_pence": 30_000, "used_pence": 0, "asked_pence": 30_001, "over_by_pence": 1},
    )


@pytest.mark.parametrize(
    ("base", "match", "outcome", "required"),
    [
        (MatchBase.GRANT, 5_000, Outcome.PASS, 5_000),
        (MatchBase.GRANT, 4_999, Outcome.WARN, 5_000),
        (MatchBase.TOTAL, 10_000, Outcome.PASS, 10_000),
        (MatchBase.TOTAL, 9_999, Outcome.WARN, 10_000),
    ],
)
def test_match_keeps_up_with_what_is_used_by_its_ratio_and_base(base: MatchBase, match: int, outcome: Outcome, required: int) -> None:
    held = books().then(f"| on | what | pence | nature |\n| 2023-06-01 | match_cash | {match} | capital |")
    grant = replace(ruled(Rules(match_ratio=policy()), held), match=MatchRequirement(basis_points=5_000, base=base))
    (entry,) = the_entries("| 2023-07-01 | payment | 10000 | lighting | | capital |", held)

    (answer,) = judge(grant, entry, AROUND)

    assert (answer.outcome, answer.figures["required_pence"], answer.figures["matched_pence"]) == (outcome, required, match)


@pytest.mark.parametrize(("pence", "outcome"), [(5_000, Outcome.PASS), (5_001, Outcome.REFUSE)])
def test_a_virement_is_held_against_its_limit_once(pence: int, outcome: Outcome) -> None:
    legs = the_entries(f"| 2023-07-01 | virement | {pence} | lighting | cctv | capital |")

    assert told(ruled(Rules(virement_limit=limit(5_000))), *legs) == [(RuleName.VIREMENT_LIMIT, outcome)]


@pytest.mark.parametrize(
    ("kind", "this_year", "next_year", "outcome"),
    [
        (VariationKind.RE_PROFILE, -100, 100, Outcome.REFUSE),
        (VariationKind.TOP_UP, -100, 200, Outcome.REFUSE),
        (VariationKind.TOP_UP, 100, 100, Outcome.PASS),
    ],
)
def test_a_variation_carries_nothing_to_another_year(kind: VariationKind, this_year: int, next_year: int, outcome: Outcome) -> None:
    changes = (("2023-24", this_year), ("2024-25", next_year))
    variation = Variation(
        id=1,
        kind=kind,
        dated=date(2023, 12, 14),
        reason="Late",
        notice_reference="Letter",
        changes=tuple(LineChange(financial_year=year, nature=Nature.CAPITAL, change_pence=pence) for year, pence in changes),
        ends=None,
        requested_by="officer",
    )
    fact = request_variation(books().grant, FUND, variation)

    assert told(ruled(Rules(no_carrying=policy(Breach.REFUSE))), fact) == [(RuleName.NO_CARRYING, outcome)]


@pytest.mark.parametrize(("threshold", "outcomes"), [(None, []), (9_999, [Outcome.WARN]), (10_000, [Outcome.PASS])])
def test_what_belongs_in_the_register_of_assets_is_said(threshold: int | None, outcomes: list[Outcome]) -> None:
    grant = replace(ruled(Rules(asset_threshold=policy())), asset_threshold_pence=threshold)
    (entry,) = the_entries("| 2023-07-01 | payment | 10000 | lighting | | capital |")

    assert [outcome for _, outcome in told(grant, entry)] == outcomes


def test_every_rule_answers_at_once() -> None:
    rules = Rules(spending_window=WINDOW, eligible_categories=LIGHTING_ONLY, capital_ceiling=limit(50))
    entries = the_entries("| 2023-05-01 | payment | 100 | cctv | | capital |")

    with pytest.raises(RuleBroken) as refusal:
        judge_all(ruled(rules), 9, entries, AROUND)

    refused = [each.rule for each in refusal.value.answers]
    assert refused == [RuleName.SPENDING_WINDOW, RuleName.ELIGIBLE_CATEGORIES, RuleName.CAPITAL_CEILING]
    assert refusal.value.detail.count(f"({CLAUSE}.)") == 3


def test_lines_of_one_request_are_judged_one_after_another() -> None:
    lines = the_entries("| 2023-07-01 | payment | 100 | lighting | | capital |") * 2
    grant = ruled(Rules(capital_ceiling=limit(150, Breach.WARN)))

    (noted,) = judge_all(grant, 9, lines, AROUND)

    assert (noted.seq, noted.answer.figures["over_by_pence"]) == (11, 50)
    assert apply(grant, RulesNoted(noted=(noted,)), 12) == grant


def test_without_rules_nothing_is_checked() -> None:
    assert judge(books().grant, the_entries("| 2023-07-01 | payment | 100 | cctv | | capital |")[0], AROUND) == ()


@pytest.mark.parametrize(
    ("rules", "pointer"),
    [
        (Rules(spending_window=Window(clause=CLAUSE, breach=Breach.WARN)), "/spending_window"),
        (Rules(spending_window=replace(WINDOW, last_day=date(2023, 5, 31))), "/spending_window/last_day"),
        (Rules(asset_threshold=policy(Breach.REFUSE)), "/asset_threshold/breach"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused(rules: Rules, pointer: str) -> None:
    with pytest.raises(Contradictory) as refusal:
        checked(rules)

    assert [error.pointer for error in refusal.value.errors] == [pointer]


def test_a_grant_begins_with_its_funds_rules() -> None:
    fund = replace(FUND, rules=FundRules(for_grants=Rules(virement_limit=limit(5_000), no_carrying=policy())))
    plain = replace(books().grant, rules=Rules(virement_limit=limit(1)))

    assert offer(plain, fund).grant.rules == Rules(virement_limit=limit(1), no_carrying=policy())
    assert offer(replace(plain, rules=None), fund).grant.rules == fund.rules.for_grants
    assert offer(replace(plain, rules=None), FUND).grant.rules is None


def present_answers(grant: Grant, allocated: dict[Category, int] | None = None) -> dict[RuleName, Answer]:
    return {answer.rule: answer for answer in present(grant, allocated or {}, TODAY)}


def test_each_rule_has_a_present_answer_with_its_figures() -> None:
    rules = Rules(
        spending_window=WINDOW,
        eligible_categories=LIGHTING_ONLY,
        capital_ceiling=limit(100),
        revenue_ceiling=limit(100),
        match_ratio=policy(),
        virement_limit=limit(5_000),
        write_off_limit=limit(5_000),
        no_carrying=policy(),
        asset_threshold=policy(),
    )
    held = books().then("| on | what | pence | for | nature |\n| 2023-07-01 | payment | 101 | lighting | capital |")
    grant = replace(ruled(rules, held), match=MatchRequirement(basis_points=5_000, base=MatchBase.GRANT), asset_threshold_pence=500)

    answers = present_answers(grant, {Category.STREET_LIGHTING: 110_000, Category.CCTV: 20_000})

    assert list(answers) == list(RuleName)
    assert {name: answer.outcome for name, answer in answers.items() if answer.outcome is not Outcome.PASS} == {
        RuleName.SPENDING_WINDOW: Outcome.REFUSE,
        RuleName.ELIGIBLE_CATEGORIES: Outcome.REFUSE,
        RuleName.CAPITAL_CEILING: Outcome.REFUSE,
        RuleName.MATCH_RATIO: Outcome.WARN,
    }
    assert answers[RuleName.ELIGIBLE_CATEGORIES].figures["not_eligible_pence"] == 20_000
    assert answers[RuleName.MATCH_RATIO].figures["short_by_pence"] == 51
    assert answers[RuleName.NO_CARRYING].figures == {"not_used_in_past_years_pence": 0}
    assert answers[RuleName.ASSET_THRESHOLD].figures == {"threshold_pence": 500}
    assert {answer.clause for answer in answers.values()} == {CLAUSE}


def test_what_past_years_did_not_use_is_said_and_breaks_nothing() -> None:
    (answer,) = present(ruled(Rules(no_carrying=policy(Breach.REFUSE))), {}, date(2024, 4, 1))

    assert (answer.outcome, answer.figures) == (Outcome.PASS, {"not_used_in_past_years_pence": 150_000})


# ---- waivers

WINDOWED = Rules(spending_window=WINDOW)
LATE = "| 2024-02-01 | payment | 100 | lighting | | capital |"


def waiver(rule: RuleName = RuleName.SPENDING_WINDOW, expires: date = date(2024, 2, 29)) -> Waiver:
    return Waiver(id=1, rule=rule, clause="", expires=expires, publishable=True, requested_by=PREPARER.subject)


def recorded(grant: Grant, *facts: GrantFact, seq: int = 20) -> Grant:
    for number, fact in enumerate(facts, seq):
        grant = apply(grant, fact, number)
    return grant


def asked() -> Grant:
    grant = ruled(WINDOWED)
    return recorded(grant, request_waiver(grant, waiver()))


def waived() -> Grant:
    grant = asked()
    return recorded(grant, approve_waiver(grant, 1, APPROVER), seq=21)


def test_a_waiver_lets_a_broken_rule_pass_and_says_so() -> None:
    (noted,) = judge_all(waived(), 30, the_entries(LATE), AROUND)

    assert (noted.answer.outcome, noted.answer.waiver) == (Outcome.PASS, 1)


def test_a_waiver_that_nobody_approved_changes_nothing() -> None:
    grant = asked()
    for held in (grant, recorded(grant, reject_waiver(grant, 1, APPROVER), seq=21)):
        with pytest.raises(RuleBroken):
            judge_all(held, 30, the_entries(LATE), AROUND)


@pytest.mark.parametrize(("today", "state"), [(date(2024, 2, 29), WaiverState.APPROVED), (date(2024, 3, 1), WaiverState.EXPIRED)])
def test_an_expired_waiver_blocks_again(today: date, state: WaiverState) -> None:
    grant = waived()
    (answer,) = judge(grant, the_entries(LATE)[0], replace(AROUND, today=today))

    assert grant.waivers[0].state(today) is state
    assert answer.outcome is (Outcome.PASS if state is WaiverState.APPROVED else Outcome.REFUSE)


def test_a_waiver_waives_its_own_rule_only() -> None:
    grant = replace(waived(), rules=replace(WINDOWED, capital_ceiling=limit(50)))

    with pytest.raises(RuleBroken) as refusal:
        judge_all(grant, 30, the_entries(LATE), AROUND)
    assert [each.rule for each in refusal.value.answers] == [RuleName.CAPITAL_CEILING]


@pytest.mark.parametrize(
    "decide", [lambda grant, actor: approve_waiver(grant, 1, actor), lambda grant, actor: reject_waiver(grant, 1, actor)]
)
@pytest.mark.parametrize("role", list(Role))
def test_nobody_decides_on_a_waiver_they_asked_for(decide: Callable[[Grant, Actor], object], role: Role) -> None:
    with pytest.raises(PreparerCannotApprove):
        decide(asked(), Actor(subject=PREPARER.subject, roles=frozenset({role})))


def test_a_waiver_is_decided_once() -> None:
    with pytest.raises(NotInState, match="is approved; this needs it to be requested"):
        reject_waiver(waived(), 1, APPROVER)
    with pytest.raises(Missing, match=f"no waiver with the id '{GRANT_ID}/waivers/2'"):
        approve_waiver(waived(), 2, APPROVER)


def test_only_a_rule_that_is_set_can_be_waived() -> None:
    with pytest.raises(Contradictory, match="has no rule capital_ceiling to waive"):
        request_waiver(ruled(WINDOWED), waiver(RuleName.CAPITAL_CEILING))
    with pytest.raises(Contradictory, match="has no rule spending_window"):
        request_waiver(books().grant, waiver())


@pytest.mark.parametrize(
    ("rules", "changed"),
    [
        (replace(WINDOWED, spending_window=replace(WINDOW, last_day=date(2024, 2, 15))), "set anew by record 21, by Financial regulations"),
        (Rules(), "has no rule spending_window any more"),
    ],
)
def test_a_waiver_whose_rule_was_changed_meanwhile_says_so(rules: Rules, changed: str) -> None:
    grant = recorded(asked(), RulesSet(rules=rules), seq=21)
    with pytest.raises(RequestStale, match=changed):
        approve_waiver(grant, 1, APPROVER)


def test_a_waiver_is_not_stale_for_another_rules_sake() -> None:
    ruled_then_asked = recorded(ruled(Rules()), RulesSet(rules=WINDOWED), seq=19)
    grant = recorded(ruled_then_asked, request_waiver(ruled_then_asked, waiver()))
    grant = recorded(grant, RulesSet(rules=replace(WINDOWED, virement_limit=limit(1))), seq=21)

    assert approve_waiver(grant, 1, APPROVER).waiver.decided is WaiverState.APPROVED


def test_a_waiver_that_is_entered_late_is_on_the_record_and_lets_nothing_pass() -> None:
    grant = recorded(ruled(WINDOWED), request_waiver(ruled(WINDOWED), waiver(expires=date(2024, 1, 31))))
    grant = recorded(grant, approve_waiver(grant, 1, APPROVER), seq=21)

    assert grant.waivers[0].state(TODAY) is WaiverState.EXPIRED
    with pytest.raises(RuleBroken):
        judge_all(grant, 30, the_entries(LATE), AROUND)


def test_the_waiver_that_holds_longest_is_named() -> None:
    grant = waived()
    longer = replace(grant.waivers[0], id=2, expires=date(2024, 3, 31))
    (answer,) = judge(replace(grant, waivers=(*grant.waivers, longer)), the_entries(LATE)[0], AROUND)

    assert answer.waiver == 2


def test_match_entries_move_what_is_matched_and_corrections_of_them_too() -> None:
    held = books().then("""
        | on         | what          | pence | nature  | id |
        | 2023-06-01 | match_cash    |   500 | capital | m  |
        | 2023-06-02 | match_in_kind |   250 | capital |    |
    """)
    put_right = held.then("| on | what | pence | of |\n| 2023-06-03 | correction | -100 | m |")

    assert (held.grant.matched_pence, put_right.grant.matched_pence) == (750, 650)
    assert put_right.last.kind is EntryKind.CORRECTION
