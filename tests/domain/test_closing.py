"""Closing quarters: who may post into them, in which order they close and reopen, and what was reported."""

from collections.abc import Callable
from datetime import date

import pytest

from chalicelib.domain import closing
from chalicelib.domain.cells import added
from chalicelib.domain.closing_refusals import (
    EarlierPeriodOpen,
    LaterPeriodClosed,
    NoSuchPeriod,
    PeriodIsClosed,
    PeriodIsHeld,
    QuarterNotOver,
    ReopeningNeeded,
)
from chalicelib.domain.columns import QUARTERLY, columns, in_quarter, quarterly
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.errors import IllegalMove, NotInState, PreparerCannotApprove
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.quarter_states import PeriodFact, PeriodState, first_open_day
from chalicelib.domain.values import replace
from tests.domain.ledger_tables import Books, ledger

Move = Callable[[Grant, Quarter], PeriodFact]
Q1, Q2, Q3, Q4 = (Quarter.parse(f"2023-24-Q{number}") for number in (1, 2, 3, 4))
FINANCE = Actor(subject="finance", roles=frozenset({Role.FINANCE}))
OFFICER = Actor(subject="officer", roles=frozenset({Role.OFFICER}))
CERTIFIER = Actor(subject="certifier", roles=frozenset({Role.CERTIFIER}))
LATER = date(2024, 7, 1)


@pytest.fixture
def books() -> Books:
    """A year's grant: £600 of lighting paid in Q1, £400 committed in Q2, £50 of match in Q3."""
    return ledger("""
        | on         | what       | pence  | for      | id    |
        | 2023-04-01 | award      | 500000 |          |       |
        | 2023-04-03 | allocation | 200000 | lighting |       |
        | 2023-04-03 | allocation | 100000 | cctv     |       |
        | 2023-05-02 | payment    |  60000 | lighting | lamps |
        | 2023-08-14 | commitment |  40000 | cctv     | order |
        | 2023-11-20 | match_cash |   5000 | lighting | gift  |
    """)


def held(books: Books, *quarters: Quarter) -> Books:
    for quarter in quarters:
        books = books.record((closing.hold(books.grant, quarter),))
    return books


def closed(books: Books, *quarters: Quarter) -> Books:
    for quarter in quarters:
        books = held(books, quarter)
        books = books.record((closing.close(books.grant, quarter, books.purse.cells, LATER, FINANCE),))
    return books


def dated(on: date) -> Entry:
    return Entry(kind=EntryKind.ALLOCATION, on=on, cell="lighting#2023-24#not_stated", amount_pence=1)


def state(books: Books, quarter: Quarter) -> PeriodState:
    return closing.period(books.grant, quarter).state


def test_a_quarter_of_which_nothing_was_said_is_open(books: Books) -> None:
    assert [state(books, quarter) for quarter in closing.quarters(books.grant)] == [PeriodState.OPEN] * 4
    closing.admit(books.grant, dated(date(2023, 5, 1)), OFFICER)


def test_a_grant_has_the_quarters_in_which_it_has_a_day(books: Books) -> None:
    short = replace(books.grant, starts=date(2023, 6, 30), ends=date(2024, 1, 1))

    assert [str(quarter) for quarter in closing.quarters(short)] == ["2023-24-Q1", "2023-24-Q2", "2023-24-Q3", "2023-24-Q4"]


@pytest.mark.parametrize("text", ["2022-23-Q4", "2024-25-Q1"])
def test_there_are_no_periods_outside_the_grants_own(books: Books, text: str) -> None:
    with pytest.raises(NoSuchPeriod) as refused:
        closing.hold(books.grant, Quarter.parse(text))

    assert str(refused.value) == f"ssf-5-example runs from 2023-24-Q1 to 2023-24-Q4: it has no period {text}."


def test_even_a_grant_of_all_time_has_its_quarters(books: Books) -> None:
    ever = replace(books.grant, starts=date.min, ends=date.max)

    assert str(next(iter(closing.quarters(ever)))) == "0001-02-Q1"
    assert closing.period(ever, Quarter.parse("9998-99-Q4")).state is PeriodState.OPEN


@pytest.mark.parametrize(
    ("on", "who", "goes"),
    [
        (date(2023, 6, 30), OFFICER, True),
        (date(2023, 7, 1), OFFICER, False),
        (date(2023, 7, 1), FINANCE, True),
        (date(2023, 9, 30), OFFICER, False),
        (date(2023, 9, 30), CERTIFIER, False),
        (date(2023, 10, 1), OFFICER, True),
    ],
)
def test_into_a_held_quarter_only_finance_posts(books: Books, on: date, who: Actor, goes: bool) -> None:
    grant = held(books, Q2).grant
    if goes:
        closing.admit(grant, dated(on), who)
        return
    with pytest.raises(PeriodIsHeld) as refused:
        closing.admit(grant, dated(on), who)
    assert str(refused.value) == (
        f"2023-24-Q2 of ssf-5-example is held until finance closes it: finance posts what is dated {on}, "
        "or takes the hold back first where finance may not."
    )


