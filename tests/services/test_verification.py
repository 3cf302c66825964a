"""Verification: a whole store passes, and every way of meddling with it is found and named."""

from collections.abc import Callable
from itertools import count, islice

import pytest

from chalicelib.domain.chain import Kind, Link, Name, hash_of
from chalicelib.domain.errors import Missing, TooBusy
from chalicelib.domain.values import replace
from chalicelib.services.verification import ORDER, verify, verify_all
from tests.services.offices import Office, grant, invoice, line, pay
from tests.services.rivals import before_each_read
from tests.services.tampering import GRANT, change_record, memory, remove_record

CELL = ("ssf-4-example", "lighting#2023-24-Q3#capital")


@pytest.fixture
def office() -> Office:
    office = Office().open()
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))
    return office


def problems(office: Office) -> tuple[str, ...]:
    return verify(office.context(), GRANT).problems


def test_an_untouched_store_verifies(office: Office) -> None:
    verdicts = list(verify_all(office.context()))

    assert [str(verdict.name) for verdict in verdicts] == [
        "grant#ssf-4-example",
        "initiative#cctv",
        "initiative#lighting",
        "fund#ssf-4",
        "organisation#charity",
        "organisation#council",
        "organisation#office",
    ]
    assert all(not verdict.problems for verdict in verdicts)
    assert verify(office.context(), GRANT).position.seq == 8


def test_one_changed_byte_is_found_and_its_record_named(office: Office) -> None:
    change_record(office, 8, "Lamps Ltd", "Lamps Lte")

    assert problems(office) == ("Record 8 of grant#ssf-4-example does not match its hash: it or the one before was changed.",)


def test_a_missing_record_is_found(office: Office) -> None:
    remove_record(office, 7)

    assert problems(office) == ("Record 7 of grant#ssf-4-example is missing: record 8 follows 6.",)


def test_a_last_record_taken_away_is_found_by_the_head(office: Office) -> None:
    remove_record(office, 8)

    assert any(problem.startswith("The head of grant#ssf-4-example is at record 8") for problem in problems(office))


def test_a_record_rewritten_with_a_hash_of_its_own_breaks_the_next(office: Office) -> None:
    links = memory(office)._links[GRANT]
    body = links[6].body.replace("100000", "900000")
    links[6] = links[6]._replace(body=body, hash=hash_of(links[5].hash, body))

    assert problems(office) == ("Record 8 of grant#ssf-4-example does not match its hash: it or the one before was changed.",)


def test_a_chain_copied_from_another_grant_is_found(office: Office) -> None:
    store = memory(office)
    store._links[Name(Kind.GRANT, "ssf-4-copy")] = store._links[GRANT]

    found = verify(office.context(), Name(Kind.GRANT, "ssf-4-copy")).problems

    assert "Record 1 of grant#ssf-4-copy does not match its hash" in found[0]


def test_a_changed_balance_is_found(office: Office) -> None:
    memory(office)._balances[CELL]["paid"] = 120_001

    (problem,) = problems(office)
    assert problem == (
        "The balance of grant#ssf-4-example in lighting#2023-24-Q3#capital is kept as {'paid': 120001} "
        "and its records lead to {'paid': 120000}."
    )


def test_a_changed_standing_is_found(office: Office) -> None:
    store = memory(office)
    store._standings["ssf-4-example", 8] = replace(store._standings["ssf-4-example", 8], left_pence=1)

    assert problems(office)[0].startswith("The standing of grant#ssf-4-example's record 8 is kept as")


def test_a_changed_head_is_found(office: Office) -> None:
    store = memory(office)
    store._heads[GRANT] = replace(store._heads[GRANT], state=store._heads[GRANT].state.replace("Example grant", "Another"))

    assert problems(office) == ("The head of grant#ssf-4-example does not hold what its records lead to.",)


def test_balances_without_a_grant_are_found(office: Office) -> None:
    memory(office)._balances["ssf-4-ghost", "-#2023-24#capital"] = {"awarded": 1}

    assert [verdict.problems for verdict in verify_all(office.context()) if verdict.name.id == "ssf-4-ghost"] == [
        ("There is neither a head nor a record of grant#ssf-4-ghost. There are balances of it.",)
    ]


def test_what_never_was_cannot_be_verified(office: Office) -> None:
    with pytest.raises(Missing):
        verify(office.context(), Name(Kind.GRANT, "ssf-9-nowhere"))


def paying(office: Office, times: int) -> Callable[[], None]:
    """Somebody who pays a pound each time, and stops after so many times."""
    left = iter(range(times))

    def pay_a_pound() -> None:
        for number in islice(left, 1):
            pay(office.context(), invoice(f"rival-{number}", 100), line("lighting", 100))

    return pay_a_pound


@pytest.mark.parametrize("times", range(1, 9))
def test_a_chain_that_is_being_written_to_holds(office: Office, times: int) -> None:
    watched = replace(office.context(), store=before_each_read(office.store, paying(office, times)))

    verdict = verify(watched, GRANT)

    assert verdict.problems == ()


def test_a_chain_that_never_rests_is_not_called_broken(office: Office) -> None:
    watched = replace(office.context(), store=before_each_read(office.store, paying(office, 1_000)))

    with pytest.raises(TooBusy):
        verify(watched, GRANT)


def test_tampering_shows_in_a_chain_that_is_being_written_to(office: Office) -> None:
    memory(office)._balances[CELL]["paid"] += 1
    watched = replace(office.context(), store=before_each_read(office.store, paying(office, 3)))

    (problem,) = verify(watched, GRANT).problems

    assert "is kept as {'paid': 120301} and its records lead to {'paid': 120300}" in problem


def test_a_record_added_behind_the_head_is_found(office: Office) -> None:
    links = memory(office)._links[GRANT]
    body = links[7].body.replace(links[6].hash, links[7].hash).replace('"seq":8', '"seq":9')
    links.append(Link(9, body, hash_of(links[7].hash, body)))

    assert any(problem.startswith("The head of grant#ssf-4-example is at record 8") for problem in problems(office))


def test_a_grant_that_begins_while_all_are_verified_has_its_head(office: Office) -> None:
    begun = count(1)
    watched = replace(office.context(), store=before_each_read(office.store, lambda: office.start(grant(f"ssf-4-new-{next(begun)}"))))

    assert [verdict.problems for verdict in verify_all(watched) if verdict.problems] == []


def test_every_kind_is_verified_when_all_are() -> None:
    assert sorted(ORDER) == sorted(Kind)


def test_a_last_record_of_a_kind_that_nobody_knows_is_found(office: Office) -> None:
    store = memory(office)
    links = store._links[GRANT]
    body = links[7].body.replace('"kind":"payment"', '"kind":"prayer"')
    links[7] = Link(8, body, hash_of(links[6].hash, body))

    assert problems(office) == ("Record 8 of grant#ssf-4-example cannot be read: 'prayer'.",)


def test_what_is_broken_all_through_is_told_in_part_and_counted(office: Office) -> None:
    for year in range(2001, 2031):
        memory(office)._balances["ssf-4-example", f"-#{year}-{year % 100 + 1:02}#capital"] = {"awarded": 1}

    found = problems(office)

    assert len(found) == 21
    assert found[20] == "And 10 more like these."
