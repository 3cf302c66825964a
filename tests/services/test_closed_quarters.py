"""Nothing is posted into a closed quarter, by any command, in any order, by any number of people at once."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.context import Context, wait_a_moment
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.closing_refusals import PeriodIsClosed
from chalicelib.domain.entries import Entry
from chalicelib.domain.errors import DomainError, TooBusy
from chalicelib.domain.periods import Quarter
from chalicelib.domain.quarter_states import PeriodClosed
from chalicelib.domain.values import replace
from chalicelib.services import closing, reading
from chalicelib.services.verification import verify
from chalicelib.storage.items import canonical
from chalicelib.storage.store import Store
from tests.services.offices import FINANCE, Office, invoice, line, pay
from tests.services.quarter_ends import COMMANDS, GRANT, PEOPLE, POSTING, WHY, Asked, QuarterEnds, trespasses

NAME = Name(Kind.GRANT, GRANT)
Q1, Q2, Q3, Q4 = QUARTERS = tuple(Quarter.parse(f"2023-24-Q{number}") for number in (1, 2, 3, 4))
DAYS = (date(2023, 3, 31), *(day for quarter in QUARTERS for day in (quarter.first_day, quarter.last_day)), date(2024, 5, 10))
ASKED = st.builds(
    Asked,
    what=st.sampled_from(tuple(COMMANDS)),
    who=st.sampled_from(PEOPLE),
    on=st.sampled_from(DAYS),
    pence=st.integers(1, 900),
    place=st.integers(0, 20),
    quarter=st.sampled_from(QUARTERS),
)


def begun() -> QuarterEnds:
    """An office with one of everything in its first quarter, that anything later may name."""
    ends = QuarterEnds(Office().open())
    for what in POSTING:
        pence = 1_000 if what in {"release", "reversal"} else 10_000
        ends.ask(Asked(what=what, who=FINANCE, on=date(2023, 5, 2), pence=pence, place=0, quarter=Q1))
    return ends


@settings(max_examples=40, deadline=None)
@given(st.lists(ASKED, min_size=5, max_size=25))
def test_whatever_is_asked_nothing_is_posted_into_a_closed_quarter_and_what_was_reported_never_moves(asked: list[Asked]) -> None:
    ends = begun()
    ends.close(Q1)
    reported: dict[int, str] = {}
    for each in asked:
        try:
            ends.ask(each)
        except DomainError:
            continue
        for quarter, period in ends.grant.periods.items():
            if period.closing:
                told = f"{quarter} {canonical(period.closing)}"
                assert reported.setdefault(period.closing.position, told) == told

    assert list(trespasses(ends.office)) == []
    assert verify(ends.context(), NAME).problems == ()


@pytest.mark.parametrize("what", POSTING)
def test_no_command_posts_into_a_closed_quarter(what: str) -> None:
    ends = begun()
    ends.close(Q1)
    links = len(list(ends.office.store.links(NAME)))
    asked = Asked(what=what, who=FINANCE, on=date(2023, 6, 30), pence=100, place=0, quarter=Q1)
    if what == "variation":
        ends.ask(asked)  # its notice keeps its date, and its entries take effect on the first open day
        assert [entry.on for _, _, entry in reading.entries(ends.context(), GRANT)][-1] == date(2023, 7, 1)
        return

    with pytest.raises(PeriodIsClosed):
        ends.ask(asked)
    assert len(list(ends.office.store.links(NAME))) == links


@pytest.mark.parametrize("what", POSTING)
def test_every_command_posts_into_the_open_quarter_after_it(what: str) -> None:
    ends = begun()
    ends.close(Q1)

    ends.ask(Asked(what=what, who=FINANCE, on=date(2023, 7, 1), pence=100, place=0, quarter=Q1))

    assert [entry.on for _, _, entry in reading.entries(ends.context(), GRANT)][-1] == date(2023, 7, 1)


class Waiting(Office):
    """An office whose people really wait before they try again."""

    def context(self, *arguments: object, **named: object) -> Context:
        return replace(super().context(*arguments, **named), pause=wait_a_moment)  # type: ignore[arg-type]  # passed on as they came


def post_until_refused(office: Office, numbers: Iterator[int]) -> Counter[str]:
    """Pay one small bill of June after another until the quarter is closed; say how each ended."""
    ends: Counter[str] = Counter()
    while not ends["refused"]:
        wait_a_moment(2)  # a person types the next one
        try:
            pay(office.context(), invoice(str(next(numbers)), 100), line("lighting", 100), on=date(2023, 6, 30))
            ends["posted"] += 1
        except PeriodIsClosed:
            ends["refused"] += 1
        except TooBusy:
            ends["busy"] += 1
    return ends


def closed_meanwhile(office: Office) -> closing.Shown:
    """Close the quarter once some have posted, as somebody who repeats it while others are in the way."""
    while sum(1 for _ in office.store.links(NAME)) < 25:
        wait_a_moment(1)
    while True:
        try:
            return closing.close(office.context(), GRANT, Q1, WHY)
        except TooBusy:
            wait_a_moment(1)


def test_while_eight_people_post_a_quarter_closes_between_two_of_their_entries(live_store: Store) -> None:
    office = Waiting(store=live_store).open()
    closing.hold(office.context(), GRANT, Q1, WHY)
    numbers = count(1)

    with ThreadPoolExecutor(9) as people:
        writers = [people.submit(post_until_refused, office, numbers) for _ in range(8)]
        shown = people.submit(closed_meanwhile, office).result()
        ends = sum((writer.result() for writer in writers), Counter[str]())

    assert ends["refused"] == 8
    facts = [record.fact for record in reading.records(office.context(), NAME)]
    (place,) = (place for place, fact in enumerate(facts) if isinstance(fact, PeriodClosed))
    assert not any(isinstance(fact, Entry) for fact in facts[place:])
    assert shown.columns is not None
    assert shown.columns.as_reported["spent"] == 100 * ends["posted"] > 0
    assert verify(office.context(), NAME).problems == ()


def test_what_changed_at_its_source_is_corrected_today_and_belongs_to_the_closed_quarter() -> None:
    ends = begun()
    ends.close(Q1)

    ends.ask(Asked(what="import of what changed", who=FINANCE, on=date(2023, 5, 2), pence=100, place=0, quarter=Q1))

    *_, (_, _, entry) = reading.entries(ends.context(), GRANT)
    assert (entry.kind, entry.on, entry.amount_pence, entry.place.quarter) == ("correction", date(2024, 7, 1), -1, "2023-24-Q1")
