"""Nobody decides on what they prepared: every deciding step, by its preparer, for every kind of request, many at once."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.context import Context, wait_a_moment
from chalicelib.domain.aggregates import Record
from chalicelib.domain.agreeing import Total
from chalicelib.domain.agreements import Scope
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claims import ClaimState
from chalicelib.domain.errors import DomainError, Missing, PreparerCannotApprove, RoleMissing, TooBusy
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import InitiativeState
from chalicelib.domain.matters import Matter, OverrideGiven
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.proposals import Proposal, ProposalKind
from chalicelib.domain.returns import ReturnState
from chalicelib.domain.rules import RuleName
from chalicelib.domain.separation import TABLE, Separation, Step, told
from chalicelib.domain.values import replace
from chalicelib.services import (
    agreement_drawing,
    agreements,
    claims,
    closing,
    grants,
    import_posting,
    imports,
    profiles,
    proposals,
    reading,
    registers,
    returns,
    rules,
    separation,
    suspense,
)
from chalicelib.services.agreement_drawing import Stated
from chalicelib.services.decisions import BEGINNING, Place
from chalicelib.services.import_posting import Asked
from chalicelib.services.separation import Action, ShownOverride, Wanting
from chalicelib.services.verification import verify_all
from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from local.embedded import EmbeddedDynamoDB
from local.table import ensure_table_with
from tests.extracts.layouts import PAYMENTS, row
from tests.services.claim_steps import Q3, worded
from tests.services.counting import counting, promised
from tests.services.importing import announced, as_, csv
from tests.services.offices import FINANCE, Office, invoice, line, pay
from tests.services.reporting import report as said
from tests.services.test_proposals import BETWEEN, GRANT, WHY, limited, variation, write_off
from tests.services.test_rules import waiver

NAME = Name(Kind.GRANT, GRANT)
Q1, QUARTER = Quarter.parse("2023-24-Q1"), Quarter.parse("2023-24-Q2")
DAY = date(2023, 10, 2)
DECIDED = tuple(matter for matter, steps in TABLE.items() if Step.OVERRIDE in steps)
PEOPLE = tuple(Actor(subject=f"person-{number}", roles=frozenset(Role), organisation_id="council") for number in range(3))
"""Administrators, each with every role there is, a partner's included."""

FIRST, SECOND, THIRD = PEOPLE
TABLES, INVOICES = count(1), count(1)
WRITERS = 8
RETURNS = tuple(f"lighting.2023-24-Q{number}" for number in (1, 2, 3))
FORECAST = tuple(f"2023-24-Q{number}" for number in (2, 3, 4)) + tuple(f"2024-25-Q{number}" for number in (1, 2, 3, 4))


class Staffed(Office):
    """An office in which everybody holds every role, and really waits before trying again."""

    def context(self, *arguments: object, **named: object) -> Context:
        return replace(super().context(*arguments, **named), pause=wait_a_moment)  # type: ignore[arg-type]  # passed on as they came


def begun(office: Office) -> Office:
    """The office with limits, a closed quarter, an order that can be given up, something to claim, returns that are due, and imports."""
    office.open()
    limited(office)
    write_off(office)
    closing.hold_and_close(office.context(), GRANT, Q1, WHY)
    profiles.add(office.context(), PAYMENTS)
    registers.move_initiative(office.context(), "lighting", InitiativeState.IN_DELIVERY, date(2023, 4, 3), "")
    return worded(office)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return begun(Office(folder=tmp_path))


def held(office: Office) -> Grant:
    return registers.find(office.context(), Grant, GRANT).state


Named = str
Ask = Callable[[Office, Actor], Named]
Decide = Callable[[Office, Actor, Named], object]


def _ask_virement(office: Office, who: Actor) -> Named:
    wanted = Proposal(id=0, kind=ProposalKind.VIREMENT, on=DAY, amount_pence=6_000, requested_by="", transfer=BETWEEN)
    return str(proposals.request(office.context(who), GRANT, wanted, WHY).proposal.id)


def _ask_write_off(office: Office, who: Actor) -> Named:
    wanted = Proposal(id=0, kind=ProposalKind.WRITE_OFF, on=DAY, amount_pence=1, requested_by="", entry=f"{GRANT}.9")
    return str(proposals.request(office.context(who), GRANT, wanted, WHY).proposal.id)


