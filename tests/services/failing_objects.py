"""An object store that breaks off."""

from pathlib import Path
from typing import BinaryIO

from chalicelib.storage.objects import FolderObjects, Stored


class FailingObjects(FolderObjects):
    """A folder that breaks off at the put of that number, counted from 0."""

    def __init__(self, root: Path, fails_at: int) -> None:
        super().__init__(root, "http://127.0.0.1/objects", b"a key that signs links")
        object.__setattr__(self, "left", [None] * fails_at)

    def put(self, key: str, content: BinaryIO, *, content_type: str) -> Stored:
        left: list[None] = self.left  # type: ignore[attr-defined]  # set above: the class that it extends is frozen
        if not left:
            raise ConnectionError("broken off")
        left.pop()
        return super().put(key, content, content_type=content_type)
