"""As reported, as corrected, and the difference: wherever quarters are told apart, adding up, at a cost that entries do not raise."""

from collections.abc import Callable
from datetime import date

import pytest

from chalicelib.context import Context
from chalicelib.domain.cells import Nature
from chalicelib.domain.columns import QUARTERLY, Columns, together
from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.people import Actor
from chalicelib.domain.periods import Quarter
from chalicelib.domain.putting_right import Elsewhere
from chalicelib.domain.summaries import Dimension, Summary
from chalicelib.domain.values import replace
from chalicelib.services import closing, entries, office_closing, reading
from chalicelib.services.summaries import AsAt, summary
from tests.services.counting import counting, promised
from tests.services.offices import CERTIFIER, FINANCE, PARTNER, Office, grant, invoice, line, pay
from tests.services.rivals import before_each_read
from tests.services.tampering import change_record
from tests.services.test_agreements import COUNTED

FIRST, SECOND = "ssf-4-example", "ssf-4-second"
Q1, Q2 = Quarter.parse("2023-24-Q1"), Quarter.parse("2023-24-Q2")
WHY = "Quarter end"
Spent = tuple[int, int, int]


@pytest.fixture
def office() -> Office:
    """Two grants with spending in Q1, closed for the first of them; then £6 less for lighting, and £50 recoded to CCTV."""
    office = Office().open()
    office.start(grant(SECOND))
    office.allocate("lighting", 100_000, SECOND)
    pay(office.context(), invoice("1", 60_000), line("lighting", 60_000), on=date(2023, 5, 2))
    pay(office.context(), invoice("2", 7_000), line("cctv", 7_000), on=date(2023, 6, 30))
    pay(office.context(), invoice("3", 900), line("lighting", 900, grant_id=SECOND), on=date(2023, 6, 30))
    close(office, Q1)
    entries.correct(office.context(), f"{FIRST}.8", date(2023, 10, 9), -600, "The invoice says £594")
    elsewhere = Elsewhere(initiative_id="cctv", nature=Nature.CAPITAL)
    entries.recode(office.context(), f"{FIRST}.8", date(2023, 10, 9), 5_000, elsewhere, "Miscoded")
    return office


def close(office: Office, quarter: Quarter, grant_id: str = FIRST) -> None:
    closing.hold(office.context(), grant_id, quarter, WHY)
    closing.close(office.context(), grant_id, quarter, WHY)


def summed(office: Office, *by: Dimension, as_at: AsAt | None = None, actor: Actor = FINANCE, **only: str) -> Summary:
    filters = {Dimension(name): value for name, value in only.items()}
    return summary(office.context(actor), by, filters, as_at or AsAt())


def spent(columns: Columns | None) -> Spent | None:
    if columns is None:
        return None
    return columns.as_reported["spent"], columns.as_corrected["spent"], columns.difference["spent"]


def by(made: Summary, dimension: Dimension) -> dict[str | None, Spent | None]:
    return {row.group[dimension]: spent(row.columns) for row in made.rows}


def test_a_summary_by_quarter_shows_what_closed_quarters_reported_beside_what_is_known_now(office: Office) -> None:
    made = summed(office, Dimension.QUARTER)

    assert by(made, Dimension.QUARTER) == {"2023-24-Q1": (67_000, 66_400, -600), None: None}
    assert [row.measures["spent"] for row in made.rows] == [67_300, 0], "the second grant's quarter is open, and counts here only"
    assert spent(made.columns) == (67_000, 66_400, -600)


def test_each_initiatives_part_is_told_and_the_parts_make_the_whole(office: Office) -> None:
    made = summed(office, Dimension.INITIATIVE, quarter="2023-24-Q1", grant=FIRST)

    assert by(made, Dimension.INITIATIVE) == {"cctv": (7_000, 12_000, 5_000), "lighting": (60_000, 54_400, -5_600)}
    assert made.columns == together(row.columns for row in made.rows if row.columns)
    assert [row.measures[name] for row in made.rows if row.columns for name in QUARTERLY] == [
        row.columns.as_corrected[name] for row in made.rows if row.columns for name in QUARTERLY
    ]


@pytest.mark.parametrize("dimension", list(Dimension))
def test_the_columns_add_up_in_every_grouping(office: Office, dimension: Dimension) -> None:
    made = summed(office, *dict.fromkeys((dimension, Dimension.QUARTER)))

    assert made.columns == together(row.columns for row in made.rows if row.columns)
    assert spent(made.columns) == (67_000, 66_400, -600)


def test_what_was_recoded_to_where_nothing_was_reported_is_all_difference(office: Office) -> None:
    pay(office.context(), invoice("4", 100), line("lighting", 100), on=date(2023, 7, 3))
    close(office, Q2)
    elsewhere = Elsewhere(initiative_id="cctv", nature=Nature.CAPITAL)
    paid = next(named for named, _, entry in reading.entries(office.context(), FIRST) if entry.reference == "4")
    entries.recode(office.context(), paid, date(2023, 10, 9), None, elsewhere, "Miscoded")

    made = summed(office, Dimension.INITIATIVE, quarter="2023-24-Q2")
    assert by(made, Dimension.INITIATIVE) == {"cctv": (0, 100, 100), "lighting": (100, 0, -100)}


