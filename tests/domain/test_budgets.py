"""Budgets and their variations: requested by one person, approved by another, before and after kept."""

from datetime import date

import pytest

from chalicelib.domain.budgets import approve, find_variation, reject, request_variation
from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import Entry
from chalicelib.domain.errors import Invalid, Missing, NotInState, PreparerCannotApprove, RequestStale
from chalicelib.domain.funds import Fund, FundRules, MatchBase, MatchRequirement
from chalicelib.domain.grants import GrantState, move
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.refusals import (
    AllocationExhausted,
    AwardAboveCeiling,
    MatchRequired,
    MoneyMayNotMove,
    ReductionBelowUse,
    VariationUnbalanced,
)
from chalicelib.domain.values import replace
from chalicelib.domain.variations import Budget, LineChange, Variation, VariationDecided, VariationKind, VariationState
from tests.domain.ledger_tables import APPROVER, FUND, NOTHING, PREPARER, Books, ledger

FIXED_YEARS = replace(FUND, rules=FundRules(money_may_move_between_years=False))
END = date(2025, 3, 31)


def warwickshire() -> Books:
    return ledger("""
        | on         | what  | pounds  | year    |
        | 2023-10-02 | award | 465,000 | 2023-24 |
        | 2023-10-02 | award | 535,000 | 2024-25 |
    """)


def change(financial_year: str, pounds: int, nature: Nature = Nature.NOT_STATED) -> LineChange:
    return LineChange(financial_year=financial_year, nature=nature, change_pence=pounds * 100)


def variation(kind: VariationKind, *changes: LineChange, ends: date | None = None) -> Variation:
    return Variation(
        id=1,
        kind=kind,
        dated=date(2023, 12, 14),
        reason="The fund was cut",
        notice_reference="Letter of 14 December 2023",
        changes=changes,
        ends=ends,
        requested_by=PREPARER.subject,
    )


REDUCTION = variation(VariationKind.REDUCTION, change("2024-25", -180_000))


def requested(books: Books, wanted: Variation, fund: Fund = FUND) -> Books:
    return books.record((request_variation(books.grant, fund, wanted),))


def approved(books: Books, wanted: Variation, fund: Fund = FUND) -> Books:
    asked = requested(books, wanted, fund)
    return asked.record(approve(asked.grant, fund, wanted.id, APPROVER))


def test_the_reduction_of_14_december_2023_leaves_warwickshire_820_000() -> None:
    books = approved(warwickshire(), REDUCTION)

    assert warwickshire().grant.awarded_pence == 1_000_000_00
    assert books.grant.awarded_pence == 820_000_00
    assert [line.awarded_pence for line in books.grant.lines] == [465_000_00, 355_000_00]
    assert books.measures == NOTHING.changed(awarded=820_000_00, unallocated=820_000_00)
    assert books.of(year="2024-25").awarded_pence == 355_000_00


def recorded(books: Books) -> Variation:
    """The variation as the record of its decision holds it."""
    return next(fact.variation for fact in reversed(books.facts) if isinstance(fact, VariationDecided))


def test_an_approved_variation_keeps_the_budget_before_and_after_in_its_record() -> None:
    before = warwickshire()
    after = approved(before, REDUCTION)
    held = recorded(after)

    kept = find_variation(after.grant, 1)
    assert (kept.before, kept.after, kept.state) == (None, None, VariationState.APPROVED)
    assert kept.decided_in is not None
    assert held.state is VariationState.APPROVED
    assert (held.requested_by, held.decided_by) == ("officer", "finance")
    assert held.before == Budget(lines=before.grant.lines, ends=END)
    assert held.after is not None
    assert [line.awarded_pence for line in held.after.lines] == [465_000_00, 355_000_00]
    assert held.after.ends == END


def test_an_approved_variation_posts_an_entry_for_each_line_it_changes() -> None:
    entry = approved(warwickshire(), REDUCTION).last

    assert (entry.kind, entry.on, entry.cell) == ("variation", date(2023, 12, 14), "-#2024-25#not_stated")
    assert (entry.amount_pence, entry.moves) == (-180_000_00, {"awarded": -180_000_00})
    assert entry.reference == "Letter of 14 December 2023"


