"""A file's bytes as sheets: CSV in the encodings that ledger systems write, and XLSX workbooks.

What cannot be read whole is refused by name: a byte that is no character, a quote that never ends, a workbook that is none.
"""

from __future__ import annotations

import codecs
import csv
from io import StringIO

from chalicelib.domain.extract_sheets import Sheet
from chalicelib.domain.import_refusals import ExtractUnreadable
from chalicelib.domain.profiles import Encoding, Profile

_ARCHIVE = b"PK\x03\x04"
_OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def sheets(content: bytes, profile: Profile) -> list[Sheet]:
    """The sheets of a file: a workbook's, or the one of a CSV. Raises ExtractUnreadable."""
    if content.startswith(_ARCHIVE):
        from chalicelib.extracts.workbooks import workbook  # noqa: PLC0415  few requests read one

        return workbook(content)
    return [Sheet("", _records(_text(content, profile.encoding), profile.delimiter))]


def _text(content: bytes, encoding: Encoding) -> str:
    if content.startswith(_OTHER_MARKS):
        raise ExtractUnreadable("The file is UTF-16: save it as CSV UTF-8.")
    if b"\0" in content:
        raise ExtractUnreadable(
            f"Byte {content.index(0) + 1} of the file is 0, which no text has: it is no CSV in an encoding that is taken."
        )
    if encoding is not Encoding.DETECT:
        return _decoded(content, "utf-8-sig" if encoding is Encoding.UTF_8 else encoding.value)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(content, Encoding.WINDOWS_1252.value)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        wrong = content[error.start]
        line = content.count(b"\n", 0, error.start) + 1
        raise ExtractUnreadable(
            f"Byte {error.start + 1} of the file, in line {line}, is {wrong:#04x}, which is no character of {encoding}: "
            "set the profile's encoding to the one that it was saved in."
        ) from error


def _records(text: str, delimiter: str) -> list[list[str]]:
    # None: line feeds, bare carriage returns and both together all end a record, unless they are quoted.
    reader = csv.reader(StringIO(text, newline=None), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise ExtractUnreadable(
            f"The file is no CSV from line {reader.line_num} on: {error}. Look for a quote that does not end."
        ) from error