@pytest.mark.parametrize(
    ("on", "goes"),
    [(date(2023, 3, 31), True), (date(2023, 4, 1), False), (date(2023, 9, 30), False), (date(2023, 10, 1), True), (date(2024, 5, 1), True)],
)
def test_into_a_closed_quarter_nobody_posts(books: Books, on: date, goes: bool) -> None:
    grant = closed(books, Q1, Q2).grant
    if goes:
        closing.admit(grant, dated(on), FINANCE)
        return
    with pytest.raises(PeriodIsClosed) as refused:
        closing.admit(grant, dated(on), FINANCE)
    assert refused.value.first_open_day == date(2023, 10, 1)
    assert str(refused.value).endswith("what comes late is dated 2023-10-01 or after, and names the entry that it puts right.")


def test_a_quarter_is_held_before_it_is_closed(books: Books) -> None:
    with pytest.raises(IllegalMove, match="The period is open and cannot become closed: from here it can become held"):
        closing.close(books.grant, Q1, {}, LATER, FINANCE)


def test_a_hold_can_be_taken_back(books: Books) -> None:
    freed = held(books, Q1).record((closing.free(held(books, Q1).grant, Q1),))

    assert state(freed, Q1) is PeriodState.OPEN


def test_quarters_close_from_the_earliest_on(books: Books) -> None:
    with pytest.raises(EarlierPeriodOpen) as refused:
        closed(closed(books, Q1), Q3)

    assert (refused.value.quarter, refused.value.earlier) == ("2023-24-Q3", "2023-24-Q2")


@pytest.mark.parametrize(("today", "goes"), [(date(2023, 6, 30), False), (date(2023, 7, 1), True)])
def test_a_quarter_closes_once_it_is_over(books: Books, today: date, goes: bool) -> None:
    grant = held(books, Q1).grant
    if goes:
        assert closing.close(grant, Q1, {}, today, FINANCE).quarter == "2023-24-Q1"
        return
    with pytest.raises(QuarterNotOver):
        closing.close(grant, Q1, {}, today, FINANCE)


def test_an_offer_has_nothing_to_close(books: Books) -> None:
    with pytest.raises(NotInState):
        closing.hold(replace(books.grant, state=GrantState.OFFERED), Q1)


def test_what_is_reported_are_the_quarters_own_cells(books: Books) -> None:
    fact = closing.close(held(books, Q1).grant, Q1, books.purse.cells, LATER, FINANCE)

    assert fact.cells == {"lighting#2023-24-Q1#not_stated": {"paid": 60_000}}


def test_a_late_correction_moves_what_is_corrected_and_never_what_was_reported(books: Books) -> None:
    after = closed(books, Q1).then("""
        | on         | what       | pence | of    |
        | 2023-07-10 | correction |  -600 | lamps |
    """)

    assert after.last.on == date(2023, 7, 10)
    assert after.last.cell == "lighting#2023-24-Q1#not_stated"
    assert spent(after, Q1) == (60_000, 59_400, -600)
    assert spent(after, Q2) == (None, 0, None)


def test_a_recoding_of_a_closed_quarters_payment_stays_in_that_quarter(books: Books) -> None:
    after = closed(books, Q1).then("""
        | on         | what   | pence | of    | to   |
        | 2023-07-10 | recode | 10000 | lamps | cctv |
    """)

    assert [entry.cell for entry in after.entries[-2:]] == ["lighting#2023-24-Q1#not_stated", "cctv#2023-24-Q1#not_stated"]
    assert spent(after, Q1) == (60_000, 60_000, 0)


def test_money_that_comes_back_belongs_to_the_quarter_in_which_it_came(books: Books) -> None:
    after = closed(books, Q1).then("""
        | on         | what   | pence | of    |
        | 2023-07-10 | refund | -5000 | lamps |
    """)

    assert after.last.cell == "lighting#2023-24-Q2#not_stated"
    assert spent(after, Q1) == (60_000, 60_000, 0)


def test_money_that_comes_back_after_the_year_shows_in_its_closed_last_quarter(books: Books) -> None:
    after = closed(books, Q1, Q2, Q3, Q4).then("""
        | on         | what   | pence | of    |
        | 2024-05-10 | refund | -5000 | lamps |
    """)

    assert spent(after, Q4) == (0, -5_000, -5_000)


def test_a_notice_dated_in_a_closed_quarter_takes_effect_on_the_first_open_day(books: Books) -> None:
    after = closed(books, Q1).then("""
        | on         | what   | pence |
        | 2023-06-12 | top_up |  1000 |
    """)

    assert after.last.on == date(2023, 7, 1)
    assert after.grant.variations[0].dated == date(2023, 6, 12)