def test_hexthorpes_top_up_of_100_000_makes_649_964() -> None:
    books = ledger("""
        | on         | what   | pounds  |
        | 2020-07-01 | award  | 549,964 |
        | 2021-01-15 | top_up | 100,000 |
    """)

    assert books.measures == NOTHING.changed(awarded=649_964_00, unallocated=649_964_00)
    assert books.grant.variations[0].kind is VariationKind.TOP_UP


def test_a_request_changes_nothing_yet() -> None:
    books = requested(warwickshire(), REDUCTION)

    assert books.grant.awarded_pence == 1_000_000_00
    assert books.grant.lines == warwickshire().grant.lines
    assert books.entries == warwickshire().entries
    assert find_variation(books.grant, 1).state is VariationState.REQUESTED


def test_a_rejected_variation_leaves_the_budget_as_it_was() -> None:
    books = requested(warwickshire(), REDUCTION)
    books = books.record(reject(books.grant, 1, APPROVER))

    assert find_variation(books.grant, 1).state is VariationState.REJECTED
    assert find_variation(books.grant, 1).after is None
    assert books.grant.lines == warwickshire().grant.lines
    assert books.measures == warwickshire().measures


@pytest.mark.parametrize("role", Role)
def test_the_preparer_can_neither_approve_nor_reject(role: Role) -> None:
    grant = requested(warwickshire(), REDUCTION).grant
    preparer = Actor(subject=PREPARER.subject, roles=frozenset({role}))

    with pytest.raises(PreparerCannotApprove):
        approve(grant, FUND, 1, preparer)
    with pytest.raises(PreparerCannotApprove):
        reject(grant, 1, preparer)


def test_a_decided_variation_is_not_decided_again() -> None:
    grant = approved(warwickshire(), REDUCTION).grant

    with pytest.raises(NotInState, match=r"The variation ssf-5-example/variations/1 is approved; this needs it to be requested\."):
        approve(grant, FUND, 1, APPROVER)
    with pytest.raises(NotInState):
        reject(grant, 1, APPROVER)


def test_a_variation_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing, match="ssf-5-example/variations/7"):
        approve(warwickshire().grant, FUND, 7, APPROVER)


def test_a_reduction_below_use_is_refused_and_says_by_how_much() -> None:
    books = warwickshire().then("""
        | on         | what       | pounds  | for      | year    | id |
        | 2023-11-01 | allocation | 535,000 | lighting | 2024-25 |    |
        | 2024-05-01 | commitment | 300,000 | lighting |         |    |
        | 2024-06-01 | accrual    |  40,000 | lighting |         |    |
        | 2024-07-01 | payment    |  60,000 | lighting |         | p1 |
    """)

    with pytest.raises(ReductionBelowUse) as refused:
        request_variation(books.grant, FUND, REDUCTION)

    assert (refused.value.reduced_to_pence, refused.value.used_pence) == (355_000_00, 400_000_00)
    assert refused.value.short_by_pence == 45_000_00
    assert refused.value.members["short_by_pence"] == 45_000_00
    assert "£355,000.00 would be £45,000.00 short" in str(refused.value)


def test_a_reduction_down_to_the_use_is_granted() -> None:
    books = warwickshire().then("""
        | on         | what       | pounds  | for      | year    |
        | 2023-11-01 | allocation | 535,000 | lighting | 2024-25 |
        | 2024-05-01 | commitment | 355,000 | lighting |         |
    """)

    assert approved(books, REDUCTION).grant.awarded_pence == 820_000_00


def test_a_reduction_below_the_allocations_shows_as_unallocated_below_nothing() -> None:
    books = approved(
        warwickshire().then("""
            | on         | what       | pounds  | for      | year    |
            | 2023-11-01 | allocation | 400,000 | lighting | 2024-25 |
            | 2023-11-01 | allocation | 135,000 | cctv     | 2024-25 |
        """),
        REDUCTION,
    )

    assert books.of(year="2024-25") == NOTHING.changed(
        awarded=355_000_00, allocated=535_000_00, unallocated=-180_000_00, available=535_000_00
    )


