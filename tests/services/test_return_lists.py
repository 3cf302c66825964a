"""Lists of returns: what is in them for whom, in which order, page after page, and what they read for it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.initiatives import Category, Initiative, InitiativeState
from chalicelib.domain.organisations import Organisation, VatStatus
from chalicelib.domain.people import Actor
from chalicelib.domain.periods import Quarter
from chalicelib.domain.return_reports import NOTHING_SAID
from chalicelib.domain.returns import ReturnState, name_of
from chalicelib.domain.values import replace
from chalicelib.services import registers, return_lists, returns
from chalicelib.services.return_lists import AT_ONCE, Only, find_all, forecasts_of, in_order_of_returns, recorded_of
from chalicelib.services.unit import version_of
from chalicelib.storage.memory import MemoryStore
from tests.services.offices import OTHER_PARTNER, PARTNER, Office, grant
from tests.services.reporting import OFFICER, REMAINING, RETURN, agree, give_back, hand_in, report, reporting, write
from tests.services.watched import Watched

ANY = Only()
DUE = ReturnState.DUE


@pytest.fixture
def office() -> Office:
    return reporting()


def plan(office: Office, *ids: str, starts: date = date(2023, 7, 3)) -> None:
    """More initiatives of the council's, in delivery."""
    for each in ids:
        planned = Initiative(id=each, title=each, category=Category.STREET_LIGHTING, partner_id="council")
        registers.create_initiative(office.context(), planned)
        registers.move_initiative(office.context(), each, InitiativeState.IN_DELIVERY, starts, "")


def listed(office: Office, only: Only = ANY, after: str = "", actor: Actor = OFFICER) -> list[str]:
    found = find_all(office.context(actor), only, after)
    return [f"{each.held.name.id} {each.held.state.state.value}" for each in found]


def test_what_is_due_and_what_is_recorded_are_one_list(office: Office) -> None:
    hand_in(office)

    assert listed(office) == [
        "cctv.2023-24-Q3 due",
        "lighting.2023-24-Q1 due",
        "lighting.2023-24-Q2 submitted",
        "lighting.2023-24-Q3 due",
    ]
    assert [version_of(each.held) for each in find_all(office.context(), ANY)] == ["0", "0", "2", "0"]


@pytest.mark.parametrize(
    ("only", "found"),
    [
        (Only(quarter="2023-24-Q3"), ["cctv.2023-24-Q3 due", "lighting.2023-24-Q3 due"]),
        (Only(initiative_id="cctv"), ["cctv.2023-24-Q3 due"]),
        (Only(initiative_id="lighting", state=DUE), ["lighting.2023-24-Q1 due", "lighting.2023-24-Q3 due"]),
        (Only(initiative_id="light"), []),
        (Only(grant_id="ssf-4-second"), ["cctv.2023-24-Q3 due"]),
        (Only(grant_id="ssf-9-nowhere"), []),
        (Only(partner_id="charity"), ["cctv.2023-24-Q3 due"]),
        (Only(state=ReturnState.SUBMITTED), ["lighting.2023-24-Q2 submitted"]),
        (Only(state=ReturnState.ACCEPTED), []),
        (Only(state=DUE, quarter="2023-24-Q2"), []),
    ],
)
def test_a_list_is_filtered(office: Office, only: Only, found: list[str]) -> None:
    office.start(grant("ssf-4-second"))
    office.allocate("cctv", 100, "ssf-4-second")
    hand_in(office)

    assert listed(office, only) == found


def test_a_partner_lists_its_own_returns_and_no_other(office: Office) -> None:
    hand_in(office)

    assert listed(office, actor=OTHER_PARTNER) == ["cctv.2023-24-Q3 due"]
    assert listed(office, Only(partner_id="council"), actor=OTHER_PARTNER) == []
    assert listed(office, Only(initiative_id="lighting"), actor=OTHER_PARTNER) == []
    assert listed(office, Only(grant_id="ssf-4-example"), actor=OTHER_PARTNER) == ["cctv.2023-24-Q3 due"]
    assert listed(office, Only(state=ReturnState.SUBMITTED), actor=OTHER_PARTNER) == []
    assert listed(office, actor=replace(PARTNER, organisation_id=None)) == []


