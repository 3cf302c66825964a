"""Returns through the services: what is due, who may do what, what stands beside a return, and what it all costs."""

from datetime import date
from threading import Barrier, Thread

import pytest

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import ChainBroken, Contradictory, Missing, NotInState, StaleView
from chalicelib.domain.initiatives import InitiativeState
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.return_checks import ReturnIncomplete
from chalicelib.domain.return_reports import NOTHING_SAID, Report, VarianceReason
from chalicelib.domain.returns import ReturnNotDue, ReturnState, ReturnTooEarly, name_of
from chalicelib.domain.values import replace
from chalicelib.domain.variance_codes import VarianceCode
from chalicelib.services import registers, return_lists, returns
from chalicelib.services.returns import NotYourInitiative
from chalicelib.services.verification import verify, verify_all
from chalicelib.settings import SettingsIncomplete, settings_from
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Store
from tests.services.offices import CERTIFIER, OTHER_PARTNER, PARTNER, Office, before_each_write, grant, invoice, line, pay
from tests.services.reporting import (
    OFFICER,
    REMAINING,
    RETURN,
    agree,
    at,
    give_back,
    hand_in,
    later,
    report,
    reporting,
    write,
)
from tests.services.watched import Watched


@pytest.fixture
def office() -> Office:
    return reporting()


def test_what_is_due_needs_no_record(office: Office) -> None:
    shown = returns.find(office.context(PARTNER), RETURN)

    assert (shown.held.state.state, shown.held.position.seq) == (ReturnState.DUE, 0)
    assert list(office.store.heads(Kind.RETURN)) == []


@pytest.mark.parametrize("return_id", ["lighting.2024-25-Q1", "lighting.2022-23-Q4", "cctv.2023-24-Q2"])
def test_no_return_is_made_for_another_quarter(office: Office, return_id: str) -> None:
    with pytest.raises(ReturnNotDue, match="one is made for each quarter of its delivery that has begun"):
        returns.find(office.context(OFFICER), return_id)


@pytest.mark.parametrize("return_id", ["bench.2023-24-Q2", "lighting", "lighting.2023-24"])
def test_what_is_no_return_is_missing(office: Office, return_id: str) -> None:
    with pytest.raises(Missing):
        returns.find(office.context(OFFICER), return_id)


def test_a_return_is_drafted_while_its_quarter_runs_and_submitted_from_its_last_day_on(office: Office) -> None:
    running = "lighting.2023-24-Q4"
    said = report(quarters=REMAINING[2:])
    assert running not in [listed.held.state.id for listed in return_lists.find_all(office.context(PARTNER), return_lists.Only())]

    assert write(office, running, said).held.state.state is ReturnState.DRAFT
    with pytest.raises(ReturnTooEarly, match="can be submitted from 2024-03-31 on, its last day; until then it is a draft"):
        returns.submit(office.context(PARTNER), running)
    assert running in [listed.held.state.id for listed in return_lists.find_all(office.context(PARTNER), return_lists.Only())]

    assert returns.submit(later(office.context(PARTNER)), running).held.state.state is ReturnState.SUBMITTED


def test_a_return_goes_from_due_to_accepted(office: Office) -> None:
    states = [write(office), returns.submit(office.context(PARTNER), RETURN), give_back(office), hand_in(office), agree(office)]

    assert [shown.held.state.state.value for shown in states] == ["draft", "submitted", "changes_requested", "submitted", "accepted"]
    with pytest.raises(NotInState):
        write(office)


def test_the_partners_figure_stands_beside_the_ledgers(office: Office) -> None:
    shown = write(office)

    assert shown.held.state.report.spent_to_date_pence == 100_000
    assert shown.ledger.spent_to(shown.quarter) == 120_000
    assert shown.ledger.remaining(shown.quarter) == REMAINING