def test_after_a_reduction_allocations_are_cut_or_moved_until_they_fit() -> None:
    books = approved(
        warwickshire().then("""
            | on         | what       | pounds  | for      | year    |
            | 2023-11-01 | allocation | 400,000 | lighting | 2024-25 |
            | 2023-11-01 | allocation | 135,000 | cctv     | 2024-25 |
        """),
        REDUCTION,
    ).then("""
        | on         | what       | pounds   | for      | to   | year    |
        | 2024-01-10 | virement   |   20,000 | lighting | cctv | 2024-25 |
        | 2024-01-10 | allocation | -180,000 | lighting |      | 2024-25 |
    """)

    assert books.of("lighting").allocated_pence == 200_000_00
    assert books.of("cctv").allocated_pence == 155_000_00
    assert books.of(year="2024-25").unallocated_pence == 0


def test_an_approval_is_worked_out_on_the_budget_of_its_moment() -> None:
    asked = requested(
        warwickshire().then("""
            | on         | what       | pounds  | for      | year    |
            | 2023-11-01 | allocation | 535,000 | lighting | 2024-25 |
        """),
        REDUCTION,
    )
    spent = asked.then("""
        | on         | what       | pounds  | for      |
        | 2024-05-01 | commitment | 355,001 | lighting |
    """)

    with pytest.raises(ReductionBelowUse) as refused:
        approve(spent.grant, FUND, 1, APPROVER)

    assert refused.value.short_by_pence == 1_00


def test_what_was_promised_but_not_awarded_cannot_be_spent() -> None:
    books = approved(
        warwickshire().then("""
            | on         | what       | pounds  | for      | year    |
            | 2023-11-01 | allocation | 535,000 | lighting | 2024-25 |
        """),
        REDUCTION,
    )

    with pytest.raises(Exception, match=r"ssf-5-example has £355,000\.00 left on its award line") as refused:
        books.then("""
            | on         | what       | pounds     | for      |
            | 2024-05-01 | commitment | 355,000.01 | lighting |
        """)

    assert not isinstance(refused.value, AllocationExhausted)


def test_a_line_cannot_fall_below_nothing() -> None:
    with pytest.raises(Invalid, match="/changes: 2024-25 not_stated would fall below nothing"):
        request_variation(warwickshire().grant, FUND, variation(VariationKind.REDUCTION, change("2024-25", -535_001)))


def test_a_top_up_may_open_a_new_line() -> None:
    books = approved(warwickshire(), variation(VariationKind.TOP_UP, change("2023-24", 10_000, Nature.CAPITAL)))

    assert books.grant.line("2023-24", Nature.CAPITAL).awarded_pence == 10_000_00
    assert books.measures.awarded_pence == 1_010_000_00


def test_a_change_outside_the_period_is_refused_at_its_place() -> None:
    changes = (change("2024-25", 1), change("2025-26", 1))

    with pytest.raises(Invalid) as refused:
        request_variation(warwickshire().grant, FUND, variation(VariationKind.TOP_UP, *changes))

    assert refused.value.errors[0].pointer == "/changes/1/financial_year"
    assert refused.value.errors[0].detail == "2025-26 has no day in the grant's period, 2023-04-01 to 2025-03-31"


@pytest.mark.parametrize(
    ("kind", "pounds"),
    [
        (VariationKind.TOP_UP, -1),
        (VariationKind.TOP_UP, 0),
        (VariationKind.REDUCTION, 1),
        (VariationKind.REDUCTION, 0),
        (VariationKind.EXTENSION, 1),
        (VariationKind.RE_PROFILE, -1),
    ],
)
def test_the_lines_of_a_variation_fit_its_kind(kind: VariationKind, pounds: int) -> None:
    ends = date(2025, 6, 30) if kind is VariationKind.EXTENSION else None

    with pytest.raises(VariationUnbalanced):
        request_variation(warwickshire().grant, FUND, variation(kind, change("2024-25", pounds), ends=ends))


def test_a_re_profile_changes_at_least_one_line() -> None:
    with pytest.raises(VariationUnbalanced):
        request_variation(warwickshire().grant, FUND, variation(VariationKind.RE_PROFILE))


