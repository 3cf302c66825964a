"""Summaries: live from balances, earlier by folding; and what a partner may see."""

from datetime import date
from itertools import count

import pytest

from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.initiatives import Category, Initiative
from chalicelib.domain.people import Actor
from chalicelib.domain.summaries import Dimension, Summary
from chalicelib.domain.values import replace
from chalicelib.domain.variations import LineChange, Variation, VariationKind
from chalicelib.services import entries, grants, reading, registers
from chalicelib.services.summaries import AsAt, NotYours, PositionWithheld, summary
from tests.services.offices import CERTIFIER, FINANCE, OTHER_PARTNER, PARTNER, Office, grant, invoice, line, pay
from tests.services.rivals import before_each_read
from tests.services.tampering import change_record, memory


@pytest.fixture
def office() -> Office:
    office = Office().open()
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000), on=date(2023, 10, 2))
    pay(office.context(), invoice("2", 30_000), line("cctv", 30_000), on=date(2024, 1, 15))
    return office


def rows(made: Summary, dimension: Dimension, measure: str) -> dict[str | None, int]:
    return {row.group[dimension]: row.measures[measure] for row in made.rows}


def summed(office: Office, *by: Dimension, as_at: AsAt | None = None, actor: Actor = FINANCE, **only: str) -> Summary:
    filters = {Dimension(name): value for name, value in only.items()}
    return summary(office.context(actor), by, filters, as_at or AsAt())


def test_money_is_summed_by_initiative_and_the_rows_make_the_total(office: Office) -> None:
    made = summed(office, Dimension.INITIATIVE)

    assert rows(made, Dimension.INITIATIVE, "spent") == {"cctv": 30_000, "lighting": 120_000, None: 0}
    assert rows(made, Dimension.INITIATIVE, "available") == {"cctv": 70_000, "lighting": 480_000, None: 0}
    assert rows(made, Dimension.INITIATIVE, "awarded") == {"cctv": 0, "lighting": 0, None: 2_000_000}
    assert (made.total["awarded"], made.total["unallocated"], made.total["spent"]) == (2_000_000, 1_300_000, 150_000)


@pytest.mark.parametrize(
    ("dimension", "spent"),
    [
        (Dimension.FUND, {"ssf-4": 150_000}),
        (Dimension.GRANT, {"ssf-4-example": 150_000}),
        (Dimension.LEAD_RECIPIENT, {"office": 150_000}),
        (Dimension.FORCE_AREA, {"E23000015": 150_000}),
        (Dimension.CATEGORY, {"cctv": 30_000, "street_lighting": 120_000, None: 0}),
        (Dimension.PARTNER, {"charity": 30_000, "council": 120_000, None: 0}),
        (Dimension.FINANCIAL_YEAR, {"2023-24": 150_000, "2024-25": 0}),
        (Dimension.QUARTER, {"2023-24-Q3": 120_000, "2023-24-Q4": 30_000, None: 0}),
        (Dimension.NATURE, {"capital": 150_000}),
    ],
)
def test_money_can_be_grouped_by_any_dimension(office: Office, dimension: Dimension, spent: dict[str | None, int]) -> None:
    assert rows(summed(office, dimension), dimension, "spent") == spent


def test_filters_keep_what_matches_all_of_them(office: Office) -> None:
    made = summed(office, Dimension.QUARTER, partner="charity", financial_year="2023-24")

    assert made.total["spent"] == 30_000
    assert made.total["allocated"] == 100_000


def test_as_at_a_day_later_entries_do_not_count(office: Office) -> None:
    made = summed(office, as_at=AsAt(on=date(2023, 12, 31)))

    assert made.total["spent"] == 120_000


def test_a_reduction_counts_from_its_notice(office: Office) -> None:
    reduction = Variation(
        id=0,
        kind=VariationKind.REDUCTION,
        dated=date(2023, 12, 14),
        reason="Home Office savings",
        notice_reference="HO-1",
        changes=(LineChange(financial_year="2024-25", nature=Nature.CAPITAL, change_pence=-180_000),),
        ends=None,
        requested_by="",
    )
    grants.request_variation(office.context(), "ssf-4-example", reduction)
    grants.approve_variation(office.context(CERTIFIER), "ssf-4-example", 1, "Agreed")

    assert summed(office, as_at=AsAt(on=date(2023, 12, 13))).total["awarded"] == 2_000_000
    assert summed(office, as_at=AsAt(on=date(2023, 12, 14))).total["awarded"] == 1_820_000
    assert summed(office).total["awarded"] == 1_820_000


def test_as_at_a_position_later_records_do_not_count(office: Office) -> None:
    position = reading.position_now(office.context())
    pay(office.context(), invoice("3", 1_000), line("lighting", 1_000))

    assert summed(office, as_at=AsAt(position=position)).total["spent"] == 150_000
    assert summed(office).total["spent"] == 151_000


def test_the_fold_of_the_whole_ledger_is_the_live_summary(office: Office) -> None:
    entries.correct(office.context(), "ssf-4-example.8", date(2023, 12, 1), -20_000, "Invoice overstated")

    for dimension in Dimension:
        assert summed(office, dimension) == summed(office, dimension, as_at=AsAt(position=reading.position_now(office.context())))


