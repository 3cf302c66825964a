"""Types of files: what a file is declared to be, held against how it begins."""

import pytest

from chalicelib.domain.file_types import FileType, begins_as


def archive(first_part: bytes) -> bytes:
    """How a ZIP archive begins: 22 bytes that are of no interest here, two lengths, and the first file's name."""
    return b"PK\x03\x04" + bytes(22) + len(first_part).to_bytes(2, "little") + bytes(2) + first_part + b"and so on"


BEGINNINGS = {
    "pdf": b"%PDF-1.7\n",
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "words": b"number,pence\r\n1041,250000\r\n",
    "marked words": b"\xef\xbb\xbfnumber,pence\n",
    "old words": b"caf\xe9,100\n",
    "office": archive(b"[Content_Types].xml"),
    "docx": archive(b"word/document.xml"),
    "xlsx": archive(b"xl/workbook.xml"),
    "zip": archive(b"setup.exe"),
    "program": b"MZ\x90\0\x03\0\0\0",
    "wide words": "number".encode("utf-16"),
    "page": b"\xef\xbb\xbf \n<!DOCTYPE html><script>",
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg'>",
    "nothing": b"",
}
FITTING = {
    FileType.PDF: {"pdf"},
    FileType.PNG: {"png"},
    FileType.JPEG: {"jpeg"},
    FileType.CSV: {"words", "marked words", "old words", "nothing"},
    FileType.TEXT: {"words", "marked words", "old words", "nothing"},
    FileType.DOCX: {"office", "docx"},
    FileType.XLSX: {"office", "xlsx"},
}


@pytest.mark.parametrize("declared", FileType)
def test_a_file_is_only_what_it_begins_as(declared: FileType) -> None:
    assert {name for name, first in BEGINNINGS.items() if begins_as(declared, first)} == FITTING[declared]


def test_every_type_has_its_endings() -> None:
    assert {ending for each in FileType for ending in each.extensions} == {
        ".pdf",
        ".png",
        ".jpg",
        ".jpeg",
        ".csv",
        ".txt",
        ".docx",
        ".xlsx",
    }
