"""A ZIP file written in one pass, part after part, each packed as it comes: memory stays flat, and the same parts give the same bytes.

Packed by zlib-ng, whose version is pinned: what Python's own zlib writes depends on the machine that it was built for. Python's
zipfile can use no other, and asks for a file in which it may go back.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import BinaryIO
from zlib import crc32

from chalicelib.domain.values import Struct

_LEVEL = 2
"""The quickest level that still finds what recurs: a tenth smaller than zlib's level 1, in half of its time."""

_DEFLATED, _VERSION, _SIZES_FOLLOW = 8, 20, 1 << 3
_NO_TIME, _FIRST_DAY = 0, (1 << 5) | 1
"""1 January 1980, the first day that a ZIP file can say: when it was made is no part of it."""

_MOST = (1 << 32) - 1
"""How large a part and the file may be: what is larger would need ZIP64, which spreadsheets take for damage."""


class _Part(Struct, frozen=True, kw_only=True):
    name: bytes
    offset: int
    checksum: int
    packed: int
    size: int


class ZipStream:
    """A ZIP file on its way onto a file that only takes bytes."""

    def __init__(self, onto: BinaryIO) -> None:
        self._onto = onto
        self._parts: list[_Part] = []
        self._offset = 0

    def write(self, name: str, content: Iterable[bytes]) -> None:
        """Add a part, as its content comes. Raises ValueError for more than 4 GB."""
        from zlib_ng.zlib_ng import compressobj  # noqa: PLC0415  only who makes a workbook needs it

        packer = compressobj(_LEVEL, _DEFLATED, -15)
        offset, encoded = self._offset, name.encode()
        self._put(
            struct.pack("<4sHHHHHLLLHH", b"PK\3\4", _VERSION, _SIZES_FOLLOW, _DEFLATED, _NO_TIME, _FIRST_DAY, 0, 0, 0, len(encoded), 0)
        )
        self._put(encoded)
        begin, checksum, size = self._offset, 0, 0
        for chunk in content:
            checksum, size = crc32(chunk, checksum), size + len(chunk)
            self._put(packer.compress(chunk))
        self._put(packer.flush())
        part = _Part(name=encoded, offset=offset, checksum=checksum, packed=self._offset - begin, size=size)
        if max(size, self._offset) > _MOST:
            raise ValueError(f"{name} is too large for a ZIP file")
        self._put(struct.pack("<4sLLL", b"PK\7\10", checksum, part.packed, size))
        self._parts.append(part)

    def close(self) -> None:
        """Write the directory of the parts, which ends the file."""
        begin = self._offset
        for part in self._parts:
            self._put(_directory_entry(part) + part.name)
        count = len(self._parts)
        self._put(struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, count, count, self._offset - begin, begin, 0))

    def _put(self, content: bytes) -> None:
        self._onto.write(content)
        self._offset += len(content)


def _directory_entry(part: _Part) -> bytes:
    made_on_unix, plain_file = (3 << 8) | _VERSION, 0o100644 << 16
    about = (_VERSION, _SIZES_FOLLOW, _DEFLATED, _NO_TIME, _FIRST_DAY, part.checksum, part.packed, part.size, len(part.name))
    return struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\1\2", made_on_unix, *about, 0, 0, 0, 0, plain_file, part.offset)