def _ask_reopening(office: Office, who: Actor) -> Named:
    closing.request_reopening(office.context(who), GRANT, Q1, WHY)
    return str(Q1)


def _ask_variation(office: Office, who: Actor) -> Named:
    return str(grants.request_variation(office.context(who), GRANT, variation()).state.variations[-1].id)


def _ask_waiver(office: Office, who: Actor) -> Named:
    return str(rules.request_waiver(office.context(who), GRANT, waiver(RuleName.VIREMENT_LIMIT, DAY), WHY).waiver.id)


def _ask_agreement(office: Office, who: Actor) -> Named:
    """State what the ledger has as the office's total, for the first time or anew."""
    ours = closing.find(office.context(), GRANT, QUARTER).as_corrected["spent"]
    stated = Stated(totals=(Total(scope=Scope(), office_pence=ours),))
    there = closing.find(office.context(), GRANT, QUARTER).period.agreement
    (agreement_drawing.draw_anew if there else agreement_drawing.draw)(office.context(who), GRANT, QUARTER, stated, WHY)
    return str(QUARTER)


def _ask_claim(office: Office, who: Actor) -> Named:
    pay(office.context(who), invoice(f"claimed {next(INVOICES)}", 10), line("lighting", 10))
    return claims.draft(office.context(who), GRANT, Q3, "").id


def _ask_return(office: Office, who: Actor) -> Named:
    """Write and submit the first return that is not accepted."""
    states = {each: returns.find(office.context(who), each).held.state.state for each in RETURNS}
    named = next((each for each, state in states.items() if state is not ReturnState.ACCEPTED), RETURNS[-1])
    returns.draft(office.context(who), named, said(quarters=FORECAST[RETURNS.index(named) :]))
    returns.submit(office.context(who), named)
    return named


def _sign(office: Office, who: Actor, named: Named) -> object:
    """Sign it: nobody rejects an agreement; it is drawn anew."""
    return agreements.sign(office.context(who), GRANT, Quarter.parse(named), WHY)


def _ask_suspense(office: Office, who: Actor) -> Named:
    """Import a document for which no grant has the money."""
    import_id = announced(office, csv(row(number=f"far too much {next(INVOICES)}", amount="9,000,000.00")))
    preview = imports.preview(as_(office, who), import_id).state.preview
    assert preview
    import_posting.commit(as_(office, who), import_id, Asked(digest=preview.digest))
    return f"{import_id}.1"


def _decide_claim(office: Office, who: Actor, named: Named) -> object:
    """Review it, or certify it, whichever it waits for."""
    claim = claims.find(office.context(), named)
    if claim.state is ClaimState.DRAFTED:
        return claims.review(office.context(who), named, WHY)
    return claims.certify(office.context(who), named, claim.draft.pack.sha256)


ASK: dict[Matter, Ask] = {
    Matter.VARIATION: _ask_variation,
    Matter.REOPENING: _ask_reopening,
    Matter.WAIVER: _ask_waiver,
    Matter.VIREMENT: _ask_virement,
    Matter.WRITE_OFF: _ask_write_off,
    Matter.AGREEMENT: _ask_agreement,
    Matter.CLAIM: _ask_claim,
    Matter.RETURN: _ask_return,
    Matter.SUSPENSE: _ask_suspense,
}
DECIDE: dict[Matter, tuple[Decide, Decide]] = {
    Matter.VARIATION: (
        lambda to, who, named: grants.approve_variation(to.context(who), GRANT, int(named), WHY),
        lambda to, who, named: grants.reject_variation(to.context(who), GRANT, int(named), WHY),
    ),
    Matter.REOPENING: (
        lambda to, who, named: closing.reopen(to.context(who), GRANT, Quarter.parse(named), WHY),
        lambda to, who, named: closing.keep_closed(to.context(who), GRANT, Quarter.parse(named), WHY),
    ),
    Matter.WAIVER: (
        lambda to, who, named: rules.approve_waiver(to.context(who), GRANT, int(named), WHY),
        lambda to, who, named: rules.reject_waiver(to.context(who), GRANT, int(named), WHY),
    ),
    Matter.VIREMENT: (
        lambda to, who, named: proposals.approve(to.context(who), GRANT, int(named), WHY),
        lambda to, who, named: proposals.reject(to.context(who), GRANT, int(named), WHY),
    ),
    Matter.WRITE_OFF: (
        lambda to, who, named: proposals.approve(to.context(who), GRANT, int(named), WHY),
        lambda to, who, named: proposals.reject(to.context(who), GRANT, int(named), WHY),
    ),
    Matter.AGREEMENT: (_sign, _sign),
    Matter.CLAIM: (_decide_claim, _decide_claim),
    Matter.RETURN: (
        lambda to, who, named: returns.accept(to.context(who), named, WHY),
        lambda to, who, named: returns.request_changes(to.context(who), named, WHY),
    ),
    Matter.SUSPENSE: (
        lambda to, who, named: suspense.dismiss(to.context(who), named, WHY),
        lambda to, who, named: suspense.dismiss(to.context(who), named, WHY),
    ),
}


