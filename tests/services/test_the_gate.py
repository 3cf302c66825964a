"""The one gate: each request happens once, on a view that is still true, or not at all."""

from datetime import date

import pytest

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import DocumentKind
from chalicelib.domain.entry_refusals import DocumentAlreadyEntered, TooManyLines
from chalicelib.domain.errors import AlreadyExists, KeyReused, Missing, StaleView, TooBusy
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.people import Actor
from chalicelib.domain.refusals import AllocationExhausted
from chalicelib.services import grants, registers
from chalicelib.services.unit import ATTEMPTS, Replayed
from chalicelib.storage.store import Balance
from tests.services.offices import FINANCE, Office, before_each_write, grant, invoice, line, pay

OCTOBER = "lighting#2023-24-Q3#capital"


@pytest.fixture
def office() -> Office:
    return Office().open()


def balance(office: Office, cell: str, grant_id: str = "ssf-4-example") -> dict[str, int]:
    held = {each.cell: each for each in office.store.balances(grant_id)}
    return dict(held.get(cell, Balance(grant_id, cell, {})).counters)


def records(office: Office, grant_id: str = "ssf-4-example") -> int:
    return sum(1 for _ in office.store.links(Name(Kind.GRANT, grant_id)))


def test_a_payment_moves_the_chain_and_its_cell_together(office: Office) -> None:
    before = records(office)

    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))

    assert records(office) == before + 1
    assert balance(office, OCTOBER) == {"paid": 120_000}


def test_a_repeated_key_gets_the_first_answer_and_posts_nothing(office: Office) -> None:
    pay(office.context(key="k1", body="same"), invoice("1", 120_000), line("lighting", 120_000))
    posted = records(office)

    with pytest.raises(Replayed) as replay:
        pay(office.context(key="k1", body="same"), invoice("1", 120_000), line("lighting", 120_000))

    assert replay.value.body.startswith("answer: Position(seq=8,")
    assert records(office) == posted


def test_the_same_key_with_another_body_is_refused(office: Office) -> None:
    pay(office.context(key="k1", body="one"), invoice("1", 120_000), line("lighting", 120_000))

    with pytest.raises(KeyReused):
        pay(office.context(key="k1", body="another"), invoice("2", 1), line("lighting", 1))


def test_two_people_may_choose_the_same_key(office: Office) -> None:
    fund = Fund(id="ssf-5", title="Safer Streets Fund round 5", funder="Home Office")
    registers.create_fund(office.context(FINANCE, key="k1", body="x"), fund)

    with pytest.raises(AlreadyExists):
        registers.create_fund(office.context(Actor(subject="another", roles=FINANCE.roles), key="k1", body="x"), fund)


def test_the_same_invoice_is_refused_whatever_its_spelling_and_key(office: Office) -> None:
    first = pay(office.context(key="k1", body="a"), invoice("INV-001", 120_000), line("lighting", 120_000))

    with pytest.raises(DocumentAlreadyEntered) as refusal:
        pay(office.context(key="k2", body="b"), invoice(" inv 001", 120_000), line("cctv", 120_000))

    assert refusal.value.entered_as == f"ssf-4-example.{first[0].position.seq}"


def test_a_document_over_two_grants_is_paid_in_both_or_in_neither(office: Office) -> None:
    office.start(grant("ssf-4-second"))
    office.allocate("lighting", 50_000, "ssf-4-second")
    before = records(office), records(office, "ssf-4-second")

    with pytest.raises(AllocationExhausted) as refusal:
        pay(
            office.context(),
            invoice("9", 160_000),
            line("lighting", 100_000),
            line("lighting", 60_000, grant_id="ssf-4-second"),
        )

    assert (refusal.value.grant_id, refusal.value.available_pence, refusal.value.shortfall_pence) == ("ssf-4-second", 50_000, 10_000)
    assert (records(office), records(office, "ssf-4-second")) == before
    assert balance(office, OCTOBER) == {}

    pay(office.context(), invoice("9", 150_000), line("lighting", 100_000), line("lighting", 50_000, grant_id="ssf-4-second"))

    assert balance(office, OCTOBER) == {"paid": 100_000}
    assert balance(office, OCTOBER, "ssf-4-second") == {"paid": 50_000}


