"""Streams to put, and the shortest way to put bytes."""

import io
from typing import BinaryIO

from typing_extensions import Buffer

from chalicelib.storage.objects import Objects, Stored

KEY = "publications/0000000003/summary.csv"
HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
OTHER_SHA256 = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"
MEGABYTE = 1024 * 1024


class Trickle(io.RawIOBase):
    """A stream that cannot be rewound: so many megabytes of zeros, a megabyte at a time; then it ends, or fails."""

    def __init__(self, megabytes: int, *, then_fails: bool = False) -> None:
        self.left, self.then_fails = megabytes, then_fails

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        if self.left == 0:
            if self.then_fails:
                raise ConnectionError("the source went away")
            return 0
        self.left -= 1
        into = memoryview(buffer)[:MEGABYTE]
        into[:] = bytes(len(into))
        return len(into)


def trickle(megabytes: int, *, then_fails: bool = False) -> BinaryIO:
    return io.BufferedReader(Trickle(megabytes, then_fails=then_fails), MEGABYTE)


def put(objects: Objects, key: str, content: bytes) -> Stored:
    return objects.put(key, io.BytesIO(content), content_type="text/csv")
