"""Each entry is claimed at most once: whatever is asked, in whatever order, by however many people at once."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.context import Context, wait_a_moment
from chalicelib.domain.cells import added
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claim_lines import claimable
from chalicelib.domain.claim_refusals import NothingToClaim
from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.errors import DomainError, TooBusy
from chalicelib.domain.measures import spent
from chalicelib.domain.people import Actor
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import replace
from chalicelib.services import claims, entries, reading
from chalicelib.services.verification import verify
from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from chalicelib.storage.store import Store
from local.embedded import EmbeddedDynamoDB
from local.table import ensure_table_with
from tests.services.claim_steps import GRANT, WHY, certified, dated, settled, submitted, withdrawn, worded
from tests.services.offices import FINANCE, Office, invoice, line, pay

QUARTERS = tuple(map(Quarter.parse, ("2023-24-Q1", "2023-24-Q2", "2023-24-Q3")))
DAYS = (date(2023, 5, 2), date(2023, 8, 2), date(2023, 11, 2), date(2024, 1, 2))
CLAIMED = {ClaimState.SUBMITTED, ClaimState.QUERIED, ClaimState.PART_PAID, ClaimState.PAID}
CLAIMS = Name(Kind.CLAIMS, GRANT)
TABLES = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A step with everything it may need: a day, an amount, an earlier entry or claim counted round, a quarter."""

    what: str
    on: date
    pence: int
    place: int
    quarter: Quarter


