"""Finance's rows in a workbook of our own making: spreadsheets' readers find in it what somebody typed, numbers and days as such."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO, UnsupportedOperation
from zipfile import ZipFile

import openpyxl  # type: ignore[import-untyped]  # openpyxl carries no types
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from chalicelib.domain.cells import Counter
from chalicelib.domain.chain import START, Kind, Name
from chalicelib.domain.entries import Document, DocumentKind, Entry, EntryKind
from chalicelib.domain.imports import Waiting
from chalicelib.domain.values import replace
from chalicelib.reports import large_workbook
from chalicelib.reports.entries import COLUMNS, Place
from chalicelib.reports.entry_sheet import SheetRows, write_entry_workbook
from chalicelib.reports.zip_stream import ZipStream
from chalicelib.storage import items

GRANT = Name(Kind.GRANT, "ssf-4-example")
ON = date(2023, 5, 1)
AT = datetime(2023, 5, 2, 9, 30, 15, tzinfo=UTC)
ORDER = Entry(kind=EntryKind.COMMITMENT, on=ON, cell="lighting#2023-24-Q1#capital", amount_pence=-123_456_05)
INVOICE = Document(kind=DocumentKind.INVOICE, number="=1+1", date=ON, supplier="Lamps & Sons <Ltd>", net_pence=100_00, vat_pence=20_01)
PLACE = Place(fund="ssf-4", grant=GRANT.id, lead_recipient=" Example & Partners ")
TEXTS = st.text(alphabet="aZ9_x0041 &<>\"'\\=-\r\n\té£\x00\x07\x1f\uff1d🔦", max_size=9)

Found = list[dict[str, object]]


def workbook(*entries: Entry, reason: str = "") -> bytes:
    drafts = tuple(items.Draft(at=AT, by="finance", reason=reason, fact=entry) for entry in entries)
    rows, made = SheetRows(), BytesIO()
    bodies = [link.body for link in items.sealed(GRANT, START, drafts)]
    write_entry_workbook(rows.of_grant(GRANT, [bodies], lambda _: PLACE), rows.totals, made, Waiting(documents=2, pence=30_00))
    return made.getvalue()


def read(content: bytes, title: str = "Entries") -> Found:
    header, *found = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(title).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in found]


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4), TEXTS)
def test_whatever_somebody_typed_reads_back_as_it_was(typed: list[tuple[str, str, str]], reason: str) -> None:
    orders = [replace(ORDER, counterparty=party, quoted_reference=number, description=about) for party, number, about in typed]

    found = read(workbook(*orders, reason=reason))

    assert [(row["party"], row["reference"], row["description"]) for row in found] == typed
    assert {row["reason"] for row in found} == {reason}


def test_numbers_are_numbers_and_days_are_days() -> None:
    payment = replace(ORDER, kind=EntryKind.PAYMENT, amount_pence=100_00, document=INVOICE, settles={"committed": -80_00})
    order, paid = read(workbook(ORDER, payment))

    assert (order["entry_id"], order["kind"], order["lead_recipient"]) == ("ssf-4-example.1", "commitment", " Example & Partners ")
    assert (order["amount_pounds"], order["committed_pounds"], order["net_pounds"]) == (-123_456.05, -123_456.05, "")
    assert (order["date"], order["recorded_at"], order["document_date"]) == (ON, datetime(2023, 5, 2, 9, 30, 15), "")  # noqa: DTZ001  a sheet's times have no zone
    assert (paid["net_pounds"], paid["vat_pounds"], paid["document_total_pounds"]) == (100.0, 20.01, 120.01)
    assert (paid["party"], paid["document_number"], paid["reference"]) == ("Lamps & Sons <Ltd>", "=1+1", "=1+1")
    assert {name: paid[name] for name in (f"{counter}_pounds" for counter in Counter) if paid[name] != ""} == {
        "paid_pounds": 100.0,
        "committed_pounds": -80.0,
    }


def test_a_refund_is_counted_as_what_came_back() -> None:
    (refund,) = read(workbook(replace(ORDER, kind=EntryKind.REFUND, amount_pence=-2_50)))

    assert (refund["amount_pounds"], refund["refunded_pounds"]) == (-2.5, 2.5)


def test_the_header_stays_in_view_with_filters_over_every_row() -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(ORDER, ORDER)))
    sheet = book["Entries"]

    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:AO3", "$1:$1")
    assert sheet.column_dimensions["Y"].width == pytest.approx(40.71, abs=0.01)
    assert (sheet["A1"].font.b, sheet["N2"].number_format, sheet["C2"].number_format) == (True, "#,##0.00;(#,##0.00)", "dd/mm/yyyy")
    assert [row[0].value for row in book["Totals"].iter_rows(max_row=3)] == ["total", "all entries", "kind: commitment"]


def test_no_entries_leave_a_sheet_with_its_header() -> None:
    assert read(workbook()) == []
    totals = read(workbook(), "Totals")
    assert totals[0]["rows"] == 0
    assert totals[-1] == {"total": "in suspense, in no row", "rows": 2, "amount_pounds": 30.0}


@pytest.mark.parametrize(("limit", "most"), [("MOST_ROWS", 150), ("MOST_CHARACTERS", 60_000)])
def test_what_one_sheet_does_not_hold_goes_on_in_another(monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(large_workbook, limit, most)

    content = workbook(*[ORDER] * 310)

    titles = [title for title in openpyxl.load_workbook(BytesIO(content)).sheetnames if title.startswith("Entries")]
    assert titles == ["Entries", "Entries 2", "Entries 3"] or len(titles) > 3
    assert [row["entry_id"] for title in titles for row in read(content, title)] == [f"ssf-4-example.{seq}" for seq in range(1, 311)]


class Forward(BytesIO):
    """A file that only takes bytes, as a pipe does."""

    def seek(self, _offset: int, _whence: int = 0) -> int:
        raise UnsupportedOperation

    def tell(self) -> int:
        raise UnsupportedOperation


def test_a_zip_file_is_written_forwards_and_says_nothing_of_when() -> None:
    onto = Forward()
    archive = ZipStream(onto)
    archive.write("a/first.txt", iter((b"one ", b"two")))
    archive.write("second.txt", (b"", "é".encode() * 100_000))
    archive.close()

    with ZipFile(BytesIO(onto.getvalue())) as found:
        assert found.testzip() is None
        assert {name: found.read(name) for name in found.namelist()} == {"a/first.txt": b"one two", "second.txt": "é".encode() * 100_000}
        assert {info.date_time for info in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_part_too_large_for_a_zip_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.reports.zip_stream._MOST", 1_000)

    def content() -> Iterator[bytes]:
        yield b"x" * 1_001

    with pytest.raises(ValueError, match=r"large\.xml is too large for a ZIP file"):
        ZipStream(Forward()).write("large.xml", content())
