"""Whatever a file holds, every row of it is accounted for: posted, complained of, or counted as what it is."""

from collections.abc import Mapping
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import DocumentKind
from chalicelib.domain.extract_documents import Documents
from chalicelib.domain.extract_reading import AT_ONCE
from chalicelib.domain.extract_sheets import Passed, Sheet
from chalicelib.domain.organisations import VatStatus
from chalicelib.domain.previewing import EnteredLine, Tally, rejected, row_of
from chalicelib.domain.previews import PreviewRow, Status
from chalicelib.domain.profiles import Profile
from chalicelib.domain.values import replace
from chalicelib.services.preview_scratch import Scratch
from chalicelib.services.sifting import Sifted, sift
from tests.extracts.layouts import HEADING, INVOICES, PAYMENTS, row

TODAY = date(2024, 2, 1)
DATES = ("02/10/2023", "3 Oct 23", "45201", "2023-10-04", "31/06/2023", "00:00:00", "02/10/2024", "02/10/20235.00", "x", "")
NAMES = ("Lamps Ltd", "LAMPS LTD.", "REDACTED", "redacted - personal data", "", "Total", "\u2020")
CENTRES = ("SS4", "ss5", "GEN", "XX9", "")
AMOUNTS = ("1.00", "£1,000.00", "(5.00)", "7.00-", "4999.999999999999", "12.345", "-", "n/a", "", "0")
NUMBERS = ("1", "2", "INV 3", "", "\u00a0")
CELLS = st.builds(
    lambda on, name, centre, amount, number: [on, name, centre, "4000", amount, number, "Lamps"],
    *map(st.sampled_from, (DATES, NAMES, CENTRES, AMOUNTS, NUMBERS)),
)
ODD = st.sampled_from(
    ([], [""] * 7, HEADING, ["Total", "", "", "", "1.00", "", ""], ["", "", "", "", "1.00", "", ""], ["x"] * 9, ["\u2020"] * 7, ["x"])
)
BY_LINE = replace(PAYMENTS, columns=replace(PAYMENTS.columns, line=("Description",)))
PROFILES = st.sampled_from((PAYMENTS, replace(PAYMENTS, repairs_dates=True), BY_LINE))


def made(sheet: Sheet, profile: Profile, entered: Mapping[str, tuple[EnteredLine, ...]]) -> tuple[Sifted, list[PreviewRow]]:
    """A sheet taken apart, and every row of its preview."""
    with Scratch() as scratch:
        sifted = sift(scratch, [sheet], profile)
        documents = list(scratch.documents(Documents(profile, TODAY)))
        assert scratch.count == len(documents)
        rows = [row_of(number, each, entered.get(each.key), VatStatus.RECOVERS) for number, each in enumerate(documents, 1)]
        return sifted, [*rows, *(rejected(number, each) for number, each in enumerate(scratch.wrong(), len(documents) + 1))]


def previewed(rows: list[list[str]], entered: Mapping[str, tuple[EnteredLine, ...]]) -> list[PreviewRow]:
    return made(Sheet("", [HEADING, *rows]), PAYMENTS, entered)[1]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(CELLS, CELLS, CELLS, ODD), min_size=1, max_size=25), PROFILES)
def test_no_row_is_skipped_in_silence_and_none_is_counted_twice(rows: list[list[str]], profile: Profile) -> None:
    sheet = [["A title"], HEADING, *rows]
    sifted, found = made(Sheet("", sheet), profile, {})

    told = [number for each in found for number in each.rows if number]
    passed = sifted.passed.title + sifted.passed.blank + sifted.passed.heading + sifted.passed.total
    if not any(each.rows in {(0,), (2,)} for each in found):  # the header was there, and rows beneath it
        assert len(told) + passed + 1 == len(sheet)
    assert len(told) == len(set(told))
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    for each in found:
        assert (each.status in (Status.REJECTED, Status.UNMAPPED)) <= bool(each.complaints)
        assert each.status is not Status.ADDED or (each.document and each.lines and each.on and each.on <= TODAY)
    tally = Tally(VatStatus.RECOVERS)
    for each in found:
        tally.add(each)
    assert sum(count.rows for count in tally.counts.values()) == sum(len(each.rows) for each in found)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=9), max_size=12), st.sampled_from((PAYMENTS, INVOICES)))
def test_whatever_stands_on_a_sheet_is_read_or_complained_of(rows: list[list[str]], profile: Profile) -> None:
    _, found = made(Sheet("May", rows), profile, {})

    assert all(each.document is None and each.complaints for each in found)
    assert bool(found) == any(map(any, rows))