class Claiming:
    """An office whose people pay, correct and claim."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._numbers = count(1)

    def ask(self, asked: Asked) -> object:
        """Do it. Raises what it is refused with."""
        return STEPS[asked.what](self, asked)

    def pay(self, asked: Asked) -> object:
        return pay(self.office.context(), invoice(f"P{next(self._numbers)}", asked.pence), line("lighting", asked.pence), on=asked.on)

    def payment(self, place: int) -> str:
        found = [name for name, _, entry in reading.entries(self.office.context(), GRANT) if entry.kind is EntryKind.PAYMENT]
        return found[place % len(found)] if found else f"{GRANT}.1"

    def claim(self, place: int) -> Claim:
        found = tuple(claims.every(self.office.context(), GRANT))
        return found[place % len(found)] if found else claims.find(self.office.context(), f"{GRANT}.claim-1")


STEPS: dict[str, Callable[[Claiming, Asked], object]] = {
    "pay": Claiming.pay,
    "correct": lambda to, a: entries.correct(to.office.context(), to.payment(a.place), a.on, -1 - a.pence // 3, WHY),
    "refund": lambda to, a: entries.refund(to.office.context(), to.payment(a.place), a.on, 1 + a.pence // 4, "", WHY),
    "draft": lambda to, a: claims.draft(to.office.context(), GRANT, a.quarter, ""),
    "redraft": lambda to, a: claims.redraft(to.office.context(), to.claim(a.place).id, None, WHY),
    "certify": lambda to, a: certified(to.office, to.claim(a.place)),
    "submit": lambda to, a: submitted(to.office, to.claim(a.place)),
    "settle": lambda to, a: settled(to.office, to.claim(a.place), a.pence),
    "settle all": lambda to, a: settled(to.office, to.claim(a.place), sum(to.claim(a.place).outstanding.values())),
    "take back": lambda to, a: settled(to.office, to.claim(a.place), -a.pence),
    "withdraw": lambda to, a: withdrawn(to.office, to.claim(a.place)),
}
ASKED = st.builds(
    Asked,
    what=st.sampled_from(sorted(STEPS)),
    on=st.sampled_from(DAYS),
    pence=st.integers(1, 50_000),
    place=st.integers(0, 5),
    quarter=st.sampled_from(QUARTERS),
)


def hold_together(office: Office) -> None:
    """No entry is in two claims that stand; lines, claims, claimed entries and balances all come to the same."""
    context = office.context()
    ledger = {name: spent(entry.moves) for name, _, entry in reading.entries(context, GRANT) if claimable(entry.moves)}
    every = tuple(claims.every(context, GRANT))
    lines = {claim.id: {line.id: line.pence for line in claims.lines(context, claim, 0)} for claim in every}
    times = Counter(entry for claim in every if claim.stands for entry in lines[claim.id])
    assert set(times.values()) <= {1}, "an entry is claimed twice"
    assert times.keys() <= ledger.keys(), "something else than a payment, refund or correction is claimed"
    for claim in every:
        assert (len(lines[claim.id]), sum(lines[claim.id].values())) == (claim.draft.lines, claim.draft.total_pence)
    counters = added(balance.counters for balance in office.store.balances(GRANT))
    asked = sum(claim.draft.total_pence for claim in every if claim.state in CLAIMED)
    assert counters.get("claimed", 0) == asked
    assert counters.get("received", 0) == sum(sum(claim.received.values()) for claim in every)
    unclaimed = sum(pence for name, pence in ledger.items() if name not in times)
    standing = sum(claim.draft.total_pence for claim in every if claim.stands)
    assert standing + unclaimed == spent(counters)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(ASKED, min_size=8, max_size=30))
def test_whatever_is_asked_in_whatever_order_each_entry_is_claimed_at_most_once_and_the_totals_agree(asked: list[Asked]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        claiming = Claiming(worded(Office(folder=Path(folder)).open()))
        for quarter, on in zip(QUARTERS, DAYS, strict=False):
            claiming.ask(Asked(what="pay", on=on, pence=10_000, place=0, quarter=quarter))
        for each in asked:
            with suppress(DomainError):
                claiming.ask(each)
            hold_together(claiming.office)
        for name in (Name(Kind.GRANT, GRANT), *(head.name for head in claiming.office.store.heads(Kind.CLAIMS))):
            assert verify(claiming.office.context(), name).problems == ()


class Hurried(Office):
    """An office whose people really wait before they try again."""

    def context(self, actor: Actor = FINANCE, *, key: str = "", body: str = "", expected: str | None = None) -> Context:
        return replace(super().context(actor, key=key, body=body, expected=expected), pause=wait_a_moment)


def until_done(act: Callable[[], object]) -> object:
    """Do it, and again while others are in the way. Raises what it is refused with."""
    while True:
        try:
            return act()
        except TooBusy:
            wait_a_moment(1)


@pytest.mark.slow
def test_of_eight_who_draft_at_once_one_gets_the_lines_and_the_others_are_told(live_store: Store, tmp_path: Path) -> None:
    office = Hurried(store=live_store, folder=tmp_path)
    worded(office.open())
    for number in range(12):
        pay(office.context(), invoice(str(number), 1_000), line("lighting", 1_000))

    def drafts(_: int) -> int:
        try:
            claim = until_done(lambda: claims.draft(office.context(), GRANT, QUARTERS[2], ""))
        except NothingToClaim:
            return 0
        assert isinstance(claim, Claim)
        return claim.draft.lines

    with ThreadPoolExecutor(8) as people:
        assert sorted(people.map(drafts, range(8))) == [0] * 7 + [12]
    hold_together(office)
    assert verify(office.context(), CLAIMS).problems == ()


@pytest.mark.slow
def test_whatever_eight_ask_at_once_on_the_embedded_dynamodb_each_entry_is_claimed_at_most_once(embedded: EmbeddedDynamoDB) -> None:
    done: Counter[str] = Counter()

    @settings(max_examples=4, deadline=None)
    @given(st.tuples(*[st.lists(ASKED, min_size=4, max_size=7) for _ in range(8)]))
    def tried(asked: tuple[list[Asked], ...]) -> None:
        client, table = dynamodb_client(region="eu-west-2", endpoint_url=embedded.endpoint_url), f"claimed-{next(TABLES)}"
        ensure_table_with(client, table)
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(8) as people:
            claiming = Claiming(worded(Hurried(store=DynamoStore(client, table), folder=Path(folder)).open()))
            for quarter, on in zip(QUARTERS, DAYS, strict=False):
                claiming.ask(Asked(what="pay", on=on, pence=10_000, place=0, quarter=quarter))

            def throws(mine: list[Asked]) -> Iterator[str]:
                for each in (Asked(what="draft", on=DAYS[0], pence=1, place=0, quarter=QUARTERS[2]), *mine):
                    with suppress(DomainError):
                        until_done(partial(claiming.ask, each))
                        yield each.what

            for told in people.map(lambda mine: list(throws(mine)), asked):
                done.update(told)
            hold_together(claiming.office)
            for name in (Name(Kind.GRANT, GRANT), *(head.name for head in claiming.office.store.heads(Kind.CLAIMS))):
                assert verify(claiming.office.context(), name).problems == ()

    tried()
    assert done["draft"] > 0


def one_turn(office: Office, number: int) -> Iterator[str]:
    """Pay, draft, and withdraw the claim or send it; what was done, in words."""
    quarter, on = QUARTERS[number % 3], DAYS[number % 3]
    until_done(lambda: pay(office.context(), invoice(str(number), 700), line("lighting", 700), on=on))
    try:
        claim = until_done(lambda: claims.draft(office.context(), GRANT, quarter, ""))
    except NothingToClaim:
        return
    assert isinstance(claim, Claim)
    yield "drafted"
    if number % 2:
        until_done(lambda: withdrawn(office, claim))
        yield "withdrawn"
    elif number % 4:
        until_done(lambda: certified(office, claim))
        until_done(lambda: claims.submit(office.context(), claim.id, dated()))
        yield "submitted"


@pytest.mark.slow
def test_eight_writers_who_pay_draft_and_withdraw_at_once_claim_nothing_twice(live_store: Store, tmp_path: Path) -> None:
    office = Hurried(store=live_store, folder=tmp_path)
    worded(office.open())

    def writes(person: int) -> list[str]:
        return [done for turn in range(4) for done in one_turn(office, person * 5 + turn)]

    with ThreadPoolExecutor(8) as people:
        told = Counter(done for each in people.map(writes, range(8)) for done in each)
    states = Counter(claim.state for claim in claims.every(office.context(), GRANT))
    assert told["drafted"] >= 8
    assert (states.total(), states[ClaimState.WITHDRAWN], states[ClaimState.SUBMITTED]) == (
        told["drafted"],
        told["withdrawn"],
        told["submitted"],
    )
    hold_together(office)
    for name in (CLAIMS, Name(Kind.GRANT, GRANT)):
        assert verify(office.context(), name).problems == ()
