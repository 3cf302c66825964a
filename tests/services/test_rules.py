"""Rules at the gate: every path to the ledger is judged, warnings and waivers go on the record, a refusal writes nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from chalicelib.context import Context
from chalicelib.domain.answers import Outcome, RuleBroken, RulesNoted
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry
from chalicelib.domain.errors import Missing, StaleView
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Category
from chalicelib.domain.people import Actor
from chalicelib.domain.putting_right import Elsewhere
from chalicelib.domain.rules import Breach, Eligible, Limit, Policy, RuleName, Rules, Window
from chalicelib.domain.spending import Budgeted, Spend
from chalicelib.domain.values import replace
from chalicelib.domain.waivers import Waiver, WaiverState
from chalicelib.services import entries, publications, reading, registers, rules
from chalicelib.services.publication_files import build
from chalicelib.services.unit import Written
from chalicelib.services.verification import verify
from tests.services.counting import counting, promised
from tests.services.offices import CERTIFIER, FINANCE, Office, grant, invoice, line, pay

GRANT = "ssf-4-example"
NAME = Name(Kind.GRANT, GRANT)
WHY = "As the office's regulations have it"
CLAUSE = "Financial regulations, 4.2"
WINDOW = Window(clause=CLAUSE, breach=Breach.REFUSE, last_day=date(2023, 9, 30))
LIGHTING = Eligible(clause=CLAUSE, breach=Breach.REFUSE, categories=(Category.STREET_LIGHTING,))


@pytest.fixture
def office() -> Office:
    return Office().open()


def set_rules(office: Office, **policies: Policy | None) -> rules.ShownRules:
    return rules.set_rules(office.context(CERTIFIER), GRANT, lambda held: replace(held, **policies), WHY)  # type: ignore[arg-type]  # each its own


def on(office: Office, day: date, actor: Actor = FINANCE) -> Context:
    return replace(office.context(actor), now=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def waiver(rule: RuleName, expires: date, *, publishable: bool = False) -> Waiver:
    return Waiver(id=0, rule=rule, clause="", expires=expires, publishable=publishable, requested_by="")


def waived(office: Office, rule: RuleName, expires: date, *, publishable: bool = False) -> None:
    asked = rules.request_waiver(office.context(), GRANT, waiver(rule, expires, publishable=publishable), "The contractor was ill")
    rules.approve_waiver(office.context(CERTIFIER), GRANT, asked.waiver.id, "The lamps were ordered in time")


def paid(office: Office, number: str, pence: int = 100, initiative: str = "lighting") -> Written[Grant]:
    (written,) = pay(office.context(), invoice(number, pence), line(initiative, pence))
    return written


SHARE = Budgeted(initiative_id="lighting", financial_year="2023-24", nature=Nature.CAPITAL, on=date(2023, 10, 2))
CCTV = Spend(initiative_id="cctv", nature=Nature.CAPITAL, on=date(2023, 10, 2), amount_pence=100)
TO_CCTV = Elsewhere(initiative_id="cctv", nature=Nature.CAPITAL)

CODING: dict[str, Callable[[Office], object]] = {
    "allocation": lambda office: entries.allocate(office.context(), GRANT, replace(SHARE, initiative_id="cctv"), 100, WHY),
    "virement": lambda office: entries.transfer(office.context(), GRANT, SHARE, "cctv", 100, WHY),
    "commitment": lambda office: entries.commit(office.context(), GRANT, CCTV),
    "accrual": lambda office: entries.accrue(office.context(), GRANT, CCTV),
    "payment": lambda office: paid(office, "2", initiative="cctv"),
    "recoding": lambda office: entries.recode(office.context(), f"{GRANT}.8", date(2023, 10, 2), None, TO_CCTV, WHY),
}


@pytest.mark.parametrize("path", CODING)
def test_no_path_to_the_ledger_passes_a_rule_by(office: Office, path: str) -> None:
    assert paid(office, "1").position.seq == 8
    set_rules(office, eligible_categories=LIGHTING)
    links = list(office.store.links(NAME))

    with pytest.raises(RuleBroken, match="goes to CCTV; the grant pays for Street lighting"):
        CODING[path](office)
    assert list(office.store.links(NAME)) == links


def test_a_document_over_two_grants_is_refused_whole_by_the_rule_of_one(office: Office) -> None:
    office.start(grant("ssf-4-second"))
    office.allocate("lighting", 50_000, "ssf-4-second")
    set_rules(office, capital_ceiling=Limit(clause=CLAUSE, breach=Breach.REFUSE, pence=99))

    with pytest.raises(RuleBroken):
        pay(office.context(), invoice("9", 200), line("lighting", 100), line("lighting", 100, grant_id="ssf-4-second"))
    assert [entry for _, _, entry in reading.entries(office.context(), "ssf-4-second") if entry.document] == []


def test_a_warning_goes_on_the_record_beside_its_entry_and_moves_no_version(office: Office) -> None:
    before = set_rules(office, spending_window=replace(WINDOW, breach=Breach.WARN)).grant.state.version

    written = paid(office, "1")

    entry, noted = written.records
    assert isinstance(entry.fact, Entry)
    assert isinstance(noted.fact, RulesNoted)
    assert [(each.seq, each.answer.rule, each.answer.outcome) for each in noted.fact.noted] == [
        (entry.seq, RuleName.SPENDING_WINDOW, Outcome.WARN)
    ]
    assert written.state.version == before
    assert verify(office.context(), NAME).problems == ()


def test_a_waiver_holds_to_its_last_day_and_blocks_again_the_day_after(office: Office) -> None:
    set_rules(office, spending_window=WINDOW)
    with pytest.raises(RuleBroken):
        paid(office, "1")
    waived(office, RuleName.SPENDING_WINDOW, date(2024, 2, 29))

    (written,) = pay(on(office, date(2024, 2, 29)), invoice("1", 100), line("lighting", 100))
    assert isinstance(noted := written.records[-1].fact, RulesNoted)
    assert [(each.answer.outcome, each.answer.waiver) for each in noted.noted] == [(Outcome.PASS, 1)]
    with pytest.raises(RuleBroken):
        pay(on(office, date(2024, 3, 1)), invoice("2", 100), line("lighting", 100))
    assert rules.find_waiver(on(office, date(2024, 3, 1)), GRANT, 1).state is WaiverState.EXPIRED
    assert verify(office.context(), NAME).problems == ()


def test_a_waiver_shows_who_asked_who_decided_and_why(office: Office) -> None:
    set_rules(office, spending_window=WINDOW)
    waived(office, RuleName.SPENDING_WINDOW, date(2024, 2, 29))
    rules.request_waiver(office.context(), GRANT, waiver(RuleName.SPENDING_WINDOW, date(2024, 3, 31)), "Again")

    first, second = rules.waivers(office.context(), GRANT, 0, 50)

    assert (first.state, first.why, first.decision) == (WaiverState.APPROVED, "The contractor was ill", "The lamps were ordered in time")
    assert (first.waiver.requested_by, first.waiver.decided_by) == ("finance", "certifier")
    assert (second.state, second.why, second.decision, second.waiver.clause) == (WaiverState.REQUESTED, "Again", "", CLAUSE)
    assert [each.waiver.id for each in rules.waivers(office.context(), GRANT, 1, 50)] == [2]


def test_reasons_stay_out_of_the_head_that_every_posting_carries(office: Office) -> None:
    set_rules(office, spending_window=WINDOW)
    waived(office, RuleName.SPENDING_WINDOW, date(2024, 2, 29))

    head = next(iter(office.store.heads(Kind.GRANT)))
    assert "The contractor was ill" not in head.state
    assert "The lamps were ordered" not in head.state


def test_rules_change_under_the_eye_of_whoever_read_them_last(office: Office) -> None:
    with pytest.raises(StaleView):
        rules.set_rules(office.context(CERTIFIER, expected="1"), GRANT, lambda held: held, WHY)
    with pytest.raises(Missing):
        rules.show(office.context(), "no-such-grant")


def test_a_grant_that_is_offered_begins_with_its_funds_rules_and_keeps_them(office: Office) -> None:
    limit = Limit(clause=CLAUSE, breach=Breach.WARN, pence=5_000)

    def amended(pence: int) -> None:
        held = Rules(virement_limit=replace(limit, pence=pence))
        registers.amend_fund(office.context(), "ssf-4", lambda fund: replace(fund, rules=replace(fund.rules, for_grants=held)))

    amended(5_000)
    office.start(grant("ssf-4-second"))
    amended(1)

    (answer,) = rules.show(office.context(), "ssf-4-second").answers
    assert answer.figures == {"limit_pence": 5_000}
    assert rules.show(office.context(), GRANT).answers == ()


def test_a_publication_shows_the_waivers_that_may_be_published_and_nobodys_name(office: Office) -> None:
    set_rules(office, spending_window=WINDOW)
    waived(office, RuleName.SPENDING_WINDOW, date(2024, 2, 29))
    waived(office, RuleName.SPENDING_WINDOW, date(2024, 3, 31), publishable=True)
    rules.request_waiver(office.context(), GRANT, waiver(RuleName.SPENDING_WINDOW, date(2024, 4, 30), publishable=True), "Not decided")

    begun = publications._beginning(office.context(), as_draft=False)
    summary = build(office.context(), begun)["summary.json"].decode()

    told = summary[summary.index('"waivers"') : summary.index('"awards"')]
    assert '"waiver": 2' in told
    assert '"approved_on": "2024-02-01"' in told
    assert '"state": "approved"' in told
    assert "The contractor was ill" in told
    assert not any(word in told for word in ('"waiver": 1', '"waiver": 3', "finance", "certifier", "Not decided"))


def test_each_request_takes_the_round_trips_that_are_promised(office: Office) -> None:
    counted = counting(office.store)
    seen = Office(store=counted)

    def calls(act: Callable[[], object]) -> list[str]:
        counted.calls.clear()
        act()
        return list(counted.calls)

    table = promised("rules and decisions")
    window = replace(WINDOW, breach=Breach.WARN)
    assert calls(lambda: set_rules(seen, spending_window=window)) == table["set a grant's rules"]
    assert calls(lambda: rules.show(seen.context(), GRANT)) == table["a grant's rules"]
    asked = waiver(RuleName.SPENDING_WINDOW, date(2024, 2, 29))
    assert calls(lambda: rules.request_waiver(seen.context(), GRANT, asked, WHY)) == table["ask for a waiver"]
    assert calls(lambda: rules.approve_waiver(seen.context(CERTIFIER), GRANT, 1, WHY)) == table["decide a waiver"]
    assert calls(lambda: rules.find_waiver(seen.context(), GRANT, 1)) == table["one waiver, or a page of them"]
    assert calls(lambda: list(rules.waivers(seen.context(), GRANT, 0, 50))) == table["one waiver, or a page of them"]
    assert calls(lambda: paid(seen, "1")) == table["post an entry under rules"]
    set_rules(seen, eligible_categories=LIGHTING)
    assert calls(lambda: rules.show(seen.context(), GRANT)) == table["a grant's rules, categories among them"]