def held(pence: int, initiative: str = "lighting", entry: str = "ssf-4-example.8") -> EnteredLine:
    return EnteredLine(
        entry_id=entry,
        on=date(2023, 10, 2),
        grant_id="ssf-4-example",
        initiative_id=initiative,
        nature=Nature.CAPITAL,
        pence=pence,
        left_pence=pence,
    )


def test_a_document_is_compared_as_a_whole_and_each_of_its_entries_corrected_to_its_source() -> None:
    rows = [row(amount="100.00"), row(centre="SS5", amount="50.00")]
    key = f"lampsltd|{DocumentKind.INVOICE}|1"

    (same,) = previewed(rows, {key: (held(12_000), held(3_000, "cctv", "ssf-4-example.9"))})
    (changed,) = previewed(rows, {key: (held(12_000), held(4_000, "cctv", "ssf-4-example.9"))})

    assert same.status is Status.SAME  # somebody recoded it; it comes to as much
    assert (changed.status, changed.cost_pence, changed.entered_pence) == (Status.CHANGED, 15_000, 16_000)
    assert [(each.entry_id, each.change_pence) for each in changed.corrections] == [("ssf-4-example.8", -2_000), ("ssf-4-example.9", 1_000)]


def test_a_document_whose_rows_stand_far_apart_is_one_where_its_first_row_stands() -> None:
    between = [row(number=f"I{number}", amount="1.00") for number in range(2 * AT_ONCE)]
    rows = [row(number="A", amount="100.00"), *between, row(number="a.", centre="SS5", amount="20.00"), row(number="B")]

    found = previewed(rows, {})

    assert len(found) == 2 * AT_ONCE + 2
    assert found[0].document
    assert (found[0].rows, found[0].document.number, found[0].cost_pence) == ((2, 2 * AT_ONCE + 3), "A", 12_000)
    assert found[-1].rows == (2 * AT_ONCE + 4,)


def test_rows_without_a_number_are_told_apart_wherever_they_stand() -> None:
    between = [row(number=f"I{number}", amount="1.00") for number in range(AT_ONCE)]

    found = previewed([row(number=""), *between, row(number=""), row(number="")], {})

    numbers = [each.document.number[-2:] for each in found if each.document and len(each.document.number) == 14]
    assert numbers == ["-1", "-2", "-3"]


def test_a_total_counts_all_rows_before_it_and_complaints_stand_in_the_order_of_the_file() -> None:
    ones = [row(number=f"I{number}", amount="1.00") for number in range(AT_ONCE)]
    rows = [row(amount="n/a"), *ones, ["x"], row(on="31/06/2023"), ["Total", "", "", "", f"{AT_ONCE}.00", "", ""]]

    sifted, found = made(Sheet("", [[""], HEADING, *rows]), PAYMENTS, {})

    assert [(each.row, each.stated_pence, each.counted_pence) for each in sifted.footers] == [(AT_ONCE + 6, AT_ONCE * 100, AT_ONCE * 100)]
    assert [each.rows for each in found[AT_ONCE:]] == [(3,), (AT_ONCE + 4,), (AT_ONCE + 5,)]
    assert sifted.passed == Passed(title=1, total=1)


def test_a_header_may_be_followed_by_any_number_of_blank_rows() -> None:
    blank = [[""] * 7] * (AT_ONCE + 10)

    sifted, (found,) = made(Sheet("", [["A title"], HEADING, *blank, row()]), PAYMENTS, {})
    _, (nothing,) = made(Sheet("", [["A title"], HEADING, *blank]), PAYMENTS, {})

    assert (found.rows, sifted.passed) == ((AT_ONCE + 13,), Passed(title=1, blank=AT_ONCE + 10))
    assert nothing.complaints[0].wrong == "is the last row: nothing stands beneath the header"


def test_the_same_document_on_two_sheets_is_refused_on_the_second() -> None:
    with Scratch() as scratch:
        sift(scratch, [Sheet("May", [HEADING, row()]), Sheet("June", [HEADING, row(number="2"), row()])], PAYMENTS)
        found = list(scratch.documents(Documents(PAYMENTS, TODAY)))

    assert [(each.sheet, [complaint.wrong for complaint in each.complaints]) for each in found] == [
        ("May", []),
        ("June", []),
        ("June", ["is in row 2 of May, too"]),
    ]
