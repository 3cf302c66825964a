"""Late items through the services: a late notice's record, and documents of which one grant's quarter is closed."""

from datetime import date

import pytest

from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name, hash_of
from chalicelib.domain.closing_refusals import PeriodIsClosed, PeriodIsHeld
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.grants import Grant
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.spending import Spend
from chalicelib.domain.variations import Budget, LineChange, Variation, VariationKind
from chalicelib.services import closing, entries, grants, reading
from chalicelib.services.unit import Written
from chalicelib.services.verification import verify
from tests.services.offices import CERTIFIER, Office, grant, invoice, line, pay
from tests.services.tampering import change_record, memory

FIRST, SECOND = "ssf-4-example", "ssf-4-second"
NAMES = (Name(Kind.GRANT, FIRST), Name(Kind.GRANT, SECOND))
OFFICER = Actor(subject="officer", roles=frozenset({Role.OFFICER}))
Q1, Q2 = Quarter.parse("2023-24-Q1"), Quarter.parse("2023-24-Q2")
WHY = "Quarter end"


@pytest.fixture
def office() -> Office:
    """Two grants that pay for lighting; the first one's first quarter is closed."""
    office = Office().open()
    office.start(grant(SECOND))
    office.allocate("lighting", 100_000, SECOND)
    closing.hold(office.context(), FIRST, Q1, WHY)
    closing.close(office.context(), FIRST, Q1, WHY)
    return office


def notice(office: Office, on: date, pence: int) -> Written[Grant]:
    """A top-up that an officer requests and the certifier approves."""
    change = LineChange(financial_year="2023-24", nature=Nature.CAPITAL, change_pence=pence)
    asked = Variation(
        id=0, kind=VariationKind.TOP_UP, dated=on, reason="A letter", notice_reference="L-1", changes=(change,), ends=None, requested_by=""
    )
    made = grants.request_variation(office.context(OFFICER), FIRST, asked)
    return grants.approve_variation(office.context(CERTIFIER), FIRST, len(made.state.variations), "Agreed")


def test_a_late_notice_keeps_its_date_and_the_record_that_decided_it_while_its_entries_are_dated_in_the_open(office: Office) -> None:
    decided = notice(office, date(2023, 6, 12), 5_000)

    (held,) = decided.state.variations
    whole = grants.whole_variation(office.context(), decided.state, 1).variation
    posted = [(record.seq, entry.on, entry.amount_pence) for _, record, entry in reading.entries(office.context(), FIRST)]
    assert held.decided_in == whole.decided_in == posted[-1][0] - 1
    assert posted[-1][1:] == (date(2023, 7, 1), 5_000)
    assert whole.dated == date(2023, 6, 12)
    assert [capital(budget) for budget in (whole.before, whole.after)] == [1_000_000, 1_005_000]
    assert verify(office.context(), NAMES[0]).problems == ()


def capital(budget: Budget | None) -> int:
    assert budget is not None
    return budget.lines[0].awarded_pence


def test_a_late_notice_waits_while_the_first_open_day_lies_in_a_held_quarter(office: Office) -> None:
    closing.hold(office.context(), FIRST, Q2, WHY)

    with pytest.raises(PeriodIsHeld, match="takes the hold back first"):
        notice(office, date(2023, 6, 12), 5_000)

    closing.free(office.context(), FIRST, Q2, WHY)
    grants.approve_variation(office.context(CERTIFIER), FIRST, 1, "Agreed")


def kept(office: Office) -> object:
    """Everything that is stored of both grants, and every document."""
    store = memory(office)
    loose = [[*store.links(name), *store.standings(name.id), *store.balances(name.id)] for name in NAMES]
    return loose, dict(store._heads), dict(store._documents), dict(store._answers)


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)])
def test_a_document_is_refused_whole_when_one_of_its_grants_has_the_quarter_closed(office: Office, order: tuple[str, str]) -> None:
    before = kept(office)
    halves = [line("lighting", 50, grant_id=grant_id) for grant_id in order]

    with pytest.raises(PeriodIsClosed) as refused:
        pay(office.context(key="bill"), invoice("2", 100), *halves, on=date(2023, 6, 30))

    assert refused.value.grant_id == FIRST
    assert kept(office) == before
    assert [verify(office.context(), name).problems for name in NAMES] == [(), ()]


def test_a_document_that_was_refused_may_be_paid_with_a_date_in_the_open(office: Office) -> None:
    halves = [line("lighting", 50, grant_id=grant_id) for grant_id in (FIRST, SECOND)]
    with pytest.raises(PeriodIsClosed):
        pay(office.context(key="bill"), invoice("2", 100), *halves, on=date(2023, 6, 30))

    both = pay(office.context(key="bill"), invoice("2", 100), *halves, on=date(2023, 7, 1))

    assert [written.name for written in both] == list(NAMES)


def test_a_document_that_draws_on_a_closed_quarters_order_is_paid_in_the_open(office: Office) -> None:
    spend = Spend(initiative_id="lighting", nature=Nature.CAPITAL, on=date(2023, 7, 3), amount_pence=10_000)
    ordered = entries.commit(office.context(), FIRST, spend)
    order = f"{FIRST}.{ordered.position.seq}"
    closing.hold(office.context(), FIRST, Q2, WHY)
    closing.close(office.context(), FIRST, Q2, WHY)

    pay(office.context(), invoice("2", 6_000), line("lighting", 6_000, commitment=order), on=date(2023, 10, 2))
    entries.give_back(office.context(), order, EntryKind.RELEASE, date(2023, 10, 3), None, "Done")

    shown = closing.find(office.context(), FIRST, Q2)
    assert shown.columns is not None
    assert (shown.columns.as_corrected["committed"], shown.columns.difference["committed"]) == (10_000, 0)


def test_verify_names_an_entry_that_was_put_into_a_closed_quarter(office: Office) -> None:
    pay(office.context(), invoice("2", 100), line("lighting", 100), on=date(2023, 7, 1))
    last = memory(office)._links[NAMES[0]][-1]
    change_record(office, last.seq, '"on":"2023-07-01"', '"on":"2023-06-30"')
    sealed_again(office)

    assert (
        f"Record {last.seq} of grant#{FIRST} is dated 2023-06-30, when 2023-24-Q1 was closed already."
        in verify(office.context(), NAMES[0]).problems
    )


def sealed_again(office: Office) -> None:
    """Make the grant's last record and its head look whole, as somebody who knows how the chain is made would."""
    store, name = memory(office), NAMES[0]
    before, last = store._links[name][-2:]
    store._links[name][-1] = last._replace(hash=hash_of(before.hash, last.body))
    assert isinstance(reading.find_entry(office.context(), FIRST, last.seq)[1], Entry)
