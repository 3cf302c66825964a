"""Claims as use cases: each entry once, ever; what they post, what they release, and what verification finds."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.domain.cells import Counters, Nature, added
from chalicelib.domain.chain import Kind, Name, Position
from chalicelib.domain.claim_facts import ClaimCertified, ClaimDrafted, ClaimFact, ClaimRedrafted, ClaimSubmitted
from chalicelib.domain.claim_refusals import (
    ClaimedByHand,
    ClaimsArePrepared,
    MoreThanClaimed,
    NothingToClaim,
    PackDiffers,
    PartOfClaim,
)
from chalicelib.domain.claims import Certificate, Claim, ClaimState, GrantClaims, Submission
from chalicelib.domain.closing_refusals import NoSuchPeriod, PeriodIsClosed, QuarterNotOver
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.errors import Contradictory, Missing, NotInState, StaleView
from chalicelib.domain.evidence import Subject, SubjectKind
from chalicelib.domain.file_types import FileType
from chalicelib.domain.income import MatchGiven, Settlement
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.proposals import Proposal, ProposalKind
from chalicelib.domain.putting_right import Elsewhere
from chalicelib.domain.rules import Breach, Limit
from chalicelib.domain.spending import Spend
from chalicelib.domain.values import replace
from chalicelib.services import claim_packs, claims, closing, debtors, entries, evidence, proposals, reading, rules
from chalicelib.services.evidence import Announced
from chalicelib.services.unit import Part, Plan, Replayed, View, change, view_of
from chalicelib.services.verification import verify, verify_all
from chalicelib.storage import items
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Batch, Wanted
from tests.services.claim_steps import GRANT, Q2, Q3, REVIEWER, WHY, certified, dated, drafted, settled, submitted, withdrawn, worded
from tests.services.offices import CERTIFIER, PARTNER, Office, grant, invoice, line, pay
from tests.services.tampering import memory

CLAIMS = Name(Kind.CLAIMS, GRANT)
FIRST = f"{GRANT}.claim-1"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that paid £1,200 for lamps, £10 for cameras (both in Q3) and £300 for poles in Q2; with orders, accruals and match."""
    office = Office(folder=tmp_path).open()
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))
    pay(office.context(), invoice("2", 1_000), line("cctv", 1_000))
    pay(office.context(), invoice("3", 30_000), line("lighting", 30_000), on=date(2023, 9, 1))
    spend = Spend(initiative_id="lighting", nature=Nature.CAPITAL, on=date(2023, 10, 3), amount_pence=7_777)
    entries.commit(office.context(), GRANT, spend)
    entries.accrue(office.context(), GRANT, spend)
    for kind in (EntryKind.MATCH_CASH, EntryKind.MATCH_IN_KIND):
        given = MatchGiven(kind=kind, contributor="council", on=date(2023, 10, 3), amount_pence=5_000, nature=Nature.CAPITAL)
        entries.record_match(office.context(), GRANT, given)
    return worded(office)


LAMPS, CAMERAS, POLES = (f"{GRANT}.{seq}" for seq in (8, 9, 10))


def lines(office: Office, claim: Claim) -> dict[str, int]:
    return {each.id: each.pence for each in claims.lines(office.context(), claim, 0)}


def counters(office: Office) -> Counters:
    return added(balance.counters for balance in office.store.balances(GRANT))


def posted(office: Office, *kinds: EntryKind) -> list[tuple[str, str, int]]:
    found: Iterator[Entry] = (entry for _, _, entry in reading.entries(office.context(), GRANT))
    return [(entry.kind.value, entry.cell, entry.amount_pence) for entry in found if entry.kind in kinds]


def holds(office: Office) -> bool:
    return not [problem for verdict in verify_all(office.context()) for problem in verdict.problems]


