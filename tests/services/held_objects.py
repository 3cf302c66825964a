"""A place for files that keeps them in memory, for tests that make many and keep none."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from chalicelib.storage.objects import ObjectMissing, Stored, Upload, measured


class HeldObjects:
    """Files by key."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def put(self, key: str, content: BinaryIO, *, content_type: str) -> Stored:
        self._held[key] = content.read()
        return measured(key, BytesIO(self._held[key]))

    def join(self, key: str, chunks: Iterable[bytes], *, content_type: str) -> Stored:
        return self.put(key, BytesIO(b"".join(chunks)), content_type=content_type)

    def get(self, key: str) -> bytes:
        if key not in self._held:
            raise ObjectMissing(key)
        return self._held[key]

    def open(self, key: str) -> BinaryIO:
        return BytesIO(self.get(key))

    def exists(self, key: str) -> bool:
        return key in self._held

    def list(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self._held if key.startswith(prefix)))

    def link(self, key: str, *, seconds: int, now: datetime, filename: str) -> str:
        return key

    def upload(self, announced: Stored, *, content_type: str, seconds: int, now: datetime) -> Upload:
        return Upload(method="PUT", url=announced.key, headers={})
