"""Quarters through the services: who is let in, what was reported, how they close and reopen, and what that costs."""

from datetime import date

import pytest

from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.closing_refusals import EarlierPeriodOpen, NoSuchPeriod, PeriodIsClosed, PeriodIsHeld
from chalicelib.domain.columns import Columns
from chalicelib.domain.errors import StaleView
from chalicelib.domain.grants import Grant
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.quarter_states import PeriodClosed, PeriodState
from chalicelib.domain.spending import Budgeted
from chalicelib.domain.values import replace
from chalicelib.services import closing, entries, reading
from chalicelib.services.unit import Part, Plan, View, change, one, view_of
from chalicelib.services.verification import verify
from chalicelib.storage.store import Wanted
from tests.services.counting import counting
from tests.services.offices import CERTIFIER, FINANCE, Office, invoice, line, pay

GRANT = "ssf-4-example"
NAME = Name(Kind.GRANT, GRANT)
OFFICER = Actor(subject="officer", roles=frozenset({Role.OFFICER}))
Q1, Q2 = Quarter.parse("2023-24-Q1"), Quarter.parse("2023-24-Q2")
WHY = "Quarter end"


@pytest.fixture
def office() -> Office:
    office = Office().open()
    pay(office.context(), invoice("1", 60_000), line("lighting", 60_000), on=date(2023, 5, 2))
    return office


def closed(office: Office, *quarters: Quarter) -> None:
    for quarter in quarters:
        closing.hold(office.context(), GRANT, quarter, WHY)
        closing.close(office.context(), GRANT, quarter, WHY)


def columns_of(shown: closing.Shown) -> Columns:
    assert shown.columns is not None
    return shown.columns


def verified(office: Office) -> tuple[str, ...]:
    return verify(office.context(), NAME).problems


def test_a_closed_quarter_shows_three_columns(office: Office) -> None:
    closed(office, Q1)
    entries.correct(office.context(), f"{GRANT}.8", date(2023, 10, 9), -600, "The invoice says £594")

    shown = closing.find(office.context(), GRANT, Q1)
    assert (shown.period.state, shown.period.closing.closed_by if shown.period.closing else "") == (PeriodState.CLOSED, "finance")
    columns = columns_of(shown)
    assert {name: pence for name, pence in columns.as_reported.items() if pence} == {"paid": 60_000, "spent": 60_000}
    assert (columns.as_corrected["spent"], columns.difference["spent"]) == (59_400, -600)
    assert verified(office) == ()


def test_every_quarter_of_a_grant_is_listed_in_order(office: Office) -> None:
    closed(office, Q1)
    closing.hold(office.context(), GRANT, Q2, WHY)

    listed = [(str(shown.quarter), shown.period.state.value) for shown in closing.every(office.context(), GRANT)]
    assert listed[:3] == [("2023-24-Q1", "closed"), ("2023-24-Q2", "held"), ("2023-24-Q3", "open")]
    assert len(listed) == 8


def test_an_officer_allocates_into_an_open_quarter_and_not_into_a_held_one(office: Office) -> None:
    closing.hold(office.context(), GRANT, Q2, WHY)

    with pytest.raises(PeriodIsHeld):
        entries.allocate(office.context(OFFICER), GRANT, share(date(2023, 7, 1)), 100, WHY)
    entries.allocate(office.context(OFFICER), GRANT, share(date(2023, 10, 1)), 100, WHY)
    entries.allocate(office.context(FINANCE), GRANT, share(date(2023, 7, 1)), 100, WHY)


def test_what_is_refused_leaves_the_ledger_as_it_was(office: Office) -> None:
    closed(office, Q1)
    before = list(office.store.links(NAME))

    with pytest.raises(PeriodIsClosed):
        pay(office.context(), invoice("2", 100), line("lighting", 100), on=date(2023, 6, 30))

    assert list(office.store.links(NAME)) == before


def test_a_change_to_what_has_moved_on_is_refused(office: Office) -> None:
    with pytest.raises(StaleView):
        closing.hold(office.context(expected="1"), GRANT, Q1, WHY)


def test_closing_names_the_quarter_that_must_go_first_and_what_is_not_there(office: Office) -> None:
    closing.hold(office.context(), GRANT, Q2, WHY)
    with pytest.raises(EarlierPeriodOpen):
        closing.close(office.context(), GRANT, Q2, WHY)
    with pytest.raises(NoSuchPeriod):
        closing.find(office.context(), GRANT, Quarter.parse("2025-26-Q1"))


def test_two_people_reopen_a_quarter_and_it_closes_again_with_new_figures(office: Office) -> None:
    closed(office, Q1)
    closing.request_reopening(office.context(), GRANT, Q1, "A bill was left out")
    closing.reopen(office.context(CERTIFIER), GRANT, Q1, "Agreed")
    pay(office.context(), invoice("2", 2_500), line("lighting", 2_500), on=date(2023, 6, 30))
    reopened = closing.find(office.context(), GRANT, Q1)
    closed(office, Q1)
    again = closing.find(office.context(), GRANT, Q1)

    assert [columns_of(each).as_reported["spent"] for each in (reopened, again)] == [60_000, 62_500]
    kinds = [record.kind for record in reading.records(office.context(), NAME)]
    assert kinds[-7:] == [
        *("period_held", "period_closed", "period_reopen_requested", "period_reopened", "payment", "period_held", "period_closed"),
    ]
    assert verified(office) == ()


def test_verify_names_a_closing_that_reports_what_the_records_do_not_make(office: Office) -> None:
    closing.hold(office.context(), GRANT, Q1, WHY)
    false = PeriodClosed(quarter="2023-24-Q1", closed_by="finance", cells={"lighting#2023-24-Q1#capital": {"paid": 59_999}})

    def meddle(view: View) -> Plan:
        return Plan(parts=(Part(NAME, view.held(Grant, GRANT), (false,)),))

    change(office.context(), lambda: view_of(office.context(), Wanted(heads=(NAME,))), meddle, one(Grant))

    assert verified(office) == ("Record 10 of grant#ssf-4-example does not report 2023-24-Q1 as the records before it make it.",)


def test_a_payment_into_an_open_quarter_loads_once_and_records_once(office: Office) -> None:
    closed(office, Q1, Q2)
    store = counting(office.store)

    pay(replace(office.context(), store=store), invoice("2", 100), line("lighting", 100), on=date(2024, 1, 2))

    assert store.calls == ["load", "record"]


def share(on: date) -> Budgeted:
    """Lighting's capital of 2023-24."""
    return Budgeted(initiative_id="lighting", financial_year="2023-24", nature=Nature.CAPITAL, on=on)
