"""A quarter of the whole office: how far it is, what stops each grant, and going on from wherever it was left."""

from datetime import date

import pytest

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.closing_refusals import EarlierPeriodOpen, QuarterNotOver
from chalicelib.domain.errors import ChainBroken, StaleView
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import replace
from chalicelib.services import closing, grants, office_closing
from chalicelib.services.office_closing import Ending, Outcome, Readiness, close_everywhere, due, go_on, progress
from chalicelib.services.verification import verify
from tests.services.counting import counting
from tests.services.offices import Office, before_each_write, grant
from tests.services.tampering import change_record

GRANT = "ssf-4-example"
Q1, Q2 = Quarter.parse("2023-24-Q1"), Quarter.parse("2023-24-Q2")
WHY = "Quarter end"


@pytest.fixture
def office() -> Office:
    """Four grants that have Q2, one of which is behind; one that begins later, and one that is only offered."""
    office = Office().open()
    office.start(grant("ssf-4-behind"))
    office.start(replace(grant("ssf-4-july"), starts=date(2023, 7, 1)))
    office.start(replace(grant("ssf-4-october"), starts=date(2023, 10, 1)))
    grants.offer(office.context(), grant("ssf-4-offered"))
    office.start(grant("ssf-4-third"))
    for grant_id in (GRANT, "ssf-4-third"):
        close(office, grant_id, Q1)
    return office


def close(office: Office, grant_id: str, quarter: Quarter) -> None:
    closing.hold(office.context(), grant_id, quarter, WHY)
    closing.close(office.context(), grant_id, quarter, WHY)


def ends(outcomes: tuple[Outcome, ...]) -> dict[str, Ending]:
    return {outcome.grant_id: outcome.ending for outcome in outcomes}


def state(office: Office, grant_id: str, quarter: Quarter) -> str:
    return closing.find(office.context(), grant_id, quarter).period.state


def test_every_grant_that_has_the_quarter_is_due_and_what_stops_one_is_told(office: Office) -> None:
    close(office, GRANT, Q2)

    found = list(due(office.context(), Q2))

    assert [(each.grant.name.id, each.readiness) for each in found] == [
        ("ssf-4-behind", Readiness.STOPPED),
        (GRANT, Readiness.CLOSED),
        ("ssf-4-july", Readiness.READY),
        ("ssf-4-third", Readiness.READY),
    ]
    assert str(found[0].stop) == "2023-24-Q1 of ssf-4-behind must be closed before 2023-24-Q2: quarters close from the earliest on."
    assert isinstance(found[0].stop, EarlierPeriodOpen)


def test_a_quarter_that_is_not_over_stops_every_grant(office: Office) -> None:
    for quarter in (Q2, Quarter.parse("2023-24-Q3")):
        list(close_everywhere(office.context(), quarter, WHY))

    running = list(due(office.context(), Quarter.parse("2023-24-Q4")))
    assert {type(each.stop) for each in running if each.grant.name.id != "ssf-4-behind"} == {QuarterNotOver}


def test_a_whole_office_closes_at_once_when_it_is_small(office: Office) -> None:
    made = go_on(office.context(), Q2, WHY)

    assert ends(made.outcomes) == {GRANT: Ending.CLOSED, "ssf-4-july": Ending.CLOSED, "ssf-4-third": Ending.CLOSED}
    assert (made.closed, made.ready, made.stopped, made.after) == (3, 0, 1, None)
    told = progress(office.context(), Q2)
    assert (told.closed, told.ready, told.stopped, told.outcomes) == (3, 0, 1, ())


def test_what_stopped_is_put_right_and_the_closing_goes_on(office: Office) -> None:
    go_on(office.context(), Q2, WHY)
    close(office, "ssf-4-behind", Q1)

    made = go_on(office.context(), Q2, WHY)

    assert ends(made.outcomes) == {"ssf-4-behind": Ending.CLOSED}
    assert (made.closed, made.ready, made.stopped) == (4, 0, 0)