def test_days_outside_closed_quarters_stay_as_they_are(books: Books) -> None:
    periods = closed(books, Q1).grant.periods

    assert [first_open_day(periods, on) for on in (date(2023, 3, 31), date(2023, 4, 1), date(2023, 7, 2))] == [
        date(2023, 3, 31),
        date(2023, 7, 1),
        date(2023, 7, 2),
    ]


def spent(books: Books, quarter: Quarter) -> tuple[int | None, int, int | None]:
    """A quarter's spending: as reported, as corrected, and the difference."""
    live = added(in_quarter(books.purse.cells, str(quarter)).values())
    closing_of_it = closing.period(books.grant, quarter).closing
    if closing_of_it is None:
        return None, quarterly(live)["spent"], None
    found = columns(closing_of_it.reported, live)
    return found.as_reported["spent"], found.as_corrected["spent"], found.difference["spent"]


def test_a_quarter_has_no_share_of_what_is_held_by_the_year() -> None:
    assert list(QUARTERLY) == ["committed", "accrued", "paid", "corrected", "refunded", "spent", "claimed", "received", "match"]


def reopening(books: Books, quarter: Quarter = Q2) -> Books:
    return books.record((closing.request_reopening(books.grant, quarter, "A bill was left out", FINANCE),))


def test_a_quarter_is_reopened_by_two_people(books: Books) -> None:
    asked = reopening(closed(books, Q1, Q2))
    opened = asked.record((closing.reopen(asked.grant, Q2, CERTIFIER),))

    assert [state(asked, Q2), state(opened, Q2), state(opened, Q1)] == [PeriodState.CLOSED, PeriodState.OPEN, PeriodState.CLOSED]
    closing.admit(opened.grant, dated(date(2023, 9, 30)), OFFICER)


def test_what_was_reported_is_kept_when_a_quarter_is_reopened_and_replaced_when_it_closes_again(books: Books) -> None:
    asked = reopening(closed(books, Q1), Q1)
    opened = asked.record((closing.reopen(asked.grant, Q1, CERTIFIER),)).then("""
        | on         | what    | pence | for      |
        | 2023-06-29 | payment |  2500 | lighting |
    """)

    assert spent(opened, Q1) == (60_000, 62_500, 2_500)
    assert spent(closed(opened, Q1), Q1) == (62_500, 62_500, 0)


def test_whoever_asked_cannot_reopen_whatever_their_role(books: Books) -> None:
    asked = reopening(closed(books, Q1), Q1)
    both = Actor(subject="finance", roles=frozenset(Role))

    for decide in (closing.reopen, closing.keep_closed):
        with pytest.raises(PreparerCannotApprove):
            decide(asked.grant, Q1, both)


def test_a_reopening_that_is_refused_leaves_the_quarter_closed_and_may_be_asked_for_again(books: Books) -> None:
    asked = reopening(closed(books, Q1), Q1)
    kept = asked.record((closing.keep_closed(asked.grant, Q1, CERTIFIER),))

    assert state(kept, Q1) is PeriodState.CLOSED
    assert closing.period(reopening(kept, Q1).grant, Q1).reopening is not None


def test_quarters_reopen_from_the_latest_back(books: Books) -> None:
    with pytest.raises(LaterPeriodClosed) as refused:
        reopening(closed(books, Q1, Q2), Q1)

    assert (refused.value.quarter, refused.value.later) == ("2023-24-Q1", "2023-24-Q2")


def test_a_request_that_a_later_closing_overtook_says_so(books: Books) -> None:
    overtaken = closed(reopening(closed(books, Q1), Q1), Q2)

    with pytest.raises(LaterPeriodClosed):
        closing.reopen(overtaken.grant, Q1, CERTIFIER)


def test_what_nobody_asked_for_is_not_decided(books: Books) -> None:
    with pytest.raises(NotInState, match="ssf-5-example/periods/2023-24-Q1 is not requested"):
        closing.reopen(closed(books, Q1).grant, Q1, CERTIFIER)


def test_a_quarter_is_asked_for_once_at_a_time_and_only_when_it_is_closed(books: Books) -> None:
    asked = reopening(closed(books, Q1), Q1)

    with pytest.raises(NotInState, match="is requested; this needs it to be decided"):
        reopening(asked, Q1)
    with pytest.raises(NotInState, match="is open; this needs it to be closed"):
        reopening(asked, Q2)


@pytest.mark.parametrize("move", [closing.hold, closing.free])
def test_a_closed_quarter_is_not_moved_by_one_person(books: Books, move: Move) -> None:
    with pytest.raises(ReopeningNeeded):
        move(closed(books, Q1).grant, Q1)