def let(office: Office, who: Actor, matter: Matter, named: Named, why: str = WHY) -> ShownOverride:
    """Let whoever prepared it decide."""
    if matter is Matter.CLAIM:
        return separation.override_claim(office.context(who), named, why)
    if matter is Matter.RETURN:
        return separation.override_return(office.context(who), named, why)
    if matter is Matter.SUSPENSE:
        return separation.override_suspended(office.context(who), named, why)
    return separation.override(office.context(who), GRANT, matter, named, why)


def test_every_matter_that_somebody_decides_is_thrown() -> None:
    assert tuple(ASK) == tuple(DECIDE) == DECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Thrown:
    """What somebody tries: to ask, to let the preparer decide, or to approve or reject, the newest request of a matter or an older one."""

    act: str
    matter: Matter
    who: Actor
    back: int


THROWN = st.builds(
    Thrown,
    act=st.sampled_from(("ask", "ask", "let", "approve", "approve", "approve", "reject")),
    matter=st.sampled_from(DECIDED),
    who=st.sampled_from(PEOPLE),
    back=st.integers(0, 2),
)


def throw(office: Office, thrown: Thrown) -> None:
    """Try it. Raises what it is refused with."""
    if thrown.act == "ask":
        ASK[thrown.matter](office, thrown.who)
        return
    named = _named(office, thrown)
    if thrown.act == "let":
        let(office, thrown.who, thrown.matter, named)
        return
    DECIDE[thrown.matter][0 if thrown.act == "approve" else 1](office, thrown.who, named)


def _named(office: Office, thrown: Thrown) -> Named:
    """The newest request, or one before it; one that is not there, where there are not so many."""
    if thrown.matter is Matter.REOPENING:
        return str(Q1)
    if thrown.matter is Matter.AGREEMENT:
        return str(QUARTER)
    if thrown.matter is Matter.RETURN:
        return RETURNS[thrown.back]
    if thrown.matter is Matter.SUSPENSE:
        ids = sorted(head.name.id for head in office.store.heads(Kind.SUSPENSE))
        return ids[-1 - thrown.back] if thrown.back < len(ids) else "none.1"
    if thrown.matter is Matter.CLAIM:
        return f"{GRANT}.claim-{max(len(list(claims.every(office.context(), GRANT))) - thrown.back, 1)}"
    grant = held(office)
    among = {Matter.VARIATION: grant.variations, Matter.WAIVER: grant.waivers}.get(thrown.matter, grant.proposals)
    return str(max(len(among) - thrown.back, 1))


def records(office: Office) -> list[Record]:
    """Every record of the grant, of its claims, of the returns, and of what was in suspense."""
    names = (NAME, *(head.name for kind in (Kind.CLAIMS, Kind.RETURN, Kind.SUSPENSE) for head in office.store.heads(kind)))
    return [record for name in names for record in reading.records(office.context(), name)]


def violations(office: Office) -> Iterator[str]:
    """Every decision by whoever prepared it that no other person had let them make, as the records tell. There must be none."""
    given: set[tuple[Matter, str, str]] = set()
    for record in records(office):
        if isinstance(record.fact, OverrideGiven):
            assert record.by == record.fact.by
            given.add((record.fact.matter, record.fact.id, record.by))
    for action in report(office):
        if action.record.by in action.told.prepared_by:
            by = action.told.override.by if action.told.override else ""
            if by in action.told.prepared_by or (action.decided.matter, action.decided.id, by) not in given:
                yield f"{action.decided}"
            elif action.outcome is not Separation.OVERRIDDEN:
                yield f"{action.decided} is not reported"