def test_a_forecast_is_wanted_as_long_as_any_grant_pays(office: Office) -> None:
    office.start(replace(grant("ssf-4-second"), ends=date(2025, 5, 1)))
    before = returns.find(office.context(), RETURN)
    office.allocate("lighting", 100_000, "ssf-4-second")
    after = returns.find(office.context(), RETURN)

    assert before.ledger.remaining(before.quarter) == REMAINING
    assert after.ledger.remaining(after.quarter) == (*REMAINING, "2025-26-Q1")


def test_a_submission_that_leaves_a_quarter_out_is_refused_and_nothing_is_written(office: Office) -> None:
    write(office, said=report(quarters=REMAINING[:-1]))

    with pytest.raises(ReturnIncomplete, match="/forecasts: 2024-25-Q4 is not reported on"):
        returns.submit(office.context(PARTNER), RETURN)
    assert returns.find(office.context(), RETURN).held.position.seq == 1


def test_an_accepted_forecast_stands_beside_what_was_spent(office: Office) -> None:
    hand_in(office)
    assert returns.find(office.context(), "lighting.2023-24-Q3").accuracy is None, "what is not accepted is no forecast yet"

    agree(office)

    accuracy = returns.find(office.context(), "lighting.2023-24-Q3").accuracy
    assert accuracy is not None
    assert (accuracy.set_by, accuracy.forecast_pence, accuracy.spent_pence, accuracy.difference_pence) == (RETURN, 100_000, 120_000, 20_000)
    assert returns.find(office.context(), RETURN).accuracy is None


def test_a_resubmission_shows_what_changed(office: Office) -> None:
    assert hand_in(office).differences == ()
    assert give_back(office).differences == ()
    drafted = write(office, said=report(120_000))
    again = returns.submit(office.context(PARTNER), RETURN)

    changed = [("/forecasts/2023-24-Q3/amount_pence", 100_000, 120_000)]
    for shown in (drafted, again, agree(office)):
        assert [(each.field, each.old, each.new) for each in shown.differences] == changed


def test_each_change_names_the_version_it_was_decided_on(office: Office) -> None:
    with pytest.raises(StaleView):
        returns.draft(at(office.context(PARTNER), 1), RETURN, report())
    returns.draft(at(office.context(PARTNER), 0), RETURN, report())
    with pytest.raises(StaleView):
        returns.draft(at(office.context(PARTNER), 0), RETURN, report())
    returns.submit(at(office.context(PARTNER), 1), RETURN)


def refusals(office: Office) -> list[str]:
    """What another partner hears that tries to do something about the return."""
    heard = []
    for act in (
        lambda context: returns.find(context, RETURN),
        lambda context: returns.draft(context, RETURN, report()),
        lambda context: returns.submit(context, RETURN),
        lambda context: list(return_lists.versions(context, RETURN)),
    ):
        with pytest.raises(Missing) as refused:
            act(office.context(OTHER_PARTNER))
        heard.append(refused.value.detail)
    return heard


def test_another_partners_return_is_not_there_whatever_is_done(office: Office) -> None:
    due = refusals(office)
    hand_in(office)

    assert due == refusals(office) == ["There is no return with the id 'lighting.2023-24-Q2'."] * 4


def test_nobody_in_the_office_writes_a_return_for_a_partner(office: Office) -> None:
    for organisation in (None, "charity"):
        both = Actor(subject="both", roles=frozenset({Role.PARTNER, Role.OFFICER}), organisation_id=organisation)
        with pytest.raises(NotYourInitiative, match="The returns of lighting are written by its delivery partner"):
            write(office, by=both)


def test_a_return_belongs_to_the_partner_that_began_it(office: Office) -> None:
    hand_in(office)
    agree(office)
    registers.amend_initiative(office.context(), "lighting", lambda held: replace(held, partner_id="charity"), "charity")

    assert returns.find(office.context(PARTNER), RETURN).held.state.partner_id == "council"
    with pytest.raises(Missing):
        returns.find(office.context(OTHER_PARTNER), RETURN)
    with pytest.raises(Missing):
        returns.find(office.context(PARTNER), "lighting.2023-24-Q3")