def test_a_request_closes_as_many_grants_as_it_may_and_the_next_goes_on_after_them(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_closing, "GRANTS_AT_ONCE", 2)

    first = go_on(office.context(), Q2, WHY)
    second = go_on(office.context(), Q2, WHY, first.after or "")

    assert (list(ends(first.outcomes)), first.closed, first.ready, first.after) == ([GRANT, "ssf-4-july"], 2, 1, "ssf-4-july")
    assert (list(ends(second.outcomes)), second.closed, second.ready, second.after) == (["ssf-4-third"], 3, 0, None)


@pytest.mark.parametrize(
    ("records", "at_once"), [(1, [GRANT]), (13, [GRANT]), (14, [GRANT, "ssf-4-july"]), (21, [GRANT, "ssf-4-july", "ssf-4-third"])]
)
def test_a_request_reads_no_more_records_than_it_may_but_one_grant_always(
    office: Office, monkeypatch: pytest.MonkeyPatch, records: int, at_once: list[str]
) -> None:
    monkeypatch.setattr(office_closing, "RECORDS_AT_ONCE", records)

    assert list(ends(go_on(office.context(), Q2, WHY).outcomes)) == at_once


def test_a_broken_chain_stops_its_own_grant_and_not_the_ones_after_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_closing, "GRANTS_AT_ONCE", 1)
    change_record(office, 6, "600000", "600001")

    first = go_on(office.context(), Q2, WHY)
    second = go_on(office.context(), Q2, WHY, first.after or "")

    assert isinstance(first.outcomes[0].stop, ChainBroken)
    assert (first.closed, first.ready, first.stopped, first.after) == (0, 2, 2, GRANT)
    assert ends(second.outcomes) == {"ssf-4-july": Ending.CLOSED}


def test_what_somebody_else_closes_meanwhile_is_closed(office: Office) -> None:
    rival = iter([GRANT])

    def meanwhile() -> None:
        for grant_id in rival:
            close(office, grant_id, Q2)

    watched = replace(office.context(), store=before_each_write(office.store, meanwhile))
    made = go_on(watched, Q2, WHY)

    assert ends(made.outcomes)[GRANT] is Ending.CLOSED_BEFORE
    assert (made.closed, made.stopped) == (3, 1)
    assert verify(office.context(), Name(Kind.GRANT, GRANT)).problems == ()


def test_a_request_that_saw_another_office_is_refused_and_closes_nothing(office: Office) -> None:
    seen = progress(office.context(), Q2).version
    close(office, GRANT, Q2)

    with pytest.raises(StaleView):
        go_on(office.context(expected=seen), Q2, WHY)

    assert state(office, "ssf-4-july", Q2) == "open"
    made = go_on(office.context(expected=progress(office.context(), Q2).version), Q2, WHY)
    assert made.version == progress(office.context(), Q2).version
    assert made.closed == 3


def test_what_is_closed_or_stopped_costs_nothing_but_its_head(office: Office) -> None:
    def calls(context: Context) -> list[str]:
        store = counting(context.store)
        go_on(replace(context, store=store), Q2, WHY)
        return store.calls

    assert calls(office.context()) == ["heads of imports", "heads of grants", *["heads of imports", "load", "links", "record"] * 3]
    assert calls(office.context()) == ["heads of imports", "heads of grants"]


def test_the_command_closes_every_grant_and_tells_each_outcome(office: Office) -> None:
    close(office, GRANT, Q2)

    assert ends(tuple(close_everywhere(office.context(), Q2, WHY))) == {
        "ssf-4-behind": Ending.STOPPED,
        GRANT: Ending.CLOSED_BEFORE,
        "ssf-4-july": Ending.CLOSED,
        "ssf-4-third": Ending.CLOSED,
    }


def test_the_command_may_be_broken_off_and_gone_on_with(office: Office) -> None:
    told = close_everywhere(office.context(), Q2, WHY)
    next(told), next(told)
    assert (state(office, GRANT, Q2), state(office, "ssf-4-july", Q2)) == ("closed", "open")

    assert ends(tuple(close_everywhere(office.context(), Q2, WHY)))["ssf-4-july"] is Ending.CLOSED
