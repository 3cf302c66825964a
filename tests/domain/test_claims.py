"""Claims: which lines they take, what these ask for, how money that comes is spread, and who may take which step."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import claiming
from chalicelib.domain.cells import Counter
from chalicelib.domain.claim_facts import ClaimCertified, ClaimDrafted, ClaimFact, ClaimRedrafted, ClaimWithdrawn, WordingSet, apply
from chalicelib.domain.claim_lines import Line, Selection, Span, Taken, claimable, select, shares_of
from chalicelib.domain.claim_refusals import (
    CertificateWordingChanged,
    ClaimedByHand,
    NoCertificateWording,
    NothingToClaim,
    PackDiffers,
    ReviewerCannotCertify,
)
from chalicelib.domain.claiming import Dated
from chalicelib.domain.claims import Claim, ClaimState, Draft, GrantClaims, Wording, grant_of, place_of
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.errors import Missing, NotInState, PreparerCannotApprove
from chalicelib.domain.ledger import Purse
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.publications import File
from chalicelib.domain.values import replace
from tests.domain.ledger_tables import ledger

GRANT = "ssf-5-example"
Q1, Q2, NEXT_Q1 = map(Quarter.parse, ("2023-24-Q1", "2023-24-Q2", "2024-25-Q1"))
TODAY = date(2024, 7, 1)


def line(seq: int, pence: int, quarter: str = "2023-24-Q1", nature: str = "capital", kind: EntryKind = EntryKind.PAYMENT) -> Line:
    entry = Entry(kind=kind, on=date(2023, 5, 1), cell=f"lighting#{quarter}#{nature}", amount_pence=pence)
    return Line(grant_id=GRANT, seq=seq, entry=entry)


def span(quarter: str, after: int, until: int) -> Span:
    return Span(quarter=quarter, after=after, until=until)


def ids(selected: Selection) -> list[int]:
    return [each.seq for each in selected.lines]


LEDGER = (
    line(8, 1_000),
    line(9, 2_000, "2023-24-Q2"),
    line(11, -300, kind=EntryKind.REFUND),
    line(12, 50, "2023-24-Q2", kind=EntryKind.CORRECTION),
)


def test_a_claim_takes_its_quarter_and_what_is_unclaimed_before_it() -> None:
    first = select(Q1, LEDGER, Taken(()), 10)
    second = select(Q2, LEDGER, Taken(first.spans), 12)

    # The refund of record 11 was recorded after record 10, so it is not in the first claim's span.
    assert first.spans == (span("2023-24-Q1", 0, 10),)
    assert second.spans == (span("2023-24-Q1", 10, 12), span("2023-24-Q2", 0, 12))
    assert ids(second) == [9, 11, 12]
    assert second.amounts_pence == {"-#2023-24-Q2#capital": 2_000 - 300 + 50}


def test_the_records_of_one_claim_lie_between_those_of_others() -> None:
    taken = Taken((span("2023-24-Q1", 0, 8), span("2023-24-Q1", 10, 11)))

    assert list(taken.free("2023-24-Q1", 12)) == [span("2023-24-Q1", 8, 10), span("2023-24-Q1", 11, 12)]
    assert list(taken.free("2023-24-Q2", 12)) == [span("2023-24-Q2", 0, 12)]
    assert not taken.overlap
    assert Taken((span("2023-24-Q1", 0, 9), span("2023-24-Q1", 8, 10))).overlap


@given(st.data())
def test_whatever_is_taken_what_is_free_is_the_rest_and_nothing_twice(data: st.DataObject) -> None:
    taken: list[Span] = []
    for until in data.draw(st.lists(st.integers(1, 40), max_size=6)):
        taken += data.draw(st.sampled_from([list(Taken(taken).free("2023-24-Q1", until)), []]))

    free = list(Taken(taken).free("2023-24-Q1", 40))

    members = [seq for each in (*taken, *free) for seq in range(each.after + 1, each.until + 1)]
    assert sorted(members) == list(range(1, 41))
    assert not Taken((*taken, *free)).overlap


def test_a_line_of_an_earlier_year_is_asked_for_in_the_last_quarter_of_that_year() -> None:
    lines = (
        line(8, 1_000),
        line(9, 2_000, "2024-25-Q1"),
        line(10, 700, nature="revenue"),
        line(11, 5, nature="not_stated"),
        line(12, -5, nature="not_stated"),
    )

    assert select(NEXT_Q1, lines, Taken(()), 12).amounts_pence == {
        "-#2023-24-Q4#capital": 1_000,
        "-#2023-24-Q4#revenue": 700,
        "-#2024-25-Q1#capital": 2_000,
    }


@pytest.mark.parametrize("counter", Counter)
def test_payments_and_what_puts_them_right_are_claimable_and_nothing_else(counter: Counter) -> None:
    assert claimable({counter: 1}) is (counter in {"paid", "corrected", "refunded"})


def test_a_payment_that_settles_an_accrual_is_one_line_of_its_own_amount() -> None:
    entry = Entry(
        kind=EntryKind.PAYMENT, on=date(2023, 5, 1), cell="lighting#2023-24-Q1#capital", amount_pence=900, settles={"accrued": -800}
    )

    assert claimable(entry.moves)
    assert Line(grant_id=GRANT, seq=1, entry=entry).pence == 900


@pytest.mark.parametrize(
    ("left", "comes", "spread"),
    [
        ({"a": 1_000, "b": 500}, 1_500, {"a": 1_000, "b": 500}),
        ({"a": 1_000, "b": 500}, 100, {"a": 67, "b": 33}),
        ({"a": 1_000, "b": -100}, 500, {"a": 600, "b": -100}),
        ({"a": 1_000, "b": -100}, 900, {"a": 1_000, "b": -100}),
        ({"a": -300, "b": 100}, -200, {"a": -300, "b": 100}),
        ({"a": 1_000}, 1_001, None),
        ({"a": 1_000}, -1, None),
        ({"a": 1_000}, 0, None),
        ({}, 1, None),
    ],
)
def test_money_that_comes_is_spread_over_what_is_left_after_all_deductions(
    left: dict[str, int], comes: int, spread: dict[str, int] | None
) -> None:
    assert shares_of(left, comes) == spread


@given(
    st.dictionaries(st.sampled_from("abcde"), st.integers(-10_000, 10_000).filter(bool), min_size=1),
    st.lists(st.integers(1, 5_000), max_size=6),
)
def test_however_money_comes_no_penny_is_lost_and_nothing_gets_more_than_its_own(asked: dict[str, int], coming: list[int]) -> None:
    left, sign = dict(asked), 1 if sum(asked.values()) > 0 else -1
    for pence in (*coming, abs(sum(left.values()))):
        if (spread := shares_of(left, sign * pence)) is None:
            continue
        assert sum(spread.values()) == sign * pence
        left = {cell: owed - spread.get(cell, 0) for cell, owed in left.items()}
        assert all(rest * asked[cell] >= 0 for cell, rest in left.items())
    if rest := sum(left.values()):
        left = {cell: owed - (shares_of(left, rest) or {}).get(cell, 0) for cell, owed in left.items()}
    assert sum(asked.values()) == 0 or not any(left.values())


WORDING = Wording(text="I certify that this was spent as the grant allows.", clause="Scheme of delegation, 7")


def person(name: str) -> Actor:
    """An administrator with every role there is."""
    return Actor(subject=name, roles=frozenset(Role))


def draft(by: str = "preparer", pence: int = 1_000, spans: tuple[Span, ...] = (), sha256: str = "1" * 64) -> Draft:
    return Draft(
        by=by,
        on=TODAY,
        position=10,
        spans=spans or (span("2023-24-Q1", 0, 10),),
        lines=1,
        amounts_pence={"-#2023-24-Q1#capital": pence},
        pack=File(name="claim.zip", sha256=sha256, size=1),
        wording=WORDING,
    )


def folded(*facts: ClaimFact) -> GrantClaims:
    held: GrantClaims | None = None
    for seq, fact in enumerate(facts, 1):
        held = apply(held, fact, seq)
    assert held
    return held


def drafted(number: int = 1, made: Draft | None = None) -> ClaimDrafted:
    return ClaimDrafted(id=f"{GRANT}.claim-{number}", grant_id=GRANT, quarter="2023-24-Q1", draft=made or draft())


def certified() -> Claim:
    claims = folded(drafted())
    for step in (
        lambda claim: claiming.review(claim, TODAY, person("reviewer")),
        lambda claim: claiming.certify(claim, WORDING, "1" * 64, TODAY, person("certifier")),
    ):
        claims = apply(claims, step(claims.claims[0]), len(claims.claims) + 1)
    return claims.claims[0]


def test_ids_of_claims_say_whose_they_are() -> None:
    assert folded(drafted()).next_id == "ssf-5-example.claim-2"
    assert (grant_of("ssf-5-example.claim-12"), place_of("ssf-5-example.claim-12"), place_of("ssf-5-example.12")) == (GRANT, 12, 0)
    with pytest.raises(Missing):
        grant_of("ssf-5-example.12")
    with pytest.raises(Missing):
        folded(drafted()).claim("ssf-5-example.claim-2")


def test_lines_that_a_claim_has_are_no_other_claims_until_it_is_withdrawn() -> None:
    with pytest.raises(ValueError, match="a line of ssf-5-example would be claimed twice"):
        folded(drafted(), drafted(2))

    claims = folded(drafted(), ClaimWithdrawn(id=f"{GRANT}.claim-1"), drafted(2))
    assert [claim.state for claim in claims.claims] == [ClaimState.WITHDRAWN, ClaimState.DRAFTED]


def test_facts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="claims cannot begin with claim_withdrawn"):
        folded(ClaimWithdrawn(id="x"))


def test_the_preparer_neither_reviews_nor_certifies_and_the_reviewer_does_not_certify() -> None:
    claim = folded(drafted()).claims[0]
    with pytest.raises(PreparerCannotApprove):
        claiming.review(claim, TODAY, person("preparer"))

    reviewed = folded(drafted(), claiming.review(claim, TODAY, person("reviewer"))).claims[0]
    with pytest.raises(PreparerCannotApprove):
        claiming.certify(reviewed, WORDING, "1" * 64, TODAY, person("preparer"))
    with pytest.raises(ReviewerCannotCertify):
        claiming.certify(reviewed, WORDING, "1" * 64, TODAY, person("reviewer"))
    with pytest.raises(PackDiffers):
        claiming.certify(reviewed, WORDING, "2" * 64, TODAY, person("certifier"))
    with pytest.raises(NotInState):
        claiming.certify(claim, WORDING, "1" * 64, TODAY, person("certifier"))
    assert claiming.certify(reviewed, WORDING, "1" * 64, TODAY, person("certifier")).certificate.sha256 == "1" * 64


def test_a_certificate_that_says_nothing_or_what_the_office_says_no_more_is_not_signed() -> None:
    claim = folded(drafted()).claims[0]
    reviewed = folded(drafted(), claiming.review(claim, TODAY, person("reviewer"))).claims[0]
    unworded = replace(reviewed, draft=replace(reviewed.draft, wording=None))

    for held, wording, refusal in (
        (reviewed, None, NoCertificateWording),
        (unworded, None, NoCertificateWording),
        (unworded, WORDING, CertificateWordingChanged),
        (reviewed, replace(WORDING, clause="Scheme of delegation, 8"), CertificateWordingChanged),
    ):
        with pytest.raises(refusal):
            claiming.certify(held, wording, "1" * 64, TODAY, person("certifier"))


def test_the_wording_is_set_before_any_claim_and_anew_after_one_and_taken_back() -> None:
    first = WordingSet(grant_id=GRANT, wording=WORDING)
    held = folded(first, drafted())
    assert (held.wording, held.worded_in, held.claims[0].version, held.claims[0].asked_in) == (WORDING, 1, 2, 2)

    anew = apply(held, WordingSet(grant_id=GRANT, wording=None), 3)
    assert (anew.wording, anew.worded_in, anew.claims) == (None, 3, held.claims)


def test_drafting_anew_voids_the_signature_and_whoever_drafts_is_a_preparer_too() -> None:
    signed = certified()
    anew = claiming.redraft(signed, draft(by="colleague", sha256="2" * 64))
    claims = apply(replace(folded(drafted()), claims=(signed,)), anew, 4)
    (claim,) = claims.claims

    assert isinstance(anew, ClaimRedrafted)
    assert (claim.state, claim.certificate, claim.review) == (ClaimState.DRAFTED, None, None)
    assert [(each.by, each.sha256) for each in claim.voided] == [("certifier", "1" * 64)]
    for name in ("preparer", "colleague"):
        with pytest.raises(PreparerCannotApprove):
            claiming.review(claim, TODAY, person(name))
    assert signed.prepared_by == ("preparer",)
    assert signed.reviewed_by == ("reviewer",)
    assert isinstance(
        claiming.certify(replace(claim, state=ClaimState.REVIEWED), WORDING, "2" * 64, TODAY, person("certifier")), ClaimCertified
    )


def purse() -> Purse:
    books = ledger("""
        | on         | what       | pence   | for      | nature  |
        | 2023-04-03 | award      | 1000000 |          | capital |
        | 2023-04-04 | allocation |  600000 | lighting | capital |
        | 2023-05-01 | payment    |    1000 | lighting | capital |
    """)
    return books.purse


@pytest.mark.parametrize(
    ("on", "why"),
    [(date(2024, 7, 2), "has not come yet"), (date(2023, 6, 29), "is before the quarter's last day")],
)
def test_a_claim_is_sent_on_a_day_after_its_quarter_that_has_come(on: date, why: str) -> None:
    with pytest.raises(Exception, match=why):
        claiming.submit(purse(), certified(), Dated(on=on, today=TODAY), person("preparer"))


def test_what_a_submission_posts_is_named_where_it_will_stand() -> None:
    before = purse()
    entries, fact = claiming.submit(before, certified(), Dated(on=TODAY, today=TODAY, reference="HO-1"), person("preparer"))

    (entry,) = entries
    assert (entry.kind, entry.cell, entry.amount_pence, entry.reference) == ("claimed", "-#2023-24-Q1#capital", 1_000, "HO-1")
    assert fact.submission.entries == {"-#2023-24-Q1#capital": f"{GRANT}.{before.seq + 1}"}


def test_a_claim_that_comes_to_nothing_waits() -> None:
    selected = select(Q1, (line(8, 100), line(9, -100)), Taken(()), 9)

    with pytest.raises(NothingToClaim, match="comes to nothing in 2 lines"):
        claiming.something(purse().grant, Q1, selected)
    with pytest.raises(NothingToClaim, match=r"Every payment, refund and correction of .* is in a claim already"):
        claiming.something(purse().grant, Q1, select(Q1, (), Taken(()), 9))


def test_what_was_claimed_by_hand_is_not_claimed_again() -> None:
    award_line = ("2023-24", "capital")
    grant, lines = purse().grant, (line(8, 1_000),)

    claiming.not_by_hand(grant, {award_line: 500}, {award_line: 1_500}, lines)
    with pytest.raises(ClaimedByHand, match=r"£5\.01 of ssf-5-example in 2023-24 \(capital\)"):
        claiming.not_by_hand(grant, {award_line: 501}, {award_line: 1_500}, lines)