def files(office: Office, claim: Claim) -> dict[str, bytes]:
    content = office.context().objects.get(claim_packs.key_of(claim.id, claim.draft.pack.sha256))
    assert sha256(content).hexdigest() == claim.draft.pack.sha256
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_claim_takes_what_was_paid_up_to_its_quarter_and_neither_match_nor_orders_nor_accruals(office: Office) -> None:
    second, third = drafted(office, Q2), drafted(office, Q3)

    assert lines(office, second) == {POLES: 30_000}
    assert lines(office, third) == {LAMPS: 120_000, CAMERAS: 1_000}
    assert (third.id, third.draft.lines, third.draft.total_pence) == (f"{GRANT}.claim-2", 2, 121_000)
    assert (third.state, third.prepared_by, third.version) == (ClaimState.DRAFTED, ("finance",), 3)
    assert holds(office)


def test_one_claim_takes_the_quarters_before_it_too(office: Office) -> None:
    assert lines(office, drafted(office, Q3)) == {LAMPS: 120_000, CAMERAS: 1_000, POLES: 30_000}
    with pytest.raises(NothingToClaim):
        drafted(office, Q2)


def test_late_corrections_come_with_the_next_claim_as_lines_of_their_own(office: Office) -> None:
    first = drafted(office)
    before = lines(office, first)
    entries.correct(office.context(), LAMPS, date(2024, 1, 10), -5_000, "The invoice said less")
    entries.refund(office.context(), CAMERAS, date(2024, 1, 12), 400, "", "One went back")
    pay(office.context(), invoice("4", 9_000), line("lighting", 9_000), on=date(2023, 12, 20))

    # The refund and the correction fall into the open quarter after, which is not over.
    assert lines(office, drafted(office)) == {f"{GRANT}.17": 9_000}
    assert lines(office, first) == before
    later = replace(office.context(), now=office.context().now.replace(month=4))
    assert {each.id: each.pence for each in claims.lines(later, claims.draft(later, GRANT, Quarter.parse("2023-24-Q4"), ""), 0)} == {
        f"{GRANT}.15": -5_000,
        f"{GRANT}.16": -400,
    }
    assert holds(office)


def test_a_recoding_of_what_was_claimed_is_two_lines_and_asks_for_nothing(office: Office) -> None:
    drafted(office)
    office.allocate("cctv", 10_000)
    closing.hold(office.context(), GRANT, Quarter.parse("2023-24-Q1"), WHY)
    to = Elsewhere(initiative_id="cctv", nature=Nature.CAPITAL)
    entries.recode(office.context(), LAMPS, date(2023, 12, 1), 500, to, "It was for cameras")

    with pytest.raises(NothingToClaim, match="comes to nothing in 2 lines"):
        drafted(office)
    pay(office.context(), invoice("4", 9_000), line("lighting", 9_000), on=date(2023, 12, 20))
    assert sorted(lines(office, drafted(office)).values()) == [-500, 500, 9_000]


def test_claims_are_made_in_arrears_for_quarters_that_the_grant_has(office: Office) -> None:
    with pytest.raises(QuarterNotOver):
        drafted(office, Quarter.parse("2023-24-Q4"))
    with pytest.raises(NoSuchPeriod):
        drafted(office, Quarter.parse("2022-23-Q4"))
    with pytest.raises(Missing):
        claims.draft(office.context(), "no-such-grant", Q3, "")
    registered = grant("ssf-4-other")
    office.start(registered)
    with pytest.raises(NothingToClaim):
        claims.draft(office.context(), "ssf-4-other", Q3, "")


def test_a_claim_goes_from_the_draft_to_the_money_and_the_ledger_with_it(office: Office) -> None:
    claim = submitted(office, drafted(office))
    assert (claim.state, counters(office)["claimed"]) == (ClaimState.SUBMITTED, 151_000)
    assert posted(office, EntryKind.CLAIMED) == [("claimed", "-#2023-24-Q3#capital", 151_000)]

    part = settled(office, claim, 100_000)
    assert (part.state, part.outstanding) == (ClaimState.PART_PAID, {"-#2023-24-Q3#capital": 51_000})
    with pytest.raises(MoreThanClaimed, match=r"£510\.00 of .* is still to come"):
        settled(office, claim, 51_001)
    paid = settled(office, claim, 51_000)

    assert (paid.state, paid.outstanding, counters(office)["received"]) == (ClaimState.PAID, {}, 151_000)
    assert [receipt.reference for receipt in paid.receipts] == ["HO-PAID", "HO-PAID"]
    assert holds(office)


