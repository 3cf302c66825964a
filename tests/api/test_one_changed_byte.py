"""One byte changed behind the API's back, in any record or head of any chain, and `verify` names that very record."""

import pytest

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.values import replace
from chalicelib.services.verification import verify, verify_all
from chalicelib.storage.memory import MemoryStore
from tests.api.full_office import full, scheduled
from tests.api.reporting import ReportingOffice

CLAIMS, RETURN, GRANT = Name(Kind.CLAIMS, "ssf-4-example"), Name(Kind.RETURN, "lighting.2023-24-Q2"), Name(Kind.GRANT, "ssf-4-example")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> ReportingOffice:
    return full(tmp_path_factory.mktemp("objects"))


def test_an_office_that_nobody_touched_verifies(office: ReportingOffice) -> None:
    verdicts = {verdict.name: verdict.problems for verdict in verify_all(scheduled(office))}

    assert {name: problems for name, problems in verdicts.items() if problems} == {}
    assert {name.kind for name in verdicts} == set(Kind)
    assert {CLAIMS, RETURN, GRANT} <= verdicts.keys()


def changed(text: str, place: int) -> str:
    """The text with another character in one place."""
    return f"{text[:place]}{'x' if text[place] != 'x' else 'y'}{text[place + 1 :]}"


@pytest.mark.parametrize("kind", Kind)
def test_each_record_of_which_a_byte_was_changed_is_named(office: ReportingOffice, kind: Kind) -> None:
    store = office.store
    tried = 0
    for name in [name for name in store._links if name.kind is kind]:
        links = store._links[name]
        for place, link in enumerate(links):
            for at in (0, len(link.body) // 2, len(link.body) - 1):
                links[place] = link._replace(body=changed(link.body, at))

                problem, *_ = verify(scheduled(office), name).problems

                assert problem == f"Record {link.seq} of {name} does not match its hash: it or the one before was changed."
            links[place] = link
            tried += 1
        assert verify(scheduled(office), name).problems == ()
    assert tried > 0


@pytest.mark.parametrize("kind", Kind)
def test_each_head_of_which_a_byte_was_changed_is_named(office: ReportingOffice, kind: Kind) -> None:
    store = office.store
    assert isinstance(store, MemoryStore)
    for name, head in [(name, head) for name, head in store._heads.items() if name.kind is kind]:
        store._heads[name] = replace(head, state=changed(head.state, len(head.state) // 2))

        problems = verify(scheduled(office), name).problems

        store._heads[name] = head
        assert f"The head of {name} does not hold what its records lead to." in problems


def test_the_records_of_a_quarter_that_was_closed_are_among_them(office: ReportingOffice) -> None:
    kinds = {link.body.partition('"kind":"')[2].partition('"')[0] for link in office.store._links[GRANT]}

    assert {"period_held", "period_closed", "period_reopen_requested"} <= kinds
