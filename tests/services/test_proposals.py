"""Proposals and what waits for a decision, as use cases: whoever else posts meanwhile, an approval posts once or says why not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from chalicelib.context import wait_a_moment
from chalicelib.domain.answers import RuleBroken
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.entry_refusals import DatedInFuture
from chalicelib.domain.errors import DomainError, Missing, NotInState, PreparerCannotApprove, RequestStale, TooBusy
from chalicelib.domain.initiatives import InitiativeState
from chalicelib.domain.matters import Matter
from chalicelib.domain.periods import Quarter
from chalicelib.domain.proposals import Proposal, ProposalKind, ProposalState, Transfer
from chalicelib.domain.rules import Breach, Limit, RuleName
from chalicelib.domain.spending import Budgeted, Spend
from chalicelib.domain.values import replace
from chalicelib.domain.variations import LineChange, Variation, VariationKind
from chalicelib.domain.waivers import Waiver
from chalicelib.services import approvals, closing, entries, grants, proposals, reading, registers, rules
from chalicelib.services.approvals import Wanting
from chalicelib.services.decisions import BEGINNING, Place
from chalicelib.services.unit import Replayed
from chalicelib.services.verification import verify
from chalicelib.storage.store import Store
from tests.services.counting import counting, promised
from tests.services.offices import CERTIFIER, Office, before_each_write, grant

GRANT = "ssf-4-example"
NAME = Name(Kind.GRANT, GRANT)
WHY = "The lamps cost less than was planned"
DAY = date(2023, 10, 2)
BETWEEN = Transfer(initiative_id="lighting", to_initiative_id="cctv", financial_year="2023-24", nature=Nature.CAPITAL)
SHARE = Budgeted(initiative_id="lighting", financial_year="2023-24", nature=Nature.CAPITAL, on=DAY)


@pytest.fixture
def office() -> Office:
    """An office whose grant lets virements and write-offs of up to £50 through by themselves."""
    office = Office().open()
    limited(office)
    return office


def limited(office: Office) -> None:
    limit = Limit(clause="Scheme of delegation, 3.1", breach=Breach.REFUSE, pence=5_000)
    rules.set_rules(office.context(CERTIFIER), GRANT, lambda held: replace(held, virement_limit=limit, write_off_limit=limit), WHY)


def virement(pence: int = 100_000, on: date = DAY) -> Proposal:
    return Proposal(id=0, kind=ProposalKind.VIREMENT, on=on, amount_pence=pence, requested_by="", transfer=BETWEEN)


def write_off(office: Office) -> Proposal:
    spend = Spend(initiative_id="lighting", nature=Nature.CAPITAL, on=DAY, amount_pence=9_000)
    seq = entries.commit(office.context(), GRANT, spend).position.seq
    return Proposal(id=0, kind=ProposalKind.WRITE_OFF, on=DAY, amount_pence=0, requested_by="", entry=f"{GRANT}.{seq}")


def allocated(office: Office) -> dict[str, int]:
    held = {each.cell: each.counters.get("allocated", 0) for each in office.store.balances(GRANT)}
    return {name: held[f"{name}#2023-24#capital"] for name in ("lighting", "cctv")}


def test_above_the_limit_a_virement_is_posted_by_approving_it_and_not_otherwise(office: Office) -> None:
    with pytest.raises(RuleBroken, match="needs a proposal that a second person approves"):
        entries.transfer(office.context(), GRANT, SHARE, "cctv", 100_000, WHY)
    asked = proposals.request(office.context(), GRANT, virement(), WHY)
    assert allocated(office) == {"lighting": 600_000, "cctv": 100_000}

    done = proposals.approve(office.context(CERTIFIER), GRANT, asked.proposal.id, "Seen")

    assert allocated(office) == {"lighting": 500_000, "cctv": 200_000}
    assert (done.why, done.decision, done.proposal.state) == (WHY, "Seen", ProposalState.APPROVED)
    assert (done.proposal.before, done.proposal.after) == (
        {"lighting": 600_000, "cctv": 100_000},
        {"lighting": 500_000, "cctv": 200_000},
    )
    assert proposals.find(office.context(), GRANT, 1).proposal == done.proposal
    assert verify(office.context(), NAME).problems == ()


def test_above_the_limit_a_commitment_is_given_up_by_approving_it_and_not_otherwise(office: Office) -> None:
    wanted = write_off(office)
    with pytest.raises(RuleBroken):
        entries.give_back(office.context(), str(wanted.entry), EntryKind.RELEASE, DAY, None, WHY)
    proposals.request(office.context(), GRANT, wanted, WHY)

    done = proposals.approve(office.context(CERTIFIER), GRANT, 1, "Seen")

    assert done.proposal.after == {wanted.entry: 0}
    assert [entry.kind for _, _, entry in reading.entries(office.context(), GRANT)][-1] is EntryKind.RELEASE
    assert verify(office.context(), NAME).problems == ()


def test_without_a_limit_nothing_needs_approval() -> None:
    office = Office().open()
    entries.transfer(office.context(), GRANT, SHARE, "cctv", 100_000, WHY)

    assert allocated(office) == {"lighting": 500_000, "cctv": 200_000}


def test_a_request_made_stale_says_what_changed_and_posts_nothing(office: Office) -> None:
    proposals.request(office.context(), GRANT, virement(), WHY)
    office.allocate("lighting", -50_000)

    with pytest.raises(RequestStale, match=r"lighting stood at £6,000\.00 and stands at £5,500\.00 now"):
        proposals.approve(office.context(CERTIFIER), GRANT, 1, "Seen")
    assert allocated(office) == {"lighting": 550_000, "cctv": 100_000}
    rejected = proposals.reject(office.context(CERTIFIER), GRANT, 1, "Ask again")
    assert (rejected.proposal.state, rejected.decision) == (ProposalState.REJECTED, "Ask again")


def test_a_request_that_becomes_stale_while_it_is_approved_is_not_approved(office: Office) -> None:
    proposals.request(office.context(), GRANT, virement(), WHY)
    once = iter([True])
    beaten = Office(store=before_each_write(office.store, lambda: office.allocate("cctv", 1) if next(once, False) else None))

    with pytest.raises(RequestStale, match="cctv stood at"):
        proposals.approve(beaten.context(CERTIFIER), GRANT, 1, "Seen")


def test_money_is_not_proposed_for_what_was_cancelled(office: Office) -> None:
    proposals.request(office.context(), GRANT, virement(), WHY)
    registers.move_initiative(office.context(), "cctv", InitiativeState.CANCELLED, DAY, "Not wanted")

    with pytest.raises(NotInState, match="initiative cctv is cancelled"):
        proposals.approve(office.context(CERTIFIER), GRANT, 1, "Seen")
    with pytest.raises(NotInState, match="initiative cctv is cancelled"):
        proposals.request(office.context(), GRANT, virement(), WHY)


def test_a_proposal_has_happened_and_is_there(office: Office) -> None:
    with pytest.raises(DatedInFuture):
        proposals.request(office.context(), GRANT, virement(on=date(2024, 2, 2)), WHY)
    with pytest.raises(Missing):
        proposals.request(office.context(), "no-such-grant", virement(), WHY)
    with pytest.raises(Missing):
        proposals.approve(office.context(CERTIFIER), GRANT, 1, "Seen")


def test_a_repeated_request_is_made_once(office: Office) -> None:
    proposals.request(office.context(key="k"), GRANT, virement(), WHY)

    with pytest.raises(Replayed):
        proposals.request(office.context(key="k"), GRANT, virement(), WHY)
    assert len(list(proposals.every(office.context(), GRANT, 0, 50))) == 1


def test_however_many_approve_at_once_it_is_posted_once(live_store: Store) -> None:
    office = Office(store=live_store).open()
    limited(office)
    proposals.request(office.context(), GRANT, virement(), WHY)

    def approves(number: int) -> type[DomainError] | None:
        who = replace(CERTIFIER, subject=f"certifier-{number}") if number % 2 else replace(CERTIFIER, subject="finance")
        context = replace(office.context(who), pause=wait_a_moment)
        while True:
            try:
                proposals.approve(context, GRANT, 1, "Seen")
            except TooBusy:
                continue
            except DomainError as refusal:
                return type(refusal)
            return None

    with ThreadPoolExecutor(8) as people:
        ends = list(people.map(approves, range(8)))

    assert sorted(end.__name__ if end else "posted" for end in ends[1::2]) == ["NotInState", "NotInState", "NotInState", "posted"]
    assert set(ends[::2]) <= {PreparerCannotApprove, NotInState}
    assert allocated(office) == {"lighting": 500_000, "cctv": 200_000}
    assert verify(office.context(), NAME).problems == ()


# ---- what waits


def variation() -> Variation:
    changes = (LineChange(financial_year="2023-24", nature=Nature.CAPITAL, change_pence=100),)
    about = {"dated": DAY, "reason": "More money", "notice_reference": "Letter", "changes": changes}
    return Variation(id=0, kind=VariationKind.TOP_UP, ends=None, requested_by="", **about)  # type: ignore[arg-type]  # by name


def everything_waits(office: Office) -> None:
    """Under the grant one request of every kind, by finance; under a second grant a variation by the certifier."""
    quarter = Quarter.parse("2023-24-Q1")
    closing.hold_and_close(office.context(), GRANT, quarter, WHY)
    grants.request_variation(office.context(), GRANT, variation())
    closing.request_reopening(office.context(), GRANT, quarter, "A bill was left out")
    asked = Waiver(id=0, rule=RuleName.VIREMENT_LIMIT, clause="", expires=DAY, publishable=False, requested_by="")
    rules.request_waiver(office.context(), GRANT, asked, "The rule is new")
    proposals.request(office.context(), GRANT, virement(), WHY)
    proposals.request(office.context(), GRANT, write_off(office), "Never delivered")
    office.start(grant("ssf-4-second"))
    grants.request_variation(office.context(CERTIFIER), "ssf-4-second", variation())


def waiting(office: Office, wanting: Wanting | None = None, after: Place = BEGINNING, limit: int = 50) -> list[tuple[Matter, str]]:
    found = approvals.every(office.context(), wanting or Wanting(), after, limit)
    return [(each.waiting.matter, each.waiting.id) for each in found]


ALL = [
    (Matter.VARIATION, "1"),
    (Matter.REOPENING, "2023-24-Q1"),
    (Matter.WAIVER, "1"),
    (Matter.VIREMENT, "1"),
    (Matter.WRITE_OFF, "2"),
    (Matter.VARIATION, "1"),
]


def test_everything_that_waits_is_listed_with_why_and_by_whom(office: Office) -> None:
    everything_waits(office)

    found = list(approvals.every(office.context(), Wanting(), BEGINNING, 50))

    assert [(each.waiting.matter, each.waiting.id) for each in found] == ALL
    assert [each.why for each in found] == ["More money", "A bill was left out", "The rule is new", WHY, "Never delivered", "More money"]
    assert [each.waiting.requested_by for each in found] == ["finance"] * 5 + ["certifier"]


def test_the_list_goes_on_from_any_place_in_it(office: Office) -> None:
    everything_waits(office)
    places = [approvals.place_of(each.waiting) for each in approvals.every(office.context(), Wanting(), BEGINNING, 50)]

    assert [waiting(office, after=place) for place in places] == [ALL[number:] for number in range(1, 7)]
    assert waiting(office, limit=2) == ALL[:2]


@pytest.mark.parametrize(
    ("wanting", "found"),
    [
        (Wanting(matter=Matter.VARIATION), [ALL[0], ALL[5]]),
        (Wanting(grant_id=GRANT), ALL[:5]),
        (Wanting(requested_by="certifier"), ALL[5:]),
        (Wanting(by_others=True), ALL[5:]),
        (Wanting(matter=Matter.WAIVER, requested_by="certifier"), []),
    ],
)
def test_the_list_can_be_filtered(office: Office, wanting: Wanting, found: list[tuple[Matter, str]]) -> None:
    everything_waits(office)

    assert waiting(office, wanting) == found


def test_what_is_decided_waits_no_more(office: Office) -> None:
    everything_waits(office)
    by = office.context(CERTIFIER)
    grants.approve_variation(by, GRANT, 1, WHY)
    closing.keep_closed(by, GRANT, Quarter.parse("2023-24-Q1"), WHY)
    rules.reject_waiver(by, GRANT, 1, WHY)
    proposals.reject(by, GRANT, 1, WHY)
    proposals.approve(by, GRANT, 2, WHY)

    assert waiting(office) == ALL[5:]
    with pytest.raises(Missing):
        waiting(office, Wanting(grant_id="no-such-grant"))


def test_each_request_takes_the_round_trips_that_are_promised(office: Office) -> None:
    counted = counting(office.store)
    seen, table = Office(store=counted), promised("rules and decisions")

    def calls(act: Callable[[], object]) -> list[str]:
        counted.calls.clear()
        act()
        return list(counted.calls)

    assert calls(lambda: proposals.request(seen.context(), GRANT, virement(), WHY)) == table["propose a virement or a write-off"]
    assert calls(lambda: proposals.find(seen.context(), GRANT, 1)) == table["one proposal, or a page of them"]
    assert calls(lambda: list(proposals.every(seen.context(), GRANT, 0, 50))) == table["one proposal, or a page of them"]
    assert calls(lambda: waiting(seen)) == table["what waits for a decision"]
    assert calls(lambda: waiting(seen, Wanting(grant_id=GRANT))) == table["what waits under one grant"]
    assert calls(lambda: proposals.approve(seen.context(CERTIFIER), GRANT, 1, WHY)) == table["decide a proposal"]
    wanted = write_off(office)
    assert calls(lambda: proposals.request(seen.context(), GRANT, wanted, WHY)) == table["propose a virement or a write-off"]
    assert calls(lambda: proposals.reject(seen.context(CERTIFIER), GRANT, 2, WHY)) == table["decide a proposal"]