def test_what_another_partner_has_begun_is_not_due_from_the_next(office: Office) -> None:
    write(office)
    registers.amend_initiative(office.context(), "lighting", lambda held: replace(held, partner_id="charity"), "charity")

    assert listed(office, Only(initiative_id="lighting"), actor=OTHER_PARTNER) == ["lighting.2023-24-Q1 due", "lighting.2023-24-Q3 due"]
    assert listed(office, Only(initiative_id="lighting"), actor=PARTNER) == ["lighting.2023-24-Q2 draft"]


def test_a_list_goes_on_after_any_of_its_rows(office: Office) -> None:
    plan(office, "a", "a-b", "a-b-c", "a-b0", "a0", "lighting-hanley", "lighting-hanley-north")
    hand_in(office)
    write(office, "a-b.2023-24-Q2", said=NOTHING_SAID)
    whole = listed(office)

    assert len(whole) == 18
    assert [row.split()[0] for row in whole] == sorted(row.split()[0] for row in whole)
    for place, row in enumerate(whole):
        assert listed(office, after=row.split()[0]) == whole[place + 1 :]


IDS = st.sets(st.from_regex(r"[ab0]{1,2}(-[ab0]{1,2}){0,3}", fullmatch=True), min_size=1, max_size=12)


@given(ids=IDS, data=st.data())
def test_initiatives_come_in_the_order_of_their_returns_from_any_of_them(ids: set[str], data: st.DataObject) -> None:
    office = Office()
    registers.create_organisation(office.context(), Organisation(id="council", name="Council", vat_status=VatStatus.RECOVERS))
    plan(office, *ids)
    ordered = sorted(ids, key=lambda each: f"{each}.")
    start = data.draw(st.sampled_from(["", *ordered]))

    found = [each.name.id for each in in_order_of_returns(office.context(), start)]

    onward = ordered[ordered.index(start) :] if start else ordered
    assert [each for each in found if f"{each}." >= f"{start}."] == onward
    assert found == sorted(found, key=lambda each: f"{each}.")


def watched(office: Office, only: Only, actor: Actor = OFFICER, *, after: str = "", rows: int = 1_000) -> Watched:
    """What listing so many rows asked of the store."""
    store = Watched(office.store)
    found = find_all(replace(office.context(actor), store=store), only, after)
    for _ in zip(range(rows), found, strict=False):
        pass
    return store


def test_a_list_of_everything_reads_returns_and_initiatives_side_by_side(office: Office) -> None:
    plan(office, *(f"street-{number}" for number in range(10, 40)))
    hand_in(office)

    store = watched(office, ANY, rows=3)

    assert store.asked == ["heads of return", "heads of initiative"]
    assert store.rows == {"heads of return": 1, "heads of initiative": 3}, "no further than the page goes"


def test_a_later_page_reads_nothing_that_came_before_it(office: Office) -> None:
    plan(office, *(f"street-{number}" for number in range(10, 40)))

    store = watched(office, ANY, after="street-38.2023-24-Q2")

    assert store.asked == ["heads of return", "load initiative#street initiative#street-38", "heads of initiative"]
    assert store.rows["heads of initiative"] == 1


def test_a_list_of_a_recorded_state_reads_no_initiatives(office: Office) -> None:
    hand_in(office)

    assert watched(office, Only(state=ReturnState.SUBMITTED)).asked == ["heads of return"]


def test_a_list_of_one_initiative_reads_that_one_and_its_returns(office: Office) -> None:
    hand_in(office)

    store = watched(office, Only(initiative_id="lighting"))

    assert store.asked == ["heads of return", "load initiative#lighting"]


def test_a_list_of_a_grant_reads_its_balances_too(office: Office) -> None:
    assert watched(office, Only(grant_id="ssf-4-example")).asked[0] == "balances of ssf-4-example"


