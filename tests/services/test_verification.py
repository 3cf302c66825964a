"""Verification: a whole store passes, and every way of meddling with it is found and named."""

from dataclasses import replace

import pytest

from chalicelib.domain.chain import Kind, Name, hash_of
from chalicelib.domain.errors import Missing
from chalicelib.services.verification import verify, verify_all
from tests.services.offices import Office, invoice, line, pay
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
        "fund#ssf-4",
        "organisation#charity",
        "organisation#council",
        "organisation#office",
        "grant#ssf-4-example",
        "initiative#cctv",
        "initiative#lighting",
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

    assert "says that it is record 1 of grant#ssf-4-example" in found[0]


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
        ("There are balances of grant#ssf-4-ghost, which has no head.",)
    ]


def test_what_never_was_cannot_be_verified(office: Office) -> None:
    with pytest.raises(Missing):
        verify(office.context(), Name(Kind.GRANT, "ssf-9-nowhere"))