def test_a_payment_that_was_entered_by_mistake_is_taken_back_on_the_claim(office: Office) -> None:
    claim = settled(office, submitted(office, drafted(office)), 151_000)

    with pytest.raises(PartOfClaim):
        entries.correct(office.context(), next(iter(claim.receipts[0].entries.values())), date(2024, 2, 1), -1, WHY)
    assert settled(office, claim, -1_000).state is ClaimState.PART_PAID
    back = settled(office, claim, -150_000)
    assert (back.state, counters(office).get("received", 0)) == (ClaimState.SUBMITTED, 0)
    assert withdrawn(office, claim).state is ClaimState.WITHDRAWN
    assert holds(office)


def test_a_withdrawn_claim_releases_its_lines_and_takes_back_what_it_claimed(office: Office) -> None:
    claim = submitted(office, drafted(office))

    gone = withdrawn(office, claim)

    assert (gone.state, counters(office).get("claimed", 0)) == (ClaimState.WITHDRAWN, 0)
    assert posted(office, EntryKind.CLAIMED, EntryKind.CORRECTION) == [
        ("claimed", "-#2023-24-Q3#capital", 151_000),
        ("correction", "-#2023-24-Q3#capital", -151_000),
    ]
    again = drafted(office)
    assert lines(office, again) == lines(office, claim)
    with pytest.raises(NotInState):
        withdrawn(office, claim)
    assert holds(office)


def test_a_withdrawal_between_others_gives_back_its_own_lines_and_no_others(office: Office) -> None:
    first = drafted(office, Q2)
    second = drafted(office, Q3)
    withdrawn(office, first)
    pay(office.context(), invoice("4", 9_000), line("lighting", 9_000), on=date(2023, 12, 20))

    assert lines(office, drafted(office, Q3)) == {POLES: 30_000, f"{GRANT}.15": 9_000}
    assert lines(office, second) == {LAMPS: 120_000, CAMERAS: 1_000}


def test_a_claim_for_which_money_came_is_not_withdrawn(office: Office) -> None:
    claim = settled(office, submitted(office, drafted(office)), 1)

    with pytest.raises(NotInState, match="is part_paid"):
        withdrawn(office, claim)
    claims.query(office.context(), claim.id, "Which lamps?", dated())
    with pytest.raises(NotInState, match="is queried"):
        withdrawn(office, claim)


def test_a_query_stays_open_until_it_is_answered_or_all_is_paid(office: Office) -> None:
    claim = submitted(office, drafted(office))
    assert claims.query(office.context(), claim.id, "Which lamps?", dated()).state is ClaimState.QUERIED
    assert settled(office, claim, 1_000).state is ClaimState.QUERIED
    answered = claims.answer(office.context(), claim.id, "Those of Hanley", dated())
    assert (answered.state, answered.queries[0].answer) == (ClaimState.PART_PAID, "Those of Hanley")
    claims.query(office.context(), claim.id, "And why?", dated())
    assert settled(office, claim, 150_000).state is ClaimState.PAID
    assert holds(office)


def test_a_claim_that_only_takes_back_is_settled_by_money_that_goes_back(office: Office) -> None:
    submitted(office, drafted(office))
    entries.correct(office.context(), LAMPS, date(2023, 12, 31), -5_000, "The invoice said less")

    claim = submitted(office, drafted(office))
    with pytest.raises(MoreThanClaimed):
        settled(office, claim, 5_000)
    assert (claim.draft.total_pence, settled(office, claim, -5_000).state) == (-5_000, ClaimState.PAID)
    assert (counters(office)["claimed"], counters(office)["received"]) == (146_000, -5_000)
    assert holds(office)