def test_a_position_that_was_never_reached_is_refused(office: Office) -> None:
    with pytest.raises(Missing) as refusal:
        summed(office, as_at=AsAt(position={"ssf-4-example": 999}))

    assert refusal.value.id == "ssf-4-example@999"


def test_a_partner_sees_its_own_initiatives_and_nothing_else(office: Office) -> None:
    own = summed(office, Dimension.INITIATIVE, actor=PARTNER)

    assert rows(own, Dimension.INITIATIVE, "spent") == {"lighting": 120_000}
    assert own.total["awarded"] == 0
    assert summed(office, actor=OTHER_PARTNER).total["spent"] == 30_000
    with pytest.raises(NotYours):
        summed(office, actor=PARTNER, partner="charity")


def test_a_partner_with_no_organisation_sees_nothing(office: Office) -> None:
    assert summed(office, actor=Actor(subject="lost", roles=PARTNER.roles)).total["spent"] == 0


def test_no_figure_is_made_from_a_broken_chain(office: Office) -> None:
    change_record(office, 8, '"amount_pence":120000', '"amount_pence":120001')

    with pytest.raises(ChainBroken):
        summed(office, as_at=AsAt(on=date(2024, 3, 31)))


@pytest.mark.parametrize("as_at", [AsAt(), AsAt(on=date(2024, 3, 31))], ids=["now", "as at a day"])
@pytest.mark.parametrize("only", [{}, {"grant": "ssf-4-example"}], ids=["every grant", "one grant"])
def test_initiatives_and_grants_may_begin_while_a_summary_is_made(office: Office, as_at: AsAt, only: dict[str, str]) -> None:
    begun = count(1)

    def begin() -> None:
        number = next(begun)
        office.start(grant(f"ssf-4-new-{number}"))
        plan = Initiative(id=f"new-{number}", title="New", category=Category.TRAINING, partner_id="council")
        registers.create_initiative(office.context(), plan)
        office.allocate(plan.id, 100)
        office.allocate(plan.id, 100, f"ssf-4-new-{number}")

    watched = replace(office.context(), store=before_each_read(office.store, begin))
    made = summary(watched, (Dimension.CATEGORY, Dimension.FUND), {Dimension(name): value for name, value in only.items()}, as_at)

    assert made.total["spent"] == 150_000


def test_one_grants_summary_reads_one_grant_only(office: Office) -> None:
    office.start(grant("ssf-4-other"))
    office.allocate("lighting", 5_000, "ssf-4-other")
    del memory(office)._links[Name(Kind.GRANT, "ssf-4-other")][0]

    assert summed(office, grant="ssf-4-example").total["allocated"] == 700_000
    assert summed(office, grant="ssf-4-example", as_at=AsAt(on=date(2024, 3, 31))).total["allocated"] == 700_000


@pytest.mark.parametrize(
    ("dimension", "kind"),
    [
        ("fund", "fund"),
        ("grant", "grant"),
        ("lead_recipient", "organisation"),
        ("initiative", "initiative"),
        ("partner", "organisation"),
    ],
)
@pytest.mark.parametrize("as_at", [AsAt(), AsAt(on=date(2024, 3, 31))], ids=["now", "as at a day"])
def test_a_filter_that_names_nothing_is_refused(office: Office, dimension: str, kind: str, as_at: AsAt) -> None:
    with pytest.raises(Missing) as refusal:
        summary(office.context(), (), {Dimension(dimension): "nowhere"}, as_at)

    assert (refusal.value.kind, refusal.value.id) == (kind, "nowhere")


def test_a_partner_learns_nothing_from_a_grant_that_is_not_there(office: Office) -> None:
    office.start(grant("ssf-4-other"))

    assert summed(office, actor=PARTNER, grant="ssf-4-nowhere").total == summed(office, actor=PARTNER, grant="ssf-4-other").total


def test_a_grant_that_a_position_does_not_name_is_left_out(office: Office) -> None:
    made = summed(office, Dimension.GRANT, grant="ssf-4-example", as_at=AsAt(position={"ssf-4-other": 1}))

    assert (made.rows, made.total["spent"]) == ((), 0)


@pytest.mark.parametrize("position", [{}, {"ssf-4-example": 1}, {"ssf-4-example": 999}, {"ssf-4-nowhere": 1}])
def test_a_partner_is_told_no_positions(office: Office, position: dict[str, int]) -> None:
    with pytest.raises(PositionWithheld, match="ask for a date"):
        summed(office, actor=PARTNER, as_at=AsAt(position=position))


def test_an_initiative_whose_line_cost_nothing_has_a_row_now_as_it_has_then(office: Office) -> None:
    office.start(grant("ssf-4-second"))
    office.allocate("lighting", 1_000, "ssf-4-second")
    free = line("cctv", 0, grant_id="ssf-4-second")
    pay(office.context(), invoice("3", 100), free, line("lighting", 100, grant_id="ssf-4-second"))

    now = summed(office, Dimension.INITIATIVE, grant="ssf-4-second")
    then = summed(office, Dimension.INITIATIVE, grant="ssf-4-second", as_at=AsAt(on=date(2024, 2, 1)))

    assert now.rows == then.rows
    assert rows(now, Dimension.INITIATIVE, "spent") == {"cctv": 0, "lighting": 100, None: 0}