def test_an_initiative_with_more_returns_than_are_read_at_once_has_them_all(office: Office) -> None:
    plan(office, "old", "old-town", starts=date(2018, 4, 2))
    quarters = [str(Quarter.parse("2018-19-Q1"))]
    while len(quarters) < AT_ONCE + 1:
        quarters.append(str(Quarter.parse(quarters[-1]).next()))
    for quarter in quarters:
        write(office, f"old.{quarter}", said=NOTHING_SAID)
    write(office, f"old-town.{quarters[0]}", said=NOTHING_SAID)

    for after in (0, 1):
        found = recorded_of(office.context(), "old", f"old.{quarters[after - 1]}" if after else "")
        assert [each.name.id for each in found] == [f"old.{quarter}" for quarter in quarters[after:]]


def test_versions_are_the_submissions_and_what_was_said_to_each(office: Office) -> None:
    hand_in(office)
    give_back(office)
    write(office, said=report(110_000))
    hand_in(office, said=report(120_000))
    agree(office)

    first, second = return_lists.versions(office.context(PARTNER), RETURN)

    assert (first.number, first.submitted_by, first.differences) == (1, "partner", ())
    assert first.report.forecasts[0].amount_pence == 100_000
    assert first.review is not None
    assert (first.review.outcome, first.review.reason) == (ReturnState.CHANGES_REQUESTED, "The forecast is short")
    assert [(each.field, each.old, each.new) for each in second.differences] == [("/forecasts/2023-24-Q3/amount_pence", 100_000, 120_000)]
    assert second.review is not None
    assert second.review.outcome is ReturnState.ACCEPTED


def test_a_return_that_is_due_has_no_versions(office: Office) -> None:
    assert list(return_lists.versions(office.context(PARTNER), RETURN)) == []


def test_a_version_that_somebody_changed_is_not_shown(office: Office) -> None:
    hand_in(office)
    assert isinstance(office.store, MemoryStore)
    links = office.store._links[name_of(RETURN)]
    links[1] = links[1]._replace(body=links[1].body.replace("100000", "100001", 1))

    with pytest.raises(ChainBroken, match="Record 2"):
        list(return_lists.versions(office.context(), RETURN))


def test_versions_cost_one_load_and_the_returns_own_records(office: Office) -> None:
    hand_in(office)
    store = Watched(office.store)

    list(return_lists.versions(replace(office.context(), store=store), RETURN))

    assert store.asked == ["load return#lighting.2023-24-Q2 initiative#lighting", "links of return#lighting.2023-24-Q2"]


def test_every_forecast_that_was_accepted_is_kept_by_the_return_that_set_it(office: Office) -> None:
    hand_in(office)
    agree(office)
    hand_in(office, "lighting.2023-24-Q3", said=report(50_000, quarters=REMAINING[1:]))
    before = [(each.set_by.name.id, each.rows) for each in forecasts_of(office.context(), "lighting")]
    agree(office, "lighting.2023-24-Q3")

    first, second = forecasts_of(office.context(PARTNER), "lighting")

    assert [(first.set_by.name.id, first.rows)] == before
    assert [(row.quarter, row.forecast_pence, row.spent_pence) for row in first.rows[:2]] == [
        ("2023-24-Q3", 100_000, 120_000),
        ("2023-24-Q4", 0, 0),
    ]
    assert [(row.quarter, row.forecast_pence) for row in second.rows[:2]] == [("2023-24-Q4", 50_000), ("2024-25-Q1", 0)]
    assert [each.set_by.name.id for each in forecasts_of(office.context(), "lighting", after=RETURN)] == ["lighting.2023-24-Q3"]


def test_a_partner_finds_no_forecasts_of_another(office: Office) -> None:
    for initiative_id in ("lighting", "bench"):
        with pytest.raises(Missing):
            list(forecasts_of(office.context(OTHER_PARTNER), initiative_id))


def test_forecasts_cost_the_initiative_the_balances_and_its_returns(office: Office) -> None:
    store = Watched(office.store)

    list(forecasts_of(replace(office.context(), store=store), "lighting"))

    assert store.asked == ["load initiative#lighting", "balances of every grant", "heads of return"]


def test_what_is_listed_is_what_is_shown(office: Office) -> None:
    hand_in(office)

    for each in find_all(office.context(), ANY):
        shown = returns.find(office.context(), each.held.name.id)
        assert (shown.held.state, shown.held.position) == (each.held.state, each.held.position)