def test_two_lines_on_one_allocation_may_not_pass_it_together(office: Office) -> None:
    with pytest.raises(AllocationExhausted) as refusal:
        pay(office.context(), invoice("9", 120_000), line("cctv", 60_000), line("cctv", 60_000))

    assert refusal.value.shortfall_pence == 20_000


def test_a_payment_by_somebody_who_does_not_recover_vat_costs_the_gross(office: Office) -> None:
    pay(office.context(), invoice("1", 10_000, 2_000), line("lighting", 10_000, 2_000), payer="office")
    pay(office.context(), invoice("2", 10_000, 2_000), line("lighting", 10_000, 2_000), payer="charity")

    assert balance(office, OCTOBER) == {"paid": 22_000}


def test_a_change_that_came_first_is_decided_on_again(office: Office) -> None:
    rival = iter([True])

    def act() -> None:
        if next(rival, False):
            pay(office.context(), invoice("rival", 550_000), line("lighting", 550_000))

    beaten = Office(store=before_each_write(office.store, act), slept=office.slept)

    with pytest.raises(AllocationExhausted) as refusal:
        pay(beaten.context(), invoice("late", 100_000), line("lighting", 100_000))

    assert refusal.value.available_pence == 50_000
    assert office.slept == [0]


def test_a_request_that_is_always_beaten_gives_up_and_says_so(office: Office) -> None:
    numbers = iter(range(100))

    def act() -> None:
        pay(office.context(), invoice(f"rival {next(numbers)}", 100), line("lighting", 100))

    beaten = Office(store=before_each_write(office.store, act), slept=office.slept)

    with pytest.raises(TooBusy):
        pay(beaten.context(), invoice("late", 100), line("lighting", 100))

    assert office.slept == list(range(ATTEMPTS))
    assert balance(office, OCTOBER) == {"paid": 100 * ATTEMPTS}


def test_a_document_with_more_lines_than_one_write_holds_is_refused_whole(office: Office) -> None:
    with pytest.raises(TooManyLines) as refusal:
        pay(office.context(), invoice("long", 6_000), *(line("lighting", 100) for _ in range(60)))

    assert refusal.value.limit == 100
    assert balance(office, OCTOBER) == {}


def test_a_change_to_something_read_long_ago_is_refused(office: Office) -> None:
    registers.amend_fund(office.context(expected="1"), "ssf-4", lambda fund: Fund(id=fund.id, title="New", funder=fund.funder))

    with pytest.raises(StaleView) as refusal:
        registers.amend_fund(office.context(expected="1"), "ssf-4", lambda fund: fund)

    assert (refusal.value.expected, refusal.value.current) == ("1", "2")


def test_money_moving_under_a_grant_does_not_make_its_details_stale(office: Office) -> None:
    found = registers.find(office.context(), Grant, "ssf-4-example")
    pay(office.context(), invoice("1", 100), line("lighting", 100))

    grants.move(office.context(expected=str(found.state.version)), "ssf-4-example", GrantState.CLOSED, date(2025, 3, 31), "")


def test_what_is_not_there_is_named(office: Office) -> None:
    with pytest.raises(Missing) as refusal:
        pay(office.context(), invoice("1", 100), line("lighting", 100, grant_id="ssf-9-nowhere"))

    assert (refusal.value.kind, refusal.value.id) == ("grant", "ssf-9-nowhere")


def test_a_document_whose_lines_cancel_out_is_recorded_and_leaves_its_balance_at_nothing(office: Office) -> None:
    pay(
        office.context(),
        invoice("J1", 0, kind=DocumentKind.JOURNAL),
        line("lighting", 5_000),
        line("lighting", -5_000),
    )

    assert balance(office, OCTOBER) == {"paid": 0}
    assert records(office) == 9
