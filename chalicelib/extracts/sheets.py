"""A file's bytes as sheets: CSV in the encodings that ledger systems write, and XLSX workbooks.

What cannot be read whole is refused by name: a byte that is no character, a quote that never ends, a workbook that is none.
A CSV is read twice, a piece at a time: once to look at its bytes, once for its rows.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from typing import BinaryIO

from chalicelib.domain.extract_sheets import Sheet
from chalicelib.domain.file_types import FIRST_BYTES
from chalicelib.domain.import_refusals import ExtractUnreadable
from chalicelib.domain.profiles import Encoding, Profile

_ARCHIVE = b"PK\x03\x04"
_OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK_BYTES = 1024 * 1024

Source = Callable[[], BinaryIO]
"""Opens a file from its beginning, as often as it is asked to."""


class Look:
    """A first look at a file, whose bytes are written onto it: how it begins, and what text it can be."""

    def __init__(self) -> None:
        self.begins = b""
        self._is_utf_8 = True
        self._size = 0
        self._nothing: int | None = None
        self._decode = codecs.getincrementaldecoder("utf-8")().decode

    def write(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        if len(self.begins) < FIRST_BYTES:
            self.begins += chunk[: FIRST_BYTES - len(self.begins)]
        if self._nothing is None and b"\0" in chunk:
            self._nothing = self._size + chunk.index(0) + 1
        self._size += len(chunk)
        self._check(chunk)

    @property
    def is_archive(self) -> bool:
        """Whether it is a workbook, or another archive."""
        return self.begins.startswith(_ARCHIVE)

    def encoding(self, wanted: Encoding) -> str:
        """The encoding to read a CSV in. Raises ExtractUnreadable for what is none."""
        if self.begins.startswith(_OTHER_MARKS):
            raise ExtractUnreadable("The file is UTF-16: save it as CSV UTF-8.")
        if self._nothing is not None:
            raise ExtractUnreadable(f"Byte {self._nothing} of the file is 0, which no text has: it is no CSV in an encoding that is taken.")
        if wanted is Encoding.DETECT:
            return "utf-8-sig" if self._check(b"", final=True) else Encoding.WINDOWS_1252.value
        return "utf-8-sig" if wanted is Encoding.UTF_8 else wanted.value

    def _check(self, chunk: bytes, *, final: bool = False) -> bool:
        """Whether all that was seen is UTF-8, these bytes too."""
        if self._is_utf_8:
            try:
                self._decode(chunk, final)
            except UnicodeDecodeError:
                self._is_utf_8 = False
        return self._is_utf_8


def sheets(source: Source, look: Look, profile: Profile) -> Iterator[Sheet]:
    """The sheets of a file that was looked at: a workbook's, or the one of a CSV. Raises ExtractUnreadable, also while rows are read."""
    if look.is_archive:
        # Few requests read one, and these are slow to import.
        from shutil import copyfileobj  # noqa: PLC0415
        from tempfile import TemporaryFile  # noqa: PLC0415

        from chalicelib.extracts.workbooks import workbook  # noqa: PLC0415

        # A workbook is read here and there, which a stream from the network cannot be.
        with TemporaryFile() as file:
            with source() as content:
                copyfileobj(content, file)
            yield from workbook(file)
    else:
        yield Sheet("", _records(source, look.encoding(profile.encoding), profile.delimiter))


def _records(source: Source, encoding: str, delimiter: str) -> Iterator[list[str]]:
    # None: line feeds, bare carriage returns and both together all end a record, unless they are quoted.
    with TextIOWrapper(source(), encoding=encoding, newline=None) as lines:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            yield from reader
        except UnicodeDecodeError:
            raise _no_character(source, encoding) from None
        except csv.Error as error:
            raise ExtractUnreadable(
                f"The file is no CSV from line {reader.line_num} on: {error}. Look for a quote that does not end."
            ) from error


def _no_character(source: Source, encoding: str) -> ExtractUnreadable:
    """What is said of the first byte that is no character. Whoever reads a piece at a time does not know where that stood."""
    decode = codecs.getincrementaldecoder(encoding)().decode
    size, line = 0, 1
    with source() as content:
        while True:
            chunk = content.read(_CHUNK_BYTES)
            try:
                decode(chunk, not chunk)
            except UnicodeDecodeError as error:
                # It was given the chunk, and before it what may have been left over of the last one: no whole character, so no line.
                at = size + len(chunk) - len(error.object) + error.start
                line += chunk.count(b"\n", 0, max(0, at - size))
                return ExtractUnreadable(
                    f"Byte {at + 1} of the file, in line {line}, is {error.object[error.start]:#04x}, which is no character of {encoding}: "
                    "set the profile's encoding to the one that it was saved in."
                )
            size, line = size + len(chunk), line + chunk.count(b"\n")