def test_without_quarters_there_are_no_columns(office: Office) -> None:
    made = summed(office, Dimension.INITIATIVE)

    assert (made.columns, {row.columns for row in made.rows}) == (None, {None})


def test_a_partner_sees_what_was_reported_of_its_own_initiatives_only(office: Office) -> None:
    made = summed(office, Dimension.INITIATIVE, actor=PARTNER, quarter="2023-24-Q1")

    assert by(made, Dimension.INITIATIVE) == {"lighting": (60_000, 54_400, -5_600)}
    assert spent(made.columns) == (60_000, 54_400, -5_600)


def test_a_reopened_quarter_still_shows_what_it_reported_until_it_closes_again(office: Office) -> None:
    closing.request_reopening(office.context(), FIRST, Q1, "A bill was left out")
    closing.reopen(office.context(CERTIFIER), FIRST, Q1, "Agreed")
    assert spent(summed(office, Dimension.QUARTER).columns) == (67_000, 66_400, -600)

    close(office, Q1)
    assert spent(summed(office, Dimension.QUARTER).columns) == (66_400, 66_400, 0)


def test_as_at_a_position_the_columns_are_those_of_that_position(office: Office) -> None:
    now = reading.position_now(office.context())

    assert summed(office, Dimension.QUARTER, as_at=AsAt(position=now)) == summed(office, Dimension.QUARTER)
    assert spent(summed(office, Dimension.QUARTER, as_at=AsAt(position={FIRST: 11})).columns) == (67_000, 67_000, 0)
    assert summed(office, Dimension.QUARTER, as_at=AsAt(position={FIRST: 10})).columns is None


@pytest.mark.parametrize(
    ("on", "told"),
    [(date(2024, 1, 31), None), (date(2024, 2, 1), (67_000, 66_400, -600))],
    ids=["the day before", "the day of the closing"],
)
def test_as_at_a_day_a_quarter_is_reported_once_it_was_closed_by_then(office: Office, on: date, told: Spent | None) -> None:
    assert spent(summed(office, Dimension.QUARTER, as_at=AsAt(on=on)).columns) == told


@pytest.mark.parametrize("place", range(1, 6))
def test_what_is_posted_and_closed_while_a_summary_is_made_is_no_difference(place: int) -> None:
    office = Office().open()
    pay(office.context(), invoice("1", 60_000), line("lighting", 60_000), on=date(2023, 5, 2))

    def post_and_close() -> None:
        pay(office.context(), invoice("2", 500), line("lighting", 500), on=date(2023, 6, 30))
        close(office, Q1)

    watched = replace(office.context(), store=before_each_read(office.store, once_before(place, post_and_close)))
    made = summary(watched, (Dimension.QUARTER,), {}, AsAt())

    assert spent(made.columns) in (None, (60_500, 60_500, 0))


def once_before(place: int, act: Callable[[], None]) -> Callable[[], None]:
    """Act before the read of that number, and no other."""
    reads = 0

    def at() -> None:
        nonlocal reads
        reads += 1
        if reads == place:
            act()

    return at


def test_no_column_is_made_from_a_closing_that_was_changed(office: Office) -> None:
    change_record(office, 11, "60000", "60001")

    with pytest.raises(ChainBroken):
        summed(office, Dimension.QUARTER)


COSTS: dict[str, Callable[[Context], object]] = {
    "a summary by quarter": lambda context: summary(context, (Dimension.QUARTER,), {}, AsAt()),
    "the quarters of a grant": lambda context: list(closing.every(context, FIRST)),
    "one quarter of a grant": lambda context: closing.find(context, FIRST, Q1),
    "a quarter's initiatives": lambda context: closing.shares(context, FIRST, Q1),
    "hold a quarter": lambda context: closing.hold(context, FIRST, Q2, WHY),
    "close a quarter": lambda context: closing.close(context, FIRST, Q2, WHY),
    "how far an office is": lambda context: office_closing.progress(context, Q2),
}


@pytest.mark.parametrize("entries_more", [0, 40])
def test_a_request_about_quarters_costs_what_is_promised_however_many_entries_there_are(office: Office, entries_more: int) -> None:
    for number in range(entries_more):
        pay(office.context(), invoice(f"more {number}", 10), line("lighting", 10), on=date(2023, 8, 1))

    found = {}
    for request, ask in COSTS.items():
        store = counting(office.store)
        ask(replace(office.context(), store=store))
        found[request] = store.calls
    assert found == {request: calls for request, calls in promised("quarters").items() if request not in COUNTED}
