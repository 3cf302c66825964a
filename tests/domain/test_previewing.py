"""Whatever a file holds, every row of it is accounted for: posted, complained of, or counted as what it is."""

from collections.abc import Mapping
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import DocumentKind
from chalicelib.domain.extract_sheets import Sheet
from chalicelib.domain.organisations import VatStatus
from chalicelib.domain.previewing import EnteredLine, counts_of, rows_of, sift
from chalicelib.domain.previews import PreviewRow, Status
from chalicelib.domain.profiles import Profile
from chalicelib.domain.values import replace
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


def previewed(rows: list[list[str]], entered: Mapping[str, tuple[EnteredLine, ...]]) -> list[PreviewRow]:
    return list(rows_of(sift([Sheet("", [HEADING, *rows])], PAYMENTS, TODAY), entered, VatStatus.RECOVERS))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(CELLS, CELLS, CELLS, ODD), min_size=1, max_size=25), PROFILES)
def test_no_row_is_skipped_in_silence_and_none_is_counted_twice(rows: list[list[str]], profile: Profile) -> None:
    sheet = Sheet("", [["A title"], HEADING, *rows])
    sifted = sift([sheet], profile, TODAY)
    found = list(rows_of(sifted, {}, VatStatus.RECOVERS))

    told = [number for each in found for number in each.rows if number]
    passed = sifted.passed.title + sifted.passed.blank + sifted.passed.heading + sifted.passed.total
    if not any(each.rows in {(0,), (2,)} for each in found):  # the header was there, and rows beneath it
        assert len(told) + passed + 1 == len(sheet.rows)
    assert len(told) == len(set(told))
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    for each in found:
        assert (each.status in (Status.REJECTED, Status.UNMAPPED)) <= bool(each.complaints)
        assert each.status is not Status.ADDED or (each.document and each.lines and each.on and each.on <= TODAY)
    assert sum(count.rows for count in counts_of(found).values()) == sum(len(each.rows) for each in found)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=9), max_size=12), st.sampled_from((PAYMENTS, INVOICES)))
def test_whatever_stands_on_a_sheet_is_read_or_complained_of(rows: list[list[str]], profile: Profile) -> None:
    sifted = sift([Sheet("May", rows)], profile, TODAY)

    assert sifted.documents == []
    assert bool(sifted.complaints) == any(map(any, rows))


def held(pence: int, initiative: str = "lighting", entry: str = "ssf-4-example.8") -> EnteredLine:
    return EnteredLine(
        entry_id=entry, grant_id="ssf-4-example", initiative_id=initiative, nature=Nature.CAPITAL, pence=pence, left_pence=pence
    )


def test_a_document_is_compared_as_a_whole_and_each_of_its_entries_corrected_to_its_source() -> None:
    rows = [row(amount="100.00"), row(centre="SS5", amount="50.00")]
    key = f"lampsltd|{DocumentKind.INVOICE}|1"

    (same,) = previewed(rows, {key: (held(12_000), held(3_000, "cctv", "ssf-4-example.9"))})
    (changed,) = previewed(rows, {key: (held(12_000), held(4_000, "cctv", "ssf-4-example.9"))})

    assert same.status is Status.SAME  # somebody recoded it; it comes to as much
    assert (changed.status, changed.cost_pence, changed.entered_pence) == (Status.CHANGED, 15_000, 16_000)
    assert [(each.entry_id, each.change_pence) for each in changed.corrections] == [("ssf-4-example.8", -2_000), ("ssf-4-example.9", 1_000)]
