"""Bytes into rows: every encoding and line end that ledger systems write, and what is refused by name."""

from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZipFile

import pytest

from chalicelib.domain.extract_reading import read
from chalicelib.domain.extract_rows import Rows
from chalicelib.domain.extract_sheets import Complaint, Sheet
from chalicelib.domain.import_refusals import ExtractUnreadable
from chalicelib.domain.profiles import Encoding, Profile
from chalicelib.domain.values import replace
from chalicelib.extracts import workbooks
from chalicelib.extracts.sheets import Look, sheets
from tests.extracts.layouts import LAMBETH, PAYMENTS

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LAMBETH_FILE = Path(__file__).parents[1] / "data/payments/lambeth-2012-06.csv"


def sheets_of(content: bytes, profile: Profile) -> list[Sheet]:
    """A file's sheets, with their rows."""
    look = Look()
    look.write(content)
    return [Sheet(sheet.name, list(sheet.rows)) for sheet in sheets(lambda: BytesIO(content), look, profile)]


def rows(content: bytes, encoding: Encoding = Encoding.DETECT) -> list[list[str]]:
    (sheet,) = sheets_of(content, replace(PAYMENTS, encoding=encoding))
    return list(sheet.rows)


@pytest.mark.parametrize(
    "content",
    [
        "Café,£5\n".encode(),
        b"\xef\xbb\xbf" + "Café,£5\n".encode(),
        "Café,£5\n".encode("windows-1252"),
    ],
)
def test_utf_8_with_or_without_its_mark_and_windows_1252_are_told_apart(content: bytes) -> None:
    assert rows(content) == [["Café", "£5"]]


def test_cp850_is_read_where_the_profile_says_so() -> None:
    assert rows("Café,£5\n".encode("cp850"), Encoding.CP850) == [["Café", "£5"]]


def test_bare_carriage_returns_end_records_and_quoted_ones_do_not() -> None:
    assert rows(b'a,b\rc,"d\re"\r\n\nf,g') == [["a", "b"], ["c", "d\ne"], [], ["f", "g"]]


@pytest.mark.parametrize(
    ("content", "encoding", "why"),
    [
        (b"a,\x81\n", Encoding.DETECT, "Byte 3 of the file, in line 1, is 0x81, which is no character of windows-1252"),
        (b"a\n\xe9\n", Encoding.UTF_8, "Byte 3 of the file, in line 2, is 0xe9, which is no character of utf-8-sig"),
        (b"\xff\xfea\0", Encoding.DETECT, "The file is UTF-16: save it as CSV UTF-8."),
        (b"a\0b", Encoding.DETECT, "Byte 2 of the file is 0"),
        (b'a,"b\nc,d\n', Encoding.DETECT, "The file is no CSV from line 2 on: unexpected end of data"),
        (b"PK\x03\x04 and no more", Encoding.DETECT, "The file is no XLSX workbook that can be read"),
    ],
)
def test_what_cannot_be_read_whole_is_refused_by_name(content: bytes, encoding: Encoding, why: str) -> None:
    with pytest.raises(ExtractUnreadable) as refused:
        rows(content, encoding)

    assert refused.value.detail.startswith(why)


def test_a_published_file_is_met_to_the_penny_when_its_delimiters_are_repaired() -> None:
    (sheet,) = sheets_of(LAMBETH_FILE.read_bytes(), LAMBETH)

    repaired, refused = pieces(sheet, LAMBETH), pieces(sheet, replace(LAMBETH, repairs_dates=False))

    assert [(len(each.numbers), len(each.repaired), len(each.complaints)) for each in repaired] == [(1990, 359, 0), (1165, 280, 0)]
    assert [(each.row, each.stated_pence, each.counted_pence) for each in repaired[-1].footers] == [(3167, 4_029_233_484, 4_029_233_484)]
    assert sum(sum(each.pence) for each in repaired) == 4_029_233_484
    assert (sum(len(each.numbers) for each in refused), len({told.row for each in refused for told in each.complaints})) == (2516, 639)
    assert refused[-1].footers[0].difference_pence == 4_029_233_484 - sum(sum(each.pence) for each in refused) > 0