def test_a_new_partner_does_not_see_the_forecast_of_the_one_before(office: Office) -> None:
    hand_in(office)
    agree(office)
    registers.amend_initiative(office.context(), "lighting", lambda held: replace(held, partner_id="charity"), "charity")

    assert returns.find(office.context(OTHER_PARTNER), "lighting.2023-24-Q3").accuracy is None
    assert returns.find(office.context(OFFICER), "lighting.2023-24-Q3").accuracy is not None


def with_code(code: str) -> Report:
    return replace(report(), variances=(VarianceReason(code=code, explanation="Three weeks"),))


def test_a_retired_code_is_not_used_anew_and_old_returns_keep_its_words(office: Office) -> None:
    registers.add_variance_code(office.context(), VarianceCode(id="late", words="A supplier was late"))
    hand_in(office, said=with_code("late"))
    give_back(office)
    registers.retire_variance_code(office.context(), "late", "Too vague")

    kept = write(office, said=with_code("late"))
    with pytest.raises(Contradictory, match="/variances/0/code: 'late' is retired"):
        write(office, "lighting.2023-24-Q1", said=Report(variances=with_code("late").variances))

    assert [each.words for each in kept.held.state.report.variances] == ["A supplier was late"]
    write(office, said=report())
    with pytest.raises(Contradictory, match="/variances/0/code: 'late' is retired"):
        write(office, said=with_code("late"))


def test_a_code_that_is_not_there_is_refused(office: Office) -> None:
    with pytest.raises(Contradictory, match="/variances/0/code: there is no variance code 'moonlight'"):
        write(office, said=with_code("moonlight"))


def test_a_return_is_due_so_many_working_days_after_its_quarter(office: Office) -> None:
    policy = replace(office.context().settings, return_working_days=15)
    asked = later(replace(office.context(), settings=policy))

    assert returns.find(office.context(), RETURN).due_on is None
    assert returns.find(asked, "lighting.2023-24-Q3").due_on == date(2024, 1, 22)  # 1 January is a bank holiday
    assert returns.find(asked, "lighting.2023-24-Q4").due_on == date(2024, 4, 22)  # and so is Easter Monday


@pytest.mark.parametrize(("quarter", "day"), [("1999-00-Q1", None), ("2046-47-Q1", None), ("2044-45-Q3", date(2048, 12, 10))])
def test_no_day_is_made_up_where_bank_holidays_are_not_known(office: Office, quarter: str, day: date | None) -> None:
    policy = replace(office.context().settings, return_working_days=999)

    assert returns.due_on(replace(office.context(), settings=policy), Quarter.parse(quarter)) == day


@pytest.mark.parametrize(("text", "days"), [("", None), (" 0 ", 0), ("15", 15)])
def test_the_working_days_are_a_setting(text: str, days: int | None) -> None:
    assert settings_from({**ENVIRONMENT, "STREETLIGHT_RETURN_WORKING_DAYS": text}).return_working_days == days


@pytest.mark.parametrize("text", ["-1", "ten", "1.5", "1000"])
def test_working_days_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(SettingsIncomplete, match="STREETLIGHT_RETURN_WORKING_DAYS is"):
        settings_from({**ENVIRONMENT, "STREETLIGHT_RETURN_WORKING_DAYS": text})


ENVIRONMENT = {
    "STREETLIGHT_OFFICE_NAME": "Example",
    "STREETLIGHT_CODE_VERSION": "test",
    "STREETLIGHT_TABLE": "streetlight",
    "STREETLIGHT_BUCKET": "streetlight",
    "STREETLIGHT_TOKEN_ISSUER": "https://issuer.example",
    "STREETLIGHT_TOKEN_AUDIENCE": "streetlight",
    "STREETLIGHT_TOKEN_JWKS_URL": "https://issuer.example/jwks.json",
}


def asked(office: Office, actor: Actor, act: str, *arguments: object) -> list[str]:
    """What a call of the services asked of the store."""
    watched = Watched(office.store)
    getattr(returns, act)(replace(office.context(actor), store=watched), RETURN, *arguments)
    return watched.asked


