"""Nobody decides on a return of which they wrote or submitted anything, whoever holds which roles, however many try at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.context import Context, wait_a_moment
from chalicelib.domain.errors import DomainError, PreparerCannotApprove, TooBusy
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.returns import ReturnDrafted, ReturnReviewed, ReturnState, ReturnSubmitted, name_of
from chalicelib.domain.values import replace
from chalicelib.services import reading, returns
from chalicelib.services.verification import verify
from chalicelib.storage.store import Store
from tests.services.offices import Office
from tests.services.reporting import RETURN, report, reporting

PEOPLE = tuple(Actor(subject=name, roles=frozenset(Role), organisation_id="council") for name in ("first", "second", "third"))
"""Each holds every role there is, the partner's among them."""

SAID = report(100_000)
STEPS: dict[str, Callable[[Context, str], object]] = {
    "write": lambda context, return_id: returns.draft(context, return_id, SAID),
    "submit": returns.submit,
    "give back": lambda context, return_id: returns.request_changes(context, return_id, "The forecast is short"),
    "accept": lambda context, return_id: returns.accept(context, return_id, "Agreed"),
}
THROWN = st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(PEOPLE))


def as_(office: Office, who: Actor) -> Context:
    return replace(office.context(who), pause=wait_a_moment)


def throw(office: Office, what: str, who: Actor) -> str:
    """Do it, again while others are in the way; how it ended."""
    while True:
        try:
            STEPS[what](as_(office, who), RETURN)
        except TooBusy:
            continue
        except DomainError as refusal:
            return type(refusal).__name__
        return what


def decided_fairly(office: Office) -> Counter[str]:
    """Read the return's history, and count its steps: whoever reviewed had prepared nothing of it until then."""
    prepared: set[str] = set()
    done: Counter[str] = Counter()
    for record in reading.records(office.context(), name_of(RETURN)):
        match record.fact:
            case ReturnDrafted() | ReturnSubmitted():
                prepared.add(record.by)
                done["write" if isinstance(record.fact, ReturnDrafted) else "submit"] += 1
            case ReturnReviewed(review=review):
                assert review.reviewed_by == record.by
                assert record.by not in prepared, "a preparer decided"
                done["accept" if review.outcome is ReturnState.ACCEPTED else "give back"] += 1
    return done


@settings(max_examples=60, deadline=None)
@given(st.lists(THROWN, min_size=4, max_size=20))
def test_whatever_is_tried_nobody_decides_on_what_they_prepared(thrown: list[tuple[str, Actor]]) -> None:
    office = reporting()
    told = Counter(throw(office, what, who) for what, who in [("write", PEOPLE[0]), ("submit", PEOPLE[0]), *thrown])

    assert decided_fairly(office) == {step: told[step] for step in STEPS if told[step]}


@pytest.mark.slow
def test_of_eight_who_write_submit_and_decide_at_once_nobody_decides_on_what_they_prepared(live_store: Store) -> None:
    office = reporting(live_store)
    order = ("submit", "accept", "give back", "accept", "write", "give back")

    def tries(place: int) -> Counter[str]:
        told: Counter[str] = Counter()
        for turn in range(10):
            what, who = order[(place + turn) % len(order)], PEOPLE[place % 3]
            # Whoever writes is a preparer for good, so only two of the three ever do.
            if who is not PEOPLE[2] or what in ("accept", "give back"):
                told[throw(office, what, who)] += 1
        return told

    begun = [throw(office, what, PEOPLE[0]) for what in ("write", "submit", "accept")]
    assert begun == ["write", "submit", PreparerCannotApprove.__name__]
    with ThreadPoolExecutor(8) as people:
        told = sum(people.map(tries, range(8)), Counter(begun))

    assert decided_fairly(office) == {step: told[step] for step in STEPS if told[step]}
    assert verify(office.context(), name_of(RETURN)).problems == ()