def pieces(sheet: Sheet, profile: Profile) -> list[Rows]:
    """What a sheet's rows say, so many at a time as they are read."""
    return [found for found in read([sheet], profile) if not isinstance(found, Complaint)]


WORKBOOK = """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
 <sheet name="June" sheetId="1" r:id="rId1"/></sheets></workbook>"""
RELATIONS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>
 </Relationships>"""
TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
 <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
 <Override PartName="/xl/workbook.xml"
  ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
 <Override PartName="/xl/worksheets/sheet1.xml"
  ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""


def workbook(*cells: tuple[str, str], beneath: str = "") -> bytes:
    """An XLSX with one sheet, whose second row has these cells: each a type of cell and what stands in it."""
    texts = "".join(
        f'<c r="{chr(65 + place)}2" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        if kind == "text"
        else f'<c r="{chr(65 + place)}2"><v>{value}</v></c>'
        for place, (kind, value) in enumerate(cells)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><sheetData><row r="2">{texts}</row>{beneath}</sheetData></worksheet>'
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONS.format("officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format("worksheet", "worksheets/sheet1.xml"))
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return made.getvalue()


def test_a_workbook_gives_what_its_cells_hold_with_the_rows_a_spreadsheet_shows() -> None:
    (sheet,) = sheets_of(
        workbook(("text", "Lamps & Co"), ("number", "41085"), ("number", "4999.999999999999"), ("number", "900")), PAYMENTS
    )

    assert (sheet.name, sheet.rows) == ("June", [["", "", "", ""], ["Lamps & Co", "41085", "4999.999999999999", "900"]])


def test_a_workbook_comes_as_a_stream_that_is_read_from_its_beginning_to_its_end_alone() -> None:
    content = workbook(("text", "Lamps"))
    look = Look()
    look.write(content)

    (sheet,) = sheets(lambda: BufferedReader(Onward(content)), look, PAYMENTS)

    assert list(sheet.rows) == [[""], ["Lamps"]]


class Onward(RawIOBase):
    """A stream as the network gives it."""

    def __init__(self, content: bytes) -> None:
        self._inner = BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, into: "WriteableBuffer", /) -> int:
        return self._inner.readinto(into)


def test_a_workbook_that_would_not_fit_into_memory_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExtractUnreadable) as far_off:
        sheets_of(workbook(beneath='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), PAYMENTS)
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED_BYTES", 1_000)
    with pytest.raises(ExtractUnreadable) as large:
        sheets_of(workbook(("text", "Lamps")), PAYMENTS)

    assert far_off.value.detail.startswith(
        "A sheet of the workbook reaches to row 1,048,576 and column 16,384, and 2,000,000 cells are taken."
    )
    assert large.value.detail.endswith("save its sheet as CSV, which may be of any length, or send it in parts.")


def test_a_cell_far_off_that_holds_nothing_but_a_colour_is_no_matter() -> None:
    coloured = '<row r="1048576"><c r="A1048576" s="1"/></row>'

    (sheet,) = sheets_of(workbook(("text", "Lamps"), beneath=coloured), PAYMENTS)

    assert sheet.rows == [[""], ["Lamps"]]


@pytest.mark.parametrize(("encoding", "name"), [(Encoding.UTF_8, "utf-8-sig"), (Encoding.DETECT, "windows-1252")])
def test_a_byte_that_is_no_character_is_found_wherever_it_stands_in_a_large_file(encoding: Encoding, name: str) -> None:
    lines = b"\xef\xbb\xbf" + b"a,b\n" * 700_000  # more than is read at once

    with pytest.raises(ExtractUnreadable) as refused:
        rows(lines + b"c,\x81\n", encoding)

    assert refused.value.detail.startswith(f"Byte 2800006 of the file, in line 700001, is 0x81, which is no character of {name}")


def test_a_character_that_the_end_of_the_file_cuts_off_makes_it_no_utf_8() -> None:
    assert rows(b"a,\xc3") == [["a", "Ã"]]