SEEN = "load return#lighting.2023-24-Q2 return#lighting.2023-24-Q1 initiative#lighting grant#ssf-4-example"


def test_showing_a_return_costs_the_balances_and_one_load(office: Office) -> None:
    assert asked(office, OFFICER, "find") == ["balances of every grant", SEEN]


def test_writing_a_return_touches_no_head_but_its_own(office: Office) -> None:
    registers.add_variance_code(office.context(), VarianceCode(id="late", words="A supplier was late"))

    assert asked(office, PARTNER, "draft", with_code("late")) == [
        "balances of every grant",
        f"{SEEN} variance-code#late",
        "record return#lighting.2023-24-Q2",
    ]
    assert asked(office, PARTNER, "submit") == ["balances of every grant", SEEN, "record return#lighting.2023-24-Q2"]
    assert asked(office, OFFICER, "request_changes", "Why?")[2:] == ["record return#lighting.2023-24-Q2", f"links of {name_of(RETURN)}"]


def test_returns_are_verified_like_everything(office: Office) -> None:
    registers.add_variance_code(office.context(), VarianceCode(id="late", words="A supplier was late"))
    hand_in(office, said=with_code("late"))
    give_back(office)
    hand_in(office)
    agree(office)

    verdicts = {str(verdict.name): verdict.problems for verdict in verify_all(office.context(CERTIFIER))}
    assert verdicts["return#lighting.2023-24-Q2"] == verdicts["variance-code#late"] == ()


def test_a_forecast_that_was_changed_behind_the_records_back_is_found(office: Office) -> None:
    hand_in(office)
    agree(office)
    store, name = office.store, name_of(RETURN)
    assert isinstance(store, MemoryStore)
    store._heads[name] = replace(store._heads[name], state=store._heads[name].state.replace("100000", "100001", 1))

    assert verify(office.context(), name).problems == ("The head of return#lighting.2023-24-Q2 does not hold what its records lead to.",)


def test_of_two_who_review_at_once_one_is_told_of_the_other(live_store: Store) -> None:
    office, ends = reporting(live_store), list[str]()
    version = hand_in(office).held.position.seq
    start = Barrier(8)

    def decide(number: int) -> None:
        context = at(office.context(replace(OFFICER, subject=f"officer-{number}")), version)
        start.wait()
        try:
            (returns.accept if number % 2 else returns.request_changes)(context, RETURN, "Decided")
        except StaleView:
            ends.append("stale")
        else:
            ends.append("decided")

    threads = [Thread(target=decide, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["decided", *["stale"] * 7]
    assert verify(office.context(), name_of(RETURN)).problems == ()


def test_a_return_is_written_while_its_grant_is_posted_to(office: Office) -> None:
    def pay_a_pound() -> None:
        pay(office.context(), invoice("rival", 100), line("lighting", 100))

    rival = before_each_write(office.store, pay_a_pound)

    returns.draft(replace(office.context(PARTNER), store=rival), RETURN, report())

    assert office.slept == [], "the grant's head moved before the write, and nobody had to try again"


def test_a_draft_may_say_nothing(office: Office) -> None:
    assert write(office, said=NOTHING_SAID).held.state.report == NOTHING_SAID


def test_what_was_cancelled_leaves_its_draft_to_be_finished(office: Office) -> None:
    write(office)
    registers.move_initiative(office.context(), "lighting", InitiativeState.CANCELLED, date(2024, 1, 31), "")

    assert returns.submit(office.context(PARTNER), RETURN).held.state.state is ReturnState.SUBMITTED
    with pytest.raises(ReturnNotDue):
        returns.find(office.context(PARTNER), "lighting.2023-24-Q3")


def test_a_submission_that_is_gone_is_told(office: Office) -> None:
    hand_in(office)
    held = returns.find(office.context(), RETURN).held
    (submission,) = held.state.submissions

    with pytest.raises(ChainBroken, match="should hold a submission"):
        returns.submitted(office.context(), Name(Kind.RETURN, RETURN), replace(submission, position=1))
