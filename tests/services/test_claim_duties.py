"""Whoever had a hand in a claim neither reviews nor certifies it, and no reviewer certifies: whatever is tried, and at once."""

import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.context import Context, wait_a_moment
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claim_facts import ClaimCertified, ClaimDrafted, ClaimRedrafted, ClaimReviewed
from chalicelib.domain.claim_refusals import PackDiffers, ReviewerCannotCertify
from chalicelib.domain.errors import NotInState, PreparerCannotApprove, TooBusy
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.values import replace
from chalicelib.services import claims, reading
from chalicelib.storage.store import Store
from tests.services.claim_steps import GRANT, Q3, WHY, worded
from tests.services.offices import FINANCE, Office, invoice, line, pay

PEOPLE = tuple(Actor(subject=name, roles=frozenset(Role)) for name in ("ann", "ben", "cat", "dan"))
"""Administrators, each with every role there is."""

CLAIM = f"{GRANT}.claim-1"
REFUSALS = (PreparerCannotApprove, ReviewerCannotCertify, NotInState, PackDiffers, TooBusy)


def certify(context: Context) -> object:
    return claims.certify(context, CLAIM, claims.find(context, CLAIM).draft.pack.sha256)


STEPS: dict[str, Callable[[Context], object]] = {
    "redraft": lambda context: claims.redraft(context, CLAIM, None, WHY),
    "review": lambda context: claims.review(context, CLAIM, WHY),
    "certify": certify,
}
TRIED = st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(PEOPLE))


def opened(office: Office) -> Office:
    """An office with one claim, drafted by Ann."""
    worded(office.open())
    pay(office.context(), invoice("1", 1_000), line("lighting", 1_000))
    claims.draft(office.context(PEOPLE[0]), GRANT, Q3, "")
    return office


def duties_of(office: Office) -> Counter[str]:
    """Read the claim's history: who prepared, reviewed and certified, in order. Nobody did what they may not."""
    prepared: set[str] = set()
    reviewed: set[str] = set()
    done: Counter[str] = Counter()
    signed = ""
    for record in reading.records(office.context(), Name(Kind.CLAIMS, GRANT)):
        match record.fact:
            case ClaimDrafted(draft=draft) | ClaimRedrafted(draft=draft):
                assert draft.by == record.by
                prepared.add(record.by)
                signed = ""
            case ClaimReviewed(review=review):
                assert review.by == record.by
                assert record.by not in prepared, "a preparer reviewed"
                reviewed.add(record.by)
            case ClaimCertified(certificate=certificate):
                assert certificate.by == record.by
                assert record.by not in prepared | reviewed, "a preparer or a reviewer certified"
                signed = certificate.sha256
        done[record.kind] += 1
    claim = claims.find(office.context(), CLAIM)
    assert (claim.certificate.sha256 if claim.certificate else "") == signed
    return done


EVERY_WAY_IT_ENDS = [
    ("review", PEOPLE[0]),
    ("review", PEOPLE[1]),
    ("certify", PEOPLE[1]),
    ("certify", PEOPLE[2]),
    ("redraft", PEOPLE[2]),
]
"""Ann drafted it. She cannot review it, whoever reviews it cannot certify it, and what is drafted anew is signed by nobody."""


@pytest.mark.slow
def test_whoever_tries_whatever_nobody_decides_on_their_own_work() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=40, deadline=None)
    @example(EVERY_WAY_IT_ENDS)
    @given(st.lists(TRIED, min_size=3, max_size=12))
    def tried(steps: list[tuple[str, Actor]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            office = opened(Office(folder=Path(folder)))
            for what, who in steps:
                try:
                    STEPS[what](office.context(who))
                except REFUSALS as refusal:
                    seen[type(refusal).__name__] += 1
            seen.update(duties_of(office))

    tried()
    assert {"claim_certified", "claim_redrafted", "claim_reviewed", "PreparerCannotApprove", "ReviewerCannotCertify"} <= seen.keys()


class Hurried(Office):
    """An office whose people really wait before they try again."""

    def context(self, actor: Actor = FINANCE, *, key: str = "", body: str = "", expected: str | None = None) -> Context:
        return replace(super().context(actor, key=key, body=body, expected=expected), pause=wait_a_moment)


@pytest.mark.slow
def test_however_many_try_at_once_nobody_decides_on_their_own_work(live_store: Store, tmp_path: Path) -> None:
    office = opened(Hurried(store=live_store, folder=tmp_path))
    order = ("review", "certify", "certify", "redraft", "review", "certify")

    def tries(place: int) -> Counter[str]:
        told: Counter[str] = Counter()
        for turn in range(12):
            who, what = PEOPLE[place % 4], order[(place + turn) % len(order)]
            # Drafting anew makes a preparer for good, so only two of the four ever do.
            if what == "redraft" and place % 4 > 1:
                continue
            with suppress(*REFUSALS):
                STEPS[what](office.context(who))
                told[what] += 1
        return told

    with ThreadPoolExecutor(8) as people:
        told = sum(people.map(tries, range(8)), Counter[str]())
    done = duties_of(office)

    assert (done["claim_redrafted"], done["claim_reviewed"], done["claim_certified"]) == (
        told["redraft"],
        told["review"],
        told["certify"],
    )
    assert told["review"] > 0
