"""Lists read what they show: a page is a short query, and an initiative's entries are those of the grants that finance it."""

from itertools import islice

import pytest

from chalicelib.domain.exports import Scope
from chalicelib.domain.funds import Fund
from chalicelib.domain.initiatives import Category, Initiative
from chalicelib.domain.values import replace
from chalicelib.services import reading, registers
from chalicelib.services.reading import Chosen
from chalicelib.services.verification import verify
from tests.services.counting import CountingReads
from tests.services.offices import OTHER_PARTNER, Office, grant, invoice, line, pay
from tests.services.tampering import GRANT


def counting(office: Office) -> CountingReads:
    """Lay a counting store under the office from here on."""
    store = CountingReads(office.store)
    office.store = store
    return store


@pytest.fixture
def office() -> Office:
    """An office with thirty more funds, and three more grants of which only one finances the cameras."""
    office = Office().open()
    for number in range(30):
        registers.create_fund(office.context(), Fund(id=f"fund-{number:02}", title="A fund", funder="Home Office"))
    for name in ("a", "b", "c"):
        office.start(grant(f"ssf-4-{name}"))
        office.allocate("lighting", 100_000, f"ssf-4-{name}")
    office.allocate("cctv", 50_000, "ssf-4-b")
    return office


def funds(office: Office, taken: int, after: str = "", at_once: int = 0) -> list[str]:
    found = registers.find_all(office.context(), Fund, after, at_once=at_once or taken)
    return [fund.name.id for fund in islice(found, taken)]


def test_a_page_is_one_query_of_one_more_than_it_shows(office: Office) -> None:
    store = counting(office)

    assert funds(office, 21) == [f"fund-{number:02}" for number in range(21)]
    assert (store.reads, store.asked, store.rows) == (["heads fund"], [21], {"heads fund": 21})


def test_a_page_that_ends_the_list_asks_for_no_other(office: Office) -> None:
    store = counting(office)

    assert funds(office, 21, "fund-28") == ["fund-29", "ssf-4"]
    assert (store.reads, store.rows) == (["heads fund"], {"heads fund": 2})


def test_what_a_page_did_not_fill_is_read_four_times_as_much_at_a_time(office: Office) -> None:
    store = counting(office)

    assert len(funds(office, 99, at_once=2)) == 31
    assert store.asked == [2, 8, 32]
    assert store.rows == {"heads fund": 31}


def test_a_partners_page_is_filled_from_what_it_may_see(office: Office) -> None:
    for number in range(10):
        for partner in ("council", "charity"):
            plan = Initiative(id=f"{partner}-{number}", title="T", category=Category.OTHER, partner_id=partner)
            registers.create_initiative(office.context(), plan)
    found = registers.find_all(office.context(OTHER_PARTNER), Initiative, "charity-7", at_once=3)

    assert [each.name.id for each in found] == ["charity-8", "charity-9"]


def entries(office: Office, chosen: Chosen, after: tuple[str, int] = ("", 0), taken: int = 99) -> list[str]:
    return [named for named, _, _ in islice(reading.list_entries(office.context(), chosen, after, at_once=taken), taken)]


def test_an_initiatives_entries_are_read_from_the_grants_that_finance_it(office: Office) -> None:
    store = counting(office)

    assert entries(office, Chosen(scope=Scope(), initiative_id="cctv")) == ["ssf-4-b.7", "ssf-4-example.7"]
    assert [read for read in store.reads if read.startswith("links")] == ["links grant#ssf-4-b", "links grant#ssf-4-example"]
    assert store.rows["balances all"] == 14
    assert "heads grant" not in store.rows


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (Scope(grant_id="ssf-4-b"), ["ssf-4-b.7"]),
        (Scope(grant_id="ssf-4-a"), []),
        (Scope(fund_id="ssf-4"), ["ssf-4-b.7", "ssf-4-example.7"]),
        (Scope(fund_id="fund-01"), []),
        (Scope(grant_id="ssf-4-b", fund_id="fund-01"), []),
        (Scope(financial_year="2024-25"), []),
    ],
)
def test_an_initiatives_entries_are_narrowed_by_scope(office: Office, scope: Scope, found: list[str]) -> None:
    assert entries(office, Chosen(scope=scope, initiative_id="cctv")) == found


def test_a_grant_that_does_not_finance_an_initiative_costs_its_balances_and_no_records(office: Office) -> None:
    store = counting(office)

    assert entries(office, Chosen(scope=Scope(grant_id="ssf-4-a"), initiative_id="cctv")) == []
    assert store.reads == ["balances ssf-4-a"]


def test_a_line_that_costs_nothing_is_found_as_its_initiatives(office: Office) -> None:
    free, paid = line("cctv", 0, grant_id="ssf-4-a"), line("lighting", 100, grant_id="ssf-4-a")
    pay(office.context(), invoice("1", 100), free, paid)

    assert entries(office, Chosen(scope=Scope(grant_id="ssf-4-a"), initiative_id="cctv")) == ["ssf-4-a.7"]
    assert verify(office.context(), replace(GRANT, id="ssf-4-a")).problems == ()


def test_a_page_of_one_grants_entries_reads_no_other_grant_and_few_records(office: Office) -> None:
    for number in range(40):
        pay(office.context(), invoice(str(number), 100), line("lighting", 100))
    store = counting(office)

    found = entries(office, Chosen(scope=Scope(grant_id="ssf-4-example")), ("ssf-4-example", 10), taken=21)

    assert found == [f"ssf-4-example.{number}" for number in range(11, 32)]
    # The record before the page is read with it, as what its first record must follow.
    assert (store.reads, store.rows) == (["load", "links grant#ssf-4-example"], {"links grant#ssf-4-example": 22})


def test_a_page_of_all_entries_goes_on_from_the_grant_it_had_come_to(office: Office) -> None:
    store = counting(office)

    assert entries(office, Chosen(scope=Scope()), ("ssf-4-b", 6), taken=2) == ["ssf-4-b.7", "ssf-4-c.3"]
    assert store.reads[0] == "load"
    assert "links grant#ssf-4-a" not in store.reads


def test_the_pages_of_a_list_show_every_entry_once(office: Office) -> None:
    whole = entries(office, Chosen(scope=Scope()), taken=1000)
    place, shown = ("", 0), list[str]()
    while page := entries(office, Chosen(scope=Scope()), place, taken=3):
        shown += page
        grant_id, _, seq = page[-1].rpartition(".")
        place = (grant_id, int(seq))

    assert shown == whole
    assert len(whole) == 14