def test_drafting_anew_takes_the_ledger_as_it_is_now_and_voids_the_signature(office: Office) -> None:
    claim = certified(office, drafted(office))
    signed = claim.draft.pack.sha256
    entries.correct(office.context(), LAMPS, date(2023, 12, 31), -5_000, "The invoice said less")
    colleague = Actor(subject="colleague", roles=frozenset({Role.FINANCE}))

    anew = claims.redraft(office.context(colleague), claim.id, "With the correction", WHY)

    assert (anew.state, anew.certificate, anew.draft.total_pence) == (ClaimState.DRAFTED, None, 146_000)
    assert [(each.by, each.sha256) for each in anew.voided] == [("certifier", signed)]
    assert anew.prepared_by == ("finance", "colleague")
    assert anew.draft.pack.sha256 != signed
    with pytest.raises(NotInState):
        claims.submit(office.context(), claim.id, dated())
    claims.review(office.context(REVIEWER), claim.id, WHY)
    with pytest.raises(PackDiffers):
        claims.certify(office.context(CERTIFIER), claim.id, signed)
    assert holds(office)


def test_a_claim_that_was_sent_is_not_drafted_anew(office: Office) -> None:
    with pytest.raises(NotInState):
        claims.redraft(office.context(), submitted(office, drafted(office)).id, None, WHY)


def test_a_pack_that_was_changed_where_it_is_kept_is_not_signed_and_is_found(office: Office) -> None:
    claim = drafted(office)
    claims.review(office.context(REVIEWER), claim.id, WHY)
    path = office.folder / claim_packs.key_of(claim.id, claim.draft.pack.sha256)
    path.write_bytes(path.read_bytes().replace(b"1200.00", b"9200.00"))

    with pytest.raises(PackDiffers):
        claims.certify(office.context(CERTIFIER), claim.id, claim.draft.pack.sha256)
    (problem,) = verify(office.context(), CLAIMS).problems
    assert problem.startswith(f"The pack of {FIRST} has the SHA-256 ")
    path.unlink()
    assert verify(office.context(), CLAIMS).problems == (f"The pack of {FIRST} with the SHA-256 {claim.draft.pack.sha256} is gone.",)


def test_entries_that_a_claim_posted_move_with_the_claim_alone(office: Office) -> None:
    (entry_id,) = submitted(office, drafted(office)).posted

    with pytest.raises(PartOfClaim, match=r"was posted by ssf-4-example\.claim-1"):
        entries.correct(office.context(), entry_id, date(2024, 2, 1), -1, WHY)


def limited(office: Office) -> None:
    limit = Limit(clause="Scheme of delegation, 3.1", breach=Breach.REFUSE, pence=5_000)
    rules.set_rules(office.context(CERTIFIER), GRANT, lambda held: replace(held, write_off_limit=limit), WHY)


def written_off(office: Office, entry_id: str) -> None:
    asked = Proposal(id=0, kind=ProposalKind.WRITE_OFF, on=date(2024, 2, 1), amount_pence=0, requested_by="", entry=entry_id)
    proposed = proposals.request(office.context(), GRANT, asked, WHY)
    proposals.approve(office.context(CERTIFIER), GRANT, proposed.proposal.id, WHY)


def test_to_withdraw_a_claim_writes_nothing_off_whatever_the_limit_on_that(office: Office) -> None:
    claim = submitted(office, drafted(office))
    limited(office)

    assert withdrawn(office, claim).state is ClaimState.WITHDRAWN
    assert counters(office).get("claimed", 0) == 0
    assert holds(office)


def test_what_of_a_claim_will_never_be_paid_is_written_off_by_two_people(office: Office) -> None:
    limited(office)
    claim = submitted(office, drafted(office))
    settled(office, claim, 100_000)
    (entry_id, _) = claims.find(office.context(), claim.id).posted

    asked = Proposal(id=0, kind=ProposalKind.WRITE_OFF, on=date(2024, 2, 1), amount_pence=51_000, requested_by="", entry=entry_id)
    proposals.approve(office.context(CERTIFIER), GRANT, proposals.request(office.context(), GRANT, asked, WHY).proposal.id, WHY)

    assert [each.outstanding_pence for each in debtors.of_grant(office.context(), GRANT)] == [0]
    assert holds(office)