def test_a_re_profile_within_a_year_is_always_granted() -> None:
    books = approved(
        warwickshire(),
        variation(VariationKind.RE_PROFILE, change("2023-24", -65_000), change("2023-24", 65_000, Nature.CAPITAL)),
        FIXED_YEARS,
    )

    assert [(str(line.nature), line.awarded_pence) for line in books.grant.lines] == [
        ("capital", 65_000_00),
        ("not_stated", 400_000_00),
        ("not_stated", 535_000_00),
    ]
    assert books.measures.awarded_pence == 1_000_000_00


def test_a_re_profile_across_years_is_granted_where_the_fund_allows_it() -> None:
    books = approved(warwickshire(), variation(VariationKind.RE_PROFILE, change("2023-24", -65_000), change("2024-25", 65_000)))

    assert books.of(year="2023-24").awarded_pence == 400_000_00
    assert books.of(year="2024-25").awarded_pence == 600_000_00


@pytest.mark.parametrize(
    ("kind", "this_year", "next_year"),
    [
        (VariationKind.RE_PROFILE, -65_000, 65_000),
        (VariationKind.TOP_UP, -65_000, 65_001),
        (VariationKind.REDUCTION, 65_000, -65_001),
    ],
)
def test_no_year_gains_what_another_loses_unless_the_fund_allows_it(kind: VariationKind, this_year: int, next_year: int) -> None:
    with pytest.raises(MoneyMayNotMove, match="ssf-5 does not let money move between financial years"):
        request_variation(warwickshire().grant, FIXED_YEARS, variation(kind, change("2023-24", this_year), change("2024-25", next_year)))


def test_several_years_may_be_topped_up_or_cut_at_once() -> None:
    up = variation(VariationKind.TOP_UP, change("2023-24", 1), change("2024-25", 2))
    down = variation(VariationKind.REDUCTION, change("2023-24", -1), change("2024-25", -2))

    assert approved(warwickshire(), up, FIXED_YEARS).measures.awarded_pence == 1_000_003_00
    assert approved(warwickshire(), down, FIXED_YEARS).measures.awarded_pence == 999_997_00


def test_an_extension_moves_the_last_day_and_no_money() -> None:
    before = warwickshire()
    books = approved(before, variation(VariationKind.EXTENSION, ends=date(2025, 6, 30)))
    held = recorded(books)

    assert books.grant.ends == date(2025, 6, 30)
    assert books.measures == before.measures
    assert books.entries == before.entries
    assert (held.before, held.after) == (
        Budget(lines=before.grant.lines, ends=END),
        Budget(lines=before.grant.lines, ends=date(2025, 6, 30)),
    )


def test_an_extension_may_carry_money_into_its_new_year() -> None:
    extension = variation(VariationKind.EXTENSION, change("2024-25", -35_000), change("2025-26", 35_000), ends=date(2025, 6, 30))

    assert approved(warwickshire(), extension).of(year="2025-26").awarded_pence == 35_000_00
    with pytest.raises(MoneyMayNotMove):
        request_variation(warwickshire().grant, FIXED_YEARS, extension)


@pytest.mark.parametrize("ends", [END, date(2024, 12, 31)])
def test_an_extension_ends_later(ends: date) -> None:
    with pytest.raises(Invalid, match="/ends: must be after the grant's present last day, 2025-03-31"):
        request_variation(warwickshire().grant, FUND, variation(VariationKind.EXTENSION, ends=ends))


def test_only_an_extension_gives_a_last_day() -> None:
    with pytest.raises(Invalid, match="/ends"):
        request_variation(warwickshire().grant, FUND, variation(VariationKind.EXTENSION))
    with pytest.raises(Invalid, match="/ends"):
        request_variation(warwickshire().grant, FUND, variation(VariationKind.TOP_UP, change("2024-25", 1), ends=date(2025, 6, 30)))


def test_a_top_up_above_the_funds_ceiling_is_refused() -> None:
    capped = replace(FUND, rules=FundRules(award_ceilings={"2024-25": 535_000_00}))

    with pytest.raises(AwardAboveCeiling):
        request_variation(warwickshire().grant, capped, variation(VariationKind.TOP_UP, change("2024-25", 1)))


