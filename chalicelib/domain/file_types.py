"""The types of file that are taken, and how the first bytes of each begin.

A declared type is a claim. What a file is, its first bytes say: enough to refuse a program called invoice.pdf, and
not a promise that the rest of the file can be opened.
"""

from __future__ import annotations

from enum import StrEnum

FIRST_BYTES = 4096
"""So many of a file's bytes are looked at."""


class FileType(StrEnum):
    """The types of file that are taken. None of them runs anything by being opened."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    CSV = "text/csv"
    TEXT = "text/plain"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    @property
    def extensions(self) -> tuple[str, ...]:
        """How the names of such files end, in lower case."""
        return _EXTENSIONS[self]


_EXTENSIONS = {
    FileType.PDF: (".pdf",),
    FileType.PNG: (".png",),
    FileType.JPEG: (".jpg", ".jpeg"),
    FileType.CSV: (".csv",),
    FileType.TEXT: (".txt",),
    FileType.DOCX: (".docx",),
    FileType.XLSX: (".xlsx",),
}

_SIGNATURES = {
    FileType.PDF: b"%PDF-",
    FileType.PNG: b"\x89PNG\r\n\x1a\n",
    FileType.JPEG: b"\xff\xd8\xff",
}
_ARCHIVE = b"PK\x03\x04"
_OFFICE_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/")
_OWN_PARTS = {FileType.DOCX: b"word/", FileType.XLSX: b"xl/"}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r")) + b"\x7f"
_MARKUP = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def begins_as(declared: FileType, first: bytes) -> bool:
    """Whether a file with these first bytes (`FIRST_BYTES` of them, or all there are) can be what it is declared to be."""
    if declared in _SIGNATURES:
        return first.startswith(_SIGNATURES[declared])
    if declared in _OWN_PARTS:
        return first.startswith(_ARCHIVE) and _first_part(first).startswith((*_OFFICE_PARTS, _OWN_PARTS[declared]))
    return _is_text(first)


def _first_part(archive: bytes) -> bytes:
    """The name of the first file in a ZIP archive: its length stands at byte 26, the name at byte 30."""
    return archive[30 : 30 + int.from_bytes(archive[26:28], "little")]


def _is_text(first: bytes) -> bool:
    """Text in any encoding that keeps ASCII: no control characters, and not the beginning of another thing."""
    if first.translate(None, _CONTROLS) != first:
        return False
    start = first.removeprefix(_BYTE_ORDER_MARK).lstrip()
    return not start.startswith(tuple(_SIGNATURES.values())) and not start.lower().startswith(_MARKUP)