def test_a_claim_that_was_written_off_whole_can_still_be_withdrawn(office: Office) -> None:
    claim = submitted(office, drafted(office))
    (entry_id,) = claim.posted
    written_off(office, entry_id)

    assert withdrawn(office, claim).state is ClaimState.WITHDRAWN
    assert lines(office, drafted(office)) == lines(office, claim)
    assert holds(office)


def by_hand(pence: int) -> Settlement:
    return Settlement(
        kind=EntryKind.CLAIMED, quarter="2023-24-Q3", nature=Nature.CAPITAL, on=date(2024, 1, 5), amount_pence=pence, reference="HO-0"
    )


def test_what_was_claimed_by_hand_before_is_put_right_first(office: Office) -> None:
    made = entries.record_settlement(office.context(), GRANT, by_hand(100))

    with pytest.raises(ClaimedByHand, match=r"£1\.00 of ssf-4-example in 2023-24 \(capital\)"):
        drafted(office)
    entries.correct(office.context(), f"{GRANT}.{made.position.seq}", date(2024, 2, 1), -100, "A claim says it now")
    submitted(office, drafted(office))
    with pytest.raises(ClaimsArePrepared):
        entries.record_settlement(office.context(), GRANT, by_hand(100))
    assert holds(office)


def test_what_was_claimed_and_paid_by_hand_becomes_a_claim_with_its_lines_and_its_true_dates(office: Office) -> None:
    whole = drafted(office)
    asked = whole.draft.total_pence
    withdrawn(office, whole)
    posted = [
        entries.record_settlement(office.context(), GRANT, replace(by_hand(asked), kind=kind)).position.seq
        for kind in (EntryKind.CLAIMED, EntryKind.RECEIVED)
    ]
    with pytest.raises(ClaimedByHand):
        drafted(office)

    for seq in posted:
        entries.correct(office.context(), f"{GRANT}.{seq}", date(2024, 2, 1), -asked, "A claim with lines says it now")
    claim = certified(office, drafted(office))
    claims.submit(office.context(), claim.id, dated(date(2024, 1, 5), "HO-0"))
    paid = claims.settle(office.context(), claim.id, asked, dated(date(2024, 1, 31), "HO-0"), "")

    assert (paid.state, lines(office, paid)) == (ClaimState.PAID, lines(office, whole))
    assert {name: pence for name, pence in counters(office).items() if name in ("claimed", "received")} == {
        "claimed": asked,
        "received": asked,
    }
    pay(office.context(), invoice("later", 500), line("lighting", 500), on=date(2023, 12, 1))
    assert drafted(office).draft.total_pence == 500
    assert holds(office)


def test_money_that_was_claimed_by_hand_may_still_come_in_by_hand(office: Office) -> None:
    drafted(office)

    entries.record_settlement(office.context(), GRANT, replace(by_hand(100), kind=EntryKind.RECEIVED))
    assert counters(office)["received"] == 100


def test_nothing_is_submitted_on_a_day_of_a_closed_quarter(office: Office) -> None:
    for quarter in map(Quarter.parse, ("2023-24-Q1", "2023-24-Q2", "2023-24-Q3")):
        closing.hold_and_close(office.context(), GRANT, quarter, WHY)
    claim = certified(office, drafted(office))

    with pytest.raises(PeriodIsClosed):
        claims.submit(office.context(), claim.id, dated(date(2023, 12, 31)))
    with pytest.raises(Contradictory):
        claims.submit(office.context(), claim.id, dated(date(2023, 12, 30)))
    assert claims.submit(office.context(), claim.id, dated()).state is ClaimState.SUBMITTED