def report(office: Office, wanting: Wanting | None = None, after: Place = BEGINNING, limit: int = 400) -> list[Action]:
    return list(separation.report(office.context(), wanting or Wanting(), after, limit))


def decided_records(office: Office) -> list[tuple[Name, int]]:
    """The records that decide something, found by reading all of them."""
    kinds = {"variation_decided", "waiver_decided", "proposal_decided", "period_reopened", "period_reopen_rejected"}
    kinds |= {"agreement_signed", "claim_reviewed", "claim_certified", "return_reviewed", "suspense_dismissed"}
    return [(record.name, record.seq) for record in records(office) if record.kind in kinds]


def reported_records(office: Office) -> list[tuple[Name, int]]:
    return [(action.record.name, action.record.seq) for action in report(office)]


def holds(office: Office) -> bool:
    return not [problem for verdict in verify_all(office.context()) for problem in verdict.problems]


@settings(max_examples=40, deadline=None)
@given(st.lists(THROWN, min_size=10, max_size=40))
def test_whatever_is_tried_nobody_decides_on_their_own_request_unless_another_let_them(thrown: list[Thrown]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = begun(Office(folder=Path(folder)))
        for each in thrown:
            try:
                throw(office, each)
            except DomainError:
                continue

        assert list(violations(office)) == []
        assert reported_records(office) == decided_records(office)
        assert holds(office)


@pytest.mark.parametrize("matter", DECIDED)
def test_each_preparer_is_refused_each_approving_step_until_another_lets_them(office: Office, matter: Matter) -> None:
    named = ASK[matter](office, FIRST)
    for decide in DECIDE[matter]:
        with pytest.raises(PreparerCannotApprove):
            decide(office, FIRST, named)
    with pytest.raises(PreparerCannotApprove):
        let(office, FIRST, matter, named)

    let(office, SECOND, matter, named, "She is the only certifier this week")
    DECIDE[matter][0](office, FIRST, named)

    (action,) = report(office)
    assert (action.decided.matter, action.decided.id, action.outcome) == (matter, named, Separation.OVERRIDDEN)
    assert action.told.override is not None
    assert (action.told.override.by, action.told.override.reason) == ("person-1", "She is the only certifier this week")
    assert holds(office)


@pytest.mark.slow
def test_on_the_embedded_dynamodb_nobody_gets_past_the_rule_by_being_quick(embedded: EmbeddedDynamoDB, tmp_path: Path) -> None:
    refused: Counter[type[DomainError]] = Counter()

    @settings(max_examples=5, deadline=None)
    @given(st.tuples(*[st.lists(THROWN, min_size=4, max_size=6) for _ in range(WRITERS)]))
    def tried(thrown: tuple[list[Thrown], ...]) -> None:
        client, table = dynamodb_client(region="eu-west-2", endpoint_url=embedded.endpoint_url), f"separate-{next(TABLES)}"
        ensure_table_with(client, table)
        office = begun(Staffed(store=DynamoStore(client, table), folder=tmp_path / table))
        for matter in DECIDED:
            ASK[matter](office, FIRST)

        def tries(number: int) -> Counter[type[DomainError]]:
            told_: Counter[type[DomainError]] = Counter()
            # Each tries what is thrown, and between that to decide what the first of them asked for.
            for each in thrown[number]:
                for mine in (each, Thrown(act="approve", matter=each.matter, who=FIRST, back=each.back)):
                    try:
                        until_done(office, mine)
                    except DomainError as refusal:
                        told_[type(refusal)] += 1
            return told_

        with ThreadPoolExecutor(WRITERS) as people:
            for told_ in people.map(tries, range(WRITERS)):
                refused.update(told_)
        assert list(violations(office)) == []
        assert reported_records(office) == decided_records(office)
        assert holds(office)

    tried()
    assert refused[PreparerCannotApprove] > 0


def until_done(office: Office, thrown: Thrown) -> None:
    while True:
        try:
            return throw(office, thrown)
        except TooBusy:
            wait_a_moment(1)


# ---- the report


def decide_everything(office: Office) -> None:
    """One request of each matter by the first person, decided by the second; the waiver by the first, whom the third let."""
    for matter in DECIDED:
        named = ASK[matter](office, FIRST)
        if matter is Matter.WAIVER:
            let(office, THIRD, matter, named)
        DECIDE[matter][0](office, FIRST if matter is Matter.WAIVER else SECOND, named)


def test_the_report_has_every_decision_and_goes_on_from_any_place_in_it(office: Office) -> None:
    decide_everything(office)

    found = report(office)

    assert [action.decided.matter for action in found] == list(DECIDED)
    assert [action.outcome.value for action in found] == ["held", "held", "overridden", *["held"] * 6]
    places = [separation.place_of(action.decided) for action in found]
    assert [[each.decided for each in report(office, after=place)] for place in places] == [
        [each.decided for each in found[number:]] for number in range(1, 10)
    ]
    assert len(report(office, limit=2)) == 2


@pytest.mark.parametrize(
    ("wanting", "found"),
    [
        (Wanting(outcome=Separation.OVERRIDDEN), [Matter.WAIVER]),
        (Wanting(outcome=Separation.HELD), [matter for matter in DECIDED if matter is not Matter.WAIVER]),
        (Wanting(matter=Matter.VIREMENT), [Matter.VIREMENT]),
        (Wanting(person="person-2"), [Matter.WAIVER]),
        (Wanting(person="nobody"), []),
        (Wanting(matter=Matter.CLAIM), [Matter.CLAIM]),
        (Wanting(matter=Matter.RETURN), [Matter.RETURN]),
        (Wanting(matter=Matter.SUSPENSE), [Matter.SUSPENSE]),
        (Wanting(grant_id=GRANT), [matter for matter in DECIDED if matter not in (Matter.RETURN, Matter.SUSPENSE)]),
        (Wanting(grant_id=GRANT, matter=Matter.CLAIM), [Matter.CLAIM]),
        (Wanting(grant_id=GRANT, matter=Matter.RETURN), []),
    ],
)
def test_the_report_can_be_filtered_however_few_are_read_at_a_time(
    office: Office, wanting: Wanting, found: list[Matter], monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_everything(office)
    monkeypatch.setattr(separation, "AT_ONCE", 1)

    assert [action.decided.matter for action in report(office, wanting)] == found
    assert [action.decided.matter for action in report(office, wanting, limit=1)] == found[:1]


def test_what_a_decision_says_is_read_from_its_record(office: Office) -> None:
    decide_everything(office)

    for action in report(office):
        assert told(action.record.fact, GRANT, action.record.seq) == action.told
        assert (action.told.prepared_by, action.told.approved) == (("person-0",), True)


def test_an_override_needs_its_role_and_a_request_that_waits(office: Office) -> None:
    officer = Actor(subject="officer", roles=frozenset({Role.OFFICER}))
    with pytest.raises(RoleMissing):
        separation.override(office.context(officer), GRANT, Matter.VARIATION, "1", WHY)
    with pytest.raises(Missing, match="There is no waiting variation with the id 'ssf-4-example/1'"):
        separation.override(office.context(FINANCE), GRANT, Matter.VARIATION, "1", WHY)
    with pytest.raises(Missing, match=r"There is no claim with the id 'ssf-4-other\.claim-1'"):
        separation.override_claim(office.context(FINANCE), "ssf-4-other.claim-1", WHY)
    with pytest.raises(Missing, match=r"There is no return with the id 'lighting\.2023-24-Q1'"):
        separation.override_return(office.context(FINANCE), RETURNS[0], WHY)
    with pytest.raises(Missing, match=r"There is no document in suspense with the id 'none\.1'"):
        separation.override_suspended(office.context(FINANCE), "none.1", WHY)
    with pytest.raises(Missing, match="There is no grant"):
        report(office, Wanting(grant_id="no-such-grant"))


def test_each_request_takes_the_round_trips_that_are_promised(office: Office) -> None:
    decide_everything(office)
    counted = counting(office.store)
    seen, table = Office(store=counted, folder=office.folder), promised("rules and decisions")

    def calls(act: Callable[[], object]) -> list[str]:
        counted.calls.clear()
        act()
        return list(counted.calls)

    named = ASK[Matter.VARIATION](office, FIRST)
    assert calls(lambda: let(seen, SECOND, Matter.VARIATION, named)) == table["let a preparer decide"]
    claimed = ASK[Matter.CLAIM](office, FIRST)
    assert calls(lambda: let(seen, SECOND, Matter.CLAIM, claimed)) == table["let a preparer decide"]
    assert calls(lambda: report(seen)) == table["where duties were separated"]
    assert calls(lambda: report(seen, Wanting(grant_id=GRANT))) == table["where they were under one grant"]
