"""History in words: of one thing, between two days, and what either reads."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.funds import Fund
from chalicelib.domain.values import replace
from chalicelib.reports.telling import Happened
from chalicelib.services import history, registers
from chalicelib.services.history import AT_ONCE, Days, HistoryTooLong
from chalicelib.storage.store import Store
from tests.services.offices import NOW, Office, invoice, line, pay
from tests.services.reporting import RETURN, agree, give_back, hand_in, report, reporting
from tests.services.tampering import remove_record
from tests.services.watched import Watched

GRANT = Name(Kind.GRANT, "ssf-4-example")
ALL = tuple(Kind)
TODAY = Days(first=date(2024, 2, 1), last=date(2024, 2, 1))


@pytest.fixture
def office() -> Office:
    return Office().open()


def at(office: Office, now: datetime, store: Store | None = None) -> Context:
    return replace(office.context(), now=now, store=store or office.store)


def renamed(office: Office, number: int, now: datetime) -> None:
    registers.amend_fund(at(office, now), "ssf-4", lambda held: replace(held, title=f"Round {number}"))


def days(first: str, last: str) -> Days:
    return Days(first=date.fromisoformat(first), last=date.fromisoformat(last))


def told(found: Iterable[Happened]) -> list[str]:
    return [f"{each.record.name} {each.record.seq}: {each.told.words}" for each in found]


def test_a_things_history_says_what_was_there_before(office: Office) -> None:
    for number in range(2):
        renamed(office, number, NOW)

    found = list(history.of_thing(office.context(), Name(Kind.FUND, "ssf-4")))

    assert told(found) == [
        "fund#ssf-4 1: Set up the fund.",
        "fund#ssf-4 2: Changed the fund's details.",
        "fund#ssf-4 3: Changed the fund's details.",
    ]
    assert [(each.before, each.after) for each in found[2].told.changes] == [("Round 0", "Round 1")]


def test_a_return_that_came_back_says_what_it_changed() -> None:
    office = reporting()
    hand_in(office)
    give_back(office)
    hand_in(office, said=report(250_000))
    agree(office)

    found = list(history.of_thing(office.context(), Name(Kind.RETURN, RETURN)))

    assert [each.told.words for each in found] == [
        "Wrote the return for 2023-24-Q2.",
        "Handed the return in.",
        "Asked for changes to the return: The forecast is short",
        "Wrote the return for 2023-24-Q2.",
        "Handed the return in.",
        "Accepted the return: Agreed",
    ]
    (change,) = found[3].told.changes
    assert (change.field, change.before, change.after) == ("forecasts: 2023-24-Q3", "amount £1,000.00", "amount £2,500.00")


def test_from_any_record_on_the_words_are_the_same(office: Office) -> None:
    for number in range(5):
        renamed(office, number, NOW)
    whole = list(history.of_thing(office.context(), Name(Kind.FUND, "ssf-4")))

    for after in range(6):
        assert list(history.of_thing(office.context(), Name(Kind.FUND, "ssf-4"), after)) == whole[after:]
    assert list(history.of_thing(office.context(), Name(Kind.FUND, "ssf-4"), 1, 3)) == whole[1:3]


def test_what_never_was_has_no_history(office: Office) -> None:
    with pytest.raises(Missing):
        list(history.of_thing(office.context(), Name(Kind.FUND, "nowhere")))
    assert list(history.of_thing(office.context(), Name(Kind.FUND, "ssf-4"), 1)) == []


def test_a_broken_chain_is_not_told(office: Office) -> None:
    remove_record(office, 3)

    with pytest.raises(ChainBroken):
        list(history.of_thing(office.context(), GRANT))


def test_money_needs_nothing_before_it(office: Office) -> None:
    watched = Watched(office.store)

    first = next(history.of_thing(at(office, NOW, watched), GRANT, after=5))

    assert first.told.words == "Allocated £6,000.00 of 2023-24 capital to lighting, dated 1 April 2023."
    assert (first.record.reason, watched.rows[f"links of {GRANT}"]) == ("As planned", 3)  # one more, for its hash
    assert watched.asked == [f"links of {GRANT}"]


def test_a_change_further_on_costs_one_more_read_of_what_came_before(office: Office) -> None:
    for number in range(4):
        renamed(office, number, NOW)
    watched = Watched(office.store)
    fund = Name(Kind.FUND, "ssf-4")

    list(history.of_thing(at(office, NOW, watched), fund, after=3))
    assert watched.asked == ["links of fund#ssf-4"] * 2

    watched.asked = []
    list(history.of_thing(at(office, NOW, watched), fund))
    assert watched.asked == ["links of fund#ssf-4"]


def test_what_changed_on_a_day_is_told_kind_by_kind_and_thing_by_thing(office: Office) -> None:
    renamed(office, 1, NOW + timedelta(days=1))
    pay(at(office, NOW + timedelta(days=2)), invoice("1041", 50_000), line("lighting", 50_000))
    registers.amend_initiative(at(office, NOW + timedelta(days=3)), "cctv", lambda held: replace(held, title="Cameras"), None)

    found = told(history.between(office.context(), days("2024-02-02", "2024-02-04"), ALL))

    assert found == [
        "fund#ssf-4 2: Changed the fund's details.",
        "grant#ssf-4-example 8: Paid £500.00 to Lamps Ltd (invoice 1041) for lighting, dated 2 October 2023.",
        "initiative#cctv 2: Changed the initiative's details.",
    ]
    assert told(history.between(office.context(), days("2024-02-03", "2024-02-03"), ALL)) == found[1:2]
    assert told(history.between(office.context(), days("2024-02-02", "2024-02-04"), (Kind.INITIATIVE,))) == found[2:]
    assert told(history.between(office.context(), days("2024-02-05", "2025-01-01"), ALL)) == []
    assert told(history.between(office.context(), days("2000-01-01", "2024-01-31"), ALL)) == []


def test_days_are_londons(office: Office) -> None:
    # 23:30 on 30 June in UTC is half past midnight on 1 July in London.
    renamed(office, 1, datetime(2024, 6, 30, 23, 30, tzinfo=UTC))

    assert told(history.between(office.context(), days("2024-06-30", "2024-06-30"), ALL)) == []
    assert len(told(history.between(office.context(), days("2024-07-01", "2024-07-01"), ALL))) == 1


def test_every_place_in_a_list_goes_on_where_it_was_left(office: Office) -> None:
    renamed(office, 1, NOW)
    whole = list(history.between(office.context(), TODAY, ALL))
    assert len(whole) > 10

    for number, happened in enumerate(whole, 1):
        rest = history.between(office.context(), TODAY, ALL, (happened.record.name, happened.record.seq))
        assert list(rest) == whole[number:]


def test_a_record_that_says_an_earlier_time_than_the_one_before_is_found_all_the_same(office: Office) -> None:
    renamed(office, 1, NOW + timedelta(days=10))
    renamed(office, 2, NOW + timedelta(days=9, hours=12))  # a scheduled run that came half a day late

    assert told(history.between(office.context(), days("2024-02-10", "2024-02-10"), ALL)) == ["fund#ssf-4 3: Changed the fund's details."]
    assert told(history.between(office.context(), days("2024-02-11", "2024-02-11"), ALL)) == ["fund#ssf-4 2: Changed the fund's details."]


@pytest.mark.parametrize("day", [0, 1, 57, 120, 250, 398, 399])
def test_a_day_is_found_in_a_long_chain_by_loads_and_not_by_reading_it(office: Office, day: int) -> None:
    begin = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
    for number in range(400):
        renamed(office, number, begin + timedelta(days=number))
    wanted = (begin + timedelta(days=day)).date()
    watched = Watched(office.store)

    (found,) = history.between(at(office, NOW, watched), Days(first=wanted, last=wanted), (Kind.FUND,))

    assert found.record.seq == day + 2
    assert watched.asked.count("load ") == 2  # the last record; one look for the day
    assert watched.asked[:2] == ["heads of fund", "load "]
    assert watched.asked[2:].count("links of fund#ssf-4") <= 2  # the day's records, and what the fund was before


def test_things_are_looked_at_forty_together_and_no_further_than_is_taken(office: Office) -> None:
    for number in range(2 * AT_ONCE):
        registers.create_fund(office.context(), Fund(id=f"made-{number:03}", title="Made", funder="Home Office"))
    watched = Watched(office.store)
    context = at(office, NOW, watched)

    next(history.between(context, TODAY, ALL))
    assert watched.asked == ["heads of fund", "load ", "links of fund#made-000"]

    watched.asked = []
    assert list(history.between(context, days("2030-01-01", "2030-01-01"), (Kind.FUND,))) == []
    assert watched.asked == ["heads of fund", "load "] * 3

    watched.asked = []
    next(history.between(context, TODAY, ALL, (Name(Kind.FUND, "made-078"), 1)))
    assert watched.asked == ["links of fund#made-078", "heads of fund", "load ", "links of fund#made-079"]


def test_more_than_a_hundred_records_of_one_thing_are_read_a_hundred_at_a_time(office: Office) -> None:
    for number in range(150):
        renamed(office, number, NOW)
    watched = Watched(office.store)

    found = list(history.of_thing(at(office, NOW, watched), Name(Kind.FUND, "ssf-4")))

    assert len(found) == 151
    assert watched.asked == ["links of fund#ssf-4"] * 2


def test_a_file_has_a_row_for_each_field_that_changed_and_no_formula(office: Office) -> None:
    registers.amend_fund(office.context(), "ssf-4", lambda held: replace(held, title="=1+1", funder="Home Office, London"))

    text = history.file_of(history.of_thing(office.context(), Name(Kind.FUND, "ssf-4"), after=1))

    assert text == (
        "\ufeffat,by,kind,id,record,what,reason,field,before,after\r\n"
        "2024-02-01T09:30:00Z,finance,fund,ssf-4,2,Changed the fund's details.,,title,Safer Streets Fund round 4,'=1+1\r\n"
        '2024-02-01T09:30:00Z,finance,fund,ssf-4,2,Changed the fund\'s details.,,funder,Home Office,"Home Office, London"\r\n'
    )


def test_what_changed_nothing_that_was_there_is_a_row_as_well(office: Office) -> None:
    text = history.file_of(history.of_thing(office.context(), GRANT, 5, 6))

    assert text.splitlines()[1] == (
        "2024-02-01T09:30:00Z,finance,grant,ssf-4-example,6,"
        '"Allocated £6,000.00 of 2023-24 capital to lighting, dated 1 April 2023.",As planned,,,'
    )


def test_a_file_that_would_be_too_long_is_refused_and_never_cut(office: Office) -> None:
    (happened, *_) = history.between(office.context(), TODAY, (Kind.FUND,))
    rows = len(happened.told.changes)

    with pytest.raises(HistoryTooLong, match="up to 10,000 rows"):
        history.file_of([happened] * (10_000 // rows + 1))
    long = happened._replace(record=replace(happened.record, reason="x" * 1_000_000))
    with pytest.raises(HistoryTooLong):
        history.file_of([long] * 4)