def test_a_step_on_an_old_view_is_refused_and_a_repeated_draft_is_one_claim(office: Office) -> None:
    claim = claims.draft(office.context(key="k"), GRANT, Q2, "")
    drafted(office, Q3)

    with pytest.raises(Replayed):
        claims.draft(office.context(key="k"), GRANT, Q2, "")
    with pytest.raises(StaleView):
        claims.review(office.context(REVIEWER, expected="3"), claim.id, WHY)
    assert claims.review(office.context(REVIEWER, expected="2"), claim.id, WHY).version == 4
    with pytest.raises(Missing):
        claims.find(office.context(), f"{GRANT}.claim-3")
    with pytest.raises(Missing):
        claims.find(office.context(), "no-such-grant.claim-1")


def test_claims_are_listed_from_any_place(office: Office) -> None:
    office.start(grant("ssf-4-another"))
    office.allocate("lighting", 10_000, "ssf-4-another")
    pay(office.context(), invoice("9", 100), line("lighting", 100, grant_id="ssf-4-another"))
    made = [claims.draft(office.context(), "ssf-4-another", Q3, "").id, drafted(office, Q2).id, drafted(office, Q3).id]

    def ids(after: str = "", of: str | None = None) -> list[str]:
        return [claim.id for claim in claims.every(office.context(), of, after)]

    assert ids() == made
    assert [ids(after) for after in made] == [made[1:], made[2:], []]
    assert (ids(of=GRANT), ids(made[1], GRANT), ids(of="ssf-4")) == (made[1:], made[2:], [])


def test_lines_are_read_from_any_place(office: Office) -> None:
    claim = drafted(office)

    assert [each.seq for each in claims.lines(office.context(), claim, 8)] == [9, 10]
    assert [each.seq for each in claims.lines(office.context(), claim, 10)] == []


def recorded(office: Office, *facts: ClaimFact) -> None:
    """Record facts about claims that no step would."""
    wanted = Wanted(heads=(CLAIMS,))

    def decide(view: View) -> Plan:
        return Plan(parts=(Part(CLAIMS, view.find(GrantClaims, GRANT), facts),))

    change(office.context(), lambda: view_of(office.context(), wanted), decide, lambda _: None)


def test_verification_names_lines_and_entries_that_are_not_what_a_claim_says(office: Office) -> None:
    claim = drafted(office)
    cell = "-#2023-24-Q3#capital"
    sent = Submission(by="finance", on=date(2024, 2, 1), reference="HO-1", entries={cell: LAMPS})
    recorded(
        office,
        ClaimRedrafted(id=claim.id, draft=replace(claim.draft, lines=4)),
        ClaimCertified(id=claim.id, certificate=Certificate(by="certifier", on=date(2024, 2, 1), sha256="0" * 64)),
        ClaimSubmitted(id=claim.id, submission=sent),
    )

    assert verify(office.context(), CLAIMS).problems == (
        f"The signature of {FIRST} is of {'0' * 64}, and its pack is {claim.draft.pack.sha256}.",
        f"{FIRST} says 4 lines of {{'{cell}': 151000}}, and the ledger has 3 lines of {{'{cell}': 151000}} there.",
        f"{FIRST} says that 151000 pence were claimed in {cell}, and the ledger has ('payment', 'lighting#2023-24-Q3#capital', 120000).",
    )


def test_no_way_to_the_record_lets_a_line_be_claimed_twice(office: Office) -> None:
    claim = drafted(office)

    with pytest.raises(ValueError, match="a line of ssf-4-example would be claimed twice"):
        recorded(office, ClaimDrafted(id=f"{GRANT}.claim-2", grant_id=GRANT, quarter="2023-24-Q3", draft=claim.draft))


def test_a_record_that_claims_a_line_twice_is_named(office: Office) -> None:
    claim = drafted(office)
    fact = ClaimDrafted(id=f"{GRANT}.claim-2", grant_id=GRANT, quarter="2023-24-Q3", draft=claim.draft)
    seen = Position(2, memory(office)._links[CLAIMS][1].hash)
    draft = items.Draft(at=office.context().now, by="finance", reason="", fact=fact)
    memory(office)._links[CLAIMS] += items.sealed(CLAIMS, seen, (draft,))

    assert verify(office.context(), CLAIMS).problems == (
        f"Record 3 of {CLAIMS} cannot be read: a line of ssf-4-example would be claimed twice.",
    )