def test_a_reduction_is_granted_even_where_the_ceiling_fell_further() -> None:
    capped = replace(FUND, rules=FundRules(award_ceilings={"2024-25": 100_000_00}))

    assert approved(warwickshire(), REDUCTION, capped).measures.awarded_pence == 820_000_00


def test_a_top_up_without_the_match_its_fund_requires_is_refused() -> None:
    matched = replace(FUND, rules=FundRules(match=MatchRequirement(basis_points=5000, base=MatchBase.GRANT)))

    with pytest.raises(MatchRequired):
        request_variation(warwickshire().grant, matched, variation(VariationKind.TOP_UP, change("2024-25", 1)))


def test_a_closed_grants_budget_stays_as_it_is() -> None:
    asked = requested(warwickshire(), REDUCTION)
    closed = asked.record(move(asked.grant, GrantState.CLOSED, END))

    with pytest.raises(NotInState):
        request_variation(closed.grant, FUND, REDUCTION)
    with pytest.raises(NotInState):
        approve(closed.grant, FUND, 1, APPROVER)


def test_a_variation_keeps_what_the_lines_have_allocated_and_used() -> None:
    books = approved(
        warwickshire().then("""
            | on         | what       | pounds  | for      | year    |
            | 2023-11-01 | allocation | 300,000 | lighting | 2024-25 |
            | 2024-05-01 | payment    | 100,000 | lighting |         |
        """),
        REDUCTION,
    )
    line = books.grant.line("2024-25", Nature.NOT_STATED)

    assert (line.awarded_pence, line.allocated_pence, line.used_pence) == (355_000_00, 300_000_00, 100_000_00)


def test_every_entry_of_a_variation_is_an_entry_of_the_ledger() -> None:
    both = variation(VariationKind.TOP_UP, change("2023-24", 1), change("2024-25", 2))
    asked = requested(warwickshire(), both)

    entries = [fact for fact in approve(asked.grant, FUND, 1, APPROVER) if isinstance(fact, Entry)]

    assert [(entry.cell, entry.amount_pence) for entry in entries] == [
        ("-#2023-24#not_stated", 1_00),
        ("-#2024-25#not_stated", 2_00),
    ]


def test_a_variation_is_stale_once_another_has_changed_the_same_lines() -> None:
    asked = requested(requested(warwickshire(), REDUCTION), replace(REDUCTION, id=2))
    approved_first = asked.record(approve(asked.grant, FUND, 1, APPROVER))

    with pytest.raises(RequestStale) as refusal:
        approve(approved_first.grant, FUND, 2, APPROVER)
    assert refusal.value.id == "ssf-5-example/variations/2"
    assert refusal.value.changed == "variation 1 was approved by record 8, and changed the same budget."
    reject(approved_first.grant, 2, APPROVER)


@pytest.mark.parametrize(
    ("other", "stale"),
    [
        (variation(VariationKind.TOP_UP, change("2023-24", 1)), False),
        (variation(VariationKind.TOP_UP, change("2024-25", 1)), True),
        (variation(VariationKind.EXTENSION, ends=date(2025, 6, 30)), False),
    ],
)
def test_a_variation_is_not_stale_for_what_it_does_not_touch(other: Variation, stale: bool) -> None:
    asked = requested(requested(warwickshire(), replace(other, id=1)), replace(REDUCTION, id=2))
    books = asked.record(approve(asked.grant, FUND, 1, APPROVER))

    if stale:
        with pytest.raises(RequestStale):
            approve(books.grant, FUND, 2, APPROVER)
    else:
        assert approve(books.grant, FUND, 2, APPROVER)


def test_of_two_extensions_the_second_is_stale() -> None:
    first = variation(VariationKind.EXTENSION, ends=date(2025, 6, 30))
    asked = requested(requested(warwickshire(), first), replace(first, id=2, ends=date(2025, 9, 30)))
    books = asked.record(approve(asked.grant, FUND, 1, APPROVER))

    with pytest.raises(RequestStale):
        approve(books.grant, FUND, 2, APPROVER)