class Weighed(MemoryStore):
    """A store that remembers how many items each write touched."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def record(self, batch: Batch) -> None:
        self.sizes.append(batch.size)
        super().record(batch)


def test_no_write_of_a_claim_grows_with_its_lines(tmp_path: Path) -> None:
    store = Weighed()
    office = Office(store=store, folder=tmp_path).open()
    for number in range(150):
        pay(office.context(), invoice(str(number), 1_000), line("lighting", 1_000))
    worded(office)
    store.sizes.clear()

    claim = submitted(office, drafted(office))

    # Drafted, reviewed, certified: a record and a head. Submitted: two of each, and the claimed entry's balance and standing.
    assert (claim.draft.lines, store.sizes) == (150, [2, 2, 2, 6])
    withdrawn(office, claim)
    assert store.sizes[4:] == [6]
    assert holds(office)


def test_what_stands_behind_a_claim_itself_is_the_offices_alone(office: Office) -> None:
    claim = drafted(office)
    subject = Subject(kind=SubjectKind.CLAIM, id=claim.id)
    announced = Announced(file_name="Remittance.pdf", content_type=FileType.PDF, size=3, sha256="0" * 64)

    made = evidence.request(office.context(), subject, announced).evidence.state

    assert made.id == f"claim.{claim.id}.{'0' * 32}"
    assert [each.state.id for each in evidence.every(office.context(), subject, None, "", 10)] == [made.id]
    assert list(evidence.every(office.context(PARTNER), subject, None, "", 10)) == []
    with pytest.raises(Missing):
        evidence.request(office.context(PARTNER), subject, announced)
    with pytest.raises(Missing, match=r"There is no claim with the id 'ssf-4-example\.claim-2'"):
        evidence.request(office.context(), replace(subject, id=f"{GRANT}.claim-2"), announced)


def test_evidence_behind_a_line_is_in_the_pack_once_it_is_stored(office: Office) -> None:
    content = b"%PDF-1.7 an invoice"
    announced = Announced(file_name="Invoice 1.pdf", content_type=FileType.PDF, size=len(content), sha256=sha256(content).hexdigest())
    made = evidence.request(office.context(), Subject(kind=SubjectKind.ENTRY, id=LAMPS), announced).evidence.state
    office.context().objects.put(evidence.key_of(made.id), io.BytesIO(content), content_type="application/pdf")

    before = files(office, drafted(office))["evidence.csv"].decode()
    evidence.check(office.context(), made.id)
    after = files(office, claims.redraft(office.context(), FIRST, None, WHY))["evidence.csv"].decode()

    assert [line.split(",")[:2] for line in before.splitlines()[1:]] == [[LAMPS, "none"], [CAMERAS, "none"], [POLES, "none"]]
    assert [line.split(",")[:2] for line in after.splitlines()[1:]] == [[LAMPS, "stored"], [CAMERAS, "none"], [POLES, "none"]]
    assert f"{len(content)},{sha256(content).hexdigest()}" in after


def test_the_pack_says_all_of_it(office: Office) -> None:
    claim = drafted(office)

    found = files(office, claim)

    assert sorted(found) == [
        *("certificate.txt", "claim.json", "evidence.csv", "forecast.csv"),
        *("lines.csv", "manifest.json", "match.csv", "statement.csv"),
    ]
    manifest = json.loads(found["manifest.json"])
    assert {each["name"]: each["sha256"] for each in manifest["files"]} == {
        name: sha256(content).hexdigest() for name, content in found.items() if name != "manifest.json"
    }
    said = json.loads(found["claim.json"])
    assert (said["lines"], said["total_pence"], said["lines_without_evidence"]) == (3, 151_000, 3)
    assert said["initiatives_without_forecast"] == ["cctv", "lighting"]
